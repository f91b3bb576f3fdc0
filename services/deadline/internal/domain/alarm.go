package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// OverdueStep is the step of the alarm on the day after the due date.
const OverdueStep = -1

// Alarm warns of one clock at one step before its due date. Its id follows from
// what it is about, so that it exists once however many sweepers raise it.
type Alarm struct {
	ID         string     `json:"id"`
	Office     string     `json:"office"`
	Of         Of         `json:"of"`
	SubjectID  string     `json:"subject_id"` // the case or the proceeding
	CaseID     string     `json:"case_id,omitempty"`
	RegisterNo string     `json:"register_no,omitempty"`
	Assignee   string     `json:"assignee,omitempty"`
	ClockID    string     `json:"clock_id"`
	Kind       clock.Kind `json:"kind"`
	Label      string     `json:"label"`
	LabelEN    string     `json:"label_en"`
	DueOn      civil.Date `json:"due_on"`
	// StepWD is the working days before the due date; OverdueStep after it.
	StepWD int `json:"step_wd"`
	// StepOn is the day for which the alarm was set. It was raised on RaisedOn,
	// which is later when nothing was running in between.
	StepOn      civil.Date `json:"step_on"`
	RaisedOn    civil.Date `json:"raised_on"`
	RaisedAt    time.Time  `json:"raised_at"`
	Provisional bool       `json:"provisional,omitempty"`
	// Escalated: the head is told as well.
	Escalated bool `json:"escalated"`
	// SettledOn is the day on which the clock had been met, or the date had moved.
	SettledOn civil.Date `json:"settled_on,omitzero"`
}

// Mark remembers on the sheet that an alarm was raised.
type Mark struct {
	ClockID string     `json:"clock_id"`
	DueOn   civil.Date `json:"due_on"`
	StepWD  int        `json:"step_wd"`
}

// AlarmID is the id of the alarm that a mark of this sheet remembers.
func (s *Sheet) AlarmID(m Mark) string {
	sum := sha256.Sum256([]byte(string(s.Of) + "\x00" + s.ID + "\x00" + m.ClockID + "\x00" + m.DueOn.String() + "\x00" + strconv.Itoa(m.StepWD)))
	return hex.EncodeToString(sum[:16])
}

// step is an alarm that is set: a mark to be made on a day.
type step struct {
	Mark
	on    civil.Date
	clock *clock.Clock
}

// steps lists every alarm of the clocks that run, raised or to come.
func (s *Sheet) steps(cal *calendar.Calendar, p Policy) []step {
	var list []step
	if !s.Open() {
		return nil
	}
	for i := range s.Result.Clocks {
		c := &s.Result.Clocks[i]
		if c.State != clock.Running || c.DueOn == 0 || (c.Advisory && s.Of == OfCase) {
			continue
		}
		if ours[c.Kind] {
			for _, wd := range p.AlarmStepsWD {
				on := cal.AddWorkdays(c.DueOn, -wd)
				list = append(list, step{Mark{c.ID, c.DueOn, wd}, on, c})
			}
		}
		if p.AlarmOverdue && !c.Advisory {
			list = append(list, step{Mark{c.ID, c.DueOn, OverdueStep}, c.DueOn.AddDays(1), c})
		}
	}
	return list
}

// now is a day before all others: the sweeper has to come at once.
const now civil.Date = 1

// LayAlarm sets the day on which the sweeper has to look at the sheet.
func (s *Sheet) LayAlarm(cal *calendar.Calendar, p Policy) {
	s.NextAlarmOn = 0
	set := s.steps(cal, p)
	for _, st := range set {
		if !slices.Contains(s.Marks, st.Mark) && (s.NextAlarmOn == 0 || st.on < s.NextAlarmOn) {
			s.NextAlarmOn = st.on
		}
	}
	if len(s.outdated(set)) > 0 {
		s.NextAlarmOn = now
	}
}

// outdated are the marks whose clock has been met or has another date now.
func (s *Sheet) outdated(set []step) []Mark {
	var list []Mark
	for _, m := range s.Marks {
		if !slices.ContainsFunc(set, func(st step) bool { return st.ClockID == m.ClockID && st.DueOn == m.DueOn }) {
			list = append(list, m)
		}
	}
	return list
}

// Sweep says which alarms are to be raised by a day and which are settled.
func (s *Sheet) Sweep(cal *calendar.Calendar, p Policy, today civil.Date, at time.Time) (raise []Alarm, settled []string) {
	set := s.steps(cal, p)
	for _, st := range set {
		if st.on > today || slices.Contains(s.Marks, st.Mark) {
			continue
		}
		raise = append(raise, Alarm{
			ID: s.AlarmID(st.Mark), Office: s.Office, Of: s.Of, SubjectID: s.ID, CaseID: s.CaseID,
			RegisterNo: s.RegisterNo, Assignee: s.Assignee,
			ClockID: st.ClockID, Kind: st.clock.Kind, Label: st.clock.Label, LabelEN: st.clock.LabelEN,
			DueOn: st.DueOn, StepWD: st.StepWD, StepOn: st.on, RaisedOn: today, RaisedAt: at,
			Provisional: st.clock.Provisional, Escalated: ours[st.clock.Kind] && st.StepWD <= p.EscalateWD,
		})
	}
	for _, m := range s.outdated(set) {
		settled = append(settled, s.AlarmID(m))
	}
	return raise, settled
}

// Swept notes on the sheet what a sweep has done, and lays the next alarm.
func (s *Sheet) Swept(cal *calendar.Calendar, p Policy, raised []Alarm, settled []string) {
	for _, a := range raised {
		if m := (Mark{a.ClockID, a.DueOn, a.StepWD}); !slices.Contains(s.Marks, m) {
			s.Marks = append(s.Marks, m)
		}
	}
	s.Marks = slices.DeleteFunc(s.Marks, func(m Mark) bool { return slices.Contains(settled, s.AlarmID(m)) })
	s.LayAlarm(cal, p)
}
