package clock

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

const replyWD = 20 // 条例 art. 33(2)

// Compute turns the facts of a case into all its clocks. Facts that cannot
// stand are refused together, as FactErrors; what is merely irregular (a
// notice too late) is computed and listed among the findings.
func Compute(cal *calendar.Calendar, f Facts, p Policy) (Result, error) {
	p = p.withDefaults()
	corrections := f.corrections()
	if errs := f.check(p, corrections); len(errs) > 0 {
		return Result{}, FactErrors(errs)
	}
	k := keeper{cal: cal, f: &f, p: p}
	k.prepare(corrections)
	if f.ReceivedOn == 0 {
		return k.unconfirmed(), nil
	}
	k.confirmation()
	k.start, k.receipt, k.run = f.ReceivedOn, f.ReceivedOn, 1
	if f.CaseType == CaseRecordCorrection {
		return k.strict(k.recordCorrection())
	}
	k.gaps = f.pauses(cal, p)
	k.made, k.ended = f.replyMade(p), f.endedOn()
	if k.made != 0 && k.ended >= k.made {
		k.ended = 0 // what was answered stays answered
	}

	k.interruptions(corrections)
	k.consultations()
	reply := k.reply()
	k.replyTarget()
	return k.strict(k.conclude(reply))
}

// prepare lays out the room that the clocks and their explanations will take.
func (k *keeper) prepare(corrections []noticed) {
	clocks, lines, story := 2, 5, 5
	if n := len(corrections); n > 0 {
		clocks, lines, story = clocks+3*n, lines+6*n, story+2*n
	}
	if k.f.Fee != nil {
		clocks, lines, story = clocks+3, lines+9, story+2
	}
	if n := len(k.f.Consultations); n > 0 {
		clocks, lines, story = clocks+n, lines+3*n, story+2*n
	}
	if k.f.ExtensionWD != 0 {
		story += 3
	}
	if k.p.ReplyTargetWD > 0 {
		clocks, lines = clocks+1, lines+5+2*len(k.f.Consultations)
	}
	k.clocks = make([]Clock, 0, clocks)
	k.ink = newInk(lines + story)
	k.story = narrator{cal: k.cal, ink: k.ink, lines: k.ink.reserve(story)}
}

// strict refuses dates in a year without a notice where the office wants that.
func (k *keeper) strict(r Result) (Result, error) {
	if k.p.CalendarHorizon == RefuseUnpublished {
		if err := k.refuseUnpublished(r); err != nil {
			return Result{}, err
		}
	}
	return r, nil
}

// keeper holds one computation.
type keeper struct {
	cal    *calendar.Calendar
	f      *Facts
	p      Policy
	ink    *ink
	gaps   []gap
	clocks []Clock

	start   civil.Date // day 0 of the reply period that now counts
	receipt civil.Date // of the application, or of its last correction
	run     int        // how many times it has begun
	undated int        // the run that an extension without a date was found to belong to
	shadow  civil.Date // the due date if an irregular interruption should not hold
	waiting string     // what the case waits for, "" while the reply period runs
	story   narrator   // how the reply period came to its start
	found   findings

	made  civil.Date // the day the reply was made
	ended civil.Date // the day the case ended without a reply
}

// replyMade is the day on which the reply counts as made: signed for, or
// posted (国办公开办函〔2016〕235号).
func (f *Facts) replyMade(p Policy) civil.Date {
	first := func(dates ...civil.Date) civil.Date {
		for _, d := range dates {
			if d != 0 {
				return d
			}
		}
		return 0
	}
	var made civil.Date
	switch p.ReplyMadeEvent {
	case OnArrival:
		made = f.ServedOn
	case OnDecision:
		made = first(f.DecidedOn, f.ReplyMadeOn, f.ServedOn)
	default:
		made = first(f.ReplyMadeOn, f.ServedOn)
	}
	if made == 0 && f.ClosedOn != 0 {
		// A closed case with a decision was answered; old ledgers hold no more.
		made = first(f.ServedOn, f.ReplyMadeOn, f.DecidedOn)
	}
	return made
}

// endedOn is the day on which the case ended without a reply on the matter.
func (f *Facts) endedOn() civil.Date {
	var end civil.Date
	for _, d := range [...]civil.Date{f.AbandonedOn, f.LapsedOn, f.WithdrawnOn} {
		if d != 0 && (end == 0 || d < end) {
			end = d
		}
	}
	return end
}

