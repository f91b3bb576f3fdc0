package httpapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/problem"
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
