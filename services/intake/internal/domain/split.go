package domain

import (
	"fmt"
	"slices"
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/report"
)

// Split keeps the parts of an application that asked for several matters
// (一事一申请). The parent holds the plan; its parts are cases of their own.
type Split struct {
	SplitOn civil.Date `json:"split_on"`
	Reason  string     `json:"reason,omitempty" seal:"personal"`
	Parts   []Part     `json:"parts"`
	// Filed is set once every part has its own case. Until then the office's
	// sweeper goes on filing them.
	Filed bool   `json:"filed"`
	By    Person `json:"by"`
}

// Part is one matter.
type Part struct {
	CaseID         string `json:"case_id"`
	Title          string `json:"title,omitempty" seal:"personal"`
	Description    string `json:"description" seal:"personal"`
	DocumentNumber string `json:"document_number,omitempty" seal:"personal"`
}

// SplitOrder divides an application.
type SplitOrder struct {
	SplitOn civil.Date
	Reason  string
	Parts   []Part // CaseID filled in by the caller, derived and stable
	// CountOnly keeps the application one case that is answered in one reply, and
	// only counts its smallest units for the fee (办法 art. 4).
	CountOnly bool
}

const splitRule = "国办发〔2010〕5号；信息处理费管理办法 art. 4"

// SplitUp divides the application into parts. Each becomes a case of its own
// with the parent's dates; the parent is closed without a row of the report and
// without items for the fee, because its parts take its place (annual-report C1).
func (c *Case) SplitUp(cmd SplitOrder, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.Split != nil {
		return refuse("申请已经拆分。", "The application has already been split.", splitRule)
	}
	if c.Clock.Order != nil {
		return refuse("依复议决定或者判决重新办理的案件不能拆分。", "A case reopened on an order cannot be split.", splitRule)
	}
	if c.waitingFor(env.Today) != "" || c.Draft != nil || len(c.Fees) > 0 && !cmd.CountOnly {
		return refuse("案件正在等待补正、缴费、征求意见或者审批，不能拆分。",
			"A case that waits for somebody, has a draft or a fee notice cannot be split.", splitRule)
	}
	var bad faults
	if len(cmd.Parts) < 2 || len(cmd.Parts) > 100 {
		bad.add("/parts", "out_of_range", "拆分应当为2至100件。", "A split has 2 to 100 parts.", splitRule)
	}
	for i, p := range cmd.Parts {
		Content{Description: p.Description, Title: p.Title, DocumentNumber: p.DocumentNumber}.check(&bad, "/parts/"+strconv.Itoa(i))
	}
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.SplitOn = bad.day("/split_on", cmd.SplitOn, env, c.clockStart(), "收到申请之日", "the day of receipt")
	if err := bad.err(); err != nil {
		return err
	}
	c.Split = &Split{SplitOn: cmd.SplitOn, Reason: cmd.Reason, Parts: cmd.Parts, By: env.Actor.person()}
	if cmd.CountOnly {
		c.Items, c.Split.Filed = len(cmd.Parts), true
		for i := range c.Split.Parts {
			c.Split.Parts[i].CaseID = ""
		}
		c.note(env, "items_counted", cmd.SplitOn, strconv.Itoa(c.Items))
		c.Raise(contract.CaseChanged)
		return c.settle(env)
	}
	c.Items = 0
	c.overtake()
	c.end(EndedSplit, cmd.SplitOn, cmd.Reason, "", env)
	c.note(env, "split", cmd.SplitOn, strconv.Itoa(len(cmd.Parts)))
	c.Raise(contract.CaseClosed)
	return c.settle(env)
}

