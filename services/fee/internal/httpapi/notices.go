package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// noticeView is a fee notice with everything that the letter needs (FR10): basis,
// tariff, amount, how and until when to pay.
type noticeView struct {
	ID         string               `json:"id"`
	CaseID     string               `json:"case_id"`
	RegisterNo string               `json:"register_no,omitempty"`
	Applicant  string               `json:"applicant"`
	Month      string               `json:"month"`
	State      contract.NoticeState `json:"state"`
	StateLabel string               `json:"state_label"`

	Method         tariff.Method    `json:"method"`
	MethodLabel    string           `json:"method_label"`
	AlreadyCounted int              `json:"already_counted"`
	Items          int              `json:"items,omitempty"`
	Pages          int              `json:"pages,omitempty"`
	AmountYuan     int64            `json:"amount_yuan"`
	Lines          []tariff.Line    `json:"lines"`
	Tariff         string           `json:"tariff"`
	Basis          []string         `json:"basis"`
	CountedBefore  []domain.Counted `json:"counted_before"`
	FindingID      string           `json:"finding_id,omitempty"`

	NoticedOn        civil.Date `json:"noticed_on"`
	ReplyDue         civil.Date `json:"reply_due"`
	DeliveryRoute    string     `json:"delivery_route,omitempty"`
	HowToPay         string     `json:"how_to_pay,omitempty"`
	Note             string     `json:"note,omitempty"`
	NoticeReceivedOn civil.Date `json:"notice_received_on,omitzero"`
	PayBy            civil.Date `json:"pay_by,omitzero"`
	// PayByProvisional: the period reaches into a year without a holiday notice.
	PayByProvisional bool `json:"pay_by_provisional"`
	// MayLapseOn is the first working day on which the notice can lapse.
	MayLapseOn civil.Date `json:"may_lapse_on,omitzero"`
	Remedy     string     `json:"remedy"`

	Payment      *domain.Payment      `json:"payment,omitempty"`
	LapsedOn     civil.Date           `json:"lapsed_on,omitzero"`
	Cancellation *domain.Cancellation `json:"cancellation,omitempty"`
	Refunds      []domain.Refund      `json:"refunds"`
	RefundedYuan int64                `json:"refunded_yuan"`
	Objections   []domain.Objection   `json:"objections"`
	IssuedBy     string               `json:"issued_by"`
	IssuedAt     time.Time            `json:"issued_at"`
	Steps        []domain.Step        `json:"steps"`
}

var noticeLabels = map[contract.NoticeState]problem.Text{
	contract.NoticeIssued:    {ZH: "待缴费", EN: "to be paid"},
	contract.NoticePaid:      {ZH: "已缴费", EN: "paid"},
	contract.NoticeLapsed:    {ZH: "逾期未缴费", EN: "lapsed"},
	contract.NoticeCancelled: {ZH: "已撤销", EN: "taken back"},
	contract.NoticeRefunded:  {ZH: "已退费", EN: "refunded"},
}

// remedy is what the law says about challenging the fee (FR13).
var remedy = problem.Text{
	ZH: "收费决定不能单独申请行政复议或者提起行政诉讼；缴费期满后，对本机关不再处理其申请的行为可以依照条例第五十一条投诉、举报，或者申请行政复议、提起行政诉讼。",
	EN: "The fee cannot be challenged by itself; once the period for payment has passed, the refusal to handle the application further can (art. 51).",
}

var basis = []string{"条例 art. 42", "政府信息公开信息处理费管理办法（国办函〔2020〕109号）"}

func noticeOf(n *domain.Notice, env domain.Env, lang string) noticeView {
	v := noticeView{
		ID: n.ID, CaseID: n.CaseID, RegisterNo: n.RegisterNo, Applicant: n.Applicant, Month: n.Month,
		State: n.State, StateLabel: noticeLabels[n.State].In(lang),
		Method: n.Method, MethodLabel: methodLabels[n.Method].In(lang), AlreadyCounted: n.AlreadyCounted, Items: n.Items, Pages: n.Pages,
		AmountYuan: n.AmountYuan, Lines: n.Quote.Lines, Tariff: n.Quote.Tariff, Basis: basis,
		CountedBefore: n.Before, FindingID: n.FindingID,
		NoticedOn: n.NoticedOn, ReplyDue: n.ReplyDue, DeliveryRoute: n.DeliveryRoute, HowToPay: n.HowToPay, Note: n.Note,
		NoticeReceivedOn: n.NoticeReceivedOn, PayBy: n.PayByOn(env.Calendar), Remedy: remedy.In(lang),
		Payment: n.Payment, LapsedOn: n.LapsedOn, Cancellation: n.Cancellation, Refunds: n.Refunds, RefundedYuan: n.RefundedYuan(),
		Objections: n.Objections, IssuedBy: n.IssuedBy, IssuedAt: n.IssuedAt, Steps: n.Steps,
	}
	if v.PayBy != 0 {
		v.PayByProvisional = env.Calendar.ProvisionalBetween(n.NoticeReceivedOn, v.PayBy)
	}
	if last := n.LapsesAfter(env); last != 0 && n.State == contract.NoticeIssued {
		v.MayLapseOn = env.Calendar.AddWorkdays(last, 1)
	}
	fill(&v.Lines)
	fill(&v.CountedBefore)
	fill(&v.Refunds)
	fill(&v.Objections)
	fill(&v.Steps)
	return v
}

