package clock

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// Compute turns the facts of a case into all its clocks.
func Compute(cal *calendar.Calendar, f Facts, p Policy) (Result, error) { return Result{}, nil }

// StateOn is the state of the clock on a day.
func (c Clock) StateOn(today civil.Date) State { return c.State }

// Find returns the clock of a kind that now counts.
func (r Result) Find(kind Kind) (Clock, bool) { return Clock{}, false }

// DayCount is one day of a clock.
type DayCount struct {
	Date   civil.Date `json:"date"`
	N      int        `json:"n,omitempty"`
	Reason string     `json:"reason"`
	Notice string     `json:"notice,omitempty"`
}

// Days counts a clock day by day.
func Days(cal *calendar.Calendar, c Clock) []DayCount { return nil }

// Period is a statutory period.
type Period struct {
	Kind    Kind   `json:"kind"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en"`
	Length  int    `json:"length"`
	Unit    Unit   `json:"unit"`
	Article string `json:"article"`
}

// PeriodOf finds a period by its kind.
func PeriodOf(kind Kind) (Period, bool) { return Period{}, false }

// Due is the clock of a statutory period that starts on a day.
func Due(cal *calendar.Calendar, start civil.Date, p Period) Clock { return Clock{} }
