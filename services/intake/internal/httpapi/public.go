package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// applicationView is the case as its applicant sees it.
type applicationView struct {
	Receipt     string              `json:"receipt"`
	RegisterNo  string              `json:"register_no,omitempty"`
	Office      string              `json:"office"`
	OfficeName  string              `json:"office_name,omitempty"`
	Status      contract.CaseStatus `json:"status"`
	StatusLabel string              `json:"status_label"`
	StatusText  string              `json:"status_text"` // in plain words
	ArrivedOn   civil.Date          `json:"arrived_on"`
	ReceivedOn  civil.Date          `json:"received_on,omitzero"`
	Content     domain.Content      `json:"content"`
	// ReplyDue is absent while no reply period runs. A provisional date may move
	// when the next holiday notice is published.
	ReplyDue    civil.Date    `json:"reply_due,omitzero"`
	Provisional bool          `json:"provisional"`
	Explanation []explainLine `json:"explanation,omitempty"`
	Asked       []asked       `json:"asked,omitempty"`
	Notices     []notice      `json:"notices,omitempty"`
	// Attachments are the files the applicant sent and those sent to the applicant.
	Attachments []attachmentView `json:"attachments,omitempty"`
	Reply       *replyView       `json:"reply,omitempty"`
	Ending      *endedView       `json:"ending,omitempty"`
	Parts       []partView       `json:"parts,omitempty"`
}

type explainLine struct {
	Text        string     `json:"text"`
	Rule        string     `json:"rule,omitempty"`
	From        civil.Date `json:"from,omitzero"`
	To          civil.Date `json:"to,omitzero"`
	WorkingDays int        `json:"working_days,omitempty"`
}

// asked is something the applicant should do.
type asked struct {
	Kind  string     `json:"kind"` // correction payment reasons
	Label string     `json:"label"`
	Items []string   `json:"items,omitempty"`
	Text  string     `json:"text,omitempty"`
	Since civil.Date `json:"since"`
	Until civil.Date `json:"until,omitzero"`
	Yuan  int64      `json:"amount_yuan,omitempty"`
}

// notice is something the applicant was told.
type notice struct {
	Code  string     `json:"code"`
	Label string     `json:"label"`
	On    civil.Date `json:"on"`
	Text  string     `json:"text,omitempty"`
}

type replyView struct {
	Kind       decision.Kind     `json:"kind"`
	KindLabel  string            `json:"kind_label"`
	No         string            `json:"no,omitempty"`
	SignedOn   civil.Date        `json:"signed_on"`
	MadeOn     civil.Date        `json:"made_on"`
	ServedOn   civil.Date        `json:"served_on,omitzero"`
	Contents   map[string]string `json:"contents,omitempty"`
	Withheld   []domain.Withheld `json:"withheld,omitempty"`
	RemedyText string            `json:"remedy_text,omitempty"`
}

type endedView struct {
	Code  domain.EndingCode `json:"code"`
	Label string            `json:"label"`
	On    civil.Date        `json:"on"`
}

// partView leads the applicant on to a part of a split application.
type partView struct {
	Receipt   string `json:"receipt"`
	QueryCode string `json:"query_code"`
	Title     string `json:"title,omitempty"`
}

// open finds the applicant's case for somebody who may see it.
func (h *handlers) open(c echo.Context) (app.Doc, error) {
	doc, err := h.openByCode(c)
	if err != nil {
		return doc, err
	}
	return doc, h.verify(c, doc)
}

// openByCode finds the applicant's case, and counts wrong codes.
func (h *handlers) openByCode(c echo.Context) (app.Doc, error) {
	ctx, client, receipt := c.Request().Context(), c.RealIP(), app.ReceiptIn(c.Param("receipt"))
	if err := h.throttle.Check(ctx, client, receipt); err != nil {
		return app.Doc{}, err
	}
	doc, err := h.desk.Open(ctx, receipt, c.Request().Header.Get("X-Query-Code"))
	if app.IsWrongCode(err) {
		if err := h.throttle.Failed(ctx, client, receipt); err != nil {
			return app.Doc{}, err
		}
	}
	if err == nil {
		audit.About(c, doc.Value.Office, doc.ID)
	}
	return doc, err
}

