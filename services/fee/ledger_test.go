package fee_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/tariff"
)

func TestUsage_countsTheMonthOfReceipt(t *testing.T) {
	t.Parallel()
	k := start(t)
	for i := range 10 {
		k.tell(1, caseOf(fmt.Sprintf("m%02d", i), "zhang", "2026-05-29", 1))
	}
	k.tell(1, caseOf("june", "zhang", "2026-06-01", 1)) // M3: the calendar month resets
	k.tell(1, caseOf("other", "wang", "2026-05-29", 1)) // M4: per applicant
	k.counted("zhang", "2026-05", 10)
	k.counted("zhang", "2026-06", 1)
	k.counted("wang", "2026-05", 1)

	r := k.usage("zhang", "2026-05")
	require.Equal(t, false, r.At("signal"))
	require.EqualValues(t, 0, r.At("month_total_yuan"))
	k.tell(1, caseOf("m10", "zhang", "2026-05-29", 1))
	k.counted("zhang", "2026-05", 11)
	r = k.usage("zhang", "2026-05")
	require.Equal(t, true, r.At("signal"), "the 11th item asks for a judgment")
	require.EqualValues(t, 100, r.At("cases", 10, "fee_yuan"))
	require.EqualValues(t, 11, r.At("cases", 10, "from"))

	byCase := k.Call("GET", "/v1/fees/usage?case_id=m03", nil, k.As(officer))
	require.EqualValues(t, 11, byCase.At("items"))
	list := k.Call("GET", "/v1/fees/usage?month=2026-05", nil, k.As(officer))
	require.Equal(t, "zhang", list.Text("items", 0, "applicant"))
	require.Len(t, list.At("items"), 2)

	require.EqualValues(t, 0, k.Call("GET", "/v1/fees/usage?applicant=zhang&month=2026-05", nil, k.As(foreign)).At("items"))
	require.Equal(t, 404, k.Call("GET", "/v1/fees/usage?case_id=m03", nil, k.As(foreign)).Status)
	require.Equal(t, 401, k.Call("GET", "/v1/fees/usage?month=2026-05", nil).Status)
	require.Equal(t, 422, k.Call("GET", "/v1/fees/usage?month=2026-13", nil, k.As(officer)).Status)
}

func TestLedger_followsEveryChangeOfACase(t *testing.T) {
	t.Parallel()
	k := start(t)
	f := caseOf("a", "zhang", "2026-05-29", 3)
	k.tell(1, f)
	k.counted("zhang", "2026-05", 3)

	f.Clock.ReceivedOn = civil.MustParse("2026-06-02") // the day of receipt was mended
	k.tell(2, f)
	k.counted("zhang", "2026-06", 3)
	k.counted("zhang", "2026-05", 0)

	f.Applicants = []string{"zhang", "li"} // a co-applicant: each counts
	k.tell(3, f)
	k.counted("li", "2026-06", 3)

	f.Applicants = []string{"li"}
	k.tell(4, f)
	k.counted("zhang", "2026-06", 0)

	k.tell(2, f) // an older version says nothing any more
	f.Items = 0  // split into cases of its own
	k.tell(5, f)
	part := caseOf("a-1", "li", "2026-06-02", 1)
	part.ParentID = "a"
	k.tell(1, part)
	part.CaseID, part.RegisterNo = "a-2", "2026-a-2"
	k.tell(1, part)
	k.counted("li", "2026-06", 2)

	merged := caseOf("b", "li", "2026-06-03", 1)
	k.tell(1, merged)
	k.counted("li", "2026-06", 3)
	merged.MergedInto = "a-1"
	k.tell(2, merged)
	k.counted("li", "2026-06", 2)

	gone := caseOf("c", "li", "2026-06-03", 1)
	k.tell(1, gone)
	k.counted("li", "2026-06", 3)
	gone.Clock.WithdrawnOn = civil.MustParse("2026-06-05")
	k.tell(2, gone)
	k.counted("li", "2026-06", 2)

	r := k.Call("PUT", "/v1/fees/policy", map[string]any{"count_withdrawn": true}, k.As(head))
	require.Equal(t, 200, r.Status, r)
	k.counted("li", "2026-06", 3)
}

// TestLedger_isTheSameWhateverTheOrder gives the same histories to two applicants'
// worth of ledgers: once in order, once shuffled and with every event repeated.
func TestLedger_isTheSameWhateverTheOrder(t *testing.T) {
	t.Parallel()
	k := start(t)
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)

	people := []string{"p0", "p1", "p2"}
	days := []string{"2026-04-30", "2026-05-06", "2026-05-29", "2026-06-01"}
	want := map[string]int{}
	var all []event.Event
	for c := range 25 {
		id := fmt.Sprintf("c%02d", c)
		var f contract.CaseFacts
		for v := int64(1); v <= 1+rng.Int64N(5); v++ {
			f = caseOf(id, people[rng.IntN(3)], days[rng.IntN(4)], rng.IntN(4))
			if rng.IntN(3) == 0 {
				f.Applicants = append(f.Applicants, people[rng.IntN(3)])
			}
			if rng.IntN(6) == 0 {
				f.MergedInto = "elsewhere"
			}
			if rng.IntN(6) == 0 {
				f.Clock.WithdrawnOn = civil.MustParse("2026-06-05")
			}
			e := told(t, k.clock, v, f)
			for range 1 + rng.IntN(3) {
				e.ID = fmt.Sprintf("%s-%d-%d", id, v, rng.Uint64()) // the broker cannot recognise the repeat
				all = append(all, e)
			}
		}
		if f.MergedInto != "" || f.Clock.WithdrawnOn != 0 {
			continue
		}
		seen := map[string]bool{}
		for _, p := range f.Applicants {
			if !seen[p] {
				seen[p] = true
				want[p+"/"+f.Clock.ReceivedOn.String()[:7]] += f.Items
			}
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	require.NoError(t, k.Bus.Publish(t.Context(), all...))
	for _, p := range people {
		for _, m := range []string{"2026-04", "2026-05", "2026-06"} {
			k.counted(p, m, want[p+"/"+m])
		}
	}
}

func TestNotices_ofOneApplicantStayExactUnderSixteenClients(t *testing.T) {
	t.Parallel()
	k := start(t)
	const cases = 48
	total := 0
	for i := range cases {
		items := 1 + i%3
		total += items
		k.tell(1, caseOf(fmt.Sprintf("c%03d", i), "zhang", "2026-06-02", items))
	}
	k.counted("zhang", "2026-06", total)
	k.excess("c000")

	var mu sync.Mutex
	sum, free := int64(0), 0
	work := make(chan int, 2*cases)
	for i := range cases {
		work <- i
		work <- i // twice: one of the two must be refused
	}
	close(work)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := range work {
				r := k.Call("POST", "/v1/fees/notices", map[string]any{"case_id": fmt.Sprintf("c%03d", i), "method": "per_item"}, k.As(officer))
				mu.Lock()
				switch {
				case r.Status == 201:
					sum += int64(r.At("amount_yuan").(float64))
				case r.Text("code") == "illegal_transition":
					free++
				case r.Text("code") != "already_exists":
					t.Errorf("unexpected %s", r)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Equal(t, tariff.MonthTotal(total), sum, "the fees of the month are F(n), whoever came first")
	require.Positive(t, free, "the first ten items are free")
	st := k.Call("GET", "/v1/fees/statement/2026", nil, k.As(auditor))
	require.EqualValues(t, sum, st.At("noticed", "yuan"))
}
