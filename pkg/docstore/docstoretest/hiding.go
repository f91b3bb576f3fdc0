package docstoretest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

type askerKey struct{}

// hidden: a document that is kept from somebody is not there for them, and holds its
// place for everybody else and in every count.
func hidden(t *testing.T, h Harness) {
	spec := cardSpec()
	spec.Hides = func(ctx context.Context, c *card) bool {
		who, asks := ctx.Value(askerKey{}).(string)
		return asks && c.Status == "secret" && who != "named"
	}
	repo, err := docstore.Open(t.Context(), open(t, h), func() time.Time { return epoch }, spec)
	require.NoError(t, err)
	for i := range 20 {
		c := card{Office: "o", Due: int64(i), Number: fmt.Sprintf("n%02d", i)}
		if i%3 == 0 {
			c.Status = "secret"
		}
		insert(t, repo, fmt.Sprintf("d%02d", i), c)
	}
	stranger := context.WithValue(t.Context(), askerKey{}, "stranger")
	named := context.WithValue(t.Context(), askerKey{}, "named")
	touch := func(c *card) error { c.Hits = append(c.Hits, "x"); return nil }

	_, err = repo.Get(stranger, "d03")
	require.ErrorIs(t, err, docstore.ErrNotFound)
	_, err = repo.Update(stranger, "d03", touch)
	require.ErrorIs(t, err, docstore.ErrNotFound)
	require.Len(t, walk(t, stranger, repo, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 20}), 13)
	var ids []string
	for q := (docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 1}); ; {
		docs, next, err := repo.Find(stranger, q)
		require.NoError(t, err)
		for _, d := range docs {
			ids = append(ids, d.ID)
		}
		if q.After = next; next == "" {
			break
		}
	}
	require.Len(t, ids, 13, "a page of nothing but hidden documents still goes on")
	require.NotContains(t, ids, "d03")
	groups, err := repo.Count(stranger, docstore.CountQuery{Index: byDue, Eq: []any{"o"}})
	require.NoError(t, err)
	require.Equal(t, int64(20), groups[0].Count)
	_, _, err = repo.Insert(stranger, "new", &card{Office: "o", Number: "n03"})
	require.ErrorIs(t, err, docstore.ErrUnique)

	for _, ctx := range []context.Context{t.Context(), named, docstore.SeeAll(stranger)} {
		_, err := repo.Update(ctx, "d03", touch)
		require.NoError(t, err)
		require.Len(t, walk(t, ctx, repo, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 7}), 20)
	}
	doc, err := repo.Upsert(stranger, "d03", touch)
	require.NoError(t, err, "consumers build documents whoever may see them")
	require.Len(t, doc.Value.Hits, 4)
}
