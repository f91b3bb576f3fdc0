package docstore_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
)

// declaring is a store that only notes what it is asked to declare.
type declaring struct{ specs []docstore.CollectionSpec }

var errDeclared = errors.New("declared")

func (s *declaring) Collection(_ context.Context, spec docstore.CollectionSpec) (docstore.Collection, error) {
	s.specs = append(s.specs, spec)
	return nil, errDeclared
}
func (*declaring) Healthy(context.Context) error { return nil }
func (*declaring) Close() error                  { return nil }

type thing struct {
	docstore.Raised `json:"-"`
	A               string `json:"a"`
}

func openThing(t *testing.T, name string, indexes ...docstore.Index) error {
	t.Helper()
	spec := docstore.Spec[thing]{Name: name}
	for _, ix := range indexes {
		spec.Indexes = append(spec.Indexes, docstore.Entry[thing]{Index: ix, Key: func(*thing) docstore.Key { return nil }})
	}
	_, err := docstore.Open(t.Context(), &declaring{}, time.Now, spec)
	return err
}

func TestOpen_declaration(t *testing.T) {
	t.Parallel()
	text := func(names ...string) []docstore.Field {
		var fields []docstore.Field
		for _, n := range names {
			fields = append(fields, docstore.Field{Name: n, Kind: docstore.String})
		}
		return fields
	}
	many := docstore.Field{Name: "words", Kind: docstore.String, Multi: true}
	require.ErrorIs(t, openThing(t, "things"), errDeclared)
	require.ErrorIs(t, openThing(t, "things", docstore.Index{Name: "a", Fields: append(text("office"), many)}), errDeclared)

	for name, refused := range map[string]struct {
		collection string
		indexes    []docstore.Index
	}{
		"no collection name":   {"", nil},
		"capital letter":       {"Things", nil},
		"quote":                {`th"ings`, nil},
		"dot":                  {"a.b", nil},
		"too long":             {strings.Repeat("a", 42), nil},
		"index name":           {"things", []docstore.Index{{Name: "1a", Fields: text("x")}}},
		"index twice":          {"things", []docstore.Index{{Name: "a", Fields: text("x")}, {Name: "a", Fields: text("y")}}},
		"no fields":            {"things", []docstore.Index{{Name: "a"}}},
		"field name":           {"things", []docstore.Index{{Name: "a", Fields: text("x; --")}}},
		"field twice":          {"things", []docstore.Index{{Name: "a", Fields: text("x", "x")}}},
		"kind":                 {"things", []docstore.Index{{Name: "a", Fields: []docstore.Field{{Name: "x", Kind: "date"}}}}},
		"multi of integers":    {"things", []docstore.Index{{Name: "a", Fields: []docstore.Field{{Name: "x", Kind: docstore.Int, Multi: true}}}}},
		"two multi":            {"things", []docstore.Index{{Name: "a", Fields: []docstore.Field{many, {Name: "more", Kind: docstore.String, Multi: true}}}}},
		"multi and unique":     {"things", []docstore.Index{{Name: "a", Unique: true, Fields: []docstore.Field{many}}}},
		"second index refused": {"things", []docstore.Index{{Name: "a", Fields: text("x")}, {Name: "B", Fields: text("x")}}},
	} {
		err := openThing(t, refused.collection, refused.indexes...)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, errDeclared, name)
	}
}

// empty is a collection without documents; it takes no writes.
type empty struct{ docstore.Collection }

func (empty) Unfilled(context.Context) ([]string, error) { return nil, nil }

type emptyStore struct{ declaring }

func (*emptyStore) Collection(context.Context, docstore.CollectionSpec) (docstore.Collection, error) {
	return empty{}, nil
}

func TestInsert_keyOfAnotherShape(t *testing.T) {
	t.Parallel()
	fields := []docstore.Field{{Name: "office", Kind: docstore.String}, {Name: "due", Kind: docstore.Int}}
	many := append(fields[:1:1], docstore.Field{Name: "words", Kind: docstore.String, Multi: true})
	for name, tc := range map[string]struct {
		fields []docstore.Field
		key    docstore.Key
	}{
		"too short":           {fields, docstore.Key{"o"}},
		"too long":            {fields, docstore.Key{"o", int64(1), int64(2)}},
		"int is not int64":    {fields, docstore.Key{"o", 1}},
		"kinds changed":       {fields, docstore.Key{int64(1), "o"}},
		"many where one":      {fields, docstore.Key{[]string{"o"}, int64(1)}},
		"one where many":      {many, docstore.Key{"o", "word"}},
		"no UTF-8":            {fields, docstore.Key{"\xff", int64(1)}},
		"no UTF-8 among many": {many, docstore.Key{"o", []string{"字", "\xff"}}},
	} {
		repo, err := docstore.Open(t.Context(), &emptyStore{}, time.Now, docstore.Spec[thing]{
			Name:    "things",
			Indexes: []docstore.Entry[thing]{{Index: docstore.Index{Name: "a", Fields: tc.fields}, Key: func(*thing) docstore.Key { return tc.key }}},
		})
		require.NoError(t, err)
		_, _, err = repo.Insert(t.Context(), "x", &thing{})
		require.ErrorContains(t, err, "index a of things x", name)
	}
}

func TestInsert_eventThatCannotBe(t *testing.T) {
	t.Parallel()
	insert := func(facts func(*thing) (string, any), typ, id string) error {
		repo, err := docstore.Open(t.Context(), &emptyStore{}, func() time.Time { return time.UnixMilli(1) },
			docstore.Spec[thing]{Name: "things", Facts: facts})
		require.NoError(t, err)
		v := &thing{}
		v.Raise(typ)
		_, _, err = repo.Insert(t.Context(), id, v)
		return err
	}
	fine := func(*thing) (string, any) { return "gov", map[string]int{"n": 1} }
	require.ErrorContains(t, insert(nil, "a.b.v1.made", "x"), "declares no facts")
	require.ErrorContains(t, insert(fine, "made", "x"), "malformed event")
	require.ErrorContains(t, insert(fine, "a.b.v1.made", "no/subject"), "malformed event")
	require.ErrorContains(t, insert(func(*thing) (string, any) { return "", nil }, "a.b.v1.made", "x"), "malformed event")
	require.ErrorContains(t, insert(func(*thing) (string, any) { return "gov", math.NaN() }, "a.b.v1.made", "x"), "encode facts")
}

// An engine that explains nothing says so, instead of calling its queries good.
func TestExplain_engineWithout(t *testing.T) {
	t.Parallel()
	repo, err := docstore.Open(t.Context(), docstoretest.WithFaults(&emptyStore{}, nil), time.Now, docstore.Spec[thing]{Name: "things"})
	require.NoError(t, err)
	require.Error(t, repo.Explain(t.Context(), docstore.Query{Index: "a"}))
	require.Error(t, repo.ExplainCount(t.Context(), docstore.CountQuery{Index: "a"}))
}

func TestInsert_tooLarge(t *testing.T) {
	t.Parallel()
	repo, err := docstore.Open(t.Context(), &emptyStore{}, time.Now, docstore.Spec[thing]{Name: "things"})
	require.NoError(t, err)
	_, _, err = repo.Insert(t.Context(), "x", &thing{A: strings.Repeat("字", docstore.MaxBody/3)})
	require.ErrorIs(t, err, docstore.ErrTooLarge)
}
