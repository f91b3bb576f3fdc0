package workbook_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/workbook"
)

func annual(year int) *reporting.Annual {
	counts := report.Counts{}
	for i, row := range report.FormatFor(year).Results() {
		counts.Count(row, report.Applicants()[i%6], int64(i+1))
		counts.Count(report.NewReceived, report.Applicants()[i%6], int64(i+1))
	}
	return &reporting.Annual{
		Year: year, Office: "demo", Scope: report.Own, T4Scope: report.Handled,
		Table3: counts.Table(report.FormatFor(year)), Table4: report.Table4FromCounts(nil),
	}
}

func TestAnnual_textsNeverBecomeFormulas(t *testing.T) {
	t.Parallel()
	a := annual(2025)
	a.Office = `=HYPERLINK("http://example.org")`
	a.Scope, a.Units = report.Aggregate, []string{a.Office, "+1"}
	book, err := workbook.Annual(a)
	require.NoError(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(book))
	require.NoError(t, err)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		require.Contains(t, rows[1][0], "汇总（2个报送单位）")
		for r, row := range rows {
			for c := range row {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				require.NoError(t, err)
				formula, err := f.GetCellFormula(sheet, at)
				require.NoError(t, err)
				require.Empty(t, formula, "%s %s", sheet, at)
			}
		}
	}
}
