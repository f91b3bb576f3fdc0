package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"zhiqing.dev/pkg/event"
)

// Stream is the name of the one stream that carries all events.
const Stream = "ZHIQING"

// MaxEventBytes bounds an event as published; a document with a larger one stays
// in its outbox.
const MaxEventBytes = 1<<20 - 4<<10 // the rest is for headers

const (
	subjectRoot = "zq"
	maxMsgSize  = 1 << 20
	// keep is how long the stream keeps events: a consumer that was away for longer
	// is built again from restated facts.
	keep = 14 * 24 * time.Hour
	// dedupe is how long the broker remembers event ids. It spares consumers the
	// repeats of a relay; what comes later they recognise themselves.
	dedupe = 20 * time.Minute
)

// Subject is where an event is published: zq.<type>.<office>.<document>.
func Subject(e event.Event) string {
	return subjectRoot + "." + e.Type + "." + e.Office + "." + e.Subject
}

// filter turns an event type, whose last part may be "*", into a subject filter.
func filter(eventType string) string {
	return subjectRoot + "." + strings.TrimSuffix(eventType, ".") + ".*.*"
}

func streamConfig(replicas int, maxBytes int64) jetstream.StreamConfig {
	if maxBytes == 0 {
		maxBytes = -1
	}
	return jetstream.StreamConfig{
		Name:        Stream,
		Description: "events of all services; the databases are the record",
		Subjects:    []string{subjectRoot + ".>"},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		// A full stream refuses; DiscardOld would drop events that nobody has read.
		Discard:            jetstream.DiscardNew,
		MaxBytes:           maxBytes,
		MaxAge:             keep,
		MaxMsgSize:         maxMsgSize,
		Duplicates:         dedupe,
		Replicas:           max(replicas, 1),
		DenyDelete:         true,
		DenyPurge:          true,
		AllowDirect:        true,
		AllowAtomicPublish: true,
	}
}

// declareStream creates the stream or brings it up to date.
func (b *Bus) declareStream(ctx context.Context) (*jetstream.StreamInfo, error) {
	s, err := b.js.CreateOrUpdateStream(ctx, b.cfg)
	if err != nil {
		b.ready.Store(false)
		return nil, fmt.Errorf("declare stream %s: %w", Stream, err)
	}
	info := s.CachedInfo()
	b.batches.Store(info.Config.AllowAtomicPublish) // older servers leave it out
	b.ready.Store(true)
	return info, nil
}

// streamInfo tells how the stream stands, and declares it when it is missing or
// was not declared on this connection yet.
func (b *Bus) streamInfo(ctx context.Context) (*jetstream.StreamInfo, error) {
	if !b.ready.Load() {
		return b.declareStream(ctx)
	}
	s, err := b.js.Stream(ctx, Stream)
	switch {
	case err == nil:
		return s.CachedInfo(), nil
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return b.declareStream(ctx)
	default:
		return nil, fmt.Errorf("look at stream %s: %w", Stream, err)
	}
}
