package deadline_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/clock"
)

// steps are the steps of the alarms of a case, oldest first.
func (k *kit) steps(id string) []float64 {
	k.t.Helper()
	r := k.show(id)
	list := []float64{}
	alarms, _ := r.At("alarms").([]any)
	for i := len(alarms) - 1; i >= 0; i-- {
		list = append(list, r.At("alarms", i, "step_wd").(float64))
	}
	return list
}

// rings waits until a case has so many alarms, and nudges the sweeper's clock.
func (k *kit) rings(id string, n int) []float64 {
	k.t.Helper()
	var got []float64
	k.Eventually(func() bool {
		k.clock.Advance(16 * time.Second)
		got = k.steps(id)
		return len(got) == n
	}, id, "has not so many alarms:", n)
	return got
}

func TestAlarms_ringOnEveryStepOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.at("2026-06-01")
	k.tell(1, caseOf("a", "2026-05-15")) // due Friday 12 June
	k.due("a", "2026-06-12")
	require.Empty(t, k.steps("a"))
	k.at("2026-06-04")
	k.clock.Advance(time.Minute)
	k.at("2026-06-05")
	require.Equal(t, []float64{5}, k.rings("a", 1))
	k.at("2026-06-10")
	require.Equal(t, []float64{5, 2}, k.rings("a", 2))
	r := k.show("a")
	require.Equal(t, true, r.At("alarms", 0, "escalated_to_head"), "before the date, not after it")
	require.Equal(t, false, r.At("alarms", 1, "escalated_to_head"))
	k.at("2026-06-12")
	require.Equal(t, []float64{5, 2, 0}, k.rings("a", 3))
	k.at("2026-06-13")
	require.Equal(t, []float64{5, 2, 0, -1}, k.rings("a", 4))

	head := k.Call("GET", "/v1/deadlines/alarms?escalated=true", nil, k.As(head))
	require.Len(t, head.At("items"), 3)
	require.Len(t, k.Call("GET", "/v1/deadlines/alarms?assignee=s-officer", nil, k.As(officer)).At("items"), 4)
	require.Empty(t, k.Call("GET", "/v1/deadlines/alarms", nil, k.As(foreign)).At("items"))
	require.Equal(t, 422, k.Call("GET", "/v1/deadlines/alarms?assignee=a&escalated=true", nil, k.As(officer)).Status)

	f := caseOf("a", "2026-05-15")
	f.Clock.DecidedOn, f.Clock.ReplyMadeOn = day("2026-06-13"), day("2026-06-13")
	k.tell(2, f)
	k.becomes("a", "state", "met")
	k.Eventually(func() bool {
		k.clock.Advance(16 * time.Second)
		return len(k.Call("GET", "/v1/deadlines/alarms", nil, k.As(officer)).At("items").([]any)) == 0
	}, "the alarms are not settled")
	require.Len(t, k.Call("GET", "/v1/deadlines/alarms?open=false", nil, k.As(officer)).At("items"), 4)
	require.Len(t, k.steps("a"), 4, "nothing is deleted")
}

func TestAlarms_ringAfterDowntimeAndMoveWithTheDate(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.at("2026-06-01")
	k.tell(1, caseOf("a", "2026-05-15"))
	k.due("a", "2026-06-12")
	k.at("2026-06-12") // nothing looked for eleven days
	require.ElementsMatch(t, []float64{5, 2, 0}, k.rings("a", 3))
	r := k.show("a")
	late := 0
	for i := range r.At("alarms").([]any) {
		if r.At("alarms", i, "raised_late") == true {
			late++
		}
	}
	require.Equal(t, 2, late)

	f := caseOf("a", "2026-05-15")
	f.Clock.ExtensionWD, f.Clock.ExtensionNotifiedOn = 20, day("2026-06-12")
	k.tell(2, f)
	k.due("a", "2026-07-13")
	k.Eventually(func() bool {
		k.clock.Advance(16 * time.Second)
		return len(k.Call("GET", "/v1/deadlines/alarms", nil, k.As(officer)).At("items").([]any)) == 0
	}, "alarms of the old date are not settled")
	k.at("2026-07-06")
	require.Len(t, k.rings("a", 4), 4, "the new date has alarms of its own")
}

// TestAlarms_ringOnceUnderTwoSweepers runs the service twice on one store.
func TestAlarms_ringOnceUnderTwoSweepers(t *testing.T) {
	t.Parallel()
	clk := newClock()
	a, b := twice(t, clk)
	in := servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{a}, Clock: clk, Contracts: []*contracttest.Contract{spec},
	})
	k := &kit{Instance: in, t: t, clock: clk}
	k.at("2026-06-01")
	for _, id := range []string{"a", "b", "c", "d"} {
		k.tell(1, caseOf(id, "2026-05-15"))
		k.due(id, "2026-06-12")
	}
	second := b(t)
	k.at("2026-06-13")
	for range 20 {
		k.clock.Advance(16 * time.Second)
		require.NoError(t, second(t.Context()))
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		require.ElementsMatch(t, []float64{5, 2, 0, -1}, k.rings(id, 4))
	}
}

