package deadline_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/clock"
)

func TestSheet_followsTheCaseTheFeeAndTheOrder(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	f := caseOf("e", "2025-10-13")
	k.tell(1, f)
	k.due("e", "2025-11-10") // E1

	n := contract.NoticeFacts{
		Office: "demo", NoticeID: "n1", CaseID: "e", State: contract.NoticeIssued, Method: "per_item", AmountYuan: 100, NoticedOn: day("2025-10-28"),
	}
	k.tell(1, n)
	r := k.becomes("e", "waiting_for", "payment")
	require.Nil(t, r.At("reply_due"))
	n.NoticeReceivedOn = day("2025-10-28")
	k.tell(2, n)
	k.becomes("e", "next_due_on", "2025-11-25") // E2
	n.State, n.PaidOn = contract.NoticePaid, day("2025-11-14")
	k.tell(3, n)
	r = k.due("e", "2025-12-12") // E3
	require.Contains(t, string(r.Body), "2025-11-14", "the restart is explained")

	f.Clock.DecidedOn, f.Clock.ReplyMadeOn, f.Clock.ServedOn = day("2025-12-10"), day("2025-12-10"), day("2025-12-12")
	k.tell(2, f)
	k.becomes("e", "state", "met")
	require.Contains(t, k.list("state=met"), "e")

	k.tell(1, contract.ProceedingFacts{
		Office: "demo", ProceedingID: "p", CaseID: "e", Kind: "suit_direct", ReceivedOn: day("2026-01-05"), Outcome: "corrected",
		Order:   &contract.OrderFacts{EffectiveOn: day("2026-01-26"), PeriodWD: 20},
		Periods: []contract.PeriodFact{{Kind: "suit_answer", StartOn: day("2026-01-30")}},
	})
	k.due("e", "2026-02-28") // F15: the case runs again
	p := k.becomes("p", "of", "proceeding")
	require.Equal(t, "2026-02-14", p.Text("next_due_on"), "F13: a worked Saturday does not roll")
	require.Equal(t, []string{"p"}, k.list("of=proceeding"))
	days := k.Call("GET", "/v1/deadlines/e?days=performance", nil, k.As(officer))
	require.Equal(t, "2026-02-28", days.Text("days", len(days.At("days").([]any))-1, "date"))
}

func TestSheet_keepsWhatItKnewWhenFactsContradict(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	f := caseOf("x", "2026-06-01")
	k.tell(1, f)
	k.due("x", "2026-06-30")
	f.Clock.LapsedOn = day("2026-06-09") // closed for want of payment, before the notice is known here
	k.tell(2, f)
	r := k.becomes("x", "reply_due", "2026-06-30")
	k.Eventually(func() bool { r = k.show("x"); return r.Text("faults", 0, "code") == "lapsed_without_notice" }, "the fault is not shown")
	k.tell(1, contract.NoticeFacts{
		Office: "demo", NoticeID: "n", CaseID: "x", State: contract.NoticeLapsed, Method: "per_item", AmountYuan: 100,
		NoticedOn: day("2026-06-02"), NoticeReceivedOn: day("2026-06-02"), LapsedOn: day("2026-06-09"),
	})
	k.becomes("x", "state", "closed")
}

func TestLists_areByStateAndDateAndOffice(t *testing.T) {
	t.Parallel()
	k := newKit(t) // today is Wednesday 10 June 2026
	for id, received := range map[string]string{"late": "2026-04-20", "soon": "2026-05-15", "far": "2026-06-09"} {
		k.tell(1, caseOf(id, received))
	}
	w := caseOf("waits", "2026-06-01")
	w.Clock.Correction = &clock.Correction{NoticedOn: day("2026-06-03"), PeriodWD: 10}
	w.Assignee = "s-second"
	k.tell(1, w)
	other := caseOf("theirs", "2026-05-15")
	other.Office = "other"
	k.tell(1, other)
	k.becomes("waits", "waiting_for", "correction")
	k.due("late", "2026-05-20")
	k.due("soon", "2026-06-12")
	k.due("far", "2026-07-08")

	require.Equal(t, []string{"late", "soon", "far"}, k.list("state=running"))
	require.Equal(t, []string{"late"}, k.list("state=overdue"))
	require.Equal(t, []string{"soon"}, k.list("state=due_soon"))
	require.Equal(t, []string{"waits"}, k.list("state=waiting"))
	require.Equal(t, []string{"late", "soon"}, k.list("before=2026-06-13"))
	require.Equal(t, []string{"late"}, k.list("state=running&before=2026-06-12"))
	require.Empty(t, k.list("state=running&assignee=s-second"))
	require.Equal(t, []string{"waits"}, k.list("state=waiting&assignee=s-second"))

	r := k.Call("GET", "/v1/deadlines?limit=2", nil, k.As(officer))
	require.NotEmpty(t, r.Text("next_cursor"))
	r = k.Call("GET", "/v1/deadlines?limit=2&cursor="+r.Text("next_cursor"), nil, k.As(officer))
	require.Equal(t, "far", r.Text("items", 0, "case_id"))

	require.Equal(t, 404, k.Call("GET", "/v1/deadlines/soon", nil, k.As(foreign)).Status)
	require.Equal(t, 404, k.show("theirs").Status)
	require.Equal(t, 404, k.show("nowhere").Status)
	require.Equal(t, 401, k.Call("GET", "/v1/deadlines", nil).Status)
	require.Equal(t, 422, k.Call("GET", "/v1/deadlines?state=lost", nil, k.As(officer)).Status)
	require.Equal(t, 422, k.Call("GET", "/v1/deadlines?before=yesterday", nil, k.As(officer)).Status)
	require.Equal(t, 422, k.Call("GET", "/v1/deadlines?cursor=abc", nil, k.As(officer)).Status)
}

