// Package bustest is the suite that a broker must pass under pkg/bus: nothing that
// was raised is lost, and nothing is applied twice or backwards, whatever goes away
// in between.
package bustest

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/wallclock"
)

// Broker is a broker that a test can take away.
type Broker interface {
	// Options reach it, also after it was stopped and started again.
	Options() bus.Options
	// Stop takes it away; Start brings it back with what it kept.
	Stop()
	Start()
	// Wipe destroys everything it kept. It is stopped while this happens.
	Wipe()
}

// Harness makes what the suite runs on.
type Harness struct {
	// Broker starts one that is stopped when the test ends.
	Broker func(t *testing.T) Broker
	// Store opens an empty store that is closed when the test ends.
	Store func(t *testing.T) docstore.Store
}

// patience bounds every wait of the suite; it is never reached by what works.
const patience = 30 * time.Second

// The events of the suite's only aggregate.
const (
	noteChanged  = "source.note.v1.changed"
	noteRestated = "source.note.v1.restated"
)

// note is the document of the service that publishes.
type note struct {
	docstore.Raised `json:"-"`
	N               int64  `json:"n"`
	Text            string `json:"text,omitempty"`
}

type noteFacts struct {
	N    int64  `json:"n"`
	Text string `json:"text,omitempty"`
}

// source is a service that publishes.
type source struct {
	store docstore.Store
	notes *docstore.Repo[note]
	poke  func()
}

func newSource(t *testing.T, store docstore.Store) *source {
	t.Helper()
	s := &source{store: store, poke: func() {}}
	require.NoError(t, s.open(t.Context()))
	return s
}

func (s *source) open(ctx context.Context) (err error) {
	s.notes, err = docstore.Open(ctx, s.store, wallclock.System{}.Now, docstore.Spec[note]{
		Name:     "notes",
		Facts:    func(n *note) (string, any) { return "demo", noteFacts{n.N, n.Text} },
		Snapshot: noteRestated,
		Outbox:   func() { s.poke() },
	})
	return err
}

// touch changes a note once more; the note is made when it is missing.
func (s *source) touch(t *testing.T, id string) {
	t.Helper()
	s.write(t, id, "")
}

func (s *source) write(t *testing.T, id, text string) {
	t.Helper()
	_, err := s.change(context.WithoutCancel(t.Context()), id, text)
	require.NoError(t, err)
}

func (s *source) change(ctx context.Context, id, text string) (docstore.Doc[note], error) {
	return s.notes.Upsert(ctx, id, func(n *note) error {
		n.N++
		n.Text = text
		n.Raise(noteChanged)
		return nil
	})
}

func (s *source) pending(t *testing.T) int {
	t.Helper()
	docs, err := s.notes.Pending(context.WithoutCancel(t.Context()), docstore.MaxPage)
	require.NoError(t, err)
	n := 0
	for _, d := range docs {
		n += len(d.Events)
	}
	return n
}

// newest is what every follower must end with: the facts of each document.
func (s *source) newest(t *testing.T) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	require.NoError(t, s.notes.Each(t.Context(), func(d docstore.Doc[note]) error {
		out[d.ID] = d.Value.N
		return nil
	}))
	return out
}

// replica is the document that a following service builds from events.
type replica struct {
	Version int64 `json:"version"`
	N       int64 `json:"n"`
	// Applied counts the times that the facts were really taken over.
	Applied int64 `json:"applied"`
}

// sink is a service that follows.
type sink struct {
	replicas *docstore.Repo[replica]
	dead     *bus.DeadLetters
}

func newSink(t *testing.T, store docstore.Store) *sink {
	t.Helper()
	s := &sink{}
	require.NoError(t, s.open(t.Context(), store))
	return s
}

func (s *sink) open(ctx context.Context, store docstore.Store) (err error) {
	s.replicas, err = docstore.Open(ctx, store, wallclock.System{}.Now, docstore.Spec[replica]{Name: "replicas"})
	if err != nil {
		return err
	}
	s.dead, err = bus.OpenDeadLetters(ctx, store, wallclock.System{}.Now)
	return err
}

// apply takes the facts over unless a newer version was applied, in one write with
// the event's id.
func (s *sink) apply(ctx context.Context, e event.Event) error {
	var f noteFacts
	if err := e.Decode(&f); err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	_, err := s.replicas.Upsert(ctx, e.Subject, func(r *replica) error {
		if e.Version <= r.Version {
			return nil
		}
		r.Version, r.N = e.Version, f.N
		r.Applied++
		return nil
	}, docstore.Once(e.ID))
	return err
}

func (s *sink) held(t *testing.T) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	require.NoError(t, s.replicas.Each(t.Context(), func(d docstore.Doc[replica]) error {
		out[d.ID] = d.Value.N
		return nil
	}))
	return out
}

func (s *sink) consumer(name string) bus.Consumer {
	return bus.Consumer{Name: name, Types: []string{"source.note.v1.*"}, Handle: s.apply}
}

// same waits until the sink holds the newest facts of every document, by id.
func same(t *testing.T, src *source, dst *sink) {
	t.Helper()
	want := src.newest(t)
	require.Eventually(t, func() bool {
		held := dst.held(t)
		for id, n := range want {
			if held[id] != n {
				return false
			}
		}
		return len(held) == len(want)
	}, patience, 20*time.Millisecond, "the followers never reach the newest facts")
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func connect(t *testing.T, b Broker, change ...func(*bus.Options)) *bus.Bus {
	t.Helper()
	o := b.Options()
	o.Name, o.Clock = t.Name(), wallclock.System{}
	for _, fn := range change {
		fn(&o)
	}
	conn, err := bus.Connect(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = conn.Close(ctx)
	})
	return conn
}

// start runs units and returns what stops them; the end of the test does as well.
func start(t *testing.T, units ...lifecycle.Unit) (stop func()) {
	t.Helper()
	g, err := lifecycle.Start(context.WithoutCancel(t.Context()), quiet(), units...)
	require.NoError(t, err)
	var once sync.Once
	stop = func() {
		once.Do(func() {
			if err := g.Stop(context.Background()); err != nil {
				t.Errorf("stop: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// relay starts a guarded relay for the source.
func (s *source) relay(t *testing.T, b *bus.Bus) (r *bus.Relay, stop func()) {
	t.Helper()
	r = bus.NewRelay(b, quiet(), wallclock.System{}, bus.ForService("source"))
	r.Add(s.notes)
	require.NoError(t, r.Guard(t.Context(), s.store))
	s.poke = r.Poke
	return r, start(t, r.Unit())
}

// raw opens a connection of its own, to do what the bus never does.
func raw(t *testing.T, b Broker) jetstream.JetStream {
	t.Helper()
	o := b.Options()
	var opts []nats.Option
	if o.InProcess != nil {
		opts = append(opts, o.InProcess)
	}
	nc, err := nats.Connect(o.URL, opts...)
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	return js
}

func state(t *testing.T, b Broker) jetstream.StreamState {
	t.Helper()
	s, err := raw(t, b).Stream(t.Context(), bus.Stream)
	require.NoError(t, err)
	return s.CachedInfo().State
}

func eventOf(id string, version, n int64) event.Event {
	return event.Event{
		ID: fmt.Sprintf("%s-%d", id, version), Type: noteChanged, Office: "demo", Subject: id, Version: version,
		Time: wallclock.System{}.Now(), Data: fmt.Appendf(nil, `{"n":%d}`, n),
	}
}

func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("note-%d", i)
	}
	return out
}
