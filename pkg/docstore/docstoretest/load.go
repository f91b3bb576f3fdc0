package docstoretest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

// A load is what a store is killed under: writers that insert documents of their
// own and change shared ones, and a relay that takes events out. Each reports what
// was acknowledged, at once, in one line:
//
//	inserted <id>
//	changed <id> <hit>
//	sending <id> <version> <event>   before the relay takes it out
//
// Every write raises one event, so a document at revision n has raised exactly the
// events 1 to n. That is what Ledger.Check holds the store to.

const loadWriters = 8

// load runs until ctx ends or the store fails. report is called by several at once.
func load(ctx context.Context, s docstore.Store, round int, report func(line string)) error {
	repo, err := docstore.Open(ctx, s, time.Now, cardSpec())
	if err != nil {
		return err
	}
	for k := range 2 {
		if _, err := repo.Upsert(ctx, shared(round, k), changes("")); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	for w := range loadWriters {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := loadOnce(ctx, repo, round, w, i, report); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Go(func() {
		for ctx.Err() == nil {
			if err := drainOnce(ctx, repo, report); err != nil {
				stop(err)
			}
		}
	})
	wg.Wait()
	return context.Cause(ctx)
}

func shared(round, k int) string { return fmt.Sprintf("shared-%d-%d", round, k) }

func changes(hit string) func(*card) error {
	return func(c *card) error {
		c.Office = "o"
		c.Due++
		if hit != "" {
			c.Hits = append(c.Hits, hit)
		}
		c.Raise(changed)
		return nil
	}
}

func loadOnce(ctx context.Context, repo *docstore.Repo[card], round, w, i int, report func(string)) error {
	id := fmt.Sprintf("r%d-w%d-%d", round, w, i)
	c := card{Office: "o", Number: id, Words: []string{"信息", "公开"}}
	c.Raise(made)
	if _, _, err := repo.Insert(ctx, id, &c, docstore.Once(id)); err != nil {
		return err
	}
	report("inserted " + id)
	for _, target := range []string{id, shared(round, w%2)} {
		if _, err := repo.Update(ctx, target, changes(id), docstore.Once(id+"-2")); err != nil {
			return err
		}
		report("changed " + target + " " + id)
	}
	return nil
}

func drainOnce(ctx context.Context, repo *docstore.Repo[card], report func(string)) error {
	pending, err := repo.Pending(ctx, 3)
	if err != nil {
		return err
	}
	for _, p := range pending {
		var ids []string
		for _, ev := range p.Events {
			report(fmt.Sprintf("sending %s %d %s", ev.Subject, ev.Version, ev.ID))
			ids = append(ids, ev.ID)
		}
		if err := repo.Published(ctx, p.ID, ids); err != nil {
			return err
		}
	}
	return nil
}

// Ledger is what was acknowledged over all rounds. Add is safe for concurrent use.
type Ledger struct {
	mu       sync.Mutex
	inserted map[string]bool
	changed  map[string][]string        // id to hits
	events   map[string]map[string]bool // "id version" to event ids, sent or waiting
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{inserted: map[string]bool{}, changed: map[string][]string{}, events: map[string]map[string]bool{}}
}

// Add takes one reported line. It returns an error for a line that is none.
func (l *Ledger) Add(line string) error {
	var id, arg string
	var version int64
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, _ := fmt.Sscanf(line, "sending %s %d %s", &id, &version, &arg); n == 3 {
		l.event(id, version, arg)
		return nil
	}
	if n, _ := fmt.Sscanf(line, "changed %s %s", &id, &arg); n == 2 {
		l.changed[id] = append(l.changed[id], arg)
		return nil
	}
	if n, _ := fmt.Sscanf(line, "inserted %s", &id); n == 1 {
		l.inserted[id] = true
		return nil
	}
	return fmt.Errorf("line %q", line)
}

func (l *Ledger) event(id string, version int64, event string) {
	key := fmt.Sprint(id, " ", version)
	if l.events[key] == nil {
		l.events[key] = map[string]bool{}
	}
	l.events[key][event] = true
}

// Acknowledged is how many writes were.
func (l *Ledger) Acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.inserted)
	for _, hits := range l.changed {
		n += len(hits)
	}
	return n
}

