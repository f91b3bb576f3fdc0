package httpapi

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/domain"
)

// maxTried bounds the cases of a month that can be tried out.
const maxTried = 5000

type whatIfRequest struct {
	CaseID    string         `json:"case_id" validate:"required_without=Applicant,max=128"`
	Applicant string         `json:"applicant" validate:"max=200"`
	Month     string         `json:"month"`
	Changes   []changeOfCase `json:"changes" validate:"max=200,dive"`
	Add       []addedCase    `json:"add" validate:"max=200,dive"`
}

// changeOfCase is what a case of the month would be.
type changeOfCase struct {
	CaseID string `json:"case_id" validate:"required,max=128"`
	Items  *int   `json:"items" validate:"omitempty,min=0,max=1000"` // absent: as it is
	Pages  int    `json:"pages" validate:"min=0,max=1000000"`
}

// addedCase is an application that would come.
type addedCase struct {
	ReceivedOn civil.Date `json:"received_on"`
	Items      int        `json:"items" validate:"min=0,max=1000"`
	Pages      int        `json:"pages" validate:"min=0,max=1000000"`
}

type triedView struct {
	CaseID     string          `json:"case_id,omitempty"` // absent for a case that would come
	RegisterNo string          `json:"register_no,omitempty"`
	ReceivedOn civil.Date      `json:"received_on"`
	Before     *domain.Charged `json:"before,omitempty"`
	After      *domain.Charged `json:"after,omitempty"`
}

type whatIfSum struct {
	Items     int   `json:"items"`
	Cases     int   `json:"cases"`
	TotalYuan int64 `json:"total_yuan"`
}

func (s *whatIfSum) add(c *domain.Charged) {
	if c == nil {
		return
	}
	s.Cases++
	s.TotalYuan += c.FeeYuan
	if c.From > 0 {
		s.Items += c.Items
	}
}

type whatIfView struct {
	Applicant      string      `json:"applicant"`
	Month          string      `json:"month"`
	Before         whatIfSum   `json:"before"`
	After          whatIfSum   `json:"after"`
	DifferenceYuan int64       `json:"difference_yuan"`
	Cases          []triedView `json:"cases"`
}

// whatIf answers POST /v1/fees/what-if: an applicant's real month, tried out with other
// figures. Nothing is stored.
func (a *API) whatIf(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[whatIfRequest](c)
	if err != nil {
		return err
	}
	out, err := a.monthOf(c, staff.Office, req)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	policy, _, err := a.app.Policy(ctx, staff.Office)
	if err != nil {
		return err
	}
	month, next, err := a.app.Whole(ctx, staff.Office, out.Applicant, domain.Window(out.Month), policy, maxTried)
	if err != nil {
		return err
	}
	if next {
		return problem.New(problem.TooLarge,
			fmt.Sprintf("该申请人当月超过%d个案件，不能逐件试算。", maxTried), fmt.Sprintf("The month has more than %d cases.", maxTried))
	}
	changes, err := changesOf(req, out.Month, month, a.app.Today())
	if err != nil {
		return err
	}
	tried, err := domain.TryOut(month, changes, policy)
	if err != nil {
		return err
	}
	out.Cases = make([]triedView, 0, len(tried))
	for _, t := range tried {
		out.Before.add(t.Before)
		out.After.add(t.After)
		out.Cases = append(out.Cases, triedView(t))
	}
	out.DifferenceYuan = out.After.TotalYuan - out.Before.TotalYuan
	return c.JSON(http.StatusOK, out)
}

// monthOf finds the applicant and the month that are tried out.
func (a *API) monthOf(c echo.Context, office string, req whatIfRequest) (whatIfView, error) {
	ctx, out := c.Request().Context(), whatIfView{Applicant: req.Applicant, Month: req.Month}
	if req.Month != "" && !isMonth(req.Month) {
		return out, problem.InvalidFields(problem.At("/month", "bad_month", "月份应写作 2026-11。", "A month is written 2026-11."))
	}
	if req.CaseID != "" {
		cs, err := a.app.Case(ctx, office, req.CaseID)
		if err != nil {
			return out, err
		}
		if out.Applicant == "" {
			out.Applicant = cs.Principal()
		}
		if out.Month == "" {
			out.Month = cs.Month()
		}
	}
	if out.Month == "" {
		out.Month = domain.MonthOf(a.app.Today())
	}
	var err error
	out.Applicant, err = a.app.Person(ctx, office, out.Applicant)
	return out, err
}

func changesOf(req whatIfRequest, month string, counted []domain.Counted, today civil.Date) ([]domain.Change, error) {
	var faults []problem.Field
	changes := make([]domain.Change, 0, len(req.Changes)+len(req.Add))
	have := map[string]int{}
	for _, m := range counted {
		have[m.CaseID] = m.Items
	}
	for _, x := range req.Changes {
		change := domain.Change{CaseID: x.CaseID, Items: have[x.CaseID], Pages: x.Pages}
		if x.Items != nil {
			change.Items = *x.Items
		}
		changes = append(changes, change)
	}
	first, last := domain.Window(month).Bounds()
	for i, x := range req.Add {
		if x.ReceivedOn == 0 {
			x.ReceivedOn = max(first, min(today, last))
		}
		if x.ReceivedOn < first || x.ReceivedOn > last {
			faults = append(faults, problem.At(fmt.Sprintf("/add/%d/received_on", i), "not_in_month",
				"日期不在该月内。", "The day lies outside the month."))
		}
		if x.Items == 0 && x.Pages == 0 {
			faults = append(faults, problem.At(fmt.Sprintf("/add/%d/items", i), "required",
				"应填写数量，且不少于1。", "A figure of at least 1 is required."))
		}
		changes = append(changes, domain.Change{ReceivedOn: x.ReceivedOn, Items: max(x.Items, 1), Pages: x.Pages})
	}
	if len(faults) > 0 {
		return nil, problem.InvalidFields(faults...)
	}
	return changes, nil
}
