package domain

import (
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/tariff"
)

// Case is what this service knows of a case: the newest facts that intake told. The
// ledger of an applicant's month is nothing but the index over these documents, so it
// follows from the newest facts of each case, whatever order they came in.
type Case struct {
	Office  string              `json:"office"`
	ID      string              `json:"id"`
	Version int64               `json:"version"` // of the facts
	Status  contract.CaseStatus `json:"status"`
	// RestrictedTo are the staff ids of those who may know of the case; empty: everybody.
	RestrictedTo []string `json:"restricted_to,omitempty"`

	RegisterNo string `json:"register_no,omitempty"`
	// Applicants are the digests that intake told, the principal first.
	Applicants []string    `json:"applicants,omitempty"`
	Items      int         `json:"items"`
	ParentID   string      `json:"parent_id,omitempty"`
	MergedInto string      `json:"merged_into,omitempty"`
	Clock      clock.Facts `json:"clock"`
	Decided    bool        `json:"decided,omitempty"`
	// DecidedOn is the day of the first decision, also of one that was overtaken since:
	// an application counts once. Zero before there is one.
	DecidedOn civil.Date `json:"decided_on,omitzero"`
	// Decision is the kind of the decision in force; empty before there is one.
	Decision   string     `json:"decision,omitempty"`
	FinishedOn civil.Date `json:"finished_on,omitzero"`
	ReportRow  string     `json:"report_row,omitempty"`
	Imported   bool       `json:"imported,omitempty"`
	FeeYuan    int64      `json:"fee_yuan,omitempty"` // as an imported ledger row states

	// Persons are whom the applicants stand for, now that identities were merged: one
	// for each person. Nil in documents from before identities could be merged.
	Persons []string `json:"persons,omitempty"`
	// Charges are the notices on this case, as far as they bear on counting.
	Charges map[string]Charge `json:"charges,omitempty"`
	// CountBy is the office's reading by which the case was counted last (rule book
	// 7.13); empty for contract.CountOnReceipt.
	CountBy string `json:"count_by,omitempty"`
	// Ledgers are all those in which the case was ever counted: their tallies must
	// follow when it moves.
	Ledgers []LedgerKey `json:"ledgers,omitempty"`
}

// Charge is what a fee notice says about counting, as of a version of it.
type Charge struct {
	Version int64 `json:"version"`
	PerPage bool  `json:"per_page"`
}

// LedgerKey names the ledger of one applicant and one calendar month in an office.
type LedgerKey struct {
	Applicant string `json:"applicant"`
	Month     string `json:"month"` // 2026-11
}

// Take merges the facts of the case and reports whether they were news.
func (c *Case) Take(version int64, f contract.CaseFacts) bool {
	if c.Version >= version {
		return false
	}
	old := *c
	*c = Case{
		Office: f.Office, ID: f.CaseID, Version: version, Status: f.Status, RegisterNo: f.RegisterNo,
		Applicants: f.Applicants, Items: f.Items, ParentID: f.ParentID, MergedInto: f.MergedInto, Clock: f.Clock,
		Decided: f.Decision != nil, FinishedOn: f.FinishedOn, ReportRow: f.ReportRow,
		Imported: f.Imported, FeeYuan: f.FeeYuan, RestrictedTo: f.RestrictedTo,
		DecidedOn: f.Clock.DecidedOn,
		Charges:   old.Charges, Ledgers: old.Ledgers, CountBy: old.CountBy,
	}
	if f.Decision != nil {
		c.Decision, c.DecidedOn = f.Decision.Kind, f.Decision.DecidedOn
	}
	if len(f.Earlier) > 0 {
		c.DecidedOn = f.Earlier[0].DecidedOn
	}
	return true
}

// CountedOn is the day on which the case counts by its office's reading; zero while it
// counts nowhere yet.
func (c *Case) CountedOn() civil.Date {
	switch c.CountBy {
	case contract.CountOnFiling:
		if c.Clock.ArrivedOn != 0 {
			return c.Clock.ArrivedOn
		}
		return c.Clock.ReceivedOn
	case contract.CountOnDecision:
		if c.DecidedOn == 0 { // told before the day was kept
			return c.Clock.DecidedOn
		}
		return c.DecidedOn
	}
	return c.Clock.ReceivedOn
}

// Month is the month in which the case counts; while it counts nowhere, that of receipt.
func (c *Case) Month() string {
	if m := MonthOf(c.CountedOn()); m != "" {
		return m
	}
	return MonthOf(c.Clock.ReceivedOn)
}

// CountFor sets whom the applicants stand for, and remembers where the case counts.
func (c *Case) CountFor(persons []string) {
	c.Persons = persons
	for _, k := range c.CountedIn() {
		if !slices.Contains(c.Ledgers, k) {
			c.Ledgers = append(c.Ledgers, k)
		}
	}
}

// TakeNotice notes how a notice bears on counting, unless a newer version was noted.
func (c *Case) TakeNotice(version int64, n contract.NoticeFacts) {
	if c.Charges[n.NoticeID].Version >= version {
		return
	}
	if c.Charges == nil {
		c.Charges = map[string]Charge{}
	}
	stands := n.State != contract.NoticeCancelled && (n.State != contract.NoticeRefunded || n.RefundedYuan < n.AmountYuan)
	c.Charges[n.NoticeID] = Charge{Version: version, PerPage: stands && n.Method == string(tariff.PerPage)}
}

// People are the persons whose items the case counts for.
func (c *Case) People() []string {
	people := c.Persons
	if people == nil {
		people = c.Applicants
	}
	out := make([]string, 0, len(people))
	for _, p := range people {
		if p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// CountedIn lists the ledgers in which the case counts now: that of each applicant in
// the month of receipt, or what else its office settled (rule book 7.13). A parent that was split has no items of its
// own, and a pending duplicate counts with the case it was merged into.
func (c *Case) CountedIn() []LedgerKey {
	month := MonthOf(c.CountedOn())
	if month == "" || c.Items <= 0 || c.MergedInto != "" {
		return nil
	}
	people := c.People()
	keys := make([]LedgerKey, 0, len(people))
	for _, p := range people {
		keys = append(keys, LedgerKey{p, month})
	}
	return keys
}

// Class says which readings decide whether the case counts.
func (c *Case) Class() Class {
	paged := false
	for _, x := range c.Charges {
		paged = paged || x.PerPage
	}
	switch withdrawn := c.Clock.WithdrawnOn != 0; {
	case withdrawn && paged:
		return WithdrawnPerPage
	case withdrawn:
		return Withdrawn
	case paged:
		return PerPage
	}
	return Plain
}

// Place is where the case stands in the order of its month.
func (c *Case) Place() string { return Place(c.CountedOn(), c.RegisterNo, c.ID) }

// Principal is the applicant whose ledger prices the application: the first. An agent
// acts for the principal and counts for nothing (rule book 7.13).
func (c *Case) Principal() string {
	if len(c.Applicants) == 0 {
		return ""
	}
	return c.Applicants[0]
}
