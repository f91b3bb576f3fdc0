package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
	"zhiqing.dev/services/fee/internal/domain"
)

// previewRequest asks what a notice on a case would say. Items and pages may be tried
// out; nothing is stored.
type previewRequest struct {
	CaseID    string     `json:"case_id" validate:"required,max=128"`
	Applicant string     `json:"applicant" validate:"max=200"`
	Items     int        `json:"items"`
	Pages     int        `json:"pages"`
	NoticedOn civil.Date `json:"noticed_on"`
	// PointsOnly: the reply will deliver no page (条例 art. 36(1), (2)).
	PointsOnly bool `json:"reply_points_only"`
}

type obstacleView struct {
	Code   problem.Code `json:"code"`
	Detail string       `json:"detail"`
	Rule   string       `json:"rule,omitempty"`
}

type previewView struct {
	CaseID         string     `json:"case_id"`
	Applicant      string     `json:"applicant"`
	Month          string     `json:"month"`
	AlreadyCounted int        `json:"already_counted"`
	Items          int        `json:"items"`
	PerItem        *quoteView `json:"per_item,omitempty"`
	PerPage        *quoteView `json:"per_page,omitempty"` // when pages are given
	// PerPageObstacle says why the page tariff cannot be chosen.
	PerPageObstacle *obstacleView `json:"per_page_obstacle,omitempty"`
	// ReplyDue ends the processing period in which a notice may be issued.
	ReplyDue civil.Date `json:"reply_due,omitzero"`
	MayIssue bool       `json:"may_issue"`
	// Obstacles say why no notice can be issued now.
	Obstacles []obstacleView `json:"obstacles"`
}

// preview answers POST /v1/fees/preview: both methods side by side.
func (a *API) preview(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[previewRequest](c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	env, err := a.app.Env(ctx, staff)
	if err != nil {
		return err
	}
	g, err := a.app.Ground(ctx, staff.Office, req.CaseID, req.Applicant)
	if err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	out := previewView{CaseID: req.CaseID, Applicant: g.Applicant, Month: g.Month, Obstacles: []obstacleView{}}
	if g.At != nil {
		out.AlreadyCounted, out.Items = g.At.From-1, g.At.Items
	}
	if req.Items != 0 {
		out.Items = req.Items
	}
	if out.Items != 0 {
		if out.PerItem, err = quoted(tariff.Request{Method: tariff.PerItem, AlreadyCounted: out.AlreadyCounted, Items: out.Items}, lang); err != nil {
			return err
		}
	}
	if req.PointsOnly {
		p := domain.PointsOnly()
		out.PerPageObstacle = &obstacleView{p.Code, p.Detail.In(lang), p.Rule}
	} else if req.Pages != 0 {
		if out.PerPage, err = quoted(tariff.Request{Method: tariff.PerPage, Pages: req.Pages}, lang); err != nil {
			return err
		}
	}
	on := req.NoticedOn
	if on == 0 {
		on = env.Today
	}
	obstacles := g.Obstacles(on, env)
	if due, err := g.Period(on, env); err == nil {
		out.ReplyDue = due
	}
	for _, p := range obstacles {
		out.Obstacles = append(out.Obstacles, obstacleView{p.Code, p.Detail.In(lang), p.Rule})
	}
	out.MayIssue = len(obstacles) == 0
	return c.JSON(http.StatusOK, out)
}

func quoted(r tariff.Request, lang string) (*quoteView, error) {
	q, err := tariff.Calculate(r)
	if err != nil {
		return nil, err
	}
	v := quoteOf(q, lang)
	return &v, nil
}
