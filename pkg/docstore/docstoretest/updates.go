package docstoretest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

func writers(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	insert(t, repo, "shared", card{Office: "o"})
	const n, times = 8, 20
	noErrors(t, together(n, func(w int) error {
		for i := range times {
			_, err := repo.Update(t.Context(), "shared", func(c *card) error {
				c.Due++
				c.Hits = append(c.Hits, fmt.Sprintf("%d-%d", w, i))
				c.Raise(changed)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	doc, err := repo.Get(t.Context(), "shared")
	require.NoError(t, err)
	require.Equal(t, int64(n*times), doc.Value.Due)
	require.Equal(t, int64(1+n*times), doc.Rev)
	seen := map[string]bool{}
	for _, hit := range doc.Value.Hits {
		require.False(t, seen[hit], "%s twice", hit)
		seen[hit] = true
	}
	require.Len(t, seen, n*times)
	pending, err := repo.Pending(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, pending[0].Events, n*times)
	for i, ev := range pending[0].Events {
		require.Equal(t, int64(i+2), ev.Version, "events are dense and in the order of the revisions")
		var facts card
		require.NoError(t, ev.Decode(&facts))
		require.Equal(t, int64(i+1), facts.Due, "an event holds the facts of its own revision")
	}
}

func update(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	insert(t, repo, "a", card{Office: "o"})

	// Somebody writes while fn runs: fn runs again on what they wrote.
	runs := 0
	doc, err := repo.Update(ctx, "a", func(c *card) error {
		runs++
		if runs == 1 {
			_, err := repo.Update(ctx, "a", func(c *card) error { c.Status = "theirs"; return nil })
			require.NoError(t, err)
		}
		c.Due++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, runs)
	require.Equal(t, int64(3), doc.Rev)
	require.Equal(t, card{Office: "o", Status: "theirs", Due: 1}, *doc.Value)

	// A refusal stores nothing and comes back as it is.
	refusal := errors.New("not today")
	_, err = repo.Update(ctx, "a", func(c *card) error { c.Due = 99; c.Raise(changed); return refusal })
	require.Equal(t, refusal, err)
	// Nothing changed: nothing is written.
	doc, err = repo.Update(ctx, "a", func(*card) error { return nil })
	require.NoError(t, err)
	require.Equal(t, int64(3), doc.Rev)
	stored, err := repo.Get(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, doc, stored)
	require.Equal(t, int64(1), stored.Value.Due)
	pending, err := repo.Pending(ctx, 5)
	require.NoError(t, err)
	require.Empty(t, pending)

	_, err = repo.Update(ctx, "a", func(c *card) error { c.Due = 5; return nil }, docstore.IfRev(2))
	require.ErrorIs(t, err, docstore.ErrStale)
	doc, err = repo.Update(ctx, "a", func(c *card) error { c.Due = 5; return nil }, docstore.IfRev(3))
	require.NoError(t, err)
	require.Equal(t, int64(4), doc.Rev)

	_, err = repo.Update(ctx, "missing", func(*card) error { return nil })
	require.ErrorIs(t, err, docstore.ErrNotFound)
	_, err = repo.Upsert(ctx, "missing", func(*card) error { return refusal })
	require.Equal(t, refusal, err)
	noErrors(t, together(8, func(int) error {
		_, err := repo.Upsert(ctx, "up", func(c *card) error { c.Office = "o"; c.Due++; return nil })
		return err
	}))
	doc, err = repo.Get(ctx, "up")
	require.NoError(t, err)
	require.Equal(t, int64(8), doc.Value.Due)
	require.Equal(t, int64(8), doc.Rev)
}

func once(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	ctx := t.Context()
	insert(t, repo, "a", card{Office: "o"})
	bump := func(c *card) error { c.Due++; c.Raise(changed); return nil }

	first, err := repo.Update(ctx, "a", bump, docstore.Once("k1"), docstore.Fingerprint("p1"))
	require.NoError(t, err)
	again, err := repo.Update(ctx, "a", bump, docstore.Once("k1"), docstore.Fingerprint("p1"))
	require.NoError(t, err)
	require.Equal(t, first.Rev, again.Rev)
	require.Equal(t, int64(1), again.Value.Due)
	_, err = repo.Update(ctx, "a", bump, docstore.Once("k1"), docstore.Fingerprint("p2"))
	require.ErrorIs(t, err, docstore.ErrKeyReused)
	_, err = repo.Update(ctx, "a", bump, docstore.Once("k1"))
	require.ErrorIs(t, err, docstore.ErrKeyReused)
	_, err = repo.Update(ctx, "a", bump, docstore.Once("k2"))
	require.NoError(t, err)

	// A repeat is answered although the caller's revision has passed.
	_, err = repo.Update(ctx, "a", bump, docstore.Once("k1"), docstore.Fingerprint("p1"), docstore.IfRev(1))
	require.NoError(t, err)
	// A key is remembered also when the change was none.
	doc, err := repo.Update(ctx, "a", func(*card) error { return nil }, docstore.Once("k3"))
	require.NoError(t, err)
	require.Equal(t, int64(4), doc.Rev)
	doc, err = repo.Update(ctx, "a", bump, docstore.Once("k3"))
	require.NoError(t, err)
	require.Equal(t, int64(2), doc.Value.Due)
	pending, err := repo.Pending(ctx, 5)
	require.NoError(t, err)
	require.Len(t, pending[0].Events, 2)

	_, err = repo.Upsert(ctx, "b", bump, docstore.Once("e1"))
	require.NoError(t, err)
	doc, err = repo.Upsert(ctx, "b", bump, docstore.Once("e1"))
	require.NoError(t, err)
	require.Equal(t, int64(1), doc.Value.Due)
	require.Equal(t, int64(1), doc.Rev)
}

func onceRace(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	insert(t, repo, "a", card{Office: "o"})
	for round := range 5 {
		key := docstore.Once(fmt.Sprint("k", round))
		noErrors(t, together(16, func(int) error {
			_, err := repo.Update(t.Context(), "a", func(c *card) error { c.Due++; c.Raise(changed); return nil }, key)
			return err
		}))
		noErrors(t, together(16, func(int) error {
			_, err := repo.Upsert(t.Context(), fmt.Sprint("u", round), func(c *card) error { c.Due++; return nil }, key)
			return err
		}))
		up, err := repo.Get(t.Context(), fmt.Sprint("u", round))
		require.NoError(t, err)
		require.Equal(t, int64(1), up.Value.Due)
	}
	doc, err := repo.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, int64(5), doc.Value.Due)
	pending, err := repo.Pending(t.Context(), 5)
	require.NoError(t, err)
	require.Len(t, pending[0].Events, 5)
}

func insertReplay(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	filed := func(number string) *card {
		c := &card{Office: "o", Number: number}
		c.Raise(made)
		return c
	}
	key, print := docstore.Once("k"), docstore.Fingerprint("p")
	var replays int
	var docs []docstore.Doc[card]
	results := make(chan bool, 16)
	got := make(chan docstore.Doc[card], 16)
	noErrors(t, together(16, func(int) error {
		doc, replayed, err := repo.Insert(t.Context(), "a", filed("1"), key, print)
		results <- replayed
		got <- doc
		return err
	}))
	close(results)
	close(got)
	for r := range results {
		if r {
			replays++
		}
	}
	for d := range got {
		docs = append(docs, d)
		require.Equal(t, int64(1), d.Rev)
		require.Equal(t, "1", d.Value.Number)
	}
	require.Len(t, docs, 16)
	require.Equal(t, 15, replays)
	_, _, err := repo.Insert(t.Context(), "a", filed("1"), key, docstore.Fingerprint("q"))
	require.ErrorIs(t, err, docstore.ErrKeyReused)
	_, _, err = repo.Insert(t.Context(), "a", filed("1"), docstore.Once("other"))
	require.ErrorIs(t, err, docstore.ErrExists)
	_, _, err = repo.Insert(t.Context(), "a", filed("1"))
	require.ErrorIs(t, err, docstore.ErrExists)

	// The replay shows the document as it stands by now.
	_, err = repo.Update(t.Context(), "a", func(c *card) error { c.Status = "later"; return nil })
	require.NoError(t, err)
	doc, replayed, err := repo.Insert(t.Context(), "a", filed("1"), key, print)
	require.NoError(t, err)
	require.True(t, replayed)
	require.Equal(t, "later", doc.Value.Status)
	pending, err := repo.Pending(t.Context(), 5)
	require.NoError(t, err)
	require.Len(t, pending, 1)
	require.Len(t, pending[0].Events, 1)
}

func appliedKept(t *testing.T, h Harness) {
	coll, err := open(t, h).Collection(t.Context(), rawSpec("cards"))
	require.NoError(t, err)
	w := write(t, "a", card{Office: "o"})
	w.Once = "k0"
	require.NoError(t, coll.Insert(t.Context(), w))
	applied := []string{"k0"}
	for i := 1; len(applied) < docstore.AppliedKept+20; i++ {
		w := write(t, "a", card{Office: "o", Due: int64(i)})
		if i%5 != 0 { // a write without a key forgets none
			w.Once = fmt.Sprint("k", i)
			applied = append(applied, w.Once)
		}
		require.NoError(t, coll.Replace(t.Context(), w, int64(i)))
	}
	rec, err := coll.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, applied[20:], rec.Applied[len(rec.Applied)-docstore.AppliedKept:], "the newest are kept, oldest first")
	require.LessOrEqual(t, len(rec.Applied), 2*docstore.AppliedKept)
}
