package contract_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var updateReleased = flag.Bool("update-released", false, "write api/events/released.lock when the schemas only grew")

const releasedPath = "../../api/events/released.lock"

// released is what readers of a schema rely on.
type released struct {
	EventTypes []string         `json:"event_types"`
	Fields     map[string]field `json:"fields"`
}

func current(t *testing.T) map[string]released {
	t.Helper()
	out := map[string]released{}
	for p, n := range schemas(t) {
		fields, err := n.fields()
		require.NoError(t, err, p)
		out[p] = released{EventTypes: slices.Sorted(slices.Values(n.EventTypes)), Fields: fields}
	}
	return out
}

// breaks says how a schema breaks what was released: something is gone, has
// another type, became required or optional, or was added as required.
func breaks(was, is released) error {
	var errs []error
	for _, typ := range was.EventTypes {
		if !slices.Contains(is.EventTypes, typ) {
			errs = append(errs, fmt.Errorf("event type %s is gone", typ))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(was.Fields)) {
		old := was.Fields[path]
		now, ok := is.Fields[path]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s is gone", path))
		case now.Type != old.Type:
			errs = append(errs, fmt.Errorf("%s was of type %s and is %s", path, old.Type, now.Type))
		case now.Required != old.Required:
			errs = append(errs, fmt.Errorf("%s: required was %t", path, old.Required))
		case (len(old.Enum) == 0) != (len(now.Enum) == 0):
			errs = append(errs, fmt.Errorf("%s: a closed list of values came or went", path))
		}
		for _, v := range old.Enum {
			if ok && !slices.Contains(now.Enum, v) {
				errs = append(errs, fmt.Errorf("%s: the value %q is gone", path, v))
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(is.Fields)) {
		if _, old := was.Fields[path]; !old && is.Fields[path].Required && !insideNew(was, path) {
			errs = append(errs, fmt.Errorf("%s is new and required", path))
		}
	}
	return errors.Join(errs...)
}

// insideNew tells whether the object that holds the field is new as well: an
// optional new object may require its own fields.
func insideNew(was released, path string) bool {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '.' {
			_, old := was.Fields[path[:i]]
			return !old
		}
	}
	return false
}

func TestReleased_schemasOnlyGainOptionalFields(t *testing.T) {
	t.Parallel()
	now := current(t)
	raw, err := os.ReadFile(releasedPath)
	if errors.Is(err, os.ErrNotExist) && *updateReleased {
		raw, err = []byte("{}"), nil
	}
	require.NoError(t, err)
	var before map[string]released
	require.NoError(t, json.Unmarshal(raw, &before))
	for p, was := range before {
		is, ok := now[p]
		require.True(t, ok, "released schema %s is gone", p)
		require.NoError(t, breaks(was, is), "%s: make a v2 beside it (api/events/README.md)", p)
	}
	if *updateReleased {
		out, err := json.MarshalIndent(now, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(releasedPath, append(out, '\n'), 0o644)) //nolint:gosec // a source file
		return
	}
	for p := range now {
		require.Contains(t, before, p, "a new schema: go test ./contract -update-released")
	}
}

func TestReleased_noticesWhatBreaks(t *testing.T) {
	t.Parallel()
	was := released{EventTypes: []string{"a.b.v1.c"}, Fields: map[string]field{
		"id":    {Type: "string", Required: true},
		"note":  {Type: "string"},
		"state": {Type: "string", Enum: []string{"open", "shut"}},
	}}
	change := func(fn func(*released)) released {
		r := released{EventTypes: slices.Clone(was.EventTypes), Fields: maps.Clone(was.Fields)}
		fn(&r)
		return r
	}
	require.NoError(t, breaks(was, was))
	require.NoError(t, breaks(was, change(func(r *released) {
		r.EventTypes = append(r.EventTypes, "a.b.v1.d")
		r.Fields["more"] = field{Type: "object"}
		r.Fields["more.inner"] = field{Type: "date", Required: true}
		r.Fields["state"] = field{Type: "string", Enum: []string{"open", "shut", "ajar"}}
	})))
	for name, fn := range map[string]func(*released){
		"event type gone":    func(r *released) { r.EventTypes = nil },
		"field gone":         func(r *released) { delete(r.Fields, "note") },
		"other type":         func(r *released) { r.Fields["note"] = field{Type: "integer"} },
		"became required":    func(r *released) { r.Fields["note"] = field{Type: "string", Required: true} },
		"became optional":    func(r *released) { r.Fields["id"] = field{Type: "string"} },
		"new and required":   func(r *released) { r.Fields["extra"] = field{Type: "string", Required: true} },
		"value gone":         func(r *released) { r.Fields["state"] = field{Type: "string", Enum: []string{"open"}} },
		"list of values new": func(r *released) { r.Fields["note"] = field{Type: "string", Enum: []string{"x"}} },
	} {
		require.Error(t, breaks(was, change(fn)), name)
	}
}
