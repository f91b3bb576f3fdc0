package intake_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/intake"
)

// auditSpec holds the record's own routes to their document.
var auditSpec = contracttest.Load(api.OpenAPI("audit"))

const auditPath = "/v1/audit/service1/entries" // servicetest's name of the first service

// audited waits until the record holds an entry of the kind.
func (d *desk) audited(query, as string, is func(e map[string]any) bool) map[string]any {
	d.t.Helper()
	var found map[string]any
	d.Eventually(func() bool {
		items, _ := d.get(auditPath+query, as).At("items").([]any)
		for _, it := range items {
			if e, _ := it.(map[string]any); is(e) {
				found = e
				return true
			}
		}
		return false
	}, "an entry of the record")
	return found
}

func TestAudit_whoDidAndSawWhat(t *testing.T) {
	t.Parallel()
	d := open(t)
	officer := d.people[&d.officer]
	id := d.registered("某地块征收补偿安置方案", "2026-06-01")
	d.get("/v1/cases/"+id, d.officer)
	require.Equal(t, 403, d.Call("POST", "/v1/cases/"+id+"/decision/approval", body{}, d.officer).Status)

	viewed := d.audited("?subject="+id, d.auditor, func(e map[string]any) bool {
		return e["phase"] == "viewed" && e["route"] == "/v1/cases/:id" && e["status"] == 200.0
	})
	require.Equal(t, officer.ID, viewed["actor"])
	require.Equal(t, "read_cases", viewed["purpose"])
	require.Equal(t, "127.0.0.1", viewed["from"])
	ended := d.audited("?subject="+id, d.auditor, func(e map[string]any) bool {
		return e["phase"] == "ended" && e["route"] == "/v1/cases/:id/registration"
	})
	require.Equal(t, 200.0, ended["status"])
	d.audited("?actor="+officer.ID, d.auditor, func(e map[string]any) bool { return e["phase"] == "began" && e["request"] == ended["request"] })
	refused := d.audited("?actor="+officer.ID, d.auditor, func(e map[string]any) bool { return e["status"] == 403.0 })
	require.Equal(t, "approve_cases", refused["purpose"])

	// Looking at the record is on record.
	d.audited("?actor="+d.people[&d.auditor].ID, d.auditor, func(e map[string]any) bool { return e["route"] == "/v1/audit/:service/entries" })
	// It names nobody.
	whole := string(d.get(auditPath+"?limit=200", d.auditor).Body)
	for _, personal := range []string{"王小明", "310118199001011234", "13800000000", "征收", "李经办"} {
		require.NotContains(t, whole, personal)
	}
	// A search is not in it, whoever was searched for.
	d.get("/v1/cases?q=王小明", d.officer)
	d.audited("", d.auditor, func(e map[string]any) bool { return e["route"] == "/v1/cases" && e["method"] == "GET" })
	require.NotContains(t, string(d.get(auditPath+"?limit=200", d.auditor).Body), "小明")

	require.Equal(t, 403, d.Call("GET", auditPath, nil, d.officer).Status)
	require.Equal(t, 401, d.Call("GET", auditPath, nil).Status)
	require.Equal(t, 404, d.Call("GET", "/v1/audit/nowhere/entries", nil, d.auditor).Status)
	for _, q := range []string{"?actor=a&subject=b", "?from=2026-06-02&to=2026-06-01", "?unknown=1", "?from=x"} {
		require.Equal(t, 422, d.Call("GET", auditPath+q, nil, d.auditor).Status, q)
	}
	require.Empty(t, d.get(auditPath+"?to=2026-06-09", d.auditor).At("items"))
	require.NotEmpty(t, d.get(auditPath+"?from=2026-06-10&to=2026-06-10", d.auditor).At("items"))
	theirs := d.As(identity.Staff{ID: "s-theirs", Office: other, Roles: []identity.Role{identity.Auditor}})
	require.NotContains(t, string(d.get(auditPath, theirs).Body), officer.ID)
}

