package sqlitestore

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"zhiqing.dev/pkg/docstore"
)

// entry is one row of an index table without the id: a string or int64 a field.
type entry []any

// placed are a document's entries by the name of the index.
type placed map[string][]entry

// place computes the entries of a document, before its turn in the writer comes.
func place(spec docstore.CollectionSpec, keys map[string]docstore.Key) placed {
	out := make(placed, len(keys))
	for _, ix := range spec.Indexes {
		if key := keys[ix.Name]; key != nil {
			out[ix.Name] = entries(ix, key)
		}
	}
	return out
}

// reenter takes a document's old entries out of the indexes and puts the new ones
// in; entries that stay are not touched. With anew also those are put in that the
// document remembers, because the index may have been made after it.
func (n names) reenter(t *tx, spec docstore.CollectionSpec, id, oldKeys string, will placed, anew bool) error {
	was, err := decodeKeys(oldKeys)
	if err != nil {
		return err
	}
	for _, ix := range spec.Indexes {
		gone, added := remembered(ix, was[ix.Name]), will[ix.Name]
		if anew {
			gone = append(gone, added...)
		} else {
			gone, added = without(gone, added), without(added, gone)
		}
		if err := n.swap(t, ix, id, gone, added); err != nil {
			return err
		}
	}
	return nil
}

// enter puts a new document's entries into the indexes.
func (n names) enter(t *tx, spec docstore.CollectionSpec, id string, will placed) error {
	for _, ix := range spec.Indexes {
		if err := n.swap(t, ix, id, nil, will[ix.Name]); err != nil {
			return err
		}
	}
	return nil
}

func (n names) swap(t *tx, ix docstore.Index, id string, gone, added []entry) error {
	at := storedID(ix, id)
	for _, e := range gone {
		if err := t.exec(n.deleteEntry(ix), append(slices.Clone(e), at)...); err != nil {
			return err
		}
	}
	for len(added) > 0 {
		n, insert := together(len(added)), n.insertEntries
		args := make([]any, 0, n*(len(added[0])+1))
		for _, e := range added[:n] {
			args = append(append(args, e...), at)
		}
		err := t.exec(insert(ix, n), args...)
		if taken(err) {
			return &docstore.UniqueError{Index: ix.Name}
		}
		if err != nil {
			return err
		}
		added = added[n:]
	}
	return nil
}

// together is how many of the entries go into one statement. The sizes are few, so
// that every statement stays prepared.
func together(entries int) int {
	for _, n := range []int{32, 8} {
		if entries >= n {
			return n
		}
	}
	return 1
}

// insertEntries is the statement that puts n entries in. Entries with a term may
// meet within a document: two of its values can share one.
func (n names) insertEntries(ix docstore.Index, entries int) string {
	cols := stored(ix)
	verb := "INSERT INTO "
	if multiField(ix) >= 0 {
		verb = "INSERT OR IGNORE INTO "
	}
	one := `(` + strings.Repeat("?, ", len(cols)) + `?)`
	return verb + n.index(ix.Name) + ` (` + strings.Join(cols, ", ") + `, id) VALUES ` +
		strings.TrimSuffix(strings.Repeat(one+", ", entries), ", ")
}

func (n names) deleteEntry(ix docstore.Index) string {
	return `DELETE FROM ` + n.index(ix.Name) + ` WHERE ` + strings.Join(stored(ix), "=? AND ") + `=? AND id=?`
}

func columns(fields []docstore.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = column(f)
	}
	return out
}

// entries are the rows a key makes: one for every value of its multi-valued field,
// in the order of their terms.
func entries(ix docstore.Index, key docstore.Key) []entry {
	m := multiField(ix)
	if m < 0 {
		return []entry{entry(key)}
	}
	many, _ := key[m].([]string)
	terms := make([]int64, len(many))
	values := slices.Clone(key[:m+1])
	for i, v := range many {
		values[m] = v
		terms[i] = term(values...)
	}
	slices.Sort(terms)
	terms = slices.Compact(terms)
	out := make([]entry, len(terms))
	for i, n := range terms {
		out[i] = append(entry{n}, key[m+1:]...)
	}
	return out
}

// remembered are the entries of a key that a document remembers. One of another
// shape, left from an earlier declaration, makes none.
func remembered(ix docstore.Index, raw []json.RawMessage) []entry {
	if len(raw) != len(ix.Fields) {
		return nil
	}
	key := make(docstore.Key, len(raw))
	for i, f := range ix.Fields {
		var err error
		switch {
		case f.Multi:
			key[i], err = decodeAs[[]string](raw[i])
		case f.Kind == docstore.Int:
			key[i], err = decodeAs[int64](raw[i])
		default:
			key[i], err = decodeAs[string](raw[i])
		}
		if err != nil {
			return nil
		}
	}
	return entries(ix, key)
}

func decodeAs[V any](raw json.RawMessage) (v V, err error) {
	err = json.Unmarshal(raw, &v)
	return v, err
}

// without returns the entries of a that are not in b.
func without(a, b []entry) []entry {
	var out []entry
	have := make(map[string]bool, len(b))
	for _, e := range b {
		have[e.text()] = true
	}
	for _, e := range a {
		if !have[e.text()] {
			out = append(out, e)
		}
	}
	return out
}

// text is the same for equal entries only: strings are quoted, and numbers written
// as numbers (%q would take an instant for a rune that does not exist).
func (e entry) text() string { return fmt.Sprintf("%#v", []any(e)) }

func decodeKeys(text string) (map[string][]json.RawMessage, error) {
	var keys map[string][]json.RawMessage
	err := json.Unmarshal([]byte(text), &keys)
	return keys, err
}

// taken tells that a row with this primary key is there already.
func taken(err error) bool {
	se, ok := errors.AsType[*sqlite.Error](err)
	return ok && (se.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY || se.Code() == lib.SQLITE_CONSTRAINT_UNIQUE)
}
