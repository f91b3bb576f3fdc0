package litigation_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/litigation"
)

// contractOf holds every request and answer of these tests to the OpenAPI document.
var contractOf = contracttest.Load(api.OpenAPI("litigation"))

func TestMain(m *testing.M) { os.Exit(contractOf.Main(m)) }

var (
	legal   = identity.Staff{ID: "s-legal", Office: "demo", Username: "legal", Name: "法", Roles: []identity.Role{identity.Legal}}
	head    = identity.Staff{ID: "s-head", Office: "demo", Username: "head", Name: "李", Roles: []identity.Role{identity.Head}}
	finance = identity.Staff{ID: "s-fin", Office: "demo", Username: "finance", Name: "钱", Roles: []identity.Role{identity.Finance}}
	foreign = identity.Staff{ID: "s-other", Office: "other", Username: "other", Name: "孙", Roles: []identity.Role{identity.Legal, identity.Head}}
)

// instance is a running litigation service, and intake's part played by the test.
type instance struct {
	*servicetest.Instance
	t     testing.TB
	clock *wallclock.Fake
	ear   *ear
}

func start(t testing.TB) *instance {
	t.Helper()
	clk := wallclock.NewFake(servicetest.DefaultNow) // 2026-06-10
	e := &ear{}
	return &instance{t: t, clock: clk, ear: e, Instance: servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{litigation.New, e.service}, Clock: clk, Contracts: []*contracttest.Contract{contractOf},
	})}
}

func day(s string) civil.Date { return civil.MustParse(s) }

// publish tells what another service would tell.
func (in *instance) publish(typ, office, subject string, version int64, facts any) {
	in.t.Helper()
	data, err := json.Marshal(facts)
	require.NoError(in.t, err)
	require.NoError(in.t, in.Bus.Publish(in.t.Context(), event.Event{
		ID: uuid.NewString(), Type: typ, Office: office, Subject: subject, Version: version, Time: in.clock.Now(), Data: data,
	}))
}

// theCase is a case as intake would tell it; finishedOn may be empty.
func theCase(id, kind, receivedOn, finishedOn, decision, row string) contract.CaseFacts {
	f := contract.CaseFacts{
		Office: "demo", CaseID: id, RegisterNo: "R-" + id, Status: contract.StatusInProgress, ApplicantKind: kind, Channel: "online",
		Items: 1, Clock: clock.Facts{ArrivedOn: day(receivedOn), ReceivedOn: day(receivedOn)},
	}
	if finishedOn != "" {
		on := day(finishedOn)
		f.Status, f.FinishedOn, f.ReportRow = contract.StatusClosed, on, row
		f.Decision = &contract.DecisionFacts{No: "答〔" + id + "〕", Kind: decision, Row: row, DecidedOn: on, ReplyMadeOn: on}
	}
	return f
}

func (in *instance) tell(version int64, cases ...contract.CaseFacts) {
	in.t.Helper()
	for _, c := range cases {
		typ := contract.CaseRegistered
		if !c.FinishedOn.IsZero() {
			typ = contract.CaseClosed
		}
		in.publish(typ, c.Office, c.CaseID, version, c)
	}
}

// annual waits until the year holds so many new cases and returns its report.
func (in *instance) annual(year int, newReceived float64) servicetest.Reply {
	in.t.Helper()
	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, fmt.Sprintf("/v1/reports/annual/%d", year))
		return r.At("table3", "new_received", "total") == newReceived
	}, "new cases in the annual report")
	return r
}

func (in *instance) get(s identity.Staff, path string, headers ...string) servicetest.Reply {
	in.t.Helper()
	return in.Call("GET", path, nil, append(headers, in.As(s))...)
}

func (in *instance) post(s identity.Staff, path string, body any, headers ...string) servicetest.Reply {
	in.t.Helper()
	return in.Call("POST", path, body, append(headers, in.As(s))...)
}

type obj = map[string]any

func requireChecks(t testing.TB, r servicetest.Reply) {
	t.Helper()
	require.Equal(t, 200, r.Status, r)
	checks, _ := r.At("checks").([]any)
	require.NotEmpty(t, checks)
	for i := range checks {
		require.Equal(t, true, r.At("checks", i, "ok"), r.Text("checks", i, "detail"))
	}
}

