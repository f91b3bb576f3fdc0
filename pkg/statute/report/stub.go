package report

import "zhiqing.dev/pkg/civil"

// CaseFact is what the report needs to know of one application.
type CaseFact struct {
	Column     Column     `json:"column"`
	ReceivedOn civil.Date `json:"received_on"`
	FinishedOn civil.Date `json:"finished_on,omitempty"` // zero: still open
	Row        Row        `json:"row,omitempty"`
}

// Placement is where a case counts in one year.
type Placement struct {
	NewReceived bool `json:"new_received"`
	CarriedIn   bool `json:"carried_in"`
	Row         Row  `json:"row,omitempty"` // "" if not finished in the year
	CarriedOut  bool `json:"carried_out"`
}

// Place says where a case counts in a year.
func Place(f CaseFact, year int) (Placement, error) { return Placement{}, nil }

// ProceedingFact is what the report needs to know of one review or suit.
type ProceedingFact struct {
	Block       Block      `json:"block"`
	FiledOn     civil.Date `json:"filed_on"`
	ConcludedOn civil.Date `json:"concluded_on,omitempty"`
	Outcome     Outcome    `json:"outcome,omitempty"`
}

// Check is one verdict about a table.
type Check struct {
	ID       string `json:"id"`
	OK       bool   `json:"ok"`
	Detail   string `json:"detail"`
	DetailEN string `json:"detail_en"`
	Row      Row    `json:"row,omitempty"`
	Column   Column `json:"column,omitempty"`
	Block    Block  `json:"block,omitempty"`
}

// RowByLabel finds a row by its key, its official label or a usual variant.
func RowByLabel(label string) (Row, bool) { return "", false }

// Label is the official label.
func (r Row) Label() string { return "" }

// IsResult reports whether a finished case can stand in the row.
func (r Row) IsResult() bool { return false }
