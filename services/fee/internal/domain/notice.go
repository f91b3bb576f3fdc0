package domain

import (
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/tariff"
)

// PaymentWD are the working days for payment, from the day after the notice was
// received (FR11).
const PaymentWD = 20

// Notice is one fee notice (收费通知): what is charged, on what basis, until when it
// is to be paid, and what became of it.
type Notice struct {
	docstore.Raised `json:"-"`

	ID         string               `json:"id"`
	Office     string               `json:"office"`
	CaseID     string               `json:"case_id"`
	RegisterNo string               `json:"register_no,omitempty"`
	Applicant  string               `json:"applicant"`
	Month      string               `json:"month"`
	State      contract.NoticeState `json:"state"`

	Method tariff.Method `json:"method"`
	// AlreadyCounted and Items are the place of the application in the applicant's
	// month; Pages those that are delivered. Which of them counts is the method's.
	AlreadyCounted int          `json:"already_counted,omitempty"`
	Items          int          `json:"items,omitempty"`
	Pages          int          `json:"pages,omitempty"`
	Quote          tariff.Quote `json:"quote"`
	AmountYuan     int64        `json:"amount_yuan"`
	// Before are the cases whose items were counted before this one, frozen.
	Before    []Counted `json:"before,omitempty"`
	FindingID string    `json:"finding_id,omitempty"`

	NoticedOn        civil.Date `json:"noticed_on"`
	ReplyDue         civil.Date `json:"reply_due"` // the processing period in which it was issued
	DeliveryRoute    string     `json:"delivery_route,omitempty"`
	HowToPay         string     `json:"how_to_pay,omitempty"`
	Note             string     `json:"note,omitempty" seal:"personal"`
	IssuedBy         string     `json:"issued_by"`
	IssuedAt         time.Time  `json:"issued_at"`
	NoticeReceivedOn civil.Date `json:"notice_received_on,omitzero"`
	DeliveryEvidence string     `json:"delivery_evidence,omitempty" seal:"personal"`
	// PayBy is as computed when the notice was last written; PayByOn gives it with
	// the calendar in force.
	PayBy civil.Date `json:"pay_by,omitzero"`

	Payment      *Payment      `json:"payment,omitempty"`
	LapsedOn     civil.Date    `json:"lapsed_on,omitzero"`
	Cancellation *Cancellation `json:"cancellation,omitempty"`
	Refunds      []Refund      `json:"refunds,omitempty"`
	Objections   []Objection   `json:"objections,omitempty"`
	Steps        []Step        `json:"steps"`
}

// Payment is the fee as it came in, to the treasury, against a fiscal receipt (FR14).
type Payment struct {
	PaidOn     civil.Date `json:"paid_on"`
	AmountYuan int64      `json:"amount_yuan"`
	ReceiptNo  string     `json:"receipt_no"` // 财政票据号码
	Late       bool       `json:"late,omitempty"`
	// EventID is the payment side's own id, when it told of the payment.
	EventID string `json:"event_id,omitempty"`
}

// Cancellation takes a notice back that was not paid.
type Cancellation struct {
	CancelledOn civil.Date `json:"cancelled_on"`
	Reason      string     `json:"reason" seal:"personal"`
	// Waived: the fee is forgiven; otherwise the notice was wrong.
	Waived bool `json:"waived,omitempty"`
}

// Refund gives money back.
type Refund struct {
	RefundedOn civil.Date `json:"refunded_on"`
	AmountYuan int64      `json:"amount_yuan"`
	Reason     string     `json:"reason" seal:"personal"`
	ReceiptNo  string     `json:"receipt_no,omitempty"`
}

// Objection is what the applicant says against the fee. The notice cannot be
// challenged alone (FR13); the objection is kept for whoever decides later.
type Objection struct {
	ReceivedOn civil.Date `json:"received_on"`
	Text       string     `json:"text" seal:"personal"`
}

// Step is one entry of the notice's history.
type Step struct {
	Code string     `json:"code"`
	On   civil.Date `json:"on"`
	At   time.Time  `json:"at"`
	By   string     `json:"by"` // staff id
}

// Active reports whether the notice stands in the way of another one on the same
// application: one application is charged once, by one tariff (FR1).
func (n *Notice) Active() bool {
	switch n.State {
	case contract.NoticeIssued, contract.NoticePaid, contract.NoticeLapsed:
		return true
	case contract.NoticeRefunded:
		return n.RefundedYuan() < n.AmountYuan
	default:
		return false
	}
}

// RefundedYuan is what was given back.
func (n *Notice) RefundedYuan() int64 {
	sum := int64(0)
	for _, r := range n.Refunds {
		sum += r.AmountYuan
	}
	return sum
}

// Facts are what other services are told.
func (n *Notice) Facts() contract.NoticeFacts {
	f := contract.NoticeFacts{
		Office: n.Office, NoticeID: n.ID, CaseID: n.CaseID, State: n.State, Method: string(n.Method),
		AmountYuan: n.AmountYuan, NoticedOn: n.NoticedOn, NoticeReceivedOn: n.NoticeReceivedOn, PayBy: n.PayBy,
		LapsedOn: n.LapsedOn, RefundedYuan: n.RefundedYuan(),
	}
	if n.Payment != nil {
		f.PaidOn, f.PaidYuan = n.Payment.PaidOn, n.Payment.AmountYuan
	}
	if n.Cancellation != nil {
		f.CancelledOn = n.Cancellation.CancelledOn
	}
	if len(n.Refunds) > 0 {
		f.RefundedOn = n.Refunds[len(n.Refunds)-1].RefundedOn
	}
	return f
}
