package fee_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/wallclock"
)

// months gives the applicant twelve items received on 2 June 2026, c01 to c12.
func (k *kit) months() {
	k.t.Helper()
	for i := 1; i <= 12; i++ {
		k.tell(1, caseOf(fmt.Sprintf("c%02d", i), "zhang", "2026-06-02", 1))
	}
	k.counted("zhang", "2026-06", 12)
}

func (k *kit) issue(body map[string]any, headers ...string) servicetest.Reply {
	k.t.Helper()
	return k.Call("POST", "/v1/fees/notices", body, append(headers, k.As(officer))...)
}

// at puts the clock at ten in the morning of a day in Shanghai.
func (k *kit) at(day string) {
	k.clock.Set(civil.MustParse(day).Time(civil.Shanghai).Add(10 * time.Hour))
}

func TestNotice_fromFindingToPayment(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()

	r := k.issue(map[string]any{"case_id": "c12", "method": "per_item"})
	require.Equal(t, 409, r.Status, "without a finding of excess nothing is charged: %s", r)
	require.Equal(t, "条例 art. 42", r.Text("rule"))

	f := k.Call("POST", "/v1/fees/findings", map[string]any{"case_id": "c12", "grounds": "明显超过合理范围"}, k.As(officer), "Idempotency-Key: f1")
	require.Equal(t, 201, f.Status, f)
	require.EqualValues(t, 12, f.At("evidence", "items"))
	again := k.Call("POST", "/v1/fees/findings", map[string]any{"case_id": "c12", "grounds": "明显超过合理范围"}, k.As(officer), "Idempotency-Key: f1")
	require.Equal(t, f.Body, again.Body, "a repeat is answered the same")
	require.Equal(t, 409, k.Call("POST", "/v1/fees/findings", map[string]any{"case_id": "c01", "grounds": "又一次"}, k.As(officer)).Status)
	path := "/v1/fees/findings/" + f.Text("id")
	require.Equal(t, 403, k.Call("POST", path+"/approval", map[string]any{"approved": true}, k.As(officer)).Status)
	require.Equal(t, 404, k.Call("POST", path+"/approval", map[string]any{"approved": true}, k.As(foreign)).Status)
	require.Equal(t, 422, k.Call("POST", path+"/approval", map[string]any{}, k.As(head)).Status)
	require.Equal(t, 409, k.issue(map[string]any{"case_id": "c12", "method": "per_item"}).Status, "recorded is not approved")
	require.Equal(t, 200, k.Call("POST", path+"/approval", map[string]any{"approved": true}, k.As(head)).Status)
	require.Equal(t, "approved", k.Call("GET", path, nil, k.As(auditor)).Text("state"))
	require.Len(t, k.Call("GET", "/v1/fees/findings?state=approved", nil, k.As(officer)).At("items"), 1)
	require.Len(t, k.Call("GET", "/v1/fees/findings?applicant=zhang", nil, k.As(officer)).At("items"), 1)

	// M1: the 12th item and 150 pages: 100 or 1700, never 1800.
	p := k.Call("POST", "/v1/fees/preview", map[string]any{"case_id": "c12", "pages": 150}, k.As(officer))
	require.Equal(t, 200, p.Status, p)
	require.EqualValues(t, 100, p.At("per_item", "amount_yuan"))
	require.EqualValues(t, 1700, p.At("per_page", "amount_yuan"))
	require.Equal(t, true, p.At("may_issue"), p)

	require.Equal(t, 422, k.issue(map[string]any{"case_id": "c12", "method": "per_item", "pages": 150}).Status)
	require.Equal(t, 422, k.issue(map[string]any{"case_id": "c12", "method": "per_item", "items": 5}).Status, "the case counts as one")
	require.Equal(t, 409, k.issue(map[string]any{"case_id": "c03", "method": "per_item"}).Status, "the third item is free")
	body := map[string]any{"case_id": "c12", "method": "per_item", "delivery_route": "registered_mail"}
	n := k.issue(body, "Idempotency-Key: n1")
	require.Equal(t, 201, n.Status, n)
	require.EqualValues(t, 100, n.At("amount_yuan"))
	require.EqualValues(t, 11, n.At("already_counted"))
	require.Len(t, n.At("counted_before"), 11)
	require.Nil(t, n.At("pay_by"), "the period begins with the applicant's receipt")
	require.Equal(t, n.Body, k.issue(body, "Idempotency-Key: n1").Body)
	require.Equal(t, 422, k.issue(map[string]any{"case_id": "c11", "method": "per_item"}, "Idempotency-Key: n1").Status, "the key was used for another case")
	require.Equal(t, "already_exists", k.issue(map[string]any{"case_id": "c12", "method": "per_page", "pages": 150}).Text("code"))

	path = "/v1/fees/notices/" + n.Text("id")
	require.Equal(t, 409, k.Call("POST", path+"/lapse", nil, k.As(finance)).Status, "no receipt, no period")
	require.Equal(t, 422, k.Call("POST", path+"/delivery", map[string]any{"received_on": "2026-06-11"}, k.As(officer)).Status, "in the future")
	require.Equal(t, 422, k.Call("POST", path+"/delivery", map[string]any{"received_on": "2026-06-09"}, k.As(officer)).Status, "before the notice")
	k.at("2026-06-12")
	d := k.Call("POST", path+"/delivery", map[string]any{"received_on": "2026-06-11", "evidence": "签收回执"}, k.As(officer))
	require.Equal(t, 200, d.Status, d)
	require.Equal(t, "2026-07-10", d.Text("pay_by"), "20 working days; the Dragon Boat holiday lies between")
	o := k.Call("POST", path+"/objection", map[string]any{"text": "件数不对"}, k.As(officer))
	require.Equal(t, 200, o.Status, o)

	require.Equal(t, 422, k.Call("POST", path+"/payment", map[string]any{"amount_yuan": 90, "receipt_no": "1"}, k.As(finance)).Status)
	require.Equal(t, 403, k.Call("POST", path+"/payment", map[string]any{"amount_yuan": 100, "receipt_no": "1"}, k.As(auditor)).Status)
	require.Equal(t, 404, k.Call("POST", path+"/payment", map[string]any{"amount_yuan": 100, "receipt_no": "1"}, k.As(foreign)).Status)
	pay := map[string]any{"amount_yuan": 100, "receipt_no": "310026", "paid_on": "2026-06-12"}
	paid := k.Call("POST", path+"/payment", pay, k.As(finance), "Idempotency-Key: p1")
	require.Equal(t, 200, paid.Status, paid)
	require.Equal(t, "paid", paid.Text("state"))
	require.Equal(t, 200, k.Call("POST", path+"/payment", pay, k.As(finance), "Idempotency-Key: p1").Status)
	require.Equal(t, 409, k.Call("POST", path+"/payment", pay, k.As(finance)).Status, "a second payment")
	require.Equal(t, 409, k.Call("POST", path+"/cancellation", map[string]any{"reason": "x"}, k.As(finance)).Status)

	require.Equal(t, 422, k.Call("POST", path+"/refund", map[string]any{"reason": "x", "amount_yuan": 101}, k.As(finance)).Status)
	part := k.Call("POST", path+"/refund", map[string]any{"reason": "多收", "amount_yuan": 40}, k.As(finance))
	require.Equal(t, 200, part.Status, part)
	require.Equal(t, "already_exists", k.issue(body).Text("code"), "a part was kept: the application is charged")
	rest := k.Call("POST", path+"/refund", map[string]any{"reason": "全退"}, k.As(finance))
	require.EqualValues(t, 100, rest.At("refunded_yuan"))

	st := k.Call("GET", "/v1/fees/statement/2026?figure=refunded", nil, k.As(auditor))
	require.Equal(t, 200, st.Status, st)
	require.EqualValues(t, 100, st.At("collected", "yuan"))
	require.EqualValues(t, 100, st.At("refunded", "yuan"))
	require.EqualValues(t, 0, st.At("net_yuan"))
	require.Equal(t, "c12", st.Text("items", 0, "case_id"))
	require.EqualValues(t, 0, k.Call("GET", "/v1/fees/statement/2026", nil, k.As(foreign)).At("noticed", "cases"))
}

