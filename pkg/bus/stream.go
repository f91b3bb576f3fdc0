package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// declareStream creates the stream or brings it up to date. A stream that is as it
// should be is left alone: processes that start together would otherwise update it
// under each other's consumers.
func (b *Bus) declareStream(ctx context.Context) (*jetstream.StreamInfo, error) {
	info, err := b.ensureStream(ctx)
	if err != nil {
		b.ready.Store(false)
		return nil, fmt.Errorf("declare stream %s: %w", Stream, err)
	}
	b.batches.Store(info.Config.AllowAtomicPublish) // older servers leave it out
	b.ready.Store(true)
	return info, nil
}

func (b *Bus) ensureStream(ctx context.Context) (*jetstream.StreamInfo, error) {
	s, err := b.js.Stream(ctx, Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = b.js.CreateStream(ctx, b.cfg)
	}
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // somebody else's, of this moment
		s, err = b.js.Stream(ctx, Stream)
	}
	if err == nil && !upToDate(s.CachedInfo().Config, b.cfg) {
		s, err = b.js.UpdateStream(ctx, b.cfg)
	}
	if err != nil {
		return nil, err
	}
	return s.CachedInfo(), nil
}

// upToDate compares what the product decides; the server fills in the rest. A
// server too old for atomic publishing leaves it out and is asked again each time.
func upToDate(have, want jetstream.StreamConfig) bool {
	return have.Description == want.Description &&
		slices.Equal(have.Subjects, want.Subjects) &&
		have.Storage == want.Storage &&
		have.Retention == want.Retention &&
		have.Discard == want.Discard &&
		have.MaxBytes == want.MaxBytes &&
		have.MaxAge == want.MaxAge &&
		have.MaxMsgSize == want.MaxMsgSize &&
		have.Duplicates == want.Duplicates &&
		have.Replicas == want.Replicas &&
		have.DenyDelete == want.DenyDelete &&
		have.DenyPurge == want.DenyPurge &&
		have.AllowDirect == want.AllowDirect &&
		have.AllowAtomicPublish == want.AllowAtomicPublish
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
