package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
)

// Attempt is one attempt at service (送达).
type Attempt struct {
	N           int        `json:"n"`
	Route       string     `json:"route"`
	SentOn      civil.Date `json:"sent_on"`               // handed over, posted or dispatched
	DeliveredOn civil.Date `json:"delivered_on,omitzero"` // signed for, arrived
	ReadOn      civil.Date `json:"read_on,omitzero"`
	Signer      string     `json:"signer,omitempty" seal:"personal"`
	Carrier     string     `json:"carrier,omitempty"`
	TrackingNo  string     `json:"tracking_no,omitempty" seal:"personal"`
	Proof       string     `json:"proof,omitempty" seal:"personal"`
	FailedOn    civil.Date `json:"failed_on,omitzero"`
	FailReason  string     `json:"fail_reason,omitempty" seal:"personal"`
	By          Person     `json:"by"`
}

// madeOn is the day on which this attempt makes the reply, zero while it does
// not: signature for direct service, posting for mail (国办公开办函〔2016〕235号);
// dispatch, once the arrival is on record, for electronic routes (rules 7.3).
func (a *Attempt) madeOn() civil.Date {
	switch {
	case !a.FailedOn.IsZero():
		return 0
	case a.Route == "direct" || a.Route == "entrusted":
		return a.DeliveredOn
	case a.Route == "mail":
		return a.SentOn
	case a.DeliveredOn.IsZero():
		return 0
	default:
		return a.SentOn
	}
}

const serviceRule = "国办公开办函〔2016〕235号"

// Service records an attempt, or what became of an earlier one.
type Service struct {
	// Attempt is the number of the attempt that the record is about; zero opens a
	// new one.
	Attempt     int
	Route       string
	SentOn      civil.Date
	DeliveredOn civil.Date
	ReadOn      civil.Date
	Signer      string
	Carrier     string
	TrackingNo  string
	Proof       string
	FailedOn    civil.Date
	FailReason  string
}

// Serve records service. The reply is made on the day the route's rule says;
// once the applicant has it, the case is closed.
func (c *Case) Serve(cmd Service, env Env) error {
	if err := c.mustBeRegistered(); err != nil {
		return err
	}
	if c.Decision == nil {
		return refuse("答复尚未签发，不能送达。", "There is no signed decision to serve.", "条例 art. 33")
	}
	d := c.Decision
	if cmd.Attempt == 0 {
		if n := len(d.Attempts); n > 0 && d.Attempts[n-1].FailedOn.IsZero() {
			return refuse("上一次送达尚无结果，请先登记其结果。", "The last attempt is still open; record what became of it.", serviceRule)
		}
		return c.send(cmd, env)
	}
	if cmd.Attempt < 1 || cmd.Attempt > len(d.Attempts) {
		return problem.New(problem.NotFound, "没有这次送达记录。", "There is no such attempt.")
	}
	return c.resultOf(&d.Attempts[cmd.Attempt-1], cmd, env)
}

func (c *Case) send(cmd Service, env Env) error {
	d := c.Decision
	var bad faults
	bad.oneOf("/route", cmd.Route, ServiceRoutes.has(cmd.Route))
	direct := cmd.Route == "direct" || cmd.Route == "entrusted"
	if cmd.SentOn.IsZero() {
		cmd.SentOn = cmd.DeliveredOn
	}
	cmd.SentOn = bad.day("/sent_on", cmd.SentOn, env, d.SignedOn, "签发之日", "the day of signature")
	if (direct || cmd.Route == "online") && cmd.DeliveredOn.IsZero() && cmd.FailedOn.IsZero() {
		cmd.DeliveredOn = cmd.SentOn
	}
	if direct && cmd.FailedOn.IsZero() {
		bad.required("/signer", cmd.Signer, "请填写签收人。", "Say who signed for it.", serviceRule)
	}
	if cmd.Route == "mail" {
		bad.required("/tracking_no", cmd.TrackingNo, "邮寄送达应当通过邮政企业寄送并记录邮件号。",
			"Service by post goes through the postal enterprise, with its number.", serviceRule)
	}
	c.checkResult(&bad, cmd, cmd.SentOn, env)
	if err := bad.err(); err != nil {
		return err
	}
	d.Attempts = append(d.Attempts, Attempt{
		N: len(d.Attempts) + 1, Route: cmd.Route, SentOn: cmd.SentOn, DeliveredOn: cmd.DeliveredOn,
		ReadOn: cmd.ReadOn, Signer: cmd.Signer, Carrier: cmd.Carrier, TrackingNo: cmd.TrackingNo,
		Proof: cmd.Proof, FailedOn: cmd.FailedOn, FailReason: cmd.FailReason, By: env.Actor.person(),
	})
	return c.conclude(&d.Attempts[len(d.Attempts)-1], env)
}

