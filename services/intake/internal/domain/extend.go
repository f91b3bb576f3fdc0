package domain

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Extension is one request to extend the reply period (条例 art. 33(2)) and what
// the head decided on it.
type Extension struct {
	WorkingDays int        `json:"working_days"`
	Reason      string     `json:"reason" seal:"personal"`
	RequestedOn civil.Date `json:"requested_on"`
	RequestedBy Person     `json:"requested_by"`
	DueBefore   civil.Date `json:"due_before"` // the reply due date that it extends

	Decided    bool       `json:"decided,omitempty"`
	Approved   bool       `json:"approved,omitempty"`
	DecidedOn  civil.Date `json:"decided_on,omitzero"`
	DecidedBy  *Person    `json:"decided_by,omitempty"`
	NotifiedOn civil.Date `json:"notified_on,omitzero"` // the applicant was told
	Note       string     `json:"note,omitempty" seal:"personal"`
	DueAfter   civil.Date `json:"due_after,omitzero"` // the due date with it, as it was told
	// Late marks one that was told after the due date, as the office's policy lets it.
	Late bool `json:"late,omitempty"`
}

// extended is how often the running period was extended, and by how many days.
func (c *Case) extended(start civil.Date) (times, workingDays int) {
	for i := range c.Extensions {
		if e := &c.Extensions[i]; e.Approved && e.NotifiedOn >= start {
			times++
			workingDays += e.WorkingDays
		}
	}
	return times, workingDays
}

// extendClock restates the extensions of the running period as one dated fact: all
// their days, told when the first was told.
func (c *Case) extendClock(start civil.Date) {
	_, c.Clock.ExtensionWD = c.extended(start)
	for i := range c.Extensions {
		if e := &c.Extensions[i]; e.Approved && e.NotifiedOn >= start {
			c.Clock.ExtensionNotifiedOn = e.NotifiedOn
			return
		}
	}
}

func (c *Case) pendingExtension() *Extension {
	if n := len(c.Extensions); n > 0 && !c.Extensions[n-1].Decided && c.Decision == nil {
		return &c.Extensions[n-1]
	}
	return nil
}

const art33 = "条例 art. 33(2)"

// ExtensionRequest asks the head for more time.
type ExtensionRequest struct {
	WorkingDays int
	Reason      string
	RequestedOn civil.Date
}

// RequestExtension puts an extension before the head of the OGI unit: once, 1
// to 20 working days, on or before the due date.
func (c *Case) RequestExtension(cmd ExtensionRequest, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.pendingExtension() != nil {
		return refuse("延期申请正在审批。", "An extension is already before the head.", art33)
	}
	if c.Clock.Order != nil {
		return refuse("依复议决定或者判决重新办理的期限不适用延长。", "The period of an order is not extended under art. 33.", art33)
	}
	start := c.clockStart()
	times, spent := c.extended(start)
	if times >= max(env.Policy.MaxExtensions, 1) {
		return refuse("答复期限已延长 "+strconv.Itoa(times)+" 次，不能再延长。",
			"The reply period has been extended as often as it may be.", art33)
	}
	due, err := c.runningDue(env)
	if err != nil {
		return err
	}
	var bad faults
	if cmd.WorkingDays < 1 || cmd.WorkingDays > extensionMaxWD {
		bad.add("/working_days", "out_of_range", "延长期限为1至20个工作日。", "An extension is 1 to 20 working days.", art33)
	}
	if spent > 0 && spent+cmd.WorkingDays > extensionMaxWD {
		bad.add("/working_days", "out_of_range", "累计延长不得超过20个工作日，已延长 "+strconv.Itoa(spent)+" 个工作日。",
			"All extensions together are at most 20 working days; "+strconv.Itoa(spent)+" are spent.", art33)
	}
	bad.required("/reason", cmd.Reason, "请写明延长理由。", "Say why.", art33)
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.RequestedOn = bad.day("/requested_on", cmd.RequestedOn, env, start, "答复期限起算之日", "the day the reply period starts from")
	if err := bad.err(); err != nil {
		return err
	}
	if cmd.RequestedOn > due && !env.Policy.LateExtensionAllowed() {
		return pastDue(due)
	}
	c.Extensions = append(c.Extensions, Extension{
		WorkingDays: cmd.WorkingDays, Reason: cmd.Reason, RequestedOn: cmd.RequestedOn,
		RequestedBy: env.Actor.person(), DueBefore: due,
	})
	c.note(env, "extension_asked", cmd.RequestedOn, strconv.Itoa(cmd.WorkingDays))
	return c.settle(env)
}

