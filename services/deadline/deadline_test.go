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

// contract holds every request and answer of these tests to the OpenAPI document.
var contract = contracttest.Load(api.OpenAPI("deadline"))

func TestMain(m *testing.M) { os.Exit(contract.Main(m)) }

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
		Services: []service.Constructor{deadline.New}, Clock: clock, Contracts: []*contracttest.Contract{contract},
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
