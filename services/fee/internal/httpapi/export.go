package httpapi

import (
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/sheet"
)

// maxExport bounds the rows of one exported list; a longer one goes on with the
// cursor that stands in the header nextCursor.
const maxExport = 10_000

const nextCursor = "X-Next-Cursor"

// taken answers a list as a file when the caller asks for CSV or a workbook, and says
// whether it did. page reads one page as rows.
func (a *API) taken(c echo.Context, name string, title problem.Text, heads []problem.Text, page func(limit int, cursor string) (rows [][]any, next string, err error)) (done bool, err error) {
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, sheet.XLSXType, sheet.CSVType)
	if err != nil || as == echo.MIMEApplicationJSON {
		return false, err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return true, err
	}
	_, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return true, err
	}
	lang := httpkit.Lang(c)
	list := sheet.List{Title: title.In(lang), Note: staff.Office + " " + a.app.Today().String()}
	for _, h := range heads {
		list.Heads = append(list.Heads, h.In(lang))
	}
	for {
		rows, next, err := page(min(500, maxExport-len(list.Rows)), cursor)
		if err != nil {
			return true, err
		}
		list.Rows = append(list.Rows, rows...)
		if next == "" {
			break
		}
		if cursor = next; len(list.Rows) >= maxExport {
			c.Response().Header().Set(nextCursor, next)
			break
		}
	}
	write, suffix := list.XLSX, ".xlsx"
	if as == sheet.CSVType {
		write, suffix, as = list.CSV, ".csv", as+"; charset=utf-8"
	}
	file, err := write()
	if err != nil {
		return true, err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name + suffix}))
	return true, c.Blob(http.StatusOK, as, file)
}

// heading is a heading in both languages.
func heading(zh, en string) problem.Text { return problem.Text{ZH: zh, EN: en} }

// The headings of the lists.
var (
	busyHeads = []problem.Text{
		heading("申请人（编号）", "Applicant (digest)"), heading("期间", "Window"), heading("件数", "Items"), heading("案件数", "Cases"),
		heading("本机关件数", "Items of the office"), heading("占比（%）", "Share (%)"), heading("达到提示标准", "Signal"),
	}
	countedHeads = []problem.Text{
		heading("登记编号", "Register number"), heading("案件", "Case"), heading("收到日期", "Received on"), heading("件数", "Items"),
		heading("起始序号", "From"), heading("终止序号", "To"), heading("按件计收（元）", "Per item (yuan)"),
		heading("已撤回", "Withdrawn"), heading("按量计收", "Per page"),
	}
	findingHeads = []problem.Text{
		heading("认定编号", "Finding"), heading("申请人（编号）", "Applicant (digest)"), heading("月份", "Month"), heading("状态", "State"),
		heading("件数", "Items"), heading("理由", "Grounds"), heading("认定日期", "Found on"), heading("认定人", "Found by"),
		heading("审批日期", "Decided on"), heading("审批人", "Decided by"), heading("审批意见", "Note"),
	}
	noticeHeads = []problem.Text{
		heading("通知编号", "Notice"), heading("登记编号", "Register number"), heading("案件", "Case"), heading("状态", "State"),
		heading("计收方式", "Method"), heading("件数", "Items"), heading("页数", "Pages"), heading("金额（元）", "Amount (yuan)"),
		heading("通知日期", "Noticed on"), heading("收到通知日期", "Notice received on"), heading("缴费期限", "Pay by"),
		heading("缴费日期", "Paid on"), heading("财政票据号码", "Receipt"), heading("失效日期", "Lapsed on"), heading("已退（元）", "Refunded (yuan)"),
	}
	mergeHeads = []problem.Text{
		heading("申请人（编号）", "Applicants (digests)"), heading("合并理由", "Reason"), heading("合并人", "Merged by"), heading("合并时间", "Merged at"),
		heading("撤销理由", "Reason of separation"), heading("撤销人", "Separated by"), heading("撤销时间", "Separated at"),
	}
	remittanceHeads = []problem.Text{
		heading("缴费编号", "Event"), heading("通知编号", "Notice"), heading("状态", "State"), heading("缴费日期", "Paid on"), heading("金额（元）", "Amount (yuan)"),
		heading("财政票据号码", "Receipt"), heading("原因", "Reason"), heading("处理情况", "Resolution"),
	}
	statementHeads = []problem.Text{
		heading("项目", "Figure"), heading("登记编号", "Register number"), heading("案件", "Case"), heading("通知编号", "Notice"),
		heading("日期", "Day"), heading("金额（元）", "Yuan"), heading("财政票据号码", "Receipt"),
	}
)

// yes is how a list shows that something holds.
func yes(b bool, lang string) string {
	if !b {
		return ""
	}
	return problem.Text{ZH: "是", EN: "yes"}.In(lang)
}

// dayOf is a day as a list shows it: empty when there is none.
func dayOf[T interface {
	IsZero() bool
	String() string
}](d T,
) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
