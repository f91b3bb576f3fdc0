package clock

import "zhiqing.dev/pkg/civil"

// Facts are the dated facts of one case from which every clock follows. Due
// dates are never among them: they are computed, each time anew.
type Facts struct {
	// CaseType is empty for an application, or CaseRecordCorrection.
	CaseType string `json:"case_type,omitempty"`

	ArrivedOn  civil.Date `json:"arrived_on,omitempty"`  // reached the agency; the clock waits for receipt under art. 31
	ReceivedOn civil.Date `json:"received_on,omitempty"` // 收到申请之日, art. 31
	Channel    string     `json:"channel,omitempty"`

	Correction  *Correction  `json:"correction,omitempty"`  // 补正, art. 30
	Corrections []Correction `json:"corrections,omitempty"` // further notices, where the office's policy admits them

	Fee *Fee `json:"fee,omitempty"` // 信息处理费, art. 42

	Consultations []Consultation `json:"consultations,omitempty"` // 征求意见, art. 32 to 34

	ExtensionWD         int        `json:"extension_wd,omitempty"` // 延长答复期限, art. 33(2)
	ExtensionNotifiedOn civil.Date `json:"extension_notified_on,omitempty"`
	DeferredUntil       civil.Date `json:"deferred_until,omitempty"` // 延迟答复, art. 35

	DecidedOn   civil.Date `json:"decided_on,omitempty"`
	ReplyMadeOn civil.Date `json:"reply_made_on,omitempty"` // signed for, or posted: 作出答复之日
	ServedOn    civil.Date `json:"served_on,omitempty"`     // 送达

	AbandonedOn civil.Date `json:"abandoned_on,omitempty"` // 逾期不补正, closed under art. 30
	LapsedOn    civil.Date `json:"lapsed_on,omitempty"`    // 逾期不缴费, closed
	WithdrawnOn civil.Date `json:"withdrawn_on,omitempty"` // 撤回申请
	ClosedOn    civil.Date `json:"closed_on,omitempty"`

	// TransferredOn ends a request to correct a record: it was transferred to the
	// agency that may correct it, and the person told (art. 41).
	TransferredOn civil.Date `json:"transferred_on,omitempty"`

	Order *Order `json:"order,omitempty"` // a review decision or judgment to perform
}

// CaseRecordCorrection is a request to correct a record about oneself (更正与其自身
// 相关的不准确的政府信息, art. 41). It is no application: none of its periods apply.
const CaseRecordCorrection = "record_correction"

// Correction is one correction notice (补正告知) and what came of it.
type Correction struct {
	NoticedOn   civil.Date `json:"noticed_on,omitempty"`
	DeliveredOn civil.Date `json:"delivered_on,omitempty"` // absent: the day of the notice is taken
	PeriodWD    int        `json:"period_wd,omitempty"`    // absent: the office's default
	ReceivedOn  civil.Date `json:"received_on,omitempty"`  // the corrected application
	Reason      string     `json:"reason,omitempty"`       // why a notice beyond the usual number
}

// Fee is a fee notice (收费通知) and its payment.
type Fee struct {
	NoticedOn        civil.Date `json:"noticed_on,omitempty"`
	NoticeReceivedOn civil.Date `json:"notice_received_on,omitempty"` // absent: the day of the notice is taken
	PaidOn           civil.Date `json:"paid_on,omitempty"`
}

// ConsultationKind tells whose opinion is asked; silence means something
// different for each.
type ConsultationKind string

// The kinds. An empty kind is a third party.
const (
	ThirdParty  ConsultationKind = "third_party"  // 第三方, art. 32
	JointAgency ConsultationKind = "joint_agency" // 共同制作的行政机关, art. 34
	OtherAgency ConsultationKind = "other_agency" // 其他机关, art. 33(3)
)

// Consultation is one letter asking for an opinion (征求意见书).
type Consultation struct {
	Kind                ConsultationKind `json:"kind,omitempty"`
	SentOn              civil.Date       `json:"sent_on,omitempty"`
	ConsulteeReceivedOn civil.Date       `json:"consultee_received_on,omitempty"`
	AnsweredOn          civil.Date       `json:"answered_on,omitempty"` // the day the office received the answer
	WithdrawnOn         civil.Date       `json:"withdrawn_on,omitempty"`
}

// Order is a review decision or judgment that sets a period to act.
type Order struct {
	EffectiveOn civil.Date `json:"effective_on,omitempty"`
	PeriodWD    int        `json:"period_wd,omitempty"` // absent: 20 working days
	PerformedOn civil.Date `json:"performed_on,omitempty"`
}
