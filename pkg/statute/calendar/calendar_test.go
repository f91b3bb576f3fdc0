package calendar_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/calendar"
)

var day = civil.MustParse

func TestWorkingDaysOfThePublishedYears(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	for year, want := range map[int]int{2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248} {
		from, err := civil.Of(year-1, 12, 31)
		require.NoError(t, err)
		through, err := civil.Of(year, 12, 31)
		require.NoError(t, err)
		require.Equal(t, want, c.WorkdaysBetween(from, through), "%d", year)
		require.NotEmpty(t, c.NoticeFor(year))
		require.False(t, c.Provisional(through))
	}
	require.Equal(t, []int{2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026}, c.Years())
	require.Equal(t, day("2026-12-31"), c.PublishedThrough())
	require.True(t, c.Provisional(day("2027-01-01")))
	require.True(t, c.Provisional(day("2018-06-01")), "no notice of 2018 is shipped")
	require.False(t, c.ProvisionalBetween(day("2026-11-23"), day("2026-12-21")))
	require.True(t, c.ProvisionalBetween(day("2026-11-23"), day("2027-01-19")))
	require.Empty(t, c.NoticeFor(2027))
}

func TestDaysThatCatchCareless(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	for _, worked := range []string{"2024-02-09", "2026-01-04", "2026-02-14", "2026-02-28", "2025-10-11", "2018-12-29"} {
		require.True(t, c.IsWorkday(day(worked)), worked)
	}
	for _, off := range []string{"2022-12-31", "2026-02-23", "2025-10-08", "2018-12-31", "2027-01-01", "2050-01-01", "2026-02-15"} {
		require.False(t, c.IsWorkday(day(off)), off)
	}
	for _, run := range [][2]string{
		{"2022-01-24", "2022-01-30"},
		{"2022-10-08", "2022-10-14"},
		{"2023-01-28", "2023-02-03"},
		{"2023-10-07", "2023-10-13"},
	} {
		require.Equal(t, 7, c.WorkdaysBetween(day(run[0])-1, day(run[1])), "seven working days in a row from %s", run[0])
	}
}

func TestADayNamesTheNoticeItRestsOn(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	require.Equal(t, calendar.Day{Date: day("2026-11-23"), Works: true, Reason: calendar.Weekday}, c.Day(day("2026-11-23")))
	require.Equal(t, calendar.Weekend, c.Day(day("2026-11-22")).Reason)
	fest := c.Day(day("2026-02-16"))
	require.Equal(t, calendar.Holiday, fest.Reason)
	require.Contains(t, fest.Notice, "国办发明电〔2025〕7号")
	madeUp := c.Day(day("2026-02-14"))
	require.True(t, madeUp.Works)
	require.Equal(t, calendar.WorkedWeekend, madeUp.Reason)
	require.Contains(t, c.Day(day("2022-12-31")).Notice, "国办发明电〔2022〕16号", "the notice of 2023 speaks of 2022-12-31")
	newYear := c.Day(day("2027-01-01"))
	require.Equal(t, calendar.StatutoryDay, newYear.Reason)
	require.True(t, newYear.Provisional)
	require.Equal(t, calendar.Weekend, c.Day(day("1700-01-03")).Reason)
}

func TestAddWorkdaysGoesBothWays(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	require.Equal(t, day("2026-03-20"), c.AddWorkdays(day("2026-02-14"), 20))
	require.Equal(t, day("2026-03-20"), c.AddWorkdays(day("2026-02-15"), 20))
	require.Equal(t, day("2026-02-15"), c.AddWorkdays(day("2026-02-15"), 0))
	require.Equal(t, day("2026-02-14"), c.AddWorkdays(day("2026-02-15"), -1))
	require.Equal(t, day("2026-02-14"), c.AddWorkdays(day("2026-02-24"), -1))
	require.Equal(t, day("2026-02-24"), c.NextWorkday(day("2026-02-20")))
	require.Equal(t, day("2026-02-28"), c.NextWorkday(day("2026-02-28")), "a worked Saturday does not roll")
	require.Zero(t, c.AddWorkdays(0, 5))
	require.Zero(t, c.NextWorkday(0))
	require.Zero(t, c.WorkdaysBetween(0, day("2026-01-01")))
	require.Zero(t, c.WorkdaysBetween(day("2026-01-02"), day("2026-01-02")))
}

