package litigation_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
)

const asDOCX = "Accept: application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// documentText is the text of a .docx answer.
func documentText(t testing.TB, r servicetest.Reply) string {
	t.Helper()
	require.Equal(t, 200, r.Status, r)
	require.Contains(t, r.Header.Get("Content-Disposition"), ".docx")
	z, err := zip.NewReader(bytes.NewReader(r.Body), int64(len(r.Body)))
	require.NoError(t, err)
	f, err := z.Open("word/document.xml")
	require.NoError(t, err)
	raw, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(raw)
}

func TestReportUp_theRecordFollowsTheProceedingAndWhatIsMissingIsListed(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.publish(contract.OfficeChanged, "demo", "demo", 1, contract.OfficeFacts{Office: "demo", Name: "徐泾镇人民政府"})
	in.tell(1, theCase("a", "natural_person", "2026-01-05", "2026-01-20", "K4", "unable_1_not_held"))
	in.annual(2026, 1)
	id := in.receive(obj{"kind": "review", "case_id": "a", "organ_or_court": "区政府", "case_no": "复1号", "received_on": "2026-02-02"}).Text("id")
	in.step(id, obj{"step": "reported-up", "trigger": "receipt", "on": "2026-02-04", "receipt_no": "报备-1"})
	in.step(id, obj{"step": "answer", "on": "2026-02-10"})
	in.step(id, obj{"step": "hearing", "on": "2026-02-26", "head_appeared": true})
	in.step(id, obj{
		"step": "result", "on": "2026-03-20", "served_on": "2026-03-23", "result": "ordered_reanswer", "document_no": "决1号",
		"corrected_ground": "facts", "lesson": "未说明检索范围", "order": obj{"period_wd": 15},
	})
	done := in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2025-02-03"}).Text("id")
	in.step(done, obj{"step": "reported-up", "on": "2025-02-05"})

	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/proceedings/report-up")
		return r.Text("items", 0, "respondent") == "徐泾镇人民政府"
	}, "the office's name")
	items, _ := r.At("items").([]any)
	require.Len(t, items, 1, "what was reported is not on the list")
	require.Equal(t, id, r.Text("items", 0, "id"))
	for field, want := range map[string]string{
		"answered_on": "2026-02-10", "hearing_on": "2026-02-26", "result_label": "责令重新答复", "document_no": "决1号",
		"served_on": "2026-03-23", "effective_on": "2026-03-23", "corrected_ground_label": "主要事实不清、证据不足", "loss_analysis": "未说明检索范围",
		"register_no": "R-a", "row_label": "（四）无法提供/1.本机关不掌握相关政府信息", "decision_no": "答〔a〕",
	} {
		require.Equal(t, want, r.Text("items", 0, field), field)
	}
	require.Equal(t, true, r.At("items", 0, "head_appeared"))
	require.NotEmpty(t, r.Text("items", 0, "answer_due"))
	require.NotEmpty(t, r.Text("items", 0, "order_due"))
	require.Equal(t, "报备-1", r.Text("items", 0, "duties", 0, "receipt_no"))
	require.Equal(t, false, r.At("items", 0, "duties", 0, "overdue"))
	require.Equal(t, true, r.At("items", 0, "duties", 1, "overdue"))

	all := in.get(legal, "/v1/proceedings/report-up?state=all")
	require.Equal(t, done, all.Text("items", 1, "id"))
	year := in.get(legal, "/v1/proceedings/report-up?state=all&from=2025-01-01&to=2025-12-31")
	require.Equal(t, done, year.Text("items", 0, "id"))
	require.Equal(t, 422, in.get(legal, "/v1/proceedings/report-up?from=2025-01-01").Status)

	for _, as := range []string{asXLSX, asCSV} {
		rows := rowsOf(t, in.get(legal, "/v1/proceedings/report-up", as))
		require.Len(t, rows, 1+3, "result, effect and loss report wait")
		require.Equal(t, "报备事项", rows[0][27])
		require.Equal(t, "徐泾镇人民政府", rows[1][0])
		require.Equal(t, []string{"结果报备", "生效报备", "败诉分析报告"}, []string{rows[1][27], rows[2][27], rows[3][27]})
	}
	text := documentText(t, in.get(legal, "/v1/proceedings/report-up?state=all", asDOCX))
	for _, want := range []string{"诉讼案件信息报备", "徐泾镇人民政府", "复1号", "未说明检索范围", "败诉分析报告"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, strings.ToLower(text), "natural")
}
