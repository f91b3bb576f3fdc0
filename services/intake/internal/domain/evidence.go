package domain

import (
	"bytes"
	"encoding/json"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Evidence shows when an application arrived or was received. What it must show
// depends on the channel (条例 art. 31).
type Evidence struct {
	Kind          string `json:"kind,omitempty"`
	Reference     string `json:"reference,omitempty" seal:"personal"`      // receipt number, tracking number
	Signer        string `json:"signer,omitempty" seal:"personal"`         // who signed for the mail at the agency
	ConfirmedWith string `json:"confirmed_with,omitempty" seal:"personal"` // whom the office reached
	// Misdirected marks mail that was addressed to another unit or to a person of
	// the agency: it follows the confirmation rule (rules 3.9).
	Misdirected bool   `json:"misdirected,omitempty"`
	Note        string `json:"note,omitempty" seal:"personal"`
}

// UnmarshalJSON also takes a bare text, which becomes the note.
func (e *Evidence) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*e = Evidence{}
		return json.Unmarshal(b, &e.Note)
	}
	type plain Evidence
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode((*plain)(e))
}

func (e Evidence) empty() bool {
	return e.Reference == "" && e.Signer == "" && e.ConfirmedWith == "" && e.Note == ""
}

func (e Evidence) check(f *faults, at string) {
	if e.Kind != "" {
		f.oneOf(at+"/kind", e.Kind, EvidenceKinds.has(e.Kind))
	}
	f.text(at+"/reference", e.Reference, NameLimit)
	f.text(at+"/signer", e.Signer, NameLimit)
	f.text(at+"/confirmed_with", e.ConfirmedWith, NameLimit)
	f.text(at+"/note", e.Note, NoteLimit)
}

// receipt is the rule of art. 31 for one channel.
type receipt struct {
	// onArrival: received on the day of arrival; else on the day of confirmation.
	onArrival bool
	evidence  string // the kind of evidence
	// proof: evidence must be written down, not only named.
	proof bool
}

var receipts = map[Channel]receipt{
	InPerson:       {onArrival: true, evidence: "counter_receipt"},
	Oral:           {onArrival: true, evidence: "assisted_form"},
	RegisteredMail: {onArrival: true, evidence: "carrier_trace", proof: true},
	OrdinaryMail:   {evidence: "call_log", proof: true},
	Fax:            {evidence: "confirmation", proof: true},
	Online:         {evidence: "confirmation"},
	Email:          {evidence: "confirmation", proof: true},
}

const art31 = "条例 art. 31"

// settleReceipt resolves the day of receipt and its evidence for the channel.
func (c *Case) settleReceipt(received civil.Date, ev Evidence, env Env, f *faults) (civil.Date, Evidence) {
	rule, arrived := receipts[c.Channel], c.Clock.ArrivedOn
	if rule.onArrival && ev.empty() && c.ArrivalEvidence != nil {
		ev = *c.ArrivalEvidence // it was recorded when the application was entered
	}
	onArrival := rule.onArrival && (c.Channel != RegisteredMail || !ev.Misdirected)
	if received.IsZero() && onArrival {
		received = arrived
	}
	received = f.day("/received_on", received, env, arrived, "到达之日", "the day of arrival")
	switch u := c.Unreachable; {
	case onArrival && received != arrived:
		f.add("/received_on", "not_arrival_day",
			"该渠道以提交或者签收之日为收到申请之日。",
			"On this channel the day of submission or signature is the day of receipt.", art31)
	case u != nil && received < u.TriedOn:
		f.add("/received_on", "date_too_early",
			"未能联系到申请人的，以恢复联系之日为收到申请之日（不早于"+u.TriedOn.String()+"）。",
			"The application is received when contact is restored, not before "+u.TriedOn.String()+".", art31)
	}
	byCall := ev.Misdirected || c.Unreachable != nil // confirmed by telephone, whatever the channel
	if ev.Kind == "" {
		ev.Kind = rule.evidence
		if byCall && !onArrival {
			ev.Kind = "call_log"
		}
	}
	ev.check(f, "/evidence")
	fits := ev.Kind == rule.evidence || byCall && ev.Kind == "call_log"
	if !fits && EvidenceKinds.has(ev.Kind) {
		f.add("/evidence/kind", "wrong_evidence",
			"该渠道应当保存“"+EvidenceKinds.In(rule.evidence, "zh")+"”。",
			"This channel is proved by: "+EvidenceKinds.In(rule.evidence, "en")+".", art31)
	}
	if ev.empty() && (rule.proof || byCall) && !c.has(ForArrival) {
		f.add("/evidence", "required", "请记录签收人或者双方确认的情况，或者上传凭证。",
			"Record who signed, or with whom receipt was confirmed, or add a proof.", art31)
	}
	return received, c.ownProof(ev, env)
}