func TestNotice_lapsesOnlyAfterTheLimit(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.excess("c12")
	n := k.issue(map[string]any{"case_id": "c12", "method": "per_item", "noticed_on": "2026-06-10", "notice_received_on": "2026-06-10"})
	require.Equal(t, 201, n.Status, n)
	path := "/v1/fees/notices/" + n.Text("id")
	require.Equal(t, "2026-07-09", n.Text("pay_by"))
	require.Equal(t, "2026-07-10", n.Text("may_lapse_on"))

	k.at("2026-07-09")
	require.Equal(t, 422, k.Call("POST", path+"/lapse", nil, k.As(finance)).Status, "the last day is the applicant's")
	require.Empty(t, k.Call("GET", "/v1/fees/notices?pay_by_before=2026-07-09", nil, k.As(finance)).At("items"))
	k.at("2026-07-10")
	require.Len(t, k.Call("GET", "/v1/fees/notices?pay_by_before=2026-07-10", nil, k.As(finance)).At("items"), 1)
	late := k.Call("POST", path+"/payment", map[string]any{"amount_yuan": 100, "receipt_no": "1"}, k.As(finance), "Accept-Language: en")
	require.Equal(t, "deadline_passed", late.Text("code"), "strict by default: %s", late)

	pol := k.Call("GET", "/v1/fees/policy", nil, k.As(head))
	require.Equal(t, true, pol.At("require_excess_finding"))
	own := clock.DefaultPolicy()
	own.GraceWD = 1
	k.settled(2, own)
	k.Eventually(func() bool { return k.Call("GET", "/v1/fees/policy", nil, k.As(head)).At("grace_wd") == 1.0 }, "no days of grace")
	k.settled(1, clock.DefaultPolicy()) // late
	pol = k.Call("PUT", "/v1/fees/policy", map[string]any{"signal_items": 5}, k.As(head))
	require.Equal(t, 200, pol.Status, pol)
	require.EqualValues(t, 1, pol.At("grace_wd"), "the office's, whatever else is settled")
	require.Equal(t, 412, k.Call("PUT", "/v1/fees/policy", map[string]any{"signal_items": 6}, k.As(head), `If-Match: "7"`).Status)
	require.Equal(t, 422, k.Call("PUT", "/v1/fees/policy", map[string]any{"signal_items": 0}, k.As(head)).Status)
	require.Equal(t, 422, k.Call("PUT", "/v1/fees/policy", map[string]any{"grace_wd": 2}, k.As(head)).Status)
	require.Equal(t, 403, k.Call("PUT", "/v1/fees/policy", map[string]any{"signal_items": 6}, k.As(officer)).Status)
	require.Equal(t, 422, k.Call("POST", path+"/lapse", nil, k.As(finance)).Status, "not within the grace")
	k.at("2026-07-13")
	lapsed := k.Call("POST", path+"/lapse", map[string]any{"lapsed_on": "2026-07-13"}, k.As(finance))
	require.Equal(t, 200, lapsed.Status, lapsed)
	require.Equal(t, 409, k.Call("POST", path+"/payment", map[string]any{"amount_yuan": 100, "receipt_no": "1"}, k.As(finance)).Status)
	require.EqualValues(t, 1, k.Call("GET", "/v1/fees/statement/2026", nil, k.As(finance)).At("lapsed", "cases"))
	require.Len(t, k.Call("GET", "/v1/fees/notices?state=lapsed", nil, k.As(finance)).At("items"), 1)
}

