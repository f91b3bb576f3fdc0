package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
)

// Queue is what the work queues sort and filter by. It is derived from the
// facts at every write and never set by hand.
type Queue struct {
	Status     contract.CaseStatus `json:"status"`
	WaitingFor string              `json:"waiting_for,omitempty"`
	// Lanes are the queues the case stands in: running, waiting, submitted,
	// serving, and approval beside one of them.
	Lanes []string `json:"lanes,omitempty"`
	// DueOn is the day the queue sorts by: the reply's due date while it runs, the
	// end of the wait while the case waits, the day by which receipt should be
	// confirmed before that.
	DueOn civil.Date `json:"due_on,omitzero"`
	// WakeOn is the day on which time alone changes where the case stands: the day
	// after a consultation's limit. Zero when nothing will.
	WakeOn civil.Date `json:"wake_on,omitzero"`
}

// The lanes of open cases.
const (
	LaneRunning   = "running"
	LaneWaiting   = "waiting"
	LaneSubmitted = "submitted"
	LaneServing   = "serving"
	LaneApproval  = "approval"
)

// noDue sorts cases without any date to the end of a queue.
const noDue = civil.Date(3652059)

// StatusOn is where the case stands on a day. The first rule that holds counts:
// closed; served; signed; not registered; waiting for somebody outside; in
// review; nobody works on it yet; in progress.
func (c *Case) StatusOn(today civil.Date) contract.CaseStatus {
	switch {
	case c.Ending != nil:
		return contract.StatusClosed
	case c.Decision != nil && !c.Decision.MadeOn.IsZero():
		return contract.StatusServed
	case c.Decision != nil:
		return contract.StatusDecided
	case c.Number == nil, c.ReceivedOn().IsZero():
		return contract.StatusSubmitted
	case c.waitingFor(today) != "":
		return contract.StatusWaiting
	case c.Draft != nil || len(c.Reviews) > c.ReviewsUsed:
		return contract.StatusInReview
	case c.Assignee == "":
		return contract.StatusRegistered
	default:
		return contract.StatusInProgress
	}
}

// waitingFor names what stands between the office and the reply: the
// applicant's correction or payment, or a consultation within its limit. Only
// these stop the clock; deliberation, review and search do not (rules 7.6).
func (c *Case) waitingFor(today civil.Date) string {
	if c.openCorrection() != nil {
		return clock.ForCorrection
	}
	if c.openFee() != nil {
		return clock.ForPayment
	}
	for i := range c.Consultations {
		if c.Consultations[i].pending(today) {
			return "consultation"
		}
	}
	return ""
}

// factsWithFee are the dated facts together with what the fee service told.
func (c *Case) factsWithFee() clock.Facts {
	f := c.Clock
	f.Fee = nil
	for i := range c.Fees {
		if n := c.Fees[i]; n.counts() {
			f.Fee = &clock.Fee{NoticedOn: n.NoticedOn, NoticeReceivedOn: n.NoticeReceivedOn, PaidOn: n.PaidOn}
		}
	}
	return f
}

// Clocks computes every clock of the case with its explanation.
func (c *Case) Clocks(env Env) (clock.Result, error) {
	return clock.Compute(env.Calendar, c.factsWithFee(), env.Policy.Clock)
}

// settle derives everything that follows from the facts. Every command ends
// with it; an error means that the law's own computation refuses the facts.
func (c *Case) settle(env Env) error {
	r, err := c.Clocks(env)
	if err != nil {
		return err
	}
	c.Due = Due{
		ReplyDue: r.ReplyDue, State: string(r.State), WaitingFor: r.WaitingFor, Provisional: r.Provisional,
	}
	if k, ok := r.Find(clock.KindReply); ok {
		c.Due.ShadowDue = k.ShadowDueOn
	}
	c.requeue(env, r)
	return nil
}

// requeue derives where the case stands in the queues from its due dates.
func (c *Case) requeue(env Env, r clock.Result) {
	q := Queue{Status: c.StatusOn(env.Today)}
	switch q.Status {
	case contract.StatusClosed:
		c.Queue = q
		return
	case contract.StatusServed:
		q.Lanes, q.DueOn = []string{LaneServing}, c.Decision.MadeOn
	case contract.StatusSubmitted:
		q.Lanes, q.WaitingFor, q.DueOn = []string{LaneSubmitted}, clock.ForConfirmation, c.confirmBy(env, r)
	case contract.StatusWaiting:
		q.Lanes, q.WaitingFor = []string{LaneWaiting}, c.waitingFor(env.Today)
		q.DueOn, q.WakeOn = c.waitUntil(env, q.WaitingFor)
	default:
		q.Lanes, q.DueOn = []string{LaneRunning}, c.Due.ReplyDue
	}
	if c.awaitsHead() {
		q.Lanes = append(q.Lanes, LaneApproval)
		if q.WaitingFor == "" {
			q.WaitingFor = "head"
		}
	}
	if q.DueOn.IsZero() {
		q.DueOn = noDue
	}
	c.Queue = q
}

func (c *Case) confirmBy(env Env, r clock.Result) civil.Date {
	if k, ok := r.Find(clock.KindConfirmation); ok && !k.DueOn.IsZero() {
		return k.DueOn
	}
	return env.Calendar.AddWorkdays(c.Clock.ArrivedOn, max(env.Policy.Clock.MaxUnconfirmedWD, 0))
}

// waitUntil is the last day of the wait, and the day on which the case must be
// looked at again although nobody touches it.
func (c *Case) waitUntil(env Env, reason string) (until, wake civil.Date) {
	switch reason {
	case clock.ForCorrection:
		return c.openCorrection().CorrectBy, 0
	case clock.ForPayment:
		n := c.openFee()
		if !n.PayBy.IsZero() {
			return n.PayBy, 0
		}
		return env.Calendar.AddWorkdays(max(n.NoticedOn, n.NoticeReceivedOn), 20), 0
	}
	// Every consultation must have ended; the first to end changes the due date.
	for i := range c.Consultations {
		if k := &c.Consultations[i]; k.pending(env.Today) {
			until = max(until, k.AnswerBy)
			if !k.AnswerBy.IsZero() && (wake.IsZero() || k.AnswerBy+1 < wake) {
				wake = k.AnswerBy + 1
			}
		}
	}
	return until, wake
}

// awaitsHead reports whether something lies before the head of the OGI unit.
func (c *Case) awaitsHead() bool {
	if c.Decision == nil && c.Draft != nil {
		return true
	}
	return c.pendingExtension() != nil
}

// AwaitsReasons reports whether the applicant has been asked for reasons (条例
// art. 35) and neither has given them nor has the office gone on without. The
// reply period runs on meanwhile.
func (c *Case) AwaitsReasons() bool {
	return c.Excess != nil && c.Excess.GivenOn.IsZero() && c.Excess.AssessedOn.IsZero() && c.Decision == nil
}

// Overdue reports whether the reply period has run out without a reply. A case
// whose clock stands still is never overdue.
func (c *Case) Overdue(today civil.Date) bool {
	switch c.StatusOn(today) {
	case contract.StatusRegistered, contract.StatusInProgress, contract.StatusInReview, contract.StatusDecided:
		return !c.Due.ReplyDue.IsZero() && c.Due.ReplyDue < today
	case contract.StatusSubmitted, contract.StatusWaiting, contract.StatusServed, contract.StatusClosed:
	}
	return false
}