func TestAnnual_followsACaseFromEventToRow(t *testing.T) {
	t.Parallel()
	in := start(t)
	c := theCase("c1", "natural_person", "2026-03-02", "", "", "")
	in.tell(2, c)
	r := in.annual(2026, 1)
	requireChecks(t, r)
	require.EqualValues(t, 1, r.At("table3", "carried_out", "natural_person"))

	in.tell(5, theCase("c1", "natural_person", "2026-03-02", "2026-03-20", "K2", "granted"))
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2026")
		return r.At("table3", "granted", "natural_person") == 1.0
	})
	requireChecks(t, r)
	require.EqualValues(t, 0, r.At("table3", "carried_out", "total"))
	require.EqualValues(t, 1, r.At("table3", "results_total", "total"))
	require.Len(t, r.At("table3"), 25)
	require.Equal(t, "2021", r.Text("format"))
	require.Equal(t, "own", r.Text("scope"))

	// An older word changes nothing, whenever it comes.
	in.tell(3, theCase("c1", "natural_person", "2026-03-02", "", "", ""))
	in.tell(1, theCase("c2", "commercial", "2026-03-03", "", "", ""))
	r = in.annual(2026, 2)
	require.EqualValues(t, 1, r.At("table3", "granted", "total"))
	require.EqualValues(t, 1, r.At("table3", "carried_out", "commercial"))
}

func TestAnnual_carriesOverEveryYearUntilFinished(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(1,
		theCase("a", "natural_person", "2023-12-20", "2025-02-03", "K4", "unable_1_not_held"),
		theCase("b", "research", "2024-05-06", "2024-05-20", "K2", "granted"),
		theCase("c", "other_org", "2024-12-30", "", "", ""),
	)
	r := in.annual(2024, 2)
	requireChecks(t, r)
	require.EqualValues(t, 1, r.At("table3", "carried_in", "natural_person"))
	require.EqualValues(t, 2, r.At("table3", "carried_out", "total"))
	r = in.annual(2025, 0)
	requireChecks(t, r)
	require.EqualValues(t, 2, r.At("table3", "carried_in", "total"))
	require.EqualValues(t, 1, r.At("table3", "unable_1_not_held", "total"))
	require.EqualValues(t, 1, r.At("table3", "carried_out", "other_org"))
	r = in.annual(2023, 1)
	requireChecks(t, r)
	require.EqualValues(t, 1, r.At("table3", "carried_out", "total"))

	// The format of its time: one row 其他处理 before 2021.
	in.tell(1, theCase("old", "natural_person", "2019-05-06", "2019-06-03", "K16", "other_3_other"))
	r = in.annual(2019, 1)
	requireChecks(t, r)
	require.Len(t, r.At("table3"), 23)
	require.EqualValues(t, 1, r.At("table3", "other_all", "total"))
	require.Nil(t, r.At("table3", "other_3_other"))
	cell := in.get(legal, "/v1/reports/annual/2019/cases?row=other_all")
	require.Equal(t, "old", cell.Text("items", 0, "case_id"))
}

func TestAnnual_countsPartsInPlaceOfWhatWasSplitAndAnAnswerOnce(t *testing.T) {
	t.Parallel()
	in := start(t)
	parent := theCase("whole", "natural_person", "2025-03-02", "", "", "")
	parent.Status = contract.StatusClosed
	part1, part2 := theCase("p1", "natural_person", "2025-03-02", "2025-03-20", "K2", "granted"), theCase("p2", "natural_person", "2025-03-02", "2025-03-21", "K4", "unable_1_not_held")
	part1.ParentID, part2.ParentID = "whole", "whole"
	// Reopened on an order in 2026 and answered otherwise: counted once, in 2025.
	again := theCase("again", "natural_person", "2025-04-01", "2026-03-02", "K2", "granted")
	again.Earlier = []contract.DecisionFacts{{Kind: "K4", Row: "unable_1_not_held", DecidedOn: day("2025-04-20"), ReplyMadeOn: day("2025-04-22")}}
	again.ReopenedOn = day("2026-02-03")
	in.tell(4, parent, part1, part2, again)
	r := in.annual(2025, 3)
	requireChecks(t, r)
	require.EqualValues(t, 2, r.At("table3", "unable_1_not_held", "total"))
	require.EqualValues(t, 1, r.At("table3", "granted", "total"))
	require.EqualValues(t, 0, r.At("table3", "carried_out", "total"))
	r = in.annual(2026, 0)
	require.EqualValues(t, 0, r.At("table3", "results_total", "total"))
}

