package fee_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
)

func TestUsage_showsCountFrequencyAndShareOfAWindow(t *testing.T) {
	t.Parallel()
	k := start(t)
	for i := range 9 {
		k.tell(1, caseOf(fmt.Sprintf("a%d", i), "zhang", fmt.Sprintf("2026-0%d-0%d", 4+i/4, 7+i%2), 1))
	}
	k.tell(1, caseOf("b0", "wang", "2026-05-07", 3))
	k.tell(1, caseOf("old", "zhang", "2026-02-04", 2))
	k.counted("zhang", "2026-02", 2)
	k.counted("wang", "2026-05", 3)
	k.counted("zhang", "2026-04", 4)
	k.counted("zhang", "2026-05", 4)
	k.counted("zhang", "2026-06", 1)
	for w, n := range map[string]float64{"2026-Q2": 9, "2026": 11} {
		k.Eventually(func() bool {
			return k.Call("GET", "/v1/fees/usage?applicant=zhang&window="+w, nil, k.As(officer)).At("items") == n
		}, w, "does not come to", n)
	}

	get := func(query string) map[string]any {
		r := k.Call("GET", "/v1/fees/usage?"+query, nil, k.As(officer))
		require.Equal(t, 200, r.Status, r)
		var v map[string]any
		r.Into(&v)
		return v
	}
	q := get("applicant=zhang&window=2026-Q2")
	require.Equal(t, "quarter", q["window_kind"])
	require.Equal(t, "2026-04-01", q["from"])
	require.Equal(t, "2026-06-30", q["to"])
	require.EqualValues(t, 9, q["items"])
	require.EqualValues(t, 12, q["office_items"])
	require.EqualValues(t, 75, q["share_percent"])
	require.Len(t, q["cases"], 9)
	require.Len(t, q["months"], 3)
	f, _ := q["frequency"].(map[string]any)
	require.EqualValues(t, 9, f["applications"])
	require.EqualValues(t, 5, f["active_days"])
	require.EqualValues(t, 2, f["most_in_a_day"])
	require.EqualValues(t, 48, f["workdays"], "1 April to 10 June, without Qingming and Labour Day and with their make-up days")
	y := get("applicant=zhang&window=2026")
	require.EqualValues(t, 11, y["items"])
	require.Equal(t, "year", y["window_kind"])

	page := k.Call("GET", "/v1/fees/usage?applicant=zhang&month=2026-04&limit=3", nil, k.As(officer))
	require.Len(t, page.At("cases"), 3)
	rest := k.Call("GET", "/v1/fees/usage?applicant=zhang&month=2026-04&limit=3&cursor="+page.Text("next_cursor"), nil, k.As(officer))
	require.Len(t, rest.At("cases"), 1)
	require.EqualValues(t, 4, rest.At("cases", 0, "from"), "numbers go on over pages")

	require.Equal(t, false, q["signal"], "no mark is set for quarters")
	r := k.Call("PUT", "/v1/fees/policy", map[string]any{"signal_quarter_items": 9, "signal_year_items": 12, "signal_share_percent": 75}, k.As(head))
	require.Equal(t, 200, r.Status, r)
	q = get("applicant=zhang&window=2026-Q2")
	require.Len(t, q["signals"], 2)
	require.Equal(t, true, q["signal"])
	list := get("window=2026-Q2")
	require.Equal(t, "zhang", list["items"].([]any)[0].(map[string]any)["applicant"])
	require.Equal(t, true, list["items"].([]any)[0].(map[string]any)["signal"])
	require.Equal(t, false, list["items"].([]any)[1].(map[string]any)["signal"])

	for _, bad := range []string{"window=2026-Q5", "window=26", "window=2026-13", "window=2026&month=2026-05"} {
		require.Equal(t, 422, k.Call("GET", "/v1/fees/usage?applicant=zhang&"+bad, nil, k.As(officer)).Status, bad)
	}
}

