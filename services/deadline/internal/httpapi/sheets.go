package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/deadline/internal/domain"
	"zhiqing.dev/services/deadline/internal/store"
)

// sheetView is one line of the list.
type sheetView struct {
	Of              domain.Of  `json:"of"`
	CaseID          string     `json:"case_id,omitempty"`
	ProceedingID    string     `json:"proceeding_id,omitempty"`
	RegisterNo      string     `json:"register_no,omitempty"`
	Assignee        string     `json:"assignee,omitempty"`
	State           string     `json:"state"`
	StateLabel      string     `json:"state_label"`
	Overdue         bool       `json:"overdue"`
	WaitingFor      string     `json:"waiting_for,omitempty"`
	WaitingForLabel string     `json:"waiting_for_label,omitempty"`
	ReplyDue        civil.Date `json:"reply_due,omitzero"`
	// DueOn is the date that the list is sorted by: the reply date while running,
	// the next date while waiting, the day of the reply once met.
	DueOn       civil.Date `json:"due_on,omitzero"`
	NextKind    clock.Kind `json:"next_kind,omitempty"`
	NextLabel   string     `json:"next_label,omitempty"`
	NextDueOn   civil.Date `json:"next_due_on,omitzero"`
	RemainingWD *int       `json:"remaining_wd,omitempty"`
	Provisional bool       `json:"provisional"`
	ShadowDue   civil.Date `json:"shadow_due,omitzero"`
	// PendingConsultation: an answer may still bring the date forward.
	PendingConsultation bool `json:"pending_consultation"`
}

func sheetOf(s *domain.Sheet, cal *calendar.Calendar, today civil.Date, lang string) sheetView {
	r := &s.Result
	facts := s.DeadlineFacts()
	v := sheetView{
		Of: s.Of, CaseID: s.CaseID, RegisterNo: s.RegisterNo, Assignee: s.Assignee,
		State: facts.State, StateLabel: stateLabel(facts.State, lang),
		WaitingFor: r.WaitingFor, WaitingForLabel: waitingLabel(r.WaitingFor, lang),
		ReplyDue: r.ReplyDue, DueOn: s.DueOn(), Provisional: r.Provisional, ShadowDue: facts.ShadowDue,
		PendingConsultation: r.PendingConsultation,
	}
	if s.Of == domain.OfProceeding {
		v.ProceedingID = s.ID
	}
	if s.Open() {
		if next, ok := r.Next(); ok {
			v.NextKind, v.NextLabel, v.NextDueOn = next.Kind, pick(lang, next.Label, next.LabelEN), next.DueOn
		}
		if v.DueOn != 0 {
			n := clock.Clock{DueOn: v.DueOn}.RemainingWD(cal, today)
			v.RemainingWD = &n
			v.Overdue = r.State == clock.Running && today > v.DueOn
		}
	}
	return v
}

