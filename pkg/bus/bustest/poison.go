package bustest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/wallclock"
)

var errBad = errors.New("this makes no sense")

func retried(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	var tries atomic.Int64
	c := dst.consumer("sink")
	c.Handle = func(ctx context.Context, e event.Event) error {
		if e.Subject == "difficult" && tries.Add(1) < 4 {
			return docstore.ErrUnavailable
		}
		return dst.apply(ctx, e)
	}
	start(t, conn.Consume(dst.dead, c))
	src.touch(t, "difficult")
	for _, id := range ids(10) {
		src.touch(t, id)
	}
	same(t, src, dst)
	require.GreaterOrEqual(t, tries.Load(), int64(4))
	require.Empty(t, letters(t, dst))
}

func letters(t *testing.T, s *sink) []bus.Letter {
	t.Helper()
	list, _, err := s.dead.List(t.Context(), bus.LetterOpen, 50, "")
	require.NoError(t, err)
	return list
}

// oneLetter waits for the only letter.
func oneLetter(t *testing.T, s *sink) bus.Letter {
	t.Helper()
	require.Eventually(t, func() bool { return len(letters(t, s)) == 1 }, patience, 20*time.Millisecond)
	return letters(t, s)[0]
}

func poisoned(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	conn := connect(t, b)
	src.relay(t, conn)
	var mended atomic.Bool
	c := dst.consumer("sink")
	c.Types = []string{noteChanged}
	c.Handle = func(ctx context.Context, e event.Event) error {
		if e.Subject == "bad" && e.Version == 1 && !mended.Load() {
			return fmt.Errorf("%w: %w", bus.ErrPoison, errBad)
		}
		return dst.apply(ctx, e)
	}
	start(t, conn.Consume(dst.dead, c))
	src.touch(t, "bad")
	for _, id := range ids(10) {
		src.touch(t, id)
	}
	letter := oneLetter(t, dst)
	require.Equal(t, "sink", letter.Consumer)
	require.Equal(t, noteChanged, letter.Type)
	require.Equal(t, "bad", letter.Subject)
	require.Equal(t, "demo", letter.Office)
	require.Contains(t, letter.Reason, errBad.Error())
	require.Equal(t, 1, letter.Tries)
	require.Contains(t, string(letter.Raw), letter.EventID)
	require.Eventually(t, func() bool { return len(dst.held(t)) == 10 }, patience, 20*time.Millisecond, "the others go on")
	require.True(t, settled(t, b, "sink", 11), "the broker forgets what was put aside")

	// Still bad: the letter stays and counts.
	_, err := dst.dead.Replay(t.Context(), letter.ID)
	require.ErrorIs(t, err, errBad)
	again, err := dst.dead.Show(t.Context(), letter.ID)
	require.NoError(t, err)
	require.Equal(t, 2, again.Tries)
	require.Equal(t, bus.LetterOpen, again.State)

	// Mended: it is applied and kept as replayed.
	mended.Store(true)
	again, err = dst.dead.Replay(t.Context(), letter.ID)
	require.NoError(t, err)
	require.Equal(t, bus.LetterReplayed, again.State)
	require.Empty(t, letters(t, dst))
	all, _, err := dst.dead.List(t.Context(), "", 50, "")
	require.NoError(t, err)
	require.Len(t, all, 1)
	same(t, src, dst)

	// A later event of the same document goes on, and replaying the older one
	// afterwards does not undo it.
	src.touch(t, "bad")
	same(t, src, dst)
	_, err = dst.dead.Replay(t.Context(), letter.ID)
	require.NoError(t, err)
	same(t, src, dst)

	_, err = dst.dead.Replay(t.Context(), "unknown")
	require.ErrorIs(t, err, docstore.ErrNotFound)
}

// settled waits until a consumer has nothing left of the first n messages.
func settled(t *testing.T, b Broker, name string, n uint64) bool {
	t.Helper()
	js := raw(t, b)
	return waitFor(func() bool {
		c, err := js.Consumer(t.Context(), bus.Stream, name)
		return err == nil && done(c.CachedInfo(), n)
	})
}

func waitFor(cond func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if cond() {
			return true
		}
		select {
		case <-deadline.C:
			return false
		case <-tick.C:
		}
	}
}

func unreadable(t *testing.T, h Harness) {
	b := h.Broker(t)
	dst := newSink(t, h.Store(t))
	conn := connect(t, b)
	js := raw(t, b)
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	_, err := js.Publish(t.Context(), "zq."+noteChanged+".demo.torn", []byte("{\"id\":\xff"))
	require.NoError(t, err)
	require.NoError(t, conn.Publish(t.Context(), eventOf("good", 1, 7)))
	letter := oneLetter(t, dst)
	require.Empty(t, letter.EventID)
	require.Equal(t, []byte("{\"id\":\xff"), letter.Raw)
	require.Contains(t, letter.Reason, "envelope")
	require.Eventually(t, func() bool { return dst.held(t)["good"] == 7 }, patience, 20*time.Millisecond)
	_, err = dst.dead.Replay(t.Context(), letter.ID)
	require.ErrorIs(t, err, bus.ErrPoison)

	elsewhere, err := bus.OpenDeadLetters(t.Context(), h.Store(t), wallclock.System{}.Now)
	require.NoError(t, err)
	list, next, err := elsewhere.List(t.Context(), "", 10, "")
	require.NoError(t, err)
	require.Empty(t, list)
	require.Empty(t, next)
}

