package domain

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/report"
)

// Correction is one correction notice (补正告知书) and what came of it.
type Correction struct {
	NoticedOn   civil.Date `json:"noticed_on"`
	DeliveredOn civil.Date `json:"delivered_on,omitzero"`
	Items       []string   `json:"items" seal:"personal"` // what must be corrected
	Guidance    string     `json:"guidance,omitempty" seal:"personal"`
	PeriodWD    int        `json:"period_wd"`
	CorrectBy   civil.Date `json:"correct_by"` // last day of the correction period
	Late        bool       `json:"late,omitempty"`
	Reason      string     `json:"reason,omitempty" seal:"personal"` // why a notice beyond the usual number
	By          Person     `json:"by"`

	ReceivedOn civil.Date `json:"received_on,omitzero"` // the corrected application
	Content    *Content   `json:"content,omitempty"`    // as corrected
	Before     *Content   `json:"before,omitempty"`     // as it stood
	LateReason string     `json:"late_reason,omitempty" seal:"personal"`
	Note       string     `json:"note,omitempty" seal:"personal"`
	// AbandonedOn is set when the period ran out and the office closed the case.
	AbandonedOn civil.Date `json:"abandoned_on,omitzero"`
}

func (k *Correction) open() bool { return k.ReceivedOn.IsZero() && k.AbandonedOn.IsZero() }

func (c *Case) openCorrection() *Correction {
	if n := len(c.Corrections); n > 0 && c.Corrections[n-1].open() {
		return &c.Corrections[n-1]
	}
	return nil
}

// CorrectionNotice asks the applicant, once and completely, to mend an unclear
// application (条例 art. 30).
type CorrectionNotice struct {
	NoticedOn   civil.Date
	DeliveredOn civil.Date // zero: the day of the notice
	Items       []string
	Guidance    string
	PeriodWD    int // zero: the office's usual period
	Reason      string
}

const art30 = "条例 art. 30"

// NoticeCorrection sends the correction notice: within seven working days of
// receipt, or marked late with a shadow due date where office policy allows.
func (c *Case) NoticeCorrection(cmd CorrectionNotice, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.openCorrection() != nil {
		return refuse("补正通知已经发出，尚未收到补正。", "A correction notice is already out.", art30)
	}
	if c.openFee() != nil {
		return refuse("案件正在等待缴费。", "The case is waiting for a payment.", "信息处理费管理办法")
	}
	if c.Clock.Order != nil {
		return refuse("依复议决定或者判决重新办理的案件不再要求补正。", "A case reopened on an order is not sent back for correction.", art30)
	}
	var bad faults
	if len(cmd.Items) == 0 || len(cmd.Items) > 30 {
		bad.add("/items", "required", "请一次性列明需要补正的事项。", "List everything that must be corrected.", art30)
	}
	for i, it := range cmd.Items {
		bad.required("/items/"+strconv.Itoa(i), it, "补正事项不能为空。", "An item is empty.", art30)
		bad.text("/items/"+strconv.Itoa(i), it, NoteLimit)
	}
	bad.text("/guidance", cmd.Guidance, textLimit)
	bad.text("/reason", cmd.Reason, NoteLimit)
	if cmd.PeriodWD == 0 {
		cmd.PeriodWD = env.Policy.Clock.CorrectionPeriodWD
	}
	if cmd.PeriodWD < 1 || cmd.PeriodWD > 60 {
		bad.add("/period_wd", "out_of_range", "补正期限应当在1至60个工作日之间。", "The correction period is 1 to 60 working days.", art30)
	}
	if len(c.Corrections) >= env.Policy.Clock.MaxCorrectionNotices {
		bad.required("/reason", cmd.Reason, "补正告知原则上一次为限，再次告知应当写明理由。",
			"One notice is the rule; a further one needs a recorded reason.", art30)
	}
	cmd.NoticedOn = bad.day("/noticed_on", cmd.NoticedOn, env, c.clockStart(), "收到申请之日", "the day of receipt")
	bad.given("/delivered_on", cmd.DeliveredOn, env, cmd.NoticedOn, "告知之日", "the day of the notice")
	if err := bad.err(); err != nil {
		return err
	}
	limit := env.Calendar.AddWorkdays(c.clockStart(), correctionNoticeWD)
	late := cmd.NoticedOn > limit
	if late && env.Policy.RefuseLateNotice {
		return tooLate("补正应当自收到申请之日起7个工作日内告知（"+limit.String()+"）。",
			"A correction notice is sent within 7 working days of receipt ("+limit.String()+").", art30)
	}
	k := Correction{
		NoticedOn: cmd.NoticedOn, DeliveredOn: cmd.DeliveredOn, Items: cmd.Items, Guidance: cmd.Guidance,
		PeriodWD: cmd.PeriodWD, Late: late, Reason: cmd.Reason, By: env.Actor.person(),
		CorrectBy: env.Calendar.AddWorkdays(max(cmd.NoticedOn, cmd.DeliveredOn), cmd.PeriodWD),
	}
	c.Corrections = append(c.Corrections, k)
	c.overtake()
	c.copyCorrections()
	c.note(env, "correction_noticed", k.NoticedOn, "")
	c.Raise(contract.CaseCorrectionNoticed)
	return c.settle(env)
}

