package docstoretest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

func eventIDs(pending []docstore.Pending) []string {
	var ids []string
	for _, p := range pending {
		for _, ev := range p.Events {
			ids = append(ids, ev.ID)
		}
	}
	return ids
}

func outbox(t *testing.T, h Harness) {
	coll, err := open(t, h).Collection(t.Context(), rawSpec("cards"))
	require.NoError(t, err)
	ctx := t.Context()
	pending := func(limit int) []docstore.Pending {
		t.Helper()
		p, err := coll.Pending(ctx, limit)
		require.NoError(t, err)
		return p
	}
	require.Empty(t, pending(10))
	require.ErrorIs(t, coll.Enqueue(ctx, "b", []event.Event{newEvent("b", 1)}), docstore.ErrNotFound)
	require.NoError(t, coll.Published(ctx, "b", []string{"b-1"}), "nothing to take out is no error")

	// b waits longest, then a; c raised nothing.
	require.NoError(t, coll.Insert(ctx, write(t, "b", card{Office: "o"}, newEvent("b", 1), newEvent("b", 2))))
	require.NoError(t, coll.Insert(ctx, write(t, "c", card{Office: "o"})))
	require.NoError(t, coll.Insert(ctx, write(t, "a", card{Office: "o"}, newEvent("a", 3))))
	require.NoError(t, coll.Replace(ctx, write(t, "b", card{Office: "o"}, newEvent("b", 4)), 1))
	require.Equal(t, []string{"b-1", "b-2", "b-4", "a-3"}, eventIDs(pending(10)))
	require.Equal(t, []string{"b-1", "b-2", "b-4"}, eventIDs(pending(1)))

	// An event comes back as it went in.
	got, want := pending(1)[0].Events[0], newEvent("b", 1)
	require.JSONEq(t, string(want.Data), string(got.Data))
	require.True(t, want.Time.Equal(got.Time))
	got.Data, got.Time, want.Data, want.Time = nil, time.Time{}, nil, time.Time{}
	require.Equal(t, want, got)

	// Published takes what it is told and nothing else, and leaves the revision.
	require.NoError(t, coll.Published(ctx, "b", []string{"b-2", "unknown"}))
	require.Equal(t, []string{"b-1", "b-4", "a-3"}, eventIDs(pending(10)))
	require.NoError(t, coll.Published(ctx, "b", []string{"b-2"}))
	require.NoError(t, coll.Published(ctx, "b", []string{"b-1", "b-4"}))
	require.Equal(t, []string{"a-3"}, eventIDs(pending(10)))
	rec, err := coll.Get(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, int64(2), rec.Rev)
	require.NoError(t, coll.Replace(ctx, write(t, "b", card{Office: "o"}, newEvent("b", 5)), 2))

	// Enqueue changes nothing but the outbox.
	require.NoError(t, coll.Enqueue(ctx, "c", []event.Event{newEvent("c", 6), newEvent("c", 7)}))
	require.Equal(t, []string{"a-3", "b-5", "c-6", "c-7"}, eventIDs(pending(10)))
	rec, err = coll.Get(ctx, "c")
	require.NoError(t, err)
	require.Equal(t, int64(1), rec.Rev)
	for _, p := range pending(10) {
		var ids []string
		for _, ev := range p.Events {
			ids = append(ids, ev.ID)
		}
		require.NoError(t, coll.Published(ctx, p.ID, ids))
	}
	require.Empty(t, pending(10))
}

