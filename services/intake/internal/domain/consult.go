package domain

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
)

// Consultation is one letter that asks for an opinion (征求意见书) and what came
// back. The days in between are left out of the reply period (条例 art. 33(3)).
type Consultation struct {
	N                   int                    `json:"n"`
	Kind                clock.ConsultationKind `json:"kind"`
	Consultee           string                 `json:"consultee" seal:"personal"`
	ConsulteeContact    string                 `json:"consultee_contact,omitempty" seal:"personal"`
	Question            string                 `json:"question,omitempty" seal:"personal"`
	SentOn              civil.Date             `json:"sent_on"`
	ConsulteeReceivedOn civil.Date             `json:"consultee_received_on,omitzero"`
	AnswerBy            civil.Date             `json:"answer_by,omitzero"`
	By                  Person                 `json:"by"`

	AnsweredOn civil.Date `json:"answered_on,omitzero"`
	Answer     string     `json:"answer,omitempty"`
	Reasons    string     `json:"reasons,omitempty" seal:"personal"`
	// Unreasonable: the office finds an objection without reasonable grounds
	// (art. 32).
	Unreasonable bool `json:"unreasonable,omitempty"`
	Late         bool `json:"late,omitempty"` // answered after the limit
	// SilentOn is the first day after a limit that brought no answer; Silence is
	// what that means: the agency decides (art. 32), or consent (art. 34).
	SilentOn civil.Date `json:"silent_on,omitzero"`
	Silence  string     `json:"silence,omitempty"`
}

// pending reports whether an answer may still come in time.
func (k *Consultation) pending(today civil.Date) bool {
	return k.AnsweredOn.IsZero() && k.SilentOn.IsZero() && (k.AnswerBy.IsZero() || today <= k.AnswerBy)
}

func silenceOf(kind clock.ConsultationKind) string {
	switch kind {
	case clock.ThirdParty:
		return clock.SilenceAgencyDecides
	case clock.JointAgency:
		return clock.SilenceConsents
	case clock.OtherAgency:
	}
	return clock.SilenceNone
}

func consultRule(kind clock.ConsultationKind) string {
	switch kind {
	case clock.ThirdParty:
		return "条例 art. 32"
	case clock.JointAgency:
		return "条例 art. 34"
	case clock.OtherAgency:
	}
	return "条例 art. 33(3)"
}

// ConsultationLetter asks a third party or another agency.
type ConsultationLetter struct {
	Kind                clock.ConsultationKind
	Consultee           string
	ConsulteeContact    string
	Question            string
	SentOn              civil.Date
	ConsulteeReceivedOn civil.Date // zero until known; the limit then counts from the letter
}

// Consult sends a consultation letter.
func (c *Case) Consult(cmd ConsultationLetter, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.openCorrection() != nil || c.openFee() != nil {
		return refuse("案件正在等待申请人补正或者缴费，答复期限没有计算。",
			"The case waits for the applicant; no reply period runs.", "条例 art. 30, 33")
	}
	if len(c.Consultations) >= 100 {
		return refuse("征求意见次数过多。", "There are too many consultations.", "")
	}
	var bad faults
	bad.oneOf("/kind", string(cmd.Kind), ConsultationKinds.has(string(cmd.Kind)))
	bad.required("/consultee", cmd.Consultee, "请填写被征求意见的一方。", "Say who is asked.", consultRule(cmd.Kind))
	bad.text("/consultee", cmd.Consultee, NameLimit)
	bad.text("/consultee_contact", cmd.ConsulteeContact, AddressLimit)
	bad.text("/question", cmd.Question, textLimit)
	cmd.SentOn = bad.day("/sent_on", cmd.SentOn, env, c.clockStart(), "答复期限起算之日", "the day the reply period starts from")
	bad.given("/consultee_received_on", cmd.ConsulteeReceivedOn, env, cmd.SentOn, "发出之日", "the day of the letter")
	if err := bad.err(); err != nil {
		return err
	}
	k := Consultation{
		N: len(c.Consultations) + 1, Kind: cmd.Kind, Consultee: cmd.Consultee,
		ConsulteeContact: cmd.ConsulteeContact, Question: cmd.Question, SentOn: cmd.SentOn,
		ConsulteeReceivedOn: cmd.ConsulteeReceivedOn, By: env.Actor.person(),
	}
	k.AnswerBy = answerBy(k, env)
	c.Consultations = append(c.Consultations, k)
	c.silence(env)
	c.copyConsultations()
	c.note(env, "consulted", k.SentOn, strconv.Itoa(k.N))
	c.Raise(contract.CaseConsulted)
	return c.settle(env)
}

// answerBy is the consultee's limit: 15 working days from receiving the letter.
// Until that day is known the letter's own day is taken.
func answerBy(k Consultation, env Env) civil.Date {
	n := env.Policy.Clock.ConsultationLimitWD
	if n <= 0 {
		n = consultationWD
	}
	return env.Calendar.AddWorkdays(max(k.SentOn, k.ConsulteeReceivedOn), n)
}