func TestIdentities_areMergedAndSeparatedWithAReason(t *testing.T) {
	t.Parallel()
	k := start(t)
	for i := range 6 {
		k.tell(1, caseOf(fmt.Sprintf("p%d", i), "passport", "2026-06-02", 1))
		k.tell(1, caseOf(fmt.Sprintf("r%d", i), "resident", "2026-06-03", 1))
	}
	both := caseOf("both", "passport", "2026-06-04", 1) // filed under both: one person, one item
	both.Applicants = append(both.Applicants, "resident", "li")
	k.tell(1, both)
	k.counted("passport", "2026-06", 7)
	k.counted("resident", "2026-06", 7)
	k.counted("li", "2026-06", 1)

	const path = "/v1/fees/identities/merges"
	body := map[string]any{"applicants": []string{"resident", "passport"}, "reason": "同一人，已核对原件"}
	require.Equal(t, 403, k.Call("POST", path, body, k.As(officer)).Status)
	require.Equal(t, 422, k.Call("POST", path, map[string]any{"applicants": []string{"resident", "passport"}}, k.As(admin)).Status, "without a reason")
	require.Equal(t, 422, k.Call("POST", path, map[string]any{"applicants": []string{"resident", "nobody"}, "reason": "x"}, k.As(admin)).Status)
	require.Equal(t, 422, k.Call("POST", path, map[string]any{"applicants": []string{"resident", "resident"}, "reason": "x"}, k.As(admin)).Status)
	m := k.Call("POST", path, body, k.As(admin), "Idempotency-Key: m1")
	require.Equal(t, 201, m.Status, m)
	require.Equal(t, false, m.At("settling"))
	require.Equal(t, m.Body, k.Call("POST", path, body, k.As(admin), "Idempotency-Key: m1").Body)

	for _, d := range []string{"passport", "resident"} {
		u := k.usage(d, "2026-06")
		require.EqualValues(t, 13, u.At("items"), "asked for %s", d)
		require.Len(t, u.At("identities"), 2)
		require.Equal(t, "passport", u.Text("applicant"))
		require.Equal(t, true, u.At("signal"))
	}
	require.Len(t, k.Call("GET", "/v1/fees/usage?month=2026-06", nil, k.As(officer)).At("items"), 2)
	k.excess("r5")
	p := k.Call("POST", "/v1/fees/preview", map[string]any{"case_id": "r5"}, k.As(officer))
	require.EqualValues(t, 11, p.At("already_counted"), p)
	require.Equal(t, true, p.At("may_issue"), p)
	k.tell(1, caseOf("late", "resident", "2026-06-01", 2)) // told of after the merge
	k.counted("passport", "2026-06", 15)

	second := k.Call("POST", path, map[string]any{"applicants": []string{"li", "resident"}, "reason": "误录"}, k.As(admin))
	require.Equal(t, 201, second.Status, second)
	require.EqualValues(t, 15, k.usage("li", "2026-06").At("items"), "three digests, one person")
	require.Equal(t, 403, k.Call("POST", path+"/"+m.Text("id")+"/separation", map[string]any{"reason": "不是同一人"}, k.As(officer)).Status)
	require.Equal(t, 404, k.Call("POST", path+"/"+m.Text("id")+"/separation", map[string]any{"reason": "x"}, `Authorization: `+k.As(foreign)[len("Authorization: "):]).Status)
	apart := k.Call("POST", path+"/"+m.Text("id")+"/separation", map[string]any{"reason": "不是同一人"}, k.As(admin))
	require.Equal(t, 200, apart.Status, apart)
	require.Equal(t, false, apart.At("holds"))
	require.EqualValues(t, 7, k.usage("passport", "2026-06").At("items"))
	require.EqualValues(t, 9, k.usage("resident", "2026-06").At("items"), "with li still: six, the late two and the common one")
	require.Equal(t, "li", k.usage("resident", "2026-06").Text("applicant"))
	require.Equal(t, 409, k.Call("POST", path+"/"+m.Text("id")+"/separation", map[string]any{"reason": "x"}, k.As(admin)).Status)
	require.Equal(t, 200, k.Call("POST", path+"/"+second.Text("id")+"/separation", map[string]any{"reason": "更正"}, k.As(admin)).Status)
	require.EqualValues(t, 9, k.usage("resident", "2026-06").At("items"))
	require.EqualValues(t, 1, k.usage("li", "2026-06").At("items"))

	shown := k.Call("GET", path+"/"+m.Text("id"), nil, k.As(auditor))
	require.Equal(t, "不是同一人", shown.Text("separation_reason"))
	require.Equal(t, "s-admin", shown.Text("merged_by"))
	require.Len(t, k.Call("GET", path, nil, k.As(auditor)).At("items"), 2)
	require.Len(t, k.Call("GET", path+"?applicant=li", nil, k.As(auditor)).At("items"), 1)
	require.Empty(t, k.Call("GET", path, nil, k.As(foreign)).At("items"))
}

