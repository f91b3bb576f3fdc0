package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/app"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

type findingView struct {
	ID         string              `json:"id"`
	Applicant  string              `json:"applicant"`
	Month      string              `json:"month"`
	State      domain.FindingState `json:"state"`
	StateLabel string              `json:"state_label"`
	Grounds    string              `json:"grounds"`
	FoundOn    civil.Date          `json:"found_on"`
	FoundBy    string              `json:"found_by"`
	Evidence   domain.Evidence     `json:"evidence"`
	DecidedOn  civil.Date          `json:"decided_on,omitzero"`
	DecidedBy  string              `json:"decided_by,omitempty"`
	DecidedAt  time.Time           `json:"decided_at,omitzero"`
	Note       string              `json:"note,omitempty"`
	Rule       string              `json:"rule"`
}

var findingLabels = map[domain.FindingState]problem.Text{
	domain.FindingRecorded: {ZH: "已认定，待批准", EN: "recorded, to be approved"},
	domain.FindingApproved: {ZH: "已批准", EN: "approved"},
	domain.FindingRejected: {ZH: "未批准", EN: "rejected"},
}

func findingOf(f *domain.Finding, lang string) findingView {
	v := findingView{
		ID: f.ID, Applicant: f.Applicant, Month: f.Month, State: f.State, StateLabel: findingLabels[f.State].In(lang),
		Grounds: f.Grounds, FoundOn: f.FoundOn, FoundBy: f.FoundBy, Evidence: f.Evidence,
		DecidedOn: f.DecidedOn, DecidedBy: f.DecidedBy, DecidedAt: f.DecidedAt, Note: f.Note, Rule: "条例 art. 35, 42",
	}
	if v.Evidence.Cases == nil {
		v.Evidence.Cases = []domain.Counted{}
	}
	return v
}

type findingRequest struct {
	CaseID    string     `json:"case_id" validate:"required_without=Applicant,max=128"`
	Applicant string     `json:"applicant" validate:"max=200"`
	Month     string     `json:"month"`
	Grounds   string     `json:"grounds" validate:"required,notblank,plain,max=4000"`
	FoundOn   civil.Date `json:"found_on"`
}

// recordFinding answers POST /v1/fees/findings.
func (a *API) recordFinding(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[findingRequest](c)
	if err != nil {
		return err
	}
	if req.Month != "" && !isMonth(req.Month) {
		return problem.InvalidFields(problem.At("/month", "bad_month", "月份应写作 2026-11。", "A month is written 2026-11."))
	}
	ctx := c.Request().Context()
	key := domain.LedgerKey{Applicant: req.Applicant, Month: req.Month}
	if req.CaseID != "" {
		g, err := a.app.Ground(ctx, staff.Office, req.CaseID, req.Applicant)
		if err != nil {
			return err
		}
		key.Applicant = g.Person
		if key.Month == "" {
			key.Month = g.Month
		}
	}
	if key.Month == "" {
		return problem.InvalidFields(problem.At("/month", "required", "应写明认定所针对的月份。", "The month of the finding is required."))
	}
	doc, err := a.app.RecordFinding(ctx, httpkit.Command(c), staff, app.NewFinding{Key: key, Grounds: req.Grounds, FoundOn: req.FoundOn})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/fees/findings/"+doc.ID)
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusCreated, findingOf(doc.Value, httpkit.Lang(c)))
}

// findings answers GET /v1/fees/findings.
func (a *API) findings(c echo.Context) error {
	if err := httpkit.Query(c, "state", "applicant", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	state, err := httpkit.Choice(c, "state", domain.FindingRecorded, domain.FindingApproved, domain.FindingRejected)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	q := docstore.Query{Index: store.FindingsByState, Eq: []any{staff.Office}, Desc: true, Limit: limit, After: cursor}
	applicant := c.QueryParam("applicant")
	switch {
	case state != "" && applicant != "":
		return problem.InvalidFields(problem.At("state", "exclusive", "state 与 applicant 只能选一个。", "Choose one of state and applicant."))
	case state != "":
		q.Eq = append(q.Eq, string(state))
	case applicant != "":
		q.Index, q.Eq = store.FindingsOfPerson, append(q.Eq, applicant)
	}
	lang := httpkit.Lang(c)
	done, err := a.taken(c, "findings", heading("明显超过合理范围的认定", "Findings of excess"), findingHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			q.Limit, q.After = limit, cursor
			docs, next, err := a.app.Store().Findings.Find(c.Request().Context(), q)
			rows := make([][]any, 0, len(docs))
			for _, d := range docs {
				f := d.Value
				rows = append(rows, []any{
					f.ID, f.Applicant, f.Month, findingLabels[f.State].In(lang), f.Evidence.Items, f.Grounds, dayOf(f.FoundOn), f.FoundBy,
					dayOf(f.DecidedOn), f.DecidedBy, f.Note,
				})
			}
			return rows, next, err
		})
	if done || err != nil {
		return err
	}
	docs, next, err := a.app.Store().Findings.Find(c.Request().Context(), q)
	if err != nil {
		return err
	}
	out := httpkit.List[findingView]{Items: make([]findingView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, findingOf(d.Value, httpkit.Lang(c)))
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) finding(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	doc, err := a.app.Finding(c.Request().Context(), staff.Office, c.Param("id"))
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, findingOf(doc.Value, httpkit.Lang(c)))
}

type approvalRequest struct {
	Approved  *bool      `json:"approved" validate:"required"`
	Note      string     `json:"note" validate:"plain,max=2000"`
	DecidedOn civil.Date `json:"decided_on"`
}

// decideFinding answers POST /v1/fees/findings/{id}/approval.
func (a *API) decideFinding(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[approvalRequest](c)
	if err != nil {
		return err
	}
	doc, err := a.app.DecideFinding(c.Request().Context(), httpkit.Command(c), staff, c.Param("id"), *req.Approved, req.Note, req.DecidedOn)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, findingOf(doc.Value, httpkit.Lang(c)))
}
