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
	lines []Line
	n     int // working days counted so far
}

var weekdaysZH = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

var weekdaysEN = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

func (n *narrator) add(l Line) { n.lines = append(n.lines, l) }

// trigger is day 0: it is not counted (次日起算, 民法典 art. 201).
func (n *narrator) trigger(on civil.Date, zh, en, rule string) {
	day := on.String()
	n.add(Line{
		Code: LineStart, Rule: rule, From: on, To: on,
		Text:   day + "（" + weekdaysZH[on.Weekday()] + "）" + zh + "，当日不计，次日起算",
		TextEN: day + " (" + weekdaysEN[on.Weekday()] + ") " + en + "; the day itself is not counted",
	})
}

func (n *narrator) note(on civil.Date, zh, en, rule string) {
	day := on.String()
	n.add(Line{Code: LineNote, Rule: rule, From: on, To: on, Text: day + zh, TextEN: day + en})
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
	pos := after
	for _, run := range n.cal.ArrangedBetween(after+1, through) {
		if run.Works {
			continue
		}
		n.days(pos, run.From-1, rule)
		from, to := max(run.From, after+1), min(run.To, through)
		text := between(from, to)
		n.add(Line{
			Code: LineHoliday, Rule: "放假办法 art. 6", From: from, To: to, Notice: run.Notice,
			Text:   text + "：放假，不计入",
			TextEN: betweenEN(from, to) + ": rest days by the holiday notice, not counted",
		})
		pos = run.To
	}
	n.days(pos, through, rule)
}

// days writes one unbroken run of counted days within (after, through].
func (n *narrator) days(after, through civil.Date, rule string) {
	count := n.cal.WorkdaysBetween(after, through)
	if count == 0 {
		return
	}
	from, to := n.cal.AddWorkdays(after, 1), through
	if !n.cal.IsWorkday(to) {
		to = n.cal.AddWorkdays(to, -1)
	}
	numbers := strconv.Itoa(n.n + 1)
	if count > 1 {
		numbers += "–" + strconv.Itoa(n.n+count)
	}
	l := Line{
		Code: LineCount, Rule: rule, From: from, To: to, WorkingDays: count,
		Text:   between(from, to) + "：第" + numbers + "个工作日",
		TextEN: betweenEN(from, to) + ": working days " + numbers,
	}
	for _, run := range n.cal.ArrangedBetween(from, to) {
		if run.Works {
			l.Text += "，含调休上班日" + between(run.From, run.To)
			l.TextEN += ", with the make-up day " + betweenEN(run.From, run.To)
			l.Notice = run.Notice
		}
	}
	n.add(l)
	n.n += count
}

func (n *narrator) excluded(after, through civil.Date) {
	count := n.cal.WorkdaysBetween(after, through)
	l := Line{
		Code: LineExcluded, Rule: art333, From: after + 1, To: through, WorkingDays: count,
		Text:   between(after+1, through) + "：征求意见，" + strconv.Itoa(count) + "个工作日不计入",
		TextEN: betweenEN(after+1, through) + ": consultation, " + strconv.Itoa(count) + " working days left out",
	}
	if runs := n.cal.ArrangedBetween(after+1, through); len(runs) > 0 {
		l.Notice = runs[0].Notice
	}
	n.add(l)
}

func (n *narrator) extended(k int, zh, en string) {
	n.add(Line{Code: LineExtension, Rule: art332, WorkingDays: k, Text: zh, TextEN: en})
}

// calendarPeriod writes a period in calendar days or months and its roll.
func (n *narrator) calendarPeriod(start, due civil.Date, p Period) {
	length, unitZH, unitEN, end := strconv.Itoa(p.Length), "日", " calendar days", start.AddDays(p.Length)
	if p.Unit == Months {
		unitZH, unitEN, end = "个月", " months", start.AddMonths(p.Length)
	}
	n.add(Line{
		Code: LineCount, Rule: p.Article, From: start + 1, To: end,
		Text:   between(start+1, end) + "：" + length + unitZH + "，节假日计入",
		TextEN: betweenEN(start+1, end) + ": " + length + unitEN + ", rest days included",
	})
	if end == due {
		return
	}
	l := Line{
		Code: LineRoll, Rule: "民事诉讼法 art. 85", From: end, To: due,
		Text:   end.String() + "为休息日，顺延至" + due.String(),
		TextEN: end.String() + " is a rest day; the period runs to " + due.String(),
	}
	l.Notice = n.cal.Day(end).Notice
	n.add(l)
}

func (n *narrator) last(due civil.Date, rule string) {
	day := due.String()
	n.add(Line{
		Code: LineDue, Rule: rule, From: due, To: due,
		Text:   day + "（" + weekdaysZH[due.Weekday()] + "）届满",
		TextEN: day + " (" + weekdaysEN[due.Weekday()] + ") is the last day",
	})
}

// provisional says which notice is still missing: such a date is never shown
// as if it were certain.
func (n *narrator) provisional(from, through civil.Date) {
	for y := from.Year(); y <= through.Year(); y++ {
		first, _ := civil.Of(y, 1, 1)
		if !n.cal.Provisional(first) {
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

func between(from, to civil.Date) string {
	if from == to {
		return from.String()
	}
	return from.String() + "至" + to.String()
}

func betweenEN(from, to civil.Date) string {
	if from == to {
		return from.String()
	}
	return from.String() + " to " + to.String()
}
