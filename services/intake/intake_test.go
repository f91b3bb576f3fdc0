package intake_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake"
)

// spec holds every request and answer of these tests to the OpenAPI document.
var spec = contracttest.Load(api.OpenAPI("intake"))

func TestMain(m *testing.M) { os.Exit(contracttest.Main(m, spec, auditSpec)) }

type body = map[string]any

// desk is a running service with an office and its staff.
type desk struct {
	*servicetest.Instance
	t     testing.TB
	clock *wallclock.Fake
	dir   string
	// Authorization headers.
	officer, head, legal, auditor, stranger string
	officerID                               string
	people                                  map[*string]identity.Staff
	keys                                    int
}

const (
	office = "xujing"
	other  = "zhonggu"
)

// start runs the service on the folder, and what else shall run beside it.
func start(t testing.TB, dir string, clock *wallclock.Fake, beside ...service.Constructor) *servicetest.Instance {
	t.Helper()
	return servicetest.Start(t, servicetest.Config{
		Services: append([]service.Constructor{intake.New}, beside...), Clock: clock, Dir: dir,
		Contracts: []*contracttest.Contract{spec, auditSpec},
	})
}

// again stops the service and starts it on what it has kept.
func (d *desk) again() {
	d.t.Helper()
	d.Stop()
	d.Instance = start(d.t, d.dir, d.clock)
}

