package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute"
)

// Year is the arrangement of one year's rest days and make-up days (放假调休
// 安排) as the State Council General Office published it. A notice can be
// amended, so a year has versions: the Spring Festival of 2020 was lengthened
// while it was running.
type Year struct {
	Year    int          `json:"year"`
	Version int          `json:"version"`
	Notice  string       `json:"notice"` // number and date of the notice
	Off     []Range      `json:"off"`    // as published, the weekends inside included
	Worked  []civil.Date `json:"worked"` // Saturdays and Sundays that are worked (上班)
}

// Range is a run of days, both ends included, written "2026-02-15..2026-02-23"
// or "2026-01-01" for one day.
type Range struct{ From, To civil.Date }

// String is the written form.
func (r Range) String() string {
	if r.From == r.To {
		return r.From.String()
	}
	return r.From.String() + ".." + r.To.String()
}

// Contains reports whether d lies in the range.
func (r Range) Contains(d civil.Date) bool { return r.From <= d && d <= r.To }

// MarshalText writes the range.
func (r Range) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a range or a single day.
func (r *Range) UnmarshalText(b []byte) error {
	from, to, isRange := strings.Cut(string(b), "..")
	if !isRange {
		to = from
	}
	f, err := civil.Parse(from)
	if err != nil {
		return fmt.Errorf("range %.40q: %w", b, err)
	}
	l, err := civil.Parse(to)
	if err != nil {
		return fmt.Errorf("range %.40q: %w", b, err)
	}
	*r = Range{From: f, To: l}
	return nil
}

// ParseYears reads a file of yearly arrangements keyed by year and returns
// them in order of the years, each as version 1 and checked.
func ParseYears(data []byte) ([]Year, error) {
	var byYear map[string]Year
	if err := json.Unmarshal(data, &byYear); err != nil {
		return nil, fmt.Errorf("read holiday arrangements: %w", err)
	}
	years := make([]Year, 0, len(byYear))
	for _, key := range slices.Sorted(maps.Keys(byYear)) {
		y := byYear[key]
		n, err := strconv.Atoi(key)
		if err != nil {
			return nil, fmt.Errorf("read holiday arrangements: key %.20q is no year", key)
		}
		if y.Year != 0 && y.Year != n {
			return nil, fmt.Errorf("read holiday arrangements: key %d holds the year %d", n, y.Year)
		}
		y.Year = n
		if y.Version == 0 {
			y.Version = 1
		}
		if err := y.Validate(); err != nil {
			return nil, fmt.Errorf("holiday arrangement of %d: %w", n, err)
		}
		years = append(years, y)
	}
	return years, nil
}

// FormatYears writes arrangements in the form that ParseYears reads.
func FormatYears(years []Year) ([]byte, error) {
	byYear := make(map[string]Year, len(years))
	for _, y := range years {
		byYear[strconv.Itoa(y.Year)] = y
	}
	b, err := json.MarshalIndent(byYear, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write holiday arrangements: %w", err)
	}
	return b, nil
}

// The working days of a year lie between these; 2019 to 2026 had 248 to 251.
// A figure outside means a mistyped arrangement, above all a missing holiday.
const (
	minWorkingDays = 240
	maxWorkingDays = 256
)

// Validate reports everything in the arrangement that cannot be right.
func (y Year) Validate() error {
	var errs statute.FieldErrors
	add := func(field, code, zh, en string) {
		errs = append(errs, &statute.FieldError{Field: field, Code: code, Rule: "放假办法 art. 6", ZH: zh, EN: en})
	}
	if y.Year < firstYear || y.Year > lastYear {
		add("/year", "year_out_of_range",
			fmt.Sprintf("年份应在%d至%d之间", firstYear, lastYear),
			fmt.Sprintf("the year must lie between %d and %d", firstYear, lastYear))
		return errs
	}
	if y.Version < 0 {
		add("/version", "version_negative", "版本号不能为负", "the version cannot be negative")
	}
	if strings.TrimSpace(y.Notice) == "" {
		add("/notice", "notice_missing", "应写明放假通知的文号", "the notice that the arrangement rests on must be named")
	}
	seen := make(map[civil.Date]bool)
	for i, r := range y.Off {
		field := "/off/" + strconv.Itoa(i)
		switch {
		case !r.From.Valid() || !r.To.Valid() || r.To < r.From:
			add(field, "range_reversed", "放假区间的止日早于起日", "the range ends before it starts")
			continue
		case !y.near(r.From) || !y.near(r.To):
			add(field, "date_outside_year", "日期不属于该年度或相邻年度", "the date lies outside the year and its neighbours")
			continue
		case r.To.Sub(r.From) >= 31:
			add(field, "range_too_long", "连续放假超过31天", "a holiday of more than 31 days is a typing error")
			continue
		}
		for d := r.From; d <= r.To; d++ {
			if seen[d] {
				add(field, "day_twice", d.String()+"重复列为放假日", d.String()+" is listed as a rest day twice")
			}
			seen[d] = true
		}
	}
	worked := make(map[civil.Date]bool, len(y.Worked))
	for i, d := range y.Worked {
		field := "/worked/" + strconv.Itoa(i)
		switch {
		case !d.Valid() || !y.near(d):
			add(field, "date_outside_year", "日期不属于该年度或相邻年度", "the date lies outside the year and its neighbours")
			continue
		case worked[d]:
			add(field, "day_twice", d.String()+"重复列为上班日", d.String()+" is listed as a worked day twice")
		case seen[d]:
			add(field, "off_and_worked", d.String()+"既列为放假日又列为上班日", d.String()+" is both a rest day and a worked day")
		case !isWeekend(d):
			add(field, "worked_weekday", d.String()+"本来就是工作日", d.String()+" is a weekday and worked anyway")
		}
		worked[d] = true
	}
	if len(errs) == 0 {
		if n := y.workingDays(); n < minWorkingDays || n > maxWorkingDays {
			add("", "implausible_working_days",
				fmt.Sprintf("全年工作日为%d天，不合常理（应在%d至%d天之间）", n, minWorkingDays, maxWorkingDays),
				fmt.Sprintf("%d working days in the year are implausible (expected %d to %d)", n, minWorkingDays, maxWorkingDays))
		}
	}
	return errs.Err()
}

// near admits the days of late December that a notice gives before its own
// year, and those of early January after it.
func (y Year) near(d civil.Date) bool {
	return d.Year() >= y.Year-1 && d.Year() <= y.Year+1
}

func (y Year) workingDays() int {
	first, last := yearStart(y.Year), yearStart(y.Year+1)-1
	n := 0
	for d := first; d <= last; d++ {
		if !isWeekend(d) {
			n++
		}
	}
	for _, r := range y.Off {
		for d := max(r.From, first); d <= min(r.To, last); d++ {
			if !isWeekend(d) {
				n--
			}
		}
	}
	for _, d := range y.Worked {
		if first <= d && d <= last {
			n++
		}
	}
	return n
}

func isWeekend(d civil.Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

func yearStart(year int) civil.Date {
	d, err := civil.Of(year, 1, 1)
	if err != nil {
		panic("calendar: " + err.Error()) // callers keep to firstYear..lastYear+1
	}
	return d
}

// ErrOlderVersion refuses to put an earlier version over a later one.
var ErrOlderVersion = errors.New("an older version of the year's arrangement")
