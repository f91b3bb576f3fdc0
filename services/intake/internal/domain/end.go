package domain

import (
	"errors"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute"
	"zhiqing.dev/pkg/statute/report"
)

// end closes the case. Its row and the day that places it in a year are set
// together; a case that was never received, and one whose parts take its place,
// has neither.
func (c *Case) end(code EndingCode, on civil.Date, note string, row report.Row, env Env) {
	c.Ending = &Ending{Code: code, On: on, Note: note, By: env.Actor.person()}
	c.Clock.ClosedOn = on
	if row == "" || c.Clock.ReceivedOn.IsZero() {
		return
	}
	c.ReportRow = string(row)
	if c.FinishedOn.IsZero() {
		c.FinishedOn = on
	}
}

// Withdrawal takes the application back, at the applicant's wish.
type Withdrawal struct {
	WithdrawnOn civil.Date
	Reason      string
}

// Withdraw closes the case as withdrawn (K16, other_3; annual-report C13). It
// comes too late once the reply has been made. An application that was never
// confirmed as received leaves no row.
func (c *Case) Withdraw(cmd Withdrawal, env Env) error {
	if err := c.mustBeOpen(); err != nil {
		return err
	}
	if c.Decision != nil && !c.Decision.MadeOn.IsZero() {
		return refuse("答复已经作出，不能撤回申请。", "The reply has already been made.", art33)
	}
	var bad faults
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.WithdrawnOn = bad.day("/withdrawn_on", cmd.WithdrawnOn, env, max(c.Clock.ArrivedOn, c.Clock.ReceivedOn), "收到申请之日", "the day of receipt")
	if err := bad.err(); err != nil {
		return err
	}
	c.Clock.WithdrawnOn = cmd.WithdrawnOn
	c.setAsideDecision(cmd.WithdrawnOn)
	c.end(EndedWithdrawn, cmd.WithdrawnOn, cmd.Reason, report.OtherOther, env)
	c.note(env, "withdrawn", cmd.WithdrawnOn, "")
	c.Raise(contract.CaseWithdrawn)
	c.Raise(contract.CaseClosed)
	return c.settle(env)
}

// setAsideDecision keeps a signed decision that was never made public to the
// applicant among the returned drafts.
func (c *Case) setAsideDecision(on civil.Date) {
	if c.Decision == nil {
		return
	}
	d := c.Decision.Draft
	d.ReturnedOn = on
	c.Returned, c.Decision = append(c.Returned, d), nil
	c.Clock.DecidedOn = 0
}

// Closure closes a case by hand: one that was served without a proof of
// delivery, or, by the head, one that ends in another way (K16).
type Closure struct {
	ClosedOn civil.Date
	Note     string
}

// Close closes the case.
func (c *Case) Close(cmd Closure, env Env) error {
	if err := c.mustBeRegistered(); err != nil {
		return err
	}
	var bad faults
	bad.required("/note", cmd.Note, "请写明办结原因。", "Say why the case is closed.", "")
	bad.text("/note", cmd.Note, NoteLimit)
	served := c.Decision != nil && !c.Decision.MadeOn.IsZero()
	after, zh, en := c.clockStart(), "答复期限起算之日", "the day the reply period starts from"
	if served {
		after, zh, en = c.Decision.MadeOn, "作出答复之日", "the day the reply was made"
	}
	cmd.ClosedOn = bad.day("/closed_on", cmd.ClosedOn, env, after, zh, en)
	if err := bad.err(); err != nil {
		return err
	}
	if served {
		c.end(EndedServed, cmd.ClosedOn, cmd.Note, report.Row(c.Decision.Row), env)
	} else {
		if !env.Actor.Has(RoleHead) {
			return notAllowed("其他方式办结须由负责人决定。", "Only the head may close a case in another way.", "")
		}
		if c.Decision != nil {
			return refuse("答复已经签发，应当送达。", "A decision has been signed and must be served.", art33)
		}
		c.end(EndedOther, cmd.ClosedOn, cmd.Note, report.OtherOther, env)
	}
	c.note(env, "closed", cmd.ClosedOn, cmd.Note)
	c.Raise(contract.CaseClosed)
	return c.settle(env)
}

// below moves the fields of a refusal under a member of the request.
func below(at string, err error) []problem.Field {
	var refused *problem.Error
	if !errors.As(err, &refused) {
		return nil
	}
	fields := slices.Clone(refused.Fields)
	for i := range fields {
		fields[i].Pointer = at + fields[i].Pointer
	}
	return fields
}

// fieldsOf turns the fact errors of the law's own tables into fields of the
// request.
func fieldsOf(err error) []problem.Field {
	var many statute.FieldErrors
	if !errors.As(err, &many) {
		return nil
	}
	fields := make([]problem.Field, 0, len(many))
	for _, e := range many {
		f := problem.At(e.Field, e.Code, e.ZH, e.EN)
		f.Rule = e.Rule
		fields = append(fields, f)
	}
	return fields
}
