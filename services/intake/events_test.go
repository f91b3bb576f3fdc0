package intake_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/service"
)

func day(s string) civil.Date { return civil.MustParse(s) }

// tell publishes facts of another service.
func (d *desk) tell(typ, subject string, version int64, facts any) {
	d.t.Helper()
	d.tellOf(office, typ, subject, version, facts)
}

// tellOf is tell for another office.
func (d *desk) tellOf(office, typ, subject string, version int64, facts any) {
	d.t.Helper()
	data, err := json.Marshal(facts)
	require.NoError(d.t, err)
	require.NoError(d.t, d.Bus.Publish(d.t.Context(), event.Event{
		ID: uuid.NewString(), Type: typ, Office: office, Subject: subject, Version: version,
		Time: d.Clock.Now(), Data: data,
	}))
}

// becomes waits until the case file shows what is asked.
func (d *desk) becomes(id string, what string, ok func(servicetest.Reply) bool) servicetest.Reply {
	d.t.Helper()
	var r servicetest.Reply
	d.Eventually(func() bool {
		r = d.get("/v1/cases/"+id, d.officer)
		return ok(r)
	}, what)
	return r
}

func TestDueDatesComeBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("x", "2026-06-01")
	facts := contract.DeadlineFacts{Office: office, CaseID: id, ReplyDue: day("2026-07-02"), State: "running", Provisional: true}
	d.tell(contract.DeadlineChanged, id, 7, facts)
	r := d.becomes(id, "the due date", func(r servicetest.Reply) bool { return r.Text("due_on") == "2026-07-02" })
	require.Equal(t, true, r.At("provisional"))
	facts.ReplyDue = day("2026-07-09")
	d.tell(contract.DeadlineChanged, id, 6, facts) // older
	facts.ReplyDue = day("2026-07-03")
	d.tell(contract.DeadlineRestated, id, 8, facts)
	d.becomes(id, "the newer date", func(r servicetest.Reply) bool { return r.Text("due_on") == "2026-07-03" })
}

func TestFeesStopRestartAndClose(t *testing.T) {
	t.Parallel()
	d := open(t)
	pays, lapses := d.registered("x", "2026-05-06"), d.registered("y", "2026-05-06")
	notice := func(id string, state contract.NoticeState) contract.NoticeFacts {
		return contract.NoticeFacts{
			Office: office, NoticeID: "n-" + id, CaseID: id, State: state, Method: "per_item", AmountYuan: 100,
			NoticedOn: day("2026-05-08"), PayBy: day("2026-06-05"),
		}
	}
	for _, id := range []string{pays, lapses} {
		d.tell(contract.FeeNoticeIssued, "n-"+id, 1, notice(id, contract.NoticeIssued))
		r := d.becomes(id, "waiting", func(r servicetest.Reply) bool { return r.Text("status") == "waiting" })
		require.Equal(t, "payment", r.Text("waiting_for"))
		require.Equal(t, "2026-06-05", r.Text("due_on"))
	}
	paid := notice(pays, contract.NoticePaid)
	paid.PaidOn = day("2026-05-20")
	d.tell(contract.FeeNoticePaid, "n-"+pays, 2, paid)
	d.tell(contract.FeeNoticeIssued, "n-"+pays, 1, notice(pays, contract.NoticeIssued)) // again
	d.becomes(pays, "restarted", func(r servicetest.Reply) bool { return r.Text("deadlines", "reply_due") == "2026-06-17" })

	lapsed := notice(lapses, contract.NoticeLapsed)
	lapsed.LapsedOn = day("2026-06-08")
	d.tell(contract.FeeNoticeLapsed, "n-"+lapses, 2, lapsed)
	r := d.becomes(lapses, "closed", func(r servicetest.Reply) bool { return r.Text("status") == "closed" })
	require.Equal(t, "other_2_fee_unpaid", r.Text("report_row"))
	require.Equal(t, "2026-06-08", r.Text("finished_on"))
}

