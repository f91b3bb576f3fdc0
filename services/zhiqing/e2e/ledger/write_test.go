package ledger_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
)

var (
	headings         = []string{"登记编号", "申请人类型", "申请人", "申请内容", "申请渠道", "收到日期", "经办人", "办理结果", "答复日期", "送达日期", "收费金额"}
	headingsEN       = []string{"register_no", "applicant_kind", "applicant_name", "description", "channel", "received_on", "assignee", "result", "decided_on", "served_on", "fee_yuan"}
	disputeHeadings  = []string{"案件类型", "案号", "关联登记编号", "收到日期", "结果", "结果日期"}
	disputeHeadings2 = []string{"kind", "case_no", "register_no", "received_on", "outcome", "decided_on"}
)

// one picks one of the spellings.
func (l *ledger) one(spellings ...string) string { return spellings[l.rnd.IntN(len(spellings))] }

// day writes a date as somebody would.
func (l *ledger) day(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	y, m, n := d.YMD()
	return l.one(d.String(), fmt.Sprintf("%d/%d/%d", y, m, n), fmt.Sprintf("%d年%d月%d日", y, m, n), fmt.Sprintf("%d.%d.%d", y, m, n))
}

// row is an application as a ledger has it; date writes the dates.
func (l *ledger) row(a *application, date func(civil.Date) any) []any {
	decided, served := a.finished, civil.Date(0)
	if a.served {
		served = a.finished
		decided = max(a.received, a.finished.AddDays(-l.rnd.IntN(3)))
	}
	result := ""
	if a.result != "" {
		result = l.one(string(a.result), a.result.Label(), a.result.FullLabel())
		if a.result == report.OtherOther || a.result == report.OtherAll {
			result = l.one(string(a.result), a.result.FullLabel()) // 其他 alone could be several
		}
	}
	kind := l.one(string(a.column), a.column.Label())
	name := fmt.Sprintf("申请人%d", a.applicant)
	return []any{
		a.no, kind, name, "关于某事项的第" + a.no + "件申请", l.one("", "网上申请", "EMS", "in_person", "信函"),
		date(a.received), l.one("", "李经办"), result, date(decided), date(served), l.one("", "0", "30元"),
	}
}

var blockWords = map[report.Block][]string{
	report.Review:          {"review", "行政复议"},
	report.SuitDirect:      {"suit_direct", "未经复议直接起诉", "行政诉讼（未经复议直接起诉）"},
	report.SuitAfterReview: {"suit_after_review", "复议后起诉", "行政诉讼/复议后起诉"},
}

func outcomeWords(b report.Block, o report.Outcome) []string {
	review := b == report.Review
	switch {
	case o == report.Upheld && review:
		return []string{"upheld", "结果维持", "维持", "claim_rejected"}
	case o == report.Upheld:
		return []string{"upheld", "结果维持", "驳回诉讼请求"}
	case o == report.Corrected:
		return []string{"corrected", "结果纠正", "撤销", "confirmed_unlawful"}
	case o == report.Other:
		return []string{"other", "其他结果", "withdrawn"}
	}
	return []string{"", "尚未审结"}
}

func (l *ledger) disputeRow(d *proceeding, date func(civil.Date) any) []any {
	return []any{
		l.one(blockWords[d.block]...), d.no, d.about, date(d.received), l.one(outcomeWords(d.block, d.outcome)...), date(d.decided),
	}
}

// csvFiles writes the ledger as two CSV files.
func (l *ledger) csvFiles(t testing.TB) (applications, disputes string) {
	t.Helper()
	date := func(d civil.Date) any { return l.day(d) }
	var rows, more [][]any
	for _, a := range l.applications {
		rows = append(rows, l.row(a, date))
	}
	for _, d := range l.proceedings {
		more = append(more, l.disputeRow(d, date))
	}
	return toCSV(t, headingsEN, rows), toCSV(t, disputeHeadings2, more)
}

func toCSV(t testing.TB, heads []string, rows [][]any) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	require.NoError(t, w.Write(heads))
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, v := range r {
			cells[i] = fmt.Sprint(v)
		}
		require.NoError(t, w.Write(cells))
	}
	w.Flush()
	require.NoError(t, w.Error())
	return b.String()
}

// workbook writes the ledger as a workbook with a title above the headings, real
// dates beside typed ones, and the proceedings on a second sheet.
func (l *ledger) workbook(t testing.TB) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // in memory
	date := func(d civil.Date) any {
		if d.IsZero() {
			return nil
		}
		if l.rnd.IntN(2) == 0 {
			return l.day(d)
		}
		y, m, n := d.YMD()
		return time.Date(y, time.Month(m), n, 0, 0, 0, 0, time.UTC)
	}
	var rows, more [][]any
	for _, a := range l.applications {
		rows = append(rows, l.row(a, date))
	}
	for _, d := range l.proceedings {
		more = append(more, l.disputeRow(d, date))
	}
	sheet(t, f, "复议诉讼", disputeHeadings, more)
	sheet(t, f, "依申请公开台账", headings, rows)
	require.NoError(t, f.SetCellValue("Sheet1", "A1", "填报说明"))
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.String()
}

func sheet(t testing.TB, f *excelize.File, name string, heads []string, rows [][]any) {
	t.Helper()
	_, err := f.NewSheet(name)
	require.NoError(t, err)
	w, err := f.NewStreamWriter(name)
	require.NoError(t, err)
	require.NoError(t, w.SetRow("A1", []any{name}))
	cells := make([]any, len(heads))
	for i, h := range heads {
		cells[i] = h
	}
	require.NoError(t, w.SetRow("A3", cells))
	for i, r := range rows {
		require.NoError(t, w.SetRow(fmt.Sprintf("A%d", i+4), r))
	}
	require.NoError(t, w.Flush())
}
