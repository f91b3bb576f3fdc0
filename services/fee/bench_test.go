package fee_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/fee/internal/domain"
)

// lanes is how many events are worked on at once, as the consumers do.
const lanes = 16

// take takes n cases of so many applicants in and returns when all are counted.
func take(b *testing.B, ledger *fee.Keeper, from, n, people int) {
	b.Helper()
	ctx := docstore.Patient(b.Context())
	var next atomic.Int64
	next.Store(int64(from))
	var wg sync.WaitGroup
	for range lanes {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < from+n; i = int(next.Add(1)) - 1 {
				f := caseOf(fmt.Sprintf("c%07d", i), fmt.Sprintf("p%04d", i%people), fmt.Sprintf("2026-06-%02d", 1+i%28), 1+i%2)
				if err := ledger.TakeCase(ctx, 1, f); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// fill stores cases of one applicant as they are stored, then tells some of them again,
// so that every part of the tallies is counted.
func fill(b *testing.B, ledger *fee.Keeper, cases int) {
	b.Helper()
	ctx := docstore.Patient(b.Context())
	fact := func(i int) contract.CaseFacts {
		return caseOf(fmt.Sprintf("c%07d", i), "p0000", fmt.Sprintf("2026-06-%02d", 1+i%28), 1+i%2)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < cases; i = int(next.Add(1)) - 1 {
				c := &domain.Case{}
				c.Take(1, fact(i))
				c.CountFor(c.People())
				if _, _, err := ledger.Store().Cases.Insert(ctx, c.ID, c); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range min(cases, 600) {
		require.NoError(b, ledger.TakeCase(ctx, 1, fact(i)))
	}
}

// BenchmarkLedger takes cases of a thousand applicants in: one operation is one event,
// from its facts to the ledger and the tallies of month, quarter and year.
func BenchmarkLedger(b *testing.B) {
	ledger := keep(b)
	b.ResetTimer()
	take(b, ledger, 0, b.N, 1000)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkUsage asks for the month of one applicant with very many cases, prices a case
// in its middle and counts one more into it. 100,000 cases with ZHIQING_BENCH_FULL=1.
func BenchmarkUsage(b *testing.B) {
	sizes := []int{10, 2000}
	if os.Getenv("ZHIQING_BENCH_FULL") != "" {
		sizes = append(sizes, 100_000)
	}
	for _, cases := range sizes {
		ledger := keep(b)
		fill(b, ledger, cases)
		b.Run(fmt.Sprintf("read with %d cases", cases), func(b *testing.B) {
			for b.Loop() {
				n, err := ledger.Month(b.Context(), "demo", "p0000", "2026-06")
				require.NoError(b, err)
				require.GreaterOrEqual(b, n, cases)
			}
		})
		b.Run(fmt.Sprintf("price one of %d cases", cases), func(b *testing.B) {
			for b.Loop() {
				g, err := ledger.Ground(b.Context(), "demo", fmt.Sprintf("c%07d", cases/2), "")
				require.NoError(b, err)
				require.NotNil(b, g.At)
			}
		})
		b.Run(fmt.Sprintf("count one into %d cases", cases), func(b *testing.B) {
			version := int64(1)
			for b.Loop() {
				version++
				require.NoError(b, ledger.TakeCase(b.Context(), version, caseOf("c0000000", "p0000", "2026-06-01", 1+int(version)%2)))
			}
		})
	}
}

func keep(b *testing.B) *fee.Keeper {
	b.Helper()
	s, err := sqlitestore.Open(b.Context(), filepath.Join(b.TempDir(), "fee.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	k, err := fee.Keep(b.Context(), s, wallclock.NewFake(servicetest.DefaultNow))
	require.NoError(b, err)
	return k
}
