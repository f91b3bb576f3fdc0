package clock

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// Period is a period that a statute sets, counted from a trigger (day 0).
type Period struct {
	Kind    Kind   `json:"kind"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en"`
	Length  int    `json:"length"`
	Unit    Unit   `json:"unit"`
	Article string `json:"article"`
	Silence string `json:"silence_rule,omitempty"`
}

// The periods of reviews count 3, 5, 7 and 10 days as working days and longer
// ones as calendar days (行政复议法 art. 88); those of the courts are calendar
// days throughout (行政诉讼法 art. 101 with 民事诉讼法 art. 85).
var periods = [...]Period{
	{KindReply, "答复期限", "reply", 20, WorkingDays, art33, ""},
	{KindCorrectionNotice, "补正告知期限", "correction notice", 7, WorkingDays, art30, ""},
	{KindCorrectionPeriod, "补正期限", "correction", 15, WorkingDays, art30, SilenceAbandons},
	{KindConsultation, "征求意见期限", "consultation", 15, WorkingDays, art32, SilenceAgencyDecides},
	{KindPayment, "缴费期限", "payment", 20, WorkingDays, feeArt, SilenceAbandons},
	{KindPerformance, "履行期限", "performance of the order", 20, WorkingDays, "法释〔2025〕8号", ""},
	{KindProactiveDisclosure, "主动公开期限", "proactive disclosure", 20, WorkingDays, "条例 art. 26", ""},
	{KindRecordCorrection, "更正本人信息办理时限", "correction of one's own record (own target)", 20, WorkingDays, "条例 art. 41", ""},
	{KindPetitionHandover, "信访事项告知期限", "petition: decision on acceptance", 15, CalendarDays, "信访工作条例 art. 23", ""},

	{KindReviewApplication, "申请行政复议期限", "application for review", 60, CalendarDays, "行政复议法 art. 20", ""},
	{KindReviewApplicationBar, "申请行政复议最长期限（未告知权利）", "application for review, remedy not stated", 12, Months, "行政复议法 art. 20", ""},
	{KindReviewAcceptance, "复议受理审查期限", "acceptance of the review", 5, WorkingDays, "行政复议法 art. 30", ""},
	{KindReviewCorrectionNotice, "复议补正通知期限", "correction notice of the review body", 5, WorkingDays, "行政复议法 art. 31", ""},
	{KindReviewCorrection, "复议补正期限", "correction of the review application", 10, WorkingDays, "行政复议法 art. 31", SilenceAbandons},
	{KindReviewCopy, "复议副本发送期限", "copy to the respondent", 7, WorkingDays, "行政复议法 art. 48", ""},
	{KindReviewCopySimplified, "复议副本发送期限（简易程序）", "copy to the respondent, simplified", 3, WorkingDays, "行政复议法 art. 54", ""},
	{KindReviewReply, "被申请人书面答复期限", "respondent's reply", 10, WorkingDays, "行政复议法 art. 48", ""},
	{KindReviewReplySimplified, "被申请人书面答复期限（简易程序）", "respondent's reply, simplified", 5, WorkingDays, "行政复议法 art. 54", ""},
	{KindReviewDecision, "复议决定期限", "review decision", 60, CalendarDays, "行政复议法 art. 62", ""},
	{KindReviewDecisionExtended, "复议决定期限（延长后）", "review decision, extended", 90, CalendarDays, "行政复议法 art. 62", ""},
	{KindReviewDecisionSimplified, "复议决定期限（简易程序）", "review decision, simplified", 30, CalendarDays, "行政复议法 art. 62", ""},
	{KindReviewOpinionReport, "意见书落实情况报送期限", "report on the review body's opinion", 60, CalendarDays, "行政复议法 art. 76", ""},

	{KindSuitAfterReview, "复议后起诉期限", "suit after review", 15, CalendarDays, "行政诉讼法 art. 45", ""},
	{KindSuitDirect, "直接起诉期限", "direct suit", 6, Months, "行政诉讼法 art. 46", ""},
	{KindSuitDirectBar, "起诉最长期限（未告知起诉期限）", "direct suit, period not stated", 12, Months, "法释〔2018〕1号 art. 64", ""},
	{KindSuitInaction, "不履行职责起诉期限", "suit for failure to act", 6, Months, "法释〔2018〕1号 art. 66", ""},
	{KindSuitDocketing, "立案期限", "docketing", 7, CalendarDays, "行政诉讼法 art. 51", ""},
	{KindSuitCopy, "起诉状副本发送期限", "copy to the defendant", 5, CalendarDays, "行政诉讼法 art. 67", ""},
	{KindSuitAnswer, "答辩举证期限", "defendant's answer and evidence", 15, CalendarDays, "行政诉讼法 art. 67", ""},
	{KindFirstInstance, "一审审理期限", "first instance", 6, Months, "行政诉讼法 art. 81", ""},
	{KindFirstInstanceSimplified, "一审审理期限（简易程序）", "first instance, simplified", 45, CalendarDays, "行政诉讼法 art. 83", ""},
	{KindAppealJudgment, "上诉期限（判决）", "appeal against a judgment", 15, CalendarDays, "行政诉讼法 art. 85", ""},
	{KindAppealRuling, "上诉期限（裁定）", "appeal against a ruling", 10, CalendarDays, "行政诉讼法 art. 85", ""},
	{KindSecondInstance, "二审审理期限", "second instance", 3, Months, "行政诉讼法 art. 88", ""},
	{KindRetrialApplication, "申请再审期限", "application for retrial", 6, Months, "法释〔2018〕1号 art. 110", ""},
	{KindOrderPerformance, "判决公开履行期限", "disclosure ordered by judgment", 20, WorkingDays, "法释〔2025〕8号", ""},
	{KindLossReport, "败诉分析报告期限", "report on a lost case", 10, WorkingDays, "办公室设定", ""},
}

