package domain

import (
	"slices"
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Assignment gives the case to an officer (经办人).
type Assignment struct {
	Assignee     string     `json:"assignee"`
	AssigneeName string     `json:"assignee_name,omitempty" seal:"personal"`
	AssignedOn   civil.Date `json:"assigned_on"`
	Reason       string     `json:"reason,omitempty" seal:"personal"`
	By           Person     `json:"by"`
}

// Assign gives the case to an officer, or hands it over with a reason.
func (c *Case) Assign(cmd Assignment, env Env) error {
	if err := c.mustBeOpen(); err != nil {
		return err
	}
	var bad faults
	bad.required("/assignee", cmd.Assignee, "请指定经办人。", "Name the officer.", "")
	bad.text("/reason", cmd.Reason, NoteLimit)
	handover := c.Assignee != "" && c.Assignee != cmd.Assignee
	if handover {
		bad.required("/reason", cmd.Reason, "转办应当写明原因。", "Handing a case over needs a reason.", "")
	}
	if c.Restriction != nil && !slices.Contains(c.RestrictedTo(), cmd.Assignee) {
		bad.add("/assignee", "not_named", "案件限定了知悉范围，请先将其列入知悉人员。", "The case is restricted; name this officer first.", "")
	}
	cmd.AssignedOn = bad.day("/assigned_on", cmd.AssignedOn, env, c.Clock.ArrivedOn, "到达之日", "the day of arrival")
	if err := bad.err(); err != nil {
		return err
	}
	if c.Assignee == cmd.Assignee {
		return refuse("案件已由该经办人办理。", "The case is already with this officer.", "")
	}
	cmd.By = env.Actor.person()
	c.Assignments = append(c.Assignments, cmd)
	c.Assignee, c.AssigneeName = cmd.Assignee, cmd.AssigneeName
	code := "assigned"
	if handover {
		code = "handed_over"
	}
	c.note(env, code, cmd.AssignedOn, cmd.Reason)
	c.Raise(contract.CaseAssigned)
	return c.settle(env)
}

// Contact is one entry of the contact log (M5).
type Contact struct {
	On      civil.Date `json:"on"`
	Means   string     `json:"means"`
	With    string     `json:"with,omitempty" seal:"personal"`
	Inward  bool       `json:"inward,omitempty"` // the applicant called the office
	Reached bool       `json:"reached"`
	Summary string     `json:"summary,omitempty" seal:"personal"`
	By      Person     `json:"by"`
}

// AddContact logs a talk with the applicant, also on a closed case.
func (c *Case) AddContact(cmd Contact, env Env) error {
	var bad faults
	bad.oneOf("/means", cmd.Means, ContactMeans.has(cmd.Means))
	bad.required("/summary", cmd.Summary, "请记录联系内容。", "Say what was talked about.", "")
	bad.text("/summary", cmd.Summary, textLimit)
	bad.text("/with", cmd.With, NameLimit)
	cmd.On = bad.day("/on", cmd.On, env, c.Clock.ArrivedOn, "到达之日", "the day of arrival")
	if err := bad.err(); err != nil {
		return err
	}
	cmd.By = env.Actor.person()
	c.Contacts = append(c.Contacts, cmd)
	c.note(env, "contacted", cmd.On, "")
	return c.settle(env)
}

// Deliberation is one meeting on a hard case (会商研判, M7). It never stops the
// clock by itself (rules 7.6).
type Deliberation struct {
	HeldOn       civil.Date `json:"held_on"`
	Question     string     `json:"question" seal:"personal"`
	Participants []string   `json:"participants" seal:"personal"`
	Opinions     []Opinion  `json:"opinions,omitempty"`
	Conclusion   string     `json:"conclusion" seal:"personal"`
	By           Person     `json:"by"`
}

// Opinion is what one participant said.
type Opinion struct {
	Who     string `json:"who" seal:"personal"`
	Opinion string `json:"opinion" seal:"personal"`
}

// Deliberate records a meeting.
func (c *Case) Deliberate(cmd Deliberation, env Env) error {
	if err := c.mustBeRegistered(); err != nil {
		return err
	}
	var bad faults
	bad.required("/conclusion", cmd.Conclusion, "请记录会商结论。", "Record the conclusion.", "")
	if len(cmd.Opinions) > 50 {
		bad.add("/opinions", "too_many", "意见过多。", "There are too many opinions.", "")
	}
	if len(cmd.Participants) == 0 || len(cmd.Participants) > 50 {
		bad.add("/participants", "required", "请记录参加人员。", "Record who took part.", "")
	}
	bad.text("/question", cmd.Question, textLimit)
	bad.text("/conclusion", cmd.Conclusion, textLimit)
	for i, p := range cmd.Participants {
		bad.required("/participants/"+strconv.Itoa(i), p, "请填写姓名。", "A name is missing.", "")
		bad.text("/participants/"+strconv.Itoa(i), p, NameLimit)
	}
	for i, o := range cmd.Opinions {
		at := "/opinions/" + strconv.Itoa(i)
		bad.required(at+"/opinion", o.Opinion, "请记录意见。", "The opinion is missing.", "")
		bad.text(at+"/opinion", o.Opinion, textLimit)
		if !slices.Contains(cmd.Participants, o.Who) {
			bad.add(at+"/who", "not_a_participant", "发表意见的人应当是参加人员。", "An opinion is given by somebody who took part.", "")
		}
	}
	cmd.HeldOn = bad.day("/held_on", cmd.HeldOn, env, c.ReceivedOn(), "收到申请之日", "the day of receipt")
	if err := bad.err(); err != nil {
		return err
	}
	cmd.By = env.Actor.person()
	c.Deliberations = append(c.Deliberations, cmd)
	c.note(env, "deliberated", cmd.HeldOn, "")
	return c.settle(env)
}

// KindCorrection corrects the applicant's kind for the whole case: no part of
// the report may keep the old one (annual-report C4).
type KindCorrection struct {
	Kind   ApplicantKind
	Reason string
}

// CorrectKind moves the case to another applicant column, by the head.
func (c *Case) CorrectKind(cmd KindCorrection, env Env) error {
	if !env.Actor.Has(RoleHead) {
		return notAllowed("更正申请人类型须由负责人办理。", "Only the head may correct the applicant's kind.", "")
	}
	var bad faults
	bad.oneOf("/kind", string(cmd.Kind), ApplicantKinds.has(string(cmd.Kind)))
	bad.required("/reason", cmd.Reason, "请写明更正原因。", "Say why.", "")
	bad.text("/reason", cmd.Reason, NoteLimit)
	if err := bad.err(); err != nil {
		return err
	}
	if cmd.Kind == c.Applicant.Kind {
		return refuse("申请人类型没有变化。", "The applicant's kind is already this one.", "")
	}
	c.note(env, "kind_corrected", env.Today, string(c.Applicant.Kind)+" → "+string(cmd.Kind)+"："+cmd.Reason)
	c.Applicant.Kind = cmd.Kind
	c.Raise(contract.CaseChanged)
	return c.settle(env)
}
