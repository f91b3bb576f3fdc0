package contract

import "zhiqing.dev/pkg/civil"

// Events of a proceeding (行政复议、行政诉讼、投诉). All carry ProceedingFacts.
const (
	ProceedingReceived  = "litigation.proceeding.v1.received"
	ProceedingStepped   = "litigation.proceeding.v1.stepped"
	ProceedingConcluded = "litigation.proceeding.v1.concluded"
	ProceedingOrdered   = "litigation.proceeding.v1.ordered"
	ProceedingReported  = "litigation.proceeding.v1.reported_up"
	ProceedingRestated  = "litigation.proceeding.v1.restated"
)

// ProceedingFacts are the facts of one review or lawsuit.
type ProceedingFacts struct {
	Office       string     `json:"office"`
	ProceedingID string     `json:"proceeding_id"`
	CaseID       string     `json:"case_id,omitempty"`
	Kind         string     `json:"kind"` // review suit_direct suit_after_review complaint
	ReceivedOn   civil.Date `json:"received_on"`
	Outcome      string     `json:"outcome,omitempty"` // upheld corrected other; empty = pending
	Result       string     `json:"result,omitempty"`
	ConcludedOn  civil.Date `json:"concluded_on,omitzero"`
	EffectiveOn  civil.Date `json:"effective_on,omitzero"`
	// Handler is the staff id of who handles the proceeding: who entered it. Empty when
	// it was imported.
	Handler string `json:"handler,omitempty"`
	// Order is what a review decision or judgment orders the office to do again.
	Order *OrderFacts `json:"order,omitempty"`
	// Periods are the statutory periods that this proceeding has started.
	Periods []PeriodFact `json:"periods,omitempty"`
}

// OrderFacts is an order to answer again or to disclose.
type OrderFacts struct {
	EffectiveOn civil.Date `json:"effective_on"`
	PeriodWD    int        `json:"period_wd"` // working days; 20 by default (法释〔2025〕8号)
	DoneOn      civil.Date `json:"done_on,omitzero"`
}

// PeriodFact starts one statutory period; deadline computes its due date.
type PeriodFact struct {
	Kind    string     `json:"kind"` // a kind of statute/clock's table of periods
	StartOn civil.Date `json:"start_on"`
	MetOn   civil.Date `json:"met_on,omitzero"`
}
