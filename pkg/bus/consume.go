package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/lifecycle"
)

// Consumer follows events of some types.
type Consumer struct {
	// Name is durable: the broker remembers under it what was handled, over restarts
	// and for all replicas together. For example "deadline-intake-case".
	Name string
	// Types are event types; the last part may be "*": "intake.case.v1.*". Among them
	// must be the one under which facts are restated, or a refill passes by. A type
	// that is added later is followed from then on; restate for what was before.
	Types []string
	// Handle applies one event, in one write guarded by the event's version and id
	// (docstore.Once): it may come twice, and an older one may come after a newer.
	// An error is tried again for ever, with growing pauses, unless it wraps
	// ErrPoison.
	Handle func(ctx context.Context, e event.Event) error
	// Lanes is how many documents are worked on at once; 0 means 32. Events of one
	// document are handled one after the other.
	Lanes int
}

// ErrPoison says that trying again is useless. A handler wraps it: the event is put
// aside as a dead letter and the following ones go on.
var ErrPoison = errors.New("event can never be applied")

const (
	defaultLanes   = 32
	defaultAckWait = 30 * time.Second
	// inHandMost bounds what one process takes from the broker and has not finished.
	inHandMost = 256
	// handleWithin bounds one call of a handler.
	handleWithin = 5 * time.Minute
	// panicsMost is how often a handler may panic on an event before that is poison.
	panicsMost = 3
	// lookAfter is how often a consumer makes sure that it still exists.
	lookAfter = 30 * time.Second
	// drainWithin is how long handlers may finish when the process stops.
	drainWithin = 20 * time.Second
)

// Consume runs consumers. What one of them can never apply goes to the dead
// letters of its service. A stop finishes the events that handlers work on and
// gives back the rest.
func (b *Bus) Consume(dead *DeadLetters, consumers ...Consumer) lifecycle.Unit {
	dead.Register(consumers...)
	return lifecycle.Unit{
		Name: "consumers",
		Start: func(context.Context) error {
			for _, c := range consumers {
				if c.Name == "" || c.Handle == nil || len(c.Types) == 0 {
					return fmt.Errorf("consumer %q: a name, types and a handler are needed", c.Name)
				}
			}
			return nil
		},
		Run: func(ctx context.Context) error {
			var wg sync.WaitGroup
			for _, c := range consumers {
				wg.Go(func() { newSubscription(b, dead, c).run(ctx) })
			}
			wg.Wait()
			return nil
		},
		StopTimeout: drainWithin + 5*time.Second,
	}
}

// subscription is one consumer at work in this process.
type subscription struct {
	Consumer
	bus  *Bus
	dead *DeadLetters

	mu     sync.Mutex
	held   map[jetstream.Msg]struct{} // taken and not finished
	panics map[string]int             // by event id
}

func newSubscription(b *Bus, dead *DeadLetters, c Consumer) *subscription {
	if c.Lanes <= 0 {
		c.Lanes = defaultLanes
	}
	return &subscription{
		Consumer: c, bus: b, dead: dead,
		held:   map[jetstream.Msg]struct{}{},
		panics: map[string]int{},
	}
}

func (s *subscription) config() jetstream.ConsumerConfig {
	cfg := jetstream.ConsumerConfig{
		Durable:       s.Name,
		AckPolicy:     jetstream.AckExplicitPolicy,
		DeliverPolicy: jetstream.DeliverAllPolicy,
		AckWait:       s.bus.ackWait,
		MaxDeliver:    -1, // the broker never gives up on an event by itself
		MaxAckPending: 4 * inHandMost,
	}
	for _, t := range s.Types {
		cfg.FilterSubjects = append(cfg.FilterSubjects, filter(t))
	}
	return cfg
}

