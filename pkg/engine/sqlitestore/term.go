package sqlitestore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"zhiqing.dev/pkg/docstore"
)

// An index with a multi-valued field holds dozens of entries of every document: the
// pairs of characters of a text. What such an entry costs is what filing costs, so
// it is kept short. The fields up to the multi-valued one, which a query always
// fixes, become one number, their term; and an id that is a UUID becomes its sixteen
// bytes. Two lists of fields may make the same term, once in a very long while: a
// found document is held against what it remembers of its key before it is returned.

// multiLayout marks the declaration of an index in this layout; one that was written
// in another is filled anew.
const multiLayout = "#term"

// multiField is the place of the multi-valued field; -1 when there is none.
func multiField(ix docstore.Index) int {
	return slices.IndexFunc(ix.Fields, func(f docstore.Field) bool { return f.Multi })
}

// stored are the columns of an index table before the id.
func stored(ix docstore.Index) []string {
	if m := multiField(ix); m >= 0 {
		return append([]string{"term"}, columns(ix.Fields[m+1:])...)
	}
	return columns(ix.Fields)
}

// term is the number of the values of the fields up to the multi-valued one.
func term(values ...any) int64 {
	buf := make([]byte, 0, 64)
	for _, v := range values {
		switch v := v.(type) {
		case string:
			buf = binary.AppendUvarint(append(buf, 's'), uint64(len(v)))
			buf = append(buf, v...)
		case int64:
			buf = binary.AppendVarint(append(buf, 'i'), v)
		}
	}
	sum := sha256.Sum256(buf)
	return int64(binary.BigEndian.Uint64(sum[:8])) //nolint:gosec // the same bits
}

// storedID is an id as a table of this index holds it.
func storedID(ix docstore.Index, id string) any {
	if multiField(ix) < 0 {
		return id
	}
	if short, ok := packed(id); ok {
		return short
	}
	return id
}

// packed are the sixteen bytes of a UUID in its usual form.
func packed(id string) ([]byte, bool) {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' || id != strings.ToLower(id) {
		return nil, false
	}
	b, err := hex.DecodeString(id[0:8] + id[9:13] + id[14:18] + id[19:23] + id[24:])
	return b, err == nil
}

// plainID is the SQL that reads such an id.
func plainID(ix docstore.Index) string {
	if multiField(ix) < 0 {
		return "k.id"
	}
	return `CASE typeof(k.id) WHEN 'blob' THEN lower(substr(hex(k.id), 1, 8) || '-' || substr(hex(k.id), 9, 4) || '-' ||
		substr(hex(k.id), 13, 4) || '-' || substr(hex(k.id), 17, 4) || '-' || substr(hex(k.id), 21)) ELSE k.id END`
}

// holds reports whether a document's remembered keys have what the query fixes.
func (r *row) holds(ix docstore.Index, eq []any) (bool, error) {
	m := multiField(ix)
	if m < 0 {
		return true, nil
	}
	keys, err := decodeKeys(r.keys)
	if err != nil {
		return false, err
	}
	key := keys[ix.Name]
	if len(key) != len(ix.Fields) {
		return false, nil
	}
	for i, v := range eq[:m+1] {
		all, many := v.(docstore.All)
		if word, one := v.(string); one && i == m {
			all, many = docstore.All{word}, true
		}
		if !many {
			text, err := json.Marshal(v)
			if err != nil || string(text) != string(key[i]) {
				return false, err
			}
			continue
		}
		have, err := decodeAs[[]string](key[i])
		if err != nil {
			return false, err
		}
		for _, want := range all {
			if !slices.Contains(have, want) {
				return false, nil
			}
		}
	}
	return true, nil
}
