package doors_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
)

type body = map[string]any

// elsewhere are the addresses whose ids another test gives to a foreign office, because
// what they name takes a story of its own to come about.
var elsewhere = map[string]string{
	"/v1/lessons/":               "tested in services/litigation",
	"/v1/imports/":               "tested in services/intake/internal/ledger",
	"/v1/fees/webhooks/payments": "tested in services/fee",
	"/v1/applications/":          "a receipt opens with its query code only, whoever is signed in",
}

// holdings makes one of every kind of document in an office and returns their ids by the
// beginning of the addresses that take them.
func holdings(t *testing.T, in *servicetest.Instance, staff map[identity.Role]string) map[string]string {
	t.Helper()
	as := func(r identity.Role) string {
		return in.As(identity.Staff{ID: staff[r], Office: office, Name: string(r), Roles: []identity.Role{r}})
	}
	ok := func(path string, b body, r identity.Role) servicetest.Reply {
		t.Helper()
		reply := in.Call("POST", path, b, as(r))
		require.Less(t, reply.Status, 300, "%s: %s", path, reply)
		return reply
	}
	var ids, digests []string
	for _, number := range []string{"310118199001011234", "310118198001010017"} {
		r := ok("/v1/cases", body{
			"channel": "in_person", "arrived_on": "2026-06-01",
			"applicant": body{"kind": "natural_person", "name": "秘密人", "id_type": "resident_id", "id_number": number, "contact": body{"phone": "13800000000", "address": "秘密路1号"}},
			"content":   body{"description": "秘密内容"}, "delivery": body{"format": "paper", "route": "mail"},
		}, identity.Officer)
		ok("/v1/cases/"+r.Text("id")+"/registration", body{"received_on": "2026-06-01"}, identity.Officer)
		ids = append(ids, r.Text("id"))
		digests = append(digests, in.Call("GET", "/v1/cases/"+r.Text("id"), nil, as(identity.Officer)).Text("applicant_digests", 0))
	}
	ok("/v1/cases/"+ids[0]+"/searches", body{"unit": "规建办", "asked_on": "2026-06-02"}, identity.Officer)
	ok("/v1/cases/"+ids[0]+"/consultations", body{"kind": "third_party", "consultee": "秘密公司", "sent_on": "2026-06-02", "consultee_received_on": "2026-06-03"}, identity.Officer)
	in.Settle()
	merge := ok("/v1/fees/identities/merges", body{"applicants": digests, "reason": "秘密理由"}, identity.Admin)
	finding := ok("/v1/fees/findings", body{"case_id": ids[0], "grounds": "秘密理由"}, identity.Officer)
	ok("/v1/fees/findings/"+finding.Text("id")+"/approval", body{"approved": true}, identity.Head)
	notice := ok("/v1/fees/notices", body{"case_id": ids[0], "method": "per_page", "pages": 100}, identity.Officer)
	proceeding := ok("/v1/proceedings", body{
		"kind": "review", "case_id": ids[0], "organ_or_court": "秘密机关", "received_on": "2026-06-05",
		"persons": []body{{"role": "claimant", "name": "秘密人"}},
	}, identity.Legal)
	ok("/v1/proceedings/"+proceeding.Text("id")+"/steps", body{"step": "acceptance", "on": "2026-06-05"}, identity.Legal)
	in.Settle()
	return map[string]string{
		"/v1/cases/": ids[0], "/v1/deadlines/": ids[0], "/v1/fees/identities/merges/": merge.Text("id"), "/v1/fees/findings/": finding.Text("id"),
		"/v1/fees/notices/": notice.Text("id"), "/v1/proceedings/": proceeding.Text("id"), "/v1/staff/": staff[identity.Officer], "/v1/offices/": office,
	}
}

