// Package domain holds what the litigation service knows: one compact fact of
// every case for the statistics, every review, lawsuit and complaint with its
// steps, and the periods that a summary can speak about. It does no I/O and reads
// no clock.
package domain

import (
	"errors"
	"fmt"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/report"
)

// ErrFacts says that another service's facts cannot be counted: they break its own
// contract, and delivering them again will not help.
var ErrFacts = errors.New("facts that no table can count")

// OpenYear stands for "not finished" and "not concluded" where a year is asked for.
const OpenYear = 9999

// Timeliness says whether a finished case was answered within its (extended)
// limit.
type Timeliness string

// The values of Timeliness.
const (
	InTime  Timeliness = "in_time"
	Late    Timeliness = "late"
	Unknown Timeliness = "unknown"  // the due date was never told, as in an old ledger
	NoReply Timeliness = "no_reply" // closed without a duty to reply
)

// CaseFact is one case as the tables see it. It is built from the newest facts of
// intake and of deadline, which come in any order; each has its own version.
// It holds no personal data.
type CaseFact struct {
	Office  string `json:"office"`
	CaseID  string `json:"case_id"`
	Version int64  `json:"version,omitempty"` // of intake's facts; 0 before the first

	RegisterNo string              `json:"register_no,omitempty"`
	Status     contract.CaseStatus `json:"status,omitempty"`
	Column     report.Column       `json:"column,omitempty"`
	Channel    string              `json:"channel,omitempty"`
	// RestrictedTo are the staff ids of those who may know of the case; empty: everybody.
	RestrictedTo []string   `json:"restricted_to,omitempty"`
	ReceivedOn   civil.Date `json:"received_on,omitzero"`

	// FinishedOn and Row are the day and the row in which the case counts; see
	// countedResult. A case that was reopened on an order never counts twice.
	FinishedOn civil.Date `json:"finished_on,omitzero"`
	Row        report.Row `json:"row,omitempty"`

	// Decisions are the signed decisions, oldest first; the last is in force.
	Decisions  []contract.DecisionFacts `json:"decisions,omitempty"`
	Extended   bool                     `json:"extended,omitempty"`
	ReopenedOn civil.Date               `json:"reopened_on,omitzero"`
	// PerformedOn is when the case was answered again after an order.
	PerformedOn  civil.Date `json:"performed_on,omitzero"`
	ParentID     string     `json:"parent_id,omitempty"`
	MergedInto   string     `json:"merged_into,omitempty"`
	Imported     bool       `json:"imported,omitempty"`
	ImportedYuan int64      `json:"imported_yuan,omitempty"` // the fee an imported ledger row states

	// Tallied is where the office's tally counts the case, as of the batch TalliedBy.
	Tallied   Place `json:"tallied,omitempty"`
	TalliedBy int64 `json:"tallied_by,omitempty"`

	DueVersion int64      `json:"due_version,omitempty"` // of deadline's facts
	ReplyDue   civil.Date `json:"reply_due,omitzero"`
}

// ApplyCase takes the facts of a case as of a version. Older versions than the one
// applied change nothing. ErrFacts.
func (f *CaseFact) ApplyCase(c contract.CaseFacts, version int64) error {
	if version <= f.Version {
		return nil
	}
	column := report.Column(c.ApplicantKind)
	if !column.Valid() {
		return fmt.Errorf("%w: applicant kind %q", ErrFacts, c.ApplicantKind)
	}
	finishedOn, row := countedResult(c)
	if !finishedOn.IsZero() && !row.IsResult() {
		return fmt.Errorf("%w: finished in row %q", ErrFacts, row)
	}
	if !finishedOn.IsZero() && finishedOn < c.Clock.ReceivedOn {
		return fmt.Errorf("%w: finished on %s, received on %s", ErrFacts, finishedOn, c.Clock.ReceivedOn)
	}
	if row == report.OtherAll && finishedOn.Year() >= report.Format2021.FirstYear {
		row = report.OtherOther // an old ledger's undivided 其他处理 in a year whose table divides it
	}
	f.Office, f.CaseID, f.Version = c.Office, c.CaseID, version
	f.RegisterNo, f.Status, f.Column, f.Channel = c.RegisterNo, c.Status, column, c.Channel
	f.ReceivedOn, f.FinishedOn, f.Row = c.Clock.ReceivedOn, finishedOn, row
	f.Decisions = append([]contract.DecisionFacts(nil), c.Earlier...)
	if c.Decision != nil {
		f.Decisions = append(f.Decisions, *c.Decision)
	}
	f.Extended = c.Clock.ExtensionWD > 0
	f.ReopenedOn = c.ReopenedOn
	f.PerformedOn = 0
	if c.Clock.Order != nil {
		f.PerformedOn = c.Clock.Order.PerformedOn
	}
	f.ParentID, f.MergedInto, f.RestrictedTo = c.ParentID, c.MergedInto, c.RestrictedTo
	f.Imported, f.ImportedYuan = c.Imported, 0
	if c.Imported {
		f.ImportedYuan = max(c.FeeYuan, 0)
	}
	return nil
}

