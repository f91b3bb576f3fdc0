package httpapi

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// settingsBody is what an office settles because no rule does. It replaces what was
// settled before; what it leaves out goes back to the default.
type settingsBody struct {
	T4Scope report.Scope `json:"t4_scope" validate:"omitempty,oneof=handled filed"`
	T4Basis report.Basis `json:"t4_basis" validate:"omitempty,oneof=case_result case_effective instance"`
	// PartialRemedy is one of decision.Remedy.
	PartialRemedy decision.Remedy `json:"partial_remedy" validate:"omitempty,oneof=REVIEW_FIRST REVIEW_OR_COURT"`
	ReportUpWD    int             `json:"report_up_wd" validate:"omitempty,min=1,max=60"`
	Outcomes      report.Mapping  `json:"outcomes"`
	ReportsTo     string          `json:"reports_to" validate:"omitempty,max=40,line"`
}

type settingsView struct {
	store.Settings
	// Units are the offices that have named this one as their authority.
	Units []string `json:"units"`
}

func (a *API) showSettings(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c); err != nil {
		return err
	}
	s, rev, err := a.Settings.Of(c.Request().Context(), staff.Office)
	if err != nil {
		return err
	}
	return a.answerSettings(c, s, rev)
}

func (a *API) answerSettings(c echo.Context, s store.Settings, rev int64) error {
	units, err := a.Settings.Units(c.Request().Context(), s.Office)
	if err != nil {
		return err
	}
	if rev > 0 {
		httpkit.ETag(c, rev)
	}
	names := make([]string, 0, len(units))
	for _, u := range units {
		names = append(names, u.Office)
	}
	return c.JSON(http.StatusOK, settingsView{s, names})
}

func (a *API) settle(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[settingsBody](c)
	if err != nil {
		return err
	}
	if err := body.Outcomes.Validate(); err != nil {
		return err
	}
	if body.ReportsTo == staff.Office {
		return problem.InvalidFields(problem.At("/reports_to", "own_office",
			"机关不能向自己报送。", "An office does not report to itself."))
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	var opts []docstore.Option
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	ctx, at := c.Request().Context(), a.Clock.Now()
	s, rev, err := a.Settings.Change(ctx, staff.Office, func(s *store.Settings) error {
		d := store.DefaultSettings(staff.Office)
		d.ChangedAt, d.ChangedBy, d.Outcomes, d.ReportsTo = at, staff.ID, body.Outcomes, body.ReportsTo
		if body.T4Scope != "" {
			d.T4Scope = body.T4Scope
		}
		if body.T4Basis != "" {
			d.T4Basis = body.T4Basis
		}
		if body.PartialRemedy != "" {
			d.PartialRemedy = body.PartialRemedy
		}
		if body.ReportUpWD != 0 {
			d.ReportUpWD = body.ReportUpWD
		}
		*s = d
		return nil
	}, opts...)
	if err != nil {
		return err
	}
	if err := a.remap(ctx, staff.Office, domain.Outcomes(s.Outcomes)); err != nil {
		return err
	}
	return a.answerSettings(c, s, rev)
}

// remap gives the office's proceedings the columns that its settings say now. When
// it is cut short, settling again goes on with the rest.
func (a *API) remap(ctx context.Context, office string, outcomes domain.Outcomes) error {
	ctx = docstore.SeeAll(ctx)
	cursor := ""
	for {
		docs, next, err := a.Proceedings.List(ctx, office, store.Filter{}, docstore.MaxPage, cursor)
		if err != nil {
			return err
		}
		for _, d := range docs {
			if !d.Value.Remap(outcomes) {
				continue
			}
			if _, err := a.Proceedings.Repo.Update(ctx, d.ID, func(p *domain.Proceeding) error {
				if p.Remap(outcomes) {
					p.Raise(contract.ProceedingStepped)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		cursor = next
	}
}