// settled publishes what the office has settled, as intake would.
func (k *kit) settled(version int64, p clock.Policy) {
	k.t.Helper()
	require.NoError(k.t, k.Bus.Publish(k.t.Context(), settledAs(k.t, k.clock, version, contract.OfficePolicies{Clock: p})))
}

func settledAs(t testing.TB, clk wallclock.Clock, version int64, p contract.OfficePolicies) event.Event {
	t.Helper()
	data, err := json.Marshal(contract.OfficeFacts{Office: "demo", Name: "示范镇", Policies: p})
	require.NoError(t, err)
	return event.Event{
		ID: fmt.Sprintf("office-%d", version), Type: contract.OfficeChanged, Office: "demo", Subject: "demo",
		Version: version, Time: clk.Now(), Data: data,
	}
}

func TestNotice_isIssuedWithinTheProcessingPeriodOnly(t *testing.T) {
	t.Parallel()
	k := start(t)
	r := k.Call("PUT", "/v1/fees/policy", map[string]any{"require_excess_finding": false}, k.As(head))
	require.Equal(t, 200, r.Status, r)
	// M2: the page tariff does not need the item threshold.
	f := caseOf("a", "zhang", "2026-04-03", 1)
	k.tell(1, f)
	k.counted("zhang", "2026-04", 1)
	late := k.issue(map[string]any{"case_id": "a", "method": "per_page", "pages": 150})
	require.Equal(t, "deadline_passed", late.Text("code"), late)
	require.Equal(t, 201, k.issue(map[string]any{"case_id": "a", "method": "per_page", "pages": 150, "noticed_on": "2026-04-20"}).Status)
	require.Equal(t, 422, k.issue(map[string]any{"case_id": "b", "method": "per_page", "pages": 0}).Status)
	require.Equal(t, 404, k.issue(map[string]any{"case_id": "b", "method": "per_page", "pages": 31}).Status)

	for id, change := range map[string]func(*contract.CaseFacts){
		"waiting": func(f *contract.CaseFacts) { f.Clock.Correction = &clockCorrection },
		"decided": func(f *contract.CaseFacts) { f.Decision = &contract.DecisionFacts{Kind: "K2"} },
		"closed": func(f *contract.CaseFacts) {
			f.Status, f.FinishedOn = contract.StatusClosed, civil.MustParse("2026-06-05")
		},
		"unconfirmed": func(f *contract.CaseFacts) {
			f.Clock.ArrivedOn, f.Clock.ReceivedOn, f.Items = f.Clock.ReceivedOn, 0, 1
		},
	} {
		f := caseOf(id, "li", "2026-06-02", 1)
		change(&f)
		k.tell(1, f)
		k.Eventually(func() bool { return k.Call("GET", "/v1/fees/usage?case_id="+id, nil, k.As(officer)).Status == 200 })
		r := k.issue(map[string]any{"case_id": id, "method": "per_page", "pages": 150})
		require.Equal(t, "illegal_transition", r.Text("code"), "%s: %s", id, r)
		p := k.Call("POST", "/v1/fees/preview", map[string]any{"case_id": id}, k.As(officer))
		require.Equal(t, false, p.At("may_issue"), id)
		require.NotEmpty(t, p.Text("obstacles", 0, "detail"))
	}
}

