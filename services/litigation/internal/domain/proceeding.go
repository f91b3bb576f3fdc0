package domain

import (
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/report"
)

// Kind is what sort of proceeding it is.
type Kind string

// The kinds of proceedings. A complaint (投诉举报, 条例 art. 47, 51) stands in no
// statutory table.
const (
	Review          Kind = "review"
	SuitDirect      Kind = "suit_direct"
	SuitAfterReview Kind = "suit_after_review"
	Complaint       Kind = "complaint"
)

// Kinds lists every kind.
var Kinds = []Kind{Review, SuitDirect, SuitAfterReview, Complaint}

// Suit reports whether a court decides.
func (k Kind) Suit() bool { return k == SuitDirect || k == SuitAfterReview }

// Label is the kind's Chinese name.
func (k Kind) Label() string {
	switch k {
	case Review:
		return "行政复议"
	case SuitDirect:
		return "行政诉讼（未经复议直接起诉）"
	case SuitAfterReview:
		return "行政诉讼（复议后起诉）"
	case Complaint:
		return "投诉举报"
	}
	return string(k)
}

// Role is what the office is in the proceeding.
type Role string

// The roles. RoleReviewOrgan is a co-defendant that only decided the review: the
// case is counted by the agency that made the original act, and by nobody else
// (国办公开办函〔2016〕201号).
const (
	RoleRespondent  Role = "respondent"   // 被申请人
	RoleDefendant   Role = "defendant"    // 被告
	RoleCoDefendant Role = "co_defendant" // 共同被告，原行政行为机关
	RoleReviewOrgan Role = "review_organ" // 共同被告，复议机关
	RoleThirdParty  Role = "third_party"  // 第三人
)

// Roles lists every role.
var Roles = []Role{RoleRespondent, RoleDefendant, RoleCoDefendant, RoleReviewOrgan, RoleThirdParty}

// Label is the role's Chinese name.
func (r Role) Label() string {
	switch r {
	case RoleRespondent:
		return "被申请人"
	case RoleDefendant:
		return "被告"
	case RoleCoDefendant:
		return "共同被告（原行政行为机关）"
	case RoleReviewOrgan:
		return "共同被告（复议机关）"
	case RoleThirdParty:
		return "第三人"
	}
	return string(r)
}

// Procedure is the form of the proceeding, which sets the office's time to answer.
type Procedure string

// The procedures.
const (
	Ordinary   Procedure = "ordinary"
	Simplified Procedure = "simplified"
)

