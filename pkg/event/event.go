// Package event is the envelope in which services tell each other what happened.
//
// An event carries state, not orders: it names what happened to one document and
// holds the facts of that document as of Version. A consumer keeps the highest
// version it has applied and ignores older ones, so duplicates, reordering and
// missed intermediate events do no harm.
package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Event is one fact on its way from the service that owns a document to whoever
// follows it. It holds no personal data.
type Event struct {
	// ID is unique over all events; the broker and the inboxes deduplicate on it.
	ID string `json:"id"`
	// Type is <service>.<aggregate>.v<n>.<past tense>, written by hand, for
	// example "intake.case.v1.registered". It never follows a Go name.
	Type string `json:"type"`
	// Office is the office whose document this is.
	Office string `json:"office"`
	// Subject is the id of the document.
	Subject string `json:"subject"`
	// Version is the document's revision after the change; it only rises.
	Version int64 `json:"version"`
	// Time is the instant of the change (RFC 3339, UTC, milliseconds).
	Time time.Time `json:"time"`
	// Data holds the document's facts as the type's schema in api/events says.
	Data json.RawMessage `json:"data"`
	// Trace is the W3C traceparent of the request that caused the change.
	Trace string `json:"trace,omitempty"`
}

var (
	typePattern  = regexp.MustCompile(`^[a-z]+\.[a-z_]+\.v[1-9][0-9]*\.[a-z_]+$`)
	tokenPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
)

// ErrMalformed says that an event cannot have come from a working producer.
var ErrMalformed = errors.New("malformed event")

// Validate reports whether the envelope is complete and its names are usable as
// parts of a broker subject. It returns ErrMalformed with the reason.
func (e Event) Validate() error {
	switch {
	case e.ID == "" || len(e.ID) > 200:
		return fmt.Errorf("%w: id %q", ErrMalformed, e.ID)
	case !typePattern.MatchString(e.Type):
		return fmt.Errorf("%w: type %q", ErrMalformed, e.Type)
	case !tokenPattern.MatchString(e.Office):
		return fmt.Errorf("%w: office %q", ErrMalformed, e.Office)
	case !tokenPattern.MatchString(e.Subject):
		return fmt.Errorf("%w: subject %q", ErrMalformed, e.Subject)
	case e.Version < 1:
		return fmt.Errorf("%w: version %d", ErrMalformed, e.Version)
	case e.Time.IsZero():
		return fmt.Errorf("%w: no time", ErrMalformed)
	case !json.Valid(e.Data):
		return fmt.Errorf("%w: data is not JSON", ErrMalformed)
	}
	return nil
}

// Decode reads the facts of the event into out. Unknown fields are allowed: a
// newer producer may have added some.
func (e Event) Decode(out any) error {
	if err := json.Unmarshal(e.Data, out); err != nil {
		return fmt.Errorf("%w: data of %s: %w", ErrMalformed, e.Type, err)
	}
	return nil
}
