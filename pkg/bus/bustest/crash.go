package bustest

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/wallclock"
)

// Worker is a process that publishes and follows, made to be killed at any moment.
type Worker struct {
	Source, Sink docstore.Store
	Broker       bus.Options
	// Acks receives a line "<document> <n>" for every write that was acknowledged.
	Acks io.Writer
	// Settle makes it finish what is left instead of writing.
	Settle bool
}

const (
	crashDocuments = 120
	crashWriters   = 6
)

// Work runs until ctx ends or, when it settles, until nothing waits and the
// follower holds the newest facts of every document.
func (w Worker) Work(ctx context.Context) error {
	src := &source{store: w.Source, poke: func() {}}
	if err := src.open(ctx); err != nil {
		return err
	}
	dst := &sink{}
	if err := dst.open(ctx, w.Sink); err != nil {
		return err
	}
	w.Broker.Clock = wallclock.System{}
	conn, err := bus.Connect(ctx, w.Broker)
	if err != nil {
		return err
	}
	relay := bus.NewRelay(conn, quiet(), wallclock.System{}, bus.ForService("source"))
	relay.Add(src.notes)
	if err := relay.Guard(ctx, w.Source); err != nil {
		return err
	}
	src.poke = relay.Poke
	work := lifecycle.Unit{Name: "load", Run: func(ctx context.Context) error { return w.load(ctx, src) }}
	if w.Settle {
		work = lifecycle.Unit{Name: "nothing"}
	}
	g, err := lifecycle.Start(ctx, quiet(), conn.Unit(), relay.Unit(), conn.Consume(dst.dead, dst.consumer("sink")), work)
	if err != nil {
		return err
	}
	if w.Settle {
		err = settle(ctx, src, dst)
	} else {
		select {
		case <-ctx.Done():
		case err = <-g.Failed():
		}
	}
	if serr := g.Stop(context.WithoutCancel(ctx)); err == nil {
		err = serr
	}
	return err
}

// load changes documents as fast as it can.
func (w Worker) load(ctx context.Context, src *source) error {
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	all := ids(crashDocuments)
	errs := make(chan error, crashWriters)
	for range crashWriters {
		wg.Go(func() {
			for ctx.Err() == nil {
				id := all[rand.N(len(all))] //nolint:gosec // any document will do
				doc, err := src.change(ctx, id, "")
				if err != nil {
					if ctx.Err() == nil {
						errs <- err
					}
					return
				}
				mu.Lock()
				_, err = fmt.Fprintf(w.Acks, "%s %d\n", id, doc.Value.N)
				mu.Unlock()
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

func settle(ctx context.Context, src *source, dst *sink) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := unsettled(ctx, src, dst)
		if err != nil {
			return err
		}
		if left == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not settled: %s", left)
		case <-tick.C:
		}
	}
}

// unsettled says what is still missing; empty when nothing is.
func unsettled(ctx context.Context, src *source, dst *sink) (string, error) {
	docs, err := src.notes.Pending(ctx, docstore.MaxPage)
	if err != nil {
		return "", err
	}
	if len(docs) > 0 {
		return fmt.Sprintf("%d documents have events that wait", len(docs)), nil
	}
	held := map[string]int64{}
	if err := dst.replicas.Each(ctx, func(d docstore.Doc[replica]) error {
		held[d.ID] = d.Value.N
		return nil
	}); err != nil {
		return "", err
	}
	left := ""
	err = src.notes.Each(ctx, func(d docstore.Doc[note]) error {
		if held[d.ID] != d.Value.N {
			left = fmt.Sprintf("%s is at %d and its follower at %d", d.ID, d.Value.N, held[d.ID])
		}
		return nil
	})
	return left, err
}

// CheckCrash compares what was acknowledged, what is stored and what the follower
// made of it, document by document. acked is the highest n acknowledged for each.
func CheckCrash(t *testing.T, sourceStore, sinkStore docstore.Store, acked map[string]int64) {
	t.Helper()
	src, dst := newSource(t, sourceStore), newSink(t, sinkStore)
	require.NotEmpty(t, acked)
	stored := src.newest(t)
	for id, n := range acked {
		require.GreaterOrEqual(t, stored[id], n, "%s: an acknowledged write is gone", id)
	}
	require.Equal(t, stored, dst.held(t), "the follower holds exactly the newest facts")
	for id, n := range stored {
		doc, err := dst.replicas.Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, n, doc.Value.Version, "%s: each change is one version", id)
		require.LessOrEqual(t, doc.Value.Applied, n, "%s: something was applied twice", id)
	}
	require.Empty(t, letters(t, dst))
	require.Zero(t, src.pending(t))
}
