// Package calendar is the working-day calendar (工作日) of the mainland: the
// five-day week, the holidays and the make-up working days of the yearly
// notices (国务院办公厅关于部分节假日安排的通知).
//
// A Calendar never changes. Publishing or amending a year makes a new one, so
// that a due date can always be recomputed with the calendar it was computed
// with, and with the one in force today.
package calendar

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"zhiqing.dev/pkg/civil"
)

// The years that the tables cover. Outside them every Monday to Friday counts.
const (
	firstYear = 1990
	lastYear  = 2200
)

var (
	first = yearStart(firstYear)
	last  = yearStart(lastYear+1) - 1
)

//go:embed data/holidays.json
var builtinYears []byte

// Calendar answers which days are worked. It is immutable and safe for
// concurrent use.
type Calendar struct {
	years map[int]Year
	// days holds one entry for each covered date: what kind of day it is and
	// the notice it rests on.
	days []dayKind
	// owner is the year whose notice speaks about the date, 0 if none does.
	owner map[civil.Date]int
	// arranged are the runs of days that notices speak about, in order.
	arranged []Arranged
	// through[i] counts the working days up to and including first+i, and
	// worked[k-1] is the k-th working day: rank and select. Adding working
	// days is then two array reads, whatever the distance.
	through []int32
	worked  []civil.Date
	// The days that the notices cover without a gap.
	publishedFrom, publishedThrough civil.Date
}

// Builtin is the calendar of the notices that this program ships with.
func Builtin() *Calendar { return builtin() }

var builtin = sync.OnceValue(func() *Calendar {
	years, err := ParseYears(builtinYears)
	if err != nil {
		panic("calendar: the embedded arrangements are damaged: " + err.Error())
	}
	c, err := New(years...)
	if err != nil {
		panic("calendar: the embedded arrangements are damaged: " + err.Error())
	}
	return c
})

// New builds a calendar from yearly arrangements. Of several versions of one
// year the highest counts.
func New(years ...Year) (*Calendar, error) {
	byYear := make(map[int]Year, len(years))
	for _, y := range years {
		if err := y.Validate(); err != nil {
			return nil, fmt.Errorf("arrangement of %d: %w", y.Year, err)
		}
		if have, ok := byYear[y.Year]; ok && have.Version > y.Version {
			continue
		}
		byYear[y.Year] = y
	}
	return build(byYear), nil
}

// With is the calendar with one year published or amended. A year without a
// version becomes the next version; a version below the present one is refused.
func (c *Calendar) With(year Year) (*Calendar, error) {
	if err := year.Validate(); err != nil {
		return nil, fmt.Errorf("arrangement of %d: %w", year.Year, err)
	}
	have, ok := c.years[year.Year]
	switch {
	case year.Version == 0:
		year.Version = have.Version + 1
	case ok && year.Version < have.Version:
		return nil, fmt.Errorf("%w: %d has version %d, got %d", ErrOlderVersion, year.Year, have.Version, year.Version)
	}
	years := maps.Clone(c.years)
	years[year.Year] = year
	return build(years), nil
}

func build(years map[int]Year) *Calendar {
	n := last.Sub(first) + 1
	c := &Calendar{
		years:   years,
		days:    make([]dayKind, n),
		owner:   make(map[civil.Date]int, len(years)*40),
		through: make([]int32, n),
		worked:  make([]civil.Date, 0, n*5/7+len(years)*8+366),
	}
	weekday := int(first.Weekday())
	for i := range c.days {
		if weekday == 0 || weekday == 6 {
			c.days[i] = weekend
		}
		if weekday++; weekday == 7 {
			weekday = 0
		}
	}
	// Without a notice only New Year's Day is known for certain: the lunar
	// holidays and all make-up days wait for the notice.
	for year := firstYear; year <= lastYear; year++ {
		if _, published := years[year]; !published {
			c.days[yearStart(year).Sub(first)] = statutoryDay
		}
	}
	// In order of the years, because a notice may speak of late December of
	// the year before and is then the later word.
	for _, year := range slices.Sorted(maps.Keys(years)) {
		y := years[year]
		for _, r := range y.Off {
			for d := max(r.From, first); d <= min(r.To, last); d++ {
				c.days[d.Sub(first)] = holiday
				c.owner[d] = year
			}
		}
		for _, d := range y.Worked {
			if first <= d && d <= last {
				c.days[d.Sub(first)] = workedWeekend
				c.owner[d] = year
			}
		}
	}
	count := int32(0)
	for i, kind := range c.days {
		if kind.works() {
			count++
			c.worked = append(c.worked, first+civil.Date(i))
		}
		c.through[i] = count
	}
	c.arranged = c.arrangedRuns()
	c.publishedFrom, c.publishedThrough = publishedRun(years)
	return c
}

