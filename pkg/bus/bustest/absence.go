package bustest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/wallclock"
)

func restarted(t *testing.T, h Harness) {
	b := h.Broker(t)
	dst := newSink(t, h.Store(t))
	conn := connect(t, b)
	var events []event.Event
	for i, id := range ids(50) {
		events = append(events, eventOf(id, 1, int64(i)))
	}
	require.NoError(t, conn.Publish(t.Context(), events[:5]...))
	require.NoError(t, conn.Publish(t.Context(), events[5:]...))
	b.Stop()
	b.Start()
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	require.Eventually(t, func() bool { return len(dst.held(t)) == 50 }, patience, 20*time.Millisecond)
}

func away(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	var rec recorder
	c := dst.consumer("sink")
	c.Types = []string{noteChanged}
	c.Handle = func(ctx context.Context, e event.Event) error {
		rec.note(e)
		return dst.apply(ctx, e)
	}
	start(t, conn.Consume(dst.dead, c))
	src.touch(t, "before")
	same(t, src, dst)

	b.Stop()
	require.Eventually(t, func() bool { return conn.Healthy() != nil }, patience, 10*time.Millisecond)
	for range 10 {
		for _, id := range ids(10) {
			src.touch(t, id)
		}
	}
	require.Equal(t, 100, src.pending(t))
	b.Start()
	same(t, src, dst)
	require.NoError(t, conn.Healthy())
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	require.Eventually(t, func() bool { return rec.count() >= 101 }, patience, 20*time.Millisecond)
	for _, id := range ids(10) {
		require.Equal(t, rising(10), rec.of(id), "the outbox drains in order")
	}
	// It works on as before.
	src.touch(t, "after")
	same(t, src, dst)
}

func absent(t *testing.T, h Harness) {
	b := h.Broker(t)
	b.Stop()
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	require.Error(t, conn.Healthy())
	src.relay(t, conn)
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	for _, id := range ids(20) {
		src.touch(t, id)
	}
	b.Start()
	same(t, src, dst)
	require.NoError(t, conn.Healthy())
}

// refilled makes documents, lets lose destroy the stream, and expects that a
// follower who comes only afterwards still gets everything.
func refilled(t *testing.T, h Harness, lose func(Broker, *source)) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	_, stop := src.relay(t, conn)
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	for range 3 {
		for _, id := range ids(30) {
			src.touch(t, id)
		}
	}
	same(t, src, dst)
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	stop() // writes down how far the stream was reached

	lose(b, src)
	src.relay(t, conn)
	late := newSink(t, h.Store(t))
	start(t, conn.Consume(late.dead, late.consumer("late")))
	same(t, src, late)

	// The follower that was there before goes on, and nothing was applied twice.
	src.touch(t, "after")
	same(t, src, dst)
	for _, id := range ids(30) {
		doc, err := dst.replicas.Get(t.Context(), id)
		require.NoError(t, err)
		require.LessOrEqual(t, doc.Value.Applied, int64(3), id)
	}
}

