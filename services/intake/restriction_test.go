package intake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// The head keeps a case to named people; the officer in charge must be one of them.
func TestRestrictedCase(t *testing.T) {
	t.Parallel()
	d := open(t)
	first := d.registered("公开的申请", "2026-06-08")
	id := d.registered("保密的申请", "2026-06-09")
	at := "/v1/cases/" + id
	d.ok(at+"/assignment", body{"assignee": "me"}, d.officer)
	headID, legalID := d.people[&d.head].ID, d.people[&d.legal].ID

	for pointer, b := range map[string]body{
		"/staff":         {"staff": []string{legalID}, "reason": "涉及经办人以外的同事"},
		"/staff/1":       {"staff": []string{d.officerID, "nobody"}, "reason": "x"},
		"/reason":        {"staff": []string{d.officerID}},
		"/restricted_on": {"staff": []string{d.officerID}, "reason": "x", "restricted_on": "2026-06-01"},
	} {
		r := d.Call("PUT", at+"/restriction", b, d.head)
		require.Equal(t, http.StatusUnprocessableEntity, r.Status, r)
		require.Equal(t, pointer, r.Text("errors", 0, "pointer"), r)
	}
	require.Equal(t, http.StatusNotFound, d.Call("PUT", at+"/restriction", body{"staff": []string{}, "reason": "x"}, d.stranger).Status)
	require.Equal(t, http.StatusConflict, d.Call("POST", at+"/restriction/lift", body{"reason": "x"}, d.head).Status)

	set := d.Call("PUT", at+"/restriction", body{"staff": []string{d.officerID}, "reason": "涉及本机关人员"}, d.head)
	require.Equal(t, http.StatusOK, set.Status, set)
	require.Equal(t, true, set.At("restricted"))
	require.Equal(t, headID, set.Text("staff", 1, "id"), "whoever restricts is among the named")

	require.Equal(t, true, d.get(at, d.officer).At("restricted"))
	require.Equal(t, "涉及本机关人员", d.get(at, d.head).Text("restriction", "reason"))
	require.Equal(t, http.StatusNotFound, d.Call("GET", at, nil, d.legal).Status)
	require.Equal(t, first, d.get("/v1/cases", d.legal).Text("items", 0, "id"))
	require.Equal(t, id, d.get("/v1/cases", d.officer).Text("items", 0, "id"))
	require.Equal(t, id, d.get("/v1/cases/restricted", d.head).Text("items", 0, "case_id"))

	// Nobody else may be given it, and it cannot be found as the target of another's step.
	r := d.Call("POST", at+"/assignment", body{"assignee": headID, "reason": "转办"}, d.officer)
	require.Less(t, r.Status, 300, r)
	for _, cmd := range []struct {
		path string
		b    body
	}{
		{"/v1/cases/" + first + "/links", body{"to": id, "kind": "related"}},
		{"/v1/cases/" + first + "/merge", body{"into": id, "reason": "重复"}},
	} {
		officer := d.people[&d.officer]
		officer.ID = legalID
		r := d.Call("POST", cmd.path, cmd.b, d.As(officer))
		require.Equal(t, http.StatusUnprocessableEntity, r.Status, r)
		require.Equal(t, "unknown_case", r.Text("errors", 0, "code"), r)
	}

	// The next number is drawn past a number that whoever registers does not see.
	officer := d.people[&d.officer]
	officer.ID = legalID
	other := d.counter("另一件", "2026-06-10")
	registered := d.ok("/v1/cases/"+other+"/registration", body{"received_on": "2026-06-10"}, d.As(officer))
	require.Equal(t, "2026-000003", registered.Text("register_no"))

	// Parts of it are as restricted as it is.
	d.ok(at+"/split", body{"parts": []body{{"title": "甲", "description": "x"}, {"title": "乙", "description": "y"}}}, d.officer)
	part := d.get(at, d.head).Text("children", 0, "id")
	require.Equal(t, http.StatusNotFound, d.Call("GET", "/v1/cases/"+part, nil, d.legal).Status)
	d.get("/v1/cases/"+part, d.officer)

	lifted := d.ok(at+"/restriction/lift", body{"reason": "原因消失"}, d.head)
	require.Equal(t, false, lifted.At("restricted"))
	d.get(at, d.legal)
	d.again()
	d.get(at, d.legal)
	require.Equal(t, http.StatusNotFound, d.Call("GET", "/v1/cases/"+part, nil, d.legal).Status)
}

// Only somebody who is named may be given a restricted case.
func TestRestrictedCaseStaysWithTheNamed(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("保密的申请", "2026-06-09")
	at := "/v1/cases/" + id
	require.Equal(t, http.StatusOK, d.Call("PUT", at+"/restriction", body{"staff": []string{}, "reason": "只限负责人"}, d.head).Status)
	r := d.Call("POST", at+"/assignment", body{"assignee": d.officerID}, d.head)
	require.Equal(t, "not_named", r.Text("errors", 0, "code"), r)
	require.Equal(t, http.StatusNotFound, d.Call("POST", at+"/assignment", body{"assignee": "me"}, d.officer).Status)
	require.Equal(t, http.StatusOK, d.Call("PUT", at+"/restriction", body{"staff": []string{d.officerID}, "reason": "交其办理"}, d.head).Status)
	d.ok(at+"/assignment", body{"assignee": d.officerID}, d.head)
	d.get(at, d.officer)
}
