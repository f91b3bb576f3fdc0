package litigation_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/identity"
)

// Names are for those who handle the proceeding; what is listed or leaves the office says
// 张某.
func TestProceeding_masksPersonsOutsideItsFile(t *testing.T) {
	t.Parallel()
	in := start(t)
	r := in.receive(obj{
		"kind": "review", "organ_or_court": "区政府", "received_on": "2026-05-06",
		"persons": []obj{{"role": "claimant", "name": "张桂兰"}, {"role": "claimant", "name": "青溪茶业有限公司", "organisation": true}},
	})
	id := r.Text("id")
	require.Equal(t, "张桂兰", r.Text("persons", 0, "name"))
	require.Equal(t, false, r.At("persons", 0, "masked"))

	at := "/v1/proceedings/" + id
	persons := obj{"persons": []obj{
		{"role": "claimant", "name": "张桂兰"},
		{"role": "claimant", "name": "青溪茶业有限公司", "organisation": true},
		{"role": "claimant_agent", "name": "欧阳振华"},
		{"role": "office_head", "name": "沈国良"},
	}}
	r = in.Call("PUT", at+"/persons", persons, in.As(legal))
	require.Equal(t, 200, r.Status, r)
	require.Len(t, r.At("persons"), 4)
	require.Equal(t, "出庭负责人", r.Text("persons", 3, "role_label"))
	require.Equal(t, 404, in.Call("PUT", at+"/persons", persons, in.As(foreign)).Status)
	require.Equal(t, 403, in.Call("PUT", at+"/persons", persons, in.As(finance)).Status)
	for _, bad := range []obj{{"role": "judge", "name": "x"}, {"role": "claimant", "name": " "}, {"role": "claimant"}} {
		require.Equal(t, 422, in.Call("PUT", at+"/persons", obj{"persons": []obj{bad}}, in.As(legal)).Status, bad)
	}

	auditor := identity.Staff{ID: "s-audit", Office: "demo", Username: "auditor", Name: "周", Roles: []identity.Role{identity.Auditor}}
	r = in.get(auditor, at)
	require.Equal(t, "张某", r.Text("persons", 0, "name"))
	require.Equal(t, true, r.At("persons", 0, "masked"))
	require.Equal(t, "青溪茶业有限公司", r.Text("persons", 1, "name"))
	require.Equal(t, "欧阳某", r.Text("persons", 2, "name"))

	r = in.get(legal, "/v1/proceedings/report-up")
	require.Equal(t, "张某、青溪茶业有限公司", r.Text("items", 0, "claimants"))
	require.Equal(t, "欧阳某", r.Text("items", 0, "agents"))
	in.Settle()
	for _, path := range []string{"/v1/proceedings", "/v1/proceedings/report-up", "/v1/reports/summary?period=2026", "/v1/reports/annual/2026/cases?block=review"} {
		for _, as := range []string{"application/json", "text/csv", docx.MediaType} {
			r := in.get(legal, path, "Accept: "+as)
			if r.Status == 406 {
				continue // not every list is offered in every form
			}
			require.Equal(t, 200, r.Status, path, r)
			body := string(r.Body)
			if as == docx.MediaType {
				body = documentText(t, r)
			}
			for _, name := range []string{"桂兰", "振华", "国良"} {
				require.False(t, strings.Contains(body, name), "%s as %s names %s", path, as, name)
			}
		}
	}
	in.ear.mu.Lock()
	defer in.ear.mu.Unlock()
	require.NotEmpty(t, in.ear.events)
	for _, e := range in.ear.events {
		require.NotContains(t, string(e.Data), "桂兰", e.Type)
	}
}
