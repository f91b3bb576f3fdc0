package clock

import (
	"strconv"
	"strings"

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

// ink is the text of one computation. All sentences share its buffer: a case
// has some sixty of them, and one allocation each would be most of the cost.
type ink struct{ b strings.Builder }

func newInk(size int) *ink {
	i := new(ink)
	i.b.Grow(size)
	return i
}

// say joins words and dates into one sentence: a %d in the pattern stands for
// the next date.
func (i *ink) say(pattern string, dates ...civil.Date) string {
	start := i.b.Len()
	var buf [12]byte
	for _, d := range dates {
		before, after, _ := strings.Cut(pattern, "%d")
		i.b.WriteString(before)
		i.b.Write(d.AppendTo(buf[:0]))
		pattern = after
	}
	i.b.WriteString(pattern)
	return i.b.String()[start:]
}

var weekdaysZH = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

var weekdaysEN = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

func (n *narrator) add(l Line) { n.lines = append(n.lines, l) }

// trigger is day 0: it is not counted (次日起算, 民法典 art. 201).
func (n *narrator) trigger(on civil.Date, zh, en, rule string) {
	w := on.Weekday()
	n.add(Line{
		Code: LineStart, Rule: rule, From: on, To: on,
		Text:   n.ink.join(on, 0, "（", weekdaysZH[w], "）", zh, "，当日不计，次日起算"),
		TextEN: n.ink.join(on, 0, " (", weekdaysEN[w], ") ", en, "; the day itself is not counted"),
	})
}

// note is a sentence about one day, with the day in front.
func (n *narrator) note(on civil.Date, zh, en, rule string) {
	n.add(Line{Code: LineNote, Rule: rule, From: on, To: on, Text: n.ink.join(on, 0, zh), TextEN: n.ink.join(on, 0, en)})
}

// wait is a sentence about a day and the limit that was set on it.
func (n *narrator) wait(on, until civil.Date, zh, en, rule string) {
	n.add(Line{
		Code: LineNote, Rule: rule, From: on, To: until,
		Text: n.ink.say(zh, on, until), TextEN: n.ink.say(en, on, until),
	})
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
		n.add(Line{
			Code: LineHoliday, Rule: "放假办法 art. 6", From: from, To: to, Notice: run.Notice,
			Text:   n.ink.join(from, to, "：放假，不计入"),
			TextEN: n.ink.joinEN(from, to, ": rest days by the holiday notice, not counted"),
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
		Text:   n.ink.join(from, to, "：第", numbers, "个工作日"),
		TextEN: n.ink.joinEN(from, to, ": working days ", numbers),
	}
	for _, run := range n.cal.ArrangedBetween(from, to) {
		if run.Works {
			l.Text += "，含调休上班日" + n.ink.join(run.From, run.To)
			l.TextEN += ", with the make-up day " + n.ink.joinEN(run.From, run.To)
			l.Notice = run.Notice
		}
	}
	n.add(l)
	n.n += count
}

func (n *narrator) excluded(after, through civil.Date) {
	count := n.cal.WorkdaysBetween(after, through)
	days := strconv.Itoa(count)
	l := Line{
		Code: LineExcluded, Rule: art333, From: after + 1, To: through, WorkingDays: count,
		Text:   n.ink.join(after+1, through, "：征求意见，", days, "个工作日不计入"),
		TextEN: n.ink.joinEN(after+1, through, ": consultation, ", days, " working days left out"),
	}
	if runs := n.cal.ArrangedBetween(after+1, through); len(runs) > 0 {
		l.Notice = runs[0].Notice
	}
	n.add(l)
}

func (n *narrator) extended(k int, base civil.Date) {
	days := strconv.Itoa(k)
	n.add(Line{
		Code: LineExtension, Rule: art332,
		Text:   n.ink.say("原期限%d届满，经批准延长"+days+"个工作日，自次日起接续计算", base),
		TextEN: n.ink.say("extended by "+days+" working days, counted on from %d", base),
	})
}

// calendarPeriod writes a period in calendar days or months and its roll.
func (n *narrator) calendarPeriod(start, due civil.Date, p Period) {
	length, unitZH, unitEN, end := strconv.Itoa(p.Length), "日", " calendar days", start.AddDays(p.Length)
	if p.Unit == Months {
		unitZH, unitEN, end = "个月", " months", start.AddMonths(p.Length)
	}
	n.add(Line{
		Code: LineCount, Rule: p.Article, From: start + 1, To: end,
		Text:   n.ink.join(start+1, end, "：", length, unitZH, "，节假日计入"),
		TextEN: n.ink.joinEN(start+1, end, ": ", length, unitEN, ", rest days included"),
	})
	if end == due {
		return
	}
	n.add(Line{
		Code: LineRoll, Rule: "民事诉讼法 art. 85", From: end, To: due, Notice: n.cal.Day(end).Notice,
		Text:   n.ink.say("%d为休息日，顺延至%d", end, due),
		TextEN: n.ink.say("%d is a rest day; the period runs to %d", end, due),
	})
}

func (n *narrator) last(due civil.Date, rule string) {
	w := due.Weekday()
	n.add(Line{
		Code: LineDue, Rule: rule, From: due, To: due,
		Text:   n.ink.join(due, 0, "（", weekdaysZH[w], "）届满"),
		TextEN: n.ink.join(due, 0, " (", weekdaysEN[w], ") is the last day"),
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

// join is a day or a range (until 0 or the same day: one day) and words.
func (i *ink) join(from, to civil.Date, words ...string) string {
	return i.span(from, to, "至", words)
}

func (i *ink) joinEN(from, to civil.Date, words ...string) string {
	return i.span(from, to, " to ", words)
}

func (i *ink) span(from, to civil.Date, until string, words []string) string {
	start := i.b.Len()
	var buf [12]byte
	i.b.Write(from.AppendTo(buf[:0]))
	if to != 0 && to != from {
		i.b.WriteString(until)
		i.b.Write(to.AppendTo(buf[:0]))
	}
	for _, w := range words {
		i.b.WriteString(w)
	}
	return i.b.String()[start:]
}
