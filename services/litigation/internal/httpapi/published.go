package httpapi

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/store"
	"zhiqing.dev/services/litigation/internal/workbook"
)

// maxPublished bounds a report that is brought in, and the time it may take.
const (
	maxPublished = 8 << 20
	publishTime  = time.Minute
)

// publishedBody is a published report as it is exchanged. What else such a file
// says of itself (notes, its own verdicts) is left aside.
type publishedBody struct {
	Year   int           `json:"year"`
	Scope  report.Whose  `json:"scope"`
	Agency string        `json:"agency"`
	Title  string        `json:"title"`
	Table2 report.Table2 `json:"table2"`
	Table3 report.Table3 `json:"table3"`
	Table4 report.Table4 `json:"table4"`
	// Text is the report's text, for V6.
	Text string `json:"text"`
	// AcceptInconsistent keeps a report as it was printed although it contradicts
	// itself; Reason says why.
	AcceptInconsistent bool   `json:"accept_inconsistent"`
	Reason             string `json:"reason"`
}

type publishedView struct {
	Year           int            `json:"year"`
	Office         string         `json:"office"`
	Scope          report.Whose   `json:"scope"`
	Title          string         `json:"title,omitempty"`
	Agency         string         `json:"agency,omitempty"`
	Source         string         `json:"source"`
	Format         string         `json:"format,omitempty"`
	FormatExpected string         `json:"format_expected"`
	OK             bool           `json:"ok"`
	Table2         report.Table2  `json:"table2,omitempty"`
	Table3         report.Table3  `json:"table3,omitempty"`
	Table4         report.Table4  `json:"table4,omitempty"`
	Checks         []report.Check `json:"checks"`
	Reason         string         `json:"reason,omitempty"`
	ImportedAt     time.Time      `json:"imported_at"`
	ImportedBy     string         `json:"imported_by"`
	Replaced       int            `json:"replaced"` // how many were there before
}

// publish brings in a year's report as it was published.
func (a *API) publish(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "scope", "accept_inconsistent", "reason"); err != nil {
		return err
	}
	year, err := a.year(c, today)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	body, source, err := readPublished(c, content)
	if err != nil {
		return err
	}
	if faults := strangePublished(body, year); len(faults) > 0 {
		return problem.InvalidFields(faults[:min(len(faults), 50)]...)
	}
	if body.Scope == "" {
		body.Scope = report.Own
	}
	ctx := c.Request().Context()
	p := store.Published{
		Office: staff.Office, Scope: body.Scope, Year: year, Title: body.Title, Agency: body.Agency, Source: source,
		Table2: body.Table2, Table3: body.Table3, Table4: body.Table4, At: a.Clock.Now(), By: staff.ID,
	}
	checks, err := a.Reports.Verify(ctx, &p, body.Text)
	if err != nil {
		return err
	}
	p.Failures = report.Failures(checks)
	if faults := contradictions(p.Failures); len(faults) > 0 {
		if !body.AcceptInconsistent {
			return problem.InvalidFields(faults[:min(len(faults), 50)]...)
		}
		if body.Reason == "" {
			return problem.InvalidFields(problem.At("/reason", "required",
				"按原样保存有矛盾的报告，须说明理由。", "Keeping a report that contradicts itself needs a reason."))
		}
		p.Reason = body.Reason
	}
	kept, err := a.Reports.Published.Keep(ctx, p, httpkit.Command(c).Over(fmt.Sprintf("%x", sha256.Sum256(content))).Options()...)
	if errors.Is(err, store.ErrTooOften) {
		return problem.New(problem.IllegalTransition, "该年度报告导入次数已达上限。", "The report of the year was brought in as often as is kept.").Because(err)
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewPublished(c, kept, checks))
}

// readPublished reads the report as JSON or as a workbook.
func readPublished(c echo.Context, content []byte) (body publishedBody, source string, err error) {
	malformed := func(err error) error {
		return problem.New(problem.Malformed, "请求内容无法识别，请提交 JSON 或者 XLSX 文件。", "Send JSON or an XLSX workbook.").Because(err)
	}
	if typ, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); typ != workbook.MediaType { //nolint:errcheck // what is no media type is no workbook
		if err := json.Unmarshal(content, &body); err != nil {
			return body, "", malformed(err)
		}
		return body, "json", nil
	}
	tables, faults, err := workbook.Read(content)
	if err != nil {
		return body, "", malformed(err)
	}
	if len(faults) > 0 {
		return body, "", problem.InvalidFields(faults[:min(len(faults), 50)]...)
	}
	if tables.Table3 == nil && tables.Table4 == nil {
		return body, "", problem.InvalidFields(problem.At("", "no_table",
			"文件中没有找到表三或者表四。", "The workbook holds neither table three nor table four."))
	}
	body.Table3, body.Table4 = tables.Table3, tables.Table4
	if body.Scope, err = httpkit.Choice(c, "scope", report.Own, report.Aggregate); err != nil {
		return body, "", err
	}
	accept, err := httpkit.Choice(c, "accept_inconsistent", "true", "false")
	body.AcceptInconsistent, body.Reason = accept == "true", c.QueryParam("reason")
	return body, "xlsx", err
}

