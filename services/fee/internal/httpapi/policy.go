package httpapi

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/fee/internal/domain"
)

type policyRequest struct {
	RequireExcessFinding *bool   `json:"require_excess_finding"`
	SignalItems          *int    `json:"signal_items"`
	SignalQuarterItems   *int    `json:"signal_quarter_items"`
	SignalYearItems      *int    `json:"signal_year_items"`
	SignalSharePercent   *int    `json:"signal_share_percent"`
	SignalRepeats        *int    `json:"signal_repeats"`
	NearRepeatPercent    *int    `json:"near_repeat_percent"`
	PetitionScore        *int    `json:"petition_score"`
	CountWithdrawn       *bool   `json:"count_withdrawn"`
	CountWhenPerPage     *bool   `json:"count_when_per_page"`
	HowToPay             *string `json:"how_to_pay" validate:"omitempty,plain,max=2000"`
}

func (a *API) policy(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	p, rev, err := a.app.Policy(c.Request().Context(), staff.Office)
	if err != nil {
		return err
	}
	if rev > 0 {
		httpkit.ETag(c, rev)
	}
	return c.JSON(http.StatusOK, p)
}

// setPolicy answers PUT /v1/fees/policy; what the request does not name has its
// default.
func (a *API) setPolicy(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	seen, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[policyRequest](c)
	if err != nil {
		return err
	}
	p := domain.DefaultPolicy()
	set(&p.RequireExcessFinding, req.RequireExcessFinding)
	set(&p.SignalItems, req.SignalItems)
	set(&p.SignalQuarterItems, req.SignalQuarterItems)
	set(&p.SignalYearItems, req.SignalYearItems)
	set(&p.SignalSharePercent, req.SignalSharePercent)
	set(&p.SignalRepeats, req.SignalRepeats)
	set(&p.NearRepeatPercent, req.NearRepeatPercent)
	set(&p.PetitionScore, req.PetitionScore)
	set(&p.CountWithdrawn, req.CountWithdrawn)
	set(&p.CountWhenPerPage, req.CountWhenPerPage)
	set(&p.HowToPay, req.HowToPay)
	p.HowToPay = strings.TrimSpace(p.HowToPay)
	p, rev, err := a.app.SetPolicy(c.Request().Context(), staff.Office, p, seen)
	if err != nil {
		return err
	}
	httpkit.ETag(c, rev)
	return c.JSON(http.StatusOK, p)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