// showApplication tells the applicant where the application stands.
func (h *handlers) showApplication(c echo.Context) error {
	doc, err := h.open(c)
	if err != nil {
		return err
	}
	return h.answerApplicant(c, doc)
}

func (h *handlers) answerApplicant(c echo.Context, doc app.Doc) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	at, err := h.desk.Scene(c.Request().Context(), doc.Value.Office, domain.Actor{Kind: domain.ByApplicant})
	if err != nil {
		return err
	}
	parts, err := h.desk.Parts(c.Request().Context(), doc.Value)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h.application(at, doc.Value, parts, httpkit.Lang(c)))
}

type onlineCorrectionBody struct {
	Description    string `json:"description"`
	Title          string `json:"title"`
	DocumentNumber string `json:"document_number"`
	Note           string `json:"note"`
}

// correctOnline takes the applicant's correction.
func (h *handlers) correctOnline(c echo.Context) error {
	return applicantCommand(h, c, func(b onlineCorrectionBody) app.Command {
		return correction(correctionBody{Description: b.Description, Title: b.Title, DocumentNumber: b.DocumentNumber, Note: b.Note})
	})
}

type onlineWithdrawalBody struct {
	Reason string `json:"reason"`
}

// withdrawOnline takes the application back.
func (h *handlers) withdrawOnline(c echo.Context) error {
	return applicantCommand(h, c, func(b onlineWithdrawalBody) app.Command {
		return withdrawal(withdrawalBody{Reason: b.Reason})
	})
}

type onlineReasonsBody struct {
	Reasons string `json:"reasons"`
}

// reasonsOnline takes the reasons that the office asked for.
func (h *handlers) reasonsOnline(c echo.Context) error {
	return applicantCommand(h, c, func(b onlineReasonsBody) app.Command {
		return reasons(reasonsBody{Reasons: b.Reasons})
	})
}

