package bus

import (
	"context"
	"errors"
	"hash/fnv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"zhiqing.dev/pkg/docstore"
)

// lanes work on the events of one session: one document's on one lane.
type lanes struct {
	s        *subscription
	queues   []chan jetstream.Msg
	stopping atomic.Bool
	wg       sync.WaitGroup
	work     context.Context //nolint:containedctx // of the handlers: outlives the session's by a grace
	cancel   context.CancelFunc
	beats    chan struct{}
}

func (s *subscription) open(ctx context.Context) *lanes {
	l := &lanes{s: s, queues: make([]chan jetstream.Msg, s.Lanes), beats: make(chan struct{})}
	l.work, l.cancel = context.WithCancel(docstore.Patient(context.WithoutCancel(ctx)))
	for i := range l.queues {
		// As long as everything that can be in hand, so that taking never waits.
		l.queues[i] = make(chan jetstream.Msg, 5*inHandMost)
		l.wg.Go(func() {
			for msg := range l.queues[i] {
				l.handle(msg)
			}
		})
	}
	go l.beat()
	return l
}

// take puts a message on its document's lane.
func (l *lanes) take(msg jetstream.Msg) {
	l.s.hold(msg)
	l.queues[lane(msg.Subject(), len(l.queues))] <- msg
}

// lane is chosen by the document's id, the last part of the subject.
func lane(subject string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(subject[strings.LastIndexByte(subject, '.')+1:]))
	return int(h.Sum32() % uint32(n)) //nolint:gosec // n is small and positive
}

// stop makes the lanes give back what no handler has begun.
func (l *lanes) stop() { l.stopping.Store(true) }

// close waits for the handlers, and cuts them off when they take too long.
func (l *lanes) close(context.Context) {
	l.stop()
	for _, q := range l.queues {
		close(q)
	}
	grace := time.AfterFunc(drainWithin, l.cancel)
	l.wg.Wait()
	grace.Stop()
	l.cancel()
	close(l.beats)
}

// beat tells the broker that the messages in hand are still worked on, so that it
// does not give them to somebody else.
func (l *lanes) beat() {
	t := time.NewTicker(l.s.bus.ackWait / 3)
	defer t.Stop()
	for {
		select {
		case <-l.beats:
			return
		case <-t.C:
			for _, msg := range l.s.inHand() {
				_ = msg.InProgress() // a redelivery is harmless
			}
		}
	}
}

func (l *lanes) handle(msg jetstream.Msg) {
	defer l.s.release(msg)
	if l.stopping.Load() {
		_ = msg.Nak()
		return
	}
	s := l.s
	ctx, cancel := context.WithTimeout(l.work, handleWithin)
	defer cancel()
	tries := 1
	if md, err := msg.Metadata(); err == nil {
		tries = int(md.NumDelivered) //nolint:gosec // a count of deliveries
	}
	e, err := decode(msg.Data())
	if err == nil {
		err = safely(ctx, s.Handle, e)
	}
	switch {
	case err == nil:
		s.forgetPanics(e.ID)
		s.bus.metrics.handled.WithLabelValues(s.Name, "ok").Inc()
		_ = msg.Ack() // a lost ack brings the event again, which changes nothing
	case s.hopeless(e.ID, err):
		s.park(ctx, msg, e.ID, tries, err)
	default:
		s.retry(msg, e.ID, tries, err)
	}
}

// hopeless tells errors that no further try will mend.
func (s *subscription) hopeless(eventID string, err error) bool {
	if errors.Is(err, ErrPoison) {
		return true
	}
	var p *panicError
	if !errors.As(err, &p) {
		return false
	}
	s.bus.log.Error("handler panicked", "consumer", s.Name, "event", eventID, "panic", p.value, "stack", string(p.stack))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.panics[eventID]++
	return s.panics[eventID] >= panicsMost
}

// park writes the dead letter first and only then lets the broker forget the event.
func (s *subscription) park(ctx context.Context, msg jetstream.Msg, eventID string, tries int, cause error) {
	key := eventID
	if key == "" {
		key = msg.Headers().Get(nats.MsgIdHdr)
	}
	if key == "" {
		key = string(msg.Data())
	}
	if err := s.dead.put(ctx, s.Name, key, msg.Data(), tries, cause); err != nil {
		s.retry(msg, eventID, tries, err)
		return
	}
	s.forgetPanics(eventID)
	s.bus.log.Error("event put aside", "consumer", s.Name, "event", eventID, "letter", letterID(s.Name, key), "reason", cause)
	s.bus.metrics.handled.WithLabelValues(s.Name, "dead").Inc()
	s.countDead(ctx)
	_ = msg.TermWithReason("dead letter " + letterID(s.Name, key))
}

// retry asks for the event again later.
func (s *subscription) retry(msg jetstream.Msg, eventID string, tries int, cause error) {
	d := backoff(tries, 200*time.Millisecond, time.Minute)
	if tries == 1 || tries%10 == 0 {
		s.bus.log.Warn("event will be tried again", "consumer", s.Name, "event", eventID, "tries", tries, "in", d, "error", cause)
	}
	s.bus.metrics.handled.WithLabelValues(s.Name, "retry").Inc()
	_ = msg.NakWithDelay(d)
}

func (s *subscription) countDead(ctx context.Context) {
	if n, err := s.dead.Open(ctx, s.Name); err == nil {
		s.bus.metrics.dead.WithLabelValues(s.Name).Set(float64(n))
	}
}

func (s *subscription) hold(msg jetstream.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[msg] = struct{}{}
	s.bus.metrics.inHand.WithLabelValues(s.Name).Set(float64(len(s.held)))
}

func (s *subscription) release(msg jetstream.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, msg)
	s.bus.metrics.inHand.WithLabelValues(s.Name).Set(float64(len(s.held)))
}

func (s *subscription) inHand() []jetstream.Msg {
	s.mu.Lock()
	defer s.mu.Unlock()
	msgs := make([]jetstream.Msg, 0, len(s.held))
	for m := range s.held {
		msgs = append(msgs, m)
	}
	return msgs
}

func (s *subscription) forgetPanics(eventID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.panics, eventID)
}
