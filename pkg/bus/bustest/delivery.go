package bustest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/wallclock"
)

func delivered(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	require.NoError(t, conn.Healthy())
	src.relay(t, conn)
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	for range 5 {
		for _, id := range ids(10) {
			src.touch(t, id)
		}
	}
	same(t, src, dst)
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
}

func backlog(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	for range 3 {
		for _, id := range ids(200) {
			src.touch(t, id)
		}
	}
	require.Equal(t, 600, src.pending(t))
	conn := connect(t, b)
	r := bus.NewRelay(conn, quiet(), wallclock.System{})
	r.Add(src.notes)
	start(t, r.Unit(), conn.Consume(dst.dead, dst.consumer("sink")))
	same(t, src, dst)
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	require.EqualValues(t, 600, state(t, b).Msgs)
}

// recorder notes the versions that a handler saw of each document.
type recorder struct {
	mu   sync.Mutex
	seen map[string][]int64
}

func (r *recorder) note(e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string][]int64{}
	}
	r.seen[e.Subject] = append(r.seen[e.Subject], e.Version)
}

func (r *recorder) of(id string) []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int64(nil), r.seen[id]...)
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, v := range r.seen {
		n += len(v)
	}
	return n
}

// rising is the versions 1 to n.
func rising(n int64) []int64 {
	var out []int64
	for v := int64(1); v <= n; v++ {
		out = append(out, v)
	}
	return out
}

func ordered(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	var (
		rec     recorder
		release = make(chan struct{})
		blocked = ids(1)[0]
	)
	start(t, conn.Consume(dst.dead, bus.Consumer{
		Name: "sink", Types: []string{noteChanged}, Lanes: 4,
		Handle: func(ctx context.Context, e event.Event) error {
			if e.Subject == blocked {
				select {
				case <-release:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			rec.note(e)
			return nil
		},
	}))
	all := ids(40)
	src.touch(t, blocked)
	for range 10 {
		for _, id := range all {
			src.touch(t, id)
		}
	}
	// The documents of the other lanes do not wait for the one that is held up.
	require.Eventually(t, func() bool { return rec.count() >= 150 }, patience, 20*time.Millisecond)
	require.Empty(t, rec.of(blocked))
	close(release)
	require.Eventually(t, func() bool { return rec.count() == 401 }, patience, 20*time.Millisecond)
	require.Equal(t, rising(11), rec.of(blocked))
	for _, id := range all[1:] {
		require.Equal(t, rising(10), rec.of(id), id)
	}
}

// shuffled gives a consumer every event three times in any order, and lets its
// handler fail after it has applied some of them.
func shuffled(t *testing.T, h Harness) {
	b := h.Broker(t)
	dst := newSink(t, h.Store(t))
	conn := connect(t, b)
	js := raw(t, b)
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a fixed seed repeats the same order
	var events []event.Event
	for i, id := range ids(8) {
		for v := int64(1); v <= 12; v++ {
			for range 3 {
				events = append(events, eventOf(id, v, v*100+int64(i)))
			}
		}
	}
	rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for _, e := range events {
		body, err := json.Marshal(e)
		require.NoError(t, err)
		_, err = js.Publish(t.Context(), bus.Subject(e), body) // without an id the broker lets every copy in
		require.NoError(t, err)
	}
	var (
		mu   sync.Mutex
		fail = map[string]int{}
	)
	start(t, conn.Consume(dst.dead, bus.Consumer{
		Name: "sink", Types: []string{"source.note.v1.*"},
		Handle: func(ctx context.Context, e event.Event) error {
			if err := dst.apply(ctx, e); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if fail[e.ID]++; fail[e.ID] == 1 && e.Version%5 == 0 {
				return fmt.Errorf("the answer of the store was lost")
			}
			return nil
		},
	}))
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		total := 0
		for _, n := range fail {
			total += n
		}
		// Each copy once, and each version divisible by five once more.
		return total == len(events)+8*2
	}, patience, 20*time.Millisecond)
	for i, id := range ids(8) {
		doc, err := dst.replicas.Get(t.Context(), id)
		require.NoError(t, err)
		require.EqualValues(t, 12, doc.Value.Version, id)
		require.EqualValues(t, 1200+i, doc.Value.N, id)
		require.LessOrEqual(t, doc.Value.Applied, int64(12), id)
	}
}

