package calendar

import (
	"maps"
	"slices"
	"sort"

	"zhiqing.dev/pkg/civil"
)

type dayKind uint8

const (
	weekday       dayKind = iota // Monday to Friday, nothing said about it
	weekend                      // Saturday or Sunday
	holiday                      // rest day by a notice
	workedWeekend                // Saturday or Sunday worked by a notice (调休上班)
	statutoryDay                 // rest day known without a notice (1 January)
)

func (k dayKind) works() bool { return k == weekday || k == workedWeekend }

// Reason says why a day counts or does not.
type Reason string

// The reasons.
const (
	Weekday       Reason = "weekday"
	Weekend       Reason = "weekend"
	Holiday       Reason = "holiday"
	WorkedWeekend Reason = "worked_weekend"
	StatutoryDay  Reason = "statutory_day"
)

var reasons = [...]Reason{weekday: Weekday, weekend: Weekend, holiday: Holiday, workedWeekend: WorkedWeekend, statutoryDay: StatutoryDay}

// Day is one date as the calendar sees it.
type Day struct {
	Date        civil.Date `json:"date"`
	Works       bool       `json:"works"`
	Reason      Reason     `json:"reason"`
	Notice      string     `json:"notice,omitempty"` // the notice that made it a rest day or a worked one
	Provisional bool       `json:"provisional,omitempty"`
}

// Day describes a date.
func (c *Calendar) Day(d civil.Date) Day {
	kind := weekday
	if d >= first && d <= last {
		kind = c.days[d-first]
	} else if isWeekend(d) {
		kind = weekend
	}
	day := Day{Date: d, Works: kind.works(), Reason: reasons[kind], Provisional: c.Provisional(d)}
	if kind == holiday || kind == workedWeekend {
		day.Notice = c.years[c.owner[d]].Notice
	}
	return day
}

// Changed lists the dates on which two calendars disagree about work: what a
// new notice or an amendment moves.
func Changed(before, after *Calendar) []civil.Date {
	var dates []civil.Date
	for i := range before.days {
		if before.days[i].works() != after.days[i].works() {
			dates = append(dates, first+civil.Date(i))
		}
	}
	return dates
}

// Arranged is a run of neighbouring days that one notice makes rest days or
// working days.
type Arranged struct {
	From   civil.Date `json:"from"`
	To     civil.Date `json:"to"`
	Works  bool       `json:"works"`
	Notice string     `json:"notice"`
}

// arrangedRuns joins the days of the notices into runs.
func (c *Calendar) arrangedRuns() []Arranged {
	runs := make([]Arranged, 0, len(c.years)*14)
	for _, d := range slices.Sorted(maps.Keys(c.owner)) {
		works, notice := c.days[d-first].works(), c.years[c.owner[d]].Notice
		if n := len(runs); n > 0 && runs[n-1].To == d-1 && runs[n-1].Works == works && runs[n-1].Notice == notice {
			runs[n-1].To = d
			continue
		}
		runs = append(runs, Arranged{From: d, To: d, Works: works, Notice: notice})
	}
	return runs
}

// ArrangedBetween lists what notices arrange within from..through, whole runs
// that overlap it, in order. The slice is shared: do not change it.
func (c *Calendar) ArrangedBetween(from, through civil.Date) []Arranged {
	lo := sort.Search(len(c.arranged), func(i int) bool { return c.arranged[i].To >= from })
	hi := lo
	for hi < len(c.arranged) && c.arranged[hi].From <= through {
		hi++
	}
	return c.arranged[lo:hi:hi]
}
