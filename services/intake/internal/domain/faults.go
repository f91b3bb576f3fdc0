package domain

import (
	"strings"
	"unicode/utf8"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// faults collects everything that is wrong with a command's input, so that a
// form is mended once.
type faults struct{ fields []problem.Field }

func (f *faults) add(pointer, code, zh, en, rule string) {
	p := problem.At(pointer, code, zh, en)
	p.Rule = rule
	f.fields = append(f.fields, p)
}

func (f *faults) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return problem.InvalidFields(f.fields...)
}

// day resolves the date of a step: today when it was left out, never in the
// future, never before the day it must follow.
func (f *faults) day(pointer string, d civil.Date, env Env, notBefore civil.Date, beforeZH, beforeEN string) civil.Date {
	if d.IsZero() {
		d = env.Today
	}
	switch {
	case d > env.Today:
		f.add(pointer, "date_in_future", "日期不能晚于今天。", "The date lies in the future.", "")
	case d < notBefore:
		f.add(pointer, "date_too_early",
			"日期不能早于"+beforeZH+"（"+notBefore.String()+"）。",
			"The date lies before "+beforeEN+" ("+notBefore.String()+").", "")
	}
	return d
}

// given is day for a date that may be absent.
func (f *faults) given(pointer string, d civil.Date, env Env, notBefore civil.Date, beforeZH, beforeEN string) {
	if !d.IsZero() {
		f.day(pointer, d, env, notBefore, beforeZH, beforeEN)
	}
}

func (f *faults) required(pointer, value, zh, en, rule string) {
	if strings.TrimSpace(value) == "" {
		f.add(pointer, "required", zh, en, rule)
	}
}

// textLimit bounds a free text; long documents belong in attachments.
const textLimit = 5000

func (f *faults) text(pointer, value string, limit int) {
	if utf8.RuneCountInString(value) > limit {
		f.add(pointer, "too_long", "文字过长。", "The text is too long.", "")
	}
}

func (f *faults) oneOf(pointer, value string, ok bool) {
	if !ok {
		f.add(pointer, "unknown_code", "“"+clip(value)+"”不是允许的代码。", "\""+clip(value)+"\" is not one of the codes.", "")
	}
}

// clip shortens what a caller sent before it is shown back.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// refuse is a step out of order.
func refuse(zh, en, rule string) error {
	return problem.New(problem.IllegalTransition, zh, en).Under(rule)
}

// tooLate is a step out of time.
func tooLate(zh, en, rule string) error {
	return problem.New(problem.DeadlinePassed, zh, en).Under(rule)
}

// notAllowed is a step by someone who may not take it.
func notAllowed(zh, en, rule string) error {
	return problem.New(problem.Forbidden, zh, en).Under(rule)
}

// mustBeOpen refuses any work on a closed case.
func (c *Case) mustBeOpen() error {
	if c.Ending != nil {
		return refuse("案件已于 "+c.Ending.On.String()+" 办结，不能再办理。",
			"The case was closed on "+c.Ending.On.String()+".", "条例 art. 45")
	}
	return nil
}

// mustBeRegistered refuses work that needs a case with a running clock.
func (c *Case) mustBeRegistered() error {
	if err := c.mustBeOpen(); err != nil {
		return err
	}
	if c.Number == nil {
		return refuse("申请尚未登记。", "The application has not been registered yet.", "条例 art. 31, 45")
	}
	if c.ReceivedOn().IsZero() {
		return refuse("尚未与申请人取得联系，答复期限尚未起算。",
			"The receipt is not confirmed yet; the reply period has not started.", rule207)
	}
	return nil
}

// mustBeUndecided refuses work that a signed decision has overtaken.
func (c *Case) mustBeUndecided() error {
	if err := c.mustBeRegistered(); err != nil {
		return err
	}
	if c.Decision != nil {
		return refuse("答复已经签发。", "The decision has already been signed.", "条例 art. 33")
	}
	return nil
}
