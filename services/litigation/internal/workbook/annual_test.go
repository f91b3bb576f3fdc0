package workbook_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/thedatashed/xlsxreader"
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

// The workbook says the same to a reader that has nothing to do with its writer.
func TestAnnual_anotherLibraryReadsTheSame(t *testing.T) {
	t.Parallel()
	for _, year := range []int{2019, 2025} {
		a := annual(year)
		file, err := workbook.Annual(a)
		require.NoError(t, err)
		x, err := xlsxreader.NewReader(file)
		require.NoError(t, err)
		require.Equal(t, []string{workbook.Sheet3, workbook.Sheet4, workbook.Sheet6}, x.Sheets)
		at := map[string]string{}
		for row := range x.ReadRows(workbook.Sheet3) {
			require.NoError(t, row.Error)
			for _, c := range row.Cells {
				at[fmt.Sprintf("%s%d", c.Column, c.Row)] = c.Value
			}
		}
		require.Equal(t, workbook.Title3, at["A1"])
		require.Equal(t, workbook.CornerNote, at["A3"])
		for i, row := range report.FormatFor(year).Rows() {
			for k, c := range report.Columns() {
				n, _ := a.Table3.Cell(row, c)
				require.Equal(t, fmt.Sprint(n), at[fmt.Sprintf("%c%d", 'D'+k, workbook.FirstRow3+i)], "%s %s", row, c)
			}
		}
		// And our own reader finds the tables in it again, cell by cell.
		tables, faults, err := workbook.Read(file)
		require.NoError(t, err)
		require.Empty(t, faults)
		require.Equal(t, a.Table3, tables.Table3)
		require.Equal(t, a.Table4, tables.Table4)
	}
}

// A published form may be laid out otherwise: other sheets and titles, headings of
// groups on lines of their own, empty cells, dashes.
func TestRead_findsTablesByTheirLabels(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	put := func(at string, values ...any) { require.NoError(t, f.SetSheetRow("Sheet1", at, &values)) }
	put("A1", "二、收到和处理政府信息公开申请情况")
	put("B3", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
	put("A4", "一、本年新收政府信息公开申请数量", 3, "", "-", nil, nil, nil, "3")
	put("A5", "二、上年结转政府信息公开申请数量", nil, nil, nil, nil, nil, nil, 0)
	put("A6", "（三）不予公开")
	put("A7", "1.属于国家秘密", "1", nil, nil, nil, nil, nil, 1)
	put("A8", "（六）其他处理")
	put("A9", "3.其他", 2, nil, nil, nil, nil, nil, 2)
	put("A10", "（七）总计", 3, nil, nil, nil, nil, nil, 3)
	put("A11", "四、结转下年度继续办理", nil, nil, nil, nil, nil, nil, nil)
	heads := []any{}
	figures := []any{}
	for i := range 15 {
		heads = append(heads, report.Outcomes()[i%5].Label())
		figures = append(figures, i)
	}
	put("A14", heads...)
	put("A15", figures...)
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	tables, faults, err := workbook.Read(b.Bytes())
	require.NoError(t, err)
	require.Empty(t, faults)
	for cell, want := range map[[2]string]any{
		{"new_received", "natural_person"}: 3, {"new_received", "research"}: nil, {"deny_1_state_secret", "total"}: 1,
		{"other_3_other", "natural_person"}: 2, {"carried_in", "total"}: 0, {"carried_in", "commercial"}: nil, {"carried_out", "total"}: nil,
	} {
		n, stated := tables.Table3.Cell(report.Row(cell[0]), report.Column(cell[1]))
		require.Equal(t, want != nil, stated, cell)
		if stated {
			require.EqualValues(t, want, n, cell)
		}
	}
	n, _ := tables.Table4.Cell(report.SuitAfterReview, report.OutcomeTotal)
	require.EqualValues(t, 14, n)

	put("B4", "三件")
	b.Reset()
	require.NoError(t, f.Write(&b))
	_, faults, err = workbook.Read(b.Bytes())
	require.NoError(t, err)
	require.Len(t, faults, 1)
	require.Equal(t, "Sheet1!B4", faults[0].Pointer)
}
