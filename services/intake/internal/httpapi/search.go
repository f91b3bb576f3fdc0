package httpapi

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// mountSearches adds the routes of the search tasks to units.
func (h *handlers) mountSearches(g *echo.Group) {
	handle := httpkit.May(identity.HandleCases)
	g.POST("/:id/searches", command(h, searchOrder), handle)
	g.POST("/:id/searches/:n/report", h.reportSearch, handle)
}

type searchOrderBody struct {
	Unit    string     `json:"unit"`
	Scope   string     `json:"scope"`
	AskedOn civil.Date `json:"asked_on"`
	DueOn   civil.Date `json:"due_on"`
}

func searchOrder(b searchOrderBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.OrderSearch(domain.SearchOrder(b), env) }
}

type searchReportBody struct {
	ReportedOn civil.Date `json:"reported_on"`
	Result     string     `json:"result"`
	Places     []string   `json:"places"`
	Method     string     `json:"method"`
	Found      string     `json:"found"`
	Searcher   string     `json:"searcher"`
}

// reportSearch records what became of search task n.
func (h *handlers) reportSearch(c echo.Context) error {
	body, err := httpkit.Bind[searchReportBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		return problem.New(problem.NotFound, "没有这项检索任务。", "There is no such search task.")
	}
	doc, err := h.desk.Do(c.Request().Context(), r.office, r.id, r.actor, func(k *domain.Case, env domain.Env) error {
		return k.ReportSearch(n, domain.SearchReport(body), env)
	}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

type searchView struct {
	domain.Search
	ResultLabel string `json:"result_label,omitempty"`
}

func viewSearch(s domain.Search, lang string) searchView {
	v := searchView{Search: s}
	if s.Result != "" {
		v.ResultLabel = domain.SearchResults.In(s.Result, lang)
	}
	return v
}
