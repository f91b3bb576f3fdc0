package domain

import (
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
)

// Case is what this service knows of a case: the newest facts that intake told, and
// every ledger in which it was ever counted, so that a change of applicant or month
// finds the entries to take back.
type Case struct {
	Office  string              `json:"office"`
	ID      string              `json:"id"`
	Version int64               `json:"version"` // of the facts
	Status  contract.CaseStatus `json:"status"`

	RegisterNo string      `json:"register_no,omitempty"`
	Applicants []string    `json:"applicants,omitempty"`
	Items      int         `json:"items"`
	ParentID   string      `json:"parent_id,omitempty"`
	MergedInto string      `json:"merged_into,omitempty"`
	Clock      clock.Facts `json:"clock"`
	Decided    bool        `json:"decided,omitempty"`
	FinishedOn civil.Date  `json:"finished_on,omitzero"`
	ReportRow  string      `json:"report_row,omitempty"`
	Imported   bool        `json:"imported,omitempty"`
	FeeYuan    int64       `json:"fee_yuan,omitempty"` // as an imported ledger row states

	Ledgers []LedgerKey `json:"ledgers,omitempty"`
}

// LedgerKey names the ledger of one applicant and one calendar month in an office.
type LedgerKey struct {
	Applicant string `json:"applicant"`
	Month     string `json:"month"` // 2026-11
}

// ID is the id of the ledger in this office.
func (k LedgerKey) ID(office string) string { return office + "/" + k.Applicant + "/" + k.Month }

// MonthOf is the calendar month that a day counts for; empty without a day.
func MonthOf(d civil.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()[:len("2026-11")]
}

// Take merges the facts of the case and reports whether they were news.
func (c *Case) Take(version int64, f contract.CaseFacts) bool {
	if c.Version >= version {
		return false
	}
	ledgers := c.Ledgers
	*c = Case{
		Office: f.Office, ID: f.CaseID, Version: version, Status: f.Status, RegisterNo: f.RegisterNo,
		Applicants: f.Applicants, Items: f.Items, ParentID: f.ParentID, MergedInto: f.MergedInto, Clock: f.Clock,
		Decided: f.Decision != nil, FinishedOn: f.FinishedOn, ReportRow: f.ReportRow,
		Imported: f.Imported, FeeYuan: f.FeeYuan,
	}
	for _, k := range c.CountedIn() {
		if !slices.Contains(ledgers, k) {
			ledgers = append(ledgers, k)
		}
	}
	c.Ledgers = ledgers
	return true
}

// CountedIn lists the ledgers in which the case counts now: that of each applicant in
// the month of receipt (rule book 7.13). A parent that was split has no items of its
// own, and a pending duplicate counts with the case it was merged into.
func (c *Case) CountedIn() []LedgerKey {
	month := MonthOf(c.Clock.ReceivedOn)
	if month == "" || c.Items <= 0 || c.MergedInto != "" {
		return nil
	}
	var keys []LedgerKey
	for _, a := range c.Applicants {
		if k := (LedgerKey{a, month}); a != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// Principal is the applicant whose ledger prices the application: the first.
func (c *Case) Principal() string {
	if len(c.Applicants) == 0 {
		return ""
	}
	return c.Applicants[0]
}

// Entry is what the case says about itself in a ledger.
func (c *Case) Entry(k LedgerKey) Entry {
	return Entry{
		Version: c.Version, Items: c.Items, ReceivedOn: c.Clock.ReceivedOn, RegisterNo: c.RegisterNo,
		ParentID: c.ParentID, Withdrawn: c.Clock.WithdrawnOn != 0,
		Gone: !slices.Contains(c.CountedIn(), k),
	}
}
