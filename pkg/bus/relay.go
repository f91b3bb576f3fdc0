package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/wallclock"
)

const (
	// sweepEvery is how often a relay looks even when nobody poked it.
	sweepEvery = time.Second
	// lookAt is how many documents of one outbox a round takes.
	lookAt = 256
	// clearers is how many documents are cleared at once, so that they share a sync.
	clearers = 64
	// paceEvery is the least time from one round to the next: under load events
	// gather and go as one batch, at rest nothing waits for it.
	paceEvery = 25 * time.Millisecond
	// stallAfter is how long the loop may stay away before something is wrong with it;
	// a broker or a store that is away does not hold it up for that long.
	stallAfter = time.Minute
	// finishWithin bounds the batch in hand when the relay is told to stop.
	finishWithin = 10 * time.Second
)

// Relay publishes what waits in the outboxes of one service and takes it out when
// the broker has it. Several relays on the same outboxes only publish duplicates.
type Relay struct {
	bus   *Bus
	name  string
	log   *slog.Logger
	clock wallclock.Clock
	wake  chan struct{}
	up    <-chan struct{}
	guard *guard

	mu       sync.Mutex
	outboxes []docstore.Outbox

	// Of the loop alone.
	stuck   map[string]bool // documents with an event that is refused for ever
	trouble int             // failed rounds in a row

	watchdog *time.Timer // sets stalled unless the loop comes round
	stalled  atomic.Bool
}

// RelayOption changes a Relay.
type RelayOption func(*Relay)

// ForService names the service whose outboxes these are, in logs and metrics.
func ForService(name string) RelayOption { return func(r *Relay) { r.name = name } }

// NewRelay makes a relay. Add outboxes, and Guard its store, before its unit starts.
func NewRelay(b *Bus, log *slog.Logger, clock wallclock.Clock, opts ...RelayOption) *Relay {
	r := &Relay{
		bus: b, name: "relay", clock: clock,
		wake: make(chan struct{}, 1), up: b.onUp(),
		stuck: map[string]bool{},
	}
	for _, opt := range opts {
		opt(r)
	}
	r.log = log.With("unit", "relay", "relay", r.name)
	return r
}

// Add puts more outboxes under the relay's care.
func (r *Relay) Add(outboxes ...docstore.Outbox) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outboxes = append(r.outboxes, outboxes...)
}

// Poke tells the relay that something waits. It never blocks; give it to
// docstore.Spec.Outbox.
func (r *Relay) Poke() { poke(r.wake) }

// Restate emits the current facts of every document again, and says how many.
// Consumers that have them ignore them; a new consumer is built from them.
func (r *Relay) Restate(ctx context.Context) (int, error) {
	total := 0
	for _, ob := range r.boxes() {
		n, err := ob.Restate(ctx)
		total += n
		if err != nil {
			return total, fmt.Errorf("restate %s: %w", ob.Name(), err)
		}
	}
	r.Poke()
	return total, nil
}

// Healthy returns an error when the relay's loop has not come round for a minute,
// which only a fault of the process explains.
func (r *Relay) Healthy() error {
	if r.stalled.Load() {
		return fmt.Errorf("relay %s has not moved for more than %s", r.name, stallAfter)
	}
	return nil
}

// Unit runs the relay; a stop finishes the batch in hand.
func (r *Relay) Unit() lifecycle.Unit {
	return lifecycle.Unit{Name: "relay " + r.name, Run: r.run, StopTimeout: finishWithin + 5*time.Second}
}

func (r *Relay) run(ctx context.Context) error {
	if r.guard != nil {
		defer r.guard.close(ctx)
	}
	r.watchdog = time.AfterFunc(stallAfter, func() { r.stalled.Store(true) })
	defer r.watchdog.Stop()
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	pace := time.NewTimer(0)
	defer pace.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-pace.C:
		}
		pace.Reset(paceEvery)
		for r.round(ctx) {
		}
		if r.trouble > 0 {
			// While something is away, pokes do not help: only time, or the broker
			// coming back.
			if !r.rest(ctx, backoff(r.trouble, 100*time.Millisecond, 5*time.Second)) {
				return nil
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		case <-r.up:
		case <-tick.C:
		}
	}
}

// rest waits, unless the broker comes back earlier; false means that ctx ended.
func (r *Relay) rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-r.up:
	}
	return true
}

