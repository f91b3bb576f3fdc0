package httpapi

import (
	"net/http"
	"strconv"

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
	Cases int   `json:"cases"`
	Yuan  int64 `json:"yuan"`
}

func sumOf(s app.Sum) sumView { return sumView(s) }

// tracedView is one notice behind a figure.
type tracedView struct {
	NoticeID   string               `json:"notice_id"`
	CaseID     string               `json:"case_id"`
	RegisterNo string               `json:"register_no,omitempty"`
	State      contract.NoticeState `json:"state"`
	Yuan       int64                `json:"yuan"`
	NoticedOn  civil.Date           `json:"noticed_on"`
	ReceiptNo  string               `json:"receipt_no,omitempty"`
}

type statementView struct {
	Year      int     `json:"year"`
	Office    string  `json:"office"`
	Noticed   sumView `json:"noticed"`
	Collected sumView `json:"collected"`
	Lapsed    sumView `json:"lapsed"`
	Cancelled sumView `json:"cancelled"`
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
	figure, err := httpkit.Choice(c, "figure", store.Noticed, store.Collected, store.Lapsed, store.Cancelled, store.Refunded)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	st, err := a.app.Statement(ctx, staff.Office, year)
	if err != nil {
		return err
	}
	out := statementView{
		Year: year, Office: staff.Office, Noticed: sumOf(st.Noticed), Collected: sumOf(st.Collected), Lapsed: sumOf(st.Lapsed),
		Cancelled: sumOf(st.Cancelled), Refunded: sumOf(st.Refunded), Imported: sumOf(st.Imported),
		NetYuan: st.Collected.Yuan + st.Imported.Yuan - st.Refunded.Yuan,
		Text:    statementText(st, year, httpkit.Lang(c)),
	}
	if figure != "" {
		docs, next, err := a.app.Traced(ctx, staff.Office, year, figure, limit, cursor)
		if err != nil {
			return err
		}
		out.Figure, out.NextCursor, out.Items = figure, next, make([]tracedView, 0, len(docs))
		for _, d := range docs {
			out.Items = append(out.Items, tracedOf(d.Value, year, figure))
		}
	}
	return c.JSON(http.StatusOK, out)
}

func tracedOf(n *domain.Notice, year int, figure string) tracedView {
	v := tracedView{
		NoticeID: n.ID, CaseID: n.CaseID, RegisterNo: n.RegisterNo, State: n.State,
		Yuan: app.Yuan(n, year, figure), NoticedOn: n.NoticedOn,
	}
	if n.Payment != nil {
		v.ReceiptNo = n.Payment.ReceiptNo
	}
	return v
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
			ZH: y + "年度发出收费通知" + strconv.Itoa(st.Noticed.Cases) + "件，收取信息处理费" + n + "件，共计" + sum + "元。",
			EN: "In " + y + ", " + strconv.Itoa(st.Noticed.Cases) + " fee notices were issued; " + n + " fees were collected, " + sum + " yuan in all.",
		}.In(lang)
	}
}