// Check compares the store with the ledger, id by id: what was acknowledged is
// there, once; what is there is whole, with exactly one event for each revision,
// sent or waiting; and every index agrees with the documents.
func (l *Ledger) Check(t *testing.T, s docstore.Store) {
	t.Helper()
	ctx := t.Context()
	repo := cards(t, s)
	pending, err := repo.Pending(ctx, 1_000_000)
	require.NoError(t, err)
	waiting := map[string]bool{}
	for _, p := range pending {
		for _, ev := range p.Events {
			require.False(t, waiting[ev.ID], "event %s waits twice", ev.ID)
			waiting[ev.ID] = true
			l.event(ev.Subject, ev.Version, ev.ID)
		}
	}
	docs := map[string]docstore.Doc[card]{}
	require.NoError(t, repo.Each(ctx, func(d docstore.Doc[card]) error {
		docs[d.ID] = d
		for v := int64(1); v <= d.Rev; v++ {
			require.Len(t, l.events[fmt.Sprint(d.ID, " ", v)], 1, "events of %s at revision %d", d.ID, v)
		}
		require.Empty(t, l.events[fmt.Sprint(d.ID, " ", d.Rev+1)], "an event of a write that is not there")
		times := map[string]int{}
		for _, hit := range d.Value.Hits {
			times[hit]++
			require.Equal(t, 1, times[hit], "%s changed %s twice", hit, d.ID)
		}
		return nil
	}))
	for id := range l.inserted {
		require.NotZero(t, docs[id].Rev, "acknowledged insert of %s", id)
	}
	for id, hits := range l.changed {
		require.NotZero(t, docs[id].Rev, "acknowledged change of %s", id)
		have := map[string]bool{}
		for _, hit := range docs[id].Value.Hits {
			have[hit] = true
		}
		for _, hit := range hits {
			require.True(t, have[hit], "acknowledged change %s of %s", hit, id)
		}
	}
	numbered := 0
	for _, d := range docs {
		if d.Value.Number != "" {
			numbered++
		}
	}
	for index, want := range map[string]int{byDue: len(docs), byNumber: numbered} {
		require.Len(t, walk(t, ctx, repo, docstore.Query{Index: index, Eq: []any{"o"}, Limit: 500}), want)
	}
	words := docstore.Query{Index: byWord, Eq: []any{"o", docstore.All{"信息", "公开"}}, Limit: 500}
	require.Len(t, walk(t, ctx, repo, words), numbered)
}

// CrashServer kills what serves the data while this process writes, then opens it
// again. open opens the store and returns how to kill its server.
func CrashServer(t *testing.T, rounds int, open func(t *testing.T) (s docstore.Store, kill func())) {
	ledger := NewLedger()
	for round := range rounds {
		s, kill := open(t)
		before := ledger.Acknowledged()
		enough := make(chan struct{})
		var once sync.Once
		done := make(chan error, 1)
		go func() {
			done <- load(t.Context(), s, round, func(line string) {
				if err := ledger.Add(line); err != nil {
					t.Error(err)
				}
				if ledger.Acknowledged()-before > 100+37*round {
					once.Do(func() { close(enough) })
				}
			})
		}()
		select {
		case <-enough:
		case err := <-done:
			require.NoError(t, err, "the load ended before the kill")
		}
		kill()
		err := <-done
		require.True(t, errors.Is(err, docstore.ErrUnavailable), "%v", err)
		_ = s.Close() // its server is gone
	}
	s, kill := open(t)
	ledger.Check(t, s)
	t.Logf("%d kills of the server, %d acknowledged writes, all there with their events", rounds, ledger.Acknowledged())
	require.NoError(t, s.Close())
	kill()
}