func TestAnOrderReopensTheCase(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("x", "2026-04-01")
	d.reply(id, "2026-04-20", k2())
	ordered := contract.ProceedingFacts{
		Office: office, ProceedingID: "p-1", CaseID: id, Kind: "review", ReceivedOn: day("2026-05-06"), Outcome: "corrected",
		Order: &contract.OrderFacts{EffectiveOn: day("2026-06-01"), PeriodWD: 15},
	}
	d.tell(contract.ProceedingReceived, "p-1", 1, ordered) // not an order yet
	d.tell(contract.ProceedingOrdered, "p-1", 4, ordered)
	d.tell(contract.ProceedingOrdered, "p-1", 4, ordered)
	r := d.becomes(id, "reopened", func(r servicetest.Reply) bool { return r.Text("status") == "registered" })
	require.Equal(t, "2026-06-23", r.Text("deadlines", "reply_due"))
	require.Len(t, r.At("reopenings"), 1)
	require.Empty(t, r.Text("report_row"))
}

func TestEventsAboutNothingArePutAside(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("x", "2026-06-01")
	d.tell(contract.DeadlineChanged, "nowhere", 1, contract.DeadlineFacts{Office: office, CaseID: "nowhere", State: "running"})
	d.tell(contract.DeadlineChanged, id, 1, contract.DeadlineFacts{Office: office, CaseID: id, ReplyDue: day("2026-07-01"), State: "running"})
	d.becomes(id, "what follows", func(r servicetest.Reply) bool { return r.Text("due_on") == "2026-07-01" })
	dead := d.Host.DeadLetters("service1")
	d.Eventually(func() bool {
		page, _, err := dead.List(t.Context(), bus.LetterOpen, 10, "")
		require.NoError(t, err)
		return len(page) == 1
	}, "a dead letter")
}

// Every step tells the facts as of its version; what arrives last is the file.
func TestStepsAreTold(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	newest, types := map[string]event.Event{}, map[string]bool{}
	listen := func(_ context.Context, e event.Event) error {
		mu.Lock()
		defer mu.Unlock()
		types[e.Type] = true
		if e.Version >= newest[e.Subject].Version {
			newest[e.Subject] = e
		}
		return nil
	}
	d := open(t, func(context.Context, service.Deps) (*service.Service, error) {
		return &service.Service{Name: "listener", Consumers: []bus.Consumer{
			{Name: "listener-intake-case", Types: []string{"intake.case.v1.*"}, Handle: listen},
		}}, nil
	})

	id := d.registered("某地块征收补偿安置方案", "2026-06-01")
	d.ok("/v1/cases/"+id+"/assignment", body{"assignee": "me"}, d.officer)
	d.reply(id, "2026-06-10", k2())
	rev, err := strconv.ParseInt(strings.Trim(d.get("/v1/cases/"+id, d.officer).Header.Get("ETag"), `"`), 10, 64)
	require.NoError(t, err)
	d.Eventually(func() bool {
		mu.Lock()
		defer mu.Unlock()
		return newest[id].Version == rev && types[contract.CaseClosed]
	}, "the last event")
	mu.Lock()
	defer mu.Unlock()
	var f contract.CaseFacts
	require.NoError(t, newest[id].Decode(&f))
	require.Equal(t, contract.StatusClosed, f.Status)
	require.Equal(t, "granted", f.ReportRow)
	require.Equal(t, d.officerID, f.Assignee)
	require.Len(t, f.Applicants, 1)
	require.NotContains(t, string(newest[id].Data), "王小明")
	for _, typ := range []string{contract.CaseFiled, contract.CaseRegistered, contract.CaseAssigned, contract.CaseReviewed, contract.CaseDecided, contract.CaseApproved, contract.CaseServed, contract.CaseClosed} {
		require.True(t, types[typ], "%s", typ)
	}
}
