package httpapi

import (
	"fmt"

	"zhiqing.dev/services/deadline/internal/domain"
)

// alarmText says in a sentence what an alarm is about.
func alarmText(a *domain.Alarm, lang string) string {
	no := a.RegisterNo
	if no == "" {
		no = a.SubjectID
	}
	due := a.DueOn.String()
	if a.Of == domain.OfCalendar {
		return fmt.Sprintf(pick(lang, "%s年放假调休通知尚未导入，跨入该年的期限均为暂定，请在通知公布后于%s前导入",
			"the holiday notice of %s is not imported; due dates in that year are provisional: import it once it is published, before %s"), a.SubjectID, due)
	}
	if a.Provisional {
		due += pick(lang, "（暂定）", " (provisional)")
	}
	switch a.StepWD {
	case domain.OverdueStep:
		return fmt.Sprintf(pick(lang, "%s：%s已于%s届满", "%s: %s ended on %s"), no, pick(lang, a.Label, a.LabelEN), due)
	case 0:
		return fmt.Sprintf(pick(lang, "%s：%s今日（%s）届满", "%s: %s ends today (%s)"), no, pick(lang, a.Label, a.LabelEN), due)
	}
	return fmt.Sprintf(pick(lang, "%s：%s将于%s届满，还有%d个工作日", "%s: %s ends on %s, %d working days from the alarm"),
		no, pick(lang, a.Label, a.LabelEN), due, a.StepWD)
}