// runningDue is the reply due date as it runs now.
func (c *Case) runningDue(env Env) (civil.Date, error) {
	r, err := c.Clocks(env)
	if err != nil {
		return 0, err
	}
	if r.ReplyDue.IsZero() {
		return 0, refuse("答复期限没有计算，不需要延长。", "No reply period runs that could be extended.", art33)
	}
	return r.ReplyDue, nil
}

func pastDue(due civil.Date) error {
	return tooLate("答复期限已于 "+due.String()+" 届满，延长应当在期限届满前批准并告知。",
		"The reply was due on "+due.String()+"; an extension is approved and notified on or before that day.", art33)
}

// ExtensionApproval is the head's word on an extension.
type ExtensionApproval struct {
	Refused    bool
	DecidedOn  civil.Date
	NotifiedOn civil.Date // zero: the day of the approval
	Note       string
}

// ApproveExtension lets the head approve or refuse; approved and told to the
// applicant on or before the due date, it counts on from that date.
func (c *Case) ApproveExtension(cmd ExtensionApproval, env Env) error {
	if !env.Actor.Has(RoleHead) {
		return notAllowed("延长答复期限须经政府信息公开工作机构负责人同意。",
			"An extension needs the consent of the head of the OGI unit.", art33)
	}
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	e := c.pendingExtension()
	if e == nil {
		return refuse("没有待审批的延期申请。", "No extension is before the head.", art33)
	}
	var bad faults
	bad.text("/note", cmd.Note, NoteLimit)
	cmd.DecidedOn = bad.day("/decided_on", cmd.DecidedOn, env, e.RequestedOn, "申请延期之日", "the day of the request")
	if cmd.NotifiedOn.IsZero() {
		cmd.NotifiedOn = cmd.DecidedOn
	}
	if !cmd.Refused {
		bad.given("/notified_on", cmd.NotifiedOn, env, cmd.DecidedOn, "批准之日", "the day of the approval")
	}
	if err := bad.err(); err != nil {
		return err
	}
	by := env.Actor.person()
	if cmd.Refused {
		e.Decided, e.DecidedOn, e.DecidedBy, e.Note = true, cmd.DecidedOn, &by, cmd.Note
		c.note(env, "extension_refused", cmd.DecidedOn, cmd.Note)
		return c.settle(env)
	}
	due, err := c.runningDue(env)
	if err != nil {
		return err
	}
	late := cmd.NotifiedOn > due
	if late && !env.Policy.LateExtensionAllowed() {
		return pastDue(due)
	}
	if late {
		bad.required("/note", cmd.Note, "逾期延长应当写明理由。", "An extension after the due date needs a recorded reason.", art33)
		if err := bad.err(); err != nil {
			return err
		}
	}
	e.Decided, e.Approved, e.DecidedOn, e.DecidedBy = true, true, cmd.DecidedOn, &by
	e.NotifiedOn, e.Note, e.DueBefore, e.Late = cmd.NotifiedOn, cmd.Note, due, late
	c.extendClock(c.clockStart())
	c.note(env, "extended", e.NotifiedOn, strconv.Itoa(e.WorkingDays))
	c.Raise(contract.CaseExtended)
	if err := c.settle(env); err != nil {
		return err
	}
	e.DueAfter = c.Due.ReplyDue
	return nil
}
