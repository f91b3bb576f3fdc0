package domain

import (
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// RemittanceState is what became of a payment that the payment side told of.
type RemittanceState string

// The states of a remittance.
const (
	RemittanceReceived RemittanceState = "received" // taken down, not decided yet
	RemittanceBooked   RemittanceState = "booked"   // recorded on its notice
	RemittanceHeld     RemittanceState = "held"     // money came that no notice takes; somebody must see to it
	RemittanceResolved RemittanceState = "resolved" // somebody did
)

// Remittance is a payment as the payment side told of it, signed. What cannot be
// booked, for example because the notice has lapsed, is held for the office: money
// that came in is never forgotten.
type Remittance struct {
	Office     string          `json:"office"`
	EventID    string          `json:"event_id"`
	NoticeID   string          `json:"notice_id"`
	PaidOn     civil.Date      `json:"paid_on"`
	AmountYuan int64           `json:"amount_yuan"`
	ReceiptNo  string          `json:"receipt_no"`
	ReceivedAt time.Time       `json:"received_at"`
	State      RemittanceState `json:"state"`
	// Code and Reason say why it is held.
	Code   problem.Code `json:"code,omitempty"`
	Reason problem.Text `json:"reason,omitzero"`

	ResolvedBy string    `json:"resolved_by,omitempty"` // staff id
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Resolution string    `json:"resolution,omitempty" seal:"personal"`
}

// Same reports whether another telling is of the same payment.
func (r *Remittance) Same(o Remittance) bool {
	return r.NoticeID == o.NoticeID && r.PaidOn == o.PaidOn && r.AmountYuan == o.AmountYuan && r.ReceiptNo == o.ReceiptNo
}

// Resolve notes what the office did with money that could not be booked.
func (r *Remittance) Resolve(by, how string, at time.Time) error {
	if r.State != RemittanceHeld {
		return problem.New(problem.IllegalTransition, "该缴费没有待处理事项。", "There is nothing to be done about this payment.").Under(feeRules)
	}
	r.State, r.ResolvedBy, r.ResolvedAt, r.Resolution = RemittanceResolved, by, at, how
	return nil
}

// Hook is an office's key with the payment side: only its version is kept, the key
// follows from it and the installation's own.
type Hook struct {
	Office    string    `json:"office"`
	Version   int64     `json:"version"`
	RotatedBy string    `json:"rotated_by"` // staff id
	RotatedAt time.Time `json:"rotated_at"`
}

// HookOverlap is how long the key before is still taken, so that the payment side can
// change over.
const HookOverlap = 24 * time.Hour

// Versions are the keys that are taken at this moment, the newest first.
func (h *Hook) Versions(now time.Time) []int64 {
	switch {
	case h.Version == 0:
		return nil
	case h.Version > 1 && now.Sub(h.RotatedAt) < HookOverlap:
		return []int64{h.Version, h.Version - 1}
	}
	return []int64{h.Version}
}
