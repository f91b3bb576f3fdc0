package domain

import "zhiqing.dev/pkg/statute/decision"

// AwaitedCorrection is the notice that the applicant has yet to answer, or nil.
func (c *Case) AwaitedCorrection() *Correction {
	if c.Ending != nil {
		return nil
	}
	return c.openCorrection()
}

// AwaitedFee is the fee notice that the applicant has yet to pay, or nil.
func (c *Case) AwaitedFee() *Fee {
	if c.Ending != nil {
		return nil
	}
	return c.openFee()
}

// AwaitedReasons is the request for reasons that is still open, or nil.
func (c *Case) AwaitedReasons() *Excess {
	if c.Ending != nil || c.Decision != nil || c.Excess == nil || !c.Excess.GivenOn.IsZero() || !c.Excess.AssessedOn.IsZero() {
		return nil
	}
	return c.Excess
}

// DecisionKind is the kind of the decision in force, or else of the draft.
func (c *Case) DecisionKind() decision.Kind {
	switch {
	case c.Decision != nil:
		return c.Decision.Kind
	case c.Draft != nil:
		return c.Draft.Kind
	}
	return ""
}

// HasDue reports whether the queue sorts the case by a day of its own.
func (q Queue) HasDue() bool { return !q.DueOn.IsZero() && q.DueOn != noDue }
