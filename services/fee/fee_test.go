package fee_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

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
	"zhiqing.dev/services/fee"
)

// spec holds every request and answer of these tests to the OpenAPI document.
var spec = contracttest.Load(api.OpenAPI("fee"))

func TestMain(m *testing.M) { os.Exit(spec.Main(m)) }

var (
	officer = identity.Staff{ID: "s-officer", Office: "demo", Username: "officer", Name: "王", Roles: []identity.Role{identity.Officer}}
	head    = identity.Staff{ID: "s-head", Office: "demo", Username: "head", Name: "李", Roles: []identity.Role{identity.Head}}
	finance = identity.Staff{ID: "s-finance", Office: "demo", Username: "finance", Name: "周", Roles: []identity.Role{identity.Finance}}
	admin   = identity.Staff{ID: "s-admin", Office: "demo", Username: "admin", Name: "郑", Roles: []identity.Role{identity.Admin}}
	auditor = identity.Staff{ID: "s-auditor", Office: "demo", Username: "auditor", Name: "吴", Roles: []identity.Role{identity.Auditor}}
	foreign = identity.Staff{ID: "s-other", Office: "other", Username: "other", Name: "孙", Roles: []identity.Role{identity.Officer, identity.Head}}
)

// kit is the service on a clock that stands at 10 June 2026.
type kit struct {
	*servicetest.Instance
	t     testing.TB
	clock *wallclock.Fake
}

func start(t testing.TB) *kit {
	t.Helper()
	clk := wallclock.NewFake(servicetest.DefaultNow)
	in := servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{fee.New}, Clock: clk, Contracts: []*contracttest.Contract{spec},
	})
	return &kit{Instance: in, t: t, clock: clk}
}

// caseOf is a registered case of the applicant, received on a day.
func caseOf(id, applicant, receivedOn string, items int) contract.CaseFacts {
	return contract.CaseFacts{
		Office: "demo", CaseID: id, RegisterNo: "2026-" + id, Status: contract.StatusRegistered,
		ApplicantKind: "natural_person", Applicants: []string{applicant}, Channel: "online", Items: items,
		Clock: clock.Facts{ReceivedOn: civil.MustParse(receivedOn)},
	}
}

// tell publishes the facts of a case as intake would.
func (k *kit) tell(version int64, f contract.CaseFacts) {
	k.t.Helper()
	require.NoError(k.t, k.Bus.Publish(k.t.Context(), told(k.t, k.clock, version, f)))
}

func told(t testing.TB, clk wallclock.Clock, version int64, f contract.CaseFacts) event.Event {
	t.Helper()
	data, err := json.Marshal(f)
	require.NoError(t, err)
	return event.Event{
		ID: fmt.Sprintf("%s-%d", f.CaseID, version), Type: contract.CaseChanged, Office: f.Office, Subject: f.CaseID,
		Version: version, Time: clk.Now(), Data: data,
	}
}

func (k *kit) usage(applicant, month string) servicetest.Reply {
	k.t.Helper()
	return k.Call("GET", "/v1/fees/usage?applicant="+applicant+"&month="+month, nil, k.As(officer))
}

// counted waits until an applicant's month holds so many items.
func (k *kit) counted(applicant, month string, items int) {
	k.t.Helper()
	k.Eventually(func() bool { return k.usage(applicant, month).At("items") == float64(items) },
		applicant, month, "does not come to", items)
}

// excess records and approves a finding on a case, so that a fee may be charged.
func (k *kit) excess(caseID string) {
	k.t.Helper()
	r := k.Call("POST", "/v1/fees/findings", map[string]any{"case_id": caseID, "grounds": "当月申请明显超过合理范围"}, k.As(officer))
	require.Equal(k.t, 201, r.Status, r)
	r = k.Call("POST", "/v1/fees/findings/"+r.Text("id")+"/approval", map[string]any{"approved": true}, k.As(head))
	require.Equal(k.t, 200, r.Status, r)
}

