package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/intake"
)

// TestReasonsAfterAFinding: where the office has settled so, intake asks for the reasons
// of an excessive number only after what fee has found and the head approved.
func TestReasonsAfterAFinding(t *testing.T) {
	t.Parallel()
	clk := wallclock.NewFake(servicetest.DefaultNow)
	in := servicetest.Start(t, servicetest.Config{Services: []service.Constructor{intake.New, fee.New}, Clock: clk})
	made := in.Call("POST", "/v1/offices/bootstrap", body{
		"setup_code": in.Master.SetupCode(), "office": body{"id": "demo", "name": "青溪镇人民政府"},
		"admin": body{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
	})
	require.Equal(t, 201, made.Status, made)
	as := func(r identity.Role) string {
		return in.As(identity.Staff{ID: "s-" + string(r), Office: "demo", Name: string(r), Roles: []identity.Role{r}})
	}
	ok := func(method, path string, b body, r identity.Role) servicetest.Reply {
		t.Helper()
		reply := in.Call(method, path, b, as(r))
		require.Less(t, reply.Status, 300, "%s: %s", path, reply)
		return reply
	}
	ok("PUT", "/v1/offices/demo/policies", body{"name": "青溪镇人民政府", "policies": body{"reasons_need_finding": true}}, identity.Head)
	file := func(idType, number, on string) string {
		t.Helper()
		id := ok("POST", "/v1/cases", body{
			"channel": "in_person", "arrived_on": on, "evidence": "窗口签收",
			"applicant": body{"kind": "natural_person", "name": "张伟", "id_type": idType, "id_number": number, "contact": body{"phone": "13800000001"}},
			"content":   body{"description": "集体资产台账" + number + on}, "delivery": body{"format": "electronic", "route": "online"},
		}, identity.Officer).Text("id")
		ok("POST", "/v1/cases/"+id+"/registration", body{"received_on": on}, identity.Officer)
		return id
	}
	ask := func(id string, b body) servicetest.Reply {
		return in.Call("POST", "/v1/cases/"+id+"/reasons-request", b, as(identity.Officer))
	}
	refused := func(id string) {
		t.Helper()
		r := ask(id, body{"text": "本月申请过多"})
		require.Equal(t, 409, r.Status, r)
		require.Equal(t, "条例 art. 35", r.Text("rule"))
	}
	becomes := func(id string, status int, why string) {
		t.Helper()
		in.Eventually(func() bool { return ask(id, body{"text": "本月申请过多"}).Status == status }, why)
	}
	digest := func(id string) (who string) {
		t.Helper()
		in.Eventually(func() bool {
			who = in.Call("GET", "/v1/fees/usage?case_id="+id, nil, as(identity.Officer)).Text("applicant")
			return who != ""
		}, "the case is not counted")
		return who
	}
	first := file("resident_id", "310118198001010017", "2026-06-02")
	earlier := file("resident_id", "310118198001010017", "2026-05-29")
	passport := file("passport", "E12345678", "2026-06-03")
	one, two := digest(first), digest(passport)
	require.NotEqual(t, one, two)
	refused(first)
	finding := ok("POST", "/v1/fees/findings", body{"case_id": first, "grounds": "当月申请明显超过合理范围"}, identity.Officer).Text("id")
	refused(first) // recorded is not approved

	clk.Set(civil.MustParse("2026-06-11").Time(civil.Shanghai).Add(10 * time.Hour))
	ok("POST", "/v1/fees/findings/"+finding+"/approval", body{"approved": true}, identity.Head)
	becomes(first, 200, "the approved finding does not reach intake")
	refused(earlier)
	refused(passport)
	before := ask(file("resident_id", "310118198001010017", "2026-06-05"), body{"text": "本月申请过多", "asked_on": "2026-06-10"})
	require.Equal(t, 409, before.Status, "asked before the approval: %s", before)
	require.Contains(t, before.Text("detail"), "晚于")

	// Two documents of one person: the finding holds for both, until they are separated.
	merge := ok("POST", "/v1/fees/identities/merges", body{"applicants": []string{one, two}, "reason": "同一人"}, identity.Admin).Text("id")
	becomes(passport, 200, "the finding does not follow the merge")
	ok("POST", "/v1/fees/identities/merges/"+merge+"/separation", body{"reason": "误并"}, identity.Admin)
	in.Eventually(func() bool {
		return ask(file("passport", "E12345678", "2026-06-04"), body{"text": "本月申请过多"}).Status == 409
	}, "the finding does not follow the separation")
}
