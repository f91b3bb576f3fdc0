package domain_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/tariff"
	"zhiqing.dev/services/fee/internal/domain"
)

// A month's cost is F(n) whatever the applications are divided into, and grows with
// every item.
func TestTryOut_splittingNeverChangesTheMonth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		month, n := []domain.Counted{}, 0
		for i := range rapid.IntRange(1, 30).Draw(t, "cases") {
			items := rapid.IntRange(1, 5).Draw(t, "items")
			day := civil.MustParse("2026-06-01").AddDays(i / 2)
			month = append(month, domain.Counted{CaseID: fmt.Sprintf("c%03d", i), RegisterNo: fmt.Sprintf("2026-%d", i+1), ReceivedOn: day, Items: items, From: n + 1, To: n + items})
			n += items
		}
		p := domain.DefaultPolicy()
		total := func(changes []domain.Change) (sum int64) {
			tried, err := domain.TryOut(month, changes, p)
			require.NoError(t, err)
			for _, x := range tried {
				if x.After != nil {
					sum += x.After.FeeYuan
				}
			}
			return sum
		}
		whole := total(nil)
		require.Equal(t, tariff.MonthTotal(n), whole)

		// One case is split into parts with cases of their own.
		at := rapid.IntRange(0, len(month)-1).Draw(t, "split")
		split := []domain.Change{{CaseID: month[at].CaseID, Items: 0}}
		for left := month[at].Items; left > 0; {
			part := rapid.IntRange(1, left).Draw(t, "part")
			split = append(split, domain.Change{ReceivedOn: month[at].ReceivedOn, Items: part})
			left -= part
		}
		require.Equal(t, whole, total(split))
		require.GreaterOrEqual(t, total([]domain.Change{{ReceivedOn: month[at].ReceivedOn, Items: 1}}), whole, "monotone")

		// Pages stand for themselves: two applications cost what each costs alone.
		a, b := rapid.IntRange(1, 400).Draw(t, "a"), rapid.IntRange(1, 400).Draw(t, "b")
		tried, err := domain.TryOut(nil, []domain.Change{
			{ReceivedOn: month[0].ReceivedOn, Items: 1, Pages: a}, {ReceivedOn: month[0].ReceivedOn, Items: 1, Pages: b},
		}, p)
		require.NoError(t, err)
		require.Equal(t, tariff.PageTotal(a)+tariff.PageTotal(b), tried[0].After.FeeYuan+tried[1].After.FeeYuan)
	})
}

// A case counts by its newest facts and notices, in whatever order and however often
// they are told.
func TestCase_isTheSameWhateverTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tellings := []func(*domain.Case){}
		for v := range rapid.Int64Range(1, 5).Draw(t, "versions") {
			f := contract.CaseFacts{
				Office: "demo", CaseID: "c", RegisterNo: "2026-1", Items: rapid.IntRange(0, 3).Draw(t, "items"),
				Applicants: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3).Draw(t, "applicants"),
				Clock:      clock.Facts{ReceivedOn: civil.Date(rapid.IntRange(20_600, 20_700).Draw(t, "received"))},
			}
			if rapid.Bool().Draw(t, "withdrawn") {
				f.Clock.WithdrawnOn = f.Clock.ReceivedOn
			}
			if rapid.Bool().Draw(t, "merged") {
				f.MergedInto = "other"
			}
			tellings = append(tellings, func(c *domain.Case) { c.Take(v+1, f); c.CountFor(c.People()) })
		}
		for v := range rapid.Int64Range(0, 4).Draw(t, "notice versions") {
			n := contract.NoticeFacts{
				Office: "demo", CaseID: "c", NoticeID: "n", AmountYuan: 10, Method: string(rapid.SampledFrom([]tariff.Method{tariff.PerItem, tariff.PerPage}).Draw(t, "method")),
				State: rapid.SampledFrom([]contract.NoticeState{contract.NoticeIssued, contract.NoticePaid, contract.NoticeCancelled}).Draw(t, "state"),
			}
			tellings = append(tellings, func(c *domain.Case) { c.TakeNotice(v+1, n) })
		}
		want := &domain.Case{}
		for _, tell := range tellings {
			tell(want)
		}
		order := rapid.Permutation(slices.Concat(tellings, tellings)).Draw(t, "order")
		have := &domain.Case{}
		for _, tell := range order {
			tell(have)
		}
		require.Equal(t, want.CountedIn(), have.CountedIn())
		require.Equal(t, want.Class(), have.Class())
		require.Equal(t, want.Items, have.Items)
		require.Equal(t, want.Place(), have.Place())
		for _, k := range have.CountedIn() {
			require.Contains(t, have.Ledgers, k, "its tally must be found again")
		}
	})
}

func TestPlace_ordersByDayThenNumberThenID(t *testing.T) {
	t.Parallel()
	day := civil.MustParse("2026-06-02")
	inOrder := []string{
		domain.Place(day.AddDays(-1), "2026-99", "z"),
		domain.Place(day, "2026-9", "b"),
		domain.Place(day, "2026-10", "a"),
		domain.Place(day, "2026-000011", "a"),
		domain.Place(day, "2026-12", "a"),
		domain.Place(day, "2026-12", "b"),
		domain.Place(day, "2026-12甲", "a"),
		domain.Place(day, "", "a"),
		domain.Place(day, "", "b"),
		domain.Place(day.AddDays(1), "2026-1", "a"),
	}
	require.True(t, slices.IsSorted(inOrder), "%q", inOrder)
}

func TestWindow_ofAMonth(t *testing.T) {
	t.Parallel()
	require.Equal(t, []domain.Window{"2026-11", "2026-Q4", "2026"}, domain.Windows("2026-11"))
	for text, months := range map[string]int{"2026-02": 1, "2026-Q1": 3, "2026": 12} {
		w, ok := domain.ParseWindow(text)
		require.True(t, ok)
		require.Len(t, w.Months(), months)
		for _, m := range w.Months() {
			require.Contains(t, domain.Windows(m), w)
		}
	}
	first, last := domain.Window("2024-Q1").Bounds()
	require.Equal(t, "2024-01-01 2024-03-31", first.String()+" "+last.String())
	for _, bad := range []string{"", "2026-00", "2026-Q0", "2026-Q5", "2026-13", "26-01", "2026-", "2026-1", "3026"} {
		_, ok := domain.ParseWindow(bad)
		require.False(t, ok, bad)
	}
}
