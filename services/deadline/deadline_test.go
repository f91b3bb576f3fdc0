package deadline_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline"
)

// spec holds every request and answer of these tests to the OpenAPI document.
var spec = contracttest.Load(api.OpenAPI("deadline"))

func TestMain(m *testing.M) { os.Exit(spec.Main(m)) }

var (
	officer = identity.Staff{ID: "s-officer", Office: "demo", Username: "officer", Name: "王", Roles: []identity.Role{identity.Officer}}
	head    = identity.Staff{ID: "s-head", Office: "demo", Username: "head", Name: "李", Roles: []identity.Role{identity.Head}}
	admin   = identity.Staff{ID: "s-admin", Office: "demo", Username: "admin", Name: "赵", Roles: []identity.Role{identity.Admin}}
	foreign = identity.Staff{ID: "s-other", Office: "other", Username: "other", Name: "孙", Roles: []identity.Role{identity.Officer, identity.Head, identity.Admin}}
)

// start runs the service alone, on a clock that stands at servicetest.DefaultNow.
func start(t testing.TB) (*servicetest.Instance, *wallclock.Fake) {
	t.Helper()
	clock := wallclock.NewFake(servicetest.DefaultNow)
	return servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{deadline.New}, Clock: clock, Contracts: []*contracttest.Contract{spec},
	}), clock
}

type vectors struct {
	ReplyDeadlines []struct {
		ID          string          `json:"id"`
		Facts       json.RawMessage `json:"facts"`
		ReplyDue    string          `json:"reply_due"`
		Provisional bool            `json:"provisional"`
	} `json:"reply_deadlines"`
}

func TestCalculate_agreesWithEveryVector(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(raw, &v))
	require.Greater(t, len(v.ReplyDeadlines), 25)
	for _, vec := range v.ReplyDeadlines {
		r := in.Call("POST", "/v1/deadlines/calculate", []byte(vec.Facts))
		require.Equal(t, 200, r.Status, "%s: %s", vec.ID, r)
		require.Equal(t, vec.ReplyDue, r.Text("reply_due"), vec.ID)
		require.Equal(t, vec.Provisional, r.At("provisional"), vec.ID)
		require.NotEmpty(t, r.Text("explanation", 0, "text"), vec.ID)
	}
}

