package clock

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// Why a day counts or does not.
const (
	DayTrigger  = "trigger"   // day 0
	DayCounted  = "counted"   // N is its number
	DayExcluded = "excluded"  // a working day that a consultation takes out
	DayWeekend  = "weekend"   // Saturday or Sunday
	DayHoliday  = "holiday"   // by a notice
	DayKnown    = "statutory" // a holiday known without a notice
	DayRolled   = "rolled"    // the last day was a rest day
)

// DayCount is one day of a clock.
type DayCount struct {
	Date        civil.Date `json:"date"`
	N           int        `json:"n,omitempty"`
	Reason      string     `json:"reason"`
	MadeUp      bool       `json:"made_up,omitempty"` // a worked Saturday or Sunday
	Notice      string     `json:"notice,omitempty"`
	Provisional bool       `json:"provisional,omitempty"`
}

// Days counts a clock day by day, from its trigger through its last day: what
// an officer or a judge can follow with a calendar on the wall.
func Days(cal *calendar.Calendar, c Clock) []DayCount {
	if c.StartOn == 0 || c.DueOn < c.StartOn || c.Unit == "" {
		return nil
	}
	list := make([]DayCount, 0, c.DueOn.Sub(c.StartOn)+1)
	list = append(list, DayCount{Date: c.StartOn, Reason: DayTrigger})
	end := c.DueOn
	switch c.Unit {
	case CalendarDays:
		end = c.StartOn.AddDays(c.Length)
	case Months:
		end = c.StartOn.AddMonths(c.Length)
	case WorkingDays: // ends on a working day, and never rolls
	}
	n := 0
	for d := c.StartOn + 1; d <= c.DueOn; d++ {
		day := cal.Day(d)
		one := DayCount{Date: d, Notice: day.Notice, Provisional: day.Provisional, MadeUp: day.Reason == calendar.WorkedWeekend}
		switch {
		case c.Unit != WorkingDays && d > end:
			one.Reason = DayRolled
		case c.Unit != WorkingDays:
			n++
			one.N, one.Reason = n, DayCounted
		case day.Reason == calendar.Weekend:
			one.Reason = DayWeekend
		case day.Reason == calendar.Holiday:
			one.Reason = DayHoliday
		case day.Reason == calendar.StatutoryDay:
			one.Reason = DayKnown
		case c.excludes(d):
			one.Reason = DayExcluded
		default:
			n++
			one.N, one.Reason = n, DayCounted
		}
		list = append(list, one)
	}
	return list
}

func (c *Clock) excludes(d civil.Date) bool {
	for _, s := range c.Excluded {
		if s.From <= d && d <= s.To {
			return true
		}
	}
	return false
}
