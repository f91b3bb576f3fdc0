package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
)

// Reopening is one order to answer again (复议决定、判决).
type Reopening struct {
	ReopenedOn   civil.Date `json:"reopened_on"`
	EffectiveOn  civil.Date `json:"effective_on"` // the order took effect; its period counts from here
	PeriodWD     int        `json:"period_wd"`
	Authority    string     `json:"authority,omitempty"`
	DocumentNo   string     `json:"document_no,omitempty"`
	ProceedingID string     `json:"proceeding_id,omitempty"`
	Reason       string     `json:"reason,omitempty" seal:"personal"`
	By           Person     `json:"by"`
}

// Reopen takes a finished case up again on an order, with the order's own
// period. The decision that it overtakes stays on file.
func (c *Case) Reopen(cmd Reopening, env Env) error {
	if c.FinishedOn.IsZero() {
		return refuse("案件尚未办结，不能重新办理。", "Only a finished case can be reopened.", "行政复议法 art. 64, 行政诉讼法 art. 70")
	}
	if c.MergedInto != "" {
		return refuse("案件已并入其他申请，请对并入的案件重新办理。", "The case was merged; reopen the case it was merged into.", "")
	}
	var bad faults
	if cmd.PeriodWD == 0 {
		cmd.PeriodWD = env.Policy.ReopenPeriodWD
	}
	if cmd.PeriodWD < 1 || cmd.PeriodWD > 250 {
		bad.add("/period_wd", "out_of_range", "履行期限应当在1至250个工作日之间。", "The period is 1 to 250 working days.", "法释〔2025〕8号")
	}
	if cmd.ProceedingID == "" {
		bad.required("/document_no", cmd.DocumentNo, "请填写复议决定书或者判决书文号。", "Give the number of the order.", "行政复议法 art. 64, 行政诉讼法 art. 70")
	}
	bad.text("/document_no", cmd.DocumentNo, NameLimit)
	bad.text("/authority", cmd.Authority, NameLimit)
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.EffectiveOn = bad.day("/effective_on", cmd.EffectiveOn, env, c.FinishedOn, "办结之日", "the day the case was finished")
	cmd.ReopenedOn = bad.day("/reopened_on", cmd.ReopenedOn, env, cmd.EffectiveOn, "生效之日", "the day the order took effect")
	if err := bad.err(); err != nil {
		return err
	}
	cmd.By = env.Actor.person()
	c.Reopenings = append(c.Reopenings, cmd)
	c.Earlier = append(c.Earlier, c.finishedDecision(cmd.EffectiveOn))
	c.Decision, c.Draft, c.Ending = nil, nil, nil
	c.ReviewsUsed = len(c.Reviews)
	c.FinishedOn, c.ReportRow = 0, ""
	c.Clock.ClosedOn = 0
	c.Clock.Order = &clock.Order{EffectiveOn: cmd.EffectiveOn, PeriodWD: cmd.PeriodWD}
	c.note(env, "reopened", cmd.ReopenedOn, cmd.DocumentNo)
	c.Raise(contract.CaseReopened)
	return c.settle(env)
}

// finishedDecision is what the order overtakes: the decision, or the closing
// that stood in its place.
func (c *Case) finishedDecision(on civil.Date) Decision {
	if c.Decision != nil {
		d := *c.Decision
		d.OvertakenOn = on
		return d
	}
	kind, ok := map[EndingCode]decision.Kind{
		EndedAbandoned: decision.NotCorrected, EndedUnpaid: decision.FeeUnpaid,
	}[c.Ending.Code]
	if !ok {
		kind = decision.OtherClosing
	}
	return Decision{
		Draft:    Draft{Kind: kind, Row: c.ReportRow, DecidedOn: c.FinishedOn, By: c.Ending.By},
		SignedOn: c.FinishedOn, SignedBy: c.Ending.By, MadeOn: c.FinishedOn, OvertakenOn: on,
	}
}

// ApplyOrder reopens the case when a proceeding brought an order, once for each
// proceeding.
func (c *Case) ApplyOrder(p contract.ProceedingFacts, version int64, env Env) error {
	if p.CaseID != c.ID || p.Order == nil || !c.take("proceeding:"+p.ProceedingID, version) {
		return nil
	}
	for _, r := range c.Reopenings {
		if r.ProceedingID == p.ProceedingID {
			return nil
		}
	}
	if c.FinishedOn.IsZero() {
		return nil // reopened by hand already, or on another order
	}
	on := max(p.Order.EffectiveOn, c.FinishedOn)
	return c.Reopen(Reopening{
		ReopenedOn: on, EffectiveOn: on, PeriodWD: p.Order.PeriodWD, ProceedingID: p.ProceedingID,
	}, Env{Today: max(env.Today, on), Now: env.Now, Actor: env.Actor, Calendar: env.Calendar, Policy: env.Policy})
}
