package httpapi

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// viewer shows proceedings on a day, with the calendar of that moment.
type viewer struct {
	api      *API
	cal      *calendar.Calendar
	today    civil.Date
	settings store.Settings
	// aggregate: the proceedings are those of several offices, and say of which.
	aggregate bool
}

// proceedingView is a proceeding as staff of its office see it.
type proceedingView struct {
	ID          string           `json:"id"`
	Office      string           `json:"office,omitempty"` // of an aggregate
	Kind        domain.Kind      `json:"kind"`
	KindLabel   string           `json:"kind_label"`
	Role        domain.Role      `json:"role"`
	RoleLabel   string           `json:"role_label"`
	Counted     bool             `json:"counted"`
	Status      domain.Status    `json:"status"`
	StatusLabel string           `json:"status_label"`
	CaseID      string           `json:"case_id,omitempty"`
	RegisterNo  string           `json:"register_no,omitempty"`
	CaseNo      string           `json:"case_no,omitempty"`
	Organ       string           `json:"organ_or_court"`
	Cause       string           `json:"cause"`
	ReceivedOn  civil.Date       `json:"received_on"`
	Procedure   domain.Procedure `json:"procedure"`
	Instance    string           `json:"instance"` // first second
	AfterReview string           `json:"after_review,omitempty"`
	Imported    bool             `json:"imported,omitempty"`
	Decision    *decisionView    `json:"decision,omitempty"` // the decision it attacks
	// ReviewFirst: a direct suit against a decision that must go to review before court.
	ReviewFirst bool `json:"review_first,omitempty"`

	Outcome      report.Outcome `json:"outcome,omitempty"`
	OutcomeLabel string         `json:"outcome_label,omitempty"`
	Result       string         `json:"result,omitempty"`
	ResultLabel  string         `json:"result_label,omitempty"`
	ConcludedOn  civil.Date     `json:"concluded_on,omitzero"`
	EffectiveOn  civil.Date     `json:"effective_on,omitzero"`
	Order        *orderView     `json:"order,omitempty"`

	NextDue  civil.Date     `json:"next_due,omitzero"`
	Periods  []periodView   `json:"periods"`
	ReportUp []reportUpView `json:"report_up"`

	// Persons take part in it; masked in lists and for those who do not handle proceedings.
	Persons []personView `json:"persons"`

	// Only of a single proceeding.
	Steps []domain.Step `json:"steps,omitempty"`
	Links []linkView    `json:"links,omitempty"`
	Chain []chainView   `json:"chain,omitempty"`
}

type decisionView struct {
	domain.Attacked
	RowLabel string `json:"row_label,omitempty"`
}

type orderView struct {
	EffectiveOn civil.Date `json:"effective_on"`
	PeriodWD    int        `json:"period_wd"`
	DueOn       civil.Date `json:"due_on"`
	DoneOn      civil.Date `json:"done_on,omitzero"`
	Provisional bool       `json:"provisional,omitempty"`
}

type periodView struct {
	Kind        clock.Kind   `json:"kind"`
	Label       string       `json:"label"`
	Article     string       `json:"article"`
	StartOn     civil.Date   `json:"start_on"`
	DueOn       civil.Date   `json:"due_on"`
	MetOn       civil.Date   `json:"met_on,omitzero"`
	State       clock.State  `json:"state"`
	Advisory    bool         `json:"advisory,omitempty"`
	Provisional bool         `json:"provisional,omitempty"`
	Explanation []clock.Line `json:"explanation,omitempty"`
}

type reportUpView struct {
	domain.ReportUp
	Label string     `json:"label"`
	DueOn civil.Date `json:"due_on"`
}

// linkView is another proceeding on the same dispute.
type linkView struct {
	ID         string      `json:"id"`
	Kind       domain.Kind `json:"kind"`
	KindLabel  string      `json:"kind_label"`
	CaseNo     string      `json:"case_no,omitempty"`
	Relation   string      `json:"relation"` // after_review followed_by same_case
	ReceivedOn civil.Date  `json:"received_on"`
}

// chainView is one station of decision → outcome → new decision.
type chainView struct {
	Event string     `json:"event"` // decision outcome reopened performed
	On    civil.Date `json:"on"`
	No    string     `json:"no,omitempty"`
	Code  string     `json:"code,omitempty"` // decision kind, or result
	Label string     `json:"label,omitempty"`
	ID    string     `json:"proceeding_id,omitempty"`
}

