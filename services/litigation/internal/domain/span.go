package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
)

// Span is how long a proceeding, or one of its instances, was pending: what table
// four and the summaries count.
type Span struct {
	FiledOn     civil.Date
	ConcludedOn civil.Date     // zero while pending
	Outcome     report.Outcome // empty while pending
}

// FiledYear is the year in which the span began.
func (s Span) FiledYear() int { return s.FiledOn.Year() }

// ConcludedYear is the year in which it ended, OpenYear while pending.
func (s Span) ConcludedYear() int {
	if s.ConcludedOn.IsZero() {
		return OpenYear
	}
	return s.ConcludedOn.Year()
}

// ByResult is the proceeding as one case that ends with the result that stands. An
// appeal makes it pending again.
func (p *Proceeding) ByResult() Span {
	s := p.Stand()
	return Span{p.ReceivedOn, s.ConcludedOn(), s.Outcome()}
}

// ByEffect is the proceeding as one case that ends when its result takes effect. An
// old ledger tells results and not their effect; what it tells is taken as final.
func (p *Proceeding) ByEffect() Span {
	s := p.Stand()
	switch {
	case s.Result == nil:
	case !s.Effective.IsZero():
		return Span{p.ReceivedOn, s.Effective, s.Outcome()}
	case s.Result.Imported:
		return Span{p.ReceivedOn, s.Result.On, s.Outcome()}
	}
	return Span{FiledOn: p.ReceivedOn}
}

// FirstInstance is the instance before an appeal.
func (p *Proceeding) FirstInstance() Span {
	span := Span{FiledOn: p.ReceivedOn}
	if _, result := p.inFirstInstance(); result != nil {
		span.ConcludedOn, span.Outcome = result.On, result.Outcome
	}
	return span
}

// SecondInstance is the instance that an appeal began; false without one.
func (p *Proceeding) SecondInstance() (Span, bool) {
	s := p.Stand()
	if s.Appeal == nil {
		return Span{}, false
	}
	return Span{s.Appeal.On, s.ConcludedOn(), s.Outcome()}, true
}