// run keeps a session open until ctx ends, through every absence of the broker and
// every loss of the durable consumer.
func (s *subscription) run(ctx context.Context) {
	up := s.bus.onUp()
	s.countDead(ctx)
	for try := 1; ctx.Err() == nil; try++ {
		begun := s.bus.clock.Now()
		err := s.session(ctx)
		if ctx.Err() != nil {
			return
		}
		if s.bus.clock.Now().Sub(begun) > time.Minute {
			try = 1
		}
		s.bus.log.Warn("consumer begins again", "consumer", s.Name, "reason", err)
		t := time.NewTimer(backoff(try, 50*time.Millisecond, 5*time.Second))
		select {
		case <-ctx.Done():
		case <-up:
		case <-t.C:
		}
		t.Stop()
	}
}

// errGone says that the durable consumer is not the one the session began with.
var errGone = errors.New("the durable consumer is gone")

// session declares the consumer and handles its events until ctx ends or the
// consumer is gone.
func (s *subscription) session(ctx context.Context) error {
	if _, err := s.bus.streamInfo(ctx); err != nil {
		return err
	}
	if _, err := s.bus.js.CreateOrUpdateConsumer(ctx, Stream, s.config()); err != nil {
		return fmt.Errorf("declare consumer: %w", err)
	}
	// Asked for again: the answer to an update does not tell the first creation.
	cons, err := s.bus.js.Consumer(ctx, Stream, s.Name)
	if err != nil {
		return fmt.Errorf("look at consumer: %w", err)
	}
	created := cons.CachedInfo().Created

	lanes := s.open(ctx)
	doubt := make(chan struct{}, 1)
	cc, err := cons.Consume(lanes.take,
		jetstream.PullMaxMessages(inHandMost),
		jetstream.PullExpiry(30*time.Second),
		jetstream.PullHeartbeat(5*time.Second),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			s.bus.log.Debug("consumer", "consumer", s.Name, "error", err)
			poke(doubt)
		}))
	if err != nil {
		lanes.close(ctx)
		return fmt.Errorf("consume: %w", err)
	}
	err = s.watch(ctx, created, cc.Closed(), doubt)
	lanes.stop() // what is still in the client's buffer is given back
	cc.Drain()
	drained := time.NewTimer(drainWithin / 4)
	defer drained.Stop()
	select {
	case <-cc.Closed():
	case <-drained.C:
	}
	lanes.close(ctx)
	return err
}

// watch returns nil when ctx ends, and an error when the session is of no use any
// more.
func (s *subscription) watch(ctx context.Context, created time.Time, closed <-chan struct{}, doubt <-chan struct{}) error {
	look := time.NewTicker(lookAfter)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
			return errGone
		case <-doubt:
		case <-look.C:
		}
		c, err := s.bus.js.Consumer(ctx, Stream, s.Name)
		switch {
		case err == nil && !c.CachedInfo().Created.Equal(created):
			return errGone
		case errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrStreamNotFound):
			return err
		}
		// Any other error means that the broker is away: the client takes up again
		// where it was.
	}
}

// decode reads an envelope. ErrPoison when it is none.
func decode(raw []byte) (event.Event, error) {
	var e event.Event
	if err := json.Unmarshal(raw, &e); err != nil {
		return event.Event{}, fmt.Errorf("%w: unreadable envelope: %w", ErrPoison, err)
	}
	if err := e.Validate(); err != nil {
		return event.Event{}, fmt.Errorf("%w: %w", ErrPoison, err)
	}
	return e, nil
}

// panicError is a handler's panic.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic in handler: %v", p.value) }

// safely calls a handler inside a span of the trace that caused the event, and
// turns a panic into an error.
func safely(ctx context.Context, handle func(context.Context, event.Event) error, e event.Event) (err error) {
	if e.Trace != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": e.Trace})
	}
	ctx, span := otel.Tracer("zhiqing.dev/pkg/bus").Start(ctx, "handle "+e.Type, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(attribute.String("messaging.message.id", e.ID), attribute.String("messaging.destination.name", e.Type)))
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{p, debug.Stack()}
		}
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}()
	return handle(ctx, e)
}
