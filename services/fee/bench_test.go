package fee_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee"
)

// BenchmarkLedger takes cases of a thousand applicants in, eight lanes at once: one
// operation is one event, from its facts to the ledger.
func BenchmarkLedger(b *testing.B) {
	ledger := keep(b)
	var n atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 8 {
		wg.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				f := caseOf(fmt.Sprintf("c%07d", i), fmt.Sprintf("p%03d", i%1000), "2026-06-02", 1)
				if err := ledger.TakeCase(b.Context(), 1, f); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkUsage asks for the month of an applicant who filed very many cases, and
// counts one more into it.
func BenchmarkUsage(b *testing.B) {
	for _, cases := range []int{10, 1000} {
		ledger := keep(b)
		for i := range cases {
			require.NoError(b, ledger.TakeCase(b.Context(), 1, caseOf(fmt.Sprintf("c%05d", i), "p", "2026-06-02", 1)))
		}
		b.Run(fmt.Sprintf("read with %d cases", cases), func(b *testing.B) {
			for b.Loop() {
				n, err := ledger.Month(b.Context(), "demo", "p", "2026-06")
				require.NoError(b, err)
				require.GreaterOrEqual(b, n, cases)
			}
		})
		b.Run(fmt.Sprintf("count one into %d cases", cases), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				require.NoError(b, ledger.TakeCase(b.Context(), int64(i+2), caseOf("c00000", "p", "2026-06-02", 1+i%2)))
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
