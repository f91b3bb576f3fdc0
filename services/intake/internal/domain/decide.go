package domain

import (
	"maps"
	"slices"
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/decision"
)

// Draft is a decision as the officer proposes it. It rests on one review.
type Draft struct {
	Kind     decision.Kind     `json:"kind"`
	Ground   string            `json:"ground,omitempty"`
	Row      string            `json:"row"` // of table three; follows from kind and ground
	Subject  string            `json:"subject,omitempty"`
	Contents map[string]string `json:"contents,omitempty" seal:"personal"` // what the reply says, by the table's content codes
	Withheld []Withheld        `json:"withheld,omitempty"`
	Override *Override         `json:"public_interest,omitempty"`
	Remedy   string            `json:"remedy,omitempty"`
	Note     string            `json:"note,omitempty" seal:"personal"`
	// Guide holds the answers that led to the kind, where the officer was guided.
	Guide   map[string]string `json:"guide,omitempty"`
	ReviewN int               `json:"review_n"`
	// DecidedOn is the day of the draft; the decision is made when it is signed.
	DecidedOn civil.Date `json:"decided_on"`
	By        Person     `json:"by"`

	ReturnedOn civil.Date `json:"returned_on,omitzero"`
	ReturnNote string     `json:"return_note,omitempty" seal:"personal"`
}

// Withheld is one part that is not given, with its ground (条例 art. 37).
type Withheld struct {
	Part   string `json:"part" seal:"personal"`
	Ground string `json:"ground"`
	Reason string `json:"reason,omitempty" seal:"personal"`
}

// Override discloses against a third party's objection, because withholding
// would gravely affect the public interest (条例 art. 32): the third party is
// told in writing what is disclosed and why.
type Override struct {
	What   string     `json:"what"`
	Why    string     `json:"why" seal:"personal"`
	ToldOn civil.Date `json:"told_on"`
}

// Decision is a signed decision and its service.
type Decision struct {
	Draft
	No       string     `json:"no,omitempty"` // 文号
	SignedOn civil.Date `json:"signed_on"`
	SignedBy Person     `json:"signed_by"`
	Attempts []Attempt  `json:"attempts,omitempty"`
	// MadeOn is the day on which the reply counts as made; ServedOn the day the
	// applicant got it, zero until known.
	MadeOn   civil.Date `json:"made_on,omitzero"`
	ServedOn civil.Date `json:"served_on,omitzero"`
	// OvertakenOn is the day of the order that overtook it.
	OvertakenOn civil.Date `json:"overtaken_on,omitzero"`
}

func (d *Decision) facts() contract.DecisionFacts {
	return contract.DecisionFacts{
		No: d.No, Kind: string(d.Kind), Ground: d.Ground, Row: d.Row, Subject: d.Subject,
		DecidedOn: d.DecidedOn, SignedOn: d.SignedOn, ServedOn: d.ServedOn, ReplyMadeOn: d.MadeOn,
		DecidedBy: d.By.ID,
	}
}

// same reports whether two drafts say the same.
func (d *Draft) same(o *Draft) bool {
	sameOverride := (d.Override == nil) == (o.Override == nil) && (d.Override == nil || *d.Override == *o.Override)
	return d.Kind == o.Kind && d.Ground == o.Ground && d.Subject == o.Subject && d.Note == o.Note &&
		maps.Equal(d.Contents, o.Contents) && slices.Equal(d.Withheld, o.Withheld) && sameOverride
}

// Proposal is the officer's choice of decision.
type Proposal struct {
	Kind      decision.Kind
	Ground    string
	Subject   string
	Contents  map[string]string
	Withheld  []Withheld
	Override  *Override
	Note      string
	Guide     map[string]string
	DecidedOn civil.Date
}

// closings are the kinds that end a case without a reply; they have commands of
// their own.
var closings = map[decision.Kind]string{
	decision.NotCorrected: "abandonment",
	decision.FeeUnpaid:    "fee lapse",
	decision.OtherClosing: "withdrawal, merge or closure",
}

