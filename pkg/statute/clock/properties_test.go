package clock_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

var receiptDays = rapid.Custom(func(t *rapid.T) civil.Date {
	return civil.Date(rapid.Int32Range(int32(day("2019-05-15")), int32(day("2027-06-30"))).Draw(t, "received"))
})

func letters(from civil.Date) *rapid.Generator[[]clock.Consultation] {
	one := rapid.Custom(func(t *rapid.T) clock.Consultation {
		c := clock.Consultation{
			Kind:   rapid.SampledFrom([]clock.ConsultationKind{"", clock.ThirdParty, clock.JointAgency, clock.OtherAgency}).Draw(t, "kind"),
			SentOn: from + civil.Date(rapid.IntRange(0, 45).Draw(t, "sent")),
		}
		if rapid.Bool().Draw(t, "receipt known") {
			c.ConsulteeReceivedOn = c.SentOn + civil.Date(rapid.IntRange(0, 6).Draw(t, "transit"))
		}
		if rapid.Bool().Draw(t, "answered") {
			c.AnsweredOn = max(c.SentOn, c.ConsulteeReceivedOn) + civil.Date(rapid.IntRange(0, 40).Draw(t, "thought"))
		}
		return c
	})
	return rapid.SliceOfN(one, 0, 4)
}

func TestReplyProperties(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	rapid.Check(t, func(t *rapid.T) {
		received := receiptDays.Draw(t, "day")
		facts := clock.Facts{
			ReceivedOn:    received,
			Consultations: letters(received).Draw(t, "letters"),
			ExtensionWD:   rapid.IntRange(0, 20).Draw(t, "extension"),
		}
		r, err := clock.Compute(cal, facts, clock.DefaultPolicy())
		require.NoError(t, err)
		again, err := clock.Compute(cal, facts, clock.DefaultPolicy())
		require.NoError(t, err)
		require.Equal(t, r, again, "the same facts, the same clocks")

		reply, ok := r.Find(clock.KindReply)
		require.True(t, ok)
		require.True(t, cal.IsWorkday(r.ReplyDue), "never due on a rest day")
		require.Equal(t, cal.ProvisionalBetween(received, r.ReplyDue), r.Provisional)

		// The due date lies exactly the excluded working days later.
		excluded := 0
		for i, s := range reply.Excluded {
			excluded += s.WorkingDays
			require.Equal(t, cal.WorkdaysBetween(s.From-1, s.To), s.WorkingDays)
			if i > 0 {
				require.Greater(t, s.From, reply.Excluded[i-1].To, "the union holds each day once")
			}
		}
		plain := 20 + facts.ExtensionWD
		require.Equal(t, plain+excluded, cal.WorkdaysBetween(received, r.ReplyDue))
		require.Equal(t, cal.AddWorkdays(received, plain+excluded), r.ReplyDue)

		// Together they never take out more than one by one.
		sum := 0
		for _, c := range facts.Consultations {
			alone := facts
			alone.Consultations = []clock.Consultation{c}
			one, err := clock.Compute(cal, alone, clock.DefaultPolicy())
			require.NoError(t, err)
			require.LessOrEqual(t, one.ReplyDue, r.ReplyDue, "a further letter never makes the reply due earlier")
		}
		for _, s := range each(cal, facts) {
			sum += s
		}
		require.LessOrEqual(t, excluded, sum, "union ≤ sum")

		// The slow way: walk the days and count.
		require.Equal(t, walkReply(cal, facts), r.ReplyDue)
		requireDaysAgree(t, cal, reply, "random case")
	})
}

func each(cal *calendar.Calendar, f clock.Facts) (days []int) {
	for _, c := range f.Consultations {
		after, through := pause(cal, c)
		days = append(days, cal.WorkdaysBetween(after, through))
	}
	return days
}

// pause is the exclusion of one letter, written out a second time.
func pause(cal *calendar.Calendar, c clock.Consultation) (after, through civil.Date) {
	from := c.ConsulteeReceivedOn
	if from == 0 {
		from = c.SentOn
	}
	through = cal.AddWorkdays(from, 15)
	if c.AnsweredOn != 0 && c.AnsweredOn < through {
		through = c.AnsweredOn
	}
	return c.SentOn, through
}

