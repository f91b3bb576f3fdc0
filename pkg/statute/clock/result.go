package clock

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute"
)

// FactError says which fact cannot stand.
type FactError = statute.FieldError

// FactErrors are all facts that cannot stand, as Compute returns them at once.
type FactErrors = statute.FieldErrors

// State is where a clock, or the case as a whole, stands.
type State string

// The states. Compute knows no today, so it never says overrun: StateOn does.
const (
	Running    State = "running"
	Waiting    State = "waiting" // for the applicant; no due date runs
	Met        State = "met"
	Late       State = "late"       // done, after the due date
	Overrun    State = "overrun"    // not done and the due date is past
	Superseded State = "superseded" // overtaken by another clock or by the end of the case
	Closed     State = "closed"     // the case, without a reply
)

// What a case may be waiting for.
const (
	ForConfirmation = "confirmation" // of receipt, art. 31
	ForCorrection   = "correction"   // 补正
	ForPayment      = "payment"      // 缴费
	ForLatePayment  = "late_payment" // paid after the limit: the office decides
)

// Kind names a clock.
type Kind string

// Unit is what a period is counted in.
type Unit string

// The units of statutory periods (行政复议法 art. 88; 民法典 art. 202).
const (
	WorkingDays  Unit = "wd"
	CalendarDays Unit = "days"
	Months       Unit = "months"
)

// What silence brings when a clock runs out without an answer.
const (
	SilenceAgencyDecides = "agency_decides" // third party, art. 32: not consent
	SilenceConsents      = "consents"       // joint agency, art. 34
	SilenceNone          = "none"
	SilenceAbandons      = "abandoned" // correction and payment: 视为放弃申请
)

// Span is a run of days left out of a count.
type Span struct {
	From        civil.Date `json:"from"`
	To          civil.Date `json:"to"`
	WorkingDays int        `json:"working_days"`
}

// Line is one sentence of an explanation with the dates it speaks about.
type Line struct {
	Code        string     `json:"code"`
	Text        string     `json:"text"`
	TextEN      string     `json:"text_en"`
	Rule        string     `json:"rule,omitempty"`
	From        civil.Date `json:"from,omitzero"`
	To          civil.Date `json:"to,omitzero"`
	WorkingDays int        `json:"working_days,omitempty"`
	Notice      string     `json:"notice,omitempty"`
}

// The codes of lines.
const (
	LineStart       = "start"       // the trigger, day 0
	LineCount       = "count"       // days that were counted
	LineExcluded    = "excluded"    // working days left out
	LineHoliday     = "holiday"     // rest days by a notice
	LineWorked      = "worked"      // make-up days by a notice
	LineExtension   = "extension"   // 延长
	LineRoll        = "roll"        // the last day moved to a working day
	LineDue         = "due"         // the last day
	LineProvisional = "provisional" // reaches into a year without a notice
	LineNote        = "note"
)

// Clock is one statutory or set period of a case.
type Clock struct {
	ID      string `json:"id"` // stable within the case: reply-1, consultation-2
	Kind    Kind   `json:"kind"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en"`
	Article string `json:"article,omitempty"`

	StartOn   civil.Date `json:"start_on,omitzero"` // day 0
	Length    int        `json:"length,omitempty"`
	Extension int        `json:"extension,omitempty"` // appended working days
	Unit      Unit       `json:"unit,omitempty"`
	Excluded  []Span     `json:"excluded,omitempty"`

	DueOn       civil.Date `json:"due_on,omitzero"`
	ShadowDueOn civil.Date `json:"shadow_due_on,omitzero"` // due if the interruption should not hold
	MayCloseOn  civil.Date `json:"may_close_on,omitzero"`  // first working day on which silence may be acted on

	State       State      `json:"state"`
	MetOn       civil.Date `json:"met_on,omitzero"`
	Provisional bool       `json:"provisional,omitempty"`
	Advisory    bool       `json:"advisory,omitempty"`   // a chance that passes, not a duty that is overrun
	OwnTarget   bool       `json:"own_target,omitempty"` // set by the office, not by law
	SilenceRule string     `json:"silence_rule,omitempty"`

	Explanation []Line `json:"explanation,omitempty"`
}

// Result is every clock of a case.
type Result struct {
	// ReplyDue is the last day for the reply. It is zero while no reply period
	// runs: the applicant must first correct or pay.
	ReplyDue    civil.Date `json:"reply_due,omitzero"`
	Provisional bool       `json:"provisional"`
	// PendingConsultation marks a due date that an answer may still bring
	// forward.
	PendingConsultation bool         `json:"pending_consultation,omitempty"`
	State               State        `json:"state"`
	WaitingFor          string       `json:"waiting_for,omitempty"`
	Clocks              []Clock      `json:"clocks"`
	Explanation         []Line       `json:"explanation"`
	Findings            []*FactError `json:"findings,omitempty"` // what is irregular but does not stop the computation
}
