package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/app"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

type sumView struct {
	Cases   int   `json:"cases"` // a case with two notices is one
	Notices int   `json:"notices"`
	Yuan    int64 `json:"yuan"`
}

func sumOf(s app.Sum) sumView { return sumView(s) }

// tracedView is one notice behind a figure, or one case of the old ledger.
type tracedView struct {
	NoticeID   string               `json:"notice_id,omitempty"`
	CaseID     string               `json:"case_id"`
	RegisterNo string               `json:"register_no,omitempty"`
	State      contract.NoticeState `json:"state,omitempty"`
	On         civil.Date           `json:"on"` // the day that places it in the year
	Yuan       int64                `json:"yuan"`
	NoticedOn  civil.Date           `json:"noticed_on,omitzero"`
	ReceiptNo  string               `json:"receipt_no,omitempty"`
}

type statementView struct {
	Year      int     `json:"year"`
	Office    string  `json:"office"`
	Noticed   sumView `json:"noticed"`
	Collected sumView `json:"collected"`
	Lapsed    sumView `json:"lapsed"`
	// Cancelled were taken back because they were wrong; Waived were forgiven.
	Cancelled sumView `json:"cancelled"`
	Waived    sumView `json:"waived"`
	Refunded  sumView `json:"refunded"`
	// Imported are cases of the old ledger that state a fee; they have no notice.
	Imported sumView `json:"imported"`
	// NetYuan is what the treasury kept: collected and imported less refunded.
	NetYuan int64  `json:"net_yuan"`
	Text    string `json:"text"`
	// Items are the notices behind the figure that ?figure= names.
	Figure     string       `json:"figure,omitempty"`
	Items      []tracedView `json:"items,omitempty"`
	NextCursor string       `json:"next_cursor,omitempty"`
}

