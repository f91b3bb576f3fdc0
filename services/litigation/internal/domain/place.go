package domain

import (
	"fmt"
	"strconv"
	"strings"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
)

// Place is where a case counts, in one line of text: what has been counted of a case
// is kept beside it in this form and compared with where it counts now. Empty for a
// case that counts nowhere.
type Place string

// Place says where the case counts now.
func (f *CaseFact) Place() Place {
	if !f.Counts() {
		return ""
	}
	extended := 0
	if f.Extended {
		extended = 1
	}
	if f.FinishedOn.IsZero() {
		return Place(fmt.Sprintf("%d|%s", int64(f.ReceivedOn), f.Column))
	}
	return Place(fmt.Sprintf("%d|%s|%d|%s|%s|%d", int64(f.ReceivedOn), f.Column, int64(f.FinishedOn), f.Row, f.Timeliness(), extended))
}

// Counter is one number on one page of an office's tally.
type Counter struct {
	Month int64  // yyyymm of a month's page; 0 for the page of the years
	Key   string // what it counts
}

// The counters. On the page of the years: received by year and column; finished by
// year, row and column; and the cases that crossed a year's end by both years and
// column. On a month's page: received by day; finished by day, row, timeliness and
// extension.
const (
	CountReceived = "r"
	CountFinished = "f"
	CountCarried  = "c"
)

// Counters are the numbers that a case in this place is one more of.
func (p Place) Counters() []Counter {
	part := strings.Split(string(p), "|")
	if len(part) < 2 {
		return nil
	}
	received, column := day(part[0]), part[1]
	out := []Counter{
		{0, key(CountReceived, strconv.Itoa(received.Year()), column)},
		{month(received), key(CountReceived, part[0])},
	}
	if len(part) < 6 {
		return append(out, Counter{0, key(CountCarried, strconv.Itoa(received.Year()), strconv.Itoa(OpenYear), column)})
	}
	finished := day(part[2])
	out = append(out,
		Counter{0, key(CountFinished, strconv.Itoa(finished.Year()), part[3], column)},
		Counter{month(finished), key(CountFinished, part[2], part[3], part[4], part[5])})
	if finished.Year() != received.Year() {
		out = append(out, Counter{0, key(CountCarried, strconv.Itoa(received.Year()), strconv.Itoa(finished.Year()), column)})
	}
	return out
}

func key(parts ...string) string { return strings.Join(parts, "|") }

func day(s string) civil.Date {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0
	}
	return civil.Date(n)
}

func month(d civil.Date) int64 { y, m, _ := d.YMD(); return int64(y*100 + m) }

// Counted is a counter read back: the parts behind its first letter.
type Counted struct {
	What string
	Part []string
}

// ReadCounter takes a key apart.
func ReadCounter(k string) Counted {
	parts := strings.Split(k, "|")
	return Counted{parts[0], parts[1:]}
}

// Year is the year in a part.
func (c Counted) Year(i int) int { n, _ := strconv.Atoi(c.Part[i]); return n } //nolint:errcheck // written by Counters

// Day is the day in a part.
func (c Counted) Day(i int) civil.Date { return day(c.Part[i]) }

// Column is the applicants' column in a part.
func (c Counted) Column(i int) report.Column { return report.Column(c.Part[i]) }

// Row is the row in a part.
func (c Counted) Row(i int) report.Row { return report.Row(c.Part[i]) }
