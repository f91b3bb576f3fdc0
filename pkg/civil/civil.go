// Package civil is the calendar date of the law: a day without a time of day
// and without a zone.
//
// Statutory periods (期间) are counted in whole days, and the day of the
// trigger is day 0. An instant cannot carry that: 2026-01-05T00:30+08:00 is
// still 4 January in UTC. A date is therefore its own type, and turning an
// instant into a date takes an explicit zone.
package civil

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the office's zone must exist on a machine without zoneinfo
)

// Date is a civil date, kept as the number of days since 31 December of the
// year before year 1, so that 0001-01-01 is 1. The zero value means "no date".
//
// Dates compare with ==, < and >; a missing date sorts before every real one.
type Date int32

// The first and last day that a Date can print as yyyy-mm-dd.
const (
	minDate Date = 1
	maxDate Date = 3652059 // 9999-12-31
)

// ErrInvalid is wrapped by every error about a date that does not exist or a
// text that is not one.
var ErrInvalid = errors.New("not a date")

// Shanghai is the zone of the office. Mainland China keeps one civil time.
var Shanghai = mustLocation("Asia/Shanghai")

func mustLocation(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(fmt.Sprintf("civil: zone %s is missing although it is embedded: %v", name, err))
	}
	return loc
}

// Of returns the date of a year, month and day, and an error if there is no
// such day. It never rolls 31 April over into May as time.Date does.
func Of(year, month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, fmt.Errorf("%w: %d-%02d-%02d", ErrInvalid, year, month, day)
	}
	return of(year, month, day), nil
}

// of is the day number of a date that is known to exist. Years are counted
// from March so that the leap day comes last (the usual era arithmetic).
func of(year, month, day int) Date {
	if month <= 2 {
		year--
		month += 12
	}
	return Date(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 306)
}

// FromTime is the date on which t falls in loc.
func FromTime(t time.Time, loc *time.Location) Date {
	y, m, d := t.In(loc).Date()
	if y < 1 || y > 9999 {
		return 0
	}
	return of(y, int(m), d)
}

// IsZero reports whether there is no date. encoding/json asks it for omitzero.
func (d Date) IsZero() bool { return d == 0 }

// Valid reports whether d can be written as yyyy-mm-dd.
func (d Date) Valid() bool { return d >= minDate && d <= maxDate }

// YMD splits the date.
func (d Date) YMD() (year, month, day int) {
	if d == 0 {
		return 0, 0, 0
	}
	if !d.Valid() {
		return d.slowYMD()
	}
	// Years are counted from March, so that the leap day comes last; the
	// divisions are by constants in 32 bits (Neri and Schneider, 2023).
	n1 := 4*uint32(d+305) + 3
	century, n2 := n1/146097, n1%146097/4*4+3
	p2 := 2939745 * uint64(n2)
	dayOfYear := uint32(p2) / 2939745 / 4
	n3 := 2141*dayOfYear + 197913
	year, month, day = int(100*century+uint32(p2>>32)), int(n3>>16), int(n3&0xffff/2141)+1
	if dayOfYear >= 306 {
		year, month = year+1, month-12
	}
	return year, month, day
}

// slowYMD splits day numbers that no yyyy-mm-dd can hold.
func (d Date) slowYMD() (year, month, day int) {
	t := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(d)-1)
	y, m, day := t.Date()
	return y, int(m), day
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Year is the year of the date, 0 without one.
func (d Date) Year() int { y, _, _ := d.YMD(); return y }

// Month is the month of the date, 0 without one.
func (d Date) Month() time.Month { _, m, _ := d.YMD(); return time.Month(m) }

// Day is the day of the month, 0 without a date.
func (d Date) Day() int { _, _, day := d.YMD(); return day }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	w := int(d) % 7 // 0001-01-01 was a Monday in the proleptic calendar
	if w < 0 {
		w += 7
	}
	return time.Weekday(w)
}

// AddDays is the date n days later; nothing added to no date is no date.
func (d Date) AddDays(n int) Date {
	if d == 0 {
		return 0
	}
	return d + Date(n)
}

// AddMonths is the same day n months later, or the last day of that month if
// it has no such day: six months from 29 August 2025 end on 28 February 2026.
func (d Date) AddMonths(n int) Date {
	if d == 0 {
		return 0
	}
	y, m, day := d.YMD()
	months := y*12 + m - 1 + n
	y, m = floorDiv(months, 12), months-floorDiv(months, 12)*12+1
	return of(y, m, min(day, daysIn(y, m)))
}

// Sub is the number of days from other to d.
func (d Date) Sub(other Date) int { return int(d) - int(other) }

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d < other }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d > other }

// Time is the first instant of the day in loc.
func (d Date) Time(loc *time.Location) time.Time {
	if d == 0 {
		return time.Time{}
	}
	y, m, day := d.YMD()
	return time.Date(y, time.Month(m), day, 0, 0, 0, 0, loc)
}

// EndOf is the first instant after the day in loc: the moment at which a
// period that ends on d has run out (民法典 art. 203: 24:00 of the last day).
func (d Date) EndOf(loc *time.Location) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return (d + 1).Time(loc)
}

// String is yyyy-mm-dd, or "" without a date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	var buf [12]byte
	return string(d.AppendTo(buf[:0]))
}

// AppendTo appends yyyy-mm-dd to b, or nothing without a date.
func (d Date) AppendTo(b []byte) []byte {
	if d == 0 {
		return b
	}
	y, m, day := d.YMD()
	if y < 0 || y > 9999 {
		return fmt.Appendf(b, "%d-%02d-%02d", y, m, day)
	}
	return append(b,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-',
		byte('0'+day/10), byte('0'+day%10))
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