// unconfirmed is a case that has arrived but does not count as received yet
// (art. 31): nothing runs but the office's own limit for confirming.
func (k *keeper) unconfirmed() Result {
	c := k.confirmationClock()
	r := Result{State: Waiting, WaitingFor: ForConfirmation}
	if end := max(k.f.WithdrawnOn, k.f.ClosedOn); end != 0 {
		c.State, r.State, r.WaitingFor = Superseded, Closed, ""
	}
	r.Clocks, r.Explanation = []Clock{c}, c.Explanation
	return r
}

func (k *keeper) confirmationClock() Clock {
	wd := k.p.MaxUnconfirmedWD
	switch k.f.Channel {
	case "in_person", "registered_mail", "ordinary_mail", "oral":
		wd = 0 // received, or to be confirmed by telephone, on the very day
	}
	c := Clock{
		ID: string(KindConfirmation), Kind: KindConfirmation, Label: "确认收到", LabelEN: "confirmation of receipt", Article: art31, OwnTarget: true,
		StartOn: k.f.ArrivedOn, Length: wd, Unit: WorkingDays, State: Running,
		DueOn: k.cal.NextWorkday(k.f.ArrivedOn),
	}
	if wd > 0 {
		c.DueOn = k.cal.AddWorkdays(k.f.ArrivedOn, wd)
	}
	c.Provisional = k.cal.ProvisionalBetween(c.StartOn, c.DueOn)
	n := k.ink.narrator(k.cal)
	n.note(k.f.ArrivedOn, "申请到达，尚待确认收到", " the application arrived; its receipt is to be confirmed", art31)
	n.last(c.DueOn, art31)
	n.ownTarget(art31)
	n.provisional(c.StartOn, c.DueOn)
	c.Explanation = n.told()
	return c
}

func (k *keeper) confirmation() {
	if k.f.ArrivedOn == 0 || k.f.ArrivedOn == k.f.ReceivedOn {
		return
	}
	c := k.confirmationClock().Done(k.f.ReceivedOn)
	if c.State == Late {
		k.found.add("/received_on", "confirmation_late", art31, "申请到达后未及时确认收到", "the receipt was confirmed later than the office allows itself")
	}
	k.clocks = append(k.clocks, c)
}

// duration is the reply period that now counts: its due date and extension.
type duration struct {
	base, due civil.Date
	extension int
}

// period computes the reply period of the present run. until is the day of the
// notice that interrupts it, zero for the run that lasts.
func (k *keeper) period(until civil.Date) duration {
	base := addSkipping(k.cal, k.start, replyWD, k.gaps)
	d := duration{base: base, due: base}
	wd, on := k.f.ExtensionWD, k.f.ExtensionNotifiedOn
	switch {
	case wd == 0:
		return d
	case on == 0:
		if !k.undatedHere(base, until) {
			return d
		}
	case on < k.start || (until != 0 && on > until):
		return d
	}
	if on > base {
		k.found.once("/extension_notified_on", "extension_late", art332, "延期告知晚于答复期限届满日", "the extension was notified after the reply was due")
		if k.p.LateExtension != Accept {
			return d
		}
	}
	d.extension = wd
	d.due = addSkipping(k.cal, base, wd, k.gaps)
	return d
}

// undatedHere reports whether an extension of which only the length is known is
// one of the present run. It belongs to the run that lasts, unless the notice that
// ends an earlier run came only after the unextended period was over: then that run
// must have been extended.
func (k *keeper) undatedHere(base, until civil.Date) bool {
	if k.undated == 0 && (until == 0 || until > base) {
		k.undated = k.run
	}
	return k.undated == k.run
}

// replyClock is the clock of the present run without its explanation.
func (k *keeper) replyClock(d duration) Clock {
	return Clock{
		ID: numbered(KindReply, k.run), Kind: KindReply, Label: "答复期限", LabelEN: "reply", Article: art33,
		StartOn: k.start, Length: replyWD, Extension: d.extension, Unit: WorkingDays,
		Excluded: spans(k.cal, k.start, d.due, k.gaps), DueOn: d.due, State: Running,
		Provisional: k.cal.ProvisionalBetween(k.start, d.due),
	}
}

// narrateRun tells the present run from its start to its last day.
func (k *keeper) narrateRun(d duration) {
	n := &k.story
	n.n = 0
	if k.run == 1 { // a restart has told its own trigger
		n.trigger(k.start, "收到申请", "the application was received", art33)
	}
	k.countRun(n, d)
	n.last(d.due, art33)
	n.provisional(k.start, d.due)
}

