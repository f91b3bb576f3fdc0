package contract

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// Events of the deadline service.
const (
	// DeadlineChanged carries DeadlineFacts; its subject is the case id.
	DeadlineChanged  = "deadline.case.v1.changed"
	DeadlineRestated = "deadline.case.v1.restated"
	// ProceedingDueChanged carries DeadlineFacts, too; its subject is the
	// proceeding id.
	ProceedingDueChanged  = "deadline.proceeding.v1.changed"
	ProceedingDueRestated = "deadline.proceeding.v1.restated"
	// CalendarPublished carries CalendarFacts; its subject is the year and its
	// office AllOffices.
	CalendarPublished = "deadline.calendar.v1.published"
	CalendarRestated  = "deadline.calendar.v1.restated"
)

// AllOffices stands as the office of events that concern every office.
const AllOffices = "_all"

// DeadlineFacts tell what is due on a case.
type DeadlineFacts struct {
	Office string `json:"office"`
	CaseID string `json:"case_id"`
	// ProceedingID is set when the clocks are those of a proceeding; CaseID is then
	// the case that it is about, if any.
	ProceedingID string     `json:"proceeding_id,omitempty"`
	ReplyDue     civil.Date `json:"reply_due,omitzero"` // zero while the clock does not run
	ShadowDue    civil.Date `json:"shadow_due,omitzero"`
	State        string     `json:"state"` // running waiting met closed
	WaitingFor   string     `json:"waiting_for,omitempty"`
	// Provisional: the date rests on a year whose holiday notice is not published.
	Provisional bool        `json:"provisional"`
	Clocks      []ClockFact `json:"clocks,omitempty"`
	// CalendarVersion identifies the calendar the dates were computed with.
	CalendarVersion string `json:"calendar_version,omitempty"`
}

// ClockFact is one clock in short.
type ClockFact struct {
	Kind        string     `json:"kind"`
	Label       string     `json:"label"`
	StartOn     civil.Date `json:"start_on"`
	DueOn       civil.Date `json:"due_on,omitzero"`
	State       string     `json:"state"`
	MetOn       civil.Date `json:"met_on,omitzero"`
	Provisional bool       `json:"provisional,omitempty"`
}

// CalendarFacts carry one year's schedule as published.
type CalendarFacts struct {
	Year calendar.Year `json:"year"`
}
