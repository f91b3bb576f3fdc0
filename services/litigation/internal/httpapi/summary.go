package httpapi

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/workbook"
)

func (a *API) summary(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "period", "from", "to"); err != nil {
		return err
	}
	p, err := periodOf(c)
	if err != nil {
		return err
	}
	if p.From > today {
		return problem.InvalidFields(problem.At("period", "date_in_future",
			"统计期间尚未开始。", "The period has not begun."))
	}
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType)
	if err != nil {
		return err
	}
	out, err := a.Reports.Summary(c.Request().Context(), staff.Office, p, today, a.Calendar())
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	if as == workbook.MediaType {
		book, err := workbook.Summary(out)
		if err != nil {
			return err
		}
		return sendFile(c, workbook.MediaType, fmt.Sprintf("政府信息公开依申请工作总结-%s.xlsx", out.Period.Name), book)
	}
	if httpkit.Lang(c) == httpkit.English {
		for i := range out.Checks {
			out.Checks[i].Detail = out.Checks[i].DetailEN
		}
	}
	return c.JSON(http.StatusOK, out)
}

func periodOf(c echo.Context) (domain.Period, error) {
	from, err := httpkit.Date(c, "from")
	if err != nil {
		return domain.Period{}, err
	}
	to, err := httpkit.Date(c, "to")
	if err != nil {
		return domain.Period{}, err
	}
	name := c.QueryParam("period")
	if name == "" {
		return domain.Range(from, to)
	}
	if !from.IsZero() || !to.IsZero() {
		return domain.Period{}, problem.InvalidFields(problem.At("period", "contradiction",
			"请用 period 或者 from、to 之一指定期间。", "Name the period by period or by from and to, not both."))
	}
	return domain.ParsePeriod(name)
}

// lessonView is a corrected proceeding as a warning for the next officer. It names
// nobody.
type lessonView struct {
	reporting.Lost
	Decision lessonDecision `json:"decision"`
}

type lessonDecision struct {
	Kind      string     `json:"kind"`
	KindLabel string     `json:"kind_label"`
	Ground    string     `json:"ground,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	Row       report.Row `json:"row,omitempty"`
	RowLabel  string     `json:"row_label,omitempty"`
	DecidedOn civil.Date `json:"decided_on,omitzero"`
}

func (a *API) lessons(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "kind", "ground", "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	kind, err := httpkit.Choice(c, "kind", decisionKinds()...)
	if err != nil {
		return err
	}
	var ground *string
	if c.QueryParams().Has("ground") {
		g := c.QueryParam("ground")
		ground = &g
		if kind == "" || len(g) > 40 {
			return problem.InvalidFields(problem.At("ground", "needs_kind",
				"按理由查询时须同时指定决定类型 kind。", "A ground goes with the kind of the decision."))
		}
	}
	docs, next, err := a.Proceedings.Lessons(c.Request().Context(), staff.Office, string(kind), ground, limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[lessonView]{Items: make([]lessonView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		at := d.Value.Attacked
		entry, _ := decision.Of(decision.Kind(at.Kind))
		out.Items = append(out.Items, lessonView{reporting.LostOf(d.Value), lessonDecision{
			Kind: at.Kind, KindLabel: entry.Label, Ground: at.Ground, Subject: at.Subject,
			Row: at.Row, RowLabel: at.Row.FullLabel(), DecidedOn: at.DecidedOn,
		}})
	}
	return c.JSON(http.StatusOK, out)
}

func decisionKinds() []decision.Kind {
	all := decision.All()
	kinds := make([]decision.Kind, len(all))
	for i, e := range all {
		kinds[i] = e.Kind
	}
	return kinds
}
