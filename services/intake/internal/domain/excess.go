package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Excess is the procedure of 条例 art. 35 for applications whose number or
// frequency is clearly beyond reason: ask for reasons, weigh them, then refuse
// to handle (K11) or set a reasonable deferred period. Nothing in it happens by
// itself.
type Excess struct {
	AskedOn civil.Date `json:"asked_on"`
	Text    string     `json:"text" seal:"personal"`
	ReplyBy civil.Date `json:"reply_by,omitzero"` // until when reasons are asked for; set by the office
	AskedBy Person     `json:"asked_by"`

	GivenOn civil.Date `json:"given_on,omitzero"`
	Reasons string     `json:"reasons,omitempty" seal:"personal"`

	AssessedOn    civil.Date `json:"assessed_on,omitzero"`
	AssessedBy    *Person    `json:"assessed_by,omitempty"`
	Reasonable    bool       `json:"reasonable,omitempty"`
	Assessment    string     `json:"assessment,omitempty" seal:"personal"`
	DeferredUntil civil.Date `json:"deferred_until,omitzero"` // 延迟答复的合理期限
}

const art35 = "条例 art. 35"

// ReasonsRequest asks the applicant to explain.
type ReasonsRequest struct {
	AskedOn civil.Date
	ReplyBy civil.Date
	Text    string
}

// AskReasons opens the procedure, where the office so settled only after a finding of
// excess. The reply period goes on running.
func (c *Case) AskReasons(cmd ReasonsRequest, findings []ExcessFinding, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.Excess != nil {
		return refuse("已要求申请人说明理由。", "The applicant has already been asked for reasons.", art35)
	}
	var bad faults
	bad.required("/text", cmd.Text, "请写明要求说明理由的依据。", "Say why reasons are asked for.", art35)
	bad.text("/text", cmd.Text, textLimit)
	cmd.AskedOn = bad.day("/asked_on", cmd.AskedOn, env, c.ReceivedOn(), "收到申请之日", "the day of receipt")
	if !cmd.ReplyBy.IsZero() && cmd.ReplyBy < cmd.AskedOn {
		bad.add("/reply_by", "date_too_early", "期限不能早于要求之日。", "The limit lies before the request.", art35)
	}
	if err := bad.err(); err != nil {
		return err
	}
	if err := c.mustBeExcessive(cmd.AskedOn, findings, env); err != nil {
		return err
	}
	c.Excess = &Excess{AskedOn: cmd.AskedOn, Text: cmd.Text, ReplyBy: cmd.ReplyBy, AskedBy: env.Actor.person()}
	c.note(env, "reasons_asked", cmd.AskedOn, "")
	c.Raise(contract.CaseChanged)
	return c.settle(env)
}

// Reasons is what the applicant answers.
type Reasons struct {
	GivenOn civil.Date
	Reasons string
}

// GiveReasons takes the applicant's reasons in.
func (c *Case) GiveReasons(cmd Reasons, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.Excess == nil || !c.Excess.AssessedOn.IsZero() {
		return refuse("没有要求说明理由，或者理由已经审核。", "No reasons are being waited for.", art35)
	}
	var bad faults
	bad.required("/reasons", cmd.Reasons, "请说明理由。", "Give the reasons.", art35)
	bad.text("/reasons", cmd.Reasons, textLimit)
	cmd.GivenOn = bad.day("/given_on", cmd.GivenOn, env, c.Excess.AskedOn, "要求说明理由之日", "the day reasons were asked for")
	if err := bad.err(); err != nil {
		return err
	}
	c.Excess.GivenOn, c.Excess.Reasons = cmd.GivenOn, cmd.Reasons
	c.note(env, "reasons_given", cmd.GivenOn, "")
	c.Raise(contract.CaseChanged)
	return c.settle(env)
}

// ReasonsAssessment is the office's finding on the reasons.
type ReasonsAssessment struct {
	AssessedOn    civil.Date
	Reasonable    bool
	Assessment    string
	DeferredUntil civil.Date // only with reasonable reasons that cannot be met in time
}

// AssessReasons weighs the reasons, or their absence after the set limit.
func (c *Case) AssessReasons(cmd ReasonsAssessment, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	x := c.Excess
	if x == nil {
		return refuse("没有要求申请人说明理由。", "The applicant has not been asked for reasons.", art35)
	}
	if !x.AssessedOn.IsZero() {
		return refuse("理由已经审核。", "The reasons have been assessed.", art35)
	}
	var bad faults
	bad.required("/assessment", cmd.Assessment, "请写明审核意见。", "Say what was found.", art35)
	bad.text("/assessment", cmd.Assessment, textLimit)
	cmd.AssessedOn = bad.day("/assessed_on", cmd.AssessedOn, env, max(x.AskedOn, x.GivenOn), "说明理由之日", "the day of the reasons")
	if !cmd.DeferredUntil.IsZero() && !cmd.Reasonable {
		bad.add("/deferred_until", "not_with_refusal", "理由不合理的，不确定延迟答复期限。",
			"A deferred period goes with reasonable reasons only.", art35)
	}
	if !cmd.DeferredUntil.IsZero() && cmd.DeferredUntil <= cmd.AssessedOn {
		bad.add("/deferred_until", "date_too_early", "延迟答复期限应当晚于审核之日。", "The deferred day lies not after the assessment.", art35)
	}
	if err := bad.err(); err != nil {
		return err
	}
	if x.GivenOn.IsZero() && (x.ReplyBy.IsZero() || cmd.AssessedOn <= x.ReplyBy) {
		return refuse("说明理由的期限尚未届满。", "The applicant may still give reasons.", art35)
	}
	by := env.Actor.person()
	x.AssessedOn, x.AssessedBy, x.Reasonable, x.Assessment = cmd.AssessedOn, &by, cmd.Reasonable, cmd.Assessment
	c.note(env, "reasons_assessed", cmd.AssessedOn, "")
	if cmd.DeferredUntil.IsZero() {
		c.Raise(contract.CaseChanged)
		return c.settle(env)
	}
	x.DeferredUntil, c.Clock.DeferredUntil = cmd.DeferredUntil, cmd.DeferredUntil
	c.note(env, "deferred", cmd.AssessedOn, cmd.DeferredUntil.String())
	c.Raise(contract.CaseDeferred)
	return c.settle(env)
}
