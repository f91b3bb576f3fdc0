package httpapi

import (
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// Sheets are listed by these states; due_soon and overdue are running on the day of
// the question.
const (
	stateRunning = "running"
	stateWaiting = "waiting"
	stateDueSoon = "due_soon"
	stateOverdue = "overdue"
	stateMet     = "met"
	stateClosed  = "closed"
)

var stateLabels = map[string]problem.Text{
	stateRunning:             {ZH: "办理中", EN: "running"},
	stateWaiting:             {ZH: "等待中", EN: "waiting"},
	stateDueSoon:             {ZH: "即将到期", EN: "due soon"},
	stateOverdue:             {ZH: "已逾期", EN: "overdue"},
	stateMet:                 {ZH: "已答复", EN: "answered"},
	stateClosed:              {ZH: "已结束", EN: "closed"},
	string(clock.Late):       {ZH: "逾期完成", EN: "done late"},
	string(clock.Overrun):    {ZH: "已逾期", EN: "overdue"},
	string(clock.Superseded): {ZH: "不再计算", EN: "no longer counts"},
}

// clockStates are the states of single clocks where they read differently.
var clockStates = map[string]problem.Text{
	stateMet:     {ZH: "已完成", EN: "done"},
	stateRunning: {ZH: "计算中", EN: "running"},
}

func stateLabel(state, lang string) string { return stateLabels[state].In(lang) }

func clockStateLabel(state, lang string) string {
	if t, ok := clockStates[state]; ok {
		return t.In(lang)
	}
	return stateLabel(state, lang)
}

var waitingLabels = map[string]problem.Text{
	clock.ForConfirmation: {ZH: "等待确认收到", EN: "confirmation of receipt"},
	clock.ForCorrection:   {ZH: "等待申请人补正", EN: "correction by the applicant"},
	clock.ForPayment:      {ZH: "等待申请人缴费", EN: "payment by the applicant"},
	clock.ForLatePayment:  {ZH: "逾期缴费，待机关决定", EN: "decision on a late payment"},
}

func waitingLabel(code, lang string) string {
	if code == "" {
		return ""
	}
	return waitingLabels[code].In(lang)
}

var silenceLabels = map[string]problem.Text{
	clock.SilenceAgencyDecides: {ZH: "逾期未答复的，由行政机关依法决定是否公开（不视为同意）", EN: "without an answer the agency decides; silence is not consent"},
	clock.SilenceConsents:      {ZH: "逾期未答复的，视为同意公开", EN: "silence counts as consent"},
	clock.SilenceNone:          {ZH: "逾期未答复的，不产生法定效果", EN: "silence has no effect of its own"},
	clock.SilenceAbandons:      {ZH: "逾期未办理的，视为放弃申请", EN: "otherwise the application counts as abandoned"},
}

var dayLabels = map[string]problem.Text{
	clock.DayTrigger:  {ZH: "起算日，不计入", EN: "the day of the trigger; not counted"},
	clock.DayCounted:  {ZH: "计入", EN: "counted"},
	clock.DayExcluded: {ZH: "征求意见时间，不计入", EN: "consultation; left out"},
	clock.DayWeekend:  {ZH: "周末", EN: "weekend"},
	clock.DayHoliday:  {ZH: "放假", EN: "holiday"},
	clock.DayKnown:    {ZH: "法定节假日（放假通知尚未公布）", EN: "statutory holiday; no notice yet"},
	clock.DayRolled:   {ZH: "期限末日为休息日，顺延", EN: "the last day was a rest day; the period rolls on"},
}

var reasonLabels = map[calendar.Reason]problem.Text{
	calendar.Weekday:       {ZH: "工作日", EN: "weekday"},
	calendar.Weekend:       {ZH: "周末", EN: "weekend"},
	calendar.Holiday:       {ZH: "放假", EN: "holiday"},
	calendar.WorkedWeekend: {ZH: "调休上班", EN: "worked weekend"},
	calendar.StatutoryDay:  {ZH: "法定节假日", EN: "statutory holiday"},
}

// pick chooses between two texts of the statute packages.
func pick(lang, zh, en string) string { return problem.Text{ZH: zh, EN: en}.In(lang) }
