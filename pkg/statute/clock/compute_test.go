package clock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

func find(t testing.TB, r clock.Result, kind clock.Kind) clock.Clock {
	t.Helper()
	c, ok := r.Find(kind)
	require.True(t, ok, "no clock %s", kind)
	return c
}

func codes(list []*clock.FactError) (codes []string) {
	for _, e := range list {
		codes = append(codes, e.Code)
	}
	return codes
}

func TestAnUnansweredCorrectionNoticeStopsTheReply(t *testing.T) {
	t.Parallel()
	r := compute(t, clock.Facts{
		ReceivedOn: day("2025-03-03"),
		Correction: &clock.Correction{NoticedOn: day("2025-03-12"), PeriodWD: 15},
	})
	require.Zero(t, r.ReplyDue)
	require.Equal(t, clock.Waiting, r.State)
	require.Equal(t, clock.ForCorrection, r.WaitingFor)
	reply := find(t, r, clock.KindReply)
	require.Equal(t, clock.Waiting, reply.State)
	require.Equal(t, day("2025-03-31"), reply.ShadowDueOn, "received + 20 working days stays in sight")
	notice := find(t, r, clock.KindCorrectionNotice)
	require.Equal(t, clock.Met, notice.State)
	require.False(t, notice.Advisory)
	period := find(t, r, clock.KindCorrectionPeriod)
	require.Equal(t, clock.Running, period.State)
	require.Equal(t, clock.SilenceAbandons, period.SilenceRule)
	require.Equal(t, clock.Overrun, period.StateOn(day("2025-04-03")))

	abandoned := compute(t, clock.Facts{
		ReceivedOn: day("2025-03-03"), AbandonedOn: day("2025-04-03"),
		Correction: &clock.Correction{NoticedOn: day("2025-03-12"), PeriodWD: 15},
	})
	require.Equal(t, clock.Closed, abandoned.State)
	require.Zero(t, abandoned.ReplyDue)
	require.Empty(t, abandoned.WaitingFor)
	require.Empty(t, abandoned.Findings)
	require.Equal(t, clock.Superseded, find(t, abandoned, clock.KindReply).State)
	require.Equal(t, clock.Superseded, find(t, abandoned, clock.KindCorrectionPeriod).State)

	early := compute(t, clock.Facts{
		ReceivedOn: day("2025-03-03"), AbandonedOn: day("2025-04-02"),
		Correction: &clock.Correction{NoticedOn: day("2025-03-12"), PeriodWD: 15},
	})
	require.Equal(t, []string{"abandoned_early"}, codes(early.Findings))
}

func TestALateCorrectionNotice(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{
		ReceivedOn: day("2025-03-03"),
		Correction: &clock.Correction{NoticedOn: day("2025-03-13"), ReceivedOn: day("2025-03-26")},
	}
	r := compute(t, facts)
	require.Equal(t, day("2025-04-24"), r.ReplyDue)
	reply := find(t, r, clock.KindReply)
	require.Equal(t, day("2025-03-31"), reply.ShadowDueOn)
	require.Equal(t, clock.Late, find(t, r, clock.KindCorrectionNotice).State)
	require.Contains(t, codes(r.Findings), "correction_notice_late")

	p := clock.DefaultPolicy()
	p.LateCorrection = clock.Ignore
	strict, err := clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err)
	require.Equal(t, day("2025-03-31"), strict.ReplyDue)
}

func TestASecondCorrectionNoticeNeedsAReason(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{
		ReceivedOn:  day("2025-03-03"),
		Correction:  &clock.Correction{NoticedOn: day("2025-03-05"), ReceivedOn: day("2025-03-10")},
		Corrections: []clock.Correction{{NoticedOn: day("2025-03-12"), ReceivedOn: day("2025-03-26")}},
	}
	_, err := clock.Compute(calendar.Builtin(), facts, clock.DefaultPolicy())
	requireCodes(t, err, "too_many_corrections")

	facts.Corrections[0].Reason = "补正后指向仍有两个文件"
	r := compute(t, facts)
	require.Equal(t, day("2025-04-24"), r.ReplyDue)
	require.Equal(t, []string{"further_correction_notice"}, codes(r.Findings))
	require.Equal(t, "reply-3", find(t, r, clock.KindReply).ID)

	p := clock.DefaultPolicy()
	p.MaxCorrectionNotices = 2
	facts.Corrections[0].Reason = ""
	_, err = clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err)
}

