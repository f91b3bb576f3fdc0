package domain

import (
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
)

// Policy is what an office settles about fees where the law leaves it open (rule book
// 7.11 to 7.13, 7.21).
type Policy struct {
	// RequireExcessFinding: no notice without an approved finding that the number or
	// frequency of applications is clearly beyond reason (条例 art. 42).
	RequireExcessFinding bool `json:"require_excess_finding"`
	// SignalItems is the item of the month at which usage signals excess. It decides
	// nothing by itself.
	SignalItems int `json:"signal_items"`
	// CountWithdrawn: applications that were withdrawn still count as items.
	CountWithdrawn bool `json:"count_withdrawn"`
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
	return Policy{RequireExcessFinding: true, SignalItems: 11, Clock: clock.DefaultPolicy()}
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
	if p.SignalItems < 1 || p.SignalItems > 10_000 {
		faults = append(faults, problem.At("/signal_items", "out_of_range", "应为1至10000之间的整数。", "It is a whole number from 1 to 10000."))
	}
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}