// Decide drafts the decision, or drafts it anew before the head has signed. A
// draft needs a review that no other draft has used.
func (c *Case) Decide(cmd Proposal, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.openCorrection() != nil || c.openFee() != nil {
		return refuse("案件正在等待申请人补正或者缴费，不能作出答复。",
			"The case waits for the applicant's correction or payment.", "条例 art. 30, 42")
	}
	if how, ok := closings[cmd.Kind]; ok {
		return refuse("该办理结果不以答复形式作出，请使用相应的办结操作。",
			"This result is not a reply; use "+how+" instead.", "条例 art. 36")
	}
	if err := c.searchAllows(cmd.Kind, cmd.Note, env); err != nil {
		return err
	}
	var bad faults
	// The table says what each kind needs: its ground, and what the reply must say.
	if cmd.Kind == decision.DoesNotExist && cmd.Contents[decision.ContentSearch] == "" {
		if record := c.SearchRecord(); record != "" {
			cmd.Contents = maps.Clone(cmd.Contents)
			if cmd.Contents == nil {
				cmd.Contents = map[string]string{}
			}
			cmd.Contents[decision.ContentSearch] = record
		}
	}
	bad.fields = append(bad.fields, fieldsOf(decision.Validate(cmd.Kind, cmd.Ground, cmd.Contents))...)
	c.checkProposal(&bad, &cmd, env)
	cmd.DecidedOn = bad.day("/decided_on", cmd.DecidedOn, env, c.clockStart(), "答复期限起算之日", "the day the reply period starts from")
	if err := bad.err(); err != nil {
		return err
	}
	entry, _ := decision.Of(cmd.Kind)
	row, err := decision.Row(cmd.Kind, cmd.Ground)
	if err != nil {
		return err
	}
	if err := c.decidable(&cmd, env); err != nil {
		return err
	}
	d := Draft{
		Kind: cmd.Kind, Ground: cmd.Ground, Row: string(row), Subject: cmd.Subject, Contents: cmd.Contents,
		Withheld: cmd.Withheld, Override: cmd.Override, Guide: cmd.Guide, Remedy: string(entry.Remedy), Note: cmd.Note,
		DecidedOn: cmd.DecidedOn, By: env.Actor.person(),
	}
	if c.Draft != nil && c.Draft.same(&d) {
		return refuse("拟定的答复没有变化。", "The draft has not changed.", "")
	}
	r := c.usableReview()
	if err := c.reviewCovers(r, cmd); err != nil {
		return err
	}
	if d.DecidedOn < r.ReviewedOn {
		bad.add("/decided_on", "date_too_early", "拟定答复不能早于公开审查（"+r.ReviewedOn.String()+"）。",
			"The decision lies before its review ("+r.ReviewedOn.String()+").", art17)
		return bad.err()
	}
	d.ReviewN = r.N
	if c.Draft != nil {
		c.Returned = append(c.Returned, *c.Draft)
	}
	c.Draft, c.ReviewsUsed = &d, len(c.Reviews)
	c.note(env, "drafted", d.DecidedOn, string(d.Kind))
	c.Raise(contract.CaseDecided)
	return c.settle(env)
}

func (c *Case) checkProposal(bad *faults, cmd *Proposal, env Env) {
	bad.text("/subject", cmd.Subject, 40)
	bad.text("/note", cmd.Note, textLimit)
	if len(cmd.Guide) > 0 {
		p, err := Walk(cmd.Guide)
		bad.fields = append(bad.fields, below("/guide", err)...)
		if err == nil && (p.Next != "" || p.Kind != cmd.Kind || p.Ground != cmd.Ground && p.Ground != string(decision.RegistryQuery)) {
			bad.add("/guide", "leads_elsewhere", "各问题的回答没有通向该决定。", "The answers do not lead to this decision.", "")
		}
	}
	if len(cmd.Contents) > 30 {
		bad.add("/contents", "too_many", "内容项过多。", "There are too many contents.", "")
	}
	for k, v := range cmd.Contents {
		bad.text("/contents/"+clip(k), v, textLimit)
	}
	if len(cmd.Withheld) > 0 && cmd.Kind != decision.PartlyDisclosed && cmd.Kind != decision.Withheld {
		bad.add("/withheld", "not_with_kind", "只有不予公开和部分公开的决定才列明不予公开的部分。",
			"Only decisions to withhold name withheld parts.", "条例 art. 37")
	}
	if len(cmd.Withheld) > 100 {
		bad.add("/withheld", "too_many", "不予公开的部分过多。", "There are too many withheld parts.", "")
	}
	for i, w := range cmd.Withheld {
		at := "/withheld/" + strconv.Itoa(i)
		bad.required(at+"/part", w.Part, "请写明不予公开的部分。", "Say which part is withheld.", "条例 art. 37")
		bad.text(at+"/part", w.Part, NoteLimit)
		bad.text(at+"/reason", w.Reason, NoteLimit)
		if _, err := decision.Row(decision.Withheld, w.Ground); err != nil {
			bad.oneOf(at+"/ground", w.Ground, false)
		}
	}
	if o := cmd.Override; o != nil {
		bad.required("/public_interest/what", o.What, "请写明公开的内容。", "Say what is disclosed.", "条例 art. 32")
		bad.required("/public_interest/why", o.Why, "请写明理由。", "Say why.", "条例 art. 32")
		bad.text("/public_interest/what", o.What, textLimit)
		bad.text("/public_interest/why", o.Why, textLimit)
		if o.ToldOn.IsZero() {
			bad.add("/public_interest/told_on", "required", "应当书面告知第三方。", "The third party is told in writing.", "条例 art. 32")
		}
		bad.given("/public_interest/told_on", o.ToldOn, env, c.ReceivedOn(), "收到申请之日", "the day of receipt")
	}
}