// Limits of what a report says in words.
const (
	maxTitle  = 300
	maxReason = 500
	maxText   = 200_000
)

func strangePublished(b publishedBody, year int) (faults []problem.Field) {
	if b.Year != 0 && b.Year != year {
		faults = append(faults, problem.At("/year", "other_year", "与网址中的年度不一致。", "It is not the year of the address."))
	}
	if b.Scope != "" && b.Scope != report.Own && b.Scope != report.Aggregate {
		faults = append(faults, problem.At("/scope", "unknown", "统计范围应为 own 或者 aggregate。", "The scope is own or aggregate."))
	}
	for _, t := range []struct {
		at, text string
		most     int
	}{{"/title", b.Title, maxTitle}, {"/agency", b.Agency, maxTitle}, {"/reason", b.Reason, maxReason}, {"/text", b.Text, maxText}} {
		if len([]rune(t.text)) > t.most {
			faults = append(faults, problem.At(t.at, "too_long", fmt.Sprintf("不能超过%d个字。", t.most), fmt.Sprintf("At most %d characters.", t.most)))
		}
	}
	if len(b.Table3) == 0 && len(b.Table4) == 0 {
		faults = append(faults, problem.At("/table3", "required", "请至少提供表三或者表四。", "Give table three or table four at least."))
	}
	faults = append(faults, strange2("/table2", b.Table2)...)
	faults = append(faults, strange3("/table3", b.Table3)...)
	return append(faults, strange4(b.Table4)...)
}

// contradictions are the cells that break an arithmetic check. A figure that only
// the text quotes otherwise (V6) is listed and does not keep the tables out.
func contradictions(failed []report.Check) (faults []problem.Field) {
	for _, f := range failed {
		if f.ID == report.V6 {
			continue
		}
		faults = append(faults, problem.At(cellOf(f), f.ID, f.Detail, f.DetailEN))
	}
	return faults
}

// cellOf points to the cell that a failed check names.
func cellOf(f report.Check) string {
	switch {
	case f.ID == report.V4:
		return "/table4/" + string(f.Block) + "/" + string(report.OutcomeTotal)
	case f.ID == report.V3:
		return "/table3/" + string(report.CarriedOut) + "/" + string(f.Column)
	case f.ID == report.V7:
		return "/table2/" + f.Item + "/in_force"
	case f.Row != "":
		return "/table3/" + string(f.Row) + "/" + string(f.Column)
	}
	return "/scope"
}

func viewPublished(c echo.Context, p *store.Published, checks []report.Check) publishedView {
	if httpkit.Lang(c) == httpkit.English {
		for i := range checks {
			checks[i].Detail = checks[i].DetailEN
		}
	}
	v := publishedView{
		Year: p.Year, Office: p.Office, Scope: p.Scope, Title: p.Title, Agency: p.Agency, Source: p.Source,
		FormatExpected: report.FormatFor(p.Year).ID, OK: len(p.Failures) == 0, Table2: p.Table2, Table3: p.Table3, Table4: p.Table4,
		Checks: checks, Reason: p.Reason, ImportedAt: p.At, ImportedBy: p.By, Replaced: len(p.Earlier),
	}
	if p.Table3 != nil {
		v.Format = p.Table3.Format().ID
	}
	return v
}

// showPublished shows a year's report as it was brought in: blank cells are blank.
func (a *API) showPublished(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "scope"); err != nil {
		return err
	}
	year, err := a.year(c, today)
	if err != nil {
		return err
	}
	scope, err := scopeOf(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType)
	if err != nil {
		return err
	}
	p, err := a.Reports.Published.Of(c.Request().Context(), staff.Office, scope, year)
	if err != nil {
		return err
	}
	if p == nil {
		return docstore.ErrNotFound
	}
	if as == workbook.MediaType {
		book, err := workbook.Annual(&reporting.Annual{
			Year: p.Year, Office: p.Office, Scope: p.Scope, Format: p.Table3.Format().ID, Table3: p.Table3, Table4: p.Table4, Printed: true,
		})
		if err != nil {
			return err
		}
		return sendFile(c, as, fmt.Sprintf("政府信息公开工作年度报告统计表-%d-已公布.xlsx", year), book)
	}
	checks, err := a.Reports.Verify(c.Request().Context(), p, "")
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewPublished(c, p, checks))
}