func TestBeyondTheTablesTheFiveDayWeekCounts(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	require.Equal(t, day("2201-01-02"), c.AddWorkdays(day("2200-12-31"), 2))
	require.Equal(t, day("1989-12-29"), c.AddWorkdays(day("1990-01-02"), -1))
	require.Equal(t, day("1899-01-09"), c.AddWorkdays(day("1899-01-02"), 5))
	require.Equal(t, 5, c.WorkdaysBetween(day("2300-01-01"), day("2300-01-08")))
}

func TestAnAmendmentMovesDatesAndKeepsTheOldCalendar(t *testing.T) {
	t.Parallel()
	amended := calendar.Builtin()
	year, ok := amended.Year(2020)
	require.True(t, ok)

	original := year
	original.Version = 1
	original.Notice = "国办发明电〔2019〕16号 2019-11-21"
	original.Off = append([]calendar.Range{{From: day("2020-01-24"), To: day("2020-01-30")}}, withoutRange(year.Off, day("2020-01-24"))...)
	original.Worked = append([]civil.Date{day("2020-02-01")}, year.Worked...)
	before, err := amended.With(original)
	require.NoError(t, err)
	require.Equal(t, day("2020-02-12"), before.AddWorkdays(day("2020-01-10"), 20))
	require.Equal(t, 1, before.Version(2020))

	year.Version = 0
	after, err := before.With(year)
	require.NoError(t, err)
	require.Equal(t, 2, after.Version(2020))
	require.Equal(t, day("2020-02-14"), after.AddWorkdays(day("2020-01-10"), 20))
	require.Equal(t, day("2020-02-12"), before.AddWorkdays(day("2020-01-10"), 20), "a calendar never changes")
	require.Equal(t, []civil.Date{day("2020-01-31"), day("2020-02-01")}, calendar.Changed(before, after))

	_, err = after.With(original)
	require.ErrorIs(t, err, calendar.ErrOlderVersion)
}

func withoutRange(ranges []calendar.Range, containing civil.Date) (rest []calendar.Range) {
	for _, r := range ranges {
		if !r.Contains(containing) {
			rest = append(rest, r)
		}
	}
	return rest
}

func TestPublishing2027EndsTheForecast(t *testing.T) {
	t.Parallel()
	before := calendar.Builtin()
	after, err := before.With(calendar.Year{
		Year: 2027, Notice: "test", Off: []calendar.Range{
			{From: day("2026-12-31"), To: day("2027-01-03")},
			{From: day("2027-02-05"), To: day("2027-02-11")},
			{From: day("2027-10-01"), To: day("2027-10-07")},
		}, Worked: []civil.Date{day("2026-12-26"), day("2027-02-14")},
	})
	require.NoError(t, err)
	require.Equal(t, day("2027-12-31"), after.PublishedThrough())
	require.False(t, after.Provisional(day("2027-06-01")))
	require.False(t, after.IsWorkday(day("2026-12-31")), "the notice of 2027 speaks of late December")
	require.True(t, after.IsWorkday(day("2026-12-26")))

	ahead, err := before.With(calendar.Year{Year: 2029, Notice: "published ahead"})
	require.Error(t, err, "no holidays at all is implausible")
	require.Nil(t, ahead)
}

func TestAYearIsCheckedBeforeItCounts(t *testing.T) {
	t.Parallel()
	good, _ := calendar.Builtin().Year(2026)
	require.NoError(t, good.Validate())
	for code, breakIt := range map[string]func(*calendar.Year){
		"off_and_worked":    func(y *calendar.Year) { y.Worked = append(y.Worked, day("2026-02-15")) },
		"worked_weekday":    func(y *calendar.Year) { y.Worked = append(y.Worked, day("2026-03-03")) },
		"date_outside_year": func(y *calendar.Year) { y.Worked = append(y.Worked, day("2028-03-04")) },
		"day_twice": func(y *calendar.Year) {
			y.Off = append(y.Off, calendar.Range{From: day("2026-01-03"), To: day("2026-01-03")})
		},
		"range_reversed": func(y *calendar.Year) {
			y.Off = append(y.Off, calendar.Range{From: day("2026-08-03"), To: day("2026-08-01")})
		},
		"range_too_long": func(y *calendar.Year) {
			y.Off = append(y.Off, calendar.Range{From: day("2026-07-01"), To: day("2026-08-31")})
		},
		"implausible_working_days": func(y *calendar.Year) { y.Off = y.Off[:1] },
		"notice_missing":           func(y *calendar.Year) { y.Notice = " " },
		"year_out_of_range":        func(y *calendar.Year) { y.Year = 26 },
		"version_negative":         func(y *calendar.Year) { y.Version = -1 },
	} {
		year, _ := calendar.Builtin().Year(2026)
		breakIt(&year)
		err := year.Validate()
		var errs statute.FieldErrors
		require.ErrorAs(t, err, &errs, code)
		require.True(t, errs.Has(code), "%s: %v", code, err)
		var one *statute.FieldError
		require.ErrorAs(t, err, &one)
		require.NotEmpty(t, one.ZH)
		_, err = calendar.Builtin().With(year)
		require.Error(t, err)
	}
}

