package domain

import (
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
)

// StepKind is what happened in a proceeding.
type StepKind string

// The steps.
const (
	Acceptance    StepKind = "acceptance"    // 受理、立案
	Answer        StepKind = "answer"        // 提交答复、答辩及证据
	Hearing       StepKind = "hearing"       // 听证、听取意见、开庭
	Result        StepKind = "result"        // 复议决定、裁判
	Appeal        StepKind = "appeal"        // 上诉
	Effective     StepKind = "effective"     // 生效
	Rectification StepKind = "rectification" // 整改、重新答复
	ReportedUp    StepKind = "reported-up"   // 报备
)

// StepKinds lists every step.
var StepKinds = []StepKind{Acceptance, Answer, Hearing, Result, Appeal, Effective, Rectification, ReportedUp}

// Label is the step's Chinese name.
func (k StepKind) Label() string {
	switch k {
	case Acceptance:
		return "受理、立案"
	case Answer:
		return "提交答复（答辩）及证据"
	case Hearing:
		return "听取意见、听证、开庭"
	case Result:
		return "复议决定、裁判"
	case Appeal:
		return "上诉"
	case Effective:
		return "生效"
	case Rectification:
		return "整改"
	case ReportedUp:
		return "报备"
	}
	return string(k)
}

// Form is the form of a court's result; it sets the time to appeal.
type Form string

// The forms. A judgment can be appealed within 15 days, a ruling within 10
// (行政诉讼法 art. 85).
const (
	FormJudgment Form = "judgment"
	FormRuling   Form = "ruling"
)

// Party is who appealed.
type Party string

// The parties.
const (
	ByApplicant Party = "applicant"
	ByOffice    Party = "office"
	ByOther     Party = "other"
)

// Ground is why the office was corrected (纠错理由), as the report-up record has it.
type Ground struct{ Code, Label string }

var correctedGrounds = []Ground{
	{"facts", "主要事实不清、证据不足"},
	{"law", "适用依据错误"},
	{"procedure", "违反法定程序"},
	{"overdue", "超过法定期限"},
	{"inaction", "未履行法定职责"},
	{"competence", "超越或者滥用职权"},
	{"inappropriate", "明显不当"},
	{"other", "其他"},
}

// CorrectedGrounds lists every ground.
func CorrectedGrounds() []Ground { return slices.Clone(correctedGrounds) }

// GroundLabel is the Chinese name of a ground, empty for none.
func GroundLabel(code string) string {
	for _, g := range correctedGrounds {
		if g.Code == code {
			return g.Label
		}
	}
	return ""
}

// Step is one thing that happened, with its own date. A step is never changed or
// deleted; one that was entered by mistake is retracted and stays on file.
type Step struct {
	N    int        `json:"n"`
	Step StepKind   `json:"step"`
	On   civil.Date `json:"on"`
	// ServedOn is when the paper of this step reached the office.
	ServedOn civil.Date `json:"served_on,omitzero"`
	Note     string     `json:"note,omitempty" seal:"personal"`

	Procedure    Procedure `json:"procedure,omitempty"`     // acceptance
	HeadAppeared *bool     `json:"head_appeared,omitempty"` // hearing: 负责人出庭
	By           Party     `json:"by,omitempty"`            // appeal

	Result          string         `json:"result,omitempty"`
	Outcome         report.Outcome `json:"outcome,omitempty"`
	Form            Form           `json:"form,omitempty"`
	DocumentNo      string         `json:"document_no,omitempty"`
	CorrectedGround string         `json:"corrected_ground,omitempty"`
	Lesson          string         `json:"lesson,omitempty"`   // what went wrong, for the next officer
	OrderWD         int            `json:"order_wd,omitempty"` // working days to act; 0 = no order

	DecisionNo string  `json:"decision_no,omitempty"` // rectification: the new decision
	Trigger    Trigger `json:"trigger,omitempty"`     // reported-up
	ReceiptNo  string  `json:"receipt_no,omitempty"`

	RecordedAt time.Time `json:"recorded_at"`
	RecordedBy string    `json:"recorded_by,omitempty"` // staff id
	Imported   bool      `json:"imported,omitempty"`    // told by an old ledger
	// Retracted: entered by mistake; it counts for nothing.
	Retracted *Retraction `json:"retracted,omitempty"`
}

// Retraction says who took a step back, and why.
type Retraction struct {
	Reason string    `json:"reason" seal:"personal"`
	At     time.Time `json:"at"`
	By     string    `json:"by"` // staff id
}