// countedResult is the day and row of the result by which the case counts: the last
// one of the year in which it was first finished. A case that is answered again on
// an order in that year counts by its new answer, as its file shows; an answer of a
// later year never moves a case out of a year whose report may be published. No
// official text settles this; it follows from one row for each application
// (annual-report C8) and from the identity 一+二 = 三+四 of each year (C4).
func countedResult(c contract.CaseFacts) (on civil.Date, row report.Row) {
	for _, d := range c.Earlier {
		made := d.ReplyMadeOn
		if made.IsZero() {
			made = d.DecidedOn
		}
		if on.IsZero() || made.Year() == on.Year() {
			on, row = made, report.Row(d.Row)
		}
	}
	if on.IsZero() || (!c.FinishedOn.IsZero() && c.FinishedOn.Year() == on.Year()) {
		return c.FinishedOn, report.Row(c.ReportRow)
	}
	return on, row
}

// ApplyDeadline takes what deadline has computed for the case.
func (f *CaseFact) ApplyDeadline(d contract.DeadlineFacts, version int64) {
	if version <= f.DueVersion {
		return
	}
	if f.Office == "" {
		f.Office, f.CaseID = d.Office, d.CaseID
	}
	f.DueVersion, f.ReplyDue = version, d.ReplyDue
	for _, c := range d.Clocks {
		if c.Kind == string(clock.KindReply) && !c.DueOn.IsZero() {
			f.ReplyDue = c.DueOn
		}
	}
}

// Counts reports whether the case stands in table three at all: it was received
// (art. 31), and it was not closed without a result. What was only filed and never
// confirmed does not count, nor does a filing that was split into parts: the parts
// stand in its place (一事一申请, annual-report C1).
func (f *CaseFact) Counts() bool {
	split := f.Status == contract.StatusClosed && f.FinishedOn.IsZero()
	return f.Version > 0 && !f.ReceivedOn.IsZero() && !split
}

// Open reports whether the case counts and has no result yet.
func (f *CaseFact) Open() bool { return f.Counts() && f.FinishedOn.IsZero() }

// FinishedYear is the year of the result, OpenYear without one.
func (f *CaseFact) FinishedYear() int {
	if f.FinishedOn.IsZero() {
		return OpenYear
	}
	return f.FinishedOn.Year()
}

// Timeliness judges the result that counts against the due date of the reply.
func (f *CaseFact) Timeliness() Timeliness {
	switch {
	case f.Row == report.OtherNotCorrected || f.Row == report.OtherFeeUnpaid || f.Row == report.OtherOther || f.Row == report.OtherAll:
		return NoReply
	case f.ReplyDue.IsZero():
		return Unknown
	case f.answeredOn() > f.ReplyDue:
		return Late
	}
	return InTime
}

// answeredOn is the day on which the first reply was made.
func (f *CaseFact) answeredOn() civil.Date {
	if len(f.Decisions) > 0 && !f.Decisions[0].ReplyMadeOn.IsZero() {
		return f.Decisions[0].ReplyMadeOn
	}
	return f.FinishedOn
}

// DecisionOn is the decision that a proceeding received on this day attacks: the
// newest that was signed by then. False when there was none (a suit for inaction).
func (f *CaseFact) DecisionOn(day civil.Date) (contract.DecisionFacts, bool) {
	for i := len(f.Decisions) - 1; i >= 0; i-- {
		if f.Decisions[i].DecidedOn <= day {
			return f.Decisions[i], true
		}
	}
	return contract.DecisionFacts{}, false
}