func walkReply(cal *calendar.Calendar, f clock.Facts) civil.Date {
	n := 20 + f.ExtensionWD
	d := f.ReceivedOn
	for n > 0 {
		d++
		if !cal.IsWorkday(d) {
			continue
		}
		out := false
		for _, c := range f.Consultations {
			after, through := pause(cal, c)
			out = out || (after < d && d <= through)
		}
		if !out {
			n--
		}
	}
	return d
}

func TestALaterReceiptIsNeverDueEarlier(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	rapid.Check(t, func(t *rapid.T) {
		received := receiptDays.Draw(t, "day")
		later := received + civil.Date(rapid.IntRange(0, 30).Draw(t, "later"))
		facts := clock.Facts{ReceivedOn: received, ExtensionWD: rapid.IntRange(0, 20).Draw(t, "extension"), Consultations: letters(later).Draw(t, "letters")}
		early, err := clock.Compute(cal, facts, clock.DefaultPolicy())
		require.NoError(t, err)
		facts.ReceivedOn = later
		late, err := clock.Compute(cal, facts, clock.DefaultPolicy())
		require.NoError(t, err)
		require.LessOrEqual(t, early.ReplyDue, late.ReplyDue)
	})
}

// Any facts at all: the computation ends, and either refuses or explains.
func TestAnyFactsAreComputedOrRefused(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	rapid.Check(t, func(t *rapid.T) {
		received := receiptDays.Draw(t, "day")
		some := func(name string) civil.Date {
			if !rapid.Bool().Draw(t, name+"?") {
				return 0
			}
			return received + civil.Date(rapid.IntRange(-5, 90).Draw(t, name))
		}
		f := clock.Facts{
			ReceivedOn: received, ArrivedOn: some("arrived"), Consultations: letters(received).Draw(t, "letters"),
			ExtensionWD: rapid.IntRange(-1, 21).Draw(t, "extension"), ExtensionNotifiedOn: some("notified"),
			DeferredUntil: some("deferred"), DecidedOn: some("decided"), ServedOn: some("served"), ReplyMadeOn: some("made"),
			AbandonedOn: some("abandoned"), LapsedOn: some("lapsed"), WithdrawnOn: some("withdrawn"), ClosedOn: some("closed"),
		}
		if rapid.Bool().Draw(t, "correction?") {
			f.Correction = &clock.Correction{NoticedOn: some("noticed"), ReceivedOn: some("corrected"), DeliveredOn: some("delivered")}
		}
		if rapid.Bool().Draw(t, "fee?") {
			f.Fee = &clock.Fee{NoticedOn: some("charged"), PaidOn: some("paid")}
		}
		if rapid.Bool().Draw(t, "order?") {
			f.Order = &clock.Order{EffectiveOn: some("effective"), PerformedOn: some("performed")}
		}
		p := clock.DefaultPolicy()
		p.LateCorrection = rapid.SampledFrom([]string{clock.Shadow, clock.Ignore}).Draw(t, "late")
		r, err := clock.Compute(cal, f, p)
		if err != nil {
			var errs clock.FactErrors
			require.ErrorAs(t, err, &errs)
			require.NotEmpty(t, errs)
			return
		}
		require.NotEmpty(t, r.Explanation)
		require.Contains(t, []clock.State{clock.Running, clock.Waiting, clock.Met, clock.Closed}, r.State)
		if r.State == clock.Waiting {
			require.Zero(t, r.ReplyDue)
			require.NotEmpty(t, r.WaitingFor)
		}
		if r.State == clock.Running {
			require.NotZero(t, r.ReplyDue)
		}
		ids := map[string]bool{}
		for _, c := range r.Clocks {
			require.False(t, ids[c.ID], "clock %s twice", c.ID)
			ids[c.ID] = true
			if c.DueOn != 0 && c.Kind != clock.KindDeferredReply {
				require.True(t, cal.IsWorkday(c.DueOn), c.ID)
			}
			if r.State == clock.Met || r.State == clock.Closed {
				require.NotEqual(t, clock.Running, c.State, c.ID)
			}
		}
	})
}
