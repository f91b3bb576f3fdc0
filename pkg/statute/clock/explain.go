package clock

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// narrator writes the explanation of a date: what was counted, what was left
// out, and the notice that a rest day rests on.
type narrator struct {
	cal   *calendar.Calendar
	ink   *ink
	lines []Line
	n     int // working days counted so far
}

var weekdaysZH = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

var weekdaysEN = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

func (n *narrator) add(l Line) { n.lines = append(n.lines, l) }

// trigger is day 0: it is not counted (次日起算, 民法典 art. 201). zh and en say
// what happened, in one or two pieces.
func (n *narrator) trigger(on civil.Date, zh, en, rule string) {
	n.begin(on, zh, "", en, "", rule)
}

func (n *narrator) begin(on civil.Date, zh, zhMore, en, enMore, rule string) {
	w := on.Weekday()
	l := Line{Code: LineStart, Rule: rule, From: on, To: on}
	l.Text = n.ink.day(on).say("（").say(weekdaysZH[w]).say("）").say(zh).say(zhMore).say("，当日不计，次日起算").end()
	l.TextEN = n.ink.day(on).say(" (").say(weekdaysEN[w]).say(") ").say(en).say(enMore).say("; the day itself is not counted").end()
	n.add(l)
}

// note is a sentence about one day, with the day in front.
func (n *narrator) note(on civil.Date, zh, en, rule string) {
	n.add(Line{
		Code: LineNote, Rule: rule, From: on, To: on,
		Text: n.ink.day(on).say(zh).end(), TextEN: n.ink.day(on).say(en).end(),
	})
}

// wait is a sentence about a day on which something was asked for, and the limit
// that was set on it. What is asked for stands in zh and en with its verb.
func (n *narrator) wait(on, until civil.Date, asked, act, askedEN, actEN, rule string) {
	l := Line{Code: LineNote, Rule: rule, From: on, To: until}
	l.Text = n.ink.day(on).say("通知").say(asked).say("，答复期限停止计算，申请人应于").day(until).say("前（含当日）").say(act).end()
	l.TextEN = n.ink.day(on).say(" ").say(askedEN).say(" asked for; no reply period runs until the applicant ").say(actEN).say(", by ").day(until).end()
	n.add(l)
}

// count walks the days after start through due, leaving out the gaps.
func (n *narrator) count(start, due civil.Date, gaps []gap, rule string) {
	pos := start
	for _, g := range gaps {
		if g.through <= pos || g.after >= due {
			continue
		}
		after := max(g.after, pos)
		n.stretch(pos, after, rule)
		n.excluded(after, g.through)
		pos = g.through
	}
	n.stretch(pos, due, rule)
}

// stretch writes the counted days of (after, through], broken by holidays.
func (n *narrator) stretch(after, through civil.Date, rule string) {
	if through <= after {
		return
	}
	arranged := n.cal.ArrangedBetween(after+1, through)
	pos, since := after, 0
	for i := range arranged {
		run := &arranged[i]
		if run.Works {
			continue
		}
		n.days(pos, run.From-1, arranged[since:i], rule)
		from, to := max(run.From, after+1), min(run.To, through)
		n.add(Line{
			Code: LineHoliday, Rule: "放假办法 art. 6", From: from, To: to, Notice: run.Notice,
			Text:   n.ink.span(from, to, "至").say("：放假，不计入").end(),
			TextEN: n.ink.span(from, to, " to ").say(": rest days by the holiday notice, not counted").end(),
		})
		pos, since = run.To, i+1
	}
	n.days(pos, through, arranged[since:], rule)
}

// days writes one unbroken run of counted days within (after, through], with the
// make-up days in it.
func (n *narrator) days(after, through civil.Date, arranged []calendar.Arranged, rule string) {
	count := n.cal.WorkdaysBetween(after, through)
	if count == 0 {
		return
	}
	from, to := n.cal.AddWorkdays(after, 1), through
	if !n.cal.IsWorkday(to) {
		to = n.cal.AddWorkdays(to, -1)
	}
	l := Line{Code: LineCount, Rule: rule, From: from, To: to, WorkingDays: count}
	first, last := n.n+1, n.n+count
	n.n = last

	text := n.ink.span(from, to, "至").say("：第").number(first)
	if count > 1 {
		text.say("–").number(last)
	}
	text.say("个工作日")
	for i := range arranged {
		if run := &arranged[i]; run.Works && run.To >= from && run.From <= to {
			text.say("，含调休上班日").span(run.From, run.To, "至")
			l.Notice = run.Notice
		}
	}
	l.Text = text.end()

	text = n.ink.span(from, to, " to ")
	if count > 1 {
		text.say(": working days ").number(first).say("–").number(last)
	} else {
		text.say(": working day ").number(first)
	}
	if l.Notice != "" {
		for i := range arranged {
			if run := &arranged[i]; run.Works && run.To >= from && run.From <= to {
				text.say(", with the make-up day ").span(run.From, run.To, " to ")
			}
		}
	}
	l.TextEN = text.end()
	n.add(l)
}