func applicantCommand[B any](h *handlers, c echo.Context, run func(B) app.Command) error {
	found, err := h.open(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[B](c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Do(c.Request().Context(), found.Value.Office, found.ID,
		domain.Actor{Kind: domain.ByApplicant}, run(body), httpkit.Command(c).Options()...)
	if err != nil {
		return err
	}
	return h.answerApplicant(c, doc)
}

func (h *handlers) application(at app.Scene, k *domain.Case, parts []app.Doc, lang string) applicationView {
	env := at.Env
	status := k.StatusOn(env.Today)
	v := applicationView{
		Receipt: k.Receipt, RegisterNo: k.RegisterNo(), Office: k.Office, OfficeName: at.Office.Name,
		Status: status, StatusLabel: domain.Statuses.In(string(status), lang), StatusText: plainWords(k, status).In(lang),
		ArrivedOn: k.ArrivedOn(), ReceivedOn: k.ReceivedOn(), Content: k.Content,
		Asked: askedOf(k, lang), Notices: noticesOf(k, lang),
		Attachments: documentsOf(k, k.Attachments, lang),
	}
	if k.Ending == nil && !k.ReceivedOn().IsZero() {
		v.ReplyDue, v.Provisional = k.Due.ReplyDue, k.Due.Provisional
		if r, err := k.Clocks(env); err == nil {
			v.Explanation = explain(r, lang)
		}
	}
	if d := k.Decision; d != nil && !d.MadeOn.IsZero() {
		v.Reply = &replyView{
			Kind: d.Kind, KindLabel: kindLabel(d.Kind, lang), No: d.No, SignedOn: d.SignedOn, MadeOn: d.MadeOn,
			ServedOn: d.ServedOn, Contents: d.Contents, Withheld: d.Withheld,
			RemedyText: remedies(d.Kind, at.Office),
		}
	}
	if e := k.Ending; e != nil {
		v.Ending = &endedView{e.Code, domain.Endings.In(string(e.Code), lang), e.On}
	}
	for _, p := range parts {
		v.Parts = append(v.Parts, partView{p.Value.Receipt, h.desk.QueryCode(p.Value), p.Value.Content.Title})
	}
	return v
}

func explain(r clock.Result, lang string) []explainLine {
	lines := make([]explainLine, 0, len(r.Explanation))
	for _, l := range r.Explanation {
		lines = append(lines, explainLine{
			Text: problem.Text{ZH: l.Text, EN: l.TextEN}.In(lang), Rule: l.Rule, From: l.From, To: l.To, WorkingDays: l.WorkingDays,
		})
	}
	return lines
}

func askedOf(k *domain.Case, lang string) []asked {
	var out []asked
	if n := k.AwaitedCorrection(); n != nil {
		out = append(out, asked{
			Kind: "correction", Label: domain.WaitingFor.In("correction", lang), Items: n.Items, Text: n.Guidance,
			Since: n.NoticedOn, Until: n.CorrectBy,
		})
	}
	if n := k.AwaitedFee(); n != nil {
		out = append(out, asked{
			Kind: "payment", Label: domain.WaitingFor.In("payment", lang), Since: n.NoticedOn, Until: n.PayBy, Yuan: n.AmountYuan,
		})
	}
	if x := k.AwaitedReasons(); x != nil {
		out = append(out, asked{
			Kind: "reasons", Label: domain.Steps.In("reasons_asked", lang), Text: x.Text, Since: x.AskedOn, Until: x.ReplyBy,
		})
	}
	return out
}

// told are the steps that were told to the applicant.
var told = map[string]bool{
	"registered": true, "correction_noticed": true, "corrected": true, "abandoned": true, "extended": true,
	"reasons_asked": true, "deferred": true, "fee_noticed": true, "fee_paid": true, "fee_lapsed": true,
	"fee_cancelled": true, "served": true, "withdrawn": true, "split": true, "merged": true, "reopened": true,
	"closed": true, "code_reissued": true,
}

func noticesOf(k *domain.Case, lang string) []notice {
	var out []notice
	for _, s := range k.History {
		if told[s.Code] {
			n := notice{Code: s.Code, Label: domain.Steps.In(s.Code, lang), On: s.On}
			if s.Code == "extended" || s.Code == "deferred" {
				n.Text = s.Note
			}
			out = append(out, n)
		}
	}
	return out
}

// plainWords says where a case stands as one would say it to somebody who does
// not know the procedure.
func plainWords(k *domain.Case, status contract.CaseStatus) problem.Text {
	switch status {
	case contract.StatusSubmitted:
		return problem.Text{ZH: "您的申请已提交，工作人员确认收到后开始计算答复期限。", EN: "Your application has arrived. The reply period starts once the office has confirmed its receipt."}
	case contract.StatusWaiting:
		switch {
		case k.AwaitedCorrection() != nil:
			return problem.Text{ZH: "请您补正申请；收到补正后重新计算答复期限。", EN: "Please complete your application; the reply period starts anew when the office has it."}
		case k.AwaitedFee() != nil:
			return problem.Text{ZH: "请您缴纳信息处理费；缴费后重新计算答复期限。", EN: "Please pay the processing fee; the reply period starts anew with the payment."}
		}
		return problem.Text{ZH: "正在征求有关方面的意见，所需时间不计算在答复期限内。", EN: "The office has asked others for their opinion; that time does not count towards the reply period."}
	case contract.StatusDecided:
		return problem.Text{ZH: "答复已经签发，即将送达。", EN: "The reply has been signed and is about to be sent to you."}
	case contract.StatusServed:
		return problem.Text{ZH: "答复已经作出并发出。", EN: "The reply has been made and sent."}
	case contract.StatusClosed:
		return problem.Text{ZH: "申请已经办结。", EN: "The application is closed."}
	case contract.StatusRegistered, contract.StatusInProgress, contract.StatusInReview:
	}
	return problem.Text{ZH: "申请正在办理。", EN: "The office is working on your application."}
}
