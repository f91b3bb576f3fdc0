package domain

import (
	"fmt"
	"regexp"
	"strconv"

	"zhiqing.dev/pkg/civil"
)

// Window is a stretch of the calendar over which usage is counted: a month (2026-11),
// a quarter (2026-Q4) or a year (2026). The fee knows the month only (办法 art. 4); the
// longer ones show frequency (条例 art. 35).
type Window string

// WindowKind is how long a window is.
type WindowKind string

// The kinds of windows.
const (
	Month   WindowKind = "month"
	Quarter WindowKind = "quarter"
	Year    WindowKind = "year"
)

var windowPattern = regexp.MustCompile(`^[12][0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]))?$`)

// ParseWindow reads a window; false when the text names none.
func ParseWindow(s string) (Window, bool) { return Window(s), windowPattern.MatchString(s) }

// MonthOf is the calendar month that a day counts for; empty without a day.
func MonthOf(d civil.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()[:len("2026-11")]
}

// Kind is how long the window is.
func (w Window) Kind() WindowKind {
	switch {
	case len(w) == len("2026"):
		return Year
	case w[5] == 'Q':
		return Quarter
	}
	return Month
}

// Windows are those that hold the month: itself, its quarter and its year.
func Windows(month string) []Window {
	m, _ := strconv.Atoi(month[5:])
	return []Window{Window(month), Window(fmt.Sprintf("%s-Q%d", month[:4], (m+2)/3)), Window(month[:4])}
}

// Months are the months of the window, in order.
func (w Window) Months() []string {
	first, last := 1, 12
	switch w.Kind() {
	case Month:
		return []string{string(w)}
	case Quarter:
		last = 3 * int(w[6]-'0')
		first = last - 2
	case Year:
	}
	months := make([]string, 0, 12)
	for m := first; m <= last; m++ {
		months = append(months, fmt.Sprintf("%s-%02d", w[:4], m))
	}
	return months
}

// Bounds are the first and the last day of the window.
func (w Window) Bounds() (first, last civil.Date) {
	months := w.Months()
	first = civil.MustParse(months[0] + "-01")
	return first, first.AddMonths(len(months)).AddDays(-1)
}
