package intake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// The clock stands at 2026-06-10.
func TestBulkCommandsAnswerForEachCase(t *testing.T) {
	t.Parallel()
	d := open(t)
	free := d.registered("无人办理", "2026-06-01")
	mine := d.registered("已分办", "2026-06-01")
	done := d.registered("已办结", "2026-05-07")
	d.reply(done, "2026-05-20", k2())
	d.ok("/v1/cases/"+mine+"/assignment", body{"assignee": "me"}, d.officer)
	at, key := "/v1/cases/bulk/assignment", d.key()
	ask := body{"cases": []string{free, mine, done, "none"}, "assignee": d.officerID}

	first := d.ok(at, ask, d.officer, key)
	require.InDelta(t, 1, first.At("done"), 0, "%s", first)
	require.InDelta(t, 3, first.At("refused"), 0)
	require.Equal(t, true, first.At("results", 0, "ok"))
	require.Equal(t, d.get("/v1/cases/"+free, d.officer).Text("register_no"), first.Text("results", 0, "register_no"))
	require.Equal(t, "illegal_transition", first.Text("results", 1, "problem", "code"))
	require.Equal(t, "案件已由该经办人办理。", first.Text("results", 1, "problem", "detail"))
	require.Equal(t, "illegal_transition", first.Text("results", 2, "problem", "code"))
	require.Equal(t, "not_found", first.Text("results", 3, "problem", "code"))

	// A repeat gives the same answer, whatever has happened since; at once, too.
	d.ok("/v1/cases/"+free+"/assignment", body{"assignee": d.people[&d.head].ID, "reason": "请假"}, d.head)
	replies := make([]string, 8)
	together(len(replies), func(i int) { replies[i] = string(d.ok(at, ask, d.officer, key).Body) })
	for _, r := range replies {
		require.Equal(t, string(first.Body), r)
	}
	require.Equal(t, d.people[&d.head].ID, d.get("/v1/cases/"+free, d.officer).Text("assignee"))
	ask["reason"] = "另一个"
	require.Equal(t, "key_reused", d.Call("POST", at, ask, d.officer, key).Text("code"))

	r := d.ok(at, body{"cases": []string{free, done}, "assignee": "me", "reason": "接手"}, d.officer, "Accept-Language: en")
	require.Equal(t, true, r.At("results", 0, "ok"), "handed over with a reason, without a key: %s", r)
	require.Equal(t, "Not possible in the present state", r.Text("results", 1, "problem", "title"))
	require.Equal(t, "not_found", d.ok("/v1/cases/bulk/extension", body{"cases": []string{mine}, "working_days": 1, "reason": "x"}, d.stranger).Text("results", 0, "problem", "code"))

	for _, bad := range []body{
		{"cases": []string{}, "assignee": "me"},
		{"cases": []string{free, free}, "assignee": "me"},
		{"cases": make([]string, 201), "assignee": "me"},
	} {
		require.Equal(t, http.StatusUnprocessableEntity, d.Call("POST", at, bad, d.officer).Status)
	}
	require.Equal(t, http.StatusForbidden, d.Call("POST", at, ask, d.auditor).Status)
}

func TestBulkExtension(t *testing.T) {
	t.Parallel()
	d := open(t)
	first, second := d.registered("一", "2026-06-01"), d.registered("二", "2026-06-02")
	late := d.registered("三", "2026-05-06")
	all := []string{first, second, late}
	r := d.ok("/v1/cases/bulk/extension", body{"cases": all, "working_days": 10, "reason": "材料多"}, d.officer, d.key())
	require.InDelta(t, 2, r.At("done"), 0, "%s", r)
	require.Equal(t, "deadline_passed", r.Text("results", 2, "problem", "code"))
	require.Equal(t, "条例 art. 33(2)", r.Text("results", 2, "problem", "rule"))
	require.Equal(t, []string{first, second}, d.listed("queue=approval", d.head))

	approve := "/v1/cases/bulk/extension/approval"
	require.Equal(t, http.StatusForbidden, d.Call("POST", approve, body{"cases": all}, d.officer).Status)
	r = d.ok(approve, body{"cases": all}, d.head, d.key())
	require.InDelta(t, 2, r.At("done"), 0, "%s", r)
	require.Equal(t, "illegal_transition", r.Text("results", 2, "problem", "code"))
	require.Empty(t, d.listed("queue=approval", d.head))
	require.Equal(t, "2026-07-14", d.get("/v1/cases/"+first, d.officer).Text("reply_due"))
}

func TestWorkloadCountsWhatTheQueuesList(t *testing.T) {
	t.Parallel()
	d := open(t)
	late, soon := d.registered("逾期", "2026-05-06"), d.registered("将到期", "2026-05-18")
	far, paused := d.registered("不急", "2026-06-09"), d.registered("等补正", "2026-04-20")
	d.counter("未登记", "2026-06-08")
	done, earlier := d.registered("本月办结", "2026-05-27"), d.registered("上月办结", "2026-05-07")
	d.ok("/v1/cases/"+paused+"/correction-notice", body{"noticed_on": "2026-04-22", "items": []string{"x"}, "period_wd": 60}, d.officer)
	for _, id := range []string{late, soon, paused, done} {
		d.ok("/v1/cases/"+id+"/assignment", body{"assignee": "me"}, d.officer)
	}
	d.reply(done, "2026-06-05", k2())
	d.reply(earlier, "2026-05-20", k2())
	d.ok("/v1/cases/"+far+"/extension", body{"working_days": 5, "reason": "x"}, d.officer)

	load := func(open, soon, overdue, waiting, approval, finished float64) body {
		return body{
			"open": open, "due_soon": soon, "overdue": overdue, "waiting": waiting, "approval": approval,
			"finished_this_month": finished,
		}
	}
	r := d.get("/v1/cases/workload", d.head)
	require.Equal(t, load(5, 1, 1, 1, 1, 1), r.At("unit"), "%s", r)
	require.Equal(t, load(2, 0, 0, 0, 1, 0), r.At("unassigned"))
	me := load(3, 1, 1, 1, 0, 1)
	me["assignee"], me["assignee_name"], me["active"] = d.officerID, "李经办", true
	require.Equal(t, []any{me}, r.At("officers"))
	require.Equal(t, "2026-06", r.Text("month"))
	for queue, n := range map[string]int{"unit": 5, "due_soon": 1, "overdue": 1, "waiting": 1, "approval": 1, "unassigned": 2} {
		require.Len(t, d.listed("queue="+queue, d.head), n, "%s", queue)
	}
	empty := d.get("/v1/cases/workload", d.stranger)
	require.Equal(t, load(0, 0, 0, 0, 0, 0), empty.At("unit"), "another office's load stays there")
	require.Equal(t, http.StatusUnprocessableEntity, d.Call("GET", "/v1/cases/workload?month=2026-05", nil, d.head).Status)
}