func TestTheFeeStopsAndRestartsTheReply(t *testing.T) {
	t.Parallel()
	base := clock.Facts{ReceivedOn: day("2025-10-13"), Fee: &clock.Fee{NoticedOn: day("2025-10-28")}}
	unpaid := compute(t, base)
	require.Zero(t, unpaid.ReplyDue)
	require.Equal(t, clock.ForPayment, unpaid.WaitingFor)
	require.Equal(t, day("2025-11-10"), find(t, unpaid, clock.KindReply).ShadowDueOn)

	lapsed := base
	lapsed.LapsedOn = day("2025-11-26")
	require.Equal(t, clock.Closed, compute(t, lapsed).State)

	late := base
	late.Fee = &clock.Fee{NoticedOn: day("2025-10-28"), PaidOn: day("2025-11-26")}
	r := compute(t, late)
	require.Zero(t, r.ReplyDue)
	require.Equal(t, clock.ForLatePayment, r.WaitingFor)
	require.Equal(t, []string{"paid_late"}, codes(r.Findings))
	p := clock.DefaultPolicy()
	p.GraceWD = 1
	graced, err := clock.Compute(calendar.Builtin(), late, p)
	require.NoError(t, err)
	require.Equal(t, day("2025-12-24"), graced.ReplyDue)

	missed := base
	missed.Fee = &clock.Fee{NoticedOn: day("2025-11-11")}
	r = compute(t, missed)
	require.Equal(t, day("2025-11-10"), r.ReplyDue, "a fee notice after the due date stops nothing")
	require.Equal(t, []string{"fee_notice_late"}, codes(r.Findings))
}

func TestACorrectionAndAFeeInOneCase(t *testing.T) {
	t.Parallel()
	r := compute(t, clock.Facts{
		ReceivedOn: day("2025-10-13"),
		Correction: &clock.Correction{NoticedOn: day("2025-10-15"), ReceivedOn: day("2025-10-20")},
		Fee:        &clock.Fee{NoticedOn: day("2025-10-28"), PaidOn: day("2025-11-14")},
	})
	require.Equal(t, day("2025-12-12"), r.ReplyDue)
	require.Equal(t, day("2025-11-17"), find(t, r, clock.KindFeeNotice).DueOn, "counted from the corrected application")
	ids := make([]string, 0, len(r.Clocks))
	for _, c := range r.Clocks {
		ids = append(ids, c.ID+" "+string(c.State))
	}
	require.Equal(t, []string{
		"correction_notice-1 met", "correction_period-1 met", "reply-1 superseded",
		"fee_notice met", "payment met", "reply-2 superseded", "reply-3 running",
	}, ids)
}