// Retract takes back the newest step that counts, by its number. Earlier ones carry
// what came after them. problem.NotFound, problem.IllegalTransition.
func (p *Proceeding) Retract(n int, r Retraction) error {
	if n < 1 || n > len(p.Steps) {
		return problem.New(problem.NotFound, "没有这一步骤。", "There is no such step.")
	}
	for i := len(p.Steps) - 1; i >= 0; i-- {
		st := &p.Steps[i]
		if st.Retracted != nil {
			continue
		}
		if st.N != n {
			return problem.New(problem.IllegalTransition, "只能撤销最近一个有效的步骤。", "Only the newest step that counts can be taken back.")
		}
		st.Retracted = &r
		p.Raise(contract.ProceedingStepped)
		return nil
	}
	return problem.New(problem.IllegalTransition, "该步骤已经撤销。", "The step was taken back already.")
}

// MaxSteps bounds the history of one proceeding.
const MaxSteps = 200

// DefaultOrderWD is the period of an order that names none, unless the office has
// settled another: a judgment orders
// disclosure within 20 working days (法释〔2025〕8号).
const DefaultOrderWD = 20

// Take adds a step, after looking whether it can have happened, and raises what
// other services must hear. today bounds its dates. problem.Invalid,
// problem.IllegalTransition.
func (p *Proceeding) Take(st Step, today civil.Date, outcomes Outcomes) error {
	if len(p.Steps) >= MaxSteps {
		return problem.New(problem.IllegalTransition, "本案步骤已达上限。", "The proceeding holds as many steps as it can.")
	}
	s := p.Stand()
	if err := p.admit(&s, &st); err != nil {
		return err
	}
	if err := p.complete(&s, &st, today, outcomes); err != nil {
		return err
	}
	had := s.Order() != nil
	st.N = len(p.Steps) + 1
	p.Steps = append(p.Steps, st)
	after := p.Stand()
	switch {
	case !had && after.Order() != nil:
		p.Raise(contract.ProceedingOrdered)
	case st.Step == Result:
		p.Raise(contract.ProceedingConcluded)
	case st.Step == ReportedUp:
		p.Raise(contract.ProceedingReported)
	default:
		p.Raise(contract.ProceedingStepped)
	}
	return nil
}

// admit looks whether the step can follow on what stands.
func (p *Proceeding) admit(s *Standing, st *Step) error {
	refuse := func(zh, en string) error { return problem.New(problem.IllegalTransition, zh, en) }
	switch st.Step {
	case Acceptance:
		if s.Result != nil {
			return refuse("已有结果，不能再登记受理。", "A result stands; acceptance cannot follow it.")
		}
	case Answer:
		if s.Result != nil {
			return refuse("已有结果，不能再登记答复（答辩）。", "A result stands; an answer cannot follow it.")
		}
		if s.Answered != nil {
			return refuse("本审级已登记答复（答辩）。", "The answer of this instance is already entered.")
		}
	case Hearing:
		if s.Result != nil {
			return refuse("已有结果，不能再登记开庭、听证。", "A result stands; a hearing cannot follow it.")
		}
	case Result:
		if s.Result != nil {
			return refuse("已有结果；当事人上诉的，请先登记上诉。", "A result stands; enter the appeal first if there was one.")
		}
	case Appeal:
		switch {
		case !p.Kind.Suit():
			return refuse("只有行政诉讼可以上诉。", "Only a lawsuit can be appealed.")
		case s.Second:
			return refuse("二审为终审。", "The second instance is final.")
		case s.Result == nil:
			return refuse("尚无一审结果，不能登记上诉。", "There is no result of the first instance to appeal.")
		case !s.Effective.IsZero():
			return refuse("裁判已生效，不能上诉。", "The result is effective and cannot be appealed.")
		}
	case Effective:
		switch {
		case s.Result == nil:
			return refuse("尚无结果，不能登记生效。", "There is no result that could take effect.")
		case !s.Effective.IsZero():
			return refuse("结果已经生效。", "The result is already effective.")
		}
	case Rectification:
		switch {
		case s.Result == nil || s.Result.Outcome != report.Corrected || s.Effective.IsZero():
			return refuse("只有已生效的纠正结果需要整改。", "Only an effective result that corrects the office calls for rectification.")
		case s.Rectified != nil:
			return refuse("整改已经登记。", "The rectification is already entered.")
		}
	case ReportedUp:
		return p.admitReport(s, st)
	default:
		return problem.InvalidFields(problem.At("/step", "unknown", "没有这种步骤。", "There is no such step."))
	}
	return nil
}

// admitReport finds the duty that a report fulfils: the one named, or the oldest.
func (p *Proceeding) admitReport(s *Standing, st *Step) error {
	open, _ := s.Unreported()
	for _, r := range open {
		if st.Trigger == "" || st.Trigger == r.Trigger {
			st.Trigger = r.Trigger
			return nil
		}
	}
	return problem.New(problem.IllegalTransition, "没有待报备的事项。", "Nothing of this kind waits to be reported up.")
}