func (c *Case) resultOf(a *Attempt, cmd Service, env Env) error {
	if !a.FailedOn.IsZero() || !a.DeliveredOn.IsZero() {
		return refuse("该次送达已有结果。", "The result of this attempt is on record.", serviceRule)
	}
	var bad faults
	if cmd.Route != "" && cmd.Route != a.Route {
		bad.add("/route", "unchangeable", "不能更改送达方式。", "The route of an attempt cannot change.", "")
	}
	if cmd.DeliveredOn.IsZero() && cmd.FailedOn.IsZero() {
		bad.add("/delivered_on", "required", "请填写送达或者退回的日期。", "Give the day of delivery or of failure.", serviceRule)
	}
	c.checkResult(&bad, cmd, a.SentOn, env)
	if err := bad.err(); err != nil {
		return err
	}
	a.DeliveredOn, a.ReadOn, a.FailedOn, a.FailReason = cmd.DeliveredOn, cmd.ReadOn, cmd.FailedOn, cmd.FailReason
	if cmd.Signer != "" {
		a.Signer = cmd.Signer
	}
	if cmd.Proof != "" {
		a.Proof = cmd.Proof
	}
	return c.conclude(a, env)
}

func (c *Case) checkResult(bad *faults, cmd Service, sent civil.Date, env Env) {
	bad.given("/delivered_on", cmd.DeliveredOn, env, sent, "发出之日", "the day of dispatch")
	bad.given("/read_on", cmd.ReadOn, env, max(sent, cmd.DeliveredOn), "到达之日", "the day of arrival")
	bad.given("/failed_on", cmd.FailedOn, env, sent, "发出之日", "the day of dispatch")
	if !cmd.FailedOn.IsZero() {
		bad.required("/fail_reason", cmd.FailReason, "请写明未送达的原因。", "Say why it failed.", serviceRule)
		if !cmd.DeliveredOn.IsZero() {
			bad.add("/failed_on", "contradiction", "不能同时登记送达与未送达。", "It cannot be both delivered and failed.", "")
		}
	}
	bad.text("/signer", cmd.Signer, NameLimit)
	bad.text("/carrier", cmd.Carrier, NameLimit)
	bad.text("/tracking_no", cmd.TrackingNo, NameLimit)
	bad.text("/proof", cmd.Proof, NoteLimit)
	bad.text("/fail_reason", cmd.FailReason, NoteLimit)
}

// conclude draws the consequences of an attempt for the case.
func (c *Case) conclude(a *Attempt, env Env) error {
	d := c.Decision
	d.MadeOn, d.ServedOn = a.madeOn(), 0
	switch {
	case !a.FailedOn.IsZero():
		c.FinishedOn, c.ReportRow = 0, ""
		c.Clock.ReplyMadeOn, c.Clock.ServedOn = 0, 0
		c.note(env, "service_failed", a.FailedOn, a.FailReason)
		c.Raise(contract.CaseChanged)
	case d.MadeOn.IsZero():
		c.note(env, "service_tried", a.SentOn, a.Route)
		c.Raise(contract.CaseChanged)
	default:
		c.Clock.DecidedOn, c.Clock.ReplyMadeOn = d.SignedOn, d.MadeOn
		c.FinishedOn, c.ReportRow = d.MadeOn, d.Row
		d.ServedOn = a.DeliveredOn
		c.Clock.ServedOn = a.DeliveredOn
		c.note(env, "served", max(d.MadeOn, d.ServedOn), a.Route)
		c.Raise(contract.CaseServed)
		if !a.DeliveredOn.IsZero() {
			c.end(EndedServed, a.DeliveredOn, "", report.Row(d.Row), env)
			c.note(env, "closed", a.DeliveredOn, "")
			c.Raise(contract.CaseClosed)
		}
	}
	return c.settle(env)
}