func panicking(t *testing.T, h Harness) {
	b := h.Broker(t)
	dst := newSink(t, h.Store(t))
	conn := connect(t, b)
	var tries atomic.Int64
	start(t, conn.Consume(dst.dead, bus.Consumer{
		Name: "sink", Types: []string{noteChanged}, Lanes: 1,
		Handle: func(ctx context.Context, e event.Event) error {
			if e.Subject == "bad" {
				tries.Add(1)
				panic("out of range")
			}
			return dst.apply(ctx, e)
		},
	}))
	require.NoError(t, conn.Publish(t.Context(), eventOf("bad", 1, 1), eventOf("good", 1, 1)))
	letter := oneLetter(t, dst)
	require.Contains(t, letter.Reason, "out of range")
	require.EqualValues(t, 3, tries.Load())
	require.Eventually(t, func() bool { return dst.held(t)["good"] == 1 }, patience, 20*time.Millisecond)
	_, err := dst.dead.Replay(t.Context(), letter.ID)
	require.ErrorContains(t, err, "out of range", "a panic does not get past Replay")
}

func parkedFirst(t *testing.T, h Harness) {
	b := h.Broker(t)
	var broken atomic.Bool
	broken.Store(true)
	dst := newSink(t, brittle{h.Store(t), "dead_letters", &broken})
	conn := connect(t, b)
	var tries atomic.Int64
	start(t, conn.Consume(dst.dead, bus.Consumer{
		Name: "sink", Types: []string{noteChanged},
		Handle: func(context.Context, event.Event) error {
			tries.Add(1)
			return fmt.Errorf("%w: %w", bus.ErrPoison, errBad)
		},
	}))
	require.NoError(t, conn.Publish(t.Context(), eventOf("bad", 1, 1)))
	require.Eventually(t, func() bool { return tries.Load() >= 2 }, patience, 20*time.Millisecond, "it is not given up while it is kept nowhere")
	broken.Store(false)
	oneLetter(t, dst)
	require.True(t, settled(t, b, "sink", 1))
}

func stuck(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	src.write(t, "huge", strings.Repeat("x", bus.MaxEventBytes))
	conn := connect(t, b)
	src.relay(t, conn)
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	for _, id := range ids(10) {
		src.touch(t, id)
	}
	require.Eventually(t, func() bool { return len(dst.held(t)) == 10 }, patience, 20*time.Millisecond)
	src.touch(t, "huge") // and is small again
	same(t, src, dst)
	require.GreaterOrEqual(t, src.pending(t), 1, "what cannot be published stays in sight")
}

func malformed(t *testing.T, h Harness) {
	b := h.Broker(t)
	conn := connect(t, b)
	before := state(t, b).Msgs
	for name, change := range map[string]func(*event.Event){
		"no id":        func(e *event.Event) { e.ID = "" },
		"bad type":     func(e *event.Event) { e.Type = "note changed" },
		"bad subject":  func(e *event.Event) { e.Subject = "a.b" },
		"no version":   func(e *event.Event) { e.Version = 0 },
		"not JSON":     func(e *event.Event) { e.Data = []byte("{") },
		"too large":    func(e *event.Event) { e.Data = []byte(`"` + strings.Repeat("x", bus.MaxEventBytes) + `"`) },
		"star as name": func(e *event.Event) { e.Office = "*" },
	} {
		e := eventOf("a", 1, 1)
		change(&e)
		require.ErrorIs(t, conn.Publish(t.Context(), e), bus.ErrRefused, name)
	}
	require.Equal(t, before, state(t, b).Msgs)
}

func measured(t *testing.T, h Harness) {
	b := h.Broker(t)
	src, dst := newSource(t, h.Store(t)), newSink(t, h.Store(t))
	reg := prometheus.NewRegistry()
	with := func(o *bus.Options) { o.Registerer = reg }
	conn := connect(t, b, with)
	connect(t, b, with) // a second connection shares the registry
	src.relay(t, conn)
	start(t, conn.Consume(dst.dead, dst.consumer("sink")))
	for _, id := range ids(20) {
		src.touch(t, id)
	}
	same(t, src, dst)
	require.True(t, waitFor(func() bool {
		return sum(t, reg, "zhiqing_events_published_total") >= 20 && sum(t, reg, "zhiqing_events_handled_total") >= 20 &&
			sum(t, reg, "zhiqing_outbox_pending_events") == 0 && sum(t, reg, "zhiqing_events_in_hand") == 0
	}))
	b.Stop()
	src.touch(t, "waits")
	require.True(t, waitFor(func() bool { return sum(t, reg, "zhiqing_relay_failures_total") > 0 }))
	b.Start()
	same(t, src, dst)
}

func sum(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	require.NoError(t, err)
	total := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return total
}