func TestAnnual_statesTheFees(t *testing.T) {
	t.Parallel()
	in := start(t)
	notice := func(id string, state contract.NoticeState, yuan int64) contract.NoticeFacts {
		return contract.NoticeFacts{Office: "demo", NoticeID: id, CaseID: "c-" + id, State: state, Method: "per_item", AmountYuan: yuan, NoticedOn: day("2026-02-02")}
	}
	paid := notice("n1", contract.NoticePaid, 1500)
	paid.PaidOn, paid.PaidYuan = day("2026-02-10"), 1500
	back := notice("n2", contract.NoticeRefunded, 300)
	back.PaidOn, back.PaidYuan, back.RefundedOn, back.RefundedYuan = day("2026-02-11"), 300, day("2026-04-01"), 100
	lapsed := notice("n3", contract.NoticeLapsed, 700)
	lapsed.LapsedOn = day("2026-03-10")
	in.publish(contract.FeeNoticePaid, "demo", "n1", 3, paid)
	in.publish(contract.FeeNoticeIssued, "demo", "n1", 1, notice("n1", contract.NoticeIssued, 1500)) // late
	in.publish(contract.FeeNoticeRefunded, "demo", "n2", 4, back)
	in.publish(contract.FeeNoticeLapsed, "demo", "n3", 2, lapsed)
	imported := theCase("imp", "commercial", "2026-01-05", "2026-01-20", "", "granted")
	imported.Imported, imported.FeeYuan, imported.Decision = true, 80, nil
	in.tell(1, imported)
	in.annual(2026, 1)
	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2026")
		return r.At("fees", "noticed", "count") == 3.0 && r.At("fees", "collected", "count") == 2.0
	})
	require.EqualValues(t, 2500, r.At("fees", "noticed", "amount_yuan"))
	require.EqualValues(t, 1800, r.At("fees", "collected", "amount_yuan"))
	require.EqualValues(t, 700, r.At("fees", "lapsed", "amount_yuan"))
	require.EqualValues(t, 100, r.At("fees", "refunded", "amount_yuan"))
	require.EqualValues(t, 80, r.At("fees", "imported", "amount_yuan"))
	require.EqualValues(t, 3, r.At("fees", "cases"))
	require.EqualValues(t, 1780, r.At("fees", "net_yuan"))
	require.EqualValues(t, 0, in.get(legal, "/v1/reports/annual/2025").At("fees", "noticed", "count"))
}

func TestReports_refuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	in := start(t)
	for _, c := range []struct {
		path, pointer string
	}{
		{"/v1/reports/annual/2027", "year"},
		{"/v1/reports/annual/1999", "year"},
		{"/v1/reports/annual/20x6", "year"},
		{"/v1/reports/annual/99999999999999999999", "year"},
		{"/v1/reports/annual/2026?scope=mine", "scope"},
		{"/v1/reports/annual/2026?color=red", "color"},
		{"/v1/reports/annual/2026/cases", "row"},
		{"/v1/reports/annual/2026/cases?row=granted&block=review", "row"},
		{"/v1/reports/annual/2026/cases?row=other_all", "row"},
		{"/v1/reports/annual/2026/cases?row=granted&column=upheld", "column"},
		{"/v1/reports/annual/2026/cases?block=review&column=commercial", "column"},
		{"/v1/reports/annual/2026/cases?row=granted&limit=0", "limit"},
		{"/v1/reports/annual/2026/cases?row=granted&cursor=%21", "cursor"},
		{"/v1/reports/summary?period=2026-Q5", "period"},
		{"/v1/reports/summary?period=2027", "period"},
		{"/v1/reports/summary?period=2026&from=2026-01-01", "period"},
		{"/v1/reports/summary?from=2026-03-01&to=2026-02-01", "to"},
		{"/v1/reports/summary?from=2010-01-01&to=2026-02-01", "to"},
		{"/v1/reports/summary", "from"},
		{"/v1/lessons?ground=X15", "ground"},
		{"/v1/lessons?kind=K99", "kind"},
		{"/v1/proceedings?unreported=true&kind=review", "kind"},
		{"/v1/proceedings?pending=true&outcome=upheld", "pending"},
	} {
		r := in.get(legal, c.path)
		require.Equal(t, 422, r.Status, "%s: %s", c.path, r)
		require.Equal(t, c.pointer, r.Text("errors", 0, "pointer"), c.path)
	}
	require.Equal(t, 401, in.Call("GET", "/v1/reports/annual/2026", nil).Status)
	require.Equal(t, 403, in.post(finance, "/v1/proceedings", obj{"kind": "review", "organ_or_court": "区政府"}).Status)
	require.Equal(t, 403, in.post(legal, "/v1/reports/annual/2025/freeze", obj{"signed_by": "张三"}).Status)
	require.Equal(t, 406, in.get(legal, "/v1/reports/annual/2026", "Accept: text/csv").Status)
}
