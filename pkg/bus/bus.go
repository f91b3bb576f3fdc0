// Package bus carries events between services over NATS JetStream.
//
// The database is the record and the stream is delivery: a Relay publishes what
// waits in the outboxes and takes it out afterwards, so an event is delivered at
// least once whatever dies in between, and a stream that lost its content is
// refilled from the current facts. Consumers apply an event in one write with its
// id and version, so duplicates, reordering and redelivery change nothing.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/wallclock"
)

// Options say which broker to use and how.
type Options struct {
	// URL is the address of NATS servers, for example "nats://a:4222,nats://b:4222".
	URL string
	// InProcess, instead of URL, connects to a server in this process
	// (embednats.Server.InProcess).
	InProcess nats.Option
	// NATS are further client options: credentials, TLS.
	NATS []nats.Option
	// Name is shown by the server for this connection.
	Name string
	// Replicas of the stream, 1 or 3; 0 means 1.
	Replicas int
	// MaxBytes bounds the stream; a full stream refuses new events, which then wait
	// in the outboxes. 0 leaves it to the server.
	MaxBytes int64
	// AckWait is how long the broker waits for a sign of life of whoever handles an
	// event before it gives the event to somebody else; 0 means 30 seconds.
	AckWait time.Duration
	// Log is for operators; nil discards.
	Log *slog.Logger
	// Clock gives the ages in metrics and the times of dead letters.
	Clock wallclock.Clock
	// Registerer receives the metrics; nil for none.
	Registerer prometheus.Registerer
}

// Bus is one connection to the broker. It is safe for concurrent use and connects
// again for ever when the broker goes away.
type Bus struct {
	nc      *nats.Conn
	js      jetstream.JetStream
	cfg     jetstream.StreamConfig
	ackWait time.Duration
	log     *slog.Logger
	clock   wallclock.Clock
	metrics *metrics

	epoch   atomic.Int64 // rises with every connection made
	ready   atomic.Bool  // the stream is known to be there
	batches atomic.Bool  // the server takes atomic batches
	closed  chan struct{}

	mu  sync.Mutex
	ups []chan struct{}
}

// connectWithin is how long Connect waits for a broker before it goes on without.
const connectWithin = 5 * time.Second

// Connect opens the connection and declares the stream. A broker that cannot be
// reached is not an error: Healthy says so, events wait in the outboxes, and the
// bus goes on trying. An error means that the options are unusable.
func Connect(ctx context.Context, o Options) (*Bus, error) {
	if o.URL == "" && o.InProcess == nil {
		return nil, errors.New("bus: neither an address nor a server in this process")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = wallclock.System{}
	}
	if o.AckWait <= 0 {
		o.AckWait = defaultAckWait
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	b := &Bus{
		cfg:     streamConfig(o.Replicas, o.MaxBytes),
		ackWait: o.AckWait,
		log:     o.Log.With("unit", "bus"),
		clock:   o.Clock,
		metrics: m,
		closed:  make(chan struct{}),
	}
	if b.nc, err = nats.Connect(o.URL, b.natsOptions(o)...); err != nil {
		return nil, fmt.Errorf("bus: connect: %w", err)
	}
	if b.js, err = jetstream.New(b.nc); err != nil {
		b.nc.Close()
		return nil, fmt.Errorf("bus: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if _, err := b.declareStream(ctx); err != nil {
		b.log.Warn("the broker cannot be used yet; events wait", "error", err)
	}
	return b, nil
}

func (b *Bus) natsOptions(o Options) []nats.Option {
	opts := []nats.Option{
		nats.Name(o.Name),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		// Nothing is buffered while disconnected: a publish fails at once and the
		// event stays where it is safe, in its outbox.
		nats.ReconnectBufSize(-1),
		nats.CustomReconnectDelay(func(attempts int) time.Duration { return backoff(attempts, 50*time.Millisecond, 5*time.Second) }),
		nats.PingInterval(20 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DrainTimeout(10 * time.Second),
		nats.ConnectHandler(func(*nats.Conn) { b.up() }),
		nats.ReconnectHandler(func(*nats.Conn) {
			b.log.Info("the broker is back")
			b.up()
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("the broker is gone; events wait", "error", err)
			}
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(b.closed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.log.Warn("broker error", "error", err)
		}),
	}
	if o.InProcess != nil {
		opts = append(opts, o.InProcess)
	}
	return append(opts, o.NATS...)
}

// Healthy returns an error while the broker cannot be used. That is no reason to
// stop taking work: what is accepted waits in the outboxes.
func (b *Bus) Healthy() error {
	if st := b.nc.Status(); st != nats.CONNECTED {
		return fmt.Errorf("bus: %s", st)
	}
	if !b.ready.Load() {
		return errors.New("bus: the stream is not declared yet")
	}
	return nil
}

// Close sends what is buffered, closes the connection and returns when it is
// closed or ctx ends.
func (b *Bus) Close(ctx context.Context) error {
	if b.nc.IsClosed() {
		return nil
	}
	if err := b.nc.Drain(); err != nil {
		b.nc.Close() // not connected: nothing to send
	}
	select {
	case <-b.closed:
		return nil
	case <-ctx.Done():
		b.nc.Close()
		return fmt.Errorf("bus: close: %w", ctx.Err())
	}
}

// Unit closes the connection at its place in the order of the process; it was
// opened by Connect. Put it before the relays and consumers, so that it stops after
// them.
func (b *Bus) Unit() lifecycle.Unit {
	return lifecycle.Unit{Name: "bus", Stop: b.Close, StopTimeout: 15 * time.Second}
}

// up tells everyone who waits that a connection was made.
func (b *Bus) up() {
	b.epoch.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ch := range b.ups {
		poke(ch)
	}
}

// onUp returns a channel that receives when a connection is made.
func (b *Bus) onUp() <-chan struct{} {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ups = append(b.ups, ch)
	return ch
}

func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// backoff grows with the tries from low to high, with jitter so that those who
// failed together do not come back together.
func backoff(tries int, low, high time.Duration) time.Duration {
	d := high
	if tries < 20 {
		d = min(low<<max(tries-1, 0), high)
	}
	return d/2 + rand.N(d/2+1) //nolint:gosec // jitter needs no secrecy
}
