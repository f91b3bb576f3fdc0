package intake_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const askedFor = "青溪镇2025年农村户厕改造补助资金发放明细以及相关的验收报告"

// similar ids are the probable duplicates that a file shows.
func (d *desk) similar(id string) (ids []string) {
	d.t.Helper()
	list, _ := d.get("/v1/cases/"+id, d.officer).At("probable_duplicates").([]any)
	for _, it := range list {
		m, _ := it.(map[string]any)
		other, _ := m["id"].(string)
		ids = append(ids, other)
	}
	return ids
}

// A probable duplicate is shown, and a person decides what it is.
func TestProbableDuplicatesAreDecidedByAPerson(t *testing.T) {
	t.Parallel()
	d := open(t)
	one := d.registered(askedFor, "2026-06-01")
	r := d.ok("/v1/cases", with(application(strings.Replace(askedFor, "2025", "2024", 1)), body{"channel": "in_person", "arrived_on": "2026-06-02"}), d.officer)
	two := r.Text("id")
	require.Equal(t, one, r.Text("probable_duplicates", 0, "id"), "whoever enters it sees it at once")
	like, _ := r.At("probable_duplicates", 0, "likeness").(float64)
	require.Greater(t, like, 79.0)
	require.Less(t, like, 100.0)
	require.Contains(t, codes(d.get("/v1/cases/"+two, d.officer).At("alarms")), "probable_duplicate")
	require.Equal(t, []string{two}, d.similar(one))
	d.counter("完全不同的一件事：道路养护合同", "2026-06-02")
	require.Equal(t, []string{two}, d.similar(one))

	at := "/v1/cases/" + two + "/duplicates"
	require.Equal(t, "/reason", d.Call("POST", at, body{"of": one, "verdict": "not_duplicate"}, d.officer).Text("errors", 0, "pointer"))
	require.Equal(t, "/verdict", d.Call("POST", at, body{"of": one, "verdict": "refuse"}, d.officer).Text("errors", 0, "pointer"))
	require.Equal(t, "/of", d.Call("POST", at, body{"of": "nowhere", "verdict": "link"}, d.officer).Text("errors", 0, "pointer"))
	require.Equal(t, "itself", d.Call("POST", at, body{"of": two, "verdict": "link"}, d.officer).Text("errors", 0, "code"))
	require.Equal(t, http.StatusForbidden, d.Call("POST", at, body{"of": one, "verdict": "link"}, d.legal).Status)
	key, verdict := d.key(), body{"of": one, "verdict": "not_duplicate", "reason": "年度不同"}
	r = d.ok(at, verdict, d.officer, key)
	require.Equal(t, "不是重复申请", r.Text("judgements", 0, "verdict_label"))
	require.NotContains(t, codes(r.At("alarms")), "probable_duplicate")
	d.ok(at, verdict, d.officer, key)
	require.Equal(t, "illegal_transition", d.Call("POST", at, verdict, d.officer).Text("code"))
	require.Empty(t, d.similar(one))
	require.Empty(t, d.similar(two))
	require.Equal(t, two, d.get("/v1/cases/"+one, d.officer).Text("judgements", 0, "of"), "it stands on both files")

	three := d.registered(askedFor, "2026-06-03")
	require.ElementsMatch(t, []string{one, two}, d.similar(three))
	r = d.ok("/v1/cases/"+three+"/duplicates", body{"of": two, "verdict": "link"}, d.officer)
	require.Equal(t, "same_matter", r.Text("links", 0, "kind"))
	r = d.ok("/v1/cases/"+three+"/duplicates", body{"of": one, "verdict": "merge"}, d.officer)
	require.Equal(t, "closed", r.Text("status"))
	require.Equal(t, one, r.Text("merged_into"))
	require.Equal(t, "other_3_other", r.Text("report_row"))
	require.Empty(t, d.similar(one))

	d.clock.Advance(91 * 24 * time.Hour) // beyond the office's window of 90 days
	d.signIn()
	require.Empty(t, d.similar(d.counter(askedFor, "2026-09-08")))
}
