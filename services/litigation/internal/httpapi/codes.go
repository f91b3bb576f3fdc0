package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

type codeView struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

type resultView struct {
	Code         string         `json:"code"`
	Label        string         `json:"label"`
	Outcome      report.Outcome `json:"outcome"`
	OutcomeLabel string         `json:"outcome_label"`
}

type codesView struct {
	Kinds            []codeView                   `json:"kinds"`
	Roles            []codeView                   `json:"roles"`
	Steps            []codeView                   `json:"steps"`
	Triggers         []codeView                   `json:"triggers"`
	CorrectedGrounds []codeView                   `json:"corrected_grounds"`
	Results          map[domain.Kind][]resultView `json:"results"`
}

// codes tells a client every code and its label, with the outcome that each result
// has in this office.
func (a *API) codes(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c); err != nil {
		return err
	}
	settings, _, err := a.Settings.Of(c.Request().Context(), staff.Office)
	if err != nil {
		return err
	}
	outcomes := domain.Outcomes(settings.Outcomes)
	out := codesView{Results: map[domain.Kind][]resultView{}}
	for _, k := range domain.Kinds {
		out.Kinds = append(out.Kinds, codeView{string(k), k.Label()})
		for _, r := range domain.ResultsOf(k) {
			o, _ := outcomes.Of(k, r.Code)
			out.Results[k] = append(out.Results[k], resultView{r.Code, r.Label, o, o.Label()})
		}
	}
	for _, r := range domain.Roles {
		out.Roles = append(out.Roles, codeView{string(r), r.Label()})
	}
	for _, s := range domain.StepKinds {
		out.Steps = append(out.Steps, codeView{string(s), s.Label()})
	}
	for _, t := range domain.Triggers {
		out.Triggers = append(out.Triggers, codeView{string(t), t.Label()})
	}
	for _, g := range domain.CorrectedGrounds() {
		out.CorrectedGrounds = append(out.CorrectedGrounds, codeView{g.Code, g.Label})
	}
	return c.JSON(http.StatusOK, out)
}
