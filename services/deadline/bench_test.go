package deadline_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline"
)

// BenchmarkRecompute amends a year over and over while 100,000 cases are open: none
// of them moves, then a tenth does. Each operation is one amendment.
func BenchmarkRecompute(b *testing.B) {
	const open = 100_000
	clk := wallclock.NewFake(day("2026-12-28").Time(shanghai))
	keeper, err := deadline.Keep(b.Context(), openStore(b), clk)
	require.NoError(b, err)
	fill(b, open, func(i int) error {
		f := caseOf(fmt.Sprintf("case-%06d", i), "2026-12-01")
		if i%10 == 0 {
			f = caseOf(f.CaseID, "2026-12-14") // reaches into 2027
		}
		return keeper.TakeCase(b.Context(), 1, f)
	})
	y := yearOf(notice2027)
	require.NoError(b, keeper.Publish(b.Context(), y))
	b.Run("none of 100000 moves", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			y.Notice = fmt.Sprintf("名称不同的同一安排 %d %d", b.N, i)
			require.NoError(b, keeper.Publish(b.Context(), y))
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/open, "µs/case")
	})
	b.Run("10000 of 100000 move", func(b *testing.B) {
		day4 := calendar.Range{From: day("2027-01-04"), To: day("2027-01-04")}
		for i := 0; b.Loop(); i++ {
			moved := y
			moved.Notice = fmt.Sprintf("移动的安排 %d %d", b.N, i)
			if i%2 == 0 {
				moved.Off = append([]calendar.Range{day4}, y.Off...)
			}
			require.NoError(b, keeper.Publish(b.Context(), moved))
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/open, "µs/case")
	})
}

// BenchmarkMerge is the cost of one event, from its facts to the stored sheet.
func BenchmarkMerge(b *testing.B) {
	clk := wallclock.NewFake(day("2026-06-10").Time(shanghai))
	keeper, err := deadline.Keep(b.Context(), openStore(b), clk)
	require.NoError(b, err)
	for i := 0; b.Loop(); i++ {
		require.NoError(b, keeper.TakeCase(b.Context(), 1, caseOf(fmt.Sprintf("m%d", i), "2026-06-01")))
	}
}

// fill does n writes, many at once, so that they share commits.
func fill(b *testing.B, n int, write func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := write(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
