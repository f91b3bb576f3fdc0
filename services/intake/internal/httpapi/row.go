package httpapi

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// caseRow is a case as lists show it: the applicant's name is masked.
type caseRow struct {
	ID                 string               `json:"id"`
	Receipt            string               `json:"receipt"`
	RegisterNo         string               `json:"register_no,omitempty"`
	Status             contract.CaseStatus  `json:"status"`
	StatusLabel        string               `json:"status_label"`
	WaitingFor         string               `json:"waiting_for,omitempty"`
	WaitingForLabel    string               `json:"waiting_for_label,omitempty"`
	Channel            domain.Channel       `json:"channel"`
	ChannelLabel       string               `json:"channel_label"`
	ApplicantKind      domain.ApplicantKind `json:"applicant_kind"`
	ApplicantKindLabel string               `json:"applicant_kind_label"`
	ApplicantName      string               `json:"applicant_name"`
	Title              string               `json:"title,omitempty"`
	Excerpt            string               `json:"excerpt"`
	ArrivedOn          civil.Date           `json:"arrived_on"`
	ReceivedOn         civil.Date           `json:"received_on,omitzero"`
	DueOn              civil.Date           `json:"due_on,omitzero"` // what the queue sorts by
	ReplyDue           civil.Date           `json:"reply_due,omitzero"`
	Provisional        bool                 `json:"provisional"`
	Overdue            bool                 `json:"overdue"`
	Assignee           string               `json:"assignee,omitempty"`
	AssigneeName       string               `json:"assignee_name,omitempty"`
	Items              int                  `json:"items"`
	DecisionKind       decision.Kind        `json:"decision_kind,omitempty"`
	DecisionKindLabel  string               `json:"decision_kind_label,omitempty"`
	FinishedOn         civil.Date           `json:"finished_on,omitzero"`
	ReportRow          string               `json:"report_row,omitempty"`
	ParentID           string               `json:"parent_id,omitempty"`
	Restricted         bool                 `json:"restricted,omitempty"`       // only named people know of it
	NeedsAssistance    bool                 `json:"needs_assistance,omitempty"` // 条例 art. 43
	ConfirmBy          civil.Date           `json:"confirm_by,omitzero"`        // until the receipt is confirmed
	Alarms             []alarmView          `json:"alarms,omitempty"`
	// Likeness is how much a probable duplicate asks for the same, in per cent.
	Likeness int `json:"likeness,omitempty"`
}

// alarmView is something that a person should look at now.
type alarmView struct {
	Code  string     `json:"code"`
	Label string     `json:"label"`
	Since civil.Date `json:"since"`
	Rule  string     `json:"rule,omitempty"`
}

// excerptRunes is how much of the text a list shows.
const excerptRunes = 80

func row(d app.Doc, today civil.Date, lang string) caseRow {
	c := d.Value
	status := c.StatusOn(today)
	r := caseRow{
		ID: d.ID, Receipt: c.Receipt, RegisterNo: c.RegisterNo(),
		Status: status, StatusLabel: domain.Statuses.In(string(status), lang),
		WaitingFor: c.Queue.WaitingFor,
		Channel:    c.Channel, ChannelLabel: domain.Channels.In(string(c.Channel), lang),
		ApplicantKind:      c.Applicant.Kind,
		ApplicantKindLabel: domain.ApplicantKinds.In(string(c.Applicant.Kind), lang),
		ApplicantName:      c.Applicant.MaskedName(),
		Title:              c.Content.Title, Excerpt: excerpt(c.Content.Description),
		ArrivedOn: c.ArrivedOn(), ReceivedOn: c.ReceivedOn(), ReplyDue: c.Due.ReplyDue,
		Provisional: c.Due.Provisional, Overdue: c.Overdue(today),
		Assignee: c.Assignee, AssigneeName: c.AssigneeName, Items: c.Items,
		FinishedOn: c.FinishedOn, ReportRow: c.ReportRow, ParentID: c.ParentID,
		Restricted: c.Restriction != nil,
	}
	if r.WaitingFor != "" {
		r.WaitingForLabel = domain.WaitingFor.In(r.WaitingFor, lang)
	}
	r.NeedsAssistance, r.ConfirmBy = c.Applicant.NeedsAssistance, c.ConfirmBy()
	for _, a := range c.AlarmsOn(today) {
		r.Alarms = append(r.Alarms, alarmView{a.Code, domain.Alarms.In(a.Code, lang), a.Since, a.Rule})
	}
	if c.Queue.HasDue() {
		r.DueOn = c.Queue.DueOn
	}
	if k := c.DecisionKind(); k != "" {
		r.DecisionKind, r.DecisionKindLabel = k, kindLabel(k, lang)
	}
	return r
}

func excerpt(s string) string {
	r := []rune(s)
	if len(r) > excerptRunes {
		return string(r[:excerptRunes]) + "…"
	}
	return s
}

func kindLabel(k decision.Kind, lang string) string {
	e, ok := decision.Of(k)
	if !ok {
		return string(k)
	}
	return problem.Text{ZH: e.Label, EN: e.LabelEN}.In(lang)
}
