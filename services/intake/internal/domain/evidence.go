package domain

import (
	"bytes"
	"encoding/json"

	"zhiqing.dev/pkg/civil"
)

// Evidence shows when an application arrived or was received. What it must show
// depends on the channel (条例 art. 31).
type Evidence struct {
	Kind          string `json:"kind,omitempty"`
	Reference     string `json:"reference,omitempty"`      // receipt number, tracking number
	Signer        string `json:"signer,omitempty"`         // who signed for the mail at the agency
	ConfirmedWith string `json:"confirmed_with,omitempty"` // whom the office reached
	// Misdirected marks mail that was addressed to another unit or to a person of
	// the agency: it follows the confirmation rule (rules 3.9).
	Misdirected bool   `json:"misdirected,omitempty"`
	Note        string `json:"note,omitempty"`
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
	Fax:            {evidence: "confirmation"},
	Online:         {evidence: "confirmation"},
	Email:          {evidence: "confirmation"},
}

const art31 = "条例 art. 31"

// settleReceipt resolves the day of receipt and its evidence for the channel.
func settleReceipt(ch Channel, arrived, received civil.Date, ev Evidence, env Env, f *faults) (civil.Date, Evidence) {
	rule := receipts[ch]
	onArrival := rule.onArrival && (ch != RegisteredMail || !ev.Misdirected)
	if received.IsZero() && onArrival {
		received = arrived
	}
	received = f.day("/received_on", received, env, arrived, "到达之日", "the day of arrival")
	if onArrival && received != arrived {
		f.add("/received_on", "not_arrival_day",
			"该渠道以提交或者签收之日为收到申请之日。",
			"On this channel the day of submission or signature is the day of receipt.", art31)
	}
	if ev.Kind == "" {
		ev.Kind = rule.evidence
		if ev.Misdirected {
			ev.Kind = "call_log"
		}
	}
	ev.check(f, "/evidence")
	confirmed := ev.Misdirected && ev.Kind == "call_log"
	if ev.Kind != rule.evidence && !confirmed && EvidenceKinds.has(ev.Kind) {
		f.add("/evidence/kind", "wrong_evidence",
			"该渠道应当保存“"+EvidenceKinds.In(rule.evidence, "zh")+"”。",
			"This channel is proved by: "+EvidenceKinds.In(rule.evidence, "en")+".", art31)
	}
	if rule.proof && ev.empty() {
		f.add("/evidence", "required", "请记录签收人或者确认情况。", "Record who signed, or with whom receipt was confirmed.", art31)
	}
	return received, ev
}
