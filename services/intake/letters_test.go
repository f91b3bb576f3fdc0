package intake_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// letter fetches the page of one letter.
func (d *desk) letter(at, id string, headers ...string) string {
	d.t.Helper()
	r := d.get(at+"/letters/"+id+"?format=html", headers...)
	require.Contains(d.t, r.Header.Get("Content-Type"), "text/html")
	return string(r.Body)
}

// ids of the letters that a list shows.
func (d *desk) letters(at string, headers ...string) []string {
	d.t.Helper()
	r := d.get(at+"/letters", headers...)
	list, _ := r.At("items").([]any)
	var ids []string
	for i := range list {
		ids = append(ids, r.Text("items", i, "id"))
	}
	return ids
}

func TestEveryStepHasItsLetter(t *testing.T) {
	t.Parallel()
	d := open(t)
	filed := d.ok("/v1/cases", with(application("某工程合同 <全文>"), body{"channel": "in_person", "arrived_on": "2026-04-01"}), d.officer)
	at, own := "/v1/cases/"+filed.Text("id"), "/v1/applications/"+filed.Text("receipt")
	code := "X-Query-Code: " + filed.Text("query_code")
	require.Empty(t, d.letters(at, d.officer))
	d.ok(at+"/registration", nil, d.officer)
	page := d.letter(at, "receipt", d.officer)
	for _, want := range []string{"徐泾镇人民政府", "政府信息公开申请登记回执", "2026-000001", "王小明", "某工程合同 &lt;全文&gt;", "2026年4月30日"} {
		require.Contains(t, page, want)
	}

	d.ok(at+"/correction-notice", body{"noticed_on": "2026-04-03", "items": []string{"请写明工程名称", "请写明年度"}, "period_wd": 15}, d.officer)
	require.Contains(t, d.letter(at, "correction_notice-1", d.officer), "即2026年4月27日前")
	d.ok(at+"/correction", body{"received_on": "2026-04-08", "description": "东村道路工程合同全文"}, d.officer)
	require.Contains(t, d.letter(at, "correction_notice-1", d.officer), "某工程合同", "the letter keeps to the application as it stood")

	d.ok(at+"/searches", body{"unit": "规建办", "asked_on": "2026-04-09"}, d.officer)
	d.ok(at+"/searches/1/report", body{"reported_on": "2026-04-10", "result": "found", "found": "合同一份"}, d.officer)
	d.ok(at+"/consultations", body{"kind": "third_party", "consultee": "东方工程公司", "sent_on": "2026-04-10", "consultee_received_on": "2026-04-13"}, d.officer)
	page = d.letter(at, "consultation-1", d.officer)
	require.Contains(t, page, "第三十二条")
	require.Contains(t, page, "东方工程公司")
	require.NotContains(t, page, "王小明", "the third party does not learn who asks")
	d.ok(at+"/consultations/1/answer", body{"answered_on": "2026-04-20", "answer": "object", "reasons": "单价是商业秘密"}, d.officer)
	d.ok(at+"/deliberations", body{"held_on": "2026-04-21", "participants": []string{"李经办", "钱法制"}, "conclusion": "部分公开"}, d.legal)
	d.ok(at+"/extension", body{"working_days": 10, "reason": "需要逐页区分处理。", "requested_on": "2026-04-22"}, d.officer)
	require.Contains(t, d.letter(at, "extension_notice-1", d.officer), "拟稿")
	require.Equal(t, http.StatusNotFound, d.Call("GET", own+"/letters/extension_notice-1", nil, code).Status, "nothing is shown before it is told")
	r := d.ok(at+"/extension/approval", body{"approved_on": "2026-04-22"}, d.head)
	require.Equal(t, "2026-06-01", r.Text("extensions", 0, "due_after"))
	page = d.letter(own, "extension_notice-1", code)
	require.Contains(t, page, "因需要逐页区分处理，本机关无法在2026年5月18日前作出答复")
	require.Contains(t, page, "2026年6月1日前作出答复")

	d.ok(at+"/review", body{"reviewed_on": "2026-05-06", "checks": checks()}, d.legal)
	d.ok(at+"/decision", body{
		"kind": "K3p", "ground": "X15", "reasons": "单价涉及商业秘密", "contents": body{"disclosed_part": "合同除单价外的部分"},
		"withheld": []body{{"part": "第三条单价", "ground": "X15"}}, "decided_on": "2026-05-06",
	}, d.officer)
	require.Contains(t, d.letter(at, "decision", d.officer), "拟稿")
	d.ok(at+"/decision/approval", body{"signed_on": "2026-05-07", "no": "徐府公开答〔2026〕1号"}, d.head)
	require.NotContains(t, d.letters(own, code), "decision", "a reply is shown when it is made")
	d.ok(at+"/service", body{"route": "mail", "tracking_no": "E1", "sent_on": "2026-05-08"}, d.officer)
	d.ok(at+"/service", body{"attempt": 1, "failed_on": "2026-05-12", "fail_reason": "迁移新址"}, d.officer)
	d.ok(at+"/service", body{"route": "direct", "sent_on": "2026-05-13", "signer": "王小明"}, d.officer)
	page = d.letter(own, "decision", code)
	for _, want := range []string{
		"（部分公开）", "徐府公开答〔2026〕1号", "《中华人民共和国政府信息公开条例》第三十七条、第十五条", "第三条单价", "（条例第15条）",
		"应当自收到本答复之日起60日内先向上海市青浦区人民政府申请行政复议", "上海铁路运输法院", "2026年5月7日",
	} {
		require.Contains(t, page, want)
	}
	require.Contains(t, d.letter(at, "service_receipt-1", d.officer), "迁移新址")
	require.Contains(t, d.letter(at, "service_receipt-2", d.officer), "2026年5月13日")

	require.Equal(t, []string{
		"receipt", "correction_notice-1", "extension_notice-1", "consultation-1", "search_order-1", "deliberation_record-1", "review_sheet-1",
		"decision", "service_receipt-1", "service_receipt-2",
	}, d.letters(at, d.officer))
	require.Equal(t, []string{"receipt", "correction_notice-1", "extension_notice-1", "decision"}, d.letters(own, code))

	file := d.get(at+"/letters/decision", d.officer, "Accept: "+docxType)
	require.Equal(t, docxType, file.Header.Get("Content-Type"))
	require.Contains(t, file.Header.Get("Content-Disposition"), "attachment")
	require.Equal(t, file.Body, d.get(at+"/letters/decision?format=docx", d.officer).Body, "the same file always makes the same document")
	z, err := zip.NewReader(bytes.NewReader(file.Body), int64(len(file.Body)))
	require.NoError(t, err)
	f, err := z.Open("word/document.xml")
	require.NoError(t, err)
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Contains(t, string(text), "徐府公开答〔2026〕1号")

	for path, want := range map[string]int{
		at + "/letters/decision?format=pdf": http.StatusUnprocessableEntity,
		at + "/letters/fee_notice-1":        http.StatusNotFound,
		"/v1/cases/nowhere/letters":         http.StatusNotFound,
	} {
		require.Equal(t, want, d.Call("GET", path, nil, d.officer).Status, path)
	}
	require.Equal(t, http.StatusNotAcceptable, d.Call("GET", at+"/letters/decision", nil, d.officer, "Accept: application/pdf").Status)
	require.Equal(t, http.StatusNotFound, d.Call("GET", at+"/letters/decision", nil, d.stranger).Status)
	require.Equal(t, http.StatusNotFound, d.Call("GET", own+"/letters", nil, "X-Query-Code: x").Status)
	require.Equal(t, http.StatusNotFound, d.Call("GET", own+"/letters/review_sheet-1", nil, code).Status)
}