// brief is what a list shows.
func (v *viewer) brief(p *domain.Proceeding) proceedingView {
	s := p.Stand()
	out := proceedingView{
		ID: p.ID, Kind: p.Kind, KindLabel: p.Kind.Label(), Role: p.Role, RoleLabel: p.Role.Label(), Counted: p.Counted(),
		Status: s.Status(), StatusLabel: s.Status().Label(), CaseID: p.CaseID, RegisterNo: p.RegisterNo, CaseNo: p.CaseNo,
		Organ: p.Organ, Cause: p.Cause, ReceivedOn: p.ReceivedOn, Procedure: s.Procedure, Instance: "first", Imported: p.Imported, ReportUp: []reportUpView{},
		AfterReview: p.AfterReview, Outcome: s.Outcome(), OutcomeLabel: s.Outcome().Label(),
		ConcludedOn: s.ConcludedOn(), EffectiveOn: s.Effective, Periods: []periodView{}, Persons: personsView(p, false),
	}
	if s.Second {
		out.Instance = "second"
	}
	if v.aggregate {
		out.Office = p.Office
	}
	if p.Attacked != nil {
		out.Decision = &decisionView{*p.Attacked, p.Attacked.Row.FullLabel()}
		out.ReviewFirst = v.reviewFirst(p)
	}
	if s.Result != nil {
		out.Result = s.Result.Result
		out.ResultLabel, _ = domain.ResultLabel(p.Kind, s.Result.Result)
	}
	clocks := p.Clocks(v.cal)
	out.NextDue = domain.NextDue(clocks)
	for _, c := range clocks {
		out.Periods = append(out.Periods, periodView{
			Kind: c.Kind, Label: c.Label, Article: c.Article, StartOn: c.StartOn, DueOn: c.DueOn, MetOn: c.MetOn,
			State: c.StateOn(v.today), Advisory: c.Advisory, Provisional: c.Provisional, Explanation: c.Explanation,
		})
		if o := s.Order(); o != nil && c.Kind == clock.KindOrderPerformance {
			out.Order = &orderView{o.EffectiveOn, o.PeriodWD, c.DueOn, o.DoneOn, c.Provisional}
		}
	}
	for _, r := range s.ReportUps {
		out.ReportUp = append(out.ReportUp, reportUpView{r, r.Trigger.Label(), r.ReportUpDue(v.cal, v.settings.ReportUpWD)})
	}
	return out
}

// reviewFirst reports whether the suit should have been a review first (行政复议法
// art. 23(1)(4)): a defence that the office must not overlook.
func (v *viewer) reviewFirst(p *domain.Proceeding) bool {
	if p.Kind != domain.SuitDirect {
		return false
	}
	kind := decision.Kind(p.Attacked.Kind)
	if kind == decision.PartlyDisclosed {
		return v.settings.PartialRemedy == decision.ReviewFirst
	}
	entry, known := decision.Of(kind)
	return known && entry.Remedy == decision.ReviewFirst
}

// full adds the history, the linked proceedings and the chain of decisions.
func (v *viewer) full(ctx context.Context, p *domain.Proceeding) (proceedingView, error) {
	out := v.brief(p)
	out.Steps = p.Steps
	if p.CaseID == "" {
		return out, nil
	}
	siblings, err := v.api.Proceedings.OfCase(ctx, p.Office, p.CaseID)
	if err != nil {
		return out, err
	}
	for _, d := range siblings {
		o := d.Value
		if o.ID == p.ID {
			continue
		}
		relation := "same_case"
		switch {
		case p.AfterReview == o.ID:
			relation = "after_review"
		case o.AfterReview == p.ID:
			relation = "followed_by"
		}
		out.Links = append(out.Links, linkView{o.ID, o.Kind, o.Kind.Label(), o.CaseNo, relation, o.ReceivedOn})
	}
	fact, err := v.api.Facts.Get(ctx, p.Office, p.CaseID)
	if err != nil && !errors.Is(err, docstore.ErrNotFound) {
		return out, err
	}
	if fact != nil {
		out.Chain = chain(fact, siblings)
	}
	return out, nil
}

// chain tells in order what became of the case: its decisions, the outcomes of its
// proceedings, its reopening and the new answer.
func chain(fact *domain.CaseFact, procs []docstore.Doc[domain.Proceeding]) []chainView {
	var out []chainView
	for _, d := range fact.Decisions {
		out = append(out, chainView{Event: "decision", On: d.DecidedOn, No: d.No, Code: d.Kind, Label: report.Row(d.Row).FullLabel()})
	}
	for _, d := range procs {
		s := d.Value.Stand()
		if s.Result == nil {
			continue
		}
		label, _ := domain.ResultLabel(d.Value.Kind, s.Result.Result)
		out = append(out, chainView{
			Event: "outcome", On: s.Result.On, No: s.Result.DocumentNo, Code: s.Result.Result, Label: label, ID: d.Value.ID,
		})
	}
	if !fact.ReopenedOn.IsZero() {
		out = append(out, chainView{Event: "reopened", On: fact.ReopenedOn})
	}
	if !fact.PerformedOn.IsZero() {
		out = append(out, chainView{Event: "performed", On: fact.PerformedOn})
	}
	sortChain(out)
	return out
}

var chainOrder = map[string]int{"outcome": 0, "reopened": 1, "decision": 2, "performed": 3}

// sortChain orders by day; on one day an outcome comes before what follows from it.
func sortChain(c []chainView) {
	slices.SortStableFunc(c, func(a, b chainView) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(chainOrder[a.Event], chainOrder[b.Event]))
	})
}