func deleted(t *testing.T, h Harness) {
	refilled(t, h, func(b Broker, _ *source) {
		require.NoError(t, raw(t, b).DeleteStream(t.Context(), bus.Stream))
	})
	// The same while the relay runs: the next event finds nobody who takes it.
	b := h.Broker(t)
	src := newSource(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	for _, id := range ids(30) {
		src.touch(t, id)
	}
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	for _, more := range []int{1, 40} { // one by one, and as a batch
		require.NoError(t, raw(t, b).DeleteStream(t.Context(), bus.Stream))
		for _, id := range ids(more) {
			src.touch(t, id)
		}
		require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	}
	late := newSink(t, h.Store(t))
	start(t, conn.Consume(late.dead, late.consumer("late")))
	same(t, src, late)
}

func wiped(t *testing.T, h Harness) {
	refilled(t, h, func(b Broker, _ *source) {
		b.Stop()
		b.Wipe()
		b.Start()
	})
	// The same while the relay runs: coming back is enough, nothing need be written.
	b := h.Broker(t)
	src := newSource(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	for _, id := range ids(30) {
		src.touch(t, id)
	}
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	b.Stop()
	b.Wipe()
	b.Start()
	late := newSink(t, h.Store(t))
	start(t, conn.Consume(late.dead, late.consumer("late")))
	same(t, src, late)
}

// truncated stands for a stream that lost its tail: it is the one the service
// knows, and ends before what the service had reached.
func truncated(t *testing.T, h Harness) {
	refilled(t, h, func(b Broker, src *source) {
		type mark struct {
			Created time.Time `json:"created"`
			Acked   uint64    `json:"acked"`
			Deleted int       `json:"deleted"`
		}
		marks, err := docstore.Open(t.Context(), src.store, wallclock.System{}.Now, docstore.Spec[mark]{Name: "stream_marks"})
		require.NoError(t, err)
		js := raw(t, b)
		old, err := js.Stream(t.Context(), bus.Stream)
		require.NoError(t, err)
		require.NoError(t, js.DeleteStream(t.Context(), bus.Stream))
		short, err := js.CreateStream(t.Context(), old.CachedInfo().Config)
		require.NoError(t, err)
		_, err = marks.Update(t.Context(), bus.Stream, func(m *mark) error {
			require.Equal(t, old.CachedInfo().State.LastSeq, m.Acked, "the relay wrote down how far it came")
			m.Created = short.CachedInfo().Created
			return nil
		})
		require.NoError(t, err)
	})
}

func restatedOnDemand(t *testing.T, h Harness) {
	b := h.Broker(t)
	src := newSource(t, h.Store(t))
	conn := connect(t, b)
	r, _ := src.relay(t, conn)
	for _, id := range ids(15) {
		src.touch(t, id)
	}
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	var restated atomic.Int64
	late := newSink(t, h.Store(t))
	c := bus.Consumer{Name: "late", Types: []string{noteRestated}, Handle: func(ctx context.Context, e event.Event) error {
		restated.Add(1)
		return late.apply(ctx, e)
	}}
	before := state(t, b).LastSeq
	n, err := r.Restate(t.Context())
	require.NoError(t, err)
	require.Equal(t, 15, n)
	start(t, conn.Consume(late.dead, c))
	same(t, src, late)
	require.Eventually(t, func() bool { return state(t, b).LastSeq >= before+15 }, patience, 50*time.Millisecond)
	require.GreaterOrEqual(t, restated.Load(), int64(15))
}

// refillFails breaks the store while the facts are stated again.
func refillFails(t *testing.T, h Harness) {
	b := h.Broker(t)
	var broken atomic.Bool
	src := newSource(t, brittle{h.Store(t), "notes", &broken})
	conn := connect(t, b)
	_, stop := src.relay(t, conn)
	for _, id := range ids(10) {
		src.touch(t, id)
	}
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	require.NoError(t, raw(t, b).DeleteStream(t.Context(), bus.Stream))
	stop()
	broken.Store(true)

	// Stopped before it succeeds: the next start begins it again.
	_, stop = src.relay(t, conn)
	src.touch(t, "after")
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond, "events go on meanwhile")
	stop()
	src.relay(t, conn)
	broken.Store(false)
	late := newSink(t, h.Store(t))
	start(t, conn.Consume(late.dead, late.consumer("late")))
	same(t, src, late)
}

// stopped ends everything while the broker is away: nothing may wait for it.
func stopped(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	r, stop := src.relay(t, conn)
	stopConsumer := start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	src.touch(t, "before")
	same(t, src, dst)
	require.NoError(t, r.Healthy())
	b.Stop()
	src.touch(t, "after")
	stopConsumer()
	stop()
	require.NoError(t, conn.Close(t.Context()))
	require.NoError(t, conn.Close(t.Context()))
	require.Error(t, conn.Healthy())
	require.Equal(t, 1, src.pending(t), "it waits for the next start")
}

// unusable options are told at once, whatever the broker does.
func unusable(t *testing.T, h Harness) {
	_, err := bus.Connect(t.Context(), bus.Options{})
	require.Error(t, err)
	_, err = bus.Connect(t.Context(), bus.Options{URL: "nats://[::1"})
	require.Error(t, err)

	conn := connect(t, h.Broker(t))
	dead := newSink(t, h.Store(t)).dead
	for _, c := range []bus.Consumer{
		{},
		{Name: "x", Types: []string{noteChanged}},
		{Name: "x", Handle: func(context.Context, event.Event) error { return nil }},
	} {
		require.Error(t, conn.Consume(dead, c).Start(t.Context()))
	}
}
