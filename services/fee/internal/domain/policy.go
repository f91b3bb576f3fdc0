package domain

import (
	"encoding/json"
	"fmt"

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
	// HowToPay stands in every notice that says nothing else (FR10).
	HowToPay string `json:"how_to_pay"`
	// Clock holds the readings with which the reply period of a case is counted.
	Clock clock.Policy `json:"-"`
}

// DefaultPolicy is what holds until an office decides otherwise.
func DefaultPolicy() Policy {
	return Policy{
		RequireExcessFinding: true, SignalItems: 11, CountWhenPerPage: true,
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
	p.GraceWD = p.Clock.GraceWD
	return p
}

// TakeClock takes the readings from a version of the office's document, unless a newer
// one was taken.
func (o *OfficePolicy) TakeClock(version int64, office string, p clock.Policy) {
	if version > o.OfficeVersion {
		o.Office, o.Clock, o.OfficeVersion = office, &p, version
	}
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
