package contract

import "time"

// Events of the sign-ins of a staff member. Both carry SessionsFacts; the subject is
// the staff member.
const (
	SessionsEnded    = "intake.sessions.v1.ended"
	SessionsRestated = "intake.sessions.v1.restated"
)

// SessionsFacts tell which sign-ins of a staff member have been ended before their
// tokens ran out.
type SessionsFacts struct {
	Office string `json:"office"`
	Staff  string `json:"staff"`
	// NotBefore: what was opened until this instant has ended; zero for none.
	NotBefore time.Time `json:"not_before,omitzero"`
	// Spared are the sign-ins that NotBefore does not end.
	Spared []string       `json:"spared,omitempty"`
	Ended  []EndedSession `json:"ended,omitempty"`
}

// EndedSession is one sign-in that has ended.
type EndedSession struct {
	Session string `json:"session"`
	// Until is when its last token runs out.
	Until time.Time `json:"until"`
}