// history is a life of one case as three services told it; the last of each source
// is what counts.
func history(t testing.TB, id string) []event.Event {
	f := caseOf(id, "2025-06-09")
	v1 := f
	f.Clock.Consultations = []clock.Consultation{{Kind: clock.ThirdParty, SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16")}}
	v2 := f
	f.Clock.Consultations = []clock.Consultation{{Kind: clock.ThirdParty, SentOn: day("2025-06-12"), ConsulteeReceivedOn: day("2025-06-16"), AnsweredOn: day("2025-06-25")}}
	v3 := f
	f.Clock.ExtensionWD, f.Clock.ExtensionNotifiedOn = 20, day("2025-07-16")
	v4 := f
	n := contract.NoticeFacts{Office: "demo", NoticeID: id + "-n", CaseID: id, State: contract.NoticeIssued, Method: "per_item", AmountYuan: 100, NoticedOn: day("2025-06-10")}
	n2 := n
	n2.State, n2.CancelledOn = contract.NoticeCancelled, day("2025-06-11")
	p := contract.ProceedingFacts{Office: "demo", ProceedingID: id + "-p", CaseID: id, Kind: "complaint", ReceivedOn: day("2025-07-01")}
	p2 := p
	p2.Outcome = "upheld"
	return []event.Event{
		told(t, 1, v1), told(t, 2, v2), told(t, 3, v3), told(t, 4, v4), told(t, 1, n), told(t, 2, n2), told(t, 1, p), told(t, 2, p2),
	}
}

func TestSheet_isTheSameWhateverTheOrder(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	var all []event.Event
	const cases = 20
	for c := range cases {
		for _, e := range history(t, fmt.Sprintf("h%02d", c)) {
			for range 1 + rng.IntN(3) {
				e.ID = fmt.Sprintf("%s-%d", e.ID[:8], rng.Uint64())
				all = append(all, e)
			}
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	require.NoError(t, k.Bus.Publish(t.Context(), all...))
	for c := range cases {
		id := fmt.Sprintf("h%02d", c)
		k.Eventually(func() bool { // D6; faults pass when the facts that explain them come
			r := k.show(id)
			faults, _ := r.At("faults").([]any)
			return r.Text("reply_due") == "2025-08-15" && len(faults) == 0
		}, id, "does not come out the same")
	}
}

// TestSheet_tellsOnlyWhatChanged listens as another service would.
func TestSheet_tellsOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var mu sync.Mutex
	var heard []string
	dead, err := bus.OpenDeadLetters(t.Context(), openStore(t), k.clock.Now)
	require.NoError(t, err)
	unit := k.Bus.Consume(dead, bus.Consumer{
		Name: "test-listener", Types: []string{"deadline.case.v1.*"},
		Handle: func(_ context.Context, e event.Event) error {
			var f contract.DeadlineFacts
			if err := e.Decode(&f); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, fmt.Sprintf("%s %s %s", f.CaseID, f.State, f.ReplyDue))
			return nil
		},
	})
	runUnit(t, unit)
	f := caseOf("q", "2026-06-01")
	k.tell(1, f)
	k.due("q", "2026-06-30")
	f.Assignee = "s-second" // nothing that is due has changed
	k.tell(2, f)
	k.becomes("q", "assignee", "s-second")
	k.tell(2, f)
	f.Clock.ExtensionWD, f.Clock.ExtensionNotifiedOn = 5, day("2026-06-09")
	k.tell(3, f)
	k.due("q", "2026-07-07")
	k.Eventually(func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) >= 2 }, "nothing was heard")
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, []string{"q running 2026-06-30", "q running 2026-07-07"}, heard)
}
