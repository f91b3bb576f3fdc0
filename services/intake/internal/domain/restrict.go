package domain

import (
	"slices"
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Restriction keeps a case to named people (限定知悉范围): for everybody else of the
// office it is not there. It is an arrangement of the office and changes nothing in law:
// periods run, and the case counts in every figure.
type Restriction struct {
	Staff  []Person   `json:"staff"`
	Reason string     `json:"reason" seal:"personal"`
	On     civil.Date `json:"on"`
	By     Person     `json:"by"`
}

// RestrictedLimit is how many people a restricted case may be kept to.
const RestrictedLimit = 50

// RoleAdmin is the role of the administrator, who may name people without seeing the
// case, so that it is not lost when all who were named have left.
const RoleAdmin = "admin"

// RestrictedTo are the staff ids of those who may know of the case; nil when everybody may.
func (c *Case) RestrictedTo() []string {
	if c.Restriction == nil {
		return nil
	}
	ids := make([]string, len(c.Restriction.Staff))
	for i, p := range c.Restriction.Staff {
		ids[i] = p.ID
	}
	return ids
}

// Restrict keeps the case to named people, or to others than before. A head of the OGI
// unit who does it is always among them, and so must be the officer in charge.
func (c *Case) Restrict(cmd Restriction, env Env) error {
	if err := maySetRestriction(env); err != nil {
		return err
	}
	if env.Actor.Has(RoleHead) && !slices.ContainsFunc(cmd.Staff, func(p Person) bool { return p.ID == env.Actor.ID }) {
		cmd.Staff = append(slices.Clone(cmd.Staff), env.Actor.person())
	}
	var bad faults
	if len(cmd.Staff) == 0 || len(cmd.Staff) > RestrictedLimit {
		bad.add("/staff", "out_of_range", "知悉人员应为1至"+strconv.Itoa(RestrictedLimit)+"人。",
			"Name 1 to "+strconv.Itoa(RestrictedLimit)+" people.", "")
	}
	ids := (&Case{Restriction: &cmd}).RestrictedTo()
	if c.Assignee != "" && c.Ending == nil && !slices.Contains(ids, c.Assignee) {
		bad.add("/staff", "without_assignee", "知悉人员应当包括经办人；请先转办案件。",
			"The officer in charge must be among them; hand the case over first.", "")
	}
	bad.required("/reason", cmd.Reason, "请写明限定知悉范围的原因。", "Say why.", "")
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.On = bad.day("/restricted_on", cmd.On, env, c.Clock.ArrivedOn, "到达之日", "the day of arrival")
	if err := bad.err(); err != nil {
		return err
	}
	cmd.By = env.Actor.person()
	c.Restriction = &cmd
	c.note(env, "restricted", cmd.On, cmd.Reason)
	c.Raise(contract.CaseRestricted)
	return c.settle(env)
}

// RestrictionEnd lets the whole office know of the case again.
type RestrictionEnd struct {
	On     civil.Date
	Reason string
}

// LiftRestriction ends the restriction.
func (c *Case) LiftRestriction(cmd RestrictionEnd, env Env) error {
	if err := maySetRestriction(env); err != nil {
		return err
	}
	if c.Restriction == nil {
		return refuse("案件没有限定知悉范围。", "The case is not restricted.", "")
	}
	var bad faults
	bad.required("/reason", cmd.Reason, "请写明解除的原因。", "Say why.", "")
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.On = bad.day("/lifted_on", cmd.On, env, c.Restriction.On, "限定之日", "the day of the restriction")
	if err := bad.err(); err != nil {
		return err
	}
	c.Restriction = nil
	c.note(env, "unrestricted", cmd.On, cmd.Reason)
	c.Raise(contract.CaseRestricted)
	return c.settle(env)
}

func maySetRestriction(env Env) error {
	if env.Actor.Kind == ByStaff && (env.Actor.Has(RoleHead) || env.Actor.Has(RoleAdmin)) {
		return nil
	}
	return notAllowed("知悉范围由负责人或者管理员设定。", "The head or an administrator settles who may know of a case.", "")
}
