package deadline_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
)

// A proceeding is its handler's; one without a handler is the officer's of its case,
// whichever of the two is told first and whoever takes the case over.
func TestProceedings_areSomebodys(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	suit := func(id, caseID, handler string) contract.ProceedingFacts {
		return contract.ProceedingFacts{
			Office: "demo", ProceedingID: id, CaseID: caseID, Kind: "suit_direct", ReceivedOn: day("2026-06-05"), Handler: handler,
			Periods: []contract.PeriodFact{{Kind: "suit_answer", StartOn: day("2026-06-05")}},
		}
	}
	k.tell(1, caseOf("c1", "2026-03-02"))
	k.becomes("c1", "assignee", "s-officer")
	k.tell(1, suit("after", "c1", ""))
	k.tell(1, suit("own", "c1", "s-legal"))
	k.tell(1, suit("before", "c2", ""))
	k.tell(1, suit("alone", "", ""))
	k.becomes("before", "of", "proceeding")
	k.tell(1, caseOf("c2", "2026-03-02"))
	for id, who := range map[string]string{"after": "s-officer", "own": "s-legal", "before": "s-officer"} {
		k.becomes(id, "register_no", map[string]string{"after": "2026-c1", "own": "2026-c1", "before": "2026-c2"}[id])
		k.becomes(id, "assignee", who)
	}
	k.becomes("alone", "of", "proceeding")
	require.Empty(t, k.show("alone").Text("assignee"))

	f := caseOf("c1", "2026-03-02")
	f.Assignee = "s-second"
	k.tell(2, f)
	k.becomes("after", "assignee", "s-second")
	require.Equal(t, "s-legal", k.show("own").Text("assignee"))
	k.tell(1, caseOf("c1", "2026-03-02")) // late
	k.tell(2, suit("after", "c1", ""))
	k.becomes("after", "assignee", "s-second")

	require.Equal(t, []string{"own"}, k.list("of=proceeding&assignee=s-legal"))
	require.Equal(t, []string{"before"}, k.list("of=proceeding&assignee=s-officer"))
	feed := k.Call("POST", "/v1/deadlines/feeds", map[string]any{}, k.As(officer))
	ics := string(k.Call("GET", feed.Text("path"), nil).Body)
	require.Contains(t, ics, "UID:proceeding-before@zhiqing", "the officer's calendar holds the dates of reviews and suits")
	require.NotContains(t, ics, "proceeding-own")
	k.clock.Set(day("2026-06-15").Time(shanghai))
	require.ElementsMatch(t, []float64{5}, k.rings("before", 1))
	require.Equal(t, "s-officer", k.show("before").Text("alarms", 0, "assignee"))
}
