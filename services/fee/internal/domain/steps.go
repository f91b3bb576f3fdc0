package domain

import (
	"fmt"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
)

const feeRules = "政府信息公开信息处理费管理办法"

// Env is who acts, when, and with which calendar and policy.
type Env struct {
	By       string // staff id
	Today    civil.Date
	At       time.Time
	Calendar *calendar.Calendar
	Policy   Policy
}

// PayByOn is the last day for payment with the calendar given; zero until the
// applicant's receipt of the notice is known.
func (n *Notice) PayByOn(cal *calendar.Calendar) civil.Date {
	if n.NoticeReceivedOn == 0 {
		return 0
	}
	return cal.AddWorkdays(n.NoticeReceivedOn, PaymentWD)
}

// LapsesAfter is the last day on which a payment is still taken.
func (n *Notice) LapsesAfter(env Env) civil.Date {
	due := n.PayByOn(env.Calendar)
	if due == 0 {
		return 0
	}
	return env.Calendar.AddWorkdays(due, env.Policy.GraceWD)
}

func (n *Notice) step(code string, on civil.Date, env Env) {
	n.Steps = append(n.Steps, Step{Code: code, On: on, At: env.At, By: env.By})
	n.PayBy = n.PayByOn(env.Calendar)
}

// day reads the day of a step: today when absent, never in the future, never before
// what must have come first.
func (env Env) day(pointer string, d, notBefore civil.Date) (civil.Date, error) {
	if d == 0 {
		d = env.Today
	}
	fault := problem.Field{Pointer: pointer, Rule: feeRules}
	switch {
	case d > env.Today:
		fault.Code, fault.Text = "date_in_future", problem.Text{ZH: "日期不能晚于今天。", EN: "The day lies in the future."}
	case d < notBefore:
		fault.Code, fault.Text = "date_too_early", problem.Text{
			ZH: fmt.Sprintf("日期不能早于%s。", notBefore), EN: fmt.Sprintf("The day cannot lie before %s.", notBefore),
		}
	default:
		return d, nil
	}
	return 0, problem.InvalidFields(fault)
}

func (n *Notice) mustBe(state contract.NoticeState, zh, en string) error {
	if n.State != state {
		return problem.New(problem.IllegalTransition, zh, en).Under(feeRules)
	}
	return nil
}

// Deliver notes the day on which the applicant received the notice: the day after it
// is the first of the period for payment.
func (n *Notice) Deliver(on civil.Date, evidence string, env Env) error {
	if err := n.mustBe(contract.NoticeIssued, "该收费通知已经缴费或者终结。", "This notice is paid or ended."); err != nil {
		return err
	}
	on, err := env.day("/received_on", on, n.NoticedOn)
	if err != nil {
		return err
	}
	n.NoticeReceivedOn, n.DeliveryEvidence = on, evidence
	n.step("delivered", on, env)
	n.Raise(contract.FeeNoticeDelivered)
	return nil
}

// Pay notes the payment. It restarts the reply period (FR12).
func (n *Notice) Pay(p Payment, env Env) error {
	if err := n.mustBe(contract.NoticeIssued, "该收费通知已经缴费或者终结，不能再次登记缴费。",
		"This notice is paid or ended; no further payment can be recorded."); err != nil {
		return err
	}
	on, err := env.day("/paid_on", p.PaidOn, n.NoticedOn)
	if err != nil {
		return err
	}
	p.PaidOn = on
	if p.AmountYuan != n.AmountYuan {
		return problem.InvalidFields(problem.Field{Pointer: "/amount_yuan", Code: "amount_differs", Rule: feeRules, Text: problem.Text{
			ZH: fmt.Sprintf("缴费金额应为%d元。", n.AmountYuan), EN: fmt.Sprintf("The amount due is %d yuan.", n.AmountYuan),
		}})
	}
	if last := n.LapsesAfter(env); last != 0 {
		p.Late = p.PaidOn > n.PayByOn(env.Calendar)
		if p.PaidOn > last {
			return problem.New(problem.DeadlinePassed,
				fmt.Sprintf("缴费期限已于%s届满，逾期未缴费的视为放弃申请；本机关未设定宽限。", last),
				fmt.Sprintf("The period for payment ended on %s; the application counts as abandoned.", last)).Under(feeRules)
		}
	}
	n.Payment, n.State = &p, contract.NoticePaid
	n.step("paid", on, env)
	n.Raise(contract.FeeNoticePaid)
	return nil
}

