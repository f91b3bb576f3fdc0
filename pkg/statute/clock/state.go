package clock

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// StateOn is the state of the clock on a day: a running clock past its due
// date is overrun, and a chance that has passed is superseded.
func (c Clock) StateOn(today civil.Date) State {
	if c.State != Running || c.DueOn == 0 || today <= c.DueOn {
		return c.State
	}
	if c.Advisory {
		return Superseded
	}
	return Overrun
}

// RemainingWD counts the working days that are left after today through the
// due date; it is negative, by the working days that have passed, once overrun.
func (c Clock) RemainingWD(cal *calendar.Calendar, today civil.Date) int {
	if today > c.DueOn {
		return -cal.WorkdaysBetween(c.DueOn, today)
	}
	return cal.WorkdaysBetween(today, c.DueOn)
}

// Find returns the clock of a kind that counts: the last that is not
// superseded, or else the last.
func (r Result) Find(kind Kind) (Clock, bool) {
	found := -1
	for i := range r.Clocks {
		if r.Clocks[i].Kind != kind {
			continue
		}
		if found < 0 || r.Clocks[i].State != Superseded || r.Clocks[found].State == Superseded {
			found = i
		}
	}
	if found < 0 {
		return Clock{}, false
	}
	return r.Clocks[found], true
}

// Next returns the running clock that is due first, chances and the office's own
// target for the reply left aside.
func (r Result) Next() (Clock, bool) {
	found := -1
	for i := range r.Clocks {
		c := &r.Clocks[i]
		if c.State == Running && !c.Advisory && c.Kind != KindReplyTarget && c.DueOn != 0 && (found < 0 || c.DueOn < r.Clocks[found].DueOn) {
			found = i
		}
	}
	if found < 0 {
		return Clock{}, false
	}
	return r.Clocks[found], true
}