// statement answers GET /v1/fees/statement/{year}: section six of the annual report.
func (a *API) statement(c echo.Context) error {
	if err := httpkit.Query(c, "figure", "limit", "cursor"); err != nil {
		return err
	}
	year, err := strconv.Atoi(c.Param("year"))
	if err != nil || len(c.Param("year")) != 4 || year < 1990 || year > 2200 {
		return problem.New(problem.NotFound, "年份应为四位数字，例如 2026。", "The year is written with four digits, for example 2026.")
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	figure, err := httpkit.Choice(c, "figure", store.Noticed, store.Collected, store.Lapsed, store.Cancelled, store.Waived, store.Refunded, store.Imported)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	done, err := a.takenStatement(c, staff.Office, year, figure)
	if done || err != nil {
		return err
	}
	st, err := a.app.Statement(ctx, staff.Office, year)
	if err != nil {
		return err
	}
	out := statementView{
		Year: year, Office: staff.Office, Noticed: sumOf(st.Noticed), Collected: sumOf(st.Collected), Lapsed: sumOf(st.Lapsed),
		Cancelled: sumOf(st.Cancelled), Waived: sumOf(st.Waived), Refunded: sumOf(st.Refunded), Imported: sumOf(st.Imported),
		NetYuan: st.Collected.Yuan + st.Imported.Yuan - st.Refunded.Yuan,
		Text:    statementText(st, year, httpkit.Lang(c)),
	}
	if figure != "" {
		out.Figure = figure
		if out.Items, out.NextCursor, err = a.traced(ctx, staff.Office, year, figure, limit, cursor); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, out)
}

// traced is one page of what stands behind a figure.
func (a *API) traced(ctx context.Context, office string, year int, figure string, limit int, cursor string) ([]tracedView, string, error) {
	if figure == store.Imported {
		docs, next, err := a.app.TracedImports(ctx, office, year, limit, cursor)
		items := make([]tracedView, 0, len(docs))
		for _, d := range docs {
			items = append(items, tracedView{CaseID: d.ID, RegisterNo: d.Value.RegisterNo, On: d.Value.FinishedOn, Yuan: d.Value.FeeYuan})
		}
		return items, next, err
	}
	docs, next, err := a.app.Traced(ctx, office, year, figure, limit, cursor)
	items := make([]tracedView, 0, len(docs))
	for _, d := range docs {
		items = append(items, tracedOf(d.Value, year, figure))
	}
	return items, next, err
}

func tracedOf(n *domain.Notice, year int, figure string) tracedView {
	v := tracedView{
		NoticeID: n.ID, CaseID: n.CaseID, RegisterNo: n.RegisterNo, State: n.State,
		Yuan: app.Yuan(n, year, figure), NoticedOn: n.NoticedOn, On: n.NoticedOn,
	}
	if n.Payment != nil {
		v.ReceiptNo = n.Payment.ReceiptNo
	}
	switch figure {
	case store.Collected:
		v.On = n.Payment.PaidOn
	case store.Lapsed:
		v.On = n.LapsedOn
	case store.Cancelled, store.Waived:
		v.On = n.Cancellation.CancelledOn
	case store.Refunded:
		for _, r := range n.Refunds {
			if r.RefundedOn.Year() == year {
				v.On = r.RefundedOn
			}
		}
	}
	return v
}

// figureOf is one figure of a statement.
type figureOf struct {
	code  string
	label problem.Text
}

// figures are those of a statement, in its order.
var figures = []figureOf{
	{store.Noticed, heading("发出收费通知", "noticed")},
	{store.Collected, heading("收取", "collected")},
	{store.Lapsed, heading("逾期未缴费", "lapsed")},
	{store.Cancelled, heading("撤销", "taken back")},
	{store.Waived, heading("减免", "waived")},
	{store.Refunded, heading("退还", "refunded")},
	{store.Imported, heading("旧台账记载", "imported")},
}

// takenStatement answers the statement as a file: every notice and case behind its
// figures, or behind the one that is asked for.
func (a *API) takenStatement(c echo.Context, office string, year int, figure string) (done bool, err error) {
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	which := figures
	if figure != "" {
		which = slices.DeleteFunc(slices.Clone(figures), func(f figureOf) bool { return f.code != figure })
	}
	y := strconv.Itoa(year)
	return a.taken(c, "fee-statement-"+y, heading(y+"年度信息处理费明细", "Fees of "+y), statementHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			// The figures follow each other: the cursor says in which one we are.
			at, within, _ := strings.Cut(cursor, "|")
			i := max(slices.IndexFunc(which, func(f figureOf) bool { return f.code == at }), 0)
			items, next, err := a.traced(ctx, office, year, which[i].code, limit, within)
			rows := make([][]any, 0, len(items))
			for _, v := range items {
				rows = append(rows, []any{which[i].label.In(lang), v.RegisterNo, v.CaseID, v.NoticeID, dayOf(v.On), v.Yuan, v.ReceiptNo})
			}
			switch {
			case err != nil:
				return nil, "", err
			case next != "":
				return rows, which[i].code + "|" + next, nil
			case i+1 < len(which):
				return rows, which[i+1].code + "|", nil
			}
			return rows, "", nil
		})
}

// statementText is the sentence that section six of the report needs.
func statementText(st app.Statement, year int, lang string) string {
	cases, yuan := st.Collected.Cases+st.Imported.Cases, st.Collected.Yuan+st.Imported.Yuan
	y, n, sum := strconv.Itoa(year), strconv.Itoa(cases), strconv.FormatInt(yuan, 10)
	switch {
	case cases == 0 && st.Noticed.Cases == 0:
		return problem.Text{
			ZH: y + "年度未收取政府信息公开信息处理费。",
			EN: "No information processing fee was charged in " + y + ".",
		}.In(lang)
	default:
		return problem.Text{
			ZH: y + "年度发出收费通知" + strconv.Itoa(st.Noticed.Notices) + "件，收取信息处理费" + n + "件，共计" + sum + "元。",
			EN: "In " + y + ", " + strconv.Itoa(st.Noticed.Notices) + " fee notices were issued; " + n + " fees were collected, " + sum + " yuan in all.",
		}.In(lang)
	}
}