// round publishes one portion and reports whether another should follow at once.
func (r *Relay) round(ctx context.Context) (more bool) {
	r.watchdog.Reset(stallAfter)
	r.stalled.Store(false)
	if ctx.Err() != nil {
		return false
	}
	// What was begun is finished although the relay is told to stop.
	work, cancel := context.WithTimeout(docstore.Patient(context.WithoutCancel(ctx)), finishWithin)
	defer cancel()
	more, err := r.turn(work)
	if err == nil {
		if r.trouble > 0 {
			r.log.Info("publishing again")
		}
		r.trouble = 0
		return more && ctx.Err() == nil
	}
	r.trouble++
	r.bus.metrics.failures.WithLabelValues(r.name).Inc()
	if r.trouble == 1 || r.trouble%20 == 0 {
		r.log.Warn("events wait", "tries", r.trouble, "error", err)
	}
	return false
}

func (r *Relay) turn(ctx context.Context) (more bool, err error) {
	if r.guard != nil {
		if err := r.guard.check(ctx, r); err != nil {
			return false, err
		}
	} else if !r.bus.ready.Load() {
		if _, err := r.bus.streamInfo(ctx); err != nil {
			return false, err
		}
	}
	work, more, err := r.gather(ctx)
	if len(work) == 0 {
		return false, err
	}
	if perr := r.publish(ctx, work); perr != nil {
		return false, errors.Join(err, perr)
	}
	return more, err
}

// parcel is one event on its way: the message, and where it waits.
type parcel struct {
	msg *nats.Msg
	id  string
	box docstore.Outbox
	doc string
}

// gather takes what waits longest from every outbox. An outbox that cannot be read
// does not hold up the others.
func (r *Relay) gather(ctx context.Context) (work []parcel, more bool, err error) {
	now, oldest := r.clock.Now(), time.Duration(0)
	waiting := 0
	stuck := map[string]bool{}
	for _, box := range r.boxes() {
		limit := min(lookAt+len(r.stuck), docstore.MaxPage)
		docs, perr := box.Pending(ctx, limit)
		if perr != nil {
			err = errors.Join(err, fmt.Errorf("look for events of %s: %w", box.Name(), perr))
			continue
		}
		more = more || len(docs) == limit
		for _, d := range docs {
			waiting += len(d.Events)
			for _, e := range d.Events {
				oldest = max(oldest, now.Sub(e.Time))
				m, eerr := encode(e)
				if eerr != nil {
					// It stays where the fault can be seen. Later events of the document
					// go on: they carry its newer facts.
					key := box.Name() + "/" + d.ID
					if stuck[key] = true; !r.stuck[key] {
						r.log.Error("a document's events cannot be published", "document", key, "type", e.Type, "error", eerr)
					}
					continue
				}
				work = append(work, parcel{m, e.ID, box, d.ID})
			}
		}
	}
	if err == nil {
		r.stuck = stuck
	}
	r.bus.metrics.pending.WithLabelValues(r.name).Set(float64(waiting))
	r.bus.metrics.oldest.WithLabelValues(r.name).Set(oldest.Seconds())
	r.bus.metrics.stuck.WithLabelValues(r.name).Set(float64(len(stuck)))
	return work, more && len(work) > 0, err
}

// publish sends the parcels in order and clears the outboxes as far as it got.
func (r *Relay) publish(ctx context.Context, work []parcel) error {
	msgs := make([]*nats.Msg, len(work))
	for i, p := range work {
		msgs[i] = p.msg
	}
	for len(msgs) > 0 {
		n := chunk(msgs)
		stored, last, err := r.bus.send(ctx, msgs[:n])
		if last.fresh && r.guard != nil {
			r.guard.reached(last.seq)
		}
		if cerr := r.clear(ctx, work[:stored]); cerr != nil {
			err = errors.Join(err, cerr)
		}
		if err != nil {
			if errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrNoResponders) {
				// Nobody takes the subject: the stream is gone.
				r.bus.ready.Store(false)
				if r.guard != nil {
					r.guard.suspect()
				}
			}
			return err
		}
		work, msgs = work[n:], msgs[n:]
	}
	r.bus.metrics.pending.WithLabelValues(r.name).Set(0)
	r.bus.metrics.oldest.WithLabelValues(r.name).Set(0)
	return nil
}

// clear takes published events out of their outboxes, several documents at once.
func (r *Relay) clear(ctx context.Context, done []parcel) error {
	type place struct {
		box docstore.Outbox
		doc string
	}
	ids := map[place][]string{}
	var order []place
	for _, p := range done {
		at := place{p.box, p.doc}
		if ids[at] == nil {
			order = append(order, at)
		}
		ids[at] = append(ids[at], p.id)
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs error
	)
	slots := make(chan struct{}, clearers)
	for _, at := range order {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := at.box.Published(ctx, at.doc, ids[at]); err != nil {
				mu.Lock()
				errs = errors.Join(errs, fmt.Errorf("clear outbox of %s %s: %w", at.box.Name(), at.doc, err))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return errs
}

func (r *Relay) boxes() []docstore.Outbox {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outboxes[:len(r.outboxes):len(r.outboxes)]
}
