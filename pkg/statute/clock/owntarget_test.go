package clock_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

func TestARecordCorrectionHasAClockOfItsOwn(t *testing.T) {
	t.Parallel()
	facts := clock.Facts{CaseType: clock.CaseRecordCorrection, ReceivedOn: day("2025-09-30")}
	r := compute(t, facts)
	require.Len(t, r.Clocks, 1, "none of the periods of an application")
	c := find(t, r, clock.KindRecordCorrection)
	require.Equal(t, day("2025-11-04"), c.DueOn)
	require.Equal(t, c.DueOn, r.ReplyDue)
	require.True(t, c.OwnTarget)
	require.Contains(t, c.Explanation[len(c.Explanation)-1].Text, "内部时限")
	requireDaysAgree(t, calendar.Builtin(), c, "art. 41")

	p := clock.DefaultPolicy()
	p.RecordCorrectionTargetWD = 10
	r, err := clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err)
	require.Equal(t, day("2025-10-21"), r.ReplyDue)

	moved := facts
	moved.TransferredOn = day("2025-10-09")
	require.Equal(t, clock.Met, compute(t, moved).State)
	late := facts
	late.ReplyMadeOn = day("2025-11-05")
	require.Equal(t, clock.Late, find(t, compute(t, late), clock.KindRecordCorrection).State)
	gone := facts
	gone.WithdrawnOn = day("2025-10-09")
	require.Equal(t, clock.Closed, compute(t, gone).State)
	ordered := late
	ordered.Order = &clock.Order{EffectiveOn: day("2026-01-26")}
	require.Equal(t, day("2026-02-28"), compute(t, ordered).ReplyDue)

	for body, code := range map[string]string{
		`{"case_type":"record_correction","received_on":"2025-03-03","extension_wd":5}`:                              "not_in_record_correction",
		`{"case_type":"record_correction","received_on":"2025-03-03","fee":{"noticed_on":"2025-03-04"}}`:             "not_in_record_correction",
		`{"case_type":"record_correction","received_on":"2025-03-03","consultations":[{"sent_on":"2025-03-04"}]}`:    "not_in_record_correction",
		`{"case_type":"siesta","received_on":"2025-03-03"}`:                                                          "unknown_type",
		`{"received_on":"2025-03-03","transferred_on":"2025-03-04"}`:                                                 "not_in_application",
		`{"case_type":"record_correction","received_on":"2025-03-03","transferred_on":"2025-03-02"}`:                 "before_receipt",
		`{"case_type":"record_correction","received_on":"2025-03-03","correction":{"noticed_on":"2025-03-04"}}`:      "not_in_record_correction",
		`{"case_type":"record_correction","arrived_on":"2025-03-03","received_on":"2025-03-02","decided_on":"2025"}`: "",
	} {
		var f clock.Facts
		err := json.Unmarshal([]byte(body), &f)
		if code == "" {
			require.Error(t, err, body)
			continue
		}
		require.NoError(t, err, body)
		_, err = clock.Compute(calendar.Builtin(), f, clock.DefaultPolicy())
		requireCodes(t, err, code)
	}
}

func TestTheOfficesOwnTargetLiesInsideTheReplyPeriod(t *testing.T) {
	t.Parallel()
	p := clock.DefaultPolicy()
	p.ReplyTargetWD = 10
	facts := clock.Facts{ReceivedOn: day("2025-06-09"), Consultations: []clock.Consultation{
		{SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16"), AnsweredOn: day("2025-06-25")},
	}}
	r, err := clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err)
	require.Equal(t, day("2025-07-18"), r.ReplyDue, "the statutory period stays what it is")
	c := find(t, r, clock.KindReplyTarget)
	require.Equal(t, day("2025-07-04"), c.DueOn, "it stands still with the reply period")
	require.True(t, c.OwnTarget)
	requireDaysAgree(t, calendar.Builtin(), c, "own target")
	next, ok := r.Next()
	require.True(t, ok)
	require.NotEqual(t, clock.KindReplyTarget, next.Kind, "what is due next is what the law says")
	facts.ReplyMadeOn = day("2025-07-10")
	r, err = clock.Compute(calendar.Builtin(), facts, p)
	require.NoError(t, err)
	require.Equal(t, clock.Late, find(t, r, clock.KindReplyTarget).State)
	require.Equal(t, clock.Met, find(t, r, clock.KindReply).State)
	_, there := compute(t, facts).Find(clock.KindReplyTarget)
	require.False(t, there, "no office has one unless it sets it")
}