// fill makes an absent list an empty one.
func fill[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

type issueRequest struct {
	CaseID           string        `json:"case_id" validate:"required,max=128"`
	Applicant        string        `json:"applicant" validate:"max=200"`
	Method           tariff.Method `json:"method"`
	Items            int           `json:"items"`
	Pages            int           `json:"pages"`
	NoticedOn        civil.Date    `json:"noticed_on"`
	NoticeReceivedOn civil.Date    `json:"notice_received_on"`
	DeliveryRoute    string        `json:"delivery_route" validate:"line,max=100"`
	HowToPay         string        `json:"how_to_pay" validate:"plain,max=2000"`
	PointsOnly       bool          `json:"reply_points_only"`
	Note             string        `json:"note" validate:"plain,max=2000"`
}

// check holds the request to the tariff's exclusivity before anything is looked up.
func (r *issueRequest) check() error {
	probe := tariff.Request{Method: r.Method, Items: r.Items, Pages: r.Pages}
	if r.Method == tariff.PerItem && r.Items == 0 {
		probe.Items = 1 // as counted
	}
	return probe.Validate()
}

// issue answers POST /v1/fees/notices.
func (a *API) issue(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[issueRequest](c)
	if err != nil {
		return err
	}
	if err := req.check(); err != nil {
		return err
	}
	ctx := c.Request().Context()
	doc, err := a.app.Issue(ctx, httpkit.Command(c), staff, req.CaseID, req.Applicant, domain.Order{
		Method: req.Method, Items: req.Items, Pages: req.Pages, NoticedOn: req.NoticedOn, NoticeReceivedOn: req.NoticeReceivedOn,
		DeliveryRoute: req.DeliveryRoute, HowToPay: req.HowToPay, Note: req.Note, PointsOnly: req.PointsOnly,
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/fees/notices/"+doc.ID)
	return a.answerNotice(c, http.StatusCreated, doc)
}

func (a *API) answerNotice(c echo.Context, status int, doc docstore.Doc[domain.Notice]) error {
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	env, err := a.app.Env(c.Request().Context(), staff)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(status, noticeOf(doc.Value, env, httpkit.Lang(c)))
}

func (a *API) notice(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	doc, err := a.app.Notice(c.Request().Context(), staff.Office, c.Param("id"))
	if err != nil {
		return err
	}
	return a.answerNotice(c, http.StatusOK, doc)
}

// notices answers GET /v1/fees/notices.
func (a *API) notices(c echo.Context) error {
	if err := httpkit.Query(c, "state", "case_id", "applicant", "pay_by_before", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	q, err := noticesQuery(c, staff.Office)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	env, err := a.app.Env(ctx, staff)
	if err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	done, err := a.taken(c, "fee-notices", heading("信息处理费收费通知", "Fee notices"), noticeHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			q.Limit, q.After = limit, cursor
			docs, next, err := a.app.Notices(ctx, q)
			rows := make([][]any, 0, len(docs))
			for _, d := range docs {
				rows = append(rows, noticeRow(d.Value, env, lang))
			}
			return rows, next, err
		})
	if done || err != nil {
		return err
	}
	docs, next, err := a.app.Notices(ctx, q)
	if err != nil {
		return err
	}
	out := httpkit.List[noticeView]{Items: make([]noticeView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, noticeOf(d.Value, env, httpkit.Lang(c)))
	}
	return c.JSON(http.StatusOK, out)
}

// noticeRow is a notice in a file.
func noticeRow(n *domain.Notice, env domain.Env, lang string) []any {
	var paidOn civil.Date
	receipt := ""
	if n.Payment != nil {
		paidOn, receipt = n.Payment.PaidOn, n.Payment.ReceiptNo
	}
	return []any{
		n.ID, n.RegisterNo, n.CaseID, noticeLabels[n.State].In(lang), methodLabels[n.Method].In(lang), n.Items, n.Pages, n.AmountYuan,
		dayOf(n.NoticedOn), dayOf(n.NoticeReceivedOn), dayOf(n.PayByOn(env.Calendar)), dayOf(paidOn), receipt, dayOf(n.LapsedOn), n.RefundedYuan(),
	}
}

// noticesQuery chooses the index by the one filter that is given.
func noticesQuery(c echo.Context, office string) (docstore.Query, error) {
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return docstore.Query{}, err
	}
	state, err := httpkit.Choice(c, "state", contract.NoticeIssued, contract.NoticePaid, contract.NoticeLapsed, contract.NoticeCancelled, contract.NoticeRefunded)
	if err != nil {
		return docstore.Query{}, err
	}
	before, err := httpkit.Date(c, "pay_by_before")
	if err != nil {
		return docstore.Query{}, err
	}
	q := docstore.Query{Index: store.NoticesByState, Eq: []any{office}, Desc: true, Limit: limit, After: cursor}
	given := 0
	if state != "" {
		given++
		q.Eq = append(q.Eq, string(state))
	}
	if id := c.QueryParam("case_id"); id != "" {
		given++
		q.Index, q.Eq = store.NoticesByCase, []any{office, id}
	}
	if applicant := c.QueryParam("applicant"); applicant != "" {
		given++
		q.Index, q.Eq = store.NoticesByApplicant, []any{office, applicant}
	}
	if before != 0 {
		given++
		q.Index, q.Eq, q.To, q.Desc = store.NoticesByPayBy, []any{office}, int64(before), false
	}
	if given > 1 {
		return q, problem.InvalidFields(problem.At("state", "exclusive",
			"state、case_id、applicant、pay_by_before 只能选一个。", "Choose one of state, case_id, applicant and pay_by_before."))
	}
	return q, nil
}
