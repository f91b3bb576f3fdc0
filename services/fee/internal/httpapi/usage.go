package httpapi

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// countedView is one case with the running numbers of its items.
type countedView struct {
	domain.Counted
	// FeeYuan is what its items cost by the item tariff.
	FeeYuan int64 `json:"fee_yuan"`
}

type usageView struct {
	Applicant string `json:"applicant"` // keyed digest
	Month     string `json:"month"`
	Items     int    `json:"items"`
	// MonthTotalYuan is F(n) of the item tariff; nothing is owed without a notice.
	MonthTotalYuan int64 `json:"month_total_yuan"`
	SignalItems    int   `json:"signal_items"`
	// Signal: the number asks for a human judgment. It decides nothing.
	Signal     bool          `json:"signal"`
	SignalText string        `json:"signal_text,omitempty"`
	Cases      []countedView `json:"cases"`
	Finding    *findingView  `json:"finding,omitempty"`
	Notices    []noticeLine  `json:"notices"`
}

// noticeLine is a notice in short.
type noticeLine struct {
	ID         string        `json:"id"`
	CaseID     string        `json:"case_id"`
	State      string        `json:"state"`
	Method     tariff.Method `json:"method"`
	AmountYuan int64         `json:"amount_yuan"`
	NoticedOn  civil.Date    `json:"noticed_on"`
}

var monthPattern = regexp.MustCompile(`^[12][0-9]{3}-(0[1-9]|1[0-2])$`)

// monthParam reads ?month=2026-11; empty when absent.
func monthParam(c echo.Context) (string, error) {
	m := c.QueryParam("month")
	if m == "" || monthPattern.MatchString(m) {
		return m, nil
	}
	return "", problem.InvalidFields(problem.At("month", "bad_month", "月份应写作 2026-11。", "A month is written 2026-11."))
}

// usage answers GET /v1/fees/usage: an applicant's month, named by the applicant's
// digest or by a case; or, without either, the month's applicants by their items.
func (a *API) usage(c echo.Context) error {
	if err := httpkit.Query(c, "applicant", "case_id", "month", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	month, err := monthParam(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	key := domain.LedgerKey{Applicant: c.QueryParam("applicant"), Month: month}
	if id := c.QueryParam("case_id"); id != "" {
		cs, err := a.app.Case(ctx, staff.Office, id)
		if err != nil {
			return err
		}
		if key.Applicant == "" {
			key.Applicant = cs.Principal()
		}
		if key.Month == "" {
			key.Month = domain.MonthOf(cs.Clock.ReceivedOn)
		}
	}
	if key.Month == "" {
		key.Month = domain.MonthOf(a.app.Today())
	}
	if key.Applicant == "" {
		return a.busiest(c, staff.Office, key.Month)
	}
	policy, _, err := a.app.Policy(ctx, staff.Office)
	if err != nil {
		return err
	}
	ledger, err := a.app.Ledger(ctx, staff.Office, key)
	if err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	out, err := usageOf(ledger.Value, policy, lang)
	if err != nil {
		return err
	}
	f, err := a.app.FindingFor(ctx, staff.Office, key)
	if err != nil {
		return err
	}
	if f != nil {
		v := findingOf(f, lang)
		out.Finding = &v
	}
	notices, _, err := a.app.Store().Notices.Find(ctx, docstore.Query{
		Index: store.NoticesByApplicant, Eq: []any{staff.Office, key.Applicant}, Desc: true, Limit: 200,
	})
	if err != nil {
		return err
	}
	for _, d := range notices {
		if n := d.Value; n.Month == key.Month {
			out.Notices = append(out.Notices, noticeLine{n.ID, n.CaseID, string(n.State), n.Method, n.AmountYuan, n.NoticedOn})
		}
	}
	return c.JSON(http.StatusOK, out)
}

func usageOf(l *domain.Ledger, p domain.Policy, lang string) (usageView, error) {
	out := usageView{
		Applicant: l.Applicant, Month: l.Month, Items: l.Total(p), SignalItems: p.SignalItems,
		Cases: []countedView{}, Notices: []noticeLine{},
	}
	out.MonthTotalYuan = tariff.MonthTotal(out.Items)
	for _, counted := range l.Counted(p) {
		q, err := counted.FeeOf()
		if err != nil {
			return out, err
		}
		out.Cases = append(out.Cases, countedView{counted, q.AmountYuan})
	}
	if out.Signal = out.Items >= p.SignalItems; out.Signal {
		out.SignalText = signalText.In(lang)
	}
	return out, nil
}

var signalText = problem.Text{
	ZH: "当月申请件数达到提示标准，请由经办人判断是否明显超过合理范围；系统不作认定。",
	EN: "The number of items has reached the office's mark; an officer judges whether it is clearly beyond reason. Nothing is decided by itself.",
}

// busyView is one applicant's month in a list.
type busyView struct {
	Applicant      string `json:"applicant"`
	Month          string `json:"month"`
	Items          int    `json:"items"`
	Cases          int    `json:"cases"`
	MonthTotalYuan int64  `json:"month_total_yuan"`
	Signal         bool   `json:"signal"`
}

// busiest lists a month's applicants, those with most items first.
func (a *API) busiest(c echo.Context, office, month string) error {
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	policy, _, err := a.app.Policy(ctx, office)
	if err != nil {
		return err
	}
	docs, next, err := a.app.Store().Ledgers.Find(ctx, docstore.Query{
		Index: store.LedgersByMonth, Eq: []any{office, month}, Desc: true, Limit: limit, After: cursor,
	})
	if err != nil {
		return err
	}
	out := httpkit.List[busyView]{Items: make([]busyView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		n := d.Value.Total(policy)
		out.Items = append(out.Items, busyView{
			Applicant: d.Value.Applicant, Month: month, Items: n, Cases: len(d.Value.Counted(policy)),
			MonthTotalYuan: tariff.MonthTotal(n), Signal: n >= policy.SignalItems,
		})
	}
	return c.JSON(http.StatusOK, out)
}

// previewRequest asks what a notice on a case would say. Items and pages may be tried
// out; nothing is stored.
type previewRequest struct {
	CaseID    string     `json:"case_id" validate:"required,max=128"`
	Applicant string     `json:"applicant" validate:"max=200"`
	Items     int        `json:"items"`
	Pages     int        `json:"pages"`
	NoticedOn civil.Date `json:"noticed_on"`
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
	out := previewView{CaseID: req.CaseID, Applicant: g.Applicant, Month: g.Ledger.Month, Obstacles: []obstacleView{}}
	if at, _, ok := g.Ledger.Position(env.Policy, req.CaseID); ok {
		out.AlreadyCounted, out.Items = at.From-1, at.Items
	}
	if req.Items != 0 {
		out.Items = req.Items
	}
	if out.Items != 0 {
		if out.PerItem, err = quoted(tariff.Request{Method: tariff.PerItem, AlreadyCounted: out.AlreadyCounted, Items: out.Items}, lang); err != nil {
			return err
		}
	}
	if req.Pages != 0 {
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

type policyRequest struct {
	RequireExcessFinding *bool   `json:"require_excess_finding"`
	SignalItems          *int    `json:"signal_items"`
	CountWithdrawn       *bool   `json:"count_withdrawn"`
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
	set(&p.CountWithdrawn, req.CountWithdrawn)
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
