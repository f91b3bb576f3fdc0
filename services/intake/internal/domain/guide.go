package domain

import (
	"encoding/json"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
)

// Question is one of the questions that lead to a decision, in the order of
// practice: 补不补、是不是、谁负责、有没有、给不给、怎么给、怎么答 (rules 1.10).
type Question struct {
	Code    string
	Label   problem.Text
	Rule    string
	Options []Choice
}

// Choice is one answer to a question. It leads to a kind, to another step, or to
// the next question.
type Choice struct {
	Code  string
	Label problem.Text
	Kind  decision.Kind
	Step  string // the path of the step below the case, for what is no reply
}

// The codes of the questions.
const (
	AskCorrection  = "correction"
	AskApplication = "application"
	AskResponsible = "responsible"
	AskExistence   = "existence"
	AskDisclosure  = "disclosure"
	AskGround      = "ground"
	AskDelivery    = "delivery"
)

var questions = []Question{
	{AskCorrection, problem.Text{ZH: "补不补：申请内容是否明确，需不需要补正？", EN: "Is the application clear, or must it be corrected?"}, art30, []Choice{
		{Code: "clear", Label: problem.Text{ZH: "内容明确", EN: "clear"}},
		{Code: "unclear", Label: problem.Text{ZH: "不明确，需要补正", EN: "unclear, to be corrected"}, Step: "correction-notice"},
		{Code: "still_unclear", Label: problem.Text{ZH: "补正后仍不明确", EN: "still unclear after correction"}, Kind: decision.StillUnclear},
		{Code: "not_corrected", Label: problem.Text{ZH: "逾期不补正", EN: "not corrected in time"}, Kind: decision.NotCorrected, Step: "abandonment"},
	}},
	{AskApplication, problem.Text{ZH: "是不是：是不是政府信息公开申请，应不应当处理？", EN: "Is it an application for information, and to be handled as one?"}, "条例 art. 35, 36(6), 39", []Choice{
		{Code: "yes", Label: problem.Text{ZH: "是", EN: "yes"}},
		{Code: "petition", Label: problem.Text{ZH: "信访、投诉、举报等活动", EN: "a petition, complaint or report"}, Kind: decision.Petition},
		{Code: "publication", Label: problem.Text{ZH: "要求提供公开出版物", EN: "asks for a publication"}, Kind: decision.Publication},
		{Code: "confirm_reissue", Label: problem.Text{ZH: "要求确认或者重新出具已获取的信息", EN: "asks to confirm or re-issue what it has"}, Kind: decision.ConfirmReissue},
		{Code: "repeat", Label: problem.Text{ZH: "已答复过的相同申请", EN: "a repeat of an answered application"}, Kind: decision.Repeat},
		{Code: "excessive", Label: problem.Text{ZH: "数量、频次明显超过合理范围且理由不合理", EN: "excessive without good reason"}, Kind: decision.Abusive},
		{Code: "fee_unpaid", Label: problem.Text{ZH: "逾期未缴纳信息处理费", EN: "the fee was not paid in time"}, Kind: decision.FeeUnpaid, Step: "fees"},
		{Code: "withdrawn", Label: problem.Text{ZH: "申请人撤回", EN: "withdrawn by the applicant"}, Kind: decision.OtherClosing, Step: "withdrawal"},
		{Code: "duplicate_pending", Label: problem.Text{ZH: "与办理中的申请重复，并案", EN: "duplicate of a pending application"}, Kind: decision.OtherClosing, Step: "merge"},
		{Code: "other", Label: problem.Text{ZH: "其他原因终止", EN: "ends for another reason"}, Kind: decision.OtherClosing, Step: "closure"},
	}},
	{AskResponsible, problem.Text{ZH: "谁负责：由谁负责公开？", EN: "Whose is it to disclose?"}, "条例 art. 10, 36(5), 36(7)", []Choice{
		{Code: "ours", Label: problem.Text{ZH: "本机关", EN: "ours"}},
		{Code: "not_ours", Label: problem.Text{ZH: "不属于本机关负责公开", EN: "not ours"}, Kind: decision.NotOurs},
		{Code: "special_access", Label: problem.Text{ZH: "不动产登记资料等，法律、行政法规另有规定", EN: "its own query procedure applies"}, Kind: decision.SpecialAccess},
	}},
	{AskExistence, problem.Text{ZH: "有没有：有没有现成的信息？", EN: "Does it exist as it is?"}, "条例 art. 36(4), 38", []Choice{
		{Code: "held", Label: problem.Text{ZH: "有", EN: "yes"}},
		{Code: "not_held", Label: problem.Text{ZH: "经检索没有", EN: "a search found nothing"}, Kind: decision.DoesNotExist},
		{Code: "needs_processing", Label: problem.Text{ZH: "需要加工、分析", EN: "would need processing or analysis"}, Kind: decision.NeedsProcessing},
	}},
	{AskDisclosure, problem.Text{ZH: "给不给：可不可以公开？", EN: "May it be given?"}, "条例 art. 13-16, 36, 37", []Choice{
		{Code: "published", Label: problem.Text{ZH: "已经主动公开", EN: "already published"}, Kind: decision.AlreadyPublished},
		{Code: "all", Label: problem.Text{ZH: "可以公开", EN: "in full"}, Kind: decision.Disclosed},
		{Code: "part", Label: problem.Text{ZH: "可以部分公开（区分处理）", EN: "in part"}, Kind: decision.PartlyDisclosed},
		{Code: "none", Label: problem.Text{ZH: "不予公开", EN: "not at all"}, Kind: decision.Withheld},
	}},
	{AskGround, problem.Text{ZH: "给不给：依据哪一项不予公开？", EN: "On which ground is it withheld?"}, "条例 art. 14-16", nil},
	{AskDelivery, problem.Text{ZH: "怎么给：以什么形式提供？", EN: "How is it given?"}, "条例 art. 40", []Choice{
		{Code: "as_requested", Label: problem.Text{ZH: "按申请人要求的形式", EN: "in the form asked for"}},
		{Code: "electronic", Label: problem.Text{ZH: "提供电子数据（按要求的形式可能危及载体安全或者成本过高）", EN: "as electronic data"}},
		{Code: "on_site", Label: problem.Text{ZH: "安排查阅、抄录", EN: "reading and copying on site"}},
		{Code: "other_form", Label: problem.Text{ZH: "其他适当形式", EN: "another suitable form"}},
	}},
}

