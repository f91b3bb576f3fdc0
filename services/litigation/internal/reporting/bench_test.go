package reporting_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// aCase is the i-th case of a large office over eight years: some 3 % cross a
// year's end, a few are still open.
func aCase(b *books, t testing.TB, i int) event.Event {
	columns, rows := report.Applicants(), report.Format2021.Results()
	received := date(2019+i%8, 1, 1).AddDays(i / 8 * 7 % 365)
	c := openCase("big", fmt.Sprintf("case-%07d", i), columns[i/3%len(columns)], received)
	finished := received.AddDays(5 + i*13%25)
	if i%200 != 0 && finished <= date(2026, 11, 23) {
		c = finish(c, finished, rows[i/7%len(rows)])
	}
	return b.caseEvent(t, c, 1)
}

// benchEngines are both engines, each on data of its own.
func benchEngines(b *testing.B, run func(b *testing.B, st docstore.Store)) {
	b.Run("sqlite", func(b *testing.B) {
		st, err := sqlitestore.Open(b.Context(), filepath.Join(b.TempDir(), "litigation.db"))
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, st.Close()) })
		run(b, st)
	})
	b.Run("mongo", func(b *testing.B) {
		url, name := mongotest.Database(b)
		st, err := mongostore.Open(b.Context(), url, name)
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, st.Close()) })
		run(b, st)
	})
}

// seed enters n cases as events and a hundredth as many proceedings, 10,000 for a
// million. The cases are folded into the tally up to the last few, as they are a few
// seconds after they came.
func seed(b *testing.B, bk *books, n int) {
	b.Helper()
	passed := wallclock.Stopwatch()
	const batch = 20_000
	for from := 0; from < n; from += batch {
		evs := make([]event.Event, 0, batch)
		for i := from; i < min(n, from+batch); i++ {
			evs = append(evs, aCase(bk, b, i))
		}
		bk.deliver(b.Context(), b, evs...)
		if from == 0 {
			b.Logf("%.0f events/s into the facts", float64(len(evs))/passed().Seconds())
		}
	}
	b.Logf("%d events in %s", n, passed().Round(time.Second))
	passed = wallclock.Stopwatch()
	folded, err := bk.Facts.Fold(docstore.Patient(b.Context()))
	require.NoError(b, err)
	b.Logf("%d facts folded in %s", folded, passed().Round(time.Second))
	for i := range n / 100 {
		p := &domain.Proceeding{ID: fmt.Sprintf("p%d", i), Office: "big", Kind: domain.Kinds[i%3], Organ: "机关", ReceivedOn: date(2019+i%8, 1+i/8%12, 5)}
		p.Fill(date(2026, 11, 23))
		if i%10 != 0 && p.ReceivedOn < date(2026, 6, 1) {
			require.NoError(b, p.Take(domain.Step{Step: domain.Result, On: p.ReceivedOn.AddDays(60), Result: domain.ResultsOf(p.Kind)[i%3].Code}, date(2026, 11, 23), nil))
			for _, t := range []domain.Trigger{domain.TriggerReceipt, domain.TriggerResult} {
				require.NoError(b, p.Take(domain.Step{Step: domain.ReportedUp, Trigger: t, On: p.ReceivedOn.AddDays(61)}, date(2026, 11, 23), nil))
			}
		}
		p.TakeRaised()
		_, _, err := bk.Proceedings.Repo.Insert(b.Context(), p.ID, p)
		require.NoError(b, err)
	}
	// What came in the last second lies beside the tally.
	evs := make([]event.Event, 0, 100)
	for i := n; i < n+100; i++ {
		evs = append(evs, aCase(bk, b, i))
	}
	bk.deliver(b.Context(), b, evs...)
}

// sizes are 10,000 and 20,000 cases; with ZHIQING_BENCH_FULL=1 a million instead of
// the latter, with a larger number that many.
func sizes() []int {
	switch n, err := strconv.Atoi(os.Getenv("ZHIQING_BENCH_FULL")); {
	case err != nil:
		return []int{10_000, 20_000}
	case n > 1:
		return []int{10_000, n}
	}
	return []int{10_000, 1_000_000}
}

func BenchmarkReports(b *testing.B) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("cases=%d", n), func(b *testing.B) {
			benchEngines(b, func(b *testing.B, st docstore.Store) {
				bk := openBooks(b, st)
				seed(b, bk, n)
				ctx := b.Context()
				b.Run("annual", func(b *testing.B) {
					for b.Loop() {
						a, err := bk.Annual(ctx, "big", 2025, report.Own)
						require.NoError(b, err)
						require.Empty(b, report.Failures(a.Checks))
					}
				})
				b.Run("summary", func(b *testing.B) {
					p, err := domain.ParsePeriod("2026-Q3")
					require.NoError(b, err)
					for b.Loop() {
						s, err := bk.Summary(ctx, "big", report.Own, p, date(2026, 11, 23), calendar.Builtin())
						require.NoError(b, err)
						require.True(b, s.Applications.Balanced)
					}
				})
				for row, column := range map[report.Row]report.Column{report.CarriedIn: report.Total, report.ResultsTotal: report.Total, report.Granted: report.Commercial} {
					b.Run("drilldown="+string(row), func(b *testing.B) {
						cell := store.Cell{Offices: []string{"big"}, Year: 2025, Row: row, Column: column}
						for b.Loop() {
							docs, _, err := bk.Facts.Cell(ctx, cell, 50, "")
							require.NoError(b, err)
							require.NotEmpty(b, docs)
						}
					})
				}
			})
		})
	}
}

// BenchmarkEvents is how fast facts are taken in, 256 at once, and how fast they are
// folded into the tally.
func BenchmarkEvents(b *testing.B) {
	benchEngines(b, func(b *testing.B, st docstore.Store) {
		bk := openBooks(b, st)
		evs := make([]event.Event, b.N)
		for i := range evs {
			evs[i] = aCase(bk, b, i)
		}
		b.ResetTimer()
		bk.deliver(b.Context(), b, evs...)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		b.StopTimer()
		passed := wallclock.Stopwatch()
		_, err := bk.Facts.Fold(docstore.Patient(b.Context()))
		require.NoError(b, err)
		b.ReportMetric(float64(b.N)/passed().Seconds(), "folds/s")
	})
}
