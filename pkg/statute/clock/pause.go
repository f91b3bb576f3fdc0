package clock

import (
	"cmp"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// gap is a stretch of days that a reply period leaves out: after one date
// through another, as (after, through].
type gap struct{ after, through civil.Date }

func (c *Consultation) kind() ConsultationKind {
	if c.Kind == "" {
		return ThirdParty
	}
	return c.Kind
}

func (c *Consultation) article() string {
	switch c.Kind {
	case JointAgency:
		return art34
	case OtherAgency:
		return art333
	default:
		return art32
	}
}

// limit is the last day on which the consultee's silence is waited for: 15
// working days from its receipt of the letter. While that receipt is unknown
// the sending day stands in for it, which never makes a period too long.
func (c *Consultation) limit(cal *calendar.Calendar, p Policy) civil.Date {
	from := c.ConsulteeReceivedOn
	if from == 0 {
		from = c.SentOn
	}
	return cal.AddWorkdays(from, p.ConsultationLimitWD)
}

// answered is the day that ended the consultation, zero while it is open.
func (c *Consultation) ended() civil.Date {
	switch {
	case c.AnsweredOn == 0:
		return c.WithdrawnOn
	case c.WithdrawnOn != 0:
		return min(c.AnsweredOn, c.WithdrawnOn)
	}
	return c.AnsweredOn
}

// pause is what the consultation takes out of the reply period. An answer
// after the limit does not lengthen it (art. 32, 34: 15 working days).
func (c *Consultation) pause(cal *calendar.Calendar, p Policy) (gap, bool) {
	if !p.excludes(c.kind()) {
		return gap{}, false
	}
	g := gap{after: c.SentOn, through: c.limit(cal, p)}
	if p.PauseBounds == AfterReceivedThroughAnswer && c.ConsulteeReceivedOn != 0 {
		g.after = c.ConsulteeReceivedOn
	}
	switch {
	case p.PauseBounds == WholeLimit && c.AnsweredOn != 0 && c.WithdrawnOn == 0:
	case c.ended() != 0:
		g.through = min(g.through, c.ended())
	}
	return g, g.through > g.after
}

// pauses is the union of all consultations: days on which two letters are out
// are left out once.
func (f *Facts) pauses(cal *calendar.Calendar, p Policy) []gap {
	if len(f.Consultations) == 0 {
		return nil
	}
	gaps := make([]gap, 0, len(f.Consultations))
	for i := range f.Consultations {
		if g, ok := f.Consultations[i].pause(cal, p); ok {
			gaps = append(gaps, g)
		}
	}
	slices.SortFunc(gaps, func(a, b gap) int { return cmp.Compare(a.after, b.after) })
	merged := gaps[:0]
	for _, g := range gaps {
		if n := len(merged); n > 0 && g.after <= merged[n-1].through {
			merged[n-1].through = max(merged[n-1].through, g.through)
			continue
		}
		merged = append(merged, g)
	}
	return merged
}

// addSkipping is the n-th working day after from that lies in no gap.
func addSkipping(cal *calendar.Calendar, from civil.Date, n int, gaps []gap) civil.Date {
	for _, g := range gaps {
		if g.through <= from {
			continue
		}
		begin := max(g.after, from)
		before := cal.WorkdaysBetween(from, begin)
		if before >= n {
			break // the period is over before the letter goes out
		}
		n -= before
		from = g.through
	}
	return cal.AddWorkdays(from, n)
}

// spans are the gaps as they fall into a period: from the day after start, as
// far as they begin before it is due.
func spans(cal *calendar.Calendar, start, due civil.Date, gaps []gap) []Span {
	var list []Span
	for _, g := range gaps {
		if g.through <= start || g.after >= due {
			continue
		}
		after := max(g.after, start)
		list = append(list, Span{From: after + 1, To: g.through, WorkingDays: cal.WorkdaysBetween(after, g.through)})
	}
	return list
}
