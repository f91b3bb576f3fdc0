package clock_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// This file is the clock model of the rule book written out a second time, event by
// event and day by day, with nothing of the package but its calendar's IsWorkday.

type happening struct {
	on   civil.Date
	what string
}

// walkHistory is the reply date that the model gives: zero while the applicant must
// act, and after a payment that came too late.
func walkHistory(cal *calendar.Calendar, f clock.Facts) civil.Date {
	var list []happening
	put := func(on civil.Date, what string) {
		if on != 0 {
			list = append(list, happening{on, what})
		}
	}
	all := append([]clock.Correction(nil), f.Corrections...)
	if f.Correction != nil {
		all = append(all, *f.Correction)
	}
	for _, c := range all {
		put(c.NoticedOn, "correction")
		put(c.ReceivedOn, "corrected")
	}
	if f.Fee != nil {
		put(f.Fee.NoticedOn, "fee")
		put(f.Fee.PaidOn, "paid")
	}
	slices.SortStableFunc(list, func(a, b happening) int { return cmp.Compare(a.on, b.on) })
	if on := f.ExtensionNotifiedOn; on != 0 {
		at := 0 // after the restarts of its day, before it is stopped again
		for i, h := range list {
			if h.on < on || (h.on == on && (h.what == "corrected" || h.what == "paid")) {
				at = i + 1
			}
		}
		list = slices.Insert(list, at, happening{on, "extended"})
	}

	start, extension, running, feeHolds := f.ReceivedOn, 0, true, false
	due := func() civil.Date { return walkDays(cal, f, start, 20+extension) }
	for _, h := range list {
		switch h.what {
		case "correction":
			running = false
		case "corrected":
			start, extension, running = h.on, 0, true
		case "extended":
			if h.on <= due() {
				extension = f.ExtensionWD
			}
		case "fee":
			if feeHolds = h.on <= due(); feeHolds {
				running = false
			}
		case "paid":
			if !feeHolds {
				continue
			}
			from := cmp.Or(f.Fee.NoticeReceivedOn, f.Fee.NoticedOn)
			if h.on > walkDays(cal, clock.Facts{}, from, 20) {
				return 0
			}
			start, extension, running = h.on, 0, true
		}
	}
	if !running {
		return 0
	}
	return due()
}

// walkDays counts n working days after a day, leaving out those of consultations.
func walkDays(cal *calendar.Calendar, f clock.Facts, d civil.Date, n int) civil.Date {
	for n > 0 {
		d++
		if cal.IsWorkday(d) && !consulting(cal, f, d) {
			n--
		}
	}
	return d
}

func consulting(cal *calendar.Calendar, f clock.Facts, d civil.Date) bool {
	for _, c := range f.Consultations {
		limit := walkDays(cal, clock.Facts{}, cmp.Or(c.ConsulteeReceivedOn, c.SentOn), 15)
		if c.AnsweredOn != 0 {
			limit = min(limit, c.AnsweredOn)
		}
		if c.SentOn < d && d <= limit {
			return true
		}
	}
	return false
}

// histories draws what may happen to an application, in an order that can be.
var histories = rapid.Custom(func(t *rapid.T) clock.Facts {
	f := clock.Facts{ReceivedOn: receiptDays.Draw(t, "received")}
	last := f.ReceivedOn
	later := func(name string, most int) civil.Date {
		return last + civil.Date(rapid.IntRange(0, most).Draw(t, name))
	}
	runs := []civil.Date{last} // days on which the period runs
	for range rapid.IntRange(0, 2).Draw(t, "corrections") {
		c := clock.Correction{NoticedOn: later("noticed", 12), Reason: "补正后仍不明确"}
		if rapid.IntRange(0, 9).Draw(t, "never corrected") == 0 {
			f.Corrections = append(f.Corrections, c)
			return f
		}
		last = c.NoticedOn
		c.ReceivedOn = later("corrected", 30)
		last = c.ReceivedOn
		runs = append(runs, last)
		f.Corrections = append(f.Corrections, c)
	}
	f.Consultations = letters(f.ReceivedOn).Draw(t, "letters")
	if rapid.Bool().Draw(t, "fee?") {
		f.Fee = &clock.Fee{NoticedOn: later("charged", 60)}
		if rapid.Bool().Draw(t, "paid?") {
			last = f.Fee.NoticedOn
			f.Fee.PaidOn = later("paid", 40)
			last = f.Fee.PaidOn
			runs = append(runs, last)
		}
	}
	if rapid.Bool().Draw(t, "extended?") {
		f.ExtensionWD = rapid.IntRange(1, 20).Draw(t, "extension")
		f.ExtensionNotifiedOn = rapid.SampledFrom(runs).Draw(t, "run") + civil.Date(rapid.IntRange(0, 45).Draw(t, "extended"))
	}
	return f
})

// Whatever happened, in whatever combination: the tables and the walk agree.
func TestEveryHistoryComesOutAsTheModelSays(t *testing.T) {
	t.Parallel()
	cal := calendar.Builtin()
	rapid.Check(t, func(t *rapid.T) {
		f := histories.Draw(t, "history")
		r, err := clock.Compute(cal, f, clock.DefaultPolicy())
		if err != nil {
			var errs clock.FactErrors
			require.ErrorAs(t, err, &errs)
			for _, e := range errs { // the one thing that a history may do wrong
				require.Equal(t, "extension_while_waiting", e.Code)
			}
			return
		}
		require.Equal(t, walkHistory(cal, f).String(), r.ReplyDue.String())
		for _, c := range r.Clocks {
			if c.Unit == clock.WorkingDays && c.State == clock.Running && c.Length > 0 {
				requireDaysAgree(t, cal, c, c.ID)
			}
		}

		// The list has no order of its own, and one notice may stand apart.
		shuffled := f
		shuffled.Corrections = slices.Clone(f.Corrections)
		slices.Reverse(shuffled.Corrections)
		shuffled.Consultations = slices.Clone(f.Consultations)
		slices.Reverse(shuffled.Consultations)
		again, err := clock.Compute(cal, shuffled, clock.DefaultPolicy())
		require.NoError(t, err)
		require.Equal(t, r.ReplyDue, again.ReplyDue)
		require.Equal(t, r.State, again.State)
	})
}

// A year's notice that makes one more rest day never brings a date forward, and
// never moves it by more than that day and the rest days behind it.
func TestAnAmendmentMovesDatesOnlyForward(t *testing.T) {
	t.Parallel()
	before := calendar.Builtin()
	year, _ := before.Year(2026)
	year.Version = 0
	year.Off = append(year.Off, calendar.Range{From: day("2026-07-15"), To: day("2026-07-16")})
	after, err := before.With(year)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		f := histories.Draw(t, "history")
		f.Fee = nil // a payment limit may move, and with it what a late payment means
		f.ExtensionNotifiedOn = 0
		a, errA := clock.Compute(before, f, clock.DefaultPolicy())
		b, errB := clock.Compute(after, f, clock.DefaultPolicy())
		require.Equal(t, errA == nil, errB == nil)
		if errA != nil || a.ReplyDue == 0 {
			return
		}
		require.LessOrEqual(t, a.ReplyDue, b.ReplyDue)
		require.LessOrEqual(t, after.WorkdaysBetween(a.ReplyDue, b.ReplyDue), 4)
	})
}
