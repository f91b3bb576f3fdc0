package intake_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A new query code ends the old one, and only staff who have seen proof give it.
func TestQueryCodeIsIssuedAnew(t *testing.T) {
	t.Parallel()
	d := open(t)
	key := d.key()
	filed := d.ok("/v1/applications", online("补助清单"), key)
	mine, first := "/v1/applications/"+filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code")
	id := d.get("/v1/cases", d.officer).Text("items", 0, "id")
	at := "/v1/cases/" + id + "/query-code"

	for fault, b := range map[string]body{
		"/proof":       {"proof": "he said so", "handed_to": "王小明"},
		"/handed_to":   {"proof": "identity_document"},
		"/reissued_on": {"proof": "identity_document", "handed_to": "王小明", "reissued_on": "2026-06-11"},
	} {
		require.Equal(t, fault, d.Call("POST", at, b, d.officer).Text("errors", 0, "pointer"))
	}
	require.Equal(t, "no_agent", d.Call("POST", at, body{"proof": "agent_authority", "handed_to": "赵律师"}, d.officer).Text("errors", 0, "code"))
	proof := body{"proof": "identity_document", "handed_to": "王小明", "note": "原查询码遗失"}
	require.Equal(t, http.StatusForbidden, d.Call("POST", at, proof, d.auditor).Status)
	require.Equal(t, http.StatusNotFound, d.Call("POST", at, proof, d.stranger).Status)
	d.get(mine, first)

	again := d.key()
	issued := d.ok(at, proof, d.officer, again)
	require.EqualValues(t, 2, issued.At("version"))
	require.Equal(t, string(issued.Body), string(d.ok(at, proof, d.officer, again).Body))
	second := "X-Query-Code: " + issued.Text("query_code")
	require.Equal(t, http.StatusNotFound, d.Call("GET", mine, nil, first).Status)
	require.Equal(t, "重新发放查询码", d.get(mine, second).Text("notices", 0, "label"))
	require.Equal(t, string(filed.Body), string(d.ok("/v1/applications", online("补助清单"), key).Body),
		"a repeat of the filing never shows the new code")
	require.Equal(t, "出示身份证件", d.get("/v1/cases/"+id, d.officer).Text("code_reissues", 0, "proof_label"))

	d.ok("/v1/cases/"+id+"/registration", nil, d.officer)
	d.ok("/v1/cases/"+id+"/split", body{"parts": []body{{"title": "甲", "description": "x"}, {"title": "乙", "description": "y"}}}, d.officer)
	part := d.get(mine, second)
	receipt, code := part.Text("parts", 1, "receipt"), part.Text("parts", 1, "query_code")
	d.get("/v1/applications/"+receipt, "X-Query-Code: "+code)
	third := "X-Query-Code: " + d.ok(at, proof, d.officer).Text("query_code")
	require.Equal(t, http.StatusNotFound, d.Call("GET", "/v1/applications/"+receipt, nil, "X-Query-Code: "+code).Status, "whoever had the code saw those of the parts")
	part = d.get(mine, third)
	require.Equal(t, "乙", part.Text("parts", 1, "title"))
	d.get("/v1/applications/"+receipt, "X-Query-Code: "+part.Text("parts", 1, "query_code"))
}

// Wrong codes are counted across restarts, and for receipts that do not exist alike.
func TestWrongCodesAreRemembered(t *testing.T) {
	t.Parallel()
	d := open(t)
	filed := d.ok("/v1/applications", online("x"))
	receipt, code := filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code")
	for _, r := range []string{receipt, "AAAA-BBBB-CCCC-DDDD"} {
		statuses := map[int]int{}
		for range 12 {
			statuses[d.Call("POST", "/v1/applications/"+r+"/withdrawal", body{}, "X-Query-Code: AAAA").Status]++
		}
		require.Equal(t, map[int]int{http.StatusNotFound: 10, http.StatusTooManyRequests: 2}, statuses)
	}
	d.again()
	d.signIn()
	require.Equal(t, http.StatusTooManyRequests, d.Call("GET", "/v1/applications/"+receipt, nil, code).Status)
	d.clock.Advance(15 * time.Minute)
	d.get("/v1/applications/"+receipt, code)
}