// An extension of which nobody knows when it was notified.
func TestAnUndatedExtension(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts clock.Facts
		due   string
	}{
		"belongs to the period that lasts": {clock.Facts{
			ReceivedOn: day("2025-10-13"), ExtensionWD: 10, Fee: &clock.Fee{NoticedOn: day("2025-10-28"), PaidOn: day("2025-11-14")},
		}, "2025-12-26"},
		"explains a fee notice after the twentieth day": {clock.Facts{
			ReceivedOn: day("2025-10-13"), ExtensionWD: 10, Fee: &clock.Fee{NoticedOn: day("2025-11-17"), PaidOn: day("2025-11-20")},
		}, "2025-12-18"},
		"does not reach a fee notice after its own end": {clock.Facts{
			ReceivedOn: day("2025-10-13"), ExtensionWD: 10, Fee: &clock.Fee{NoticedOn: day("2025-11-25"), PaidOn: day("2025-11-26")},
		}, "2025-11-24"},
		"changes nothing while the applicant must correct": {clock.Facts{
			ReceivedOn: day("2025-03-03"), ExtensionWD: 5, Correction: &clock.Correction{NoticedOn: day("2025-03-05")},
		}, ""},
	} {
		require.Equal(t, c.due, compute(t, c.facts).ReplyDue.String(), name)
	}
}

// Waiting for a correction and for a payment cannot go on at once; on one day one
// may end and the other begin.
func TestTwoWaitsOfOneDay(t *testing.T) {
	t.Parallel()
	both := func(fee clock.Fee, c clock.Correction) clock.Facts {
		return clock.Facts{ReceivedOn: day("2025-10-13"), Fee: &fee, Correction: &c}
	}
	d := func(n int) civil.Date { return day("2025-10-13").AddDays(n) }
	require.Equal(t, day("2025-11-14"), compute(t, both(clock.Fee{NoticedOn: d(2), PaidOn: d(2)}, clock.Correction{NoticedOn: d(2), ReceivedOn: d(4)})).ReplyDue)
	require.Equal(t, day("2025-11-14"), compute(t, both(clock.Fee{NoticedOn: d(2), PaidOn: d(4)}, clock.Correction{NoticedOn: d(2), ReceivedOn: d(2)})).ReplyDue)
	require.Equal(t, day("2025-11-14"), compute(t, both(clock.Fee{NoticedOn: d(3), PaidOn: d(4)}, clock.Correction{NoticedOn: d(2), ReceivedOn: d(3)})).ReplyDue)
	_, err := clock.Compute(calendar.Builtin(), both(clock.Fee{NoticedOn: d(2), PaidOn: d(4)}, clock.Correction{NoticedOn: d(2), ReceivedOn: d(3)}), clock.DefaultPolicy())
	requireCodes(t, err, "while_waiting")

	// After a payment the time for a correction notice still runs from the receipt.
	late := compute(t, clock.Facts{
		ReceivedOn: day("2025-10-13"), Fee: &clock.Fee{NoticedOn: d(1), PaidOn: d(10)}, Correction: &clock.Correction{NoticedOn: d(11), ReceivedOn: d(14)},
	})
	require.Equal(t, clock.Late, find(t, late, clock.KindCorrectionNotice).State)
	require.Equal(t, day("2025-10-22"), find(t, late, clock.KindCorrectionNotice).DueOn)
}
