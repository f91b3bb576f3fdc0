package embednats_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/wallclock"
)

const benchType = "bench.note.v1.changed"

func sample(id string, version int64) event.Event {
	return event.Event{
		ID: id + "-" + strconv.FormatInt(version, 10), Type: benchType, Office: "demo", Subject: id, Version: version,
		Time: wallclock.System{}.Now(), Data: fmt.Appendf(nil, `{"pad":"%0200d"}`, version),
	}
}

func benchBus(b *testing.B, tcp bool) *bus.Bus {
	b.Helper()
	conn, err := bus.Connect(b.Context(), newBroker(b, tcp).Options())
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// BenchmarkPublish compares single messages, each synced by itself, with atomic
// batches; ns/event is what counts.
func BenchmarkPublish(b *testing.B) {
	for _, tcp := range []bool{false, true} {
		for _, size := range []int{1, 15, 16, 50, 100, 500} {
			b.Run(fmt.Sprintf("tcp=%t/together=%d", tcp, size), func(b *testing.B) {
				conn := benchBus(b, tcp)
				version := int64(0)
				for b.Loop() {
					events := make([]event.Event, size)
					for i := range events {
						version++
						events[i] = sample("doc", version)
					}
					require.NoError(b, conn.Publish(b.Context(), events...))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(version), "ns/event")
			})
		}
	}
}

type benchNote struct {
	docstore.Raised `json:"-"`
	N               int64 `json:"n"`
}

// BenchmarkEndToEnd is the way of one event: from the return of the write that
// raised it, through outbox, relay and broker, to its handler.
func BenchmarkEndToEnd(b *testing.B) {
	for _, tcp := range []bool{false, true} {
		b.Run(fmt.Sprintf("tcp=%t", tcp), func(b *testing.B) {
			conn := benchBus(b, tcp)
			now := wallclock.System{}.Now
			store := newStore(b, b.TempDir())
			relay := bus.NewRelay(conn, slog.New(slog.DiscardHandler), wallclock.System{})
			notes, err := docstore.Open(b.Context(), store, now, docstore.Spec[benchNote]{
				Name:   "notes",
				Facts:  func(n *benchNote) (string, any) { return "demo", n },
				Outbox: relay.Poke,
			})
			require.NoError(b, err)
			relay.Add(notes)
			require.NoError(b, relay.Guard(b.Context(), store))
			dead, err := bus.OpenDeadLetters(b.Context(), store, now)
			require.NoError(b, err)
			handled := make(chan struct{}, 1)
			g, err := lifecycle.Start(b.Context(), slog.New(slog.DiscardHandler), relay.Unit(), conn.Consume(dead, bus.Consumer{
				Name: "bench", Types: []string{benchType},
				Handle: func(context.Context, event.Event) error {
					handled <- struct{}{}
					return nil
				},
			}))
			require.NoError(b, err)
			defer func() { require.NoError(b, g.Stop(context.Background())) }()
			var took []time.Duration
			for b.Loop() {
				_, err := notes.Upsert(b.Context(), "doc", func(n *benchNote) error {
					n.N++
					n.Raise(benchType)
					return nil
				})
				require.NoError(b, err)
				written := time.Now()
				<-handled
				took = append(took, time.Since(written))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}