// copyConsultations restates the letters as dated facts.
func (c *Case) copyConsultations() {
	c.Clock.Consultations = nil
	for _, k := range c.Consultations {
		c.Clock.Consultations = append(c.Clock.Consultations, clock.Consultation{
			Kind: k.Kind, SentOn: k.SentOn, ConsulteeReceivedOn: k.ConsulteeReceivedOn, AnsweredOn: k.AnsweredOn,
		})
	}
}

// ConsultationAnswer is what the consultee answered.
type ConsultationAnswer struct {
	ConsulteeReceivedOn civil.Date // when it has become known meanwhile
	AnsweredOn          civil.Date // the day the office received the answer
	Answer              string     // empty: only the receipt of the letter is recorded
	Reasons             string
	Unreasonable        bool
}

// AnswerConsultation records the answer to consultation n, or only the day on
// which the consultee received the letter.
func (c *Case) AnswerConsultation(n int, cmd ConsultationAnswer, env Env) error {
	if n < 1 || n > len(c.Consultations) {
		return problem.New(problem.NotFound, "没有这份征求意见书。", "There is no such consultation.")
	}
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	k := &c.Consultations[n-1]
	if !k.AnsweredOn.IsZero() {
		return refuse("该征求意见已有答复。", "This consultation has been answered.", consultRule(k.Kind))
	}
	var bad faults
	bad.given("/consultee_received_on", cmd.ConsulteeReceivedOn, env, k.SentOn, "发出之日", "the day of the letter")
	answered := cmd.Answer != "" || !cmd.AnsweredOn.IsZero()
	if !answered && cmd.ConsulteeReceivedOn.IsZero() {
		bad.add("/answer", "required", "请填写答复意见或者对方收到之日。", "Give the answer, or the day the consultee received the letter.", consultRule(k.Kind))
	}
	if answered {
		bad.oneOf("/answer", cmd.Answer, Answers.has(cmd.Answer))
		cmd.AnsweredOn = bad.day("/answered_on", cmd.AnsweredOn, env,
			max(k.SentOn, k.ConsulteeReceivedOn, cmd.ConsulteeReceivedOn), "对方收到之日", "the day the consultee received the letter")
	}
	bad.text("/reasons", cmd.Reasons, textLimit)
	if err := bad.err(); err != nil {
		return err
	}
	if !cmd.ConsulteeReceivedOn.IsZero() {
		k.ConsulteeReceivedOn = cmd.ConsulteeReceivedOn
		k.AnswerBy = answerBy(*k, env)
	}
	code, on := "consult_received", k.ConsulteeReceivedOn
	if answered {
		k.AnsweredOn, k.Answer, k.Reasons, k.Unreasonable = cmd.AnsweredOn, cmd.Answer, cmd.Reasons, cmd.Unreasonable
		k.Late = k.AnsweredOn > k.AnswerBy
		code, on = "consult_answered", k.AnsweredOn
	}
	c.silence(env)
	c.copyConsultations()
	c.note(env, code, on, strconv.Itoa(n))
	c.Raise(contract.CaseConsultAnswered)
	return c.settle(env)
}

// silence records consultations whose limit has passed without an answer, as of
// today, and reports whether there were any. An answer in time that is recorded
// afterwards, or a later receipt of the letter, takes the record back.
func (c *Case) silence(env Env) bool {
	found := false
	for i := range c.Consultations {
		k := &c.Consultations[i]
		silent := env.Today > k.AnswerBy && (k.AnsweredOn.IsZero() || k.Late)
		switch {
		case silent && k.SilentOn.IsZero():
			k.SilentOn, k.Silence = k.AnswerBy+1, silenceOf(k.Kind)
			found = true
		case !silent:
			k.SilentOn, k.Silence = 0, ""
		}
	}
	return found
}

// Wake brings a case to where time alone has put it: consultations that ran out
// without an answer.
func (c *Case) Wake(env Env) error {
	if c.Ending == nil && c.silence(env) {
		c.note(env, "consult_silent", env.Today, "")
		c.Raise(contract.CaseChanged)
	}
	return c.settle(env)
}

// objection returns a third party's objection that stands, or nil.
func (c *Case) objection() *Consultation {
	for i := range c.Consultations {
		k := &c.Consultations[i]
		if k.Kind == clock.ThirdParty && k.Answer == "object" && !k.Unreasonable {
			return k
		}
	}
	return nil
}

// askedThirdParty reports whether any third party was consulted.
func (c *Case) askedThirdParty() bool {
	for i := range c.Consultations {
		if c.Consultations[i].Kind == clock.ThirdParty {
			return true
		}
	}
	return false
}

func (c *Case) pendingThirdParty(today civil.Date) bool {
	for i := range c.Consultations {
		if k := &c.Consultations[i]; k.Kind == clock.ThirdParty && k.pending(today) {
			return true
		}
	}
	return false
}
