package clock_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// openCases are the facts of a full register: most cases plain, a third consulted, a
// tenth extended, some corrected and some charged.
func openCases(n int) []clock.Facts {
	list := make([]clock.Facts, n)
	for i := range list {
		received := day("2026-08-24") + civil.Date(i%60)
		f := clock.Facts{ReceivedOn: received}
		if i%3 == 0 {
			f.Consultations = []clock.Consultation{{SentOn: received + 3, ConsulteeReceivedOn: received + 5, AnsweredOn: received + civil.Date(8+i%15)}}
		}
		if i%10 == 0 {
			f.ExtensionWD, f.ExtensionNotifiedOn = 20, received+20
		}
		if i%17 == 0 {
			f.Corrections = []clock.Correction{{NoticedOn: received + 1, ReceivedOn: received + 2}}
		}
		if i%23 == 0 {
			f.Fee = &clock.Fee{NoticedOn: received + 4, PaidOn: received + 6}
			f.ExtensionWD, f.ExtensionNotifiedOn = 0, 0
		}
		list[i] = f
	}
	return list
}

var (
	sink   clock.Result
	walked civil.Date
)

// BenchmarkAmendment is what an amendment of the running year costs for 100,000 open
// cases, without a store: all clocks of each with their explanations. Beside it stand
// the bare due dates of the same clocks, from the tables and by the day-by-day walk.
// One operation is all cases.
func BenchmarkAmendment(b *testing.B) {
	const open = 100_000
	cases := openCases(open)
	year, _ := calendar.Builtin().Year(2026)
	year.Version = 0
	year.Off = append(year.Off, calendar.Range{From: day("2026-10-08"), To: day("2026-10-08")})
	cal, err := calendar.Builtin().With(year)
	require.NoError(b, err)
	p := clock.DefaultPolicy()
	perCase := func(b *testing.B) {
		b.Helper()
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/open, "ns/case")
	}
	b.Run("every clock explained", func(b *testing.B) {
		for b.Loop() {
			for i := range cases {
				if sink, err = clock.Compute(cal, cases[i], p); err != nil {
					b.Fatal(err)
				}
			}
		}
		perCase(b)
	})

	type bare struct {
		start civil.Date
		days  int // counted and left out
	}
	var clocks []bare
	for i := range cases {
		r, err := clock.Compute(cal, cases[i], p)
		require.NoError(b, err)
		for _, c := range r.Clocks {
			n := c.Length + c.Extension
			for _, s := range c.Excluded {
				n += s.WorkingDays
			}
			clocks = append(clocks, bare{c.StartOn, n})
		}
	}
	b.Run("dates alone, tables", func(b *testing.B) {
		for b.Loop() {
			for _, c := range clocks {
				walked = cal.AddWorkdays(c.start, c.days)
			}
		}
		perCase(b)
	})
	b.Run("dates alone, day walk", func(b *testing.B) {
		for b.Loop() {
			for _, c := range clocks {
				walked = walkDays(cal, clock.Facts{}, c.start, c.days)
			}
		}
		perCase(b)
	})
}

// BenchmarkCompute is all clocks of one case; the full one has nine of them.
func BenchmarkCompute(b *testing.B) {
	cal := calendar.Builtin()
	for name, f := range map[string]clock.Facts{
		"consulted_and_extended": {
			ReceivedOn:    day("2025-06-09"),
			Consultations: []clock.Consultation{{SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16"), AnsweredOn: day("2025-06-25")}},
			ExtensionWD:   20,
		},
		"plain": {ReceivedOn: day("2025-06-09")},
		"full": {
			ReceivedOn:    day("2025-06-09"),
			Correction:    &clock.Correction{NoticedOn: day("2025-06-11"), ReceivedOn: day("2025-06-20")},
			Fee:           &clock.Fee{NoticedOn: day("2025-06-25"), PaidOn: day("2025-07-04")},
			Consultations: []clock.Consultation{{SentOn: day("2025-07-08"), ConsulteeReceivedOn: day("2025-07-09"), AnsweredOn: day("2025-07-18")}, {Kind: clock.OtherAgency, SentOn: day("2025-07-10")}},
			ExtensionWD:   20, ExtensionNotifiedOn: day("2025-07-29"),
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if sink, err = clock.Compute(cal, f, clock.DefaultPolicy()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