// open starts the service with two offices.
func open(t testing.TB, beside ...service.Constructor) *desk {
	t.Helper()
	d := &desk{t: t, clock: wallclock.NewFake(servicetest.DefaultNow), dir: t.TempDir(), people: map[*string]identity.Staff{}}
	d.Instance = start(t, d.dir, d.clock, beside...)
	in := d.Instance
	made := in.Call("POST", "/v1/offices/bootstrap", body{
		"setup_code": in.Master.SetupCode(),
		"office":     body{"id": office, "name": "徐泾镇人民政府", "superior_government": "上海市青浦区人民政府", "court": "上海铁路运输法院"},
		"admin":      body{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
	})
	require.Equal(t, http.StatusCreated, made.Status, "%s", made)
	admin := in.As(identity.Staff{ID: made.Text("staff", "id"), Office: office, Roles: []identity.Role{identity.Admin}})
	member := func(header *string, username, name string, role identity.Role) (id string) {
		r := in.Call("POST", "/v1/staff", body{
			"username": username, "name": name, "roles": []identity.Role{role}, "password": "long-enough-pass",
		}, admin)
		require.Equal(t, http.StatusCreated, r.Status, "%s", r)
		id = r.Text("id")
		d.people[header] = identity.Staff{ID: id, Office: office, Username: username, Name: name, Roles: []identity.Role{role}}
		return id
	}
	d.officerID = member(&d.officer, "officer", "李经办", identity.Officer)
	member(&d.head, "head", "王主任", identity.Head)
	member(&d.legal, "legal", "钱法制", identity.Legal)
	member(&d.auditor, "auditor", "审计员", identity.Auditor)
	second := in.Call("POST", "/v1/offices", body{
		"id": other, "name": "重固镇人民政府", "admin": body{"username": "admin2", "name": "管理员", "password": "long-enough-pass"},
	}, admin)
	require.Equal(t, http.StatusCreated, second.Status, "%s", second)
	d.people[&d.stranger] = identity.Staff{ID: "s-stranger", Office: other, Name: "外人", Roles: []identity.Role{identity.Officer, identity.Head}}
	d.signIn()
	return d
}

// signIn makes tokens that stand from now on.
func (d *desk) signIn() {
	for header, staff := range d.people {
		*header = d.As(staff)
	}
}

// key returns a fresh Idempotency-Key header.
func (d *desk) key() string {
	d.keys++
	return fmt.Sprintf("Idempotency-Key: k-%d", d.keys)
}

// ok posts and wants success.
func (d *desk) ok(path string, b any, headers ...string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("POST", path, b, headers...)
	require.Less(d.t, r.Status, 300, "%s: %s", path, r)
	return r
}

// get reads and wants success.
func (d *desk) get(path string, headers ...string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("GET", path, nil, headers...)
	require.Equal(d.t, http.StatusOK, r.Status, "%s: %s", path, r)
	return r
}

// application is a good application to the office.
func application(text string) body {
	return body{
		"applicant": body{
			"kind": "natural_person", "name": "王小明", "id_type": "resident_id", "id_number": "310118199001011234",
			"contact": body{"phone": "13800000000", "address": "上海市青浦区某路1号"},
		},
		"content":  body{"description": text},
		"delivery": body{"format": "paper", "route": "mail"},
	}
}

func with(b body, more body) body {
	out := body{}
	for k, v := range b {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// counter enters an application at the counter and returns its id.
func (d *desk) counter(text, arrived string) string {
	d.t.Helper()
	r := d.ok("/v1/cases", with(application(text), body{"channel": "in_person", "arrived_on": arrived}), d.officer)
	return r.Text("id")
}

// registered enters and registers an application.
func (d *desk) registered(text, arrived string) string {
	d.t.Helper()
	id := d.counter(text, arrived)
	d.ok("/v1/cases/"+id+"/registration", body{"received_on": arrived}, d.officer)
	return id
}

func checks() []body {
	var out []body
	for _, a := range []string{"secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"} {
		out = append(out, body{"aspect": a, "result": "pass", "reviewer": "钱法制"})
	}
	return out
}

// reply reviews, drafts, signs and serves a decision on one day.
func (d *desk) reply(id, on string, proposal body) {
	d.t.Helper()
	at := "/v1/cases/" + id
	d.ok(at+"/review", body{"reviewed_on": on, "checks": checks()}, d.legal)
	d.ok(at+"/decision", with(proposal, body{"decided_on": on}), d.officer)
	d.ok(at+"/decision/approval", body{"signed_on": on, "no": "答复1号"}, d.head)
	d.ok(at+"/service", body{"route": "direct", "sent_on": on, "signer": "本人"}, d.officer)
}

func k2() body { return body{"kind": "K2", "contents": body{"information": "见附件"}} }

func TestOneApplicationAllTheWay(t *testing.T) {
	t.Parallel()
	d := open(t)
	filed := d.ok("/v1/applications", with(application("某地块征收补偿安置方案"), body{"office": office}), d.key())
	require.Equal(t, http.StatusCreated, filed.Status)
	require.Equal(t, "submitted", filed.Text("status"))
	require.Equal(t, "2026-06-10", filed.Text("arrived_on"))
	receipt, code := filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code")
	require.Regexp(t, `^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$`, receipt)

	queue := d.get("/v1/cases?queue=unassigned", d.officer)
	id := queue.Text("items", 0, "id")
	require.Equal(t, "王**", queue.Text("items", 0, "applicant_name"))
	at := "/v1/cases/" + id

	r := d.ok(at+"/registration", body{"received_on": "2026-06-10", "evidence": body{"confirmed_with": "本人"}}, d.officer)
	require.Equal(t, "2026-000001", r.Text("register_no"))
	require.Equal(t, "2026-07-09", r.Text("deadlines", "reply_due"))
	r = d.ok(at+"/assignment", body{"assignee": "me"}, d.officer)
	require.Equal(t, "李经办", r.Text("assignee_name"))
	require.Equal(t, id, d.get("/v1/cases?queue=mine", d.officer).Text("items", 0, "id"))

	d.reply(id, "2026-06-10", k2())
	r = d.get(at, d.officer)
	require.Equal(t, "closed", r.Text("status"))
	require.Equal(t, "granted", r.Text("report_row"))
	require.Equal(t, "2026-06-10", r.Text("finished_on"))
	require.Equal(t, "王小明", r.Text("applicant", "name"))
	require.Contains(t, r.Text("decision", "remedy_text"), "上海市青浦区人民政府")

	mine := d.get("/v1/applications/"+receipt, code)
	require.Equal(t, "closed", mine.Text("status"))
	require.Equal(t, "见附件", mine.Text("reply", "contents", "information"))
	require.Equal(t, "申请已经办结。", mine.Text("status_text"))
}
