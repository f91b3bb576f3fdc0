package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
	"zhiqing.dev/services/fee/internal/alike"
	"zhiqing.dev/services/fee/internal/app"
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
	// Identities are all digests that stand for the applicant, when there are several.
	Identities []string          `json:"identities,omitempty"`
	Window     domain.Window     `json:"window"`
	WindowKind domain.WindowKind `json:"window_kind"`
	Month      string            `json:"month,omitempty"` // when the window is one
	From       civil.Date        `json:"from"`
	To         civil.Date        `json:"to"`
	Items      int               `json:"items"`
	CasesCount int               `json:"cases_counted"`
	// MonthTotalYuan is F(n) of the item tariff, of each month of the window; nothing is
	// owed without a notice.
	MonthTotalYuan int64            `json:"month_total_yuan"`
	Months         []monthView      `json:"months"`
	OfficeItems    int              `json:"office_items"`
	SharePercent   float64          `json:"share_percent"`
	Frequency      domain.Frequency `json:"frequency"`
	SignalItems    int              `json:"signal_items"`
	// Signal: the usage asks for a human judgment. It decides nothing.
	Signal     bool         `json:"signal"`
	SignalText string       `json:"signal_text,omitempty"`
	Signals    []signalView `json:"signals"`
	// Similarity: repeats of earlier requests and possible petitions, with their cases; on
	// the first page only.
	Similarity *alike.OwnView `json:"similarity,omitempty"`
	Cases      []countedView  `json:"cases"`
	NextCursor string         `json:"next_cursor,omitempty"` // of the cases
	Finding    *findingView   `json:"finding,omitempty"`
	Notices    []noticeLine   `json:"notices"`
}

// monthView is one month of a window.
type monthView struct {
	Month     string `json:"month"`
	Items     int    `json:"items"`
	Cases     int    `json:"cases"`
	TotalYuan int64  `json:"total_yuan"`
}

