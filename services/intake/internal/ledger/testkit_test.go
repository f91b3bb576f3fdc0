package ledger_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake"
)

// The OpenAPI documents that hold every exchange of these tests; all of imports
// must be exercised.
var (
	importsSpec = contracttest.Load(api.OpenAPI("imports"))
	intakeSpec  = contracttest.Load(api.OpenAPI("intake"))
)

func TestMain(m *testing.M) { os.Exit(importsSpec.Main(m)) }

type body = map[string]any

// desk is a running service with an office and its staff.
type desk struct {
	*servicetest.Instance
	t     testing.TB
	clock *wallclock.Fake
	dir   string
	// Authorization headers.
	officer, auditor, stranger string
	officerID                  string
}

const office = "xujing"

// open starts intake, and what else shall run beside it.
func open(t testing.TB, beside ...service.Constructor) *desk {
	t.Helper()
	d := &desk{t: t, clock: wallclock.NewFake(servicetest.DefaultNow), dir: t.TempDir()}
	d.start(beside...)
	made := d.Call("POST", "/v1/offices/bootstrap", body{
		"setup_code": d.Master.SetupCode(),
		"office":     body{"id": office, "name": "徐泾镇人民政府", "superior_government": "上海市青浦区人民政府", "court": "上海铁路运输法院"},
		"admin":      body{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
	})
	require.Equal(t, http.StatusCreated, made.Status, "%s", made)
	admin := d.as(office, "a", identity.Admin)
	for _, username := range []string{"officer", "twin1", "twin2"} {
		name := "李经办"
		if username != "officer" {
			name = "王双"
		}
		r := d.Call("POST", "/v1/staff", body{
			"username": username, "name": name, "roles": []identity.Role{identity.Officer}, "password": "long-enough-pass",
		}, admin)
		require.Equal(t, http.StatusCreated, r.Status, "%s", r)
		if username == "officer" {
			d.officerID = r.Text("id")
		}
	}
	d.signIn()
	return d
}

// start runs the services on the desk's folder.
func (d *desk) start(beside ...service.Constructor) {
	d.t.Helper()
	d.Instance = servicetest.Start(d.t, servicetest.Config{
		Services: append([]service.Constructor{intake.New}, beside...), Clock: d.clock, Dir: d.dir,
		Contracts: []*contracttest.Contract{importsSpec, intakeSpec},
	})
}

// again stops the services, lets time pass and starts them on what they have kept.
func (d *desk) again(later time.Duration, beside ...service.Constructor) {
	d.t.Helper()
	d.Stop()
	d.clock.Advance(later)
	d.start(beside...)
	d.signIn()
}

// as is the header with which somebody of an office calls.
func (d *desk) as(office, id string, roles ...identity.Role) string {
	return d.As(identity.Staff{ID: id, Office: office, Username: id, Name: id, Roles: roles})
}

func (d *desk) signIn() {
	d.officer = d.as(office, d.officerID, identity.Officer)
	d.auditor = d.as(office, "s-auditor", identity.Auditor)
	d.stranger = d.as("zhonggu", "s-stranger", identity.Officer, identity.Head)
}

func (d *desk) get(path string, headers ...string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("GET", path, nil, append([]string{d.officer}, headers...)...)
	require.Equal(d.t, http.StatusOK, r.Status, "%s", r)
	return r
}

// registered enters an application at the counter and registers it.
func (d *desk) registered(text, arrived string) (id string) {
	d.t.Helper()
	r := d.Call("POST", "/v1/cases", body{
		"channel": "in_person", "arrived_on": arrived,
		"applicant": body{"kind": "natural_person", "name": "赵六", "id_type": "resident_id", "id_number": "310118198001010015", "contact": body{"phone": "13800000000"}},
		"content":   body{"description": text}, "delivery": body{"format": "paper", "route": "pick_up"},
	}, d.officer)
	require.Equal(d.t, http.StatusCreated, r.Status, "%s", r)
	id = r.Text("id")
	r = d.Call("POST", "/v1/cases/"+id+"/registration", body{"received_on": arrived}, d.officer)
	require.Less(d.t, r.Status, 300, "%s", r)
	return id
}
