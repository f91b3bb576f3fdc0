package domain

import "zhiqing.dev/pkg/problem"

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
	// taken; a notice lapses only after them.
	GraceWD int `json:"grace_wd"`
	// HowToPay stands in every notice that says nothing else (FR10).
	HowToPay string `json:"how_to_pay"`
}

// DefaultPolicy is what holds until an office decides otherwise.
func DefaultPolicy() Policy {
	return Policy{RequireExcessFinding: true, SignalItems: 11}
}

// OfficePolicy is an office's policy as it is stored.
type OfficePolicy struct {
	Office string `json:"office"`
	Policy Policy `json:"policy"`
}

// Validate reports everything that cannot be a policy.
func (p Policy) Validate() error {
	var faults []problem.Field
	if p.SignalItems < 1 || p.SignalItems > 10_000 {
		faults = append(faults, problem.At("/signal_items", "out_of_range", "应为1至10000之间的整数。", "It is a whole number from 1 to 10000."))
	}
	if p.GraceWD < 0 || p.GraceWD > 60 {
		faults = append(faults, problem.At("/grace_wd", "out_of_range", "应为0至60之间的整数。", "It is a whole number from 0 to 60."))
	}
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}