// Attacked is the decision that the proceeding is about, as it was when the
// proceeding was entered.
type Attacked struct {
	No        string     `json:"no,omitempty"`
	Kind      string     `json:"kind"`
	Ground    string     `json:"ground,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	Row       report.Row `json:"row,omitempty"`
	DecidedOn civil.Date `json:"decided_on,omitzero"`
}

func attacked(d contract.DecisionFacts) *Attacked {
	return &Attacked{No: d.No, Kind: d.Kind, Ground: d.Ground, Subject: d.Subject, Row: report.Row(d.Row), DecidedOn: d.DecidedOn}
}

// Proceeding is one review, lawsuit or complaint about the office's handling of
// applications. Where it stands follows from its steps (Stand). Its Persons are for the
// office; no event and no paper that leaves it names them.
type Proceeding struct {
	docstore.Raised `json:"-"`

	ID         string `json:"id"`
	Office     string `json:"office"`
	Kind       Kind   `json:"kind"`
	Role       Role   `json:"role"`
	CaseID     string `json:"case_id,omitempty"`
	RegisterNo string `json:"register_no,omitempty"`
	// RestrictedTo are the staff ids of those who may know of its case; empty: everybody.
	RestrictedTo []string   `json:"restricted_to,omitempty"`
	CaseNo       string     `json:"case_no,omitempty"` // 案号
	Organ        string     `json:"organ_or_court"`
	Cause        string     `json:"cause" seal:"personal"`
	ReceivedOn   civil.Date `json:"received_on"` // 收到答复通知书、应诉通知书之日
	Procedure    Procedure  `json:"procedure,omitempty"`
	// AfterReview is the review that this suit followed.
	AfterReview string    `json:"after_review,omitempty"`
	Attacked    *Attacked `json:"attacked,omitempty"`
	Persons     []Person  `json:"persons,omitempty"`
	Steps       []Step    `json:"steps,omitempty"`
	EnteredAt   time.Time `json:"entered_at"`
	EnteredBy   string    `json:"entered_by,omitempty"` // staff id; empty when imported
	// Imported: the row of an old ledger made it, as of ImportVersion.
	Imported      bool  `json:"imported,omitempty"`
	ImportVersion int64 `json:"import_version,omitempty"`
}

// Counted reports whether the proceeding stands in table four of this office.
func (p *Proceeding) Counted() bool {
	return p.Kind != Complaint && p.Role != RoleReviewOrgan && p.Role != RoleThirdParty
}

// Standing is where a proceeding stands after all its steps.
type Standing struct {
	Accepted  *Step
	Answered  *Step // in the present instance
	Appeal    *Step
	Result    *Step // the result that stands; nil while pending
	Effective civil.Date
	Rectified *Step
	Procedure Procedure
	Second    bool // the second instance
	ReportUps []ReportUp
}

// Stand follows the steps. It is the only way to learn the state.
func (p *Proceeding) Stand() Standing {
	s := Standing{Procedure: p.Procedure}
	if s.Procedure == "" {
		s.Procedure = Ordinary
	}
	if !p.Imported { // what an old ledger tells was reported in its time
		s.open(TriggerReceipt, p.ReceivedOn)
	}
	for i := range p.Steps {
		if p.Steps[i].Retracted == nil {
			p.follow(&s, &p.Steps[i])
		}
	}
	return s
}

func (p *Proceeding) follow(s *Standing, st *Step) {
	switch st.Step {
	case Acceptance:
		s.Accepted = st
		if st.Procedure != "" {
			s.Procedure = st.Procedure
		}
	case Answer:
		s.Answered = st
	case Hearing:
	case Result:
		s.Result = st
		if !st.Imported {
			s.open(TriggerResult, st.On)
		}
		if !st.ServedOn.IsZero() && (!p.Kind.Suit() || s.Second) {
			// 行政复议法 art. 75: effective when served; so is a final judgment.
			p.takeEffect(s, st.ServedOn)
		}
	case Appeal:
		s.Appeal, s.Result, s.Answered, s.Second = st, nil, nil, true
		s.open(TriggerAppeal, st.On)
	case Effective:
		p.takeEffect(s, st.On)
	case Rectification:
		s.Rectified = st
		s.open(TriggerRectification, st.On)
	case ReportedUp:
		s.close(st)
	}
}

func (p *Proceeding) takeEffect(s *Standing, on civil.Date) {
	s.Effective = on
	s.open(TriggerEffective, on)
	if s.Result.Outcome == report.Corrected {
		s.open(TriggerLossReport, on)
	}
}

// Outcome is the column of table four, empty while pending.
func (s *Standing) Outcome() report.Outcome {
	if s.Result == nil {
		return ""
	}
	return s.Result.Outcome
}

// ConcludedOn is the day of the result that stands; zero while pending. An appeal
// makes the proceeding pending again.
func (s *Standing) ConcludedOn() civil.Date {
	if s.Result == nil {
		return 0
	}
	return s.Result.On
}

// ConcludedYear is the year of the result that stands, OpenYear while pending.
func (s *Standing) ConcludedYear() int {
	if s.Result == nil {
		return OpenYear
	}
	return s.Result.On.Year()
}

// Order is what the standing result orders the office to do again; nil without an
// order or before it is effective.
func (s *Standing) Order() *contract.OrderFacts {
	if s.Result == nil || s.Effective.IsZero() || s.Result.OrderWD == 0 || s.Result.Outcome != report.Corrected {
		return nil
	}
	o := &contract.OrderFacts{EffectiveOn: s.Effective, PeriodWD: s.Result.OrderWD}
	if s.Rectified != nil {
		o.DoneOn = s.Rectified.On
	}
	return o
}

// Periods are the statutory periods that the proceeding has started, in the order
// in which they began.
func (p *Proceeding) Periods() []contract.PeriodFact {
	s := p.Stand()
	var out []contract.PeriodFact
	add := func(kind clock.Kind, start, met civil.Date) {
		out = append(out, contract.PeriodFact{Kind: string(kind), StartOn: start, MetOn: met})
	}
	firstAnswer, firstResult := p.inFirstInstance()
	ended := dayOf(firstAnswer)
	if ended.IsZero() {
		ended = dayOf(firstResult) // nothing is left to answer
	}
	switch {
	case p.Role == RoleThirdParty || p.Kind == Complaint:
	case p.Kind == Review && s.Procedure == Simplified:
		add(clock.KindReviewReplySimplified, p.ReceivedOn, ended)
	case p.Kind == Review:
		add(clock.KindReviewReply, p.ReceivedOn, ended)
	default:
		add(clock.KindSuitAnswer, p.ReceivedOn, ended)
	}
	if firstResult != nil && !firstResult.ServedOn.IsZero() {
		switch {
		case p.Kind == Review:
			add(clock.KindSuitAfterReview, firstResult.ServedOn, 0)
		case p.Kind.Suit() && firstResult.Form == FormRuling:
			add(clock.KindAppealRuling, firstResult.ServedOn, dayOf(s.Appeal))
		case p.Kind.Suit():
			add(clock.KindAppealJudgment, firstResult.ServedOn, dayOf(s.Appeal))
		}
	}
	if s.Appeal != nil && s.Appeal.By != ByOffice && p.Role != RoleThirdParty {
		start := s.Appeal.ServedOn
		if start.IsZero() {
			start = s.Appeal.On
		}
		met := dayOf(s.Answered)
		if met.IsZero() {
			met = s.ConcludedOn()
		}
		add(clock.KindSuitAnswer, start, met)
	}
	if o := s.Order(); o != nil {
		add(clock.KindOrderPerformance, o.EffectiveOn, o.DoneOn)
	}
	for _, r := range s.ReportUps {
		if r.Trigger == TriggerLossReport {
			add(clock.KindLossReport, r.OpenedOn, r.ReportedOn)
		}
	}
	return out
}

// Owing reports whether a period of the office itself runs that is not met.
func (p *Proceeding) Owing() bool {
	for _, f := range p.Periods() {
		if f.MetOn.IsZero() && !optional(clock.Kind(f.Kind)) {
			return true
		}
	}
	return false
}

// optional reports whether the period is a chance that passes: whoever lost may go
// on, and nobody must.
func optional(k clock.Kind) bool {
	return k == clock.KindSuitAfterReview || k == clock.KindAppealJudgment || k == clock.KindAppealRuling
}

// inFirstInstance finds the answer and the result before an appeal.
func (p *Proceeding) inFirstInstance() (answer, result *Step) {
	for i := range p.Steps {
		st := &p.Steps[i]
		if st.Retracted != nil {
			continue
		}
		switch st.Step {
		case Appeal:
			return answer, result
		case Answer:
			answer = st
		case Result:
			result = st
		default:
		}
	}
	return answer, result
}

func dayOf(st *Step) civil.Date {
	if st == nil {
		return 0
	}
	return st.On
}

// Facts are what other services are told.
func (p *Proceeding) Facts() (office string, data any) {
	s := p.Stand()
	f := contract.ProceedingFacts{
		Office: p.Office, ProceedingID: p.ID, CaseID: p.CaseID, Kind: string(p.Kind), ReceivedOn: p.ReceivedOn,
		Outcome: string(s.Outcome()), ConcludedOn: s.ConcludedOn(), EffectiveOn: s.Effective,
		Order: s.Order(), Periods: p.Periods(), Handler: p.EnteredBy,
	}
	if s.Result != nil {
		f.Result = s.Result.Result
	}
	return p.Office, f
}
