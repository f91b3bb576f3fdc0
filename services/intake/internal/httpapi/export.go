package httpapi

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/sheet"
	"zhiqing.dev/services/intake/internal/store"
)

const (
	// exportTime is how long a table may take to go out.
	exportTime = 10 * time.Minute
	// exportPage is how many cases are in memory at once.
	exportPage = 200
	// exportsAtOnce bounds the tables that are being written at the same time.
	exportsAtOnce = 4
)

// column is one column of an exported list. The keys and headings of what a ledger
// holds are the ledger's own.
type column struct {
	key  string
	head string // Chinese
	cell func(caseRow, *domain.Case, string) string
}

var columns = []column{
	{"register_no", "登记编号", func(r caseRow, _ *domain.Case, _ string) string { return r.RegisterNo }},
	{"receipt", "受理号", func(r caseRow, _ *domain.Case, _ string) string { return r.Receipt }},
	{"status", "状态", func(r caseRow, _ *domain.Case, _ string) string { return r.StatusLabel }},
	{"waiting_for", "等待", func(r caseRow, _ *domain.Case, _ string) string { return r.WaitingForLabel }},
	{"applicant_kind", "申请人类型", func(r caseRow, _ *domain.Case, _ string) string { return r.ApplicantKindLabel }},
	{"applicant_name", "申请人", func(r caseRow, _ *domain.Case, _ string) string { return r.ApplicantName }},
	{"title", "标题", func(r caseRow, _ *domain.Case, _ string) string { return r.Title }},
	{"description", "申请内容", func(_ caseRow, c *domain.Case, _ string) string { return c.Content.Description }},
	{"document_number", "文号", func(_ caseRow, c *domain.Case, _ string) string { return c.Content.DocumentNumber }},
	{"channel", "申请渠道", func(r caseRow, _ *domain.Case, _ string) string { return r.ChannelLabel }},
	{"arrived_on", "到达日期", func(r caseRow, _ *domain.Case, _ string) string { return day(r.ArrivedOn) }},
	{"received_on", "收到日期", func(r caseRow, _ *domain.Case, _ string) string { return day(r.ReceivedOn) }},
	{"due_on", "到期日", func(r caseRow, _ *domain.Case, _ string) string { return day(r.DueOn) }},
	{"reply_due", "答复期限", func(r caseRow, _ *domain.Case, _ string) string { return day(r.ReplyDue) }},
	{"overdue", "是否超期", func(r caseRow, _ *domain.Case, lang string) string { return yes(r.Overdue, lang) }},
	{"assignee", "经办人", func(r caseRow, _ *domain.Case, _ string) string { return r.AssigneeName }},
	{"items", "件数", func(r caseRow, _ *domain.Case, _ string) string { return strconv.Itoa(r.Items) }},
	{"decision_kind", "决定类型", func(r caseRow, _ *domain.Case, _ string) string { return r.DecisionKindLabel }},
	{"result", "办理结果", func(r caseRow, _ *domain.Case, lang string) string {
		if lang == "en" {
			return report.Row(r.ReportRow).LabelEN()
		}
		return report.Row(r.ReportRow).Label()
	}},
	{"decided_on", "答复日期", func(_ caseRow, c *domain.Case, _ string) string {
		if c.Decision == nil {
			return ""
		}
		return day(c.Decision.SignedOn)
	}},
	{"served_on", "送达日期", func(_ caseRow, c *domain.Case, _ string) string {
		if c.Decision == nil {
			return ""
		}
		return day(c.Decision.ServedOn)
	}},
	{"finished_on", "办结日期", func(r caseRow, _ *domain.Case, _ string) string { return day(r.FinishedOn) }},
}

func day(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func yes(b bool, lang string) string {
	switch {
	case b && lang == "en":
		return "yes"
	case b:
		return "是"
	}
	return ""
}

// exported is a list of cases as a table: the whole list, in its order, with
// applicants' names masked as lists show them. Page by page it is written while the
// next is read, so that its size does not matter.
func (h *handlers) exported(c echo.Context, f store.Filter, mediaType string) error {
	ctx := c.Request().Context()
	select {
	case h.exports <- struct{}{}:
		defer func() { <-h.exports }()
	case <-ctx.Done():
		return problem.New(problem.Unavailable, "正在导出其他清单，请稍后再试。",
			"Other lists are being exported; try again later.").Because(ctx.Err())
	}
	// The first page shows whether the question can be answered at all.
	docs, next, err := store.List(ctx, h.desk.Cases, f, exportPage, "")
	if err != nil {
		return err
	}
	name, content := "案件清单-"+f.Today.String()+".csv", sheet.CSV+"; charset=utf-8"
	if mediaType == sheet.XLSX {
		name, content = "案件清单-"+f.Today.String()+".xlsx", sheet.XLSX
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, content)
	header.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	header.Add(echo.HeaderVary, "Accept, Accept-Language")
	header.Set("Cache-Control", "no-store")
	c.Response().WriteHeader(http.StatusOK)
	err = h.writeTable(ctx, c.Response(), mediaType, httpkit.Lang(c), f, docs, next)
	if err != nil {
		httpkit.CutOff(c)
	}
	return err
}

func (h *handlers) writeTable(
	ctx context.Context, out io.Writer, mediaType, lang string, f store.Filter, docs []app.Doc, next string,
) error {
	heads := make([]string, len(columns))
	for i, col := range columns {
		if heads[i] = col.head; lang == "en" {
			heads[i] = col.key
		}
	}
	w, err := sheet.New(out, mediaType, "案件", heads)
	if err != nil {
		return err
	}
	cells := make([]string, len(columns))
	for {
		for _, d := range docs {
			r := row(d, f.Today, lang)
			for i, col := range columns {
				cells[i] = col.cell(r, d.Value, lang)
			}
			if err := w.Row(cells); err != nil {
				return err
			}
		}
		if next == "" {
			return w.Close()
		}
		if docs, next, err = store.List(ctx, h.desk.Cases, f, exportPage, next); err != nil {
			return err
		}
	}
}