// Whoever holds an id of another office finds nothing behind it, whatever role and
// whatever operation, and changes nothing.
func TestNoDoorOpensWithAnotherOfficesIDs(t *testing.T) {
	t.Parallel()
	in, staff := start(t)
	made := in.Call("POST", "/v1/offices", body{
		"id": "zhonggu", "name": "重固镇人民政府", "admin": body{"username": "admin2", "name": "管理员", "password": "long-enough-pass"},
	}, in.As(identity.Staff{ID: staff[identity.Admin], Office: office, Roles: []identity.Role{identity.Admin}}))
	require.Equal(t, http.StatusCreated, made.Status, made)
	ids := holdings(t, in, staff)
	stranger := in.As(identity.Staff{ID: "s-stranger", Office: "zhonggu", Name: "外人", Roles: identity.Roles})
	owner := in.As(identity.Staff{ID: staff[identity.Head], Office: office, Roles: identity.Roles})
	state := func() (all []string) {
		for _, path := range []string{
			"/v1/cases/" + ids["/v1/cases/"], "/v1/fees/findings/" + ids["/v1/fees/findings/"], "/v1/fees/notices/" + ids["/v1/fees/notices/"],
			"/v1/proceedings/" + ids["/v1/proceedings/"], "/v1/fees/identities/merges/" + ids["/v1/fees/identities/merges/"],
			"/v1/staff/" + ids["/v1/staff/"], "/v1/offices/" + office + "/policies",
		} {
			r := in.Call("GET", path, nil, owner)
			require.Equal(t, 200, r.Status, "%s: %s", path, r)
			all = append(all, string(r.Body))
		}
		return all
	}
	before, tried := state(), 0
	for _, d := range doors(t) {
		if !strings.Contains(strings.NewReplacer("{year}", "", "{service}", "").Replace(d.path), "{") {
			continue // it names no document
		}
		if told(d.path) {
			continue
		}
		path := d.path
		for prefix, id := range ids {
			if strings.HasPrefix(path, prefix+"{id}") {
				path = strings.Replace(path, "{id}", id, 1)
			}
		}
		require.NotContains(t, path, "{id}", "%s takes an id that this test does not make", d)
		path = strings.NewReplacer("{n}", "1", "{letter}", "receipt", "{session}", "x", "{account}", "x").Replace(path)
		require.NotContains(t, path, "{", "%s takes an id that this test does not make", d)
		var b any
		if d.method != http.MethodGet && d.method != http.MethodDelete {
			b = body{}
		}
		r := in.Call(d.method, path, b, stranger)
		// A body that cannot be is refused before anything is looked for; what it says
		// is about the body alone.
		require.Contains(t, []int{404, 422, 415, 400, 403}, r.Status, "%s: %s", d, r)
		if d.method == http.MethodGet || d.method == http.MethodDelete {
			require.Contains(t, []int{404, 403}, r.Status, "%s: %s", d, r)
		}
		require.NotContains(t, string(r.Body), "秘密", "%s tells of another office", d)
		tried++
	}
	require.Greater(t, tried, 60)
	in.Settle()
	require.Equal(t, before, state(), "nothing was changed")
	for _, list := range []string{"/v1/cases", "/v1/proceedings", "/v1/fees/findings", "/v1/fees/notices", "/v1/fees/usage?month=2026-06", "/v1/deadlines", "/v1/fees/identities/merges", "/v1/staff"} {
		r := in.Call("GET", list, nil, stranger)
		require.Equal(t, 200, r.Status, "%s: %s", list, r)
		require.NotContains(t, string(r.Body), "秘密", list)
		for _, id := range ids {
			if id != office {
				require.NotContains(t, string(r.Body), id, list)
			}
		}
	}
}

// aboutApplicants are the documents that belong to no single case.
var aboutApplicants = []string{"/v1/fees/findings/", "/v1/fees/identities/merges/", "/v1/staff/", "/v1/offices/"}

