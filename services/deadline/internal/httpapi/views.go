package httpapi

import (
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/deadline/internal/domain"
)

// lineView is one sentence of an explanation in the caller's language.
type lineView struct {
	Code        string     `json:"code"`
	Text        string     `json:"text"`
	Rule        string     `json:"rule,omitempty"`
	From        civil.Date `json:"from,omitzero"`
	To          civil.Date `json:"to,omitzero"`
	WorkingDays int        `json:"working_days,omitempty"`
	Notice      string     `json:"notice,omitempty"`
}

func linesOf(lines []clock.Line, lang string) []lineView {
	list := make([]lineView, 0, len(lines))
	for _, l := range lines {
		list = append(list, lineView{
			Code: l.Code, Text: pick(lang, l.Text, l.TextEN), Rule: l.Rule, From: l.From, To: l.To,
			WorkingDays: l.WorkingDays, Notice: l.Notice,
		})
	}
	return list
}

// clockView is one clock as it stands on a day.
type clockView struct {
	ID          string       `json:"id"`
	Kind        clock.Kind   `json:"kind"`
	Label       string       `json:"label"`
	Article     string       `json:"article,omitempty"`
	StartOn     civil.Date   `json:"start_on,omitzero"`
	Length      int          `json:"length,omitempty"`
	Extension   int          `json:"extension_wd,omitempty"`
	Unit        clock.Unit   `json:"unit,omitempty"`
	Excluded    []clock.Span `json:"excluded,omitempty"`
	DueOn       civil.Date   `json:"due_on,omitzero"`
	ShadowDueOn civil.Date   `json:"shadow_due_on,omitzero"`
	MayCloseOn  civil.Date   `json:"may_close_on,omitzero"`
	State       clock.State  `json:"state"`
	StateLabel  string       `json:"state_label"`
	MetOn       civil.Date   `json:"met_on,omitzero"`
	// RemainingWD counts the working days left; negative once overrun. Absent when
	// the clock does not run.
	RemainingWD  *int       `json:"remaining_wd,omitempty"`
	Provisional  bool       `json:"provisional"`
	Advisory     bool       `json:"advisory,omitempty"`
	OwnTarget    bool       `json:"own_target,omitempty"`
	SilenceRule  string     `json:"silence_rule,omitempty"`
	SilenceLabel string     `json:"silence_label,omitempty"`
	Explanation  []lineView `json:"explanation"`
}

func clockOf(c clock.Clock, cal *calendar.Calendar, today civil.Date, lang string) clockView {
	state := c.StateOn(today)
	v := clockView{
		ID: c.ID, Kind: c.Kind, Label: pick(lang, c.Label, c.LabelEN), Article: c.Article,
		StartOn: c.StartOn, Length: c.Length, Extension: c.Extension, Unit: c.Unit, Excluded: c.Excluded,
		DueOn: c.DueOn, ShadowDueOn: c.ShadowDueOn, MayCloseOn: c.MayCloseOn,
		State: state, StateLabel: clockStateLabel(string(state), lang), MetOn: c.MetOn,
		Provisional: c.Provisional, Advisory: c.Advisory, OwnTarget: c.OwnTarget,
		SilenceRule: c.SilenceRule, SilenceLabel: silenceLabels[c.SilenceRule].In(lang),
		Explanation: linesOf(c.Explanation, lang),
	}
	if c.DueOn != 0 && (state == clock.Running || state == clock.Overrun) {
		n := c.RemainingWD(cal, today)
		v.RemainingWD = &n
	}
	return v
}

func clocksOf(clocks []clock.Clock, cal *calendar.Calendar, today civil.Date, lang string) []clockView {
	list := make([]clockView, 0, len(clocks))
	for _, c := range clocks {
		list = append(list, clockOf(c, cal, today, lang))
	}
	return list
}

// faultView is something irregular in the facts.
type faultView struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Rule    string `json:"rule,omitempty"`
}

func faultsOf(faults []*clock.FactError, lang string) []faultView {
	list := make([]faultView, 0, len(faults))
	for _, f := range faults {
		list = append(list, faultView{Pointer: f.Field, Code: f.Code, Detail: pick(lang, f.ZH, f.EN), Rule: f.Rule})
	}
	return list
}