// publishedRun is the longest unbroken run of published years: a
// stray old year, or one published ahead of its predecessor, does not move it.
func publishedRun(years map[int]Year) (from, through civil.Date) {
	end, longest, run, previous := 0, 0, 0, 0
	for _, y := range slices.Sorted(maps.Keys(years)) {
		if y == previous+1 {
			run++
		} else {
			run = 1
		}
		if previous = y; run >= longest {
			end, longest = y, run
		}
	}
	if longest == 0 {
		return 0, 0
	}
	return yearStart(end - longest + 1), yearStart(end+1) - 1
}

// IsWorkday reports whether d is worked: a make-up day is, though a Saturday.
func (c *Calendar) IsWorkday(d civil.Date) bool {
	if d < first || d > last {
		return !isWeekend(d)
	}
	return c.days[d-first].works()
}

// AddWorkdays is the n-th working day after d; the day after d is the first
// that can count (次日起算). Zero days after d is d itself, and a negative n
// goes back: -2 is the second working day before d.
func (c *Calendar) AddWorkdays(d civil.Date, n int) civil.Date {
	if n == 0 || d == 0 {
		return d
	}
	if d < first || d > last {
		return walk(d, n, weekdayOnly)
	}
	rank := int(c.through[d-first])
	if n < 0 && c.days[d-first].works() {
		rank--
	}
	k := rank + n // the k-th working day, counted from 1
	if n < 0 {
		k++
	}
	switch {
	case k < 1:
		return walk(first, k-1, weekdayOnly)
	case k > len(c.worked):
		return walk(last, k-len(c.worked), weekdayOnly)
	}
	return c.worked[k-1]
}

// WorkdaysBetween counts the working days after one date through another:
// (after, through]. It is 0 if through is not later.
func (c *Calendar) WorkdaysBetween(after, through civil.Date) int {
	if through <= after || after == 0 {
		return 0
	}
	if after < first || through > last {
		n := 0
		for d := after + 1; d <= through; d++ {
			if c.IsWorkday(d) {
				n++
			}
		}
		return n
	}
	return int(c.through[through-first] - c.through[after-first])
}

// NextWorkday is d if it is worked, else the first working day after it: the
// roll of calendar periods whose last day is a rest day (民法典 art. 203,
// 民事诉讼法 art. 85). A worked Saturday does not roll.
func (c *Calendar) NextWorkday(d civil.Date) civil.Date {
	if d == 0 || c.IsWorkday(d) {
		return d
	}
	return c.AddWorkdays(d, 1)
}

// PublishedThrough is the last day up to which the notices reach without a gap.
func (c *Calendar) PublishedThrough() civil.Date { return c.publishedThrough }

// Provisional reports whether d lies in a year without a published notice. A
// date computed across such days is a forecast and is never shown bare.
//
// Late December stays firm although the next notice may touch it: publishing
// that notice recomputes what it moves.
func (c *Calendar) Provisional(d civil.Date) bool {
	_, published := c.years[d.Year()]
	return !published
}

// ProvisionalBetween reports whether any day from one date through another
// lies in a year without a notice.
func (c *Calendar) ProvisionalBetween(from, through civil.Date) bool {
	if c.publishedFrom <= from && through <= c.publishedThrough {
		return false
	}
	for y := from.Year(); y <= through.Year(); y++ {
		if _, published := c.years[y]; !published {
			return true
		}
	}
	return false
}

// NoticeFor names the notice of a year, "" if none is published.
func (c *Calendar) NoticeFor(year int) string { return c.years[year].Notice }

// Year is the published arrangement of a year.
func (c *Calendar) Year(year int) (Year, bool) {
	y, ok := c.years[year]
	y.Off, y.Worked = slices.Clone(y.Off), slices.Clone(y.Worked)
	return y, ok
}

// Years are the published years in order.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Version is the version of a year's arrangement, 0 if none is published.
func (c *Calendar) Version(year int) int { return c.years[year].Version }

// walk is the slow way, day by day, for dates that the tables do not cover.
func walk(d civil.Date, n int, works func(civil.Date) bool) civil.Date {
	step := civil.Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if works(d) {
			n--
		}
	}
	return d
}

func weekdayOnly(d civil.Date) bool { return !isWeekend(d) }