func TestNotice_perPageCountsAsAnItemByPolicy(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.excess("c12")
	refused := k.issue(map[string]any{"case_id": "c02", "method": "per_page", "pages": 150, "reply_points_only": true})
	require.Equal(t, "办法 art. 5", refused.Text("rule"), "a reply that only points somewhere delivers no page: %s", refused)
	p := k.Call("POST", "/v1/fees/preview", map[string]any{"case_id": "c12", "pages": 150, "reply_points_only": true}, k.As(officer))
	require.Nil(t, p.At("per_page"), p)
	require.Equal(t, "办法 art. 5", p.Text("per_page_obstacle", "rule"))
	require.EqualValues(t, 100, p.At("per_item", "amount_yuan"))

	n := k.issue(map[string]any{"case_id": "c02", "method": "per_page", "pages": 150})
	require.Equal(t, 201, n.Status, n)
	k.Eventually(func() bool { return k.usage("zhang", "2026-06").At("cases", 1, "per_page") == true }, "the notice is not noted")
	require.EqualValues(t, 12, k.usage("zhang", "2026-06").At("items"), "by default what is counted are applications")
	before := func() any {
		return k.Call("POST", "/v1/fees/preview", map[string]any{"case_id": "c12"}, k.As(officer)).At("already_counted")
	}
	require.EqualValues(t, 11, before())
	require.Equal(t, 200, k.Call("PUT", "/v1/fees/policy", map[string]any{"count_when_per_page": false}, k.As(head)).Status)
	require.EqualValues(t, 11, k.usage("zhang", "2026-06").At("items"))
	require.EqualValues(t, 10, before())
	require.EqualValues(t, 11, k.Call("GET", "/v1/fees/usage?month=2026-06", nil, k.As(officer)).At("items", 0, "items"))
	require.Equal(t, 200, k.Call("POST", "/v1/fees/notices/"+n.Text("id")+"/cancellation", map[string]any{"reason": "改按件"}, k.As(officer)).Status)
	k.counted("zhang", "2026-06", 12)
}

func TestFinding_keepsTheEvidenceOfItsDay(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.tell(1, caseOf("w", "wang", "2026-06-03", 4))
	k.counted("wang", "2026-06", 4)
	f := k.Call("POST", "/v1/fees/findings", map[string]any{"applicant": "zhang", "month": "2026-06", "grounds": "明显超过合理范围"}, k.As(officer))
	require.Equal(t, 201, f.Status, f)
	moved := caseOf("c03", "zhang", "2026-06-02", 1)
	moved.Clock.WithdrawnOn = civil.MustParse("2026-06-09")
	k.tell(2, moved)
	k.counted("zhang", "2026-06", 11)
	r := k.Call("GET", "/v1/fees/findings/"+f.Text("id"), nil, k.As(officer))
	require.EqualValues(t, 12, r.At("evidence", "items"), "frozen")
	require.Len(t, r.At("evidence", "cases"), 12)
	require.EqualValues(t, 12, r.At("evidence", "cases", 11, "to"))
	require.EqualValues(t, 75, r.At("evidence", "windows", 0, "share_percent"))
	require.Equal(t, "2026-Q2", r.Text("evidence", "windows", 1, "window"))
	require.EqualValues(t, 0, r.At("evidence", "alike", "repeats"))
}
