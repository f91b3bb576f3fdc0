package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"zhiqing.dev/pkg/event"
)

const (
	// batchFrom is the number of waiting events from which they go as one atomic
	// batch. A message costs one sync and a batch of any size about six, but on new
	// files: the two were level at 7 events on a slow disk and at 26 on a quick one.
	batchFrom = 16
	// batchMost and batchBytes keep a batch well below the server's limits.
	batchMost  = 500
	batchBytes = 4 << 20
)

// ErrRefused says that the broker will never take an event as it is: it is
// malformed or too large.
var ErrRefused = errors.New("event cannot be published")

// Publish hands events to the broker, in this order, and returns when it has all
// of them on disk. After an error some may have been taken; publishing them again
// is harmless. Services do not call it: they raise events on documents, and a
// Relay publishes those.
func (b *Bus) Publish(ctx context.Context, events ...event.Event) error {
	msgs := make([]*nats.Msg, 0, len(events))
	for _, e := range events {
		m, err := encode(e)
		if err != nil {
			return err
		}
		msgs = append(msgs, m)
	}
	for len(msgs) > 0 {
		n := chunk(msgs)
		if _, _, err := b.send(ctx, msgs[:n]); err != nil {
			return err
		}
		msgs = msgs[n:]
	}
	return nil
}

// encode makes the message of an event. ErrRefused.
func encode(e event.Event) (*nats.Msg, error) {
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	body, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("%w: event %s: %w", ErrRefused, e.ID, err)
	}
	if len(body) > MaxEventBytes {
		return nil, fmt.Errorf("%w: event %s has %d bytes, more than %d", ErrRefused, e.ID, len(body), MaxEventBytes)
	}
	m := nats.NewMsg(Subject(e))
	m.Data = body
	m.Header.Set(nats.MsgIdHdr, e.ID)
	m.Header.Set(nats.ExpectedStreamHdr, Stream)
	return m, nil
}

// chunk is how many of the messages go together.
func chunk(msgs []*nats.Msg) int {
	size := 0
	for i, m := range msgs {
		size += len(m.Data)
		if i == batchMost || i > 0 && size > batchBytes {
			return i
		}
	}
	return len(msgs)
}

// ack tells how far the stream reached when it took an event for the first time.
type ack struct {
	seq   uint64
	fresh bool
}

// send publishes messages in order, as one atomic batch when that is cheaper. It
// returns how many from the front are known to be stored, and the last fresh
// acknowledgement among them.
func (b *Bus) send(ctx context.Context, msgs []*nats.Msg) (stored int, last ack, err error) {
	if len(msgs) >= batchFrom && b.batches.Load() {
		a, err := jetstreamext.PublishMsgBatch(ctx, b.js, msgs)
		if err == nil {
			b.metrics.published.WithLabelValues("batch").Add(float64(len(msgs)))
			return len(msgs), ack{a.Sequence, true}, nil
		}
		// A batch that holds an event the stream already has is refused whole, and
		// so is one that meets a limit. Anything else is trouble with the broker.
		var refusal jetstream.JetStreamError
		if !errors.As(err, &refusal) || refusal.APIError() == nil || refusal.APIError().Code >= 500 {
			return 0, ack{}, fmt.Errorf("publish %d events: %w", len(msgs), err)
		}
		b.log.Info("batch refused; publishing one by one", "events", len(msgs), "reason", err)
	}
	for i, m := range msgs {
		clearBatch(m)
		a, err := b.js.PublishMsg(ctx, m)
		if err != nil {
			return i, last, fmt.Errorf("publish event %s: %w", m.Header.Get(nats.MsgIdHdr), err)
		}
		if !a.Duplicate {
			last = ack{a.Sequence, true}
		}
		b.metrics.published.WithLabelValues("single").Inc()
	}
	return len(msgs), last, nil
}

// clearBatch takes off what a refused batch left on the message.
func clearBatch(m *nats.Msg) {
	m.Reply = ""
	m.Header.Del(jetstreamext.BatchIDHeader)
	m.Header.Del(jetstreamext.BatchSeqHeader)
	m.Header.Del(jetstreamext.BatchCommitHeader)
}
