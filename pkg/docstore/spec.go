package docstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
)

var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// validate refuses names that an engine could not use as they are, and indexes
// that no engine can serve.
func (s CollectionSpec) validate() error {
	if !namePattern.MatchString(s.Name) {
		return fmt.Errorf("collection name %q", s.Name)
	}
	seen := map[string]bool{}
	for _, ix := range s.Indexes {
		if !namePattern.MatchString(ix.Name) || seen[ix.Name] {
			return fmt.Errorf("collection %s: index name %q is bad or taken", s.Name, ix.Name)
		}
		seen[ix.Name] = true
		if err := ix.validate(); err != nil {
			return fmt.Errorf("collection %s: index %s: %w", s.Name, ix.Name, err)
		}
	}
	return nil
}

func (ix Index) validate() error {
	if len(ix.Fields) == 0 {
		return fmt.Errorf("no fields")
	}
	multi := 0
	seen := map[string]bool{}
	for _, f := range ix.Fields {
		if !namePattern.MatchString(f.Name) || seen[f.Name] {
			return fmt.Errorf("field name %q is bad or taken", f.Name)
		}
		seen[f.Name] = true
		if f.Kind != String && f.Kind != Int {
			return fmt.Errorf("field %s: kind %q", f.Name, f.Kind)
		}
		if f.Personal && f.Kind != String {
			return fmt.Errorf("field %s: a personal field is of kind string", f.Name)
		}
		if f.Multi {
			multi++
			if f.Kind != String {
				return fmt.Errorf("field %s: a multi-valued field is of kind string", f.Name)
			}
		}
	}
	if multi > 1 || (multi == 1 && ix.Unique) {
		return fmt.Errorf("at most one multi-valued field, and not in a unique index")
	}
	return nil
}

// check reports a key that does not have the declared shape.
func (ix Index) check(k Key) error {
	if len(k) != len(ix.Fields) {
		return fmt.Errorf("%d values for %d fields", len(k), len(ix.Fields))
	}
	for i, f := range ix.Fields {
		ok, text := false, true
		switch v := k[i].(type) {
		case string:
			ok, text = f.Kind == String && !f.Multi, utf8.ValidString(v)
		case int64:
			ok = f.Kind == Int
		case []string:
			ok, text = f.Multi, !slices.ContainsFunc(v, func(s string) bool { return !utf8.ValidString(s) })
		}
		if !ok {
			return fmt.Errorf("field %s: value of type %T", f.Name, k[i])
		}
		if !text {
			return fmt.Errorf("field %s: not UTF-8", f.Name)
		}
	}
	return nil
}

// Check returns ErrUndeclared unless the index can serve the query without
// looking at entries outside its bounds. Engines call it before they run one.
func (s CollectionSpec) Check(index string, eq []any, from, to any, groupBy int) (Index, error) {
	ix, ok := s.Index(index)
	if !ok {
		return Index{}, fmt.Errorf("%w: %s has no index %q", ErrUndeclared, s.Name, index)
	}
	bounded := 0
	if from != nil || to != nil {
		bounded = 1
	}
	if len(eq)+max(bounded, groupBy) > len(ix.Fields) {
		return Index{}, fmt.Errorf("%w: index %s has %d fields", ErrUndeclared, index, len(ix.Fields))
	}
	for i, v := range eq {
		if !fits(ix.Fields[i], v) {
			return Index{}, fmt.Errorf("%w: field %s cannot equal a %T", ErrUndeclared, ix.Fields[i].Name, v)
		}
	}
	for i := len(eq); i < len(ix.Fields); i++ {
		if ix.Fields[i].Multi || ix.Fields[i].Personal {
			return Index{}, fmt.Errorf("%w: multi-valued or personal field %s must be fixed", ErrUndeclared, ix.Fields[i].Name)
		}
	}
	for _, v := range []any{from, to} {
		if v != nil && !fits(ix.Fields[len(eq)], v) {
			return Index{}, fmt.Errorf("%w: field %s cannot be bounded by a %T", ErrUndeclared, ix.Fields[len(eq)].Name, v)
		}
	}
	return ix, nil
}

func fits(f Field, v any) bool {
	switch v := v.(type) {
	case string:
		return f.Kind == String
	case int64:
		return f.Kind == Int
	case All:
		return f.Multi && len(v) > 0
	}
	return false
}

// sameJSON reports whether two bodies hold the same value; an engine may have
// stored it in another layout.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var va, vb any
	if decodeExact(a, &va) != nil || decodeExact(b, &vb) != nil {
		return false
	}
	return reflect.DeepEqual(va, vb)
}

func decodeExact(b []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(out)
}

// newEventID returns a time-ordered unique id.
func newEventID() string { return uuid.Must(uuid.NewV7()).String() }
