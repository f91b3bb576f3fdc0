package domain

import (
	"slices"

	"zhiqing.dev/pkg/civil"
)

// Judgement is what a person decided about a probable duplicate (rules 7.19: a
// likeness never decides by itself).
type Judgement struct {
	Of        string     `json:"of"` // the other case
	Verdict   Verdict    `json:"verdict"`
	DecidedOn civil.Date `json:"decided_on"`
	Reason    string     `json:"reason,omitempty" seal:"personal"`
	By        Person     `json:"by"`
}

// Verdict is one way to settle a probable duplicate.
type Verdict string

// The verdicts.
const (
	NotDuplicate Verdict = "not_duplicate" // another matter
	MergeInto    Verdict = "merge"         // the same, pending: this case is closed into the other
	LinkTo       Verdict = "link"          // the same matter, kept apart
)

// Verdicts names them.
var Verdicts = Labels{
	string(NotDuplicate): {ZH: "不是重复申请", EN: "not a duplicate"},
	string(MergeInto):    {ZH: "重复申请，已并入", EN: "merged"},
	string(LinkTo):       {ZH: "同一事项，已关联", EN: "linked"},
}

// LikeEnough is from how many per cent of likeness on two texts of the same
// applicant are shown as probably the same.
const LikeEnough = 80

// Likeness tells how much two cases ask for the same, in per cent: the pairs of
// neighbouring characters that their descriptions share, of all that they have.
func (c *Case) Likeness(o *Case) int {
	a, b := grams(c.Content.Description), grams(o.Content.Description)
	if len(a) == 0 || len(b) == 0 {
		if Normalize(c.Content.Description) == Normalize(o.Content.Description) {
			return 100
		}
		return 0
	}
	in := make(map[string]bool, len(a))
	for _, g := range a {
		in[g] = true
	}
	both := 0
	for _, g := range b {
		if in[g] {
			both++
		}
	}
	return 100 * both / (len(a) + len(b) - both)
}

// Settled reports whether a person has decided what the other case is to this one.
func (c *Case) Settled(other string) bool {
	return c.MergedInto == other || slices.ContainsFunc(c.Judgements, func(j Judgement) bool { return j.Of == other })
}

// Judge settles a probable duplicate, for the verdicts that another command does
// not carry out with it.
func (c *Case) Judge(cmd Judgement, env Env) error {
	var bad faults
	bad.oneOf("/verdict", string(cmd.Verdict), Verdicts.has(string(cmd.Verdict)))
	if cmd.Of == c.ID {
		bad.add("/of", "itself", "不能与自身比较。", "A case is not compared with itself.", "")
	}
	if cmd.Verdict == NotDuplicate {
		bad.required("/reason", cmd.Reason, "请写明不是重复申请的理由。", "Say why it is not a duplicate.", "条例 art. 36(6)")
	}
	bad.text("/reason", cmd.Reason, NoteLimit)
	if err := bad.err(); err != nil {
		return err
	}
	if c.Settled(cmd.Of) {
		return refuse("已经作出认定。", "This has been decided already.", "")
	}
	c.judge(cmd, env)
	return c.settle(env)
}

// judge notes a decision that was checked before.
func (c *Case) judge(cmd Judgement, env Env) {
	cmd.DecidedOn, cmd.By = env.Today, env.Actor.person()
	c.Judgements = append(c.Judgements, cmd)
	c.note(env, "judged", env.Today, Verdicts.In(string(cmd.Verdict), "zh"))
}

// Mirror notes on the other case what was decided; a repeat changes nothing.
func (c *Case) Mirror(cmd Judgement, env Env) {
	if !c.Settled(cmd.Of) {
		c.judge(cmd, env)
	}
}

// unsettled are the probable duplicates that were seen at filing and that nobody
// has looked at yet.
func (c *Case) unsettled() int {
	n := 0
	for _, other := range c.Suspects {
		if !c.Settled(other) {
			n++
		}
	}
	return n
}