func TestCalculate_agreesWithEveryVector(t *testing.T) {
	t.Parallel()
	in := start(t)
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var v struct {
		Fees struct {
			PerItem []struct {
				ItemsInMonth int   `json:"items_in_month"`
				TotalYuan    int64 `json:"total_yuan"`
				PriceOfLast  int64 `json:"price_of_last"`
			} `json:"per_item"`
			Increment []struct {
				Already, Items int
				AmountYuan     int64 `json:"amount_yuan"`
			} `json:"per_item_increment"`
			PerPage []struct {
				Pages      int
				AmountYuan int64 `json:"amount_yuan"`
			} `json:"per_page"`
		} `json:"fees"`
	}
	require.NoError(t, json.Unmarshal(raw, &v))
	fee := func(body map[string]any) float64 {
		r := in.Call("POST", "/v1/fees/calculate", body)
		require.Equal(t, 200, r.Status, r)
		sum := 0.0
		for i := range r.At("lines").([]any) {
			sum += r.At("lines", i, "amount_yuan").(float64)
		}
		require.Equal(t, r.At("amount_yuan"), sum, "the lines add up")
		return sum
	}
	require.Len(t, v.Fees.PerItem, 24)
	for _, x := range v.Fees.PerItem {
		require.EqualValues(t, x.TotalYuan, fee(map[string]any{"method": "per_item", "items": x.ItemsInMonth}))
		require.EqualValues(t, x.PriceOfLast, fee(map[string]any{"method": "per_item", "already_counted": x.ItemsInMonth - 1, "items": 1}))
	}
	for _, x := range v.Fees.Increment {
		require.EqualValues(t, x.AmountYuan, fee(map[string]any{"method": "per_item", "already_counted": x.Already, "items": x.Items}))
	}
	for _, x := range v.Fees.PerPage {
		require.EqualValues(t, x.AmountYuan, fee(map[string]any{"method": "per_page", "pages": x.Pages}))
	}
}

func TestCalculate_refusesWhatIsNoFee(t *testing.T) {
	t.Parallel()
	in := start(t)
	for name, c := range map[string]struct {
		body string
		code string
		at   string
	}{
		"both methods":  {`{"method":"per_item","items":12,"pages":150}`, "exclusive", "/pages"},
		"and the other": {`{"method":"per_page","items":12,"pages":150}`, "exclusive", "/items"},
		"no method":     {`{"items":12}`, "required", "/method"},
		"other method":  {`{"method":"per_kilo","items":12}`, "unknown_method", "/method"},
		"nothing":       {`{"method":"per_item"}`, "required", "/items"},
		"negative":      {`{"method":"per_page","pages":-1}`, "negative", "/pages"},
		"absurd":        {`{"method":"per_page","pages":1000001}`, "too_large", "/pages"},
		"unknown field": {`{"method":"per_page","pages":1,"tip":5}`, "unknown_field", "/tip"},
		"wrong type":    {`{"method":"per_page","pages":"1"}`, "wrong_type", "/pages"},
		"fraction":      {`{"method":"per_page","pages":1.5}`, "wrong_type", "/pages"},
	} {
		r := in.Call("POST", "/v1/fees/calculate", c.body, "Accept-Language: en")
		require.Equal(t, 422, r.Status, "%s: %s", name, r)
		require.Equal(t, c.code, r.Text("errors", 0, "code"), "%s: %s", name, r)
		require.Equal(t, c.at, r.Text("errors", 0, "pointer"), name)
	}
	require.Equal(t, 400, in.Call("POST", "/v1/fees/calculate", `{"method":`).Status)
	require.Equal(t, 422, in.Call("POST", "/v1/fees/calculate?loud=1", `{"method":"per_page","pages":1}`).Status)
	require.Equal(t, "同一申请只能按件或者按量择一计收", in.Call("POST", "/v1/fees/calculate", `{"method":"per_item","items":12,"pages":150}`).Text("errors", 0, "detail"))
}

func TestTariffs_areShownAsData(t *testing.T) {
	t.Parallel()
	r := start(t).Call("GET", "/v1/fees/tariffs", nil)
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, "per_item", r.Text("items", 0, "method"))
	require.EqualValues(t, 40, r.At("items", 1, "tiers", 3, "price_yuan"))
}