func TestAudit_signInsAndApplicants(t *testing.T) {
	t.Parallel()
	d := open(t)
	officer := d.people[&d.officer]
	d.ok("/v1/session", body{"username": "officer", "password": "long-enough-pass"})
	require.Equal(t, 401, d.Call("POST", "/v1/session", body{"username": "officer", "password": "wrong"}).Status)
	failed := d.audited("?subject="+officer.ID, d.auditor, func(e map[string]any) bool { return e["route"] == "/v1/session" && e["status"] == 401.0 })
	require.Equal(t, "anyone", failed["kind"])
	d.audited("?subject="+officer.ID, d.auditor, func(e map[string]any) bool { return e["route"] == "/v1/session" && e["status"] == 200.0 })

	filed := d.ok("/v1/applications", with(application("x"), body{"office": office}), d.key())
	receipt := filed.Text("receipt")
	d.audited("?subject="+receipt, d.auditor, func(e map[string]any) bool { return e["phase"] == "ended" && e["status"] == 201.0 })
	d.get("/v1/applications/"+receipt, "X-Query-Code: "+filed.Text("query_code"))
	seen := d.audited("?subject="+receipt, d.auditor, func(e map[string]any) bool { return e["kind"] == "applicant" })
	require.Equal(t, "/v1/applications/:receipt", seen["route"])
	whole := string(d.get(auditPath+"?limit=200", d.auditor).Body)
	require.NotContains(t, whole, filed.Text("query_code"))
	require.NotContains(t, whole, "wrong")
}

func TestAudit_exportAndCheckpoints(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.registered("x", "2026-06-01")
	d.audited("", d.auditor, func(e map[string]any) bool {
		return e["route"] == "/v1/cases/:id/registration" && e["phase"] == "ended"
	})
	at := "/v1/audit/service1"
	table := d.get(at+"/export", d.auditor, "Accept: text/csv")
	require.True(t, strings.HasPrefix(string(table.Body), "\ufeffn,at,phase,request"), table)
	require.Contains(t, string(table.Body), "/v1/cases/:id/registration")
	lines := d.get(at+"/export", d.auditor, "Accept: application/x-ndjson")
	require.Contains(t, string(lines.Body), `"route":"/v1/cases/:id/registration"`)
	require.Equal(t, 406, d.Call("GET", at+"/export", nil, d.auditor, "Accept: image/png").Status)

	require.NoError(t, d.Host.Trail("service1").Checkpoint(t.Context()))
	points := d.get(at+"/checkpoints", d.auditor)
	require.NotEmpty(t, points.Text("public_key"))
	require.Equal(t, office, points.Text("items", 0, "office"))
	require.NotEmpty(t, points.Text("items", 0, "signature"))
	var report strings.Builder
	require.NoError(t, d.Host.VerifyAudit(t.Context(), nil, &report))
	require.Contains(t, report.String(), "ok     service1 "+office+":")
}

// What was acknowledged is on record after a restart, and the chain goes on.
func TestAudit_goesOnAfterARestart(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("x", "2026-06-01")
	d.again()
	d.signIn()
	d.ok("/v1/cases/"+id+"/assignment", body{"assignee": "me"}, d.officer)
	d.audited("?subject="+id, d.auditor, func(e map[string]any) bool {
		return e["route"] == "/v1/cases/:id/registration" && e["phase"] == "began"
	})
	d.audited("?subject="+id, d.auditor, func(e map[string]any) bool { return e["route"] == "/v1/cases/:id/assignment" && e["phase"] == "ended" })
	var report strings.Builder
	require.NoError(t, d.Host.VerifyAudit(t.Context(), nil, &report))
}

// BenchmarkTrust shows what the audit trail and the sealing of personal data cost:
// entering a case, and a page of the queue.
func BenchmarkTrust(b *testing.B) {
	for _, kept := range []struct {
		name         string
		audit, seals bool
	}{{"neither", false, false}, {"audit", true, false}, {"both", true, true}} {
		name := kept.name
		in := servicetest.Start(b, servicetest.Config{Services: []service.Constructor{intake.New}, NoAudit: !kept.audit, NoSeal: !kept.seals})
		as := in.As(identity.Staff{ID: "s-1", Office: office, Name: "李经办", Roles: []identity.Role{identity.Officer}})
		require.Equal(b, 201, in.Call("POST", "/v1/offices/bootstrap", body{
			"setup_code": in.Master.SetupCode(), "office": body{"id": office, "name": "徐泾镇人民政府"},
			"admin": body{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
		}).Status)
		enter := with(application("某地块征收补偿安置方案"), body{"channel": "in_person", "arrived_on": "2026-06-08"})
		for range 100 {
			r := in.Call("POST", "/v1/cases", enter, as)
			require.Equal(b, 201, r.Status, "%s", r)
		}
		b.Run("filing/"+name, func(b *testing.B) {
			b.SetParallelism(32) // 64 clients on two cores
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if r := in.Call("POST", "/v1/cases", enter, as); r.Status != 201 {
						b.Error(r)
					}
				}
			})
		})
		b.Run("queue/"+name, func(b *testing.B) {
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if r := in.Call("GET", "/v1/cases?queue=unassigned", nil, as); r.Status != 200 {
						b.Error(r)
					}
				}
			})
		})
		in.Stop()
	}
}