// complete fills what the step implies and refuses dates and values that cannot be.
func (p *Proceeding) complete(s *Standing, st *Step, today civil.Date, outcomes Outcomes) error {
	if st.On.IsZero() {
		st.On = today
	}
	faults := datesOf(p, s, st, today)
	switch st.Step {
	case Result:
		faults = append(faults, p.completeResult(st, outcomes)...)
	case Appeal:
		if st.By == "" {
			st.By = ByApplicant
		}
	default:
	}
	faults = append(faults, strangers(st)...)
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}

func datesOf(p *Proceeding, s *Standing, st *Step, today civil.Date) []problem.Field {
	var faults []problem.Field
	if st.On > today {
		faults = append(faults, problem.At("/on", "date_in_future", "日期不能晚于今天。", "The date lies in the future."))
	}
	if st.ServedOn > today {
		faults = append(faults, problem.At("/served_on", "date_in_future", "送达日期不能晚于今天。", "The date of service lies in the future."))
	}
	if !st.ServedOn.IsZero() && st.ServedOn < st.On {
		faults = append(faults, problem.At("/served_on", "before_made", "送达日期不能早于作出日期。", "It cannot be served before it was made."))
	}
	after, zh, en := p.ReceivedOn, "收到日期", "the day of receipt"
	switch st.Step {
	case Acceptance: // the organ accepts before the office hears of it
		after = p.ReceivedOn.AddMonths(-12)
	case Answer, Hearing, Result:
		if s.Appeal != nil {
			after, zh, en = s.Appeal.On, "上诉日期", "the appeal"
		}
	case Appeal, Effective:
		after, zh, en = s.Result.On, "结果日期", "the result"
	case Rectification:
		after, zh, en = s.Effective, "生效日期", "the day on which the result took effect"
	case ReportedUp:
		for _, r := range s.ReportUps {
			if r.Trigger == st.Trigger && r.ReportedOn.IsZero() {
				after, zh, en = r.OpenedOn, "报备事项发生日期", "what is reported"
				break
			}
		}
	}
	if st.On < after {
		faults = append(faults, problem.At("/on", "date_too_early", "日期不能早于"+zh+"（"+after.String()+"）。",
			"The date lies before "+en+" ("+after.String()+")."))
	}
	return faults
}

func (p *Proceeding) completeResult(st *Step, outcomes Outcomes) []problem.Field {
	var faults []problem.Field
	out, ok := outcomes.Of(p.Kind, st.Result)
	if !ok {
		faults = append(faults, problem.At("/result", "unknown", "该类案件没有这一结果代码。", "This kind of proceeding has no such result."))
	}
	st.Outcome = out
	if p.Kind.Suit() && st.Form == "" {
		st.Form = FormJudgment
		if slices.Contains(byRuling, st.Result) {
			st.Form = FormRuling
		}
	}
	if !p.Kind.Suit() && st.Form != "" {
		faults = append(faults, problem.At("/form", "not_here", "只有法院的结果分判决与裁定。", "Only a court's result is a judgment or a ruling."))
	}
	if ok && out != report.Corrected {
		for _, f := range []struct {
			ptr  string
			here bool
		}{{"/order_wd", st.OrderWD != 0}, {"/corrected_ground", st.CorrectedGround != ""}, {"/lesson", st.Lesson != ""}} {
			if f.here {
				faults = append(faults, problem.At(f.ptr, "not_here", "只有纠正结果才有此项。", "Only a result that corrects the office has this."))
			}
		}
	}
	if st.CorrectedGround != "" && GroundLabel(st.CorrectedGround) == "" {
		faults = append(faults, problem.At("/corrected_ground", "unknown", "没有这一纠错理由代码。", "There is no such ground of correction."))
	}
	return faults
}

// strangers names fields that do not belong to the step, so that nothing typed is
// silently dropped.
func strangers(st *Step) []problem.Field {
	var faults []problem.Field
	only := func(ptr string, given bool, steps ...StepKind) {
		if !given {
			return
		}
		for _, k := range steps {
			if k == st.Step {
				return
			}
		}
		faults = append(faults, problem.At(ptr, "not_here", "这一步骤没有此项。", "This step has no such field."))
	}
	only("/procedure", st.Procedure != "", Acceptance)
	only("/head_appeared", st.HeadAppeared != nil, Hearing)
	only("/by", st.By != "", Appeal)
	only("/result", st.Result != "", Result)
	only("/form", st.Form != "", Result)
	only("/document_no", st.DocumentNo != "", Result, Acceptance, Appeal)
	only("/corrected_ground", st.CorrectedGround != "", Result)
	only("/lesson", st.Lesson != "", Result)
	only("/order_wd", st.OrderWD != 0, Result)
	only("/decision_no", st.DecisionNo != "", Rectification)
	only("/trigger", st.Trigger != "", ReportedUp)
	only("/receipt_no", st.ReceiptNo != "", ReportedUp)
	only("/served_on", !st.ServedOn.IsZero(), Result, Appeal, Acceptance)
	return faults
}