// outboxRace drains while writers go on: every event comes out at least once, in
// order for its document, and none comes back after it was taken out.
func outboxRace(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	const docs, times = 4, 25
	for d := range docs {
		insert(t, repo, fmt.Sprint("d", d), card{Office: "o"})
	}
	var taken sync.Map
	last := map[string]int64{}
	drain := func() int {
		pending, err := repo.Pending(t.Context(), 3)
		require.NoError(t, err)
		for _, p := range pending {
			var ids []string
			for _, ev := range p.Events {
				_, again := taken.LoadOrStore(ev.ID, true)
				require.False(t, again, "an event taken out came back")
				require.Equal(t, last[p.ID]+1, ev.Version-1, "order of one document")
				last[p.ID] = ev.Version - 1
				ids = append(ids, ev.ID)
			}
			require.NoError(t, repo.Published(t.Context(), p.ID, ids))
		}
		return len(pending)
	}
	done := make(chan []error)
	go func() {
		done <- together(docs*2, func(w int) error {
			for range times {
				_, err := repo.Update(t.Context(), fmt.Sprint("d", w/2), func(c *card) error { c.Due++; c.Raise(changed); return nil })
				if err != nil {
					return err
				}
			}
			return nil
		})
	}()
	for writing := true; writing; {
		select {
		case errs := <-done:
			noErrors(t, errs)
			writing = false
		default:
			drain()
		}
	}
	for drain() > 0 { //nolint:revive // until it is empty
	}
	for d := range docs {
		id := fmt.Sprint("d", d)
		require.Equal(t, int64(2*times), last[id])
		doc, err := repo.Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, int64(2*times), doc.Value.Due)
		require.Equal(t, int64(2*times+1), doc.Rev)
	}
}

func restate(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	for i := range 3 {
		insert(t, repo, fmt.Sprint("c", i), card{Office: "o", Due: int64(i)})
	}
	_, err := repo.Update(t.Context(), "c1", func(c *card) error { c.Due = 9; return nil })
	require.NoError(t, err)
	n, err := repo.Restate(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n)
	pending, err := repo.Pending(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, pending, 3)
	for _, p := range pending {
		require.Len(t, p.Events, 1)
		require.Equal(t, restated, p.Events[0].Type)
		doc, err := repo.Get(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, doc.Rev, p.Events[0].Version)
		var facts card
		require.NoError(t, p.Events[0].Decode(&facts))
		require.Equal(t, *doc.Value, facts)
	}
}

// newIndex declares indexes on documents that are there already, one of them anew
// with other fields, and one that they violate.
func newIndex(t *testing.T, h Harness) {
	s := open(t, h)
	ctx := t.Context()
	now := func() time.Time { return epoch }
	spec := cardSpec()
	all := spec.Indexes
	spec.Indexes = all[:1]
	old, err := docstore.Open(ctx, s, now, spec)
	require.NoError(t, err)
	for i := range 6 {
		c := card{Office: "o", Status: "open", Due: int64(i % 2), Number: fmt.Sprint(i % 5), Words: []string{"信息"}}
		c.Raise(made)
		_, _, err := old.Insert(ctx, fmt.Sprint("c", i), &c, docstore.Once("k"))
		require.NoError(t, err)
	}
	_, _, err = old.Find(ctx, docstore.Query{Index: byStatus, Eq: []any{"o"}, Limit: 10})
	require.ErrorIs(t, err, docstore.ErrUndeclared)

	spec.Indexes = all
	_, err = docstore.Open(ctx, s, now, spec)
	require.ErrorIs(t, err, docstore.ErrUnique, "c0 and c5 have one number")
	_, err = old.Update(ctx, "c5", func(c *card) error { c.Number = "5"; return nil })
	require.NoError(t, err)

	repo, err := docstore.Open(ctx, s, now, spec)
	require.NoError(t, err)
	want := []string{"c0", "c2", "c4", "c1", "c3", "c5"}
	for _, q := range []docstore.Query{
		{Index: byDue, Eq: []any{"o"}}, {Index: byStatus, Eq: []any{"o"}}, {Index: byWord, Eq: []any{"o", "信息"}}, {Index: byOrder},
	} {
		q.Limit = 4
		require.Equal(t, want, walk(t, ctx, repo, q))
	}
	require.Len(t, walk(t, ctx, repo, docstore.Query{Index: byNumber, Eq: []any{"o"}, Limit: 10}), 6)
	_, _, err = repo.Insert(ctx, "x", &card{Office: "o", Number: "3"})
	require.ErrorIs(t, err, docstore.ErrUnique)

	// Neither revisions nor outboxes nor remembered keys were touched.
	doc, err := repo.Get(ctx, "c1")
	require.NoError(t, err)
	require.Equal(t, int64(1), doc.Rev)
	pending, err := repo.Pending(ctx, 100)
	require.NoError(t, err)
	require.Len(t, eventIDs(pending), 6)
	_, replayed, err := repo.Insert(ctx, "c1", &card{}, docstore.Once("k"))
	require.NoError(t, err)
	require.True(t, replayed)

	// Dropped and declared again with the other fields.
	spec.Indexes = all[1:]
	_, err = docstore.Open(ctx, s, now, spec)
	require.NoError(t, err)
	reversed := docstore.Entry[card]{
		Index: docstore.Index{Name: byDue, Fields: []docstore.Field{{Name: "office", Kind: docstore.String}, {Name: "back", Kind: docstore.Int}}},
		Key:   func(c *card) docstore.Key { return docstore.Key{c.Office, -c.Due} },
	}
	spec.Indexes = append([]docstore.Entry[card]{reversed}, all[1:]...)
	repo, err = docstore.Open(ctx, s, now, spec)
	require.NoError(t, err)
	require.Equal(t, []string{"c1", "c3", "c5", "c0", "c2", "c4"}, walk(t, ctx, repo, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 4}))

	// The Key function changed and the fields did not: Reindex, beside writers.
	spec.Indexes[0].Key = func(c *card) docstore.Key { return docstore.Key{c.Office, c.Due} }
	repo, err = docstore.Open(ctx, s, now, spec)
	require.NoError(t, err)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				_, _ = repo.Update(ctx, "c3", func(c *card) error { c.Status = fmt.Sprint(i); return nil })
			}
		}
	})
	require.NoError(t, repo.Reindex(ctx))
	close(stop)
	wg.Wait()
	require.Equal(t, want, walk(t, ctx, repo, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 4}))
}

