package domain

import (
	"errors"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/report"
)

// Fee is what the fee service told of one notice on this case (收费通知).
type Fee struct {
	NoticeID         string               `json:"notice_id"`
	State            contract.NoticeState `json:"state"`
	AmountYuan       int64                `json:"amount_yuan"`
	NoticedOn        civil.Date           `json:"noticed_on"`
	NoticeReceivedOn civil.Date           `json:"notice_received_on,omitzero"`
	PayBy            civil.Date           `json:"pay_by,omitzero"`
	PaidOn           civil.Date           `json:"paid_on,omitzero"`
	LapsedOn         civil.Date           `json:"lapsed_on,omitzero"`
}

// counts reports whether the notice bears on the clock.
func (n *Fee) counts() bool {
	return n.State == contract.NoticeIssued || n.State == contract.NoticePaid || n.State == contract.NoticeLapsed
}

// openFee is the notice that the applicant has yet to pay, or nil.
func (c *Case) openFee() *Fee {
	for i := range c.Fees {
		if c.Fees[i].State == contract.NoticeIssued {
			return &c.Fees[i]
		}
	}
	return nil
}

// take reports whether a version of another service's document is news, and
// remembers it. Older versions never overwrite newer ones.
func (c *Case) take(source string, version int64) bool {
	if version <= c.Applied[source] {
		return false
	}
	if c.Applied == nil {
		c.Applied = map[string]int64{}
	}
	c.Applied[source] = version
	return true
}

// ApplyFee takes the facts of a fee notice in: an issued notice stops the reply
// period, a payment starts it anew, and a lapse closes the case (K14).
func (c *Case) ApplyFee(n contract.NoticeFacts, version int64, env Env) error {
	if n.CaseID != c.ID || !c.take("fee:"+n.NoticeID, version) {
		return nil
	}
	now := Fee{
		NoticeID: n.NoticeID, State: n.State, AmountYuan: n.AmountYuan, NoticedOn: n.NoticedOn,
		NoticeReceivedOn: n.NoticeReceivedOn, PayBy: n.PayBy, PaidOn: n.PaidOn, LapsedOn: n.LapsedOn,
	}
	var before Fee
	at := -1
	for i := range c.Fees {
		if c.Fees[i].NoticeID == n.NoticeID {
			before, at = c.Fees[i], i
		}
	}
	if at < 0 {
		c.Fees = append(c.Fees, now)
	} else {
		c.Fees[at] = now
	}
	if now.State != before.State {
		c.feeStep(now, env)
	}
	return c.settleFacts(env)
}

func (c *Case) feeStep(n Fee, env Env) {
	switch n.State {
	case contract.NoticeIssued:
		c.note(env, "fee_noticed", n.NoticedOn, "")
		c.overtakeForFee()
	case contract.NoticePaid:
		c.note(env, "fee_paid", n.PaidOn, "")
	case contract.NoticeLapsed:
		on := n.LapsedOn
		if on.IsZero() {
			on = env.Today
		}
		c.note(env, "fee_lapsed", on, "")
		if c.Ending == nil && c.Decision == nil {
			c.overtake()
			c.end(EndedUnpaid, on, "", report.OtherFeeUnpaid, env)
			c.Raise(contract.CaseClosed)
			return
		}
	default:
		c.note(env, "fee_cancelled", env.Today, "")
	}
	if c.Ending == nil {
		c.Raise(contract.CaseChanged)
	}
}

// overtakeForFee sets a draft aside while the applicant must pay: the period
// starts anew with the payment.
func (c *Case) overtakeForFee() {
	if c.Ending == nil && c.Decision == nil {
		c.overtake()
	}
}

// settleFacts is settle for facts that another service brought: if the law's
// computation refuses them, the case keeps its last due date instead of the
// event being lost.
func (c *Case) settleFacts(env Env) error {
	due := c.Due
	err := c.settle(env)
	var bad statute.FieldErrors
	if errors.As(err, &bad) {
		c.Due = due
		r, _ := (&Case{Clock: c.Clock}).Clocks(env)
		c.requeue(env, r)
		return nil
	}
	return err
}

// ApplyDeadline copies what the deadline service computed, so that queues sort
// by it.
func (c *Case) ApplyDeadline(f contract.DeadlineFacts, version int64, env Env) error {
	if f.CaseID != c.ID || !c.take("deadline", version) {
		return nil
	}
	c.Due = Due{
		ReplyDue: f.ReplyDue, ShadowDue: f.ShadowDue, State: f.State, WaitingFor: f.WaitingFor,
		Provisional: f.Provisional, CalendarVersion: f.CalendarVersion,
	}
	r, err := c.Clocks(env)
	if err != nil {
		r.ReplyDue = f.ReplyDue
	}
	c.requeue(env, r)
	return nil
}