// list answers GET /v1/deadlines.
func (a *API) list(c echo.Context) error {
	if err := httpkit.Query(c, "state", "before", "of", "assignee", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	state, err := httpkit.Choice(c, "state", stateRunning, stateWaiting, stateDueSoon, stateOverdue, stateMet, stateClosed)
	if err != nil {
		return err
	}
	if state == "" {
		state = stateRunning
	}
	of, err := httpkit.Choice(c, "of", domain.OfCase, domain.OfProceeding)
	if err != nil {
		return err
	}
	before, err := httpkit.Date(c, "before")
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	cal, err := a.app.Calendars.Current(ctx)
	if err != nil {
		return err
	}
	today := a.app.Today()
	q := docstore.Query{Index: store.ByState, Eq: []any{staff.Office}, Limit: limit, After: cursor}
	if assignee := c.QueryParam("assignee"); assignee != "" {
		q.Index, q.Eq = store.ByAssignee, append(q.Eq, assignee)
	}
	stored, from, to := stateRunning, civil.Date(0), before
	switch state {
	case stateDueSoon:
		policy, _, err := a.app.Policy(ctx, staff.Office)
		if err != nil {
			return err
		}
		from, to = today, earlier(before, cal.AddWorkdays(today, policy.DueSoonWD).AddDays(1))
	case stateOverdue:
		to = earlier(before, today)
	case stateRunning:
	default:
		stored = state
	}
	q.Eq = append(q.Eq, stored)
	if from != 0 {
		q.From = int64(from)
	}
	if to != 0 {
		q.To = int64(to)
	}
	repo := a.app.Store().Cases
	if of == domain.OfProceeding {
		repo = a.app.Store().Proceedings
	}
	docs, next, err := repo.Find(ctx, q)
	if err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	out := httpkit.List[sheetView]{Items: make([]sheetView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, sheetOf(d.Value, cal, today, lang))
	}
	return c.JSON(http.StatusOK, out)
}

// earlier is the earlier of a bound that may be absent and one that is not.
func earlier(a, b civil.Date) civil.Date {
	if a != 0 && a < b {
		return a
	}
	return b
}

// sheetDetail is everything that is due on one case, and why.
type sheetDetail struct {
	sheetView
	Clocks      []clockView `json:"clocks"`
	Explanation []lineView  `json:"explanation"`
	Findings    []faultView `json:"findings"`
	// Faults say why the newest facts do not go together; the clocks are then those
	// of the facts before.
	Faults          []faultView `json:"faults"`
	Alarms          []alarmView `json:"alarms"`
	Moves           []moveView  `json:"calendar_moves"`
	Days            []dayView   `json:"days,omitempty"`
	CalendarVersion string      `json:"calendar_version"`
	AsOf            civil.Date  `json:"as_of"`
}

// shownAlarms bounds the alarms of one case in an answer.
const shownAlarms = 200

// show answers GET /v1/deadlines/{case_id}, also for the id of a proceeding.
func (a *API) show(c echo.Context) error {
	if err := httpkit.Query(c, "days"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	doc, err := a.app.Sheet(ctx, staff.Office, c.Param("id"))
	if err != nil {
		return err
	}
	cal, err := a.app.Calendars.Current(ctx)
	if err != nil {
		return err
	}
	alarms, _, err := a.app.Store().Alarms.Find(ctx, docstore.Query{
		Index: store.AlarmsBySubject, Eq: []any{staff.Office, doc.ID}, Limit: shownAlarms, Desc: true,
	})
	if err != nil {
		return err
	}
	s, today, lang := doc.Value, a.app.Today(), httpkit.Lang(c)
	out := sheetDetail{
		sheetView: sheetOf(s, cal, today, lang),
		Clocks:    clocksOf(s.Result.Clocks, cal, today, lang), Explanation: linesOf(s.Result.Explanation, lang),
		Findings: faultsOf(s.Result.Findings, lang), Faults: faultsOf(s.Faults, lang),
		Alarms: []alarmView{}, Moves: movesOf(s.Moves), CalendarVersion: s.CalendarVersion, AsOf: today,
	}
	for _, d := range alarms {
		out.Alarms = append(out.Alarms, alarmOf(d.Value, lang))
	}
	if want := c.QueryParam("days"); want != "" {
		one, err := clockNamed(s.Result, want)
		if err != nil {
			return err
		}
		out.Days = daysOf(cal, one, lang)
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, out)
}

// alarms answers GET /v1/deadlines/alarms, newest first.
func (a *API) alarms(c echo.Context) error {
	if err := httpkit.Query(c, "open", "escalated", "assignee", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	open, err := httpkit.Choice(c, "open", "true", "false")
	if err != nil {
		return err
	}
	escalated, err := httpkit.Choice(c, "escalated", "true")
	if err != nil {
		return err
	}
	state := store.AlarmOpen
	if open == "false" {
		state = store.AlarmSettled
	}
	q := docstore.Query{Index: store.AlarmsByState, Eq: []any{staff.Office}, Desc: true, Limit: limit, After: cursor}
	assignee := c.QueryParam("assignee")
	switch {
	case assignee != "" && escalated != "":
		return problem.InvalidFields(problem.At("escalated", "exclusive",
			"assignee 与 escalated 只能选一个。", "Choose one of assignee and escalated."))
	case assignee != "":
		q.Index, q.Eq = store.AlarmsByAssignee, append(q.Eq, assignee)
	case escalated != "":
		q.Index = store.AlarmsByHead
	}
	q.Eq = append(q.Eq, state)
	docs, next, err := a.app.Store().Alarms.Find(c.Request().Context(), q)
	if err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	out := httpkit.List[alarmView]{Items: make([]alarmView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		may, err := a.app.MayKnow(c.Request().Context(), d.Value.SubjectID)
		if err != nil {
			return err
		}
		if may {
			out.Items = append(out.Items, alarmOf(d.Value, lang))
		}
	}
	return c.JSON(http.StatusOK, out)
}