func TestConsultations(t *testing.T) {
	t.Parallel()
	with := func(list ...clock.Consultation) clock.Facts {
		return clock.Facts{ReceivedOn: day("2025-06-09"), Consultations: list}
	}
	letter := clock.Consultation{SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16")}

	late := letter
	late.AnsweredOn = day("2025-07-15")
	r := compute(t, with(late))
	require.Equal(t, day("2025-07-30"), r.ReplyDue, "an answer after the limit lengthens nothing")
	require.Equal(t, []string{"answer_late"}, codes(r.Findings))
	require.False(t, r.PendingConsultation)

	r = compute(t, with(letter))
	require.True(t, r.PendingConsultation)
	c := find(t, r, clock.KindConsultation)
	require.Equal(t, clock.SilenceAgencyDecides, c.SilenceRule)

	unknown := clock.Consultation{SentOn: day("2025-06-12")}
	r = compute(t, with(unknown))
	require.True(t, r.PendingConsultation)
	require.Equal(t, day("2025-07-28"), r.ReplyDue, "15 working days from the sending day, 2025-07-03, then 17 more")
	require.Equal(t, []string{"consultee_receipt_unknown"}, codes(r.Findings))

	withdrawn := letter
	withdrawn.WithdrawnOn = day("2025-06-25")
	r = compute(t, with(withdrawn))
	require.Equal(t, day("2025-07-18"), r.ReplyDue)
	require.Equal(t, clock.Superseded, find(t, r, clock.KindConsultation).State)

	sameDay := letter
	sameDay.ConsulteeReceivedOn, sameDay.AnsweredOn = day("2025-06-12"), day("2025-06-12")
	require.Equal(t, day("2025-07-07"), compute(t, with(sameDay)).ReplyDue)

	joint := letter
	joint.Kind = clock.JointAgency
	require.Equal(t, clock.SilenceConsents, find(t, compute(t, with(joint)), clock.KindConsultation).SilenceRule)

	answered := letter
	answered.AnsweredOn = day("2025-06-25")
	r = compute(t, with(answered))
	require.Equal(t, []clock.Span{{From: day("2025-06-13"), To: day("2025-06-25"), WorkingDays: 9}}, find(t, r, clock.KindReply).Excluded)

	tooLate := clock.Consultation{SentOn: day("2025-07-08"), ConsulteeReceivedOn: day("2025-07-08")}
	r = compute(t, with(tooLate))
	require.Equal(t, day("2025-07-07"), r.ReplyDue, "a letter after the due date saves nothing")
	require.Empty(t, find(t, r, clock.KindReply).Excluded)
}

func TestPauseBoundsAreAPolicy(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{ReceivedOn: day("2025-06-09"), Consultations: []clock.Consultation{
		{SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16"), AnsweredOn: day("2025-06-25")},
	}}
	due := func(change func(*clock.Policy)) civil.Date {
		p := clock.DefaultPolicy()
		change(&p)
		r, err := clock.Compute(calendar.Builtin(), facts, p)
		require.NoError(t, err)
		return r.ReplyDue
	}
	require.Equal(t, day("2025-07-18"), due(func(*clock.Policy) {}))
	require.Equal(t, day("2025-07-16"), due(func(p *clock.Policy) { p.PauseBounds = clock.AfterReceivedThroughAnswer }))
	require.Equal(t, day("2025-07-30"), due(func(p *clock.Policy) { p.PauseBounds = clock.WholeLimit }))
	require.Equal(t, day("2025-07-07"), due(func(p *clock.Policy) { p.ExcludableKinds = []clock.ConsultationKind{clock.OtherAgency} }))
	require.Equal(t, day("2025-07-18"), due(func(p *clock.Policy) { *p = clock.Policy{} }), "an empty policy is the default one")
}

func TestAConsultationBeforeARestartCountsOnlyAfterIt(t *testing.T) {
	t.Parallel()
	r := compute(t, clock.Facts{
		ReceivedOn:    day("2025-10-13"),
		Fee:           &clock.Fee{NoticedOn: day("2025-10-28"), PaidOn: day("2025-11-14")},
		Consultations: []clock.Consultation{{SentOn: day("2025-10-20"), ConsulteeReceivedOn: day("2025-10-20"), AnsweredOn: day("2025-10-24")}},
	})
	require.Equal(t, day("2025-12-12"), r.ReplyDue)
	r = compute(t, clock.Facts{
		ReceivedOn:    day("2025-10-13"),
		Fee:           &clock.Fee{NoticedOn: day("2025-10-28"), PaidOn: day("2025-11-14")},
		Consultations: []clock.Consultation{{SentOn: day("2025-10-27"), ConsulteeReceivedOn: day("2025-10-28"), AnsweredOn: day("2025-11-18")}},
	})
	require.Equal(t, day("2025-12-16"), r.ReplyDue, "two working days after the payment are left out")
}

func TestExtensions(t *testing.T) {
	t.Parallel()
	inTime := clock.Facts{ReceivedOn: day("2025-04-14"), ExtensionWD: 20, ExtensionNotifiedOn: day("2025-05-14")}
	require.Equal(t, day("2025-06-12"), compute(t, inTime).ReplyDue)

	late := inTime
	late.ExtensionNotifiedOn = day("2025-05-15")
	r := compute(t, late)
	require.Equal(t, day("2025-05-14"), r.ReplyDue)
	require.Equal(t, []string{"extension_late"}, codes(r.Findings))
	p := clock.DefaultPolicy()
	p.LateExtension = clock.Accept
	r, err := clock.Compute(calendar.Builtin(), late, p)
	require.NoError(t, err)
	require.Equal(t, day("2025-06-12"), r.ReplyDue)

	restarted := clock.Facts{
		ReceivedOn: day("2025-10-13"), ExtensionWD: 10, ExtensionNotifiedOn: day("2025-10-20"),
		Fee: &clock.Fee{NoticedOn: day("2025-10-28"), PaidOn: day("2025-11-14")},
	}
	r = compute(t, restarted)
	require.Equal(t, day("2025-12-12"), r.ReplyDue, "a restart leaves no extension")
	require.Equal(t, []string{"extension_dropped"}, codes(r.Findings))
	require.Equal(t, day("2025-11-24"), find(t, r, clock.KindFeeNotice).DueOn, "the fee notice had the extended period")

	restarted.ExtensionNotifiedOn = day("2025-12-01")
	r = compute(t, restarted)
	require.Equal(t, day("2025-12-26"), r.ReplyDue)
	require.Equal(t, 10, find(t, r, clock.KindReply).Extension)
}

func TestADeferredReplyTakesThePlaceOfThePeriod(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{ReceivedOn: day("2025-04-14"), DeferredUntil: day("2025-08-29")}
	r := compute(t, facts)
	require.Equal(t, day("2025-08-29"), r.ReplyDue)
	require.Equal(t, clock.Superseded, find(t, r, clock.KindReply).State)
	require.Equal(t, clock.Running, find(t, r, clock.KindDeferredReply).State)
	require.Equal(t, art35Rule, find(t, r, clock.KindDeferredReply).Article)

	facts.ReplyMadeOn = day("2025-09-01")
	r = compute(t, facts)
	require.Equal(t, clock.Late, find(t, r, clock.KindDeferredReply).State)
	require.Equal(t, clock.Met, r.State)
}

const art35Rule = "条例 art. 35"

func TestTheReplyMeetsItsClock(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{ReceivedOn: day("2025-04-14"), DecidedOn: day("2025-05-12")}
	require.Equal(t, clock.Running, compute(t, facts).State, "a decision in the drawer is no reply")

	facts.ReplyMadeOn, facts.ServedOn = day("2025-05-14"), day("2025-05-17")
	r := compute(t, facts)
	require.Equal(t, clock.Met, r.State)
	reply := find(t, r, clock.KindReply)
	require.Equal(t, clock.Met, reply.State, "posted on the last day, delivered later: in time")
	require.Equal(t, day("2025-05-14"), reply.MetOn)
	require.Equal(t, clock.Superseded, find(t, r, clock.KindCorrectionNotice).State)

	p := clock.DefaultPolicy()
	p.ReplyMadeEvent = clock.OnArrival
	r, err := clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err)
	require.Equal(t, clock.Late, find(t, r, clock.KindReply).State)

	old := clock.Facts{ReceivedOn: day("2025-04-14"), DecidedOn: day("2025-05-12"), ClosedOn: day("2025-05-12")}
	require.Equal(t, clock.Met, compute(t, old).State, "a ledger without a date of service")
	withdrawn := clock.Facts{ReceivedOn: day("2025-04-14"), WithdrawnOn: day("2025-04-20")}
	r = compute(t, withdrawn)
	require.Equal(t, clock.Closed, r.State)
	require.Equal(t, clock.Superseded, find(t, r, clock.KindReply).State)
	closed := clock.Facts{ReceivedOn: day("2025-04-14"), ClosedOn: day("2025-04-20")}
	require.Equal(t, clock.Closed, compute(t, closed).State)

	waiting := clock.Facts{
		ReceivedOn: day("2025-03-03"), ReplyMadeOn: day("2025-03-28"),
		Correction: &clock.Correction{NoticedOn: day("2025-03-12")},
	}
	r = compute(t, waiting)
	require.Equal(t, clock.Met, r.State)
	require.Equal(t, clock.Met, find(t, r, clock.KindReply).State)
	require.Equal(t, []string{"reply_while_waiting"}, codes(r.Findings))
}

func TestAnOrderReopensTheCase(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{
		ReceivedOn: day("2025-03-03"), ReplyMadeOn: day("2025-03-20"), ClosedOn: day("2025-03-21"),
		Order: &clock.Order{EffectiveOn: day("2026-01-26")},
	}
	r := compute(t, facts)
	require.Equal(t, clock.Running, r.State)
	require.Equal(t, day("2026-02-28"), r.ReplyDue)
	require.Equal(t, clock.Met, find(t, r, clock.KindReply).State, "the first reply was in time and stays so")

	facts.Order.PerformedOn = day("2026-02-28")
	r = compute(t, facts)
	require.Equal(t, clock.Met, r.State)
	require.Equal(t, clock.Met, find(t, r, clock.KindPerformance).State)

	again := clock.Facts{
		ReceivedOn: day("2025-03-03"), ReplyMadeOn: day("2026-03-02"),
		Order: &clock.Order{EffectiveOn: day("2026-01-26")},
	}
	r = compute(t, again)
	require.Equal(t, clock.Late, find(t, r, clock.KindPerformance).State)
	require.Equal(t, clock.Superseded, find(t, r, clock.KindReply).State)
}

func TestAnApplicationThatHasOnlyArrived(t *testing.T) {
	t.Parallel()
	r := compute(t, clock.Facts{ArrivedOn: day("2026-02-14")})
	require.Equal(t, clock.Waiting, r.State)
	require.Equal(t, clock.ForConfirmation, r.WaitingFor)
	require.Zero(t, r.ReplyDue)
	require.Equal(t, day("2026-02-24"), find(t, r, clock.KindConfirmation).DueOn)
	require.Equal(t, day("2026-02-14"), find(t, compute(t, clock.Facts{ArrivedOn: day("2026-02-14"), Channel: "ordinary_mail"}), clock.KindConfirmation).DueOn)

	r = compute(t, clock.Facts{ArrivedOn: day("2026-02-14"), ReceivedOn: day("2026-02-25")})
	require.Equal(t, []string{"confirmation_late"}, codes(r.Findings))
	require.Equal(t, clock.Late, find(t, r, clock.KindConfirmation).State)
	require.Equal(t, clock.Closed, compute(t, clock.Facts{ArrivedOn: day("2026-02-14"), WithdrawnOn: day("2026-02-14")}).State)
}

func TestAForecastSaysSo(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{ReceivedOn: day("2026-11-23"), ExtensionWD: 20}
	r := compute(t, facts)
	require.True(t, r.Provisional)
	last := r.Explanation[len(r.Explanation)-1]
	require.Equal(t, clock.LineProvisional, last.Code)
	require.Contains(t, last.TextEN, "no published schedule for 2027")
	require.Contains(t, last.Text, "2027年放假安排尚未公布")

	p := clock.DefaultPolicy()
	p.CalendarHorizon = clock.RefuseUnpublished
	_, err := clock.Compute(calendar.Builtin(), facts, p)
	requireCodes(t, err, "calendar_unpublished")
	facts.ExtensionWD = 0
	_, err = clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err, "2026-12-21 is firm")
}