func (n *narrator) excluded(after, through civil.Date) {
	count := n.cal.WorkdaysBetween(after, through)
	l := Line{Code: LineExcluded, Rule: art333, From: after + 1, To: through, WorkingDays: count}
	l.Text = n.ink.span(after+1, through, "至").say("：征求意见，").number(count).say("个工作日不计入").end()
	l.TextEN = n.ink.span(after+1, through, " to ").say(": consultation, ").number(count).say(plural(count, " working day left out", " working days left out")).end()
	if runs := n.cal.ArrangedBetween(after+1, through); len(runs) > 0 {
		l.Notice = runs[0].Notice
	}
	n.add(l)
}

func (n *narrator) extended(k int, base civil.Date) {
	l := Line{Code: LineExtension, Rule: art332}
	l.Text = n.ink.say("原期限").day(base).say("届满，经批准延长").number(k).say("个工作日，自次日起接续计算").end()
	l.TextEN = n.ink.say("extended by ").number(k).say(plural(k, " working day, counted on from ", " working days, counted on from ")).day(base).end()
	n.add(l)
}

// calendarPeriod writes a period in calendar days or months and its roll.
func (n *narrator) calendarPeriod(start, due civil.Date, p *Period) {
	unitZH, unitEN, end := "日", " calendar days", start.AddDays(p.Length)
	if p.Unit == Months {
		unitZH, unitEN, end = "个月", " months", start.AddMonths(p.Length)
	}
	l := Line{Code: LineCount, Rule: p.Article, From: start + 1, To: end}
	l.Text = n.ink.span(start+1, end, "至").say("：").number(p.Length).say(unitZH).say("，节假日计入").end()
	l.TextEN = n.ink.span(start+1, end, " to ").say(": ").number(p.Length).say(unitEN).say(", rest days included").end()
	n.add(l)
	if end == due {
		return
	}
	roll := Line{Code: LineRoll, Rule: "民事诉讼法 art. 85", From: end, To: due, Notice: n.cal.Day(end).Notice}
	roll.Text = n.ink.day(end).say("为休息日，顺延至").day(due).end()
	roll.TextEN = n.ink.day(end).say(" is a rest day; the period runs to ").day(due).end()
	n.add(roll)
}

func (n *narrator) last(due civil.Date, rule string) {
	w := due.Weekday()
	l := Line{Code: LineDue, Rule: rule, From: due, To: due}
	l.Text = n.ink.day(due).say("（").say(weekdaysZH[w]).say("）届满").end()
	l.TextEN = n.ink.day(due).say(" (").say(weekdaysEN[w]).say(") is the last day").end()
	n.add(l)
}

// ownTarget says that no law stands behind the date.
func (n *narrator) ownTarget(rule string) {
	n.add(Line{
		Code: LineNote, Rule: rule,
		Text:   "法律、法规未规定此项期限，为本机关自行设定的内部时限",
		TextEN: "no law sets this period; it is the office's own target",
	})
}

// provisional says which notice is still missing: such a date is never shown
// as if it were certain.
func (n *narrator) provisional(from, through civil.Date) {
	if !n.cal.ProvisionalBetween(from, through) {
		return
	}
	for y := from.Year(); y <= through.Year(); y++ {
		first, err := civil.Of(y, 1, 1)
		if err != nil || !n.cal.Provisional(first) {
			continue
		}
		year := strconv.Itoa(y)
		n.add(Line{
			Code: LineProvisional, Rule: "放假办法 art. 6", From: max(first, from), To: through,
			Text:   year + "年放假安排尚未公布，按双休日和元旦推算，日期暂定，公布后重新计算",
			TextEN: "no published schedule for " + year + ": computed with weekends and 1 January only, provisional until the notice",
		})
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
