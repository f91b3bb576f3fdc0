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

// reenter takes a document's old entries out of the indexes and puts the new ones
// in; entries that stay are not touched. With anew also those are put in that the
// document remembers, because the index may have been made after it.
func (n names) reenter(t *tx, spec docstore.CollectionSpec, id, oldKeys, newKeys string, anew bool) error {
	if oldKeys == newKeys && !anew {
		return nil
	}
	was, err := decodeKeys(oldKeys)
	if err != nil {
		return err
	}
	will, err := decodeKeys(newKeys)
	if err != nil {
		return err
	}
	for _, ix := range spec.Indexes {
		gone, added := entries(ix, was[ix.Name]), entries(ix, will[ix.Name])
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

func (n names) swap(t *tx, ix docstore.Index, id string, gone, added []entry) error {
	for _, e := range gone {
		if err := t.exec(n.deleteEntry(ix), append(slices.Clone(e), id)...); err != nil {
			return err
		}
	}
	for _, e := range added {
		err := t.exec(n.insertEntry(ix), append(slices.Clone(e), id)...)
		if taken(err) {
			return &docstore.UniqueError{Index: ix.Name}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (n names) insertEntry(ix docstore.Index) string {
	return `INSERT INTO ` + n.index(ix.Name) + ` (` + strings.Join(columns(ix.Fields), ", ") + `, id) VALUES (` +
		strings.Repeat("?, ", len(ix.Fields)) + `?)`
}

func (n names) deleteEntry(ix docstore.Index) string {
	return `DELETE FROM ` + n.index(ix.Name) + ` WHERE ` + strings.Join(columns(ix.Fields), "=? AND ") + `=? AND id=?`
}

func columns(fields []docstore.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = column(f)
	}
	return out
}

// entries are the rows a key makes: one for every value of its multi-valued field.
// A key of another shape, left from an earlier declaration, makes none.
func entries(ix docstore.Index, key []json.RawMessage) []entry {
	if len(key) != len(ix.Fields) {
		return nil
	}
	out := []entry{{}}
	for i, f := range ix.Fields {
		values, ok := fieldValues(f, key[i])
		if !ok {
			return nil
		}
		var next []entry
		for _, e := range out {
			for _, v := range values {
				next = append(next, append(slices.Clone(e), v))
			}
		}
		out = next
	}
	return out
}

func fieldValues(f docstore.Field, raw json.RawMessage) ([]any, bool) {
	switch {
	case f.Multi:
		var many []string
		if json.Unmarshal(raw, &many) != nil {
			return nil, false
		}
		slices.Sort(many)
		many = slices.Compact(many)
		values := make([]any, len(many))
		for i, v := range many {
			values[i] = v
		}
		return values, true
	case f.Kind == docstore.Int:
		var v int64
		err := json.Unmarshal(raw, &v)
		return []any{v}, err == nil
	default:
		var v string
		err := json.Unmarshal(raw, &v)
		return []any{v}, err == nil
	}
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
