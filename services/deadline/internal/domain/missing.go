package domain

import (
	"strconv"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/clock"
)

// KindCalendarImport is the kind of the alarm about a missing year: the office's own
// task to import the notice before the year begins.
const KindCalendarImport clock.Kind = "calendar_import"

// MissingAlarm tells an office's head and administrators that a year's notice is not
// imported. There is one for an office and a year, whoever raises it.
func MissingAlarm(office string, year int, today civil.Date, at time.Time) Alarm {
	s := Sheet{Of: OfCalendar, ID: strconv.Itoa(year), Office: office}
	a := Alarm{
		Office: office, Of: OfCalendar, SubjectID: s.ID, ClockID: string(KindCalendarImport), Kind: KindCalendarImport,
		Label: "导入放假调休通知", LabelEN: "import of the holiday notice", StepOn: today, RaisedOn: today, RaisedAt: at, Escalated: true,
	}
	if due, err := civil.Of(year-1, 12, 31); err == nil {
		a.DueOn = due
	}
	if on, err := civil.Of(year-1, remindMonth, remindDay+1); err == nil {
		a.StepOn = on
	}
	a.ID = s.AlarmID(Mark{ClockID: a.ClockID})
	return a
}