// releases reports whether a decision of this kind hands information out that
// was not public before.
func releases(k decision.Kind) bool { return k == decision.Disclosed || k == decision.PartlyDisclosed }

// decidable holds a choice against what has happened in the case.
func (c *Case) decidable(cmd *Proposal, env Env) error {
	if err := c.searchAllows(cmd.Kind, cmd.Note, env); err != nil {
		return err
	}
	if cmd.Kind == decision.StillUnclear && len(c.Corrections) == 0 {
		return refuse("未经补正，不能以补正后仍不明确答复。",
			"Only a corrected application can be still unclear.", art30)
	}
	if x := c.Excess; cmd.Kind == decision.Abusive && (x == nil || x.AssessedOn.IsZero() || x.Reasonable) {
		return refuse("应当先要求申请人说明理由，理由不合理的方可不予处理。",
			"The applicant is asked for reasons first; only unreasonable ones end in not handling.", art35)
	}
	if releases(cmd.Kind) {
		if c.pendingThirdParty(env.Today) {
			return refuse("第三方答复期限尚未届满。", "The third party may still answer.", "条例 art. 32")
		}
		if k := c.objection(); k != nil && cmd.Kind == decision.Disclosed && cmd.Override == nil {
			return refuse("第三方不同意公开且有合理理由；确需公开的，应当记录公共利益理由并书面告知第三方。",
				"A third party objects with reasonable grounds; disclosure needs a recorded public interest and a written notice.",
				"条例 art. 32")
		}
	}
	return nil
}

// reviewCovers refuses a reply that no usable review supports.
func (c *Case) reviewCovers(r *Review, cmd Proposal) error {
	if r == nil {
		if len(c.Reviews) > 0 {
			return refuse("答复内容有变化，应当重新审查。", "A changed draft is reviewed again.", art17)
		}
		return refuse("未经公开审查，不能作出答复。", "No reply without a review before release.", art17)
	}
	if lacks := r.missing(releases(cmd.Kind)); len(lacks) > 0 {
		zh, en := "", ""
		for i, a := range lacks {
			if i > 0 {
				zh, en = zh+"、", en+", "
			}
			zh, en = zh+Aspects.In(a, "zh"), en+Aspects.In(a, "en")
		}
		return refuse("公开审查缺少："+zh+"。", "The review lacks: "+en+".", art17)
	}
	if k := r.concern(); k != nil && (cmd.Kind == decision.Disclosed || cmd.Kind == decision.AlreadyPublished) {
		return refuse("公开审查提出问题（"+Aspects.In(k.Aspect, "zh")+"），不能全部公开。",
			"The review has a concern ("+Aspects.In(k.Aspect, "en")+"); the information cannot be given in full.", art17)
	}
	return nil
}

// Approval is the head's word on a draft.
type Approval struct {
	Returned bool
	SignedOn civil.Date
	No       string
	Note     string
}

// Approve lets the head sign the draft, or send it back.
func (c *Case) Approve(cmd Approval, env Env) error {
	if !env.Actor.Has(RoleHead) {
		return notAllowed("答复须由政府信息公开工作机构负责人签发。", "A decision is signed by the head of the OGI unit.", "条例 art. 33")
	}
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.Draft == nil {
		return refuse("没有待签发的答复。", "No draft is before the head.", "条例 art. 33")
	}
	if c.openCorrection() != nil || c.openFee() != nil {
		return refuse("案件正在等待申请人补正或者缴费，不能签发。", "The case waits for the applicant's correction or payment.", "条例 art. 30, 42")
	}
	if !cmd.Returned { // what came in since the draft may stand against it
		d := c.Draft
		if err := c.decidable(&Proposal{Kind: d.Kind, Ground: d.Ground, Override: d.Override, Note: d.Note}, env); err != nil {
			return err
		}
	}
	var bad faults
	bad.text("/no", cmd.No, NameLimit)
	bad.text("/note", cmd.Note, NoteLimit)
	cmd.SignedOn = bad.day("/signed_on", cmd.SignedOn, env, c.Draft.DecidedOn, "拟定答复之日", "the day of the draft")
	if err := bad.err(); err != nil {
		return err
	}
	if cmd.Returned {
		c.Draft.ReturnedOn, c.Draft.ReturnNote = cmd.SignedOn, cmd.Note
		c.Returned, c.Draft = append(c.Returned, *c.Draft), nil
		c.note(env, "returned", cmd.SignedOn, cmd.Note)
		c.Raise(contract.CaseChanged)
		return c.settle(env)
	}
	c.Decision = &Decision{Draft: *c.Draft, No: cmd.No, SignedOn: cmd.SignedOn, SignedBy: env.Actor.person()}
	c.Draft = nil
	if c.Clock.Order == nil {
		c.Clock.DecidedOn = cmd.SignedOn
	}
	c.note(env, "approved", cmd.SignedOn, cmd.No)
	c.Raise(contract.CaseApproved)
	return c.settle(env)
}