// countRun tells the days of the present run.
func (k *keeper) countRun(n *narrator, d duration) {
	n.count(k.start, d.base, k.gaps, art33)
	if d.extension > 0 {
		n.extended(d.extension, d.base)
		n.n = 0
		n.count(d.base, d.due, k.gaps, art332)
	}
}

// reply is the clock of the run that lasts.
func (k *keeper) reply() Clock {
	if k.waiting != "" {
		return k.standing()
	}
	d := k.period(0)
	c := k.replyClock(d)
	c.ShadowDueOn = k.shadow
	if k.shadow != 0 {
		k.story.note(k.shadow, "：补正通知逾期，如其不产生重新起算的效力，答复期限于此日届满", ": the due date if the late correction notice should not restart the period", art30)
	}
	k.narrateRun(d)
	c.Explanation = k.story.lines
	return k.settle(c)
}

// replyTarget is the office's own target for the reply: it lies inside the reply
// period, and stands still with it.
func (k *keeper) replyTarget() {
	wd := k.p.ReplyTargetWD
	if wd == 0 || wd >= replyWD || k.waiting != "" || k.f.DeferredUntil != 0 {
		return
	}
	due := addSkipping(k.cal, k.start, wd, k.gaps)
	c := Clock{
		ID: string(KindReplyTarget), Kind: KindReplyTarget, Label: "内部办理时限", LabelEN: "the office's own target for the reply", Article: art33,
		StartOn: k.start, Length: wd, Unit: WorkingDays, OwnTarget: true,
		Excluded: spans(k.cal, k.start, due, k.gaps), DueOn: due, State: Running,
		Provisional: k.cal.ProvisionalBetween(k.start, due),
	}
	n := k.ink.narrator(k.cal)
	n.trigger(k.start, "起计算答复期限", "the reply period begins", art33)
	n.count(k.start, due, k.gaps, art33)
	n.last(due, art33)
	n.ownTarget(art33)
	n.provisional(k.start, due)
	c.Explanation = n.told()
	k.clocks = append(k.clocks, k.settle(c))
}

// standing is the reply clock while the applicant must act: nothing is due,
// but the date that would be due stays in sight.
func (k *keeper) standing() Clock {
	c := Clock{
		ID: numbered(KindReply, k.run), Kind: KindReply, Label: "答复期限", LabelEN: "reply", Article: art33,
		StartOn: k.start, Length: replyWD, Unit: WorkingDays, State: Waiting, ShadowDueOn: k.shadow,
	}
	switch {
	case k.shadow != 0:
	case k.waiting == ForCorrection: // the rule book keeps the plain 20 working days in sight
		c.ShadowDueOn = k.cal.AddWorkdays(k.start, replyWD)
	default:
		c.ShadowDueOn = k.period(k.f.Fee.NoticedOn).due
	}
	k.story.note(c.ShadowDueOn, "：如无需等待，答复期限于此日届满", ": the due date if nothing had to be waited for", art33)
	c.Explanation = k.story.lines
	if k.made != 0 && k.ended == 0 {
		// The agency replied without waiting: the period never stood still.
		k.found.add("/reply_made_on", "reply_while_waiting", art33, "等待补正或者缴费期间已作出答复", "the reply was made while a correction or payment was awaited")
		c.DueOn = c.ShadowDueOn
	}
	return k.settle(c)
}

// settle gives the reply clock the state that the end of the case leaves it.
func (k *keeper) settle(c Clock) Clock {
	switch {
	case k.ended != 0:
		c.State = Superseded
	case k.made != 0 && !k.performed():
		return c.Done(k.made)
	case k.made != 0 || k.f.ClosedOn != 0:
		c.State = Superseded
	}
	return c
}

// performed reports whether the reply on file is the one that an order asked
// for, not the first reply.
func (k *keeper) performed() bool {
	return k.f.Order != nil && k.made >= k.f.Order.EffectiveOn
}

// refuseUnpublished is the strict reading of the calendar's horizon.
func (k *keeper) refuseUnpublished(r Result) error {
	for i := range r.Clocks {
		c := &r.Clocks[i]
		if !c.Provisional || (c.State != Running && c.State != Waiting) {
			continue
		}
		year := strconv.Itoa(c.DueOn.Year())
		return FactErrors{{
			Field: "/received_on", Code: "calendar_unpublished", Rule: "放假办法 art. 6",
			ZH: year + "年放假安排尚未公布", EN: "no published schedule for " + year,
		}}
	}
	return nil
}