// Lapse ends a notice that was not paid in time: the applicant is deemed to have
// given the application up (FR11).
func (n *Notice) Lapse(on civil.Date, env Env) error {
	if err := n.mustBe(contract.NoticeIssued, "该收费通知已经缴费或者终结。", "This notice is paid or ended."); err != nil {
		return err
	}
	last := n.LapsesAfter(env)
	if last == 0 {
		return problem.New(problem.IllegalTransition,
			"尚未登记申请人收到收费通知的日期，缴费期限没有起算。",
			"The applicant's receipt of the notice is not recorded, so the period for payment has not begun.").Under(feeRules)
	}
	on, err := env.day("/lapsed_on", on, env.Calendar.AddWorkdays(last, 1))
	if err != nil {
		return err
	}
	n.LapsedOn, n.State = on, contract.NoticeLapsed
	n.step("lapsed", on, env)
	n.Raise(contract.FeeNoticeLapsed)
	return nil
}

// Cancel takes the notice back, or waives the fee.
func (n *Notice) Cancel(c Cancellation, env Env) error {
	if err := n.mustBe(contract.NoticeIssued, "只有尚未缴费的收费通知可以撤销；已缴费的请办理退费。",
		"Only a notice that is not paid can be taken back; refund a paid one."); err != nil {
		return err
	}
	on, err := env.day("/cancelled_on", c.CancelledOn, n.NoticedOn)
	if err != nil {
		return err
	}
	c.CancelledOn = on
	n.Cancellation, n.State = &c, contract.NoticeCancelled
	n.step("cancelled", on, env)
	n.Raise(contract.FeeNoticeCancelled)
	return nil
}

// Refund gives back what was paid, or a part of it.
func (n *Notice) Refund(r Refund, env Env) error {
	if n.Payment == nil || (n.State != contract.NoticePaid && n.State != contract.NoticeRefunded) {
		return problem.New(problem.IllegalTransition, "没有可以退还的缴费。", "There is no payment to give back.").Under(feeRules)
	}
	on, err := env.day("/refunded_on", r.RefundedOn, n.Payment.PaidOn)
	if err != nil {
		return err
	}
	r.RefundedOn = on
	left := n.Payment.AmountYuan - n.RefundedYuan()
	if r.AmountYuan == 0 {
		r.AmountYuan = left
	}
	if r.AmountYuan < 1 || r.AmountYuan > left {
		return problem.InvalidFields(problem.Field{Pointer: "/amount_yuan", Code: "out_of_range", Rule: feeRules, Text: problem.Text{
			ZH: fmt.Sprintf("最多可退还%d元。", left), EN: fmt.Sprintf("At most %d yuan can be given back.", left),
		}})
	}
	n.Refunds, n.State = append(n.Refunds, r), contract.NoticeRefunded
	n.step("refunded", on, env)
	n.Raise(contract.FeeNoticeRefunded)
	return nil
}

// Object keeps what the applicant says against the fee. The clock goes on.
func (n *Notice) Object(o Objection, env Env) error {
	on, err := env.day("/received_on", o.ReceivedOn, n.NoticedOn)
	if err != nil {
		return err
	}
	if len(n.Objections) >= 100 {
		return problem.New(problem.Conflict, "异议过多。", "There are too many objections.")
	}
	o.ReceivedOn = on
	n.Objections = append(n.Objections, o)
	n.step("objected", on, env)
	return nil
}
