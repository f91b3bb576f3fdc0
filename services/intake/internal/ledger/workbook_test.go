package ledger_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/engine/servicetest"
)

const xlsxType = "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// sheets are the rows of a workbook by the names of its sheets.
type sheets []struct {
	name string
	rows [][]any
}

func workbook(t testing.TB, book sheets, change ...func(*excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // in memory
	for _, s := range book {
		_, err := f.NewSheet(s.name)
		require.NoError(t, err)
		for i, r := range s.rows {
			for j, v := range r {
				name, err := excelize.CoordinatesToCellName(j+1, i+1)
				require.NoError(t, err)
				require.NoError(t, f.SetCellValue(s.name, name, v))
			}
		}
	}
	require.NoError(t, f.DeleteSheet("Sheet1"))
	for _, c := range change {
		c(f)
	}
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.String()
}

func (d *desk) importBook(book string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("POST", "/v1/imports", book, d.officer, xlsxType)
	require.Equal(d.t, http.StatusAccepted, r.Status, "%s", r)
	return d.ended(r.Text("id"))
}

var caseHeads = []any{"登记编号", "申请人类型", "申请人", "申请内容", "申请渠道", "收到日期", "经办人", "办理结果", "答复日期", "送达日期", "收费金额"}

func TestImportAWorkbook(t *testing.T) {
	t.Parallel()
	d := open(t)
	on := time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC)
	book := sheets{
		{"复议诉讼", [][]any{
			{"案件类型", "案号", "关联登记编号", "收到日期", "结果", "结果日期"},
			{"行政复议", "青府复〔2025〕1号", "20250001", "2025/5/6", "撤销", "2025-07-01"},
			{"行政诉讼", "（2025）沪1号", "20250001", "2025/8/6", "", ""},
			{"复议后起诉", "（2025）沪2号", "没有这个号", "2025/8/6", "", ""},
			{"直接起诉", "（2025）沪3号", "20250001", "2025-02-01", "", ""},
			{"复议", "青府复[2025] 1号", "", "2025/5/7", "", ""},
		}},
		{"台账", [][]any{
			{"徐泾镇依申请公开台账"},
			{},
			caseHeads,
			{20250001, "自然人", "张三", "内容一", "信函", on, "王双", "保护第三方合法权益", on.AddDate(0, 0, 10), nil, 30},
			{2.0250002e7, "个人", "李四", "内容二", nil, 45720, nil, nil, nil, nil, 0},
			{},
			{"二〇二五第三号", "个人", "李四", "内容三", nil, "2025.3.4", nil, "（六）其他处理", "2025年3月9日", nil, "免收"},
		}},
		{"说明", [][]any{{"本表由办公室填写"}, {"收到日期为签收日期"}}},
		{"旧台账", [][]any{caseHeads, {"x", "自然人", "某", "旧", nil, on}}},
	}
	hide := func(f *excelize.File) { require.NoError(t, f.SetSheetVisible("旧台账", false)) }
	file := workbook(t, book, hide)
	r := d.importBook(file)
	require.Equal(t, n4(8, 5, 0, 3), counts(r), r)
	require.Equal(t, map[string]any{"total": 3.0, "imported": 3.0, "unchanged": 0.0, "rejected": 0.0}, r.At("by_kind", "cases"), r)
	codes := map[string]bool{}
	list, _ := r.At("warnings").([]any)
	for i := range list {
		codes[r.Text("warnings", i, "code")] = true
	}
	require.Equal(t, map[string]bool{
		"ignored_sheet": true, "hidden_sheet": true, "channel_assumed": true, "ambiguous_assignee": true, "unknown_register_no": true,
	}, codes, r)
	for i, want := range []struct {
		line         float64
		column, code string
	}{{3, "kind", "unknown_code"}, {5, "received_on", "before_application"}, {6, "case_no", "duplicate_in_file"}} {
		require.Equal(t, "复议诉讼", r.Text("rejected", i, "sheet"))
		require.Equal(t, want.line, r.At("rejected", i, "line"), r)
		require.Equal(t, want.column, r.Text("rejected", i, "faults", 0, "column"), r)
		require.Equal(t, want.code, r.Text("rejected", i, "faults", 0, "code"), r)
	}
	require.Contains(t, string(d.get(r.Text("rejected_url")).Body), "关联登记编号")
	require.NotContains(t, string(d.get(r.Text("rejected_url")+"?kind=cases").Body), "青府复")

	found := d.get("/v1/cases?q=20250002")
	require.Equal(t, "2025-03-04", found.Text("items", 0, "received_on"), found)
	found = d.get("/v1/cases?q=内容一")
	require.Equal(t, "2025-03-13", found.Text("items", 0, "finished_on"), found)
	require.Equal(t, "deny_4_third_party", found.Text("items", 0, "report_row"))
	require.Equal(t, n4(8, 0, 5, 3), counts(d.importBook(file)))

	// The same rows as workbooks count days from 1904, and as a CSV file.
	date1904 := true
	old := workbook(t, sheets{{"台账", [][]any{caseHeads, {"20250002", "个人", "李四", "内容二", nil, 45720 - 1462}}}}, func(f *excelize.File) {
		require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}))
	})
	require.Equal(t, n4(1, 0, 1, 0), counts(d.importBook(old)))
	require.Equal(t, n4(1, 0, 1, 0), counts(d.importFile(ledgerHead+"20250002,natural_person,李四,内容二,,2025-03-04,,,,,\n", "")))
}