func TestCalculate_namesTheFactAndTheRule(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	for name, c := range map[string]struct{ body, code, at string }{
		"nothing at all":              {`{}`, "required", "/received_on"},
		"no such day":                 {`{"received_on":"2026-02-30"}`, "bad_date", "/received_on"},
		"received before it arrived":  {`{"arrived_on":"2026-03-03","received_on":"2026-03-02"}`, "received_before_arrived", "/received_on"},
		"extension of 21":             {`{"received_on":"2026-03-02","extension_wd":21}`, "extension_out_of_range", "/extension_wd"},
		"extension below nought":      {`{"received_on":"2026-03-02","extension_wd":-1}`, "extension_out_of_range", "/extension_wd"},
		"answer before the letter":    {`{"received_on":"2026-03-02","consultations":[{"sent_on":"2026-03-05","answered_on":"2026-03-04"}]}`, "answer_before_letter", "/consultations/0/answered_on"},
		"span that ends first":        {`{"received_on":"2026-03-02","consultations":[{"sent_on":"2026-03-05","withdrawn_on":"2026-03-04"}]}`, "withdrawn_before_letter", "/consultations/0/withdrawn_on"},
		"letter before the case":      {`{"received_on":"2026-03-02","consultations":[{"sent_on":"2026-03-01"}]}`, "before_receipt", "/consultations/0/sent_on"},
		"unknown consultee":           {`{"received_on":"2026-03-02","consultations":[{"kind":"friend","sent_on":"2026-03-05"}]}`, "unknown_kind", "/consultations/0/kind"},
		"correction before its call":  {`{"received_on":"2026-03-02","correction":{"noticed_on":"2026-03-05","received_on":"2026-03-04"}}`, "received_before_notice", "/correction/received_on"},
		"paid before the notice":      {`{"received_on":"2026-03-02","fee":{"noticed_on":"2026-03-05","paid_on":"2026-03-04"}}`, "paid_before_notice", "/fee/paid_on"},
		"a second correction":         {`{"received_on":"2026-03-02","corrections":[{"noticed_on":"2026-03-03","received_on":"2026-03-04"},{"noticed_on":"2026-03-05"}]}`, "too_many_corrections", "/corrections/1"},
		"unknown field":               {`{"received_on":"2026-03-02","mood":1}`, "unknown_field", "/mood"},
		"wrong type":                  {`{"received_on":20260302}`, "wrong_type", "/received_on"},
		"unknown period":              {`{"periods":[{"kind":"siesta","start_on":"2026-03-02"}]}`, "unknown_period", "/periods/0/kind"},
		"period without a start":      {`{"periods":[{"kind":"review_reply"}]}`, "required", "/periods/0/start_on"},
		"period met before its start": {`{"periods":[{"kind":"review_reply","start_on":"2026-03-02","met_on":"2026-03-01"}]}`, "met_before_start", "/periods/0/met_on"},
		"strange policy":              {`{"received_on":"2026-03-02","policy":{"pause_bounds":"any"}}`, "unknown_value", "/policy/pause_bounds"},
		"strict calendar":             {`{"received_on":"2026-12-20","policy":{"calendar_horizon_policy":"refuse"}}`, "calendar_unpublished", "/received_on"},
	} {
		r := in.Call("POST", "/v1/deadlines/calculate", c.body)
		require.Equal(t, 422, r.Status, "%s: %s", name, r)
		require.Equal(t, c.code, r.Text("errors", 0, "code"), "%s: %s", name, r)
		require.Equal(t, c.at, r.Text("errors", 0, "pointer"), name)
	}
	r := in.Call("POST", "/v1/deadlines/calculate", `{"received_on":"2026-03-02","extension_wd":21}`)
	require.Equal(t, "条例 art. 33(2)", r.Text("errors", 0, "rule"))
	require.Equal(t, 400, in.Call("POST", "/v1/deadlines/calculate", `{"received_on":`).Status)
	require.Equal(t, 422, in.Call("POST", "/v1/deadlines/calculate?days=siesta", `{"received_on":"2026-03-02"}`).Status)
}

func TestCalculate_tellsEveryClockInBothLanguages(t *testing.T) {
	t.Parallel()
	in, _ := start(t)
	const d2 = `{"received_on":"2025-06-09","as_of":"2025-07-01","consultations":[{"kind":"third_party","sent_on":"2025-06-12","consultee_received_on":"2025-06-16","answered_on":"2025-06-25"}],
		"periods":[{"kind":"review_reply","start_on":"2025-09-24"},{"kind":"suit_direct","start_on":"2025-08-29"}]}`
	zh := in.Call("POST", "/v1/deadlines/calculate?days=reply", d2)
	require.Equal(t, 200, zh.Status, zh)
	en := in.Call("POST", "/v1/deadlines/calculate?days=reply", d2, "Accept-Language: en")
	require.NotEqual(t, zh.Text("explanation", 0, "text"), en.Text("explanation", 0, "text"))
	clocks := map[string]string{}
	for i := range zh.At("clocks").([]any) {
		clocks[zh.Text("clocks", i, "kind")] = zh.Text("clocks", i, "due_on")
	}
	require.Equal(t, "2025-07-18", clocks["reply"])
	require.Equal(t, "2025-07-07", clocks["consultation"], "D1: the third party's limit")
	require.Equal(t, "2025-10-14", clocks["review_reply"], "F8")
	require.Equal(t, "2026-02-28", clocks["suit_direct"], "F11: a worked Saturday does not roll")
	counted, last := 0, ""
	for i := range zh.At("days").([]any) {
		if zh.Text("days", i, "reason") == "counted" {
			counted++
			last = zh.Text("days", i, "date")
		}
	}
	require.Equal(t, 20, counted)
	require.Equal(t, "2025-07-18", last)

	only := in.Call("POST", "/v1/deadlines/calculate", `{"periods":[{"kind":"order_performance","start_on":"2026-01-26","period_wd":15}]}`)
	require.Equal(t, 200, only.Status, only)
	require.Nil(t, only.At("reply_due"))
	r := in.Call("GET", "/v1/deadlines/periods", nil)
	require.Greater(t, len(r.At("items").([]any)), 30)
}
