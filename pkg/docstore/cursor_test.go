package docstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/docstore"
)

func cursorSpec() (docstore.CollectionSpec, docstore.Index) {
	ix := docstore.Index{Name: "due", Fields: []docstore.Field{
		{Name: "office", Kind: docstore.String}, {Name: "due", Kind: docstore.Int}, {Name: "status", Kind: docstore.String},
	}}
	return docstore.CollectionSpec{Name: "cases", Indexes: []docstore.Index{ix}}, ix
}

func TestCursor_comesBack(t *testing.T) {
	t.Parallel()
	spec, ix := cursorSpec()
	rapid.Check(t, func(t *rapid.T) {
		q := docstore.Query{Index: "due", Eq: []any{rapid.String().Draw(t, "office")}, Desc: rapid.Bool().Draw(t, "desc"), Limit: 10}
		pos := docstore.Position{Values: []any{rapid.Int64().Draw(t, "due"), rapid.String().Draw(t, "status")}, ID: rapid.String().Draw(t, "id")}
		q.After = spec.Cursor(q, pos)
		got, err := spec.Position(q, ix)
		require.NoError(t, err)
		require.Equal(t, pos, *got)

		other := q
		other.Desc = !q.Desc
		_, err = spec.Position(other, ix)
		require.ErrorIs(t, err, docstore.ErrBadCursor)
		spec := spec
		spec.Name = "notices"
		_, err = spec.Position(q, ix)
		require.ErrorIs(t, err, docstore.ErrBadCursor, "of another collection")
	})
}

// A cursor made up for the right query still cannot lead outside its bounds.
func TestCursor_outsideTheBounds(t *testing.T) {
	t.Parallel()
	spec, ix := cursorSpec()
	q := docstore.Query{Index: "due", Eq: []any{"o"}, From: int64(5), To: int64(9)}
	for due, fine := range map[int64]bool{4: false, 5: true, 8: true, 9: false} {
		q.After = spec.Cursor(q, docstore.Position{Values: []any{due, "s"}, ID: "x"})
		_, err := spec.Position(q, ix)
		if fine {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, docstore.ErrBadCursor, "due %d", due)
		}
	}
	q.After = spec.Cursor(q, docstore.Position{Values: []any{"5", "s"}, ID: "x"})
	_, err := spec.Position(q, ix)
	require.ErrorIs(t, err, docstore.ErrBadCursor, "a text where a number belongs")
	q.After = spec.Cursor(q, docstore.Position{Values: []any{int64(5)}, ID: "x"})
	_, err = spec.Position(q, ix)
	require.ErrorIs(t, err, docstore.ErrBadCursor, "too short")
}

func FuzzCursor(f *testing.F) {
	spec, ix := cursorSpec()
	q := docstore.Query{Index: "due", Eq: []any{"o"}}
	f.Add(spec.Cursor(q, docstore.Position{Values: []any{int64(1), "s"}, ID: "x"}))
	f.Add("W10")
	f.Add("bnVsbA")
	f.Fuzz(func(t *testing.T, after string) {
		q := q
		q.After = after
		pos, err := spec.Position(q, ix)
		if err != nil {
			require.ErrorIs(t, err, docstore.ErrBadCursor)
			return
		}
		if pos == nil {
			require.Empty(t, after)
			return
		}
		q.After = spec.Cursor(q, *pos)
		again, err := spec.Position(q, ix)
		require.NoError(t, err)
		require.Equal(t, pos, again)
	})
}