// PartCase is the case of part i, with a number of its own. It inherits the
// applicant, the dates and what has been done so far.
func (c *Case) PartCase(i int, receipt string, n Number, env Env) (*Case, error) {
	if c.Split == nil || i < 0 || i >= len(c.Split.Parts) {
		return nil, fmt.Errorf("case %s has no part %d", c.ID, i)
	}
	p := c.Split.Parts[i]
	env.Actor = Actor{Kind: c.Split.By.Kind, ID: c.Split.By.ID, Name: c.Split.By.Name}
	k := &Case{
		ID: p.CaseID, Office: c.Office, Receipt: receipt, Channel: c.Channel, Applicant: c.Applicant,
		Digests: slices.Clone(c.Digests), Delivery: c.Delivery,
		Content: Content{Description: p.Description, Title: p.Title, DocumentNumber: p.DocumentNumber},
		FiledBy: c.FiledBy, FiledAt: env.Now, ArrivalEvidence: c.ArrivalEvidence, Evidence: c.Evidence,
		Number: &n, RegisteredOn: env.Today, Assignee: c.Assignee, AssigneeName: c.AssigneeName, Items: 1,
		Clock: c.Clock, Corrections: slices.Clone(c.Corrections), Consultations: slices.Clone(c.Consultations),
		Extensions: slices.Clone(c.Extensions), ParentID: c.ID, PartNo: i + 1, Restriction: c.Restriction,
		Attachments: slices.Clone(c.Attachments),
	}
	k.Clock.ClosedOn = 0
	k.note(env, "filed", c.Clock.ArrivedOn, c.RegisterNo())
	k.note(env, "registered", c.Clock.ReceivedOn, n.Text)
	k.Raise(contract.CaseRegistered)
	return k, k.settle(env)
}

// PartsFiled notes that every part has its case.
func (c *Case) PartsFiled() {
	if c.Split != nil {
		c.Split.Filed = true
	}
}

// Merge closes a pending duplicate into another case of the same applicant
// (rules 3.19; K16). Into is that case as it was read.
type Merge struct {
	MergedOn civil.Date
	Reason   string
}

// MergeInto closes the case as a duplicate of a pending one.
func (c *Case) MergeInto(into *Case, cmd Merge, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	switch {
	case into.ID == c.ID:
		return refuse("不能并入自身。", "A case cannot be merged into itself.", "")
	case into.Ending != nil || !into.FinishedOn.IsZero():
		return refuse("目标案件已经答复或者办结；已答复的重复申请适用条例第三十六条第六项。",
			"The other case is answered or closed; a repeat of an answered application is K6.", "条例 art. 36(6)")
	case into.Number == nil, into.ReceivedOn().IsZero():
		return refuse("目标案件尚未登记。", "The other case is not registered yet.", "条例 art. 45")
	case !slices.ContainsFunc(c.Digests, func(d string) bool { return slices.Contains(into.Digests, d) }):
		return refuse("申请人不同，不能并案，可以建立关联。", "The applicants differ; link the cases instead.", "条例 art. 36(6)")
	case c.openFee() != nil:
		return refuse("案件正在等待缴费。", "The case is waiting for a payment.", "信息处理费管理办法")
	}
	var bad faults
	bad.text("/reason", cmd.Reason, NoteLimit)
	cmd.MergedOn = bad.day("/merged_on", cmd.MergedOn, env, max(c.clockStart(), into.ReceivedOn()), "收到申请之日", "the day of receipt")
	if err := bad.err(); err != nil {
		return err
	}
	c.MergedInto = into.ID
	c.overtake()
	c.end(EndedMerged, cmd.MergedOn, cmd.Reason, report.OtherOther, env)
	c.note(env, "merged", cmd.MergedOn, into.RegisterNo())
	c.Raise(contract.CaseClosed)
	return c.settle(env)
}

// Link points to another case of the office.
type Link struct {
	To       string     `json:"to"`
	Kind     string     `json:"kind"`
	Note     string     `json:"note,omitempty" seal:"personal"`
	LinkedOn civil.Date `json:"linked_on"`
	By       Person     `json:"by"`
}

// Linked reports whether the case points to another one already.
func (c *Case) Linked(to string) bool {
	return slices.ContainsFunc(c.Links, func(l Link) bool { return l.To == to && l.Kind == "same_matter" })
}

// AddLink notes a relation to another case.
func (c *Case) AddLink(cmd Link, env Env) error {
	var bad faults
	if cmd.Kind == "" {
		cmd.Kind = "related"
	}
	bad.oneOf("/kind", cmd.Kind, LinkKinds.has(cmd.Kind))
	bad.text("/note", cmd.Note, NoteLimit)
	if cmd.To == c.ID {
		bad.add("/to", "itself", "不能关联自身。", "A case cannot be linked to itself.", "")
	}
	if err := bad.err(); err != nil {
		return err
	}
	for _, l := range c.Links {
		if l.To == cmd.To && l.Kind == cmd.Kind {
			return refuse("已经建立该关联。", "This link is already there.", "")
		}
	}
	if len(c.Links) >= 200 {
		return refuse("关联过多。", "There are too many links.", "")
	}
	cmd.LinkedOn, cmd.By = env.Today, env.Actor.person()
	c.Links = append(c.Links, cmd)
	c.note(env, "linked", env.Today, "")
	return c.settle(env)
}
