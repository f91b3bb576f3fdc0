package docstoretest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

// readAll reads the suite's documents of an office in the order of their due dates.
func readAll(t *testing.T, repo *docstore.Repo[card], office string) []docstore.Doc[card] {
	t.Helper()
	docs, next, err := repo.Find(t.Context(), docstore.Query{Index: byDue, Eq: []any{office}, Limit: docstore.MaxPage})
	require.NoError(t, err)
	require.Empty(t, next)
	return docs
}

func many(t *testing.T, h Harness) {
	store := open(t, h)
	repo := cards(t, store)
	ctx := t.Context()
	const n = 300 // more than go to the engine together
	for i := range n {
		insert(t, repo, fmt.Sprintf("d%03d", i), card{Office: "o", Due: int64(i), Number: fmt.Sprintf("n%03d", i)})
	}
	closing := func(c *card) error {
		if c.Due%2 == 0 {
			c.Status, c.Number = "closed", ""
		}
		return nil
	}
	require.NoError(t, repo.UpdateMany(ctx, readAll(t, repo, "o"), closing))
	for i, d := range readAll(t, repo, "o") {
		require.Equal(t, int64(2-i%2), d.Rev, "what does not change is not written")
		require.Equal(t, i%2 == 0, d.Value.Status == "closed")
	}
	groups, err := repo.Count(ctx, docstore.CountQuery{Index: byStatus, Eq: []any{"o", "closed"}})
	require.NoError(t, err)
	require.Equal(t, int64(n/2), groups[0].Count, "the entries follow")
	insert(t, repo, "again", card{Office: "o", Due: n, Number: "n000"}) // given up above
	require.NoError(t, repo.UpdateMany(ctx, nil, closing))

	// A refusal writes nothing of what it goes with, and events are refused.
	refusal := errors.New("not today")
	few := readAll(t, repo, "o")[:3]
	require.Equal(t, refusal, repo.UpdateMany(ctx, few, func(c *card) error {
		c.Status = "other"
		if c.Due == 2 {
			return refusal
		}
		return nil
	}))
	require.Error(t, repo.UpdateMany(ctx, readAll(t, repo, "o")[:1], func(c *card) error { c.Status = "x"; c.Raise(changed); return nil }))
	require.Equal(t, "closed", readAll(t, repo, "o")[0].Value.Status)

	// Somebody was first: nothing of theirs is lost, and the change is made.
	stale := readAll(t, repo, "o")
	_, err = repo.Update(ctx, "d007", func(c *card) error { c.Hits = []string{"theirs"}; return nil })
	require.NoError(t, err)
	require.NoError(t, repo.UpdateMany(ctx, stale, func(c *card) error { c.Status = "done"; return nil }))
	for _, d := range readAll(t, repo, "o") {
		require.Equal(t, "done", d.Value.Status)
		if d.ID == "d007" {
			require.Equal(t, []string{"theirs"}, d.Value.Hits)
		}
	}

	// The engine's own words.
	coll, err := store.Collection(ctx, rawSpec("raw"))
	require.NoError(t, err)
	a, b := write(t, "a", card{Office: "o", Number: "1"}), write(t, "b", card{Office: "o", Number: "2"})
	require.NoError(t, coll.Insert(ctx, a))
	require.NoError(t, coll.Insert(ctx, b))
	require.NoError(t, coll.ReplaceMany(ctx, nil))
	require.NoError(t, coll.ReplaceMany(ctx, []docstore.Swap{{Write: a, IfRev: 1}, {Write: b, IfRev: 1}}))
	require.ErrorIs(t, coll.ReplaceMany(ctx, []docstore.Swap{{Write: a, IfRev: 1}}), docstore.ErrConflict)
	missing := write(t, "missing", card{Office: "o"})
	require.ErrorIs(t, coll.ReplaceMany(ctx, []docstore.Swap{{Write: missing, IfRev: 1}}), docstore.ErrConflict)
	taken := write(t, "b", card{Office: "o", Number: "1"})
	var unique *docstore.UniqueError
	require.ErrorAs(t, coll.ReplaceMany(ctx, []docstore.Swap{{Write: taken, IfRev: 2}}), &unique)
	require.Equal(t, byNumber, unique.Index)
	withEvent := write(t, "a", card{Office: "o", Number: "1"}, newEvent("a", 3))
	withEvent.Once = "k"
	require.NoError(t, coll.ReplaceMany(ctx, []docstore.Swap{{Write: withEvent, IfRev: 2}}))
	rec, err := coll.Get(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, []string{"k"}, rec.Applied)
	require.Equal(t, int64(3), rec.Rev)
	pending, err := coll.Pending(ctx, 5)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	require.Equal(t, "a-3", pending[0].Events[0].ID)
}

// manyRace: writers of single documents and two of many at once lose nothing of
// each other.
func manyRace(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	const n, rounds = 40, 5
	for i := range n {
		insert(t, repo, fmt.Sprintf("d%02d", i), card{Office: "o", Due: int64(i)})
	}
	noErrors(t, together(4, func(w int) error {
		for round := range rounds {
			mark := fmt.Sprintf("%d-%d", w, round)
			hit := func(c *card) error {
				for _, have := range c.Hits {
					if have == mark {
						return nil
					}
				}
				c.Hits = append(c.Hits, mark)
				return nil
			}
			docs, _, err := repo.Find(ctx, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: n})
			if err != nil {
				return err
			}
			if w < 2 {
				err = repo.UpdateMany(ctx, docs, hit)
			} else {
				_, err = repo.Update(ctx, fmt.Sprintf("d%02d", (w*7+round)%n), hit)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	single := map[string]int{}
	for w := 2; w < 4; w++ {
		for round := range rounds {
			single[fmt.Sprintf("d%02d", (w*7+round)%n)]++
		}
	}
	for _, d := range readAll(t, repo, "o") {
		require.Len(t, d.Value.Hits, 2*rounds+single[d.ID], d.ID)
	}
}