// groundChoices are the grounds as answers.
func groundChoices() []Choice {
	var out []Choice
	for _, g := range decision.Grounds() {
		if g.Ground != decision.RegistryQuery {
			out = append(out, Choice{Code: string(g.Ground), Label: problem.Text{ZH: g.Label, EN: g.LabelEN}})
		}
	}
	return out
}

// GuideCodes are the codes of all questions, in their order.
func GuideCodes() []string {
	codes := make([]string, len(questions))
	for i := range questions {
		codes[i] = questions[i].Code
	}
	return codes
}

// Path is how far answers lead.
type Path struct {
	// Asked are the questions up to the open one, or to the end.
	Asked []Question
	// Next is the code of the open question; empty when the way has ended.
	Next string
	// Kind, Ground and Delivery are where it ends. Step names another step than a
	// reply.
	Kind     decision.Kind
	Ground   string
	Delivery string
	Step     string
}

// Walk follows answers, one for each question by its code, through the questions.
// Answers to questions that the way does not pass are refused.
func Walk(answers map[string]string) (Path, error) {
	var p Path
	var bad faults
	used := map[string]bool{}
	ended := false
	for i := range questions {
		q := questions[i]
		if ended || !p.passes(q.Code) {
			continue
		}
		if q.Code == AskGround {
			q.Options = groundChoices()
		}
		p.Asked = append(p.Asked, q)
		a, ok := answers[q.Code]
		if !ok || a == "" {
			p.Next, ended = q.Code, true
			continue
		}
		used[q.Code] = true
		o := q.choice(a)
		if o == nil {
			bad.oneOf("/"+q.Code, a, false)
			break
		}
		p.take(q.Code, *o)
		ended = o.Step != "" || o.Kind != "" && q.Code != AskDisclosure
	}
	for _, code := range GuideCodes() {
		if a := answers[code]; a != "" && !used[code] && len(bad.fields) == 0 {
			bad.add("/"+code, "not_asked", "前面的回答没有通向这个问题。", "The answers before do not lead to this question.", "")
		}
	}
	return p, bad.err()
}

// passes reports whether the way goes by the question.
func (p *Path) passes(code string) bool {
	switch code {
	case AskGround:
		return p.Kind == decision.Withheld || p.Kind == decision.PartlyDisclosed
	case AskDelivery:
		return releases(p.Kind)
	}
	return true
}

func (p *Path) take(code string, o Choice) {
	switch code {
	case AskGround:
		p.Ground = o.Code
	case AskDelivery:
		p.Delivery = o.Code
	default:
		p.Kind, p.Step = o.Kind, o.Step
		if o.Kind == decision.SpecialAccess {
			p.Ground = string(decision.RegistryQuery)
		}
	}
}

func (q *Question) choice(code string) *Choice {
	for i := range q.Options {
		if q.Options[i].Code == code {
			return &q.Options[i]
		}
	}
	return nil
}

