package fee_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/clock"
)

// counting publishes that the office counts by this day.
func (k *kit) counting(version int64, by string) {
	k.t.Helper()
	p := contract.OfficePolicies{Clock: clock.DefaultPolicy(), FeeCountDate: by}
	require.NoError(k.t, k.Bus.Publish(k.t.Context(), settledAs(k.t, k.clock, version, p)))
}

// recounted waits until every case counts by this day.
func (k *kit) recounted(by string) {
	k.t.Helper()
	k.Eventually(func() bool {
		p := k.Call("GET", "/v1/fees/policy", nil, k.As(officer))
		return p.Text("fee_count_date") == by && p.At("recounting") == nil
	}, "is not counted by", by)
}

// threeMonths is a case that was filed in May and received in June.
func threeMonths(id, decidedOn string) contract.CaseFacts {
	f := caseOf(id, "zhang", "2026-06-01", 2)
	f.Clock.ArrivedOn = civil.MustParse("2026-05-31")
	if decidedOn != "" {
		f.Status = contract.StatusDecided
		f.Decision = &contract.DecisionFacts{Kind: "K1", Row: "3.1", DecidedOn: civil.MustParse(decidedOn)}
	}
	return f
}

func TestCountDate_movesTheCasesOfTheOffice(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.tell(1, threeMonths("a", "2026-07-02"))
	k.tell(1, threeMonths("b", ""))
	k.tell(1, caseOf("c", "zhang", "2026-06-02", 1)) // nothing is known of its arrival
	k.counted("zhang", "2026-06", 5)
	require.Equal(t, "receipt", k.Call("GET", "/v1/fees/policy", nil, k.As(officer)).Text("fee_count_date"))

	k.counting(1, contract.CountOnFiling)
	k.recounted("filing")
	k.counted("zhang", "2026-05", 4)
	k.counted("zhang", "2026-06", 1)
	may := k.usage("zhang", "2026-05")
	require.Equal(t, "2026-05-31", may.Text("cases", 0, "counted_on"))
	require.Equal(t, "2026-06-01", may.Text("cases", 0, "received_on"))
	require.Equal(t, "2026-05", k.Call("GET", "/v1/fees/usage?case_id=a", nil, k.As(officer)).Text("month"))
	require.EqualValues(t, 4, k.Call("GET", "/v1/fees/usage?month=2026-05", nil, k.As(officer)).At("items", 0, "items"))

	k.counting(2, contract.CountOnDecision)
	k.recounted("decision")
	k.counted("zhang", "2026-05", 0)
	k.counted("zhang", "2026-06", 0)
	k.counted("zhang", "2026-07", 2) // what is not decided counts nowhere yet
	k.tell(2, threeMonths("b", "2026-07-03"))
	k.counted("zhang", "2026-07", 4)
	again := threeMonths("b", "2026-08-03") // decided anew on an order: it counted already
	again.Earlier = []contract.DecisionFacts{*threeMonths("b", "2026-07-03").Decision}
	k.tell(3, again)
	k.Settle()
	k.counted("zhang", "2026-07", 4)
	k.counted("zhang", "2026-08", 0)

	k.counting(1, contract.CountOnFiling) // late: says nothing
	k.counting(3, "")
	k.recounted("receipt")
	k.counted("zhang", "2026-06", 5)
	k.counted("zhang", "2026-07", 0)
	require.Equal(t, 422, k.Call("PUT", "/v1/fees/policy", map[string]any{"fee_count_date": "filing"}, k.As(head)).Status)
}

// TestCountDate_goesOnBehind: more cases than are counted at once.
func TestCountDate_goesOnBehind(t *testing.T) {
	t.Parallel()
	k := start(t)
	const cases = 310
	all := make([]event.Event, 0, cases)
	for i := range cases {
		f := threeMonths(fmt.Sprintf("c%03d", i), "")
		f.Applicants = []string{fmt.Sprintf("p%d", i%2)}
		all = append(all, told(t, k.clock, 1, f))
	}
	require.NoError(t, k.Bus.Publish(t.Context(), all...))
	k.counted("p0", "2026-06", cases)
	k.counting(1, contract.CountOnFiling)
	k.recounted("filing")
	for _, p := range []string{"p0", "p1"} {
		k.counted(p, "2026-05", cases)
		k.counted(p, "2026-06", 0)
	}
}

// TestCountDate_isTheSameWhateverTheOrder: the histories of cases and of the office's
// policy are told in any order, and repeated; the ledger is that of the newest of each.
func TestCountDate_isTheSameWhateverTheOrder(t *testing.T) {
	t.Parallel()
	k := start(t)
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)

	days := []string{"", "2026-04-30", "2026-05-06", "2026-06-01"}
	want, last := map[string]int{}, ""
	var all []event.Event
	add := func(e event.Event) {
		for range 1 + rng.IntN(2) {
			e.ID = fmt.Sprintf("%s-%d", e.Subject, rng.Uint64()) // the broker cannot recognise the repeat
			all = append(all, e)
		}
	}
	for v := range int64(6) {
		last = []string{contract.CountOnReceipt, contract.CountOnFiling, contract.CountOnDecision}[rng.IntN(3)]
		add(settledAs(t, k.clock, v+1, contract.OfficePolicies{Clock: clock.DefaultPolicy(), FeeCountDate: last}))
	}
	for c := range 20 {
		var f contract.CaseFacts
		for v := range 1 + rng.Int64N(4) {
			f = threeMonths(fmt.Sprintf("c%02d", c), days[rng.IntN(4)])
			f.Applicants, f.Items = []string{fmt.Sprintf("p%d", rng.IntN(2))}, rng.IntN(4)
			f.Clock.ReceivedOn = civil.MustParse(days[1+rng.IntN(3)])
			f.Clock.ArrivedOn = civil.MustParse(days[1+rng.IntN(3)])
			add(told(t, k.clock, v+1, f))
		}
		day := f.Clock.ReceivedOn
		switch {
		case last == contract.CountOnFiling:
			day = f.Clock.ArrivedOn
		case last == contract.CountOnDecision && f.Decision == nil:
			continue
		case last == contract.CountOnDecision:
			day = f.Decision.DecidedOn
		}
		want[f.Applicants[0]+"/"+day.String()[:7]] += f.Items
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	require.NoError(t, k.Bus.Publish(t.Context(), all...))
	k.recounted(last)
	for _, p := range []string{"p0", "p1"} {
		for _, m := range []string{"2026-04", "2026-05", "2026-06"} {
			k.counted(p, m, want[p+"/"+m])
		}
	}
}