type signalView struct {
	Code      string  `json:"code"`
	Threshold int     `json:"threshold"`
	Value     float64 `json:"value"`
	Text      string  `json:"text"`
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

// isMonth reports whether a text names a month.
func isMonth(s string) bool {
	w, ok := domain.ParseWindow(s)
	return ok && w.Kind() == domain.Month
}

// windowParam reads ?month=2026-11 or ?window=2026-Q4; empty when both are absent.
func windowParam(c echo.Context) (domain.Window, error) {
	month, window := c.QueryParam("month"), c.QueryParam("window")
	switch w, ok := domain.ParseWindow(window); {
	case month != "" && window != "":
		return "", problem.InvalidFields(problem.At("window", "exclusive", "month 与 window 只能选一个。", "Choose one of month and window."))
	case month != "" && !isMonth(month):
		return "", problem.InvalidFields(problem.At("month", "bad_month", "月份应写作 2026-11。", "A month is written 2026-11."))
	case window != "" && !ok:
		return "", problem.InvalidFields(problem.At("window", "bad_window",
			"应写作 2026-11（月）、2026-Q4（季度）或 2026（年）。", "It is written 2026-11, 2026-Q4 or 2026."))
	case month != "":
		return domain.Window(month), nil
	default:
		return w, nil
	}
}

// usage answers GET /v1/fees/usage: an applicant's month, quarter or year, named by one
// of the applicant's digests or by a case; or, without either, the window's applicants
// by their items.
func (a *API) usage(c echo.Context) error {
	if err := httpkit.Query(c, "applicant", "case_id", "month", "window", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	window, err := windowParam(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	applicant := c.QueryParam("applicant")
	if id := c.QueryParam("case_id"); id != "" {
		cs, err := a.app.Case(ctx, staff.Office, id)
		if err != nil {
			return err
		}
		if applicant == "" {
			applicant = cs.Principal()
		}
		if window == "" {
			window = domain.Window(cs.Month())
		}
	}
	if window == "" {
		window = domain.Window(domain.MonthOf(a.app.Today()))
	}
	if applicant == "" {
		return a.busiest(c, staff.Office, window)
	}
	done, err := a.taken(c, "usage-"+string(window), heading("申请使用情况 "+string(window), "Usage "+string(window)), countedHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			return a.countedRows(c, staff.Office, applicant, window, limit, cursor)
		})
	if done || err != nil {
		return err
	}
	out, err := a.usageOf(c, staff.Office, applicant, window)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// countedRows is one page of an applicant's cases for a file.
func (a *API) countedRows(c echo.Context, office, applicant string, w domain.Window, limit int, cursor string) ([][]any, string, error) {
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	policy, _, err := a.app.Policy(ctx, office)
	if err != nil {
		return nil, "", err
	}
	person, err := a.app.Person(ctx, office, applicant)
	if err != nil {
		return nil, "", err
	}
	listed, next, err := a.app.Listed(ctx, office, person, w, policy, limit, cursor)
	if err != nil {
		return nil, "", err
	}
	rows := make([][]any, 0, len(listed))
	for _, x := range listed {
		fee := any("")
		if x.From > 0 {
			q, err := x.FeeOf()
			if err != nil {
				return nil, "", err
			}
			fee = q.AmountYuan
		}
		rows = append(rows, []any{
			x.RegisterNo, x.CaseID, x.ReceivedOn.String(), x.Items, x.From, x.To, fee, yes(x.Withdrawn, lang), yes(x.PerPage, lang),
		})
	}
	return rows, next, nil
}

func (a *API) usageOf(c echo.Context, office, applicant string, w domain.Window) (usageView, error) {
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	out := usageView{Window: w, WindowKind: w.Kind(), Cases: []countedView{}, Notices: []noticeLine{}, Signals: []signalView{}}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return out, err
	}
	policy, _, err := a.app.Policy(ctx, office)
	if err != nil {
		return out, err
	}
	same, err := a.app.Same(ctx, office, applicant)
	if err != nil {
		return out, err
	}
	person := domain.PersonOf(same)
	if out.Applicant = person; len(same) > 1 {
		out.Identities = same
	}
	u, err := a.app.Usage(ctx, office, person, w, policy)
	if err != nil {
		return out, err
	}
	out.From, out.To = w.Bounds()
	out.Items, out.CasesCount, out.OfficeItems, out.SharePercent, out.Frequency = u.Items, u.Cases, u.OfficeItems, u.SharePercent, u.Frequency
	for _, m := range w.Months() {
		t, err := a.app.Tally(ctx, office, person, domain.Window(m))
		if err != nil {
			return out, err
		}
		items, cases := t.Total(policy)
		out.Months = append(out.Months, monthView{m, items, cases, tariff.MonthTotal(items)})
		out.MonthTotalYuan += tariff.MonthTotal(items)
	}
	out.SignalItems = policy.SignalItems
	if cursor == "" {
		own, err := a.app.Own(ctx, office, same, w, policy)
		if err != nil {
			return out, err
		}
		v := own.View(app.Thresholds(policy), lang)
		out.Similarity, u.Repeats = &v, v.Repeats+v.NearRepeats
	}
	for _, s := range policy.Signals(u) {
		out.Signals = append(out.Signals, signalView{s.Code, s.Threshold, s.Value, s.Text.In(lang)})
		out.Signal, out.SignalText = true, signalText.In(lang)
	}
	listed, next, err := a.app.Listed(ctx, office, person, w, policy, limit, cursor)
	if err != nil {
		return out, err
	}
	out.NextCursor = next
	for _, counted := range listed {
		v := countedView{Counted: counted}
		if counted.From > 0 {
			q, err := counted.FeeOf()
			if err != nil {
				return out, err
			}
			v.FeeYuan = q.AmountYuan
		}
		out.Cases = append(out.Cases, v)
	}
	return out, a.judged(c, &out, office, same, w)
}

// judged adds what was found and noticed about the applicant in the window.
func (a *API) judged(c echo.Context, out *usageView, office string, same []string, w domain.Window) error {
	ctx := c.Request().Context()
	if w.Kind() == domain.Month {
		out.Month = string(w)
		f, err := a.app.FindingFor(ctx, office, domain.LedgerKey{Applicant: out.Applicant, Month: out.Month})
		if err != nil {
			return err
		}
		if f != nil {
			v := findingOf(f, httpkit.Lang(c))
			out.Finding = &v
		}
	}
	for _, d := range same {
		notices, _, err := a.app.Store().Notices.Find(ctx, docstore.Query{
			Index: store.NoticesByApplicant, Eq: []any{office, d}, Desc: true, Limit: 200,
		})
		if err != nil {
			return err
		}
		for _, d := range notices {
			if n := d.Value; slices.Contains(domain.Windows(n.Month), w) {
				out.Notices = append(out.Notices, noticeLine{n.ID, n.CaseID, string(n.State), n.Method, n.AmountYuan, n.NoticedOn})
			}
		}
	}
	return nil
}

var signalText = problem.Text{
	ZH: "申请数量、频次达到提示标准，请由经办人判断是否明显超过合理范围；系统不作认定。",
	EN: "The usage has reached the office's mark; an officer judges whether it is clearly beyond reason. Nothing is decided by itself.",
}

// busyView is one applicant's window in a list.
type busyView struct {
	Applicant      string        `json:"applicant"`
	Window         domain.Window `json:"window"`
	Month          string        `json:"month,omitempty"`
	Items          int           `json:"items"`
	Cases          int           `json:"cases"`
	OfficeItems    int           `json:"office_items"`
	SharePercent   float64       `json:"share_percent"`
	MonthTotalYuan *int64        `json:"month_total_yuan,omitempty"` // of a month
	Signal         bool          `json:"signal"`
}

// busiest lists a window's applicants, those with most items first.
func (a *API) busiest(c echo.Context, office string, w domain.Window) error {
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	done, err := a.taken(c, "usage-"+string(w), heading("申请人使用情况 "+string(w), "Applicants by usage "+string(w)), busyHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			list, err := a.busyPage(ctx, office, w, limit, cursor)
			rows := make([][]any, 0, len(list.Items))
			for _, v := range list.Items {
				rows = append(rows, []any{v.Applicant, string(v.Window), v.Items, v.Cases, v.OfficeItems, v.SharePercent, yes(v.Signal, lang)})
			}
			return rows, list.NextCursor, err
		})
	if done || err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	out, err := a.busyPage(c.Request().Context(), office, w, limit, cursor)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) busyPage(ctx context.Context, office string, w domain.Window, limit int, cursor string) (httpkit.List[busyView], error) {
	out := httpkit.List[busyView]{Items: []busyView{}}
	policy, _, err := a.app.Policy(ctx, office)
	if err != nil {
		return out, err
	}
	load, err := a.app.Load(ctx, office, w)
	if err != nil {
		return out, err
	}
	all, _ := load.Total(policy)
	docs, next, err := a.app.Busiest(ctx, office, w, policy, limit, cursor)
	if err != nil {
		return out, err
	}
	out.NextCursor = next
	for _, d := range docs {
		items, cases := d.Value.Total(policy)
		u := domain.WindowUsage{Window: w, Items: items, Cases: cases, OfficeItems: all, SharePercent: domain.ShareOf(items, all)}
		v := busyView{
			Applicant: d.Value.Applicant, Window: w, Items: items, Cases: cases, OfficeItems: all, SharePercent: u.SharePercent,
			Signal: len(policy.Signals(u)) > 0,
		}
		if w.Kind() == domain.Month {
			total := tariff.MonthTotal(items)
			v.Month, v.MonthTotalYuan = string(w), &total
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}
