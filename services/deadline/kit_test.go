package deadline_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/wallclock"
)

// kit speaks to one instance.
type kit struct {
	*servicetest.Instance
	t     testing.TB
	clock *wallclock.Fake
}

func newKit(t testing.TB) *kit {
	t.Helper()
	in, clk := start(t)
	return &kit{Instance: in, t: t, clock: clk}
}

func day(s string) civil.Date { return civil.MustParse(s) }

// at puts the clock at ten in the morning of a day in Shanghai.
func (k *kit) at(s string) { k.clock.Set(day(s).Time(civil.Shanghai).Add(10 * time.Hour)) }

func caseOf(id, receivedOn string) contract.CaseFacts {
	return contract.CaseFacts{
		Office: "demo", CaseID: id, RegisterNo: "2026-" + id, Status: contract.StatusRegistered,
		ApplicantKind: "natural_person", Channel: "online", Items: 1, Assignee: "s-officer",
		Clock: clock.Facts{ReceivedOn: day(receivedOn)},
	}
}

// tell publishes facts as the service that owns them would.
func (k *kit) tell(version int64, facts any) {
	k.t.Helper()
	require.NoError(k.t, k.Bus.Publish(k.t.Context(), told(k.t, version, facts)))
}

func told(t testing.TB, version int64, facts any) event.Event {
	t.Helper()
	e := event.Event{ID: uuid.NewString(), Version: version, Time: servicetest.DefaultNow}
	switch f := facts.(type) {
	case contract.CaseFacts:
		e.Type, e.Office, e.Subject = contract.CaseChanged, f.Office, f.CaseID
	case contract.OfficeFacts:
		e.Type, e.Office, e.Subject = contract.OfficeChanged, f.Office, f.Office
	case contract.NoticeFacts:
		e.Type, e.Office, e.Subject = contract.FeeNoticeIssued, f.Office, f.NoticeID
	case contract.ProceedingFacts:
		e.Type, e.Office, e.Subject = contract.ProceedingStepped, f.Office, f.ProceedingID
	}
	var err error
	e.Data, err = json.Marshal(facts)
	require.NoError(t, err)
	return e
}

func (k *kit) show(id string) servicetest.Reply {
	k.t.Helper()
	return k.Call("GET", "/v1/deadlines/"+id, nil, k.As(officer))
}

// due waits until a case is due on a day.
func (k *kit) due(id, on string) servicetest.Reply {
	k.t.Helper()
	var r servicetest.Reply
	k.Eventually(func() bool { r = k.show(id); return r.Status == 200 && r.Text("reply_due") == on }, id, "is not due on", on)
	return r
}

// becomes waits until a member of a case's answer has a value.
func (k *kit) becomes(id, member, value string) servicetest.Reply {
	k.t.Helper()
	var r servicetest.Reply
	k.Eventually(func() bool { r = k.show(id); return r.Text(member) == value }, func() string {
		return fmt.Sprintf("%s of %s does not become %s: %s", member, id, value, r)
	}())
	return r
}

func (k *kit) list(query string) []string {
	k.t.Helper()
	r := k.Call("GET", "/v1/deadlines?"+query, nil, k.As(officer))
	require.Equal(k.t, 200, r.Status, r)
	ids := []string{}
	for i := range r.At("items").([]any) {
		id := r.Text("items", i, "case_id")
		if p := r.Text("items", i, "proceeding_id"); p != "" {
			id = p
		}
		ids = append(ids, id)
	}
	return ids
}
