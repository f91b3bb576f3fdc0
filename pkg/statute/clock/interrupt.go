package clock

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
)

// interruptions lets corrections and the fee stop and restart the reply
// period, in order of their notices.
func (k *keeper) interruptions(corrections []noticed) {
	feeDone := k.f.Fee == nil
	for i := range corrections {
		if !feeDone && k.f.Fee.precedes(&corrections[i]) {
			feeDone = true
			if k.fee(); k.waiting != "" {
				return
			}
		}
		if k.correction(i, &corrections[i]); k.waiting != "" {
			return
		}
	}
	if !feeDone {
		k.fee()
	}
	if len(corrections) == 0 && k.waiting == "" && k.run == 1 {
		k.chanceToCorrect()
	}
}

// precedes reports whether the fee was asked for before a correction was; on one
// day, when it was paid before the correction came.
func (f *Fee) precedes(c *noticed) bool {
	return f.NoticedOn < c.NoticedOn || (f.PaidOn != 0 && f.PaidOn <= c.NoticedOn)
}

// chanceToCorrect is the last day on which a correction notice may still go
// out. Letting it pass is no fault: it is advisory.
func (k *keeper) chanceToCorrect() {
	c := k.correctionNotice(1)
	c.Advisory = true
	if k.made != 0 || k.ended != 0 || k.f.ClosedOn != 0 || k.f.DecidedOn != 0 {
		c.State = Superseded
	}
	k.clocks = append(k.clocks, c)
}

// correctionNotice is the clock of art. 30: one notice, within seven working
// days of receipt, whatever has stopped and restarted the reply period since.
func (k *keeper) correctionNotice(number int) Clock {
	p, _ := PeriodOf(KindCorrectionNotice)
	c := p.clock(k.cal, k.receipt, k.ink)
	c.ID = numbered(c.Kind, number)
	return c
}

func (k *keeper) correction(i int, c *noticed) {
	notice := k.correctionNotice(i + 1).Done(c.NoticedOn)
	k.clocks = append(k.clocks, notice)
	late := notice.State == Late
	if late {
		k.found.add(c.field+"/noticed_on", "correction_notice_late", art30, "补正通知超过7个工作日", "the correction notice went out after the seventh working day")
	}
	if i > 0 {
		k.found.add(c.field, "further_correction_notice", art30, "再次通知补正", "a further correction notice was given")
	}

	period := k.correctionPeriod(i+1, c)
	ignored := late && k.p.LateCorrection == Ignore
	if ignored {
		period.State = Superseded
	}
	k.clocks = append(k.clocks, period)
	if ignored {
		k.story.note(c.NoticedOn, "逾期发出补正通知，答复期限不停止计算", " the correction notice was late and does not stop the period", art30)
		return
	}
	if c.ReceivedOn == 0 {
		k.waiting = ForCorrection
		k.story.wait(c.NoticedOn, period.DueOn,
			"补正", "补正", "correction", "corrects", art30)
		return
	}
	k.supersede(c.NoticedOn)
	if late {
		k.shadow = k.cal.AddWorkdays(k.start, replyWD)
	}
	k.start, k.receipt, k.run = c.ReceivedOn, c.ReceivedOn, k.run+1
	k.story.note(c.NoticedOn, "通知补正，答复期限停止计算", " correction asked for; the period stands still", art30)
	k.story.trigger(c.ReceivedOn, "收到补正后的申请，答复期限重新计算", "the corrected application was received; the period begins anew", art30)
}

// correctionPeriod is the reasonable time that the notice gives the applicant
// (合理的补正期限); the law fixes no length.
func (k *keeper) correctionPeriod(number int, c *noticed) Clock {
	p, _ := PeriodOf(KindCorrectionPeriod)
	p.Length = k.p.CorrectionPeriodWD
	if c.PeriodWD > 0 {
		p.Length = c.PeriodWD
	}
	if p.Length < 5 {
		k.found.add(c.field+"/period_wd", "correction_period_short", art30, "补正期限少于5个工作日", "fewer than five working days is hardly a reasonable time to correct")
	}
	from := c.DeliveredOn
	if from == 0 {
		from = c.NoticedOn
	}
	clock := p.clock(k.cal, from, k.ink)
	clock.ID = numbered(clock.Kind, number)
	clock.MayCloseOn = k.cal.AddWorkdays(clock.DueOn, 1)
	clock = clock.Done(c.ReceivedOn)
	if clock.State == Late {
		k.found.add(c.field+"/received_on", "correction_late", art30, "补正逾期，应审查是否有正当理由", "the correction came after its limit; whether with good reason is for the agency to say")
	}
	if k.f.AbandonedOn != 0 && k.f.AbandonedOn < clock.MayCloseOn {
		k.found.add("/abandoned_on", "abandoned_early", art30, "补正期限尚未届满即视为放弃申请", "the application was held abandoned before the time to correct was over")
	}
	return clock
}