func TestTheExplanationNamesNoticesAndRanges(t *testing.T) {
	t.Parallel()
	r := compute(t, clock.Facts{ReceivedOn: day("2025-04-14"), ExtensionWD: 20})
	var told []string
	for _, l := range r.Explanation {
		told = append(told, l.Code+" "+l.From.String()+" "+l.To.String())
		require.NotEmpty(t, l.Text)
		require.NotEmpty(t, l.TextEN)
		require.NotEmpty(t, l.Rule)
		if l.Code == clock.LineHoliday {
			require.Contains(t, l.Notice, "国办发明电〔2024〕12号")
		}
	}
	require.Equal(t, []string{
		"start 2025-04-14 2025-04-14",
		"count 2025-04-15 2025-04-30",
		"holiday 2025-05-01 2025-05-05",
		"count 2025-05-06 2025-05-14",
		"extension  ",
		"count 2025-05-15 2025-05-30",
		"holiday 2025-05-31 2025-06-02",
		"count 2025-06-03 2025-06-12",
		"due 2025-06-12 2025-06-12",
	}, told)
	require.Equal(t, "2025-04-15至2025-04-30：第1–13个工作日，含调休上班日2025-04-27", r.Explanation[1].Text)

	raw, err := json.Marshal(compute(t, clock.Facts{ReceivedOn: day("2025-06-09"), Consultations: []clock.Consultation{
		{SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16"), AnsweredOn: day("2025-06-25")},
	}}))
	require.NoError(t, err)
	for _, part := range []string{`"reply_due":"2025-07-18"`, `"provisional":false`, `"working_days":9`, `"rule":"条例 art. 33(3)"`, `"from":"2025-06-13"`, `"state":"running"`} {
		require.True(t, strings.Contains(string(raw), part), "%s in %s", part, raw)
	}
}

func TestDaysTellWhyADayDoesNotCount(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	r := compute(t, clock.Facts{ReceivedOn: day("2025-09-08"), Consultations: []clock.Consultation{
		{SentOn: day("2025-09-15"), ConsulteeReceivedOn: day("2025-09-17"), AnsweredOn: day("2025-09-18")},
	}})
	byDate := map[civil.Date]clock.DayCount{}
	for _, d := range clock.Days(cal, find(t, r, clock.KindReply)) {
		byDate[d.Date] = d
	}
	require.Equal(t, clock.DayTrigger, byDate[day("2025-09-08")].Reason)
	require.Equal(t, clock.DayCount{Date: day("2025-09-09"), N: 1, Reason: clock.DayCounted}, byDate[day("2025-09-09")])
	require.Equal(t, clock.DayExcluded, byDate[day("2025-09-16")].Reason)
	require.Equal(t, clock.DayWeekend, byDate[day("2025-09-13")].Reason)
	require.Equal(t, clock.DayHoliday, byDate[day("2025-10-01")].Reason)
	require.NotEmpty(t, byDate[day("2025-10-01")].Notice)
	require.True(t, byDate[day("2025-09-28")].MadeUp)

	p, _ := clock.PeriodOf(clock.KindReviewApplication)
	days := clock.Days(cal, clock.Due(cal, day("2025-08-08"), p))
	require.Equal(t, clock.DayRolled, days[len(days)-1].Reason)
	require.Equal(t, 60, days[60].N)
	require.Nil(t, clock.Days(cal, clock.Clock{}))
}

func TestClocksOnADay(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	r := compute(t, clock.Facts{ReceivedOn: day("2025-03-03")})
	reply := find(t, r, clock.KindReply)
	require.Equal(t, clock.Running, reply.StateOn(day("2025-03-31")))
	require.Equal(t, clock.Overrun, reply.StateOn(day("2025-04-01")))
	require.Equal(t, 0, reply.RemainingWD(cal, day("2025-03-31")))
	require.Equal(t, 5, reply.RemainingWD(cal, day("2025-03-24")))
	require.Equal(t, -2, reply.RemainingWD(cal, day("2025-04-02")))
	chance := find(t, r, clock.KindCorrectionNotice)
	require.True(t, chance.Advisory)
	require.Equal(t, clock.Superseded, chance.StateOn(day("2025-03-13")))
	next, ok := r.Next()
	require.True(t, ok)
	require.Equal(t, clock.KindReply, next.Kind)
	_, ok = clock.Result{}.Find(clock.KindReply)
	require.False(t, ok)
	require.Equal(t, clock.Late, reply.Done(day("2025-04-01")).State)
	require.Equal(t, reply, reply.Done(0))
}

func TestThePeriodTable(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	seen := map[clock.Kind]bool{}
	for _, p := range clock.Periods() {
		require.False(t, seen[p.Kind], p.Kind)
		seen[p.Kind] = true
		require.NotEmpty(t, p.Label)
		require.NotEmpty(t, p.LabelEN)
		require.NotEmpty(t, p.Article)
		c := clock.Due(cal, day("2025-09-28"), p)
		require.True(t, cal.IsWorkday(c.DueOn), "%s never ends on a rest day", p.Kind)
		requireDaysAgree(t, cal, c, string(p.Kind))
	}
	_, ok := clock.PeriodOf("no such")
	require.False(t, ok)
	require.Zero(t, clock.Due(cal, 0, clock.Periods()[0]).DueOn)
}
