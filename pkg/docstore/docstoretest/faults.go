package docstoretest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

// Fault decides, for each call that reaches an engine, what goes wrong with it: an
// error before it is done, so that it never happens, or after it was done, so that
// nobody knows. Both nil for nothing. op is the method of docstore.Collection in
// lower case. It is called by several at once.
type Fault func(op, id string) (before, after error)

// WithFaults puts faults between a store and whoever uses it.
func WithFaults(s docstore.Store, f Fault) docstore.Store { return &faultyStore{s, f} }

type faultyStore struct {
	docstore.Store
	fault Fault
}

func (s *faultyStore) Collection(ctx context.Context, spec docstore.CollectionSpec) (docstore.Collection, error) {
	c, err := s.Store.Collection(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &faultyCollection{c, s.fault}, nil
}

type faultyCollection struct {
	docstore.Collection
	fault Fault
}

func (c *faultyCollection) run(op, id string, do func() error) error {
	before, after := c.fault(op, id)
	if before != nil {
		return before
	}
	if err := do(); err != nil {
		return err
	}
	return after
}

func (c *faultyCollection) Get(ctx context.Context, id string) (rec docstore.Record, err error) {
	err = c.run("get", id, func() (err error) { rec, err = c.Collection.Get(ctx, id); return err })
	return rec, err
}

func (c *faultyCollection) Insert(ctx context.Context, w docstore.Write) error {
	return c.run("insert", w.ID, func() error { return c.Collection.Insert(ctx, w) })
}

func (c *faultyCollection) Replace(ctx context.Context, w docstore.Write, ifRev int64) error {
	return c.run("replace", w.ID, func() error { return c.Collection.Replace(ctx, w, ifRev) })
}

func (c *faultyCollection) ReplaceMany(ctx context.Context, swaps []docstore.Swap) error {
	return c.run("replacemany", "", func() error { return c.Collection.ReplaceMany(ctx, swaps) })
}

func (c *faultyCollection) Find(ctx context.Context, q docstore.Query) (page docstore.Page, err error) {
	err = c.run("find", "", func() (err error) { page, err = c.Collection.Find(ctx, q); return err })
	return page, err
}

func (c *faultyCollection) Count(ctx context.Context, q docstore.CountQuery) (groups []docstore.Group, err error) {
	err = c.run("count", "", func() (err error) { groups, err = c.Collection.Count(ctx, q); return err })
	return groups, err
}

func (c *faultyCollection) Each(ctx context.Context, afterID string, limit int) (recs []docstore.Record, err error) {
	err = c.run("each", afterID, func() (err error) { recs, err = c.Collection.Each(ctx, afterID, limit); return err })
	return recs, err
}

func (c *faultyCollection) Pending(ctx context.Context, limit int) (out []docstore.Pending, err error) {
	err = c.run("pending", "", func() (err error) { out, err = c.Collection.Pending(ctx, limit); return err })
	return out, err
}

func (c *faultyCollection) Published(ctx context.Context, id string, eventIDs []string) error {
	return c.run("published", id, func() error { return c.Collection.Published(ctx, id, eventIDs) })
}

func (c *faultyCollection) Enqueue(ctx context.Context, id string, events []event.Event) error {
	return c.run("enqueue", id, func() error { return c.Collection.Enqueue(ctx, id, events) })
}

func (c *faultyCollection) Rekey(ctx context.Context, id string, keys map[string]docstore.Key, ifRev int64) error {
	return c.run("rekey", id, func() error { return c.Collection.Rekey(ctx, id, keys, ifRev) })
}

var errInjected = fmt.Errorf("%w: injected", docstore.ErrUnavailable)

// unknownOutcome lets the n-th call fail, before or after it was done, for every n
// until none fails any more. Each command comes again with its key until it is
// answered; the end must be the same as without faults.
func unknownOutcome(t *testing.T, h Harness) {
	s := open(t, h)
	for _, after := range []bool{false, true} {
		for n := int64(1); ; n++ {
			office := fmt.Sprintf("o-%v-%d", after, n)
			if !failNth(t, s, office, n, after) {
				require.Greater(t, n, int64(8), "the faults were met")
				break
			}
		}
	}
}

// failNth runs a case through its life and reports whether the fault fired.
func failNth(t *testing.T, s docstore.Store, office string, n int64, after bool) bool {
	t.Helper()
	var calls atomic.Int64
	repo := cards(t, WithFaults(s, func(string, string) (error, error) { //nolint:revive // two errors by design
		switch {
		case calls.Add(1) != n:
			return nil, nil
		case after:
			return nil, errInjected
		default:
			return errInjected, nil
		}
	}))
	calls.Store(0) // opening is not part of it
	again := func(do func() error) {
		t.Helper()
		err := do()
		if errors.Is(err, docstore.ErrUnavailable) {
			err = do()
		}
		require.NoError(t, err)
	}
	ctx, id := t.Context(), "c-"+office
	again(func() error {
		c := card{Office: office, Number: "1"}
		c.Raise(made)
		_, _, err := repo.Insert(ctx, id, &c, docstore.Once("file"), docstore.Fingerprint("p"))
		return err
	})
	for i := range 3 {
		again(func() error {
			_, err := repo.Update(ctx, id, func(c *card) error { c.Due++; c.Raise(changed); return nil }, docstore.Once(fmt.Sprint("u", i)))
			return err
		})
		again(func() error {
			_, err := repo.Upsert(ctx, id+"-copy", func(c *card) error { c.Office = office; c.Due++; c.Raise(changed); return nil }, docstore.Once(fmt.Sprint("e", i)))
			return err
		})
	}
	fired := calls.Load() >= n
	repo = cards(t, s)
	for id, want := range map[string]int64{id: 4, id + "-copy": 3} {
		doc, err := repo.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, int64(3), doc.Value.Due, "each command had its effect once")
		require.Equal(t, want, doc.Rev)
		pending, err := repo.Pending(ctx, docstore.MaxPage)
		require.NoError(t, err)
		for _, p := range pending {
			if p.ID == id {
				require.Len(t, p.Events, int(want))
			}
		}
	}
	return fired
}
