package docstore

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Position is the place in an index after which a page goes on: the values of the
// index fields behind those the query fixes, and the document's id.
type Position struct {
	Values []any // string or int64
	ID     string
}

// maxCursor bounds what is looked at before a cursor is refused.
const maxCursor = 8 << 10

// Cursor makes the opaque page cursor that continues q after a position. It is
// bound to the query it was made for. Engines share it, so that a cursor means
// the same on all of them.
func (s CollectionSpec) Cursor(q Query, last Position) string {
	token := append([]any{s.digest(q)}, last.Values...)
	raw, err := json.Marshal(append(token, last.ID))
	if err != nil { // strings and integers always encode
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Position reads q.After back; nil when it is empty. A cursor of another query, one
// that lies outside the query's bounds or is no cursor at all is ErrBadCursor.
func (s CollectionSpec) Position(q Query, ix Index) (*Position, error) {
	if q.After == "" {
		return nil, nil
	}
	if len(q.After) > maxCursor {
		return nil, ErrBadCursor
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(q.After)
	if err != nil {
		return nil, ErrBadCursor
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var token []any
	if err := dec.Decode(&token); err != nil || dec.More() {
		return nil, ErrBadCursor
	}
	rest := ix.Fields[len(q.Eq):]
	if len(token) != len(rest)+2 || token[0] != s.digest(q) {
		return nil, ErrBadCursor
	}
	pos := &Position{}
	for i, f := range rest {
		v, err := cursorValue(f, token[i+1])
		if err != nil {
			return nil, err
		}
		pos.Values = append(pos.Values, v)
	}
	id, ok := token[len(token)-1].(string)
	if !ok || !utf8.ValidString(id) {
		return nil, ErrBadCursor
	}
	pos.ID = id
	if len(rest) > 0 && outside(pos.Values[0], q.From, q.To) {
		return nil, ErrBadCursor
	}
	return pos, nil
}

func cursorValue(f Field, v any) (any, error) {
	switch v := v.(type) {
	case string:
		if f.Kind == String && utf8.ValidString(v) {
			return v, nil
		}
	case json.Number:
		if n, err := v.Int64(); err == nil && f.Kind == Int {
			return n, nil
		}
	}
	return nil, ErrBadCursor
}

func outside(v, from, to any) bool {
	return (from != nil && compareValues(v, from) < 0) || (to != nil && compareValues(v, to) >= 0)
}

// compareValues orders two values of the same field as every engine does: integers
// by size, strings by their UTF-8 bytes.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	}
	return -1
}

// digest tells queries apart. The order of an All says nothing, so engines may
// change it.
func (s CollectionSpec) digest(q Query) string {
	eq := slices.Clone(q.Eq)
	for i, v := range eq {
		if all, ok := v.(All); ok {
			eq[i] = All(slices.Compact(slices.Sorted(slices.Values(all))))
		}
	}
	shape, err := json.Marshal([]any{s.Name, q.Index, eq, q.From, q.To, q.Desc})
	if err != nil {
		return fmt.Sprintf("%v", q)
	}
	sum := sha256.Sum256(shape)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
