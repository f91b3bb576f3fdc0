package domain

import "zhiqing.dev/pkg/civil"

// Trigger is what makes the office report a proceeding up (诉讼案件信息报备).
type Trigger string

// The triggers. The loss report (败诉分析报告) is due within 10 working days of the
// effective result; for the others the office sets its own target.
const (
	TriggerReceipt       Trigger = "receipt"
	TriggerResult        Trigger = "result"
	TriggerAppeal        Trigger = "appeal"
	TriggerEffective     Trigger = "effective"
	TriggerRectification Trigger = "rectification"
	TriggerLossReport    Trigger = "loss_report"
)

// Triggers lists every trigger.
var Triggers = []Trigger{
	TriggerReceipt, TriggerResult, TriggerAppeal, TriggerEffective, TriggerRectification, TriggerLossReport,
}

// Label is the trigger's Chinese name.
func (t Trigger) Label() string {
	switch t {
	case TriggerReceipt:
		return "收案报备"
	case TriggerResult:
		return "结果报备"
	case TriggerAppeal:
		return "上诉报备"
	case TriggerEffective:
		return "生效报备"
	case TriggerRectification:
		return "整改报备"
	case TriggerLossReport:
		return "败诉分析报告"
	}
	return string(t)
}

// ReportUp is one duty to report a proceeding up, and whether it was done.
type ReportUp struct {
	Trigger    Trigger    `json:"trigger"`
	OpenedOn   civil.Date `json:"opened_on"`
	ReportedOn civil.Date `json:"reported_on,omitzero"`
	ReceiptNo  string     `json:"receipt_no,omitempty"`
}

func (s *Standing) open(t Trigger, on civil.Date) {
	s.ReportUps = append(s.ReportUps, ReportUp{Trigger: t, OpenedOn: on})
}

// close notes that the oldest open duty of the step's trigger was done.
func (s *Standing) close(st *Step) {
	for i := range s.ReportUps {
		r := &s.ReportUps[i]
		if r.Trigger == st.Trigger && r.ReportedOn.IsZero() {
			r.ReportedOn, r.ReceiptNo = st.On, st.ReceiptNo
			return
		}
	}
}

// Unreported returns the duties that are still open, oldest first, and the day
// since when the oldest waits (zero when none does).
func (s *Standing) Unreported() (open []ReportUp, since civil.Date) {
	for _, r := range s.ReportUps {
		if r.ReportedOn.IsZero() {
			open = append(open, r)
			if since.IsZero() || r.OpenedOn < since {
				since = r.OpenedOn
			}
		}
	}
	return open, since
}