func TestPolicy_isTheOfficesOwn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	f := caseOf("a", "2026-06-01")
	f.Clock.Consultations = consultation("2026-06-03", "2026-06-05", "2026-06-09")
	k.tell(1, f)
	k.due("a", "2026-07-06")
	p := k.Call("GET", "/v1/deadlines/policy", nil, k.As(officer))
	require.EqualValues(t, 15, p.At("clock", "correction_period_wd"))
	require.Equal(t, 403, k.Call("PUT", "/v1/deadlines/policy", map[string]any{}, k.As(officer)).Status)
	require.Equal(t, 422, k.Call("PUT", "/v1/deadlines/policy", map[string]any{"clock": map[string]any{}}, k.As(head)).Status)
	require.Equal(t, 422, k.Call("PUT", "/v1/deadlines/policy", map[string]any{"alarm_steps_wd": []int{}}, k.As(head)).Status)

	own := contract.OfficeFacts{Office: "demo", Policies: contract.OfficePolicies{Clock: clock.DefaultPolicy()}}
	own.Policies.Clock.PauseBounds = clock.AfterReceivedThroughAnswer
	k.tell(2, own)
	k.due("a", "2026-07-02")
	theirs := own
	theirs.Office, theirs.Policies.Clock = "other", clock.DefaultPolicy()
	k.tell(3, theirs)
	k.tell(1, contract.OfficeFacts{Office: "demo", Policies: theirs.Policies}) // late
	k.tell(1, caseOf("b", "2026-06-01"))
	k.due("b", "2026-06-30")

	p = k.Call("PUT", "/v1/deadlines/policy", map[string]any{"due_soon_wd": 30}, k.As(head))
	require.Equal(t, 200, p.Status, p)
	require.Equal(t, "after_received_through_answer", p.Text("clock", "pause_bounds"), "the office's, whatever else is settled")
	require.Equal(t, "2026-07-02", k.show("a").Text("reply_due"))
	require.Equal(t, []string{"b", "a"}, k.list("state=due_soon"))
	require.Equal(t, 412, k.Call("PUT", "/v1/deadlines/policy", map[string]any{}, k.As(head), `If-Match: "9"`).Status)
	require.Equal(t, 200, k.Call("PUT", "/v1/deadlines/policy", map[string]any{}, k.As(head), "If-Match: "+p.Header.Get("ETag")).Status)
	require.Equal(t, "2026-07-02", k.show("a").Text("reply_due"))
	own.Policies.Clock = clock.DefaultPolicy()
	k.tell(3, own)
	k.due("a", "2026-07-06")
}

func TestFeed_isReadByACalendarProgram(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.tell(1, caseOf("mine", "2026-05-15"))
	f := caseOf("hers", "2026-06-01")
	f.Assignee = "s-second"
	k.tell(1, f)
	k.due("mine", "2026-06-12")
	k.due("hers", "2026-06-30")
	own := k.Call("POST", "/v1/deadlines/feeds", map[string]any{}, k.As(officer), "Idempotency-Key: f")
	require.Equal(t, 201, own.Status, own)
	require.Equal(t, own.Body, k.Call("POST", "/v1/deadlines/feeds", map[string]any{}, k.As(officer), "Idempotency-Key: f").Body)
	all := k.Call("POST", "/v1/deadlines/feeds", map[string]any{"scope": "office"}, k.As(officer))
	ics := k.Call("GET", own.Text("path"), nil)
	require.Equal(t, 200, ics.Status)
	require.Equal(t, "text/calendar; charset=utf-8", ics.Header.Get("Content-Type"))
	require.Contains(t, string(ics.Body), "DTSTART;VALUE=DATE:20260612\r\n")
	require.NotContains(t, string(ics.Body), "2026-hers")
	for line := range strings.SplitSeq(string(ics.Body), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
	}
	require.Contains(t, string(k.Call("GET", all.Text("path"), nil).Body), "2026-hers")
	require.Equal(t, 404, k.Call("GET", "/v1/deadlines/feed.ics?key=guess", nil).Status)
	require.EqualValues(t, 2, k.Call("DELETE", "/v1/deadlines/feeds", nil, k.As(officer)).At("revoked"))
	require.Equal(t, 404, k.Call("GET", own.Text("path"), nil).Status)
	require.Equal(t, 401, k.Call("POST", "/v1/deadlines/feeds", map[string]any{}).Status)
}

// TestAlarms_ringOnceAfterAnHourOfDowntime jumps over the midnight at which alarms were
// set, and has processes that were started afterwards sweep beside the first one.
func TestAlarms_ringOnceAfterAnHourOfDowntime(t *testing.T) {
	t.Parallel()
	clk := newClock()
	a, b := twice(t, clk)
	in := servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{a}, Clock: clk, Contracts: []*contracttest.Contract{spec},
	})
	k := &kit{Instance: in, t: t, clock: clk}
	midnight := day("2026-06-05").Time(shanghai)
	clk.Set(midnight.Add(-30 * time.Minute))
	ids := []string{"a", "b", "c"}
	for _, id := range ids {
		k.tell(1, caseOf(id, "2026-05-15")) // due 12 June; the first step is 5 June
		k.due(id, "2026-06-12")
		require.Empty(t, k.steps(id))
	}
	clk.Advance(time.Hour)
	var wg sync.WaitGroup
	for range 3 {
		sweep := b(t)
		wg.Go(func() {
			if err := sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		require.Equal(t, []float64{5}, k.steps(id))
		require.Equal(t, false, k.show(id).At("alarms", 0, "raised_late"), "an hour late is the same day")
	}
	clk.Advance(time.Hour)
	require.NoError(t, b(t)(t.Context()))
	for _, id := range ids {
		require.Equal(t, []float64{5}, k.rings(id, 1))
	}
}
