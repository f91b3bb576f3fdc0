package domain

import (
	"encoding/json"
	"fmt"
	"slices"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/petition"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/similar"
	"zhiqing.dev/pkg/statute/clock"
)

// Policy is what an office settles about fees where the law leaves it open (rule book
// 7.11 to 7.13, 7.21).
type Policy struct {
	// RequireExcessFinding: no notice without an approved finding that the number or
	// frequency of applications is clearly beyond reason (条例 art. 42).
	RequireExcessFinding bool `json:"require_excess_finding"`
	// SignalItems is the item of the month at which usage signals excess (rule book
	// 7.11). A signal decides nothing by itself.
	SignalItems int `json:"signal_items"`
	// SignalQuarterItems and SignalYearItems are the same for a quarter and a year, and
	// SignalSharePercent for an applicant's share of what the office was asked in a
	// window; 0 for no signal.
	SignalQuarterItems int `json:"signal_quarter_items"`
	SignalYearItems    int `json:"signal_year_items"`
	SignalSharePercent int `json:"signal_share_percent"`
	// SignalRepeats is how many repeats and near-repeats of earlier requests in a window
	// signal; 0 for no signal.
	SignalRepeats int `json:"signal_repeats"`
	// NearRepeatPercent is the similarity from which a request of the same applicant is
	// shown as a near-repeat of an earlier one (rule book 7.19), and PetitionScore the
	// weight of cues from which it is shown as a possible petition (条例 art. 39(1)).
	NearRepeatPercent int `json:"near_repeat_percent"`
	PetitionScore     int `json:"petition_score"`
	// CountWithdrawn: applications that were withdrawn still count as items.
	CountWithdrawn bool `json:"count_withdrawn"`
	// CountWhenPerPage: an application that is charged per page still counts as items
	// of the month (rule book 7.20: what is counted are applications).
	CountWhenPerPage bool `json:"count_when_per_page"`
	// GraceWD are working days after the payment limit in which a payment is still
	// taken; a notice lapses only after them. Like Clock it is settled in the office's
	// own document, which intake keeps.
	GraceWD int `json:"grace_wd"`
	// FeeCountDate is the day on which an application counts into its applicant's month
	// (rule book 7.13), settled in the office's own document, too. Recounting says that
	// some cases still count by an earlier reading.
	FeeCountDate string `json:"fee_count_date"`
	Recounting   bool   `json:"recounting,omitempty"`
	// HowToPay stands in every notice that says nothing else (FR10).
	HowToPay string `json:"how_to_pay"`
	// Clock holds the readings with which the reply period of a case is counted.
	Clock clock.Policy `json:"-"`
}

// DefaultPolicy is what holds until an office decides otherwise.
func DefaultPolicy() Policy {
	return Policy{
		RequireExcessFinding: true, SignalItems: 11, CountWhenPerPage: true, FeeCountDate: contract.CountOnReceipt,
		NearRepeatPercent: similar.DefaultThreshold * 100, PetitionScore: petition.DefaultScore,
		Clock: clock.DefaultPolicy(),
	}
}

// UnmarshalJSON reads a policy over the defaults, so that what was stored before a
// reading became a choice keeps its default.
func (p *Policy) UnmarshalJSON(b []byte) error {
	type plain Policy
	d := plain(DefaultPolicy())
	if err := json.Unmarshal(b, &d); err != nil {
		return err
	}
	*p = Policy(d)
	return nil
}

// OfficePolicy is an office's policy as it is stored.
type OfficePolicy struct {
	Office string `json:"office"`
	// Policy is what the office has settled here; nil until it has.
	Policy *Policy `json:"policy,omitempty"`
	// Clock is what it has settled in its own document, as of OfficeVersion; nil until
	// that is known.
	Clock         *clock.Policy `json:"clock,omitempty"`
	OfficeVersion int64         `json:"office_version,omitempty"`
	// FeeCountDate is settled there, too. Recounting: not every case of the office is
	// counted by it yet.
	FeeCountDate string `json:"fee_count_date,omitempty"`
	Recounting   bool   `json:"recounting,omitempty"`
}

// Whole is the office's policy with the defaults for what it has not settled.
func (o *OfficePolicy) Whole() Policy {
	p := DefaultPolicy()
	if o.Policy != nil {
		c := p.Clock
		p = *o.Policy
		p.Clock = c
	}
	if o.Clock != nil {
		p.Clock = *o.Clock
	}
	p.GraceWD, p.FeeCountDate, p.Recounting = p.Clock.GraceWD, CountDate(o.FeeCountDate), o.Recounting
	return p
}

// Take takes the readings from a version of the office's document, unless a newer one
// was taken. Another day of counting makes the office's cases be counted anew.
func (o *OfficePolicy) Take(version int64, office string, p contract.OfficePolicies) {
	if version <= o.OfficeVersion {
		return
	}
	o.Office, o.Clock, o.OfficeVersion = office, &p.Clock, version
	if CountDate(p.FeeCountDate) != CountDate(o.FeeCountDate) {
		o.FeeCountDate, o.Recounting = CountDate(p.FeeCountDate), true
	}
}

// CountDates are the days by which cases may count.
func CountDates() []string {
	return []string{contract.CountOnReceipt, contract.CountOnFiling, contract.CountOnDecision}
}

// CountDate is a reading of the day of counting: that of receipt unless it names another.
func CountDate(named string) string {
	if slices.Contains(CountDates(), named) {
		return named
	}
	return contract.CountOnReceipt
}

// Validate reports everything that cannot be a policy.
func (p Policy) Validate() error {
	var faults []problem.Field
	between := func(pointer string, n, low, high int) {
		if n < low || n > high {
			faults = append(faults, problem.At(pointer, "out_of_range",
				fmt.Sprintf("应为%d至%d之间的整数。", low, high), fmt.Sprintf("It is a whole number from %d to %d.", low, high)))
		}
	}
	between("/signal_items", p.SignalItems, 1, 10_000)
	between("/signal_quarter_items", p.SignalQuarterItems, 0, 100_000)
	between("/signal_year_items", p.SignalYearItems, 0, 100_000)
	between("/signal_share_percent", p.SignalSharePercent, 0, 100)
	between("/signal_repeats", p.SignalRepeats, 0, 1000)
	between("/near_repeat_percent", p.NearRepeatPercent, 30, 100)
	between("/petition_score", p.PetitionScore, 1, 20)
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}