// cancelled gives writers little time: each write is there whole, with its event
// and its entries, or not at all; and it is there if it was acknowledged.
func cancelled(t *testing.T, h Harness) {
	repo := cards(t, open(t, h))
	dead, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := repo.Insert(dead, "dead", &card{Office: "o"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = repo.Get(dead, "dead")
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = repo.Find(dead, docstore.Query{Index: byDue, Eq: []any{"o"}, Limit: 1})
	require.ErrorIs(t, err, context.Canceled)
	_, err = repo.Get(t.Context(), "dead")
	require.ErrorIs(t, err, docstore.ErrNotFound)

	const n = 200
	ctx := t.Context()
	errs := make([]error, n)
	together(16, func(w int) error {
		for i := w; i < n; i += 16 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(4*time.Millisecond)))) //nolint:gosec // no secret
			c := card{Office: "o", Number: fmt.Sprint(i)}
			c.Raise(made)
			_, _, errs[i] = repo.Insert(ctx, fmt.Sprint("c", i), &c)
			cancel()
		}
		return nil
	})
	for i, err := range errs {
		require.True(t, err == nil || isGivenUp(err), "write %d: %v", i, err)
	}
	// A server may still be at work on what its client gave up.
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		entries := map[string]bool{}
		for _, id := range walk(t, ctx, repo, docstore.Query{Index: byNumber, Eq: []any{"o"}, Limit: 100}) {
			entries[id] = true
		}
		pending, err := repo.Pending(ctx, 2*n)
		require.NoError(t, err)
		raised := map[string]int{}
		for _, p := range pending {
			raised[p.ID] = len(p.Events)
		}
		for i, err := range errs {
			id := fmt.Sprint("c", i)
			_, gerr := repo.Get(ctx, id)
			there := gerr == nil
			require.True(t, there || err != nil, "acknowledged, so it is there")
			require.Equal(t, there, entries[id])
			require.Equal(t, map[bool]int{true: 1, false: 0}[there], raised[id])
		}
	}, 10*time.Second, 50*time.Millisecond)
}