// dayView is one day of a clock, or of a year.
type dayView struct {
	Date        civil.Date `json:"date"`
	Weekday     int        `json:"weekday"` // 0 Sunday … 6 Saturday
	N           int        `json:"n,omitempty"`
	Reason      string     `json:"reason"`
	Label       string     `json:"label"`
	Works       bool       `json:"works"`
	MadeUp      bool       `json:"made_up,omitempty"`
	Notice      string     `json:"notice,omitempty"`
	Provisional bool       `json:"provisional,omitempty"`
}

func daysOf(cal *calendar.Calendar, c clock.Clock, lang string) []dayView {
	days := clock.Days(cal, c)
	list := make([]dayView, 0, len(days))
	for _, d := range days {
		list = append(list, dayView{
			Date: d.Date, Weekday: int(d.Date.Weekday()), N: d.N, Reason: d.Reason, Label: dayLabels[d.Reason].In(lang),
			Works: cal.IsWorkday(d.Date), MadeUp: d.MadeUp, Notice: d.Notice, Provisional: d.Provisional,
		})
	}
	return list
}

// moveView is a due date that a calendar change moved.
type moveView struct {
	Change            string     `json:"change,omitempty"`
	ClockID           string     `json:"clock_id"`
	Kind              clock.Kind `json:"kind"`
	Before            civil.Date `json:"before"`
	After             civil.Date `json:"after"`
	ShiftDays         int        `json:"shift_days"` // calendar days; 0: the date became firm
	ProvisionalBefore bool       `json:"provisional_before"`
	ProvisionalAfter  bool       `json:"provisional_after"`
}

func movesOf(moves []domain.Move) []moveView {
	list := make([]moveView, 0, len(moves))
	for _, m := range moves {
		list = append(list, moveView{
			Change: m.Change, ClockID: m.ClockID, Kind: m.Kind, Before: m.Before, After: m.After, ShiftDays: m.After.Sub(m.Before),
			ProvisionalBefore: m.ProvisionalBefore, ProvisionalAfter: m.ProvisionalAfter,
		})
	}
	return list
}

// alarmView is one alarm.
type alarmView struct {
	ID          string     `json:"id"`
	Of          domain.Of  `json:"of"`
	SubjectID   string     `json:"subject_id"`
	CaseID      string     `json:"case_id,omitempty"`
	RegisterNo  string     `json:"register_no,omitempty"`
	Assignee    string     `json:"assignee,omitempty"`
	ClockID     string     `json:"clock_id"`
	Kind        clock.Kind `json:"kind"`
	Label       string     `json:"label"`
	DueOn       civil.Date `json:"due_on"`
	StepWD      int        `json:"step_wd"`
	Overdue     bool       `json:"overdue"`
	StepOn      civil.Date `json:"step_on"`
	RaisedOn    civil.Date `json:"raised_on"`
	RaisedAt    time.Time  `json:"raised_at"`
	RaisedLate  bool       `json:"raised_late"`
	Provisional bool       `json:"provisional"`
	ForHead     bool       `json:"escalated_to_head"`
	Open        bool       `json:"open"`
	SettledOn   civil.Date `json:"settled_on,omitzero"`
	Text        string     `json:"text"`
}

func alarmOf(a *domain.Alarm, lang string) alarmView {
	return alarmView{
		ID: a.ID, Of: a.Of, SubjectID: a.SubjectID, CaseID: a.CaseID, RegisterNo: a.RegisterNo, Assignee: a.Assignee,
		ClockID: a.ClockID, Kind: a.Kind, Label: pick(lang, a.Label, a.LabelEN), DueOn: a.DueOn,
		StepWD: a.StepWD, Overdue: a.StepWD == domain.OverdueStep, StepOn: a.StepOn, RaisedOn: a.RaisedOn, RaisedAt: a.RaisedAt,
		RaisedLate: a.RaisedOn > a.StepOn, Provisional: a.Provisional, ForHead: a.Escalated,
		Open: a.SettledOn == 0, SettledOn: a.SettledOn, Text: alarmText(a, lang),
	}
}