// ownTargets are periods that no law sets: the office has set them for itself.
var ownTargets = map[Kind]bool{KindConfirmation: true, KindRecordCorrection: true, KindLossReport: true, KindReplyTarget: true}

// PeriodOf finds the statutory period of a kind.
func PeriodOf(kind Kind) (Period, bool) {
	for i := range periods {
		if periods[i].Kind == kind {
			return periods[i], true
		}
	}
	return Period{}, false
}

// Periods is the whole table.
func Periods() []Period { return append([]Period(nil), periods[:]...) }

// LastDay is the last day of the period. A period in calendar days or months
// that ends on a rest day runs to the next working day (民事诉讼法 art. 85);
// a worked Saturday is no rest day.
func (p Period) LastDay(cal *calendar.Calendar, start civil.Date) civil.Date {
	switch p.Unit {
	case CalendarDays:
		return cal.NextWorkday(start.AddDays(p.Length))
	case Months:
		return cal.NextWorkday(start.AddMonths(p.Length))
	default:
		return cal.AddWorkdays(start, p.Length)
	}
}

// Due is the running clock of a period that starts on a day.
func Due(cal *calendar.Calendar, start civil.Date, p Period) Clock {
	return p.clock(cal, start, newInk(5))
}

func (p *Period) clock(cal *calendar.Calendar, start civil.Date, ink *ink) Clock {
	c := Clock{
		ID: string(p.Kind), Kind: p.Kind, Label: p.Label, LabelEN: p.LabelEN, Article: p.Article,
		StartOn: start, Length: p.Length, Unit: p.Unit, State: Running, SilenceRule: p.Silence,
	}
	if start == 0 {
		return c
	}
	c.OwnTarget = ownTargets[p.Kind]
	c.DueOn = p.LastDay(cal, start)
	c.Provisional = cal.ProvisionalBetween(start, c.DueOn)
	n := ink.narrator(cal)
	n.begin(start, p.Label, "起算", "start of the period: ", p.LabelEN, p.Article)
	if p.Unit == WorkingDays {
		n.count(start, c.DueOn, nil, p.Article)
	} else {
		n.calendarPeriod(start, c.DueOn, p)
	}
	n.last(c.DueOn, p.Article)
	if c.OwnTarget {
		n.ownTarget(p.Article)
	}
	n.provisional(start, c.DueOn)
	c.Explanation = n.told()
	return c
}

// Done marks the clock as met on a day, or late.
func (c Clock) Done(on civil.Date) Clock {
	if on == 0 {
		return c
	}
	c.MetOn, c.State = on, Met
	if c.DueOn != 0 && on > c.DueOn {
		c.State = Late
	}
	return c
}
