package domain

import (
	"fmt"
	"math"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
)

// WindowUsage is how much one applicant asked in a window, and how often.
type WindowUsage struct {
	Window Window `json:"window"`
	Items  int    `json:"items"`
	Cases  int    `json:"cases"`
	// OfficeItems is what everybody asked of the office in the window; an application
	// of several applicants is in it once.
	OfficeItems int `json:"office_items"`
	// SharePercent is Items of OfficeItems, with one decimal.
	SharePercent float64   `json:"share_percent"`
	Frequency    Frequency `json:"frequency"`
	// Repeats are the window's requests that repeat an earlier one of the applicant, in the
	// same words or probably in others. They are known where the texts were compared.
	Repeats int `json:"-"`
}

// Frequency is how applications spread over the days of a window. It counts all that
// were received, also those withdrawn later.
type Frequency struct {
	Applications int        `json:"applications"`
	ActiveDays   int        `json:"active_days"` // days with at least one
	BusiestDay   civil.Date `json:"busiest_day,omitzero"`
	MostInADay   int        `json:"most_in_a_day"`
	// Workdays are those of the window up to today.
	Workdays   int     `json:"workdays"`
	PerWorkday float64 `json:"per_workday"` // two decimals
}

// DayCount is a number of applications received on a day.
type DayCount struct {
	Day   civil.Date
	Cases int
}

// FrequencyOf reads the days of a window, in order.
func FrequencyOf(w Window, days []DayCount, today civil.Date, cal *calendar.Calendar) Frequency {
	f := Frequency{ActiveDays: len(days)}
	for _, d := range days {
		f.Applications += d.Cases
		if d.Cases > f.MostInADay {
			f.MostInADay, f.BusiestDay = d.Cases, d.Day
		}
	}
	first, last := w.Bounds()
	if last = min(last, today); last >= first {
		f.Workdays = cal.WorkdaysBetween(first.AddDays(-1), last)
	}
	if f.Workdays > 0 {
		f.PerWorkday = math.Round(100*float64(f.Applications)/float64(f.Workdays)) / 100
	}
	return f
}

// ShareOf is part of whole in percent with one decimal.
func ShareOf(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return math.Round(1000*float64(part)/float64(whole)) / 10
}

// Signal is a mark that usage has reached. It asks for a judgment and decides nothing.
type Signal struct {
	Code      string
	Threshold int
	Value     float64
	Text      problem.Text
}

// Signals lists the marks of the policy that the usage has reached (rule book 7.11).
func (p Policy) Signals(u WindowUsage) []Signal {
	var list []Signal
	items := func(code string, mark int, zh, en string) {
		if mark > 0 && u.Items >= mark {
			list = append(list, Signal{code, mark, float64(u.Items), problem.Text{
				ZH: fmt.Sprintf("%s申请%d件，达到提示标准%d件。", zh, u.Items, mark),
				EN: fmt.Sprintf("%d items in the %s; the office's mark is %d.", u.Items, en, mark),
			}})
		}
	}
	switch u.Window.Kind() {
	case Month:
		items("month_items", p.SignalItems, "当月", "month")
	case Quarter:
		items("quarter_items", p.SignalQuarterItems, "当季", "quarter")
	case Year:
		items("year_items", p.SignalYearItems, "当年", "year")
	}
	if mark := p.SignalSharePercent; mark > 0 && u.Items > 0 && u.SharePercent >= float64(mark) {
		list = append(list, Signal{"share", mark, u.SharePercent, problem.Text{
			ZH: fmt.Sprintf("占本机关同期申请件数的%.1f%%，达到提示标准%d%%。", u.SharePercent, mark),
			EN: fmt.Sprintf("%.1f%% of what the office was asked in the time; the office's mark is %d%%.", u.SharePercent, mark),
		}})
	}
	if mark := p.SignalRepeats; mark > 0 && u.Repeats >= mark {
		list = append(list, Signal{"repeats", mark, float64(u.Repeats), problem.Text{
			ZH: fmt.Sprintf("有%d件申请与该申请人此前的申请相同或者近似，达到提示标准%d件。", u.Repeats, mark),
			EN: fmt.Sprintf("%d requests repeat earlier ones of the applicant; the office's mark is %d.", u.Repeats, mark),
		}})
	}
	return list
}