// A case that is kept to named people is not there for a colleague: behind no address
// that takes its id, in no list, search or export; it counts in the figures.
func TestNoDoorOpensToARestrictedCase(t *testing.T) {
	t.Parallel()
	in, staff := start(t)
	ids := holdings(t, in, staff)
	caseID := ids["/v1/cases/"]
	as := func(id string, roles ...identity.Role) string {
		return in.As(identity.Staff{ID: id, Office: office, Name: "同事", Roles: roles})
	}
	head := as(staff[identity.Head], identity.Roles...)
	file := in.Call("GET", "/v1/cases/"+caseID, nil, head)
	register, content := file.Text("register_no"), "秘密内容"
	refused := in.Call("PUT", "/v1/cases/"+caseID+"/restriction", body{"staff": []string{staff[identity.Officer]}, "reason": "涉及本机关人员"}, as(staff[identity.Officer], identity.Officer))
	require.Equal(t, http.StatusForbidden, refused.Status, refused)
	set := in.Call("PUT", "/v1/cases/"+caseID+"/restriction", body{"staff": []string{staff[identity.Officer]}, "reason": "涉及本机关人员"}, head)
	require.Equal(t, 200, set.Status, set)
	in.Settle()

	var most []identity.Role // every role but the administrator's, who may name people
	for _, r := range identity.Roles {
		if r != identity.Admin {
			most = append(most, r)
		}
	}
	colleague := as(staff[identity.Legal], most...)
	state := func() (all []string) {
		for _, path := range []string{"/v1/cases/" + caseID, "/v1/fees/notices/" + ids["/v1/fees/notices/"], "/v1/proceedings/" + ids["/v1/proceedings/"]} {
			r := in.Call("GET", path, nil, head)
			require.Equal(t, 200, r.Status, "%s: %s", path, r)
			all = append(all, string(r.Body))
		}
		return all
	}
	before, tried := state(), 0
	for _, d := range doors(t) {
		path := d.path
		for prefix, id := range ids {
			if strings.HasPrefix(path, prefix+"{id}") && !slices.Contains(aboutApplicants, prefix) {
				path = strings.Replace(path, "{id}", id, 1)
			}
		}
		if path == d.path {
			continue // it names no case
		}
		path = strings.NewReplacer("{n}", "1", "{letter}", "receipt").Replace(path)
		var b any
		if d.method != http.MethodGet && d.method != http.MethodDelete {
			b = body{}
		}
		r := in.Call(d.method, path, b, colleague)
		require.Contains(t, []int{404, 422, 415, 400}, r.Status, "%s: %s", d, r)
		if d.method == http.MethodGet || d.method == http.MethodDelete {
			require.Equal(t, 404, r.Status, "%s: %s", d, r)
		}
		require.NotContains(t, string(r.Body), "秘密", d)
		tried++
	}
	require.Greater(t, tried, 50)
	// Ids that go in bodies and queries.
	for _, call := range []struct {
		method, path string
		b            any
	}{
		{"POST", "/v1/fees/notices", body{"case_id": caseID, "method": "per_page", "pages": 3}},
		{"POST", "/v1/proceedings", body{"kind": "review", "case_id": caseID, "organ_or_court": "机关", "received_on": "2026-06-05"}},
		{"POST", "/v1/proceedings", body{"kind": "review", "register_no": register, "organ_or_court": "机关", "received_on": "2026-06-05"}},
		{"GET", "/v1/fees/similar?case_id=" + caseID, nil},
	} {
		r := in.Call(call.method, call.path, call.b, colleague)
		require.Contains(t, []int{404, 422}, r.Status, "%s %s: %s", call.method, call.path, r)
		require.NotContains(t, string(r.Body), register)
	}
	bulk := in.Call("POST", "/v1/cases/bulk/assignment", body{"case_ids": []string{caseID}, "assignee": staff[identity.Officer]}, colleague)
	require.NotContains(t, string(bulk.Body), register, bulk)
	require.NotContains(t, string(bulk.Body), "秘密", bulk)
	in.Settle()
	require.Equal(t, before, state(), "nothing was changed")

	lists := []string{
		"/v1/cases", "/v1/cases?queue=unit", "/v1/cases?queue=unassigned", "/v1/cases?q=" + url.QueryEscape(content), "/v1/cases?q=" + register,
		"/v1/deadlines", "/v1/deadlines/alarms", "/v1/proceedings", "/v1/proceedings?case_id=" + caseID, "/v1/fees/notices", "/v1/cases/restricted",
		"/v1/reports/annual/2026/cases?row=new_received&column=total",
	}
	for _, list := range lists {
		r := in.Call("GET", list, nil, colleague)
		if r.Status == 403 || r.Status == 404 {
			t.Fatalf("%s: %s", list, r)
		}
		require.Equal(t, 200, r.Status, "%s: %s", list, r)
		require.NotContains(t, string(r.Body), caseID, list)
		require.NotContains(t, string(r.Body), `"`+register+`"`, list)
		require.Contains(t, string(in.Call("GET", list, nil, head).Body), `"items"`, list)
	}
	csv := in.Call("GET", "/v1/cases", nil, colleague, "Accept: text/csv")
	require.Equal(t, 200, csv.Status, csv)
	require.NotContains(t, string(csv.Body), register)
	load := func(who string) any { return in.Call("GET", "/v1/cases/workload", nil, who).At("unit", "open") }
	require.Equal(t, load(head), load(colleague), "figures count it")

	// An administrator may name people, and sees who they are, not the case.
	admin := as(staff[identity.Admin], identity.Admin)
	require.Equal(t, 404, in.Call("GET", "/v1/cases/"+caseID, nil, admin).Status)
	known := in.Call("GET", "/v1/cases/restricted", nil, admin)
	require.Equal(t, caseID, known.Text("items", 0, "case_id"), known)
	require.NotContains(t, string(known.Body), "秘密")
	named := in.Call("PUT", "/v1/cases/"+caseID+"/restriction", body{"staff": []string{staff[identity.Officer], staff[identity.Legal]}, "reason": "增加知悉人员"}, admin)
	require.Equal(t, 200, named.Status, named)
	in.Settle()
	for _, path := range []string{"/v1/cases/" + caseID, "/v1/deadlines/" + caseID, "/v1/proceedings/" + ids["/v1/proceedings/"], "/v1/fees/notices/" + ids["/v1/fees/notices/"]} {
		require.Equal(t, 200, in.Call("GET", path, nil, colleague).Status, path)
	}
	require.Equal(t, 200, in.Call("POST", "/v1/cases/"+caseID+"/restriction/lift", body{"reason": "原因消失"}, admin).Status)
	in.Settle()
	for _, path := range []string{"/v1/cases/" + caseID, "/v1/deadlines/" + caseID, "/v1/proceedings/" + ids["/v1/proceedings/"]} {
		require.Equal(t, 200, in.Call("GET", path, nil, as(staff[identity.Finance], most...)).Status, path)
	}
}

func told(path string) bool {
	for prefix := range elsewhere {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}
