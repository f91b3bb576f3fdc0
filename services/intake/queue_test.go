package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (d *desk) listed(query string, who string) []string {
	d.t.Helper()
	items, _ := d.get("/v1/cases?"+query, who).At("items").([]any)
	ids := []string{}
	for _, it := range items {
		m, _ := it.(map[string]any)
		id, _ := m["id"].(string)
		ids = append(ids, id)
	}
	return ids
}

// The clock stands at 2026-06-10.
func TestQueuesTellWhatToDoNext(t *testing.T) {
	t.Parallel()
	d := open(t)
	overdue := d.registered("逾期", "2026-05-06")   // due 2026-06-02
	soon := d.registered("将到期", "2026-05-18")     // due 2026-06-15
	far := d.registered("不急", "2026-06-09")       // due 2026-07-08
	unconfirmed := d.counter("未登记", "2026-06-08") // to be confirmed at once
	paused := d.registered("等补正", "2026-04-20")   // would be overdue
	d.ok("/v1/cases/"+paused+"/correction-notice", body{"noticed_on": "2026-04-22", "items": []string{"x"}, "period_wd": 60}, d.officer)
	asked := d.registered("征求意见", "2026-05-12")
	d.ok("/v1/cases/"+asked+"/consultations", body{"kind": "other_agency", "consultee": "x", "sent_on": "2026-06-09"}, d.officer)
	closed := d.registered("办结", "2026-05-07")
	d.reply(closed, "2026-05-20", k2())
	d.ok("/v1/cases/"+soon+"/assignment", body{"assignee": "me"}, d.officer)
	d.ok("/v1/cases/"+far+"/assignment", body{"assignee": d.officerID}, d.head)

	for query, want := range map[string][]string{
		"queue=overdue":                {overdue},
		"queue=due_soon":               {soon},
		"queue=mine":                   {soon, far},
		"queue=mine&sort=-due":         {far, soon},
		"queue=waiting":                {asked, paused},
		"queue=waiting_applicant":      {paused},
		"queue=waiting_third_party":    {asked},
		"queue=waiting_payment":        {},
		"queue=unit&due_to=2026-06-15": {overdue, unconfirmed, soon},
		"queue=unit&due_from=2026-06-15&due_to=2026-06-30": {soon},
		"queue=overdue&due_from=2026-06-03":                {},
		"queue=unit&channel=fax":                           {},
		"due_to=2026-06-02":                                {overdue},
		"queue=unit":                                       {overdue, unconfirmed, soon, asked, far, paused},
		"queue=unassigned":                                 {overdue, unconfirmed, asked, paused},
		"queue=unassigned&status=waiting":                  {asked, paused},
		"queue=approval":                                   {},
		"sort=due&assignee=me":                             {soon, far},
		"assignee=me":                                      {far, soon},
		"status=closed":                                    {closed},
		"status=submitted":                                 {unconfirmed},
		"kind=K2":                                          {closed},
		"kind=natural_person&received_from=2026-05-12&received_to=2026-05-18&sort=received": {asked, soon},
		"received_from=2026-06-08":                     {far, unconfirmed},
		"received_to=2026-05-07&sort=received":         {paused, overdue, closed},
		"status=registered&kind=commercial":            {},
		"assignee=me&status=in_progress&sort=received": {soon, far},
	} {
		require.Equal(t, want, d.listed(query, d.officer), "%s", query)
	}
	require.Equal(t, []string{}, d.listed("queue=mine", d.head))
	row := d.get("/v1/cases?queue=overdue", d.officer)
	require.Equal(t, true, row.At("items", 0, "overdue"))
	require.Equal(t, "2026-06-02", row.Text("items", 0, "due_on"))
	require.Equal(t, "办理中", d.get("/v1/cases?queue=mine", d.officer).Text("items", 0, "status_label"))
	require.Equal(t, "in progress", d.get("/v1/cases?queue=mine", d.officer, "Accept-Language: en").Text("items", 0, "status_label"))

	d.ok("/v1/cases/"+overdue+"/extension", body{"working_days": 5, "reason": "x", "requested_on": "2026-06-01"}, d.officer)
	require.Equal(t, []string{overdue}, d.listed("queue=approval", d.head))
	d.ok("/v1/cases/"+soon+"/reasons-request", body{"text": "一年内申请五十件"}, d.officer)
	require.Equal(t, []string{soon, paused}, d.listed("queue=waiting_applicant", d.officer), "reasons are awaited while the period runs")
	require.Equal(t, []string{soon}, d.listed("queue=due_soon", d.officer))

	// However long the wait: a paused case is never shown as overdue.
	d.clock.Advance(400 * 24 * time.Hour)
	d.signIn()
	require.Equal(t, []string{overdue, soon, far}, d.listed("queue=overdue", d.officer), "the consultation is over only when its limit has passed on the desk")
	for _, query := range []string{"queue=waiting", "queue=unit", "status=waiting"} {
		items, _ := d.get("/v1/cases?"+query, d.officer).At("items").([]any)
		for _, it := range items {
			m, _ := it.(map[string]any)
			require.False(t, m["status"] == "waiting" && m["overdue"] == true, "%s: %v", query, m)
		}
	}
}

func TestPagesGoThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	var ids []string
	for i := range 23 {
		ids = append(ids, d.registered(fmt.Sprintf("第%d件", i), "2026-06-01"))
	}
	for i, id := range ids {
		if i%5 == 0 {
			d.ok("/v1/cases/"+id+"/withdrawal", body{"withdrawn_on": "2026-06-02"}, d.officer)
		}
	}
	for _, query := range []string{"limit=7", "limit=1", "limit=23", "queue=unit&limit=4", "status=registered&limit=5", "kind=K2&limit=5", "received_from=2026-06-01&limit=6&status=registered"} {
		got := pages(d, "/v1/cases?"+query)
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(got))), len(got), "%s: nothing twice", query)
		want := 23
		switch {
		case strings.Contains(query, "unit") || strings.Contains(query, "registered"):
			want = 18
		case strings.Contains(query, "K2"):
			want = 0
		}
		require.Len(t, got, want, "%s", query)
	}
}

// A consultation's limit passes while nobody looks: the case comes back to the
// running queue by itself.
func TestSilenceBringsTheCaseBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("x", "2026-05-06")
	d.ok("/v1/cases/"+id+"/consultations", body{"kind": "third_party", "consultee": "x", "sent_on": "2026-05-20", "consultee_received_on": "2026-05-20"}, d.officer)
	require.Equal(t, []string{id}, d.listed("queue=waiting", d.officer))
	require.Equal(t, "2026-06-10", d.get("/v1/cases/"+id, d.officer).Text("consultations", 0, "answer_by"))
	d.clock.Advance(24 * time.Hour)
	d.signIn()
	require.Equal(t, "registered", d.get("/v1/cases/"+id, d.officer).Text("status"), "the file computes with the day itself")
	d.again()
	d.Eventually(func() bool { return len(d.listed("queue=waiting", d.officer)) == 0 }, "the sweep")
	require.Equal(t, "2026-06-24", d.get("/v1/cases?queue=unit", d.officer).Text("items", 0, "due_on"))
	require.Equal(t, "agency_decides", d.get("/v1/cases/"+id, d.officer).Text("consultations", 0, "silence"))
}
