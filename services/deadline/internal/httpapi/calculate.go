package httpapi

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/deadline/internal/domain"
)

// calculateRequest are the facts of a case, and besides or instead of them periods
// of reviews and lawsuits. Nothing of it is stored.
type calculateRequest struct {
	clock.Facts
	Periods []periodRequest `json:"periods"`
	// Policy replaces single points of the default policy.
	Policy *policyRequest `json:"policy"`
	// AsOf is the day on which the states are told; today when absent.
	AsOf civil.Date `json:"as_of"`
}

type periodRequest struct {
	Kind    clock.Kind `json:"kind"`
	StartOn civil.Date `json:"start_on"`
	MetOn   civil.Date `json:"met_on"`
	// PeriodWD replaces the length where an order sets it.
	PeriodWD int `json:"period_wd"`
}

type calculateResponse struct {
	ReplyDue            civil.Date  `json:"reply_due,omitzero"`
	Provisional         bool        `json:"provisional"`
	State               string      `json:"state,omitempty"`
	StateLabel          string      `json:"state_label,omitempty"`
	WaitingFor          string      `json:"waiting_for,omitempty"`
	WaitingForLabel     string      `json:"waiting_for_label,omitempty"`
	PendingConsultation bool        `json:"pending_consultation"`
	Clocks              []clockView `json:"clocks"`
	Explanation         []lineView  `json:"explanation"`
	Findings            []faultView `json:"findings"`
	Days                []dayView   `json:"days,omitempty"`
	AsOf                civil.Date  `json:"as_of"`
	CalendarVersion     string      `json:"calendar_version"`
	PublishedThrough    civil.Date  `json:"published_through"`
}

// The lists of one request; a case with more is a typing error.
const (
	maxConsultations = 100
	maxCorrections   = 20
	maxPeriods       = 50
)

func (a *API) calculate(c echo.Context) error {
	if err := httpkit.Query(c, "days"); err != nil {
		return err
	}
	req, err := httpkit.Bind[calculateRequest](c)
	if err != nil {
		return err
	}
	if err := req.bounded(); err != nil {
		return err
	}
	cal, err := a.app.Calendars.Current(c.Request().Context())
	if err != nil {
		return err
	}
	policy := domain.DefaultPolicy()
	if req.Policy != nil {
		req.Policy.apply(&policy.Clock)
		if err := policy.Validate(); err != nil {
			return under("/policy", "/clock", err)
		}
	}
	var r clock.Result
	if len(req.Periods) == 0 || req.ReceivedOn != 0 || req.ArrivedOn != 0 {
		if r, err = clock.Compute(cal, req.Facts, policy.Clock); err != nil {
			return err
		}
	}
	extra, err := req.periods(cal)
	if err != nil {
		return err
	}
	r.Clocks = append(r.Clocks, extra...)
	today, lang := a.app.Today(), httpkit.Lang(c)
	if req.AsOf != 0 {
		today = req.AsOf
	}
	out := calculateResponse{
		ReplyDue: r.ReplyDue, Provisional: r.Provisional,
		State: string(r.State), StateLabel: stateLabel(string(r.State), lang),
		WaitingFor: r.WaitingFor, WaitingForLabel: waitingLabel(r.WaitingFor, lang),
		PendingConsultation: r.PendingConsultation,
		Clocks:              clocksOf(r.Clocks, cal, today, lang), Explanation: linesOf(r.Explanation, lang),
		Findings: faultsOf(r.Findings, lang), AsOf: today,
		CalendarVersion: domain.CalendarVersion(cal), PublishedThrough: cal.PublishedThrough(),
	}
	if want := c.QueryParam("days"); want != "" {
		one, err := clockNamed(r, want)
		if err != nil {
			return err
		}
		out.Days = daysOf(cal, one, lang)
	}
	return c.JSON(http.StatusOK, out)
}