// Admissible reports why a choice is not open in this case as it stands, nil when
// it is.
func (c *Case) Admissible(o Choice, env Env) error {
	if err := c.mustBeUndecided(); err != nil {
		return err
	}
	switch {
	case o.Step == "correction-notice" && c.openCorrection() != nil:
		return refuse("补正通知已经发出，尚未收到补正。", "A correction notice is already out.", art30)
	case o.Kind == decision.NotCorrected:
		k := c.openCorrection()
		if k == nil {
			return refuse("没有待补正的通知，不能按逾期不补正办结。", "No correction is being waited for.", art30)
		}
		if env.Today <= k.CorrectBy {
			return refuse("补正期限至 "+k.CorrectBy.String()+"。", "The correction period runs until "+k.CorrectBy.String()+".", art30)
		}
		return nil
	case o.Kind == decision.FeeUnpaid && c.openFee() == nil:
		return refuse("没有待缴纳的信息处理费。", "No fee is waited for.", "信息处理费管理办法")
	case o.Kind == "" || o.Step != "":
		return nil
	}
	if c.openCorrection() != nil || c.openFee() != nil {
		return refuse("案件正在等待申请人补正或者缴费，不能作出答复。",
			"The case waits for the applicant's correction or payment.", "条例 art. 30, 42")
	}
	return c.decidable(&Proposal{Kind: o.Kind, Note: "-"}, env)
}

// Suggest is what the file itself says about a question: an answer and why, both
// empty where it says nothing. A person decides.
func (c *Case) Suggest(question string, env Env) (answer string, why problem.Text) {
	switch question {
	case AskCorrection:
		if k := c.openCorrection(); k != nil && env.Today > k.CorrectBy {
			return "not_corrected", problem.Text{ZH: "补正期限已于" + k.CorrectBy.String() + "届满，未收到补正。", EN: "The correction period ended on " + k.CorrectBy.String() + "."}
		}
	case AskApplication:
		if x := c.Excess; x != nil && !x.AssessedOn.IsZero() && !x.Reasonable {
			return "excessive", problem.Text{ZH: "已审核申请人说明的理由，认为不合理。", EN: "The applicant's reasons were found unreasonable."}
		}
	case AskExistence:
		return c.suggestExistence()
	case AskDisclosure:
		if r := c.usableReview(); r != nil && r.concern() != nil {
			return "part", problem.Text{ZH: "公开审查提出问题：" + r.concern().Note, EN: "The review has a concern: " + r.concern().Note}
		}
		if k := c.objection(); k != nil {
			return "part", problem.Text{ZH: "第三方（" + k.Consultee + "）不同意公开。", EN: "A third party objects: " + k.Consultee + "."}
		}
	case AskGround:
		if k := c.objection(); k != nil {
			return string(decision.ThirdPartyRight), problem.Text{ZH: "第三方（" + k.Consultee + "）不同意公开。", EN: "A third party objects: " + k.Consultee + "."}
		}
	case AskDelivery:
		return "as_requested", problem.Text{ZH: "申请人要求：" + DeliveryFormats.In(c.Delivery.Format, "zh"), EN: "The applicant asks for: " + DeliveryFormats.In(c.Delivery.Format, "en")}
	}
	return "", problem.Text{}
}

func (c *Case) suggestExistence() (answer string, why problem.Text) {
	nothing := false
	for i := range c.Searches {
		switch s := &c.Searches[i]; s.Result {
		case SearchFound, SearchPartly:
			return "held", problem.Text{ZH: s.Unit + "检索到：" + s.Found, EN: "Found by " + s.Unit + ": " + s.Found}
		case SearchNothing:
			nothing = true
		}
	}
	if nothing && c.openSearch() == nil {
		return "not_held", problem.Text{ZH: c.SearchRecord(), EN: "Every search found nothing."}
	}
	return "", problem.Text{}
}

// Begin is a proposal of the kind with the beginnings of everything that its reply
// must say; what must be filled in stands between 〔 and 〕.
func (c *Case) Begin(kind decision.Kind, ground string) Proposal {
	p := Proposal{Kind: kind, Ground: ground, Contents: map[string]string{}}
	e, _ := decision.Of(kind)
	for _, k := range e.Contents {
		p.Contents[k.Code] = decision.Template(kind, ground, k.Code)
	}
	if record := c.SearchRecord(); record != "" && kind == decision.DoesNotExist {
		p.Contents[decision.ContentSearch] = record
	}
	if kind == decision.PartlyDisclosed {
		p.Withheld = []Withheld{{Part: "〔不予公开的部分〕", Ground: ground}}
		for i := range c.Consultations {
			if k := &c.Consultations[i]; k.Kind == clock.ThirdParty && k.Answer == "object" && k.Reasons != "" {
				p.Withheld[0].Reason = k.Reasons
			}
		}
	}
	return p
}

// Blocked is what still stands between the case and a draft of the proposal: the
// refusal that it would meet now, nil when there is none. The case stays as it is.
func (c *Case) Blocked(p Proposal, env Env) (*problem.Error, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("copy case %s: %w", c.ID, err)
	}
	trial := new(Case)
	if err := json.Unmarshal(b, trial); err != nil {
		return nil, fmt.Errorf("copy case %s: %w", c.ID, err)
	}
	var refused *problem.Error
	if err := trial.Decide(p, env); err != nil && !errors.As(err, &refused) {
		return nil, err
	}
	return refused, nil
}