func TestTheFileFormatRoundTrips(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("data/holidays.json")
	require.NoError(t, err)
	years, err := calendar.ParseYears(raw)
	require.NoError(t, err)
	again, err := calendar.FormatYears(years)
	require.NoError(t, err)
	back, err := calendar.ParseYears(again)
	require.NoError(t, err)
	require.Equal(t, years, back)

	one, err := json.Marshal(years[7].Off)
	require.NoError(t, err)
	require.Contains(t, string(one), `"2026-02-15..2026-02-23"`)
	for _, bad := range []string{`[]`, `{"x":{}}`, `{"2026":{"year":2025}}`, `{"2026":{"off":["2026-02-30"]}}`, `{"2026":{"off":["2026-02-01..x"]}}`, `{"2026":{"notice":"n","off":[]}}`} {
		_, err := calendar.ParseYears([]byte(bad))
		require.Error(t, err, bad)
	}
}

// FuzzParseYears: whatever the file, it is refused, or it holds years that the calendar
// counts with and that come out of it as they went in.
func FuzzParseYears(f *testing.F) {
	f.Add([]byte(`{"2026":{"notice":"n","off":["2026-02-15..2026-02-23"],"worked":["2026-02-14"]}}`))
	f.Add([]byte(`{"2026":{"notice":"n","off":["0001-01-01..9999-12-31"],"worked":["2026-02-14","2026-02-14"]}}`))
	f.Add([]byte(`{"9999999999":{}}`))
	if shipped, err := os.ReadFile("data/holidays.json"); err == nil {
		f.Add(shipped)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		years, err := calendar.ParseYears(file)
		if err != nil {
			return
		}
		c, err := calendar.New(years...)
		require.NoError(t, err)
		require.True(t, c.IsWorkday(c.AddWorkdays(day("2026-01-01"), 250)))
		written, err := calendar.FormatYears(years)
		require.NoError(t, err)
		again, err := calendar.ParseYears(written)
		require.NoError(t, err)
		require.Len(t, again, len(years))
	})
}

func TestCalendarProperties(t *testing.T) {
	t.Parallel()
	c := calendar.Builtin()
	dates := rapid.Int32Range(int32(day("2018-01-01")), int32(day("2030-12-31")))
	rapid.Check(t, func(t *rapid.T) {
		d := civil.Date(dates.Draw(t, "date"))
		n := rapid.IntRange(1, 300).Draw(t, "n")
		due := c.AddWorkdays(d, n)
		require.True(t, c.IsWorkday(due))
		require.Equal(t, n, c.WorkdaysBetween(d, due))
		require.Equal(t, n-1, c.WorkdaysBetween(d, due-1))
		require.LessOrEqual(t, due, c.AddWorkdays(d+1, n), "a later start is never due earlier")
		m := rapid.IntRange(1, 50).Draw(t, "m")
		require.Equal(t, c.AddWorkdays(d, n+m), c.AddWorkdays(due, m))
		require.Equal(t, naive(c, d, n), due)
		if c.IsWorkday(d) {
			require.Equal(t, d, c.AddWorkdays(due, -n))
		}
		require.True(t, c.IsWorkday(c.NextWorkday(d)))
		require.Equal(t, c.NextWorkday(d), c.NextWorkday(c.NextWorkday(d)))
	})
}

// naive walks day by day; the tables must agree with it, and beat it.
func naive(c *calendar.Calendar, d civil.Date, n int) civil.Date {
	for n > 0 {
		d++
		if c.IsWorkday(d) {
			n--
		}
	}
	return d
}

var sink civil.Date

func BenchmarkAddWorkdays(b *testing.B) {
	c, from := calendar.Builtin(), day("2026-01-30")
	b.Run("tables", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			sink = c.AddWorkdays(from+civil.Date(i%365), 20)
		}
	})
	b.Run("day_walk", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			sink = naive(c, from+civil.Date(i%365), 20)
		}
	})
}

func BenchmarkPublishYear(b *testing.B) {
	c := calendar.Builtin()
	year, _ := c.Year(2026)
	for b.Loop() {
		next, err := c.With(year)
		if err != nil {
			b.Fatal(err)
		}
		sink = next.PublishedThrough()
	}
}