// bounded refuses lists that no case has.
func (r *calculateRequest) bounded() error {
	var faults []problem.Field
	most := func(pointer string, n, limit int) {
		if n > limit {
			faults = append(faults, problem.At(pointer, "too_many",
				"最多"+strconv.Itoa(limit)+"项。", "At most "+strconv.Itoa(limit)+" entries."))
		}
	}
	most("/consultations", len(r.Consultations), maxConsultations)
	most("/corrections", len(r.Corrections), maxCorrections)
	most("/periods", len(r.Periods), maxPeriods)
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}

// periods computes the periods of reviews and lawsuits.
func (r *calculateRequest) periods(cal *calendar.Calendar) ([]clock.Clock, error) {
	var list []clock.Clock
	var faults []problem.Field
	count := map[string]int{}
	refuse := func(pointer, code, zh, en, rule string) {
		f := problem.At(pointer, code, zh, en)
		f.Rule = rule
		faults = append(faults, f)
	}
	for i, p := range r.Periods {
		at := "/periods/" + strconv.Itoa(i)
		period, ok := clock.PeriodOf(p.Kind)
		switch {
		case !ok:
			refuse(at+"/kind", "unknown_period",
				"没有这种法定期限；可用种类见 GET /v1/deadlines/periods。", "There is no such statutory period; GET /v1/deadlines/periods lists them.", "")
			continue
		case p.StartOn == 0:
			refuse(at+"/start_on", "required", "应填写起算日（当日不计入）。", "The day of the trigger is required; it is not counted.", period.Article)
			continue
		case p.StartOn.Year() < 1990 || p.StartOn.Year() > 2190:
			refuse(at+"/start_on", "implausible_date", "日期不合常理。", "The date is implausible.", "民法典 art. 200")
			continue
		case p.MetOn != 0 && p.MetOn < p.StartOn:
			refuse(at+"/met_on", "met_before_start", "完成日早于起算日。", "The period cannot be met before it starts.", period.Article)
			continue
		case p.PeriodWD < 0 || p.PeriodWD > 250 || (p.PeriodWD > 0 && period.Unit != clock.WorkingDays):
			refuse(at+"/period_wd", "out_of_range", "该期限不能这样设定。", "The length of this period cannot be set so.", period.Article)
			continue
		}
		if p.PeriodWD > 0 {
			period.Length = p.PeriodWD
		}
		one := clock.Due(cal, p.StartOn, period).Done(p.MetOn)
		if count[one.ID]++; count[one.ID] > 1 {
			one.ID += "-" + strconv.Itoa(count[one.ID])
		}
		list = append(list, one)
	}
	if len(faults) > 0 {
		return nil, problem.InvalidFields(faults...)
	}
	return list, nil
}

// clockNamed finds a clock by its id ("reply-1") or its kind ("reply").
func clockNamed(r clock.Result, name string) (clock.Clock, error) {
	for _, c := range r.Clocks {
		if c.ID == name {
			return c, nil
		}
	}
	if c, ok := r.Find(clock.Kind(name)); ok {
		return c, nil
	}
	return clock.Clock{}, problem.InvalidFields(problem.At("days", "unknown_clock",
		"没有这个期限；请填写期限的编号或种类，例如 reply。", "There is no such clock; name one by its id or kind, for example reply."))
}

type periodView struct {
	Kind    clock.Kind `json:"kind"`
	Label   string     `json:"label"`
	Length  int        `json:"length"`
	Unit    clock.Unit `json:"unit"`
	Article string     `json:"article"`
}

// periods lists every statutory period that can be calculated.
func (a *API) periods(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	list := httpkit.List[periodView]{Items: []periodView{}}
	for _, p := range clock.Periods() {
		list.Items = append(list.Items, periodView{p.Kind, pick(lang, p.Label, p.LabelEN), p.Length, p.Unit, p.Article})
	}
	return c.JSON(http.StatusOK, list)
}
