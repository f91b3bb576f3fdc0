package litigation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
)

func TestSummary_isADocumentThatNamesNobody(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.publish(contract.OfficeChanged, "demo", "demo", 1, contract.OfficeFacts{Office: "demo", Name: "徐泾镇人民政府"})
	in.tell(1,
		theCase("a", "natural_person", "2026-01-05", "2026-02-20", "K4", "unable_1_not_held"),
		theCase("b", "commercial", "2026-01-06", "", "", ""),
	)
	in.publish(contract.DeadlineChanged, "demo", "b", 1, contract.DeadlineFacts{Office: "demo", CaseID: "b", ReplyDue: day("2026-02-05"), State: "running"})
	in.annual(2026, 2)
	id := in.receive(obj{"kind": "suit_direct", "case_id": "a", "organ_or_court": "上海铁路运输法院", "case_no": "沪行初1号", "received_on": "2026-03-02"}).Text("id")
	in.step(id, obj{"step": "hearing", "on": "2026-03-20", "head_appeared": true})
	in.step(id, obj{"step": "result", "on": "2026-03-30", "result": "revoked", "corrected_ground": "facts", "lesson": "未说明检索范围"})
	in.receive(obj{"kind": "review", "organ_or_court": "区政府", "case_no": "复2号", "received_on": "2026-03-12"})
	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/summary?period=2026-Q1")
		return num(r, "due", "replies_overdue") == 1 && r.Text("office_name") != "demo"
	}, "the deadline and the name")
	require.Equal(t, "R-b", r.Text("due", "overdue", 0, "register_no"))
	require.Equal(t, "复2号", r.Text("due", "overdue", 1, "case_no"))
	rate := map[string][3]any{}
	for i := range 40 {
		if id := r.Text("indicators", i, "id"); id != "" {
			rate[id] = [3]any{r.At("indicators", i, "numerator"), r.At("indicators", i, "denominator"), r.Text("indicators", i, "value")}
		}
	}
	require.Equal(t, [3]any{1.0, 1.0, "100.00%"}, rate["loss_rate"])
	require.Equal(t, [3]any{1.0, 1.0, "100.00%"}, rate["head_appearance_rate"])
	require.Equal(t, "—", rate["corrected_of_concluded_suit_after_review"][2])

	text := documentText(t, in.get(legal, "/v1/reports/summary?period=2026-Q1", asDOCX))
	for _, want := range []string{"2026年第一季度", "徐泾镇人民政府", "期初未结", "沪行初1号", "主要事实不清、证据不足", "尚未登记", "R-b", "败诉率", "提示", "—"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "结果纠正。", "a loss is not talked away")
	for _, p := range []string{"period=2026-06", "period=2025-H2", "period=2026", "from=2026-01-03&to=2026-02-04"} {
		documentText(t, in.get(legal, "/v1/reports/summary?"+p, asDOCX))
	}

	// The authority sees the sum and who has not reported.
	require.Equal(t, 200, in.Call("PUT", "/v1/reports/settings", obj{"reports_to": "other"}, in.As(head)).Status)
	sum := in.get(foreign, "/v1/reports/summary?period=2026-Q1&scope=aggregate")
	requireChecks(t, sum)
	require.Equal(t, "aggregate", sum.Text("scope"))
	require.Equal(t, r.At("applications"), sum.At("applications"))
	require.Equal(t, r.At("proceedings"), sum.At("proceedings"))
	require.Equal(t, "demo", sum.Text("lost", 0, "office"))
	require.Equal(t, "demo", sum.Text("units", 1, "office"))
	require.EqualValues(t, 2, sum.At("units", 1, "unreported"))
	require.EqualValues(t, 2, sum.At("units", 1, "overdue"))
	require.Contains(t, documentText(t, in.get(foreign, "/v1/reports/summary?period=2026-Q1&scope=aggregate", asDOCX)), "各单位情况")
}
