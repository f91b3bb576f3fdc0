package domain

import (
	"fmt"
	"regexp"
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// FirstYear is the first year that an annual report was written for: the
// Regulations of 2007 came into force on 2008-05-01.
const FirstYear = 2008

// Period is a run of days that a summary speaks about, both ends included.
type Period struct {
	Name string // 2026, 2026-H1, 2026-Q3, 2026-07, or from..to
	From civil.Date
	To   civil.Date
}

var periodPattern = regexp.MustCompile(`^([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?$`)

// ParsePeriod reads 2026, 2026-H1, 2026-Q3 or 2026-07. problem.Invalid.
func ParsePeriod(s string) (Period, error) {
	m := periodPattern.FindStringSubmatch(s)
	if m == nil {
		return Period{}, problem.InvalidFields(problem.At("period", "period",
			"统计期间应写作 2026、2026-H1、2026-Q3 或 2026-07。",
			"A period is written 2026, 2026-H1, 2026-Q3 or 2026-07."))
	}
	year, _ := strconv.Atoi(m[1]) //nolint:errcheck // four digits by the pattern
	first, months := 1, 12
	switch {
	case m[2] != "":
		q, _ := strconv.Atoi(m[2]) //nolint:errcheck // one digit by the pattern
		first, months = 3*q-2, 3
	case m[3] != "":
		h, _ := strconv.Atoi(m[3]) //nolint:errcheck // one digit by the pattern
		first, months = 6*h-5, 6
	case m[4] != "":
		first, _ = strconv.Atoi(m[4]) //nolint:errcheck // two digits by the pattern
		months = 1
	}
	from, err := civil.Of(year, first, 1)
	if err != nil || year < FirstYear {
		return Period{}, problem.InvalidFields(problem.At("period", "year",
			fmt.Sprintf("年份应不早于 %d 年。", FirstYear), fmt.Sprintf("The year must not be before %d.", FirstYear)))
	}
	return Period{Name: s, From: from, To: from.AddMonths(months).AddDays(-1)}, nil
}

// Range is the period from one day to another. problem.Invalid.
func Range(from, to civil.Date) (Period, error) {
	var faults []problem.Field
	if from.IsZero() || from.Year() < FirstYear {
		faults = append(faults, problem.At("from", "required",
			fmt.Sprintf("请填写不早于 %d 年的起始日期。", FirstYear), fmt.Sprintf("Give a first day not before %d.", FirstYear)))
	}
	if to.IsZero() || to < from {
		faults = append(faults, problem.At("to", "required",
			"请填写不早于起始日期的截止日期。", "Give a last day that is not before the first."))
	}
	if len(faults) == 0 && to.Sub(from) > 10*366 {
		faults = append(faults, problem.At("to", "too_long",
			"统计期间不能超过十年。", "A period may not be longer than ten years."))
	}
	if len(faults) > 0 {
		return Period{}, problem.InvalidFields(faults...)
	}
	return Period{Name: from.String() + ".." + to.String(), From: from, To: to}, nil
}

// YearToDate is from 1 January of the period's last year to its end.
func (p Period) YearToDate() Period {
	from := firstDay(p.To.Year())
	return Period{Name: from.String() + ".." + p.To.String(), From: from, To: p.To}
}

// LastYear is the same period one year earlier. A period that ends with its month
// ends with it then, too.
func (p Period) LastYear() Period {
	from, to := p.From.AddMonths(-12), p.To.AddMonths(-12)
	if p.To.AddDays(1).AddMonths(-12).AddDays(-1) > to {
		to = p.To.AddDays(1).AddMonths(-12).AddDays(-1)
	}
	name := from.String() + ".." + to.String()
	if m := periodPattern.FindStringSubmatch(p.Name); m != nil {
		name = fmt.Sprintf("%04d%s", from.Year(), p.Name[4:])
	}
	return Period{Name: name, From: from, To: to}
}

// firstDay is 1 January.
func firstDay(year int) civil.Date {
	d, err := civil.Of(year, 1, 1)
	if err != nil {
		return 0
	}
	return d
}

// FirstDay is 1 January of a year, LastDay 31 December.
func FirstDay(year int) civil.Date { return firstDay(year) }

// LastDay is 31 December of a year.
func LastDay(year int) civil.Date { return firstDay(year + 1).AddDays(-1) }
