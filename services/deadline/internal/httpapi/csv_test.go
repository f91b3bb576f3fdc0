package httpapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/calendar"
)

// FuzzParseCSV: whatever the table, it is either refused as a problem or a notice
// whose days the calendar can judge.
func FuzzParseCSV(f *testing.F) {
	f.Add("notice,x\n2027-02-05..2027-02-11,off\n2027-02-14,worked\n")
	f.Add("日期,安排\n文号,〔2026〕1号\n2027年2月5日至2027年2月11日,放假\n")
	f.Add("\ufeff\"a\nb\",off")
	f.Add(",\n;;\n2027-01-01..0001-01-01,off")
	f.Fuzz(func(t *testing.T, table string) {
		req, err := parseCSV(strings.NewReader(table), 2027)
		if err != nil {
			require.Equal(t, problem.Invalid, problem.CodeOf(err))
			return
		}
		require.NotEmpty(t, strings.TrimSpace(req.Notice))
		y := calendar.Year{Year: 2027, Notice: req.Notice, Off: req.Off, Worked: req.Worked}
		if y.Validate() == nil {
			_, err := calendar.Builtin().With(y)
			require.NoError(t, err)
		}
	})
}

// FuzzYearJSON: whatever the JSON of a year's notice, it is refused as a problem, or it
// is an arrangement that the calendar either refuses by name or counts with, and that
// survives being written and read again.
func FuzzYearJSON(f *testing.F) {
	f.Add(`{"notice":"x","off":["2027-01-01..2027-01-03","2027-02-05..2027-02-11","2027-04-05","2027-05-01..2027-05-05","2027-06-09","2027-09-15","2027-10-01..2027-10-07"],"worked":["2027-01-09"]}`)
	f.Add(`{"notice":"x","off":["2027-02-06"],"worked":["2027-02-06"]}`)
	f.Add(`{"notice":"x","off":["2027-02-08..2027-02-06","9999-12-31..0001-01-01"]}`)
	f.Add(`{"notice":1,"off":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		var req publishRequest
		if err := httpkit.Decode([]byte(body), &req); err != nil {
			require.Contains(t, []problem.Code{problem.Invalid, problem.Malformed}, problem.CodeOf(err))
			return
		}
		y := calendar.Year{Year: 2027, Notice: req.Notice, Off: req.Off, Worked: req.Worked}
		if err := y.Validate(); err != nil {
			var faults statute.FieldErrors
			require.ErrorAs(t, err, &faults)
			require.NotEmpty(t, faults[0].Rule)
			return
		}
		next, err := calendar.Builtin().With(y)
		require.NoError(t, err)
		file, err := calendar.FormatYears([]calendar.Year{y})
		require.NoError(t, err)
		again, err := calendar.ParseYears(file)
		require.NoError(t, err)
		require.Equal(t, len(y.Off), len(again[0].Off))
		require.True(t, next.IsWorkday(next.AddWorkdays(civil.MustParse("2026-12-31"), 20)))
	})
}