func continued(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	for _, id := range ids(60) {
		src.touch(t, id)
	}
	var first, second recorder
	gate := make(chan struct{}, 20)
	for range cap(gate) {
		gate <- struct{}{}
	}
	handler := func(rec *recorder, gate chan struct{}) func(context.Context, event.Event) error {
		return func(ctx context.Context, e event.Event) error {
			if gate != nil {
				select {
				case <-gate:
				case <-time.After(100 * time.Millisecond):
					return fmt.Errorf("not now")
				}
			}
			rec.note(e)
			return dst.apply(ctx, e)
		}
	}
	c := dst.consumer("sink")
	c.Handle = handler(&first, gate)
	stop := start(t, conn.Consume(dst.dead, c))
	require.Eventually(t, func() bool { return first.count() == 20 }, patience, 10*time.Millisecond)
	stop()
	taken := first.count()

	c.Handle = handler(&second, nil)
	start(t, connect(t, b).Consume(dst.dead, c))
	same(t, src, dst)
	require.Eventually(t, func() bool { return second.count() >= 60-taken }, patience, 10*time.Millisecond)
	for _, id := range ids(60) {
		require.NotEmpty(t, append(first.of(id), second.of(id)...), id)
	}
}

func twoRelays(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	one, two := connect(t, b), connect(t, b)
	r1, r2 := bus.NewRelay(one, quiet(), wallclock.System{}), bus.NewRelay(two, quiet(), wallclock.System{})
	r1.Add(src.notes)
	r2.Add(src.notes)
	src.poke = func() { r1.Poke(); r2.Poke() }
	start(t, r1.Unit(), r2.Unit())
	start(t, one.Consume(dst.dead, dst.consumer("sink")))
	for range 10 {
		for _, id := range ids(20) {
			src.touch(t, id)
		}
	}
	same(t, src, dst)
	require.Eventually(t, func() bool { return src.pending(t) == 0 }, patience, 20*time.Millisecond)
	require.EqualValues(t, 200, state(t, b).Msgs, "the broker recognises what both of them publish")
}

func knownInBatch(t *testing.T, h Harness) {
	b := h.Broker(t)
	conn := connect(t, b)
	var events []event.Event
	for i, id := range ids(20) {
		events = append(events, eventOf(id, 1, int64(i)))
	}
	require.NoError(t, conn.Publish(t.Context(), events[7]))
	require.NoError(t, conn.Publish(t.Context(), events...))
	require.NoError(t, conn.Publish(t.Context(), events...))
	require.EqualValues(t, 20, state(t, b).Msgs)
}

// slow handles one event for several times the broker's patience.
func slow(t *testing.T, h Harness) {
	b := h.Broker(t)
	dst := newSink(t, h.Store(t))
	impatient := func(o *bus.Options) { o.AckWait = time.Second }
	one, two := connect(t, b, impatient), connect(t, b, impatient)
	var rec recorder
	c := bus.Consumer{
		Name: "sink", Types: []string{noteChanged}, Lanes: 1,
		Handle: func(ctx context.Context, e event.Event) error {
			rec.note(e)
			if e.Version == 1 {
				select {
				case <-time.After(4 * time.Second):
				case <-ctx.Done():
				}
			}
			return nil
		},
	}
	start(t, one.Consume(dst.dead, c), two.Consume(dst.dead, c))
	require.NoError(t, one.Publish(t.Context(), eventOf("a", 1, 1), eventOf("b", 2, 1), eventOf("c", 2, 1), eventOf("d", 2, 1)))
	js := raw(t, b)
	require.Eventually(t, func() bool {
		c, err := js.Consumer(t.Context(), bus.Stream, "sink")
		return err == nil && done(c.CachedInfo(), 4)
	}, patience, 50*time.Millisecond)
	require.Equal(t, 4, rec.count(), "an event was given to somebody else while its handler worked")
}

// done tells whether a consumer has acknowledged the first n messages.
func done(i *jetstream.ConsumerInfo, n uint64) bool {
	return i.AckFloor.Stream >= n && i.NumAckPending == 0 && i.NumPending == 0
}
