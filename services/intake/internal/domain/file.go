package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Filing is an application as it comes in, on whichever channel.
type Filing struct {
	ID        string
	Office    string
	Receipt   string
	Digests   []string // of Applicant.Identities, in that order
	Channel   Channel
	ArrivedOn civil.Date // zero: today
	Evidence  *Evidence
	Applicant Applicant
	Content   Content
	Delivery  Delivery
	Files     []Attachment
}

// Check reports everything that art. 29 misses in the application. It is the
// whole validation of a filing; File calls it too.
func (f *Filing) Check(env Env) error {
	var bad faults
	f.Applicant = f.Applicant.tidy()
	f.Applicant.check(&bad)
	f.Content.check(&bad, "/content")
	f.Delivery.check(&bad, f.Applicant.Contact)
	if !Channels.has(string(f.Channel)) {
		bad.oneOf("/channel", string(f.Channel), false)
	}
	f.ArrivedOn = bad.day("/arrived_on", f.ArrivedOn, env, 0, "", "")
	if f.Evidence != nil {
		f.Evidence.check(&bad, "/evidence")
	}
	if f.Channel == Oral && !f.Applicant.NeedsAssistance && (f.Evidence == nil || f.Evidence.Note == "") {
		bad.add("/applicant/needs_assistance", "required",
			"口头申请限于书面申请确有困难的情形，请标注需要协助或者写明原因。",
			"An oral application needs real difficulty with writing: mark the need for assistance or note the reason.",
			"条例 art. 29(1)")
	}
	return bad.err()
}

// File opens the case file of an application.
func File(f Filing, env Env) (*Case, error) {
	if err := f.Check(env); err != nil {
		return nil, err
	}
	c := &Case{
		ID: f.ID, Office: f.Office, Receipt: f.Receipt, Digests: f.Digests,
		Channel: f.Channel, Applicant: f.Applicant, Content: f.Content, Delivery: f.Delivery,
		ArrivalEvidence: f.Evidence, FiledBy: env.Actor.person(), FiledAt: env.Now, Items: 1,
	}
	c.Clock.ArrivedOn, c.Clock.Channel = f.ArrivedOn, string(f.Channel)
	if err := c.attach(f.Files, env); err != nil {
		return nil, err
	}
	c.note(env, "filed", f.ArrivedOn, "")
	c.Raise(contract.CaseFiled)
	return c, c.settle(env)
}

// Registration confirms the receipt and enters the application in the register
// (条例 art. 31, 45). The reply period runs from ReceivedOn.
type Registration struct {
	ReceivedOn civil.Date
	Evidence   Evidence
}

// ReceiptOn is the day of receipt that a registration will have, so that the
// number can be drawn for its year before the case is written.
func (r Registration) ReceiptOn(c *Case, env Env) civil.Date {
	var ignored faults
	on, _ := c.settleReceipt(r.ReceivedOn, r.Evidence, env, &ignored)
	return on
}

// Register gives the case its number and starts the reply period. The number
// must be the next of its office and year; the store's unique index holds that. A
// case that was entered while its applicant could not be reached keeps its number.
func (c *Case) Register(cmd Registration, n Number, env Env) error {
	if err := c.mustBeOpen(); err != nil {
		return err
	}
	if c.Number != nil && !c.ReceivedOn().IsZero() {
		return refuse("申请已经登记，编号 "+c.Number.Text+"。",
			"The application is already registered under "+c.Number.Text+".", "条例 art. 45")
	}
	var bad faults
	received, ev := c.settleReceipt(cmd.ReceivedOn, cmd.Evidence, env, &bad)
	if err := bad.err(); err != nil {
		return err
	}
	c.Clock.ReceivedOn, c.Evidence = received, &ev
	if c.Number == nil {
		c.Number, c.RegisteredOn = &n, env.Today
	}
	c.note(env, "registered", received, c.Number.Text)
	c.Raise(contract.CaseRegistered)
	return c.settle(env)
}
