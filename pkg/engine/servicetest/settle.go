package servicetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
)

// broker is the test's own view of the event stream.
type broker struct {
	conn *nats.Conn
	js   jetstream.JetStream
}

func watchBroker(server *embednats.Server) (*broker, error) {
	conn, err := nats.Connect("", server.InProcess())
	if err != nil {
		return nil, fmt.Errorf("watch the broker: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("watch the broker: %w", err)
	}
	return &broker{conn, js}, nil
}

// last is the number of the newest event; zero when there is none.
func (b *broker) last(ctx context.Context) (uint64, error) {
	s, err := b.js.Stream(ctx, bus.Stream)
	if err != nil {
		return 0, fmt.Errorf("look at the stream: %w", err)
	}
	return s.CachedInfo().State.LastSeq, nil
}

// busy names what a consumer has still to finish; empty when it is done. A consumer
// of this moment reports nothing pending before it has looked at the stream, so what
// it finished is held to what the stream has for it.
func (b *broker) busy(ctx context.Context, consumer string) (string, error) {
	c, err := b.js.Consumer(ctx, bus.Stream, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return consumer + " is not there yet", nil
	}
	if err != nil {
		return "", fmt.Errorf("look at consumer %s: %w", consumer, err)
	}
	info := c.CachedInfo()
	if info.NumPending > 0 || info.NumAckPending > 0 {
		return fmt.Sprintf("%s has %d events to take and %d to finish", consumer, info.NumPending, info.NumAckPending), nil
	}
	stream, err := b.js.Stream(ctx, bus.Stream)
	if err != nil {
		return "", fmt.Errorf("look at the stream: %w", err)
	}
	subjects := info.Config.FilterSubjects
	if info.Config.FilterSubject != "" {
		subjects = []string{info.Config.FilterSubject}
	}
	for _, subject := range subjects {
		newest, err := stream.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("look for %s: %w", subject, err)
		}
		if newest.Sequence > info.AckFloor.Stream {
			return fmt.Sprintf("%s finished %d of %d", consumer, info.AckFloor.Stream, newest.Sequence), nil
		}
	}
	return "", nil
}

// Settle waits until every event that was published or raised so far, and every
// event that follows from it, is applied by all who consume it. A test that asserts
// what events bring about settles first: to wait for one consequence says nothing
// about another.
func (in *Instance) Settle() {
	in.tb.Helper()
	passed := wallclock.Stopwatch()
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		left, err := in.unsettled(in.tb.Context())
		if left == "" && err == nil {
			return
		}
		if passed() > patience {
			in.tb.Fatalf("events did not settle within %s: %s %v", patience, left, err)
		}
		time.Sleep(pause)
	}
}

// unsettled names something that is still to be done; empty when nothing is. A
// handler writes its document with the events it raises and acknowledges only then:
// so with no consumer busy, the outboxes empty after that, and no new event since
// before, none was on its way between two of the looks.
func (in *Instance) unsettled(ctx context.Context) (string, error) {
	before, err := in.broker.last(ctx)
	if err != nil {
		return "", err
	}
	if left, err := in.waiting(ctx); left != "" || err != nil {
		return left, err
	}
	for _, s := range in.running() {
		for _, c := range s.Consumers {
			if left, err := in.broker.busy(ctx, c.Name); left != "" || err != nil {
				return left, err
			}
		}
	}
	if left, err := in.waiting(ctx); left != "" || err != nil {
		return left, err
	}
	after, err := in.broker.last(ctx)
	if err != nil {
		return "", err
	}
	if after != before {
		return fmt.Sprintf("events %d to %d came meanwhile", before+1, after), nil
	}
	return "", nil
}

// waiting names an outbox that is not empty.
func (in *Instance) waiting(ctx context.Context) (string, error) {
	for _, s := range in.running() {
		for _, box := range s.Outboxes {
			docs, err := box.Pending(ctx, 1)
			if err != nil {
				return "", fmt.Errorf("look at outbox %s: %w", box.Name(), err)
			}
			if len(docs) > 0 {
				return "outbox " + box.Name() + " is not empty", nil
			}
		}
	}
	return "", nil
}

// running are the services of the instance.
func (in *Instance) running() []*service.Service {
	list := make([]*service.Service, 0, len(in.services))
	for _, name := range in.services {
		if s := in.Host.Service(name); s != nil {
			list = append(list, s)
		}
	}
	return list
}
