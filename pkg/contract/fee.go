package contract

import "zhiqing.dev/pkg/civil"

// Events of a fee notice. All carry NoticeFacts.
const (
	FeeNoticeIssued    = "fee.notice.v1.issued"
	FeeNoticeDelivered = "fee.notice.v1.delivered"
	FeeNoticePaid      = "fee.notice.v1.paid"
	FeeNoticeLapsed    = "fee.notice.v1.lapsed"
	FeeNoticeCancelled = "fee.notice.v1.cancelled"
	FeeNoticeRefunded  = "fee.notice.v1.refunded"
	FeeNoticeRestated  = "fee.notice.v1.restated"
)

// NoticeState is where a fee notice stands.
type NoticeState string

// The states of a fee notice (收费通知).
const (
	NoticeIssued    NoticeState = "issued"
	NoticePaid      NoticeState = "paid"
	NoticeLapsed    NoticeState = "lapsed"
	NoticeCancelled NoticeState = "cancelled"
	NoticeRefunded  NoticeState = "refunded"
)

// NoticeFacts are the facts of one fee notice.
type NoticeFacts struct {
	Office     string      `json:"office"`
	NoticeID   string      `json:"notice_id"`
	CaseID     string      `json:"case_id"`
	State      NoticeState `json:"state"`
	Method     string      `json:"method"` // per_item per_page
	AmountYuan int64       `json:"amount_yuan"`
	NoticedOn  civil.Date  `json:"noticed_on"`
	// NoticeReceivedOn starts the 20 working days for payment; zero until known.
	NoticeReceivedOn civil.Date `json:"notice_received_on,omitzero"`
	PayBy            civil.Date `json:"pay_by,omitzero"`
	PaidOn           civil.Date `json:"paid_on,omitzero"`
	PaidYuan         int64      `json:"paid_yuan,omitempty"`
	LapsedOn         civil.Date `json:"lapsed_on,omitzero"`
	CancelledOn      civil.Date `json:"cancelled_on,omitzero"`
	RefundedOn       civil.Date `json:"refunded_on,omitzero"`
	RefundedYuan     int64      `json:"refunded_yuan,omitempty"`
}