func TestImportRefusesASheetThatNearlyIsALedger(t *testing.T) {
	t.Parallel()
	d := open(t)
	book := workbook(t, sheets{
		{"好", [][]any{caseHeads}},
		{"缺", [][]any{{"登记编号", "申请人类型", "申请人", "收到日期"}}},
	})
	r := d.Call("POST", "/v1/imports", book, d.officer, xlsxType)
	require.Equal(t, 422, r.Status, r)
	require.Contains(t, r.Text("errors", 0, "detail"), "工作表“缺”")
	require.Equal(t, "/file/description", r.Text("errors", 0, "pointer"))
	require.Equal(t, 422, d.Call("POST", "/v1/imports", workbook(t, sheets{{"空", nil}}), d.officer, xlsxType).Status)
}

// A proceeding that came before its application is tied to it when it comes again.
func TestImportTiesAProceedingLater(t *testing.T) {
	t.Parallel()
	d := open(t)
	disputes := "kind,case_no,register_no,received_on,outcome,decided_on\nreview,青府复1号,2025-1,2025-06-02,corrected,2025-07-02\ncomplaint,,2025-1,2025-06-02,,\n"
	r := d.importFile(disputes, "?dry_run=true")
	require.Equal(t, n4(2, 2, 0, 0), counts(r), r)
	r = d.importFile(disputes, "")
	require.Equal(t, n4(2, 2, 0, 0), counts(r), r)
	require.Equal(t, "unknown_register_no", r.Text("warnings", 0, "code"))
	require.EqualValues(t, 2, r.At("warnings", 0, "count"))
	require.Equal(t, n4(1, 1, 0, 0), counts(d.importFile(ledgerHead+"2025-1,自然人,张三,内容,,2025-05-06,,予以公开,2025-05-20,,\n", "")))
	r = d.importFile(disputes, "")
	require.Equal(t, n4(2, 0, 2, 0), counts(r), r)
	require.Empty(t, r.At("warnings"))
	require.Equal(t, n4(2, 0, 1, 1), counts(d.importFile(strings.Replace(disputes, "corrected", "upheld", 1), "")))
}

// An import goes on after an orderly stop where it stood.
func TestImportGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	d := open(t)
	const rows = 1200
	var b strings.Builder
	b.WriteString(ledgerHead)
	for i := range rows {
		fmt.Fprintf(&b, "2025-%06d,自然人,某人,内容%d,,2025-03-03,,予以公开,2025-03-20,,\n", i+1, i)
	}
	r := d.Call("POST", "/v1/imports", b.String(), d.officer, "Content-Type: text/csv")
	require.Equal(t, 202, r.Status, r)
	id := r.Text("id")
	d.Eventually(func() bool {
		r = d.get("/v1/imports/" + id)
		n, _ := r.At("counts", "imported").(float64)
		return n > 0
	}, "the import begins")
	d.again(0)
	require.Equal(t, n4(rows, rows, 0, 0), counts(d.ended(id)))
	require.Equal(t, n4(rows, 0, rows, 0), counts(d.importFile(b.String(), "")))
}