// fee stops the reply period at the fee notice and begins it anew with the
// payment. A notice after the reply was due stops nothing.
func (k *keeper) fee() {
	fee := k.f.Fee
	d := k.period(fee.NoticedOn)
	notice := Clock{
		ID: string(KindFeeNotice), Kind: KindFeeNotice, Label: "收费通知期限", LabelEN: "fee notice", Article: feeArt,
		StartOn: k.start, Length: replyWD, Extension: d.extension, Unit: WorkingDays,
		Excluded: spans(k.cal, k.start, d.due, k.gaps), DueOn: d.due, State: Running,
		Provisional: k.cal.ProvisionalBetween(k.start, d.due),
	}
	n := k.ink.narrator(k.cal)
	n.trigger(k.start, "起计算答复期限，收费通知应在答复期限内发出", "the reply period begins; the fee notice must go out within it", feeArt)
	k.countRun(&n, d)
	n.last(d.due, feeArt)
	n.provisional(k.start, d.due)
	notice.Explanation = n.told()
	notice = notice.Done(fee.NoticedOn)
	payment := k.payment()
	if notice.State == Late {
		k.found.add("/fee/noticed_on", "fee_notice_late", feeArt, "收费通知晚于答复期限届满日，不停止计算答复期限", "the fee notice went out after the reply was due and stops nothing")
		payment.State = Superseded
		k.clocks = append(k.clocks, notice, payment)
		k.story.note(fee.NoticedOn, "收费通知晚于答复期限届满日，答复期限不停止计算", " the fee notice came after the reply was due and does not stop the period", feeArt)
		return
	}
	grace := payment.DueOn
	if k.p.GraceWD > 0 {
		grace = k.cal.AddWorkdays(grace, k.p.GraceWD)
	}
	k.clocks = append(k.clocks, notice, payment)
	switch {
	case fee.PaidOn == 0:
		k.waiting = ForPayment
		k.story.wait(fee.NoticedOn, payment.DueOn,
			"缴费", "缴费", "fee", "pays", feeArt)
		return
	case fee.PaidOn > grace:
		k.found.add("/fee/paid_on", "paid_late", feeArt, "逾期缴费，视为放弃申请；是否接受由行政机关决定", "paid after the limit: the application counts as abandoned unless the agency accepts the payment")
		k.waiting = ForLatePayment
		k.shadow = k.cal.AddWorkdays(fee.PaidOn, replyWD)
		k.story.note(fee.PaidOn, "逾期缴费，答复期限未重新计算", " paid after the limit; the period has not begun anew", feeArt)
		return
	}
	k.supersede(fee.NoticedOn)
	k.shadow = 0
	k.start, k.run = fee.PaidOn, k.run+1
	k.story.note(fee.NoticedOn, "通知缴费，答复期限停止计算", " fee asked for; the period stands still", feeArt)
	k.story.trigger(fee.PaidOn, "完成缴费，答复期限重新计算", "the fee was paid; the period begins anew", feeArt)
}

func (k *keeper) payment() Clock {
	p, _ := PeriodOf(KindPayment)
	from := k.f.Fee.NoticeReceivedOn
	if from == 0 {
		from = k.f.Fee.NoticedOn
	}
	c := p.clock(k.cal, from, k.ink)
	c.MayCloseOn = k.cal.AddWorkdays(c.DueOn, 1)
	if k.f.LapsedOn != 0 && k.f.LapsedOn < c.MayCloseOn {
		k.found.add("/lapsed_on", "lapsed_early", feeArt, "缴费期限尚未届满即不再处理", "the application was held lapsed before the time to pay was over")
	}
	return c.Done(k.f.Fee.PaidOn)
}

// supersede closes the present run: its due date no longer counts, and an
// extension given in it falls away.
func (k *keeper) supersede(until civil.Date) {
	d := k.period(until)
	c := k.replyClock(d)
	c.State = Superseded
	if d.extension > 0 {
		k.found.add("/extension_wd", "extension_dropped", art332, "答复期限重新计算，此前的延期不再适用", "the period began anew; the earlier extension fell away")
	}
	n := k.ink.narrator(k.cal)
	n.note(k.start, "起计算的答复期限，因补正或者缴费不再适用", " the reply period that began here no longer counts", art33)
	c.Explanation = n.told()
	k.clocks = append(k.clocks, c)
}

// numbered is the id of the n-th clock of a kind.
func numbered(kind Kind, n int) string {
	if ids := few[kind]; n <= len(ids) {
		return ids[n-1]
	}
	return string(kind) + "-" + strconv.Itoa(n)
}

// few are the ids that nearly every case has.
var few = map[Kind][]string{
	KindReply:            {"reply-1", "reply-2", "reply-3"},
	KindCorrectionNotice: {"correction_notice-1", "correction_notice-2"},
	KindCorrectionPeriod: {"correction_period-1", "correction_period-2"},
	KindConsultation:     {"consultation-1", "consultation-2", "consultation-3"},
}