// copyCorrections restates the notices as dated facts.
func (c *Case) copyCorrections() {
	c.Clock.Correction, c.Clock.Corrections = nil, nil
	for i, k := range c.Corrections {
		fact := clock.Correction{
			NoticedOn: k.NoticedOn, DeliveredOn: k.DeliveredOn, PeriodWD: k.PeriodWD,
			ReceivedOn: k.ReceivedOn, Reason: k.Reason,
		}
		if i == 0 {
			c.Clock.Correction = &fact
			continue
		}
		c.Clock.Corrections = append(c.Clock.Corrections, fact)
	}
}

// CorrectionReceived is the corrected application.
type CorrectionReceived struct {
	ReceivedOn civil.Date
	Content    Content // a zero description keeps the text as it is
	LateReason string
	Note       string
}

// Correct takes the corrected application in: the reply period starts anew on
// the day after (条例 art. 30). After the correction period it takes a good
// reason, on record, by the office.
func (c *Case) Correct(cmd CorrectionReceived, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	k := c.openCorrection()
	if k == nil {
		return refuse("没有待补正的通知。", "No correction is being waited for.", art30)
	}
	var bad faults
	content := c.Content
	if cmd.Content.Description != "" {
		content.Description = cmd.Content.Description
	}
	if cmd.Content.Title != "" {
		content.Title = cmd.Content.Title
	}
	if cmd.Content.DocumentNumber != "" {
		content.DocumentNumber = cmd.Content.DocumentNumber
	}
	content.check(&bad, "")
	if env.Actor.Kind == ByApplicant && cmd.Content == (Content{}) && cmd.Note == "" {
		bad.add("/description", "required", "请填写补正内容。", "Say what is corrected.", art30)
	}
	bad.text("/late_reason", cmd.LateReason, NoteLimit)
	bad.text("/note", cmd.Note, NoteLimit)
	cmd.ReceivedOn = bad.day("/received_on", cmd.ReceivedOn, env, k.NoticedOn, "告知补正之日", "the day of the notice")
	if err := bad.err(); err != nil {
		return err
	}
	if cmd.ReceivedOn > k.CorrectBy {
		if env.Actor.Kind == ByApplicant {
			return tooLate("补正期限已于 "+k.CorrectBy.String()+" 届满，请与受理机关联系。",
				"The correction period ended on "+k.CorrectBy.String()+"; please contact the office.", art30)
		}
		if cmd.LateReason == "" {
			bad.required("/late_reason", "", "逾期补正应当写明正当理由。",
				"A late correction needs a good reason on record.", art30)
			return bad.err()
		}
	}
	before := c.Content
	k.ReceivedOn, k.LateReason, k.Note = cmd.ReceivedOn, cmd.LateReason, cmd.Note
	if content != before {
		k.Before, k.Content = &before, &content
		c.Content = content
	}
	c.copyCorrections()
	c.note(env, "corrected", cmd.ReceivedOn, "")
	c.Raise(contract.CaseCorrected)
	return c.settle(env)
}

// Abandonment closes a case whose applicant did not correct in time (K13).
type Abandonment struct {
	AbandonedOn civil.Date
	Note        string
}

// Abandon closes the case on or after the first working day that follows the
// correction period.
func (c *Case) Abandon(cmd Abandonment, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	k := c.openCorrection()
	if k == nil {
		return refuse("没有待补正的通知，不能按逾期不补正办结。", "No correction is being waited for.", art30)
	}
	var bad faults
	bad.text("/note", cmd.Note, NoteLimit)
	cmd.AbandonedOn = bad.day("/abandoned_on", cmd.AbandonedOn, env, k.NoticedOn, "告知补正之日", "the day of the notice")
	if err := bad.err(); err != nil {
		return err
	}
	if first := env.Calendar.AddWorkdays(k.CorrectBy, 1); cmd.AbandonedOn < first {
		return refuse("补正期限至 "+k.CorrectBy.String()+"，最早可于 "+first.String()+" 办结。",
			"The correction period runs until "+k.CorrectBy.String()+"; the case may be closed from "+first.String()+" on.", art30)
	}
	k.AbandonedOn = cmd.AbandonedOn
	c.Clock.AbandonedOn = cmd.AbandonedOn
	c.end(EndedAbandoned, cmd.AbandonedOn, cmd.Note, report.Row("other_1_not_corrected"), env)
	c.note(env, "abandoned", cmd.AbandonedOn, cmd.Note)
	c.Raise(contract.CaseAbandoned)
	return c.settle(env)
}
