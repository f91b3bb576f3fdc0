package domain

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
)

// Review is one examination before release (先审查后公开, 条例 art. 17). A draft
// rests on one review; a changed draft needs another.
type Review struct {
	N          int        `json:"n"`
	ReviewedOn civil.Date `json:"reviewed_on"`
	Checks     []Check    `json:"checks"`
	Conclusion string     `json:"conclusion,omitempty" seal:"personal"`
	By         Person     `json:"by"`
}

// Check is one aspect, examined by a named person.
type Check struct {
	Aspect   string `json:"aspect"`
	Result   string `json:"result"`
	Reviewer string `json:"reviewer"`
	Note     string `json:"note,omitempty" seal:"personal"`
}

// aspects in the order in which they are examined. Releasing anything takes all
// of them; any reply takes the form.
var aspects = []string{"secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"}

const art17 = "条例 art. 17"

// ReviewRecord is the review as it is entered.
type ReviewRecord struct {
	ReviewedOn civil.Date
	Checks     []Check
	Conclusion string
}

// Review records an examination before release.
func (c *Case) Review(cmd ReviewRecord, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	if c.openCorrection() != nil || c.openFee() != nil {
		return refuse("案件正在等待申请人补正或者缴费。", "The case is waiting for the applicant.", "条例 art. 30")
	}
	var bad faults
	if len(cmd.Checks) == 0 || len(cmd.Checks) > 20 {
		bad.add("/checks", "required", "请逐项记录审查情况。", "Record the aspects that were examined.", art17)
	}
	seen := map[string]bool{}
	for i := range cmd.Checks {
		k, at := &cmd.Checks[i], "/checks/"+strconv.Itoa(i)
		bad.oneOf(at+"/aspect", k.Aspect, Aspects.has(k.Aspect))
		bad.oneOf(at+"/result", k.Result, CheckResults.has(k.Result))
		if seen[k.Aspect] {
			bad.add(at+"/aspect", "repeated", "该审查事项重复。", "This aspect appears twice.", art17)
		}
		seen[k.Aspect] = true
		if k.Reviewer == "" {
			k.Reviewer = env.Actor.Name
		}
		bad.required(at+"/reviewer", k.Reviewer, "请填写审查人。", "Name the reviewer.", art17)
		bad.text(at+"/reviewer", k.Reviewer, NameLimit)
		bad.text(at+"/note", k.Note, NoteLimit)
		if k.Aspect == "third_party" && k.Result == "not_applicable" && c.askedThirdParty() {
			bad.add(at+"/result", "contradiction", "本案征求过第三方意见，应当审查其结果。",
				"A third party was consulted; the review must weigh the result.", "条例 art. 32")
		}
		if k.Result == "concern" {
			bad.required(at+"/note", k.Note, "请写明问题。", "Say what the concern is.", art17)
		}
	}
	bad.text("/conclusion", cmd.Conclusion, textLimit)
	cmd.ReviewedOn = bad.day("/reviewed_on", cmd.ReviewedOn, env, c.clockStart(), "答复期限起算之日", "the day the reply period starts from")
	if err := bad.err(); err != nil {
		return err
	}
	c.Reviews = append(c.Reviews, Review{
		N: len(c.Reviews) + 1, ReviewedOn: cmd.ReviewedOn, Checks: cmd.Checks,
		Conclusion: cmd.Conclusion, By: env.Actor.person(),
	})
	c.note(env, "reviewed", cmd.ReviewedOn, "")
	c.Raise(contract.CaseReviewed)
	return c.settle(env)
}

// usableReview is the newest review that no draft has used yet.
func (c *Case) usableReview() *Review {
	if n := len(c.Reviews); n > c.ReviewsUsed {
		return &c.Reviews[n-1]
	}
	return nil
}

// missing returns the aspects that a reply of this kind needs and the review
// does not have.
func (r *Review) missing(releases bool) []string {
	have := map[string]bool{}
	for _, k := range r.Checks {
		have[k.Aspect] = true
	}
	var out []string
	for _, a := range aspects {
		if !have[a] && (releases || a == "form") {
			out = append(out, a)
		}
	}
	return out
}

// concern returns the first aspect with an open concern.
func (r *Review) concern() *Check {
	for i := range r.Checks {
		if r.Checks[i].Result == "concern" {
			return &r.Checks[i]
		}
	}
	return nil
}

// overtake sets aside reviews and the draft, because what they speak about has
// changed.
func (c *Case) overtake() {
	c.ReviewsUsed = len(c.Reviews)
	if c.Draft != nil {
		c.Returned = append(c.Returned, *c.Draft)
		c.Draft = nil
	}
}
