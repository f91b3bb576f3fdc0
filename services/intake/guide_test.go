package intake_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// ways are the answers that lead to each kind of decision.
var ways = map[string]struct {
	answers, row, step, remedy string
}{
	"K1":  {"correction=clear&application=yes&responsible=ours&existence=held&disclosure=published", "granted", "decision", "6个月内"},
	"K2":  {"correction=clear&application=yes&responsible=ours&existence=held&disclosure=all&delivery=as_requested", "granted", "decision", "6个月内"},
	"K3":  {"correction=clear&application=yes&responsible=ours&existence=held&disclosure=none&ground=X16b", "deny_6_process", "decision", "先向"},
	"K3p": {"correction=clear&application=yes&responsible=ours&existence=held&disclosure=part&ground=X15&delivery=electronic", "partial", "decision", "不予公开的部分不服"},
	"K4":  {"correction=clear&application=yes&responsible=ours&existence=not_held", "unable_1_not_held", "decision", "6个月内"},
	"K5":  {"correction=clear&application=yes&responsible=not_ours", "unable_1_not_held", "decision", "6个月内"},
	"K6":  {"correction=clear&application=repeat", "noproc_2_duplicate", "decision", "6个月内"},
	"K7":  {"correction=clear&application=yes&responsible=special_access", "deny_8_admin_query", "decision", "6个月内"},
	"K8":  {"correction=clear&application=yes&responsible=ours&existence=needs_processing", "unable_2_needs_creation", "decision", "6个月内"},
	"K9":  {"correction=clear&application=petition", "noproc_1_petition", "decision", "6个月内"},
	"K10": {"correction=clear&application=publication", "noproc_3_publication", "decision", "6个月内"},
	"K11": {"correction=clear&application=excessive", "noproc_4_massive_repeated", "decision", "6个月内"},
	"K12": {"correction=clear&application=confirm_reissue", "noproc_5_confirm_reissue", "decision", "6个月内"},
	"K13": {"correction=not_corrected", "other_1_not_corrected", "abandonment", "6个月内"},
	"K14": {"correction=clear&application=fee_unpaid", "other_2_fee_unpaid", "fees", "6个月内"},
	"K15": {"correction=still_unclear", "unable_3_unclear_after_correction", "decision", "6个月内"},
	"K16": {"correction=clear&application=withdrawn", "other_3_other", "withdrawal", ""},
}

func TestTheGuideLeadsToEveryKind(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.registered("补助清单", "2026-05-11")
	for kind, way := range ways {
		r := d.get(at+"/decision/guide?"+way.answers, d.officer)
		require.Empty(t, r.Text("next"), kind)
		require.Equal(t, kind, r.Text("outcome", "kind"))
		require.Equal(t, way.row, r.Text("outcome", "row"), kind)
		require.Equal(t, way.step, r.Text("outcome", "step"), kind)
		require.Contains(t, r.Text("outcome", "remedy_text"), way.remedy, kind)
		if way.step == "decision" {
			require.NotEmpty(t, r.Text("outcome", "blocked", "text"), "%s: nothing was reviewed yet", kind)
		}
	}
	require.Len(t, ways, 17)
}

func TestTheGuideTellsWhatTheFileKnows(t *testing.T) {
	t.Parallel()
	d := open(t)
	earlier := d.registered("补助清单", "2026-05-06")
	d.reply(earlier, "2026-05-08", k2())
	at := "/v1/cases/" + d.registered("补助清单", "2026-05-11")
	r := d.get(at+"/decision/guide?correction=clear", d.officer)
	require.Equal(t, "application", r.Text("next"))
	require.Equal(t, "repeat", r.Text("questions", 1, "suggested"))
	require.Contains(t, r.Text("questions", 1, "because"), "2026-000001")
	require.Equal(t, false, r.At("questions", 1, "options", 5, "admissible"), "K11 needs the applicant's reasons first")
	require.Contains(t, r.Text("questions", 1, "options", 5, "why_not"), "说明理由")

	d.ok(at+"/searches", body{"unit": "档案室", "asked_on": "2026-05-12"}, d.officer)
	d.ok(at+"/searches/1/report", body{"result": "nothing", "places": []string{"档案室"}, "method": "逐卷", "reported_on": "2026-05-13"}, d.officer)
	answers := url.Values{"correction": {"clear"}, "application": {"yes"}, "responsible": {"ours"}}
	r = d.get(at+"/decision/guide?"+answers.Encode(), d.officer)
	require.Equal(t, "not_held", r.Text("questions", 3, "suggested"))
	answers.Set("existence", "not_held")
	d.ok(at+"/review", body{"reviewed_on": "2026-05-14", "checks": checks()}, d.legal)
	r = d.get(at+"/decision/guide?"+answers.Encode(), d.officer)
	require.Nil(t, r.At("outcome", "blocked"))
	require.Contains(t, r.Text("outcome", "contents", 0, "text"), "档案室检索了档案室")

	draft := body{"kind": "K2", "contents": body{"information": "x"}, "guide": r.At("outcome", "guide"), "decided_on": "2026-05-14"}
	wrong := d.Call("POST", at+"/decision", draft, d.officer)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
	require.Equal(t, "leads_elsewhere", wrong.Text("errors", 0, "code"))
	draft["kind"], draft["contents"] = "K4", body{"search": r.Text("outcome", "contents", 0, "text")}
	r = d.ok(at+"/decision", draft, d.officer)
	require.Equal(t, "not_held", r.Text("draft", "guide", "existence"))

	for query, pointer := range map[string]string{"correction=perhaps": "/correction", "existence=held": "/existence", "colour=red": "colour"} {
		r := d.Call("GET", at+"/decision/guide?"+query, nil, d.officer)
		require.Equal(t, http.StatusUnprocessableEntity, r.Status, query)
		require.Equal(t, pointer, r.Text("errors", 0, "pointer"), query)
	}
	require.Equal(t, http.StatusNotFound, d.Call("GET", at+"/decision/guide", nil, d.stranger).Status)
}
