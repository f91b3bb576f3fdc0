package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// DefaultCause is the cause of a proceeding that names none; only proceedings about
// open government information are registered here.
const DefaultCause = "政府信息公开"

// Fill gives a new proceeding what its kind implies.
func (p *Proceeding) Fill(today civil.Date) {
	if p.Role == "" {
		p.Role = RoleRespondent
		if p.Kind.Suit() {
			p.Role = RoleDefendant
		}
	}
	if p.Cause == "" {
		p.Cause = DefaultCause
	}
	if p.ReceivedOn.IsZero() {
		p.ReceivedOn = today
	}
}

// Check looks whether the proceeding can have been received, and notes which
// decision of the case it attacks. fact is nil when no case is named.
// problem.Invalid.
func (p *Proceeding) Check(today civil.Date, fact *CaseFact) error {
	var faults []problem.Field
	if p.ReceivedOn > today {
		faults = append(faults, problem.At("/received_on", "date_in_future", "收到日期不能晚于今天。", "The day of receipt lies in the future."))
	}
	if p.ReceivedOn.Year() < FirstYear {
		faults = append(faults, problem.At("/received_on", "date_too_early", "收到日期过早。", "The day of receipt lies too far back."))
	}
	court := p.Role == RoleDefendant || p.Role == RoleCoDefendant || p.Role == RoleReviewOrgan
	if (p.Role == RoleRespondent && p.Kind.Suit()) || (court && !p.Kind.Suit()) {
		faults = append(faults, problem.At("/role", "not_here", "该类案件中没有这种地位。", "This kind of proceeding has no such role."))
	}
	if fact != nil {
		p.CaseID, p.RegisterNo, p.RestrictedTo = fact.CaseID, fact.RegisterNo, fact.RestrictedTo
		if !fact.ReceivedOn.IsZero() && p.ReceivedOn < fact.ReceivedOn {
			faults = append(faults, problem.At("/received_on", "before_application",
				"不能早于该申请的收到日期（"+fact.ReceivedOn.String()+"）。", "It lies before the application was received ("+fact.ReceivedOn.String()+")."))
		}
		if d, ok := fact.DecisionOn(p.ReceivedOn); ok {
			p.Attacked = attacked(d)
		}
	}
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}