func TestNotice_cancelledMakesRoomForAnother(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.excess("c12")
	n := k.issue(map[string]any{"case_id": "c12", "method": "per_item"})
	path := "/v1/fees/notices/" + n.Text("id")
	stale := k.Call("POST", path+"/cancellation", map[string]any{"reason": "算错"}, k.As(officer), `If-Match: "9"`)
	require.Equal(t, 412, stale.Status, stale)
	require.Equal(t, 200, k.Call("POST", path+"/cancellation", map[string]any{"reason": "申请人困难", "waived": true}, k.As(officer)).Status)
	require.Equal(t, "cancelled", k.Call("GET", path, nil, k.As(officer)).Text("state"))
	require.Equal(t, 404, k.Call("GET", path, nil, k.As(foreign)).Status)
	require.Equal(t, 201, k.issue(map[string]any{"case_id": "c12", "method": "per_page", "pages": 68}).Status)
	require.Len(t, k.Call("GET", "/v1/fees/notices?case_id=c12", nil, k.As(officer)).At("items"), 2)
	require.Equal(t, 422, k.Call("GET", "/v1/fees/notices?case_id=c12&state=issued", nil, k.As(officer)).Status)
}

var clockCorrection = clock.Correction{NoticedOn: civil.MustParse("2026-06-04")}

// Whoever records a payment says when; the amount is what the notice says.
func TestNotice_isPaidInFullByTheDayAlone(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.excess("c12")
	n := k.issue(map[string]any{"case_id": "c12", "method": "per_item", "notice_received_on": "2026-06-10"})
	require.Equal(t, 201, n.Status, n)
	path := "/v1/fees/notices/" + n.Text("id") + "/payment"
	require.Equal(t, 422, k.Call("POST", path, map[string]any{"amount_yuan": 0}, k.As(finance)).Status)
	paid := k.Call("POST", path, map[string]any{"paid_on": "2026-06-10"}, k.As(finance))
	require.Equal(t, 200, paid.Status, paid)
	require.EqualValues(t, 100, paid.At("payment", "amount_yuan"))
	require.EqualValues(t, 100, k.Call("GET", "/v1/fees/statement/2026", nil, k.As(finance)).At("collected", "yuan"))
}
