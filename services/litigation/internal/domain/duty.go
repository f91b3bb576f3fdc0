package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// Clocks are the statutory periods of the proceeding with their due dates, computed
// with the calendar in force: no copy of a date can be stale.
func (p *Proceeding) Clocks(cal *calendar.Calendar) []clock.Clock {
	facts := p.Periods()
	s := p.Stand()
	out := make([]clock.Clock, 0, len(facts))
	for _, f := range facts {
		period, ok := clock.PeriodOf(clock.Kind(f.Kind))
		if !ok {
			continue
		}
		if o := s.Order(); o != nil && period.Kind == clock.KindOrderPerformance {
			period.Length = o.PeriodWD
		}
		c := clock.Due(cal, f.StartOn, period)
		c.Advisory = optional(period.Kind)
		out = append(out, c.Done(f.MetOn))
	}
	return out
}

// NextDue is the earliest due date of a duty that is not done, zero when none is.
func NextDue(clocks []clock.Clock) civil.Date { return NextClock(clocks).DueOn }

// NextClock is the duty that is due first of those not done; without one its due
// date is zero.
func NextClock(clocks []clock.Clock) (next clock.Clock) {
	for _, c := range clocks {
		if c.Advisory || !c.MetOn.IsZero() || c.DueOn.IsZero() {
			continue
		}
		if next.DueOn.IsZero() || c.DueOn < next.DueOn {
			next = c
		}
	}
	return next
}

// ReportUpDue is when a duty to report up is due: the loss report by its own table,
// the others by the office's target in working days.
func (r ReportUp) ReportUpDue(cal *calendar.Calendar, targetWD int) civil.Date {
	if r.Trigger == TriggerLossReport {
		if p, ok := clock.PeriodOf(clock.KindLossReport); ok {
			return p.LastDay(cal, r.OpenedOn)
		}
	}
	return cal.AddWorkdays(r.OpenedOn, targetWD)
}

// Status is where a proceeding stands, in one word.
type Status string

// The statuses.
const (
	StatusPending    Status = "pending"    // 未审结
	StatusConcluded  Status = "concluded"  // 已有结果，未生效
	StatusRectifying Status = "rectifying" // 已纠正，待整改
	StatusEffective  Status = "effective"  // 已生效
)

// Label is the status's Chinese name.
func (s Status) Label() string {
	switch s {
	case StatusPending:
		return "未审结"
	case StatusConcluded:
		return "已有结果，未生效"
	case StatusRectifying:
		return "已纠正，待整改"
	case StatusEffective:
		return "已生效"
	}
	return string(s)
}

// Status follows from the steps.
func (s *Standing) Status() Status {
	switch {
	case s.Result == nil:
		return StatusPending
	case s.Effective.IsZero():
		return StatusConcluded
	}
	if o := s.Order(); o != nil && o.DoneOn.IsZero() {
		return StatusRectifying
	}
	return StatusEffective
}

// AnswerDue is when the office's answer of the present instance is due, zero when
// none is.
func (p *Proceeding) AnswerDue(cal *calendar.Calendar) (due civil.Date) {
	for _, c := range p.Clocks(cal) {
		switch c.Kind {
		case clock.KindReviewReply, clock.KindReviewReplySimplified, clock.KindSuitAnswer:
			due = c.DueOn // the last is that of the present instance
		default:
		}
	}
	return due
}

// Hearing is the last hearing; nil without one.
func (p *Proceeding) Hearing() *Step {
	var last *Step
	for i := range p.Steps {
		if st := &p.Steps[i]; st.Step == Hearing && st.Retracted == nil {
			last = st
		}
	}
	return last
}
