package contract

import "zhiqing.dev/pkg/civil"

// Events of a review or lawsuit that an old ledger (台账) names. All carry
// ImportedProceedingFacts.
const (
	ImportedProceedingTaken    = "intake.imported_proceeding.v1.imported"
	ImportedProceedingLinked   = "intake.imported_proceeding.v1.linked"
	ImportedProceedingRestated = "intake.imported_proceeding.v1.restated"
)

// ImportedProceedingFacts are the facts of one review, lawsuit or complaint as a
// row of an imported ledger tells them. The litigation service makes a proceeding
// of them.
type ImportedProceedingFacts struct {
	Office   string `json:"office"`
	SourceID string `json:"source_id"` // the same for every import of the same proceeding
	Kind     string `json:"kind"`      // review suit_direct suit_after_review complaint
	CaseNo   string `json:"case_no,omitempty"`
	// RegisterNo and CaseID name the application it is about. CaseID is empty when
	// the office has no case of that number.
	RegisterNo string     `json:"register_no,omitempty"`
	CaseID     string     `json:"case_id,omitempty"`
	ReceivedOn civil.Date `json:"received_on"`
	Outcome    string     `json:"outcome,omitempty"` // upheld corrected other; empty = pending
	Result     string     `json:"result,omitempty"`  // result code, when the ledger is that exact
	DecidedOn  civil.Date `json:"decided_on,omitzero"`
	// Attacked is the decision of the case that stood when the proceeding was
	// received.
	Attacked *DecisionFacts `json:"attacked,omitempty"`
}