// ownProof names what the office's own records show, where that is the evidence:
// the receipt handed out at the counter, and the two confirmations of an
// application that came online.
func (c *Case) ownProof(ev Evidence, env Env) Evidence {
	if !ev.empty() {
		return ev
	}
	switch c.Channel {
	case InPerson, Oral:
		ev.Reference = c.Receipt
	case Online:
		ev.Reference = c.Receipt
		ev.Note = "申请人于" + c.Clock.ArrivedOn.String() + "在线提交并取得受理号，工作人员" + env.Actor.Name + "于" + env.Today.String() + "确认收到"
	case RegisteredMail, OrdinaryMail, Fax, Email:
		ev.Note = "凭证见附件"
	}
	return ev
}

// Unreachable is an application that was entered in the register although nobody
// could be reached to confirm its receipt: the reply period starts when contact is
// restored (国办公开办函〔2015〕207号, item 2).
type Unreachable struct {
	TriedOn civil.Date `json:"tried_on"`
	Note    string     `json:"note,omitempty" seal:"personal"`
	By      Person     `json:"by"`
}

const rule207 = "国办公开办函〔2015〕207号；条例 art. 31"

// EnterUnconfirmed gives the case its number without starting the reply period,
// because the applicant cannot be reached. The attempts are on the contact log, or
// told in the note.
func (c *Case) EnterUnconfirmed(cmd Unreachable, n Number, env Env) error {
	if err := c.mustBeOpen(); err != nil {
		return err
	}
	if c.Number != nil {
		return refuse("申请已经登记，编号 "+c.Number.Text+"。", "The application is already registered under "+c.Number.Text+".", "条例 art. 45")
	}
	if receipts[c.Channel].onArrival && (c.ArrivalEvidence == nil || !c.ArrivalEvidence.Misdirected) {
		return refuse("该渠道以提交或者签收之日为收到申请之日，不需要联系申请人确认。",
			"On this channel the application is received without a confirmation.", art31)
	}
	var bad faults
	cmd.TriedOn = bad.day("/tried_on", cmd.TriedOn, env, c.Clock.ArrivedOn, "到达之日", "the day of arrival")
	bad.text("/note", cmd.Note, NoteLimit)
	if _, tried := c.failedContacts(); tried == 0 {
		bad.required("/note", cmd.Note, "请先登记未能联系上的联系记录，或者说明联系经过。",
			"Log the failed attempts first, or tell of them.", rule207)
	}
	if err := bad.err(); err != nil {
		return err
	}
	cmd.By = env.Actor.person()
	c.Unreachable, c.Number, c.RegisteredOn = &cmd, &n, env.Today
	c.note(env, "unreachable", cmd.TriedOn, n.Text)
	c.Raise(contract.CaseChanged)
	return c.settle(env)
}

// failedContacts are the attempts to reach the applicant since somebody was last
// reached, and the day of the first of them.
func (c *Case) failedContacts() (since civil.Date, n int) {
	for _, k := range c.Contacts {
		if k.Reached || k.Inward {
			since, n = 0, 0
			continue
		}
		if n++; since.IsZero() {
			since = k.On
		}
	}
	return since, n
}

func (c *Case) has(purpose string) bool {
	return slices.ContainsFunc(c.Attachments, func(a Attachment) bool { return a.Purpose == purpose && a.Withdrawn == nil })
}
