package reporting_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/report"
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

func seed(b *testing.B, n int) *books {
	b.Helper()
	bk := newBooks(b)
	const batch = 20_000
	for from := 0; from < n; from += batch {
		evs := make([]event.Event, 0, batch)
		for i := from; i < min(n, from+batch); i++ {
			evs = append(evs, aCase(bk, b, i))
		}
		bk.deliver(b.Context(), b, evs...)
	}
	for i := range min(n/100, 10_000) {
		p := &domain.Proceeding{ID: fmt.Sprintf("p%d", i), Office: "big", Kind: domain.Kinds[i%3], Organ: "机关", ReceivedOn: date(2019+i%8, 1+i/8%12, 5)}
		p.Fill(date(2026, 11, 23))
		if i%10 != 0 && p.ReceivedOn < date(2026, 6, 1) {
			require.NoError(b, p.Take(domain.Step{Step: domain.Result, On: p.ReceivedOn.AddDays(60), Result: domain.ResultsOf(p.Kind)[i%3].Code}, date(2026, 11, 23), nil))
		}
		p.TakeRaised()
		_, _, err := bk.Proceedings.Repo.Insert(b.Context(), p.ID, p)
		require.NoError(b, err)
	}
	return bk
}

// sizes are 10,000 and 200,000 cases, or what LITIGATION_BENCH_CASES says.
func sizes(b *testing.B) []int {
	b.Helper()
	if s := os.Getenv("LITIGATION_BENCH_CASES"); s != "" {
		n, err := strconv.Atoi(s)
		require.NoError(b, err)
		return []int{n}
	}
	return []int{10_000, 200_000}
}

func BenchmarkReports(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(fmt.Sprintf("cases=%d", n), func(b *testing.B) {
			bk := seed(b, n)
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
			b.Run("drilldown", func(b *testing.B) {
				for b.Loop() {
					docs, _, err := bk.Facts.Cell(ctx, store.Cell{Offices: []string{"big"}, Year: 2025, Row: report.CarriedIn, Column: report.Total}, 50, "")
					require.NoError(b, err)
					require.NotEmpty(b, docs)
				}
			})
		})
	}
}

// BenchmarkEvents is how fast facts are taken in, 256 at once.
func BenchmarkEvents(b *testing.B) {
	bk := newBooks(b)
	evs := make([]event.Event, b.N)
	for i := range evs {
		evs[i] = aCase(bk, b, i)
	}
	b.ResetTimer()
	bk.deliver(b.Context(), b, evs...)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
