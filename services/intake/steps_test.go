package intake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCorrectionOverTheCounterAndOnline(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("关于我家房子的那个文件", "2026-05-06")
	at := "/v1/cases/" + id
	r := d.ok(at+"/correction-notice", body{
		"noticed_on": "2026-05-11", "items": []string{"请写明名称或者文号"}, "guidance": "例如批复的文号", "period_wd": 15,
	}, d.officer)
	require.Equal(t, "waiting", r.Text("status"))
	require.Equal(t, "等待申请人补正", r.Text("waiting_for_label"))
	require.Empty(t, r.Text("deadlines", "reply_due"))
	require.Equal(t, "2026-06-01", r.Text("corrections", 0, "correct_by"))
	require.Equal(t, id, d.get("/v1/cases?queue=waiting", d.officer).Text("items", 0, "id"))
	require.Empty(t, d.get("/v1/cases?queue=overdue", d.officer).At("items"))
	r = d.ok(at+"/correction", body{"received_on": "2026-05-20", "description": "2024年房屋征收批复"}, d.officer)
	require.Equal(t, "2026-06-17", r.Text("deadlines", "reply_due"))
	require.Equal(t, "2024年房屋征收批复", r.Text("content", "description"))

	filed := d.ok("/v1/applications", with(application("那份文件"), body{"office": office}))
	receipt, code := filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code")
	online := d.get("/v1/cases?status=submitted", d.officer).Text("items", 0, "id")
	d.ok("/v1/cases/"+online+"/registration", nil, d.officer)
	d.ok("/v1/cases/"+online+"/correction-notice", body{"items": []string{"请写明文号"}}, d.officer)
	mine := d.get("/v1/applications/"+receipt, code)
	require.Equal(t, "correction", mine.Text("asked", 0, "kind"))
	require.Equal(t, "2026-07-02", mine.Text("asked", 0, "until"))
	require.Equal(t, "请写明文号", mine.Text("asked", 0, "items", 0))
	mine = d.ok("/v1/applications/"+receipt+"/correction", body{"description": "2024年批复"}, code, d.key())
	require.Equal(t, "2026-07-09", mine.Text("reply_due"))
	require.NotEmpty(t, mine.Text("explanation", 0, "text"))
}

func TestNotCorrectedInTime(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.registered("有关拆迁的所有材料", "2026-04-01")
	d.ok(at+"/correction-notice", body{"noticed_on": "2026-04-07", "items": []string{"x"}, "period_wd": 10}, d.officer)
	r := d.ok(at+"/abandonment", body{"abandoned_on": "2026-05-20", "note": "未补正"}, d.officer)
	require.Equal(t, "other_1_not_corrected", r.Text("report_row"))
	require.Equal(t, "not_corrected", r.Text("ending", "code"))
	reopened := d.ok(at+"/reopening", body{"effective_on": "2026-06-01", "document_no": "青府复决字8号", "period_wd": 10}, d.legal)
	require.Equal(t, "K13", reopened.Text("earlier", 0, "kind"))
	require.Equal(t, "2026-06-15", reopened.Text("deadlines", "reply_due"))
}

func TestConsultingAThirdParty(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.registered("道路养护合同全文", "2026-05-11")
	d.ok(at+"/consultations", body{
		"kind": "third_party", "consultee": "某工程公司", "sent_on": "2026-05-14", "consultee_received_on": "2026-05-18", "question": "是否同意公开",
	}, d.officer)
	r := d.ok(at+"/consultations/1/answer", body{"answered_on": "2026-05-28", "answer": "object", "reasons": "商业秘密"}, d.officer)
	require.Equal(t, "不同意公开", r.Text("consultations", 0, "answer_label"))
	require.Equal(t, "2026-06-23", r.Text("deadlines", "reply_due"))
	d.ok(at+"/review", body{"reviewed_on": "2026-06-01", "checks": checks()}, d.legal)
	r = d.ok(at+"/decision", body{
		"kind": "K3p", "ground": "X15", "reasons": "涉及商业秘密", "contents": body{"disclosed_part": "附件"}, "decided_on": "2026-06-01",
		"withheld": []body{{"part": "单价", "ground": "X15"}}, "subject": "contract",
	}, d.officer)
	require.Equal(t, "in_review", r.Text("status"))
	require.Equal(t, r.Text("id"), d.get("/v1/cases?queue=approval", d.head).Text("items", 0, "id"))
	r = d.ok(at+"/decision/approval", body{"approved": false, "signed_on": "2026-06-02", "note": "请复核单价"}, d.head)
	require.Equal(t, "请复核单价", r.Text("returned", 0, "return_note"))
	d.ok(at+"/withdrawal", body{"withdrawn_on": "2026-06-03", "reason": "不再需要"}, d.officer)
}

func TestASearchByAUnit(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.registered("2001年的会议纪要", "2026-05-11")
	r := d.ok(at+"/searches", body{"unit": "党政办", "scope": "2001年会议纪要", "asked_on": "2026-05-12", "due_on": "2026-05-19"}, d.officer)
	require.Equal(t, "党政办", r.Text("searches", 0, "unit"))
	d.ok(at+"/review", body{"reviewed_on": "2026-05-20", "checks": checks()}, d.legal)
	require.Equal(t, http.StatusConflict, d.Call("POST", at+"/decision", body{"kind": "K4", "decided_on": "2026-05-20"}, d.officer).Status)
	r = d.ok(at+"/searches/1/report", body{
		"reported_on": "2026-05-19", "result": "nothing", "places": []string{"镇档案室"}, "method": "逐卷查阅", "searcher": "周档案",
	}, d.officer)
	require.Equal(t, "未检索到", r.Text("searches", 0, "result_label"))
	require.Equal(t, http.StatusNotFound, d.Call("POST", at+"/searches/x/report", body{"result": "found"}, d.officer).Status)
	r = d.ok(at+"/decision", body{"kind": "K4", "decided_on": "2026-05-20"}, d.officer)
	require.Contains(t, r.Text("draft", "contents", "search"), "党政办检索了镇档案室")
}

func TestExtensionAndHardCases(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.registered("历次规划调整的公示材料", "2026-05-11")
	d.ok(at+"/contacts", body{"on": "2026-05-12", "means": "phone", "with": "王小明", "summary": "说明查找范围"}, d.officer)
	d.ok(at+"/deliberations", body{
		"held_on": "2026-05-13", "participants": []string{"李经办", "钱法制"}, "question": "范围", "conclusion": "逐卷查找",
		"opinions": []body{{"who": "钱法制", "opinion": "可以"}},
	}, d.legal)
	d.ok(at+"/extension", body{"working_days": 10, "reason": "材料多", "requested_on": "2026-06-05"}, d.officer)
	r := d.ok(at+"/extension/approval", body{"approved_on": "2026-06-05", "notified_on": "2026-06-08"}, d.head)
	require.Equal(t, "2026-06-23", r.Text("deadlines", "reply_due"))
	r = d.ok(at+"/applicant-kind", body{"kind": "other_org", "reason": "登记错误"}, d.head)
	require.Equal(t, "other_org", r.Text("applicant_kind"))
}

func TestReasonsForAnExcessiveNumber(t *testing.T) {
	t.Parallel()
	d := open(t)
	filed := d.ok("/v1/applications", with(application("第三十件"), body{"office": office}))
	receipt, code := filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code")
	id := d.get("/v1/cases?queue=unit", d.officer).Text("items", 0, "id")
	at := "/v1/cases/" + id
	d.ok(at+"/registration", nil, d.officer)
	d.ok(at+"/reasons-request", body{"text": "本月已申请三十件", "reply_by": "2026-06-20"}, d.officer)
	mine := d.get("/v1/applications/"+receipt, code)
	require.Equal(t, "reasons", mine.Text("asked", 0, "kind"))
	d.ok("/v1/applications/"+receipt+"/reasons", body{"reasons": "研究需要"}, code)
	r := d.ok(at+"/reasons", body{"reasons": "补充：不同年度"}, d.officer)
	require.Equal(t, "补充：不同年度", r.Text("excess", "reasons"))
	r = d.ok(at+"/reasons/assessment", body{"reasonable": true, "assessment": "确有需要", "deferred_until": "2026-08-31"}, d.officer)
	require.Equal(t, "2026-08-31", r.Text("deadlines", "reply_due"))
	d.ok("/v1/applications/"+receipt+"/withdrawal", body{"reason": "已获取"}, code)
	require.Equal(t, "withdrawn", d.get("/v1/applications/"+receipt, code).Text("ending", "code"))
}

func TestSplitMergeAndLinks(t *testing.T) {
	t.Parallel()
	d := open(t)
	filed := d.ok("/v1/cases", with(application("甲地块方案和乙地块方案"), body{"channel": "in_person", "arrived_on": "2026-06-01"}), d.officer)
	parent, code := filed.Text("id"), "X-Query-Code: "+filed.Text("query_code")
	d.ok("/v1/cases/"+parent+"/registration", nil, d.officer)
	order := body{"split_on": "2026-06-02", "reason": "两件事项", "parts": []body{{"title": "甲", "description": "甲地块方案"}, {"title": "乙", "description": "乙地块方案"}}}
	key := d.key()
	r := d.ok("/v1/cases/"+parent+"/split", order, d.officer, key)
	require.Equal(t, "closed", r.Text("status"))
	require.Equal(t, float64(0), r.At("items"))
	require.Len(t, r.At("children"), 2)
	require.Equal(t, r.At("children"), d.ok("/v1/cases/"+parent+"/split", order, d.officer, key).At("children"), "a repeat means the same parts")
	require.Equal(t, true, r.At("split", "filed"))
	one, two := r.Text("split", "parts", 0, "case_id"), r.Text("split", "parts", 1, "case_id")
	require.Equal(t, "2026-000002", d.get("/v1/cases/"+one, d.officer).Text("register_no"))
	require.Equal(t, "2026-000003", d.get("/v1/cases/"+two, d.officer).Text("register_no"))
	mine := d.get("/v1/applications/"+filed.Text("receipt"), code)
	part := d.get("/v1/applications/"+mine.Text("parts", 0, "receipt"), "X-Query-Code: "+mine.Text("parts", 0, "query_code"))
	require.Equal(t, "甲地块方案", part.Text("content", "description"), "the applicant follows the parts")

	again := d.registered("甲地块方案", "2026-06-03")
	r = d.get("/v1/cases/"+again, d.officer)
	require.Equal(t, one, r.Text("probable_duplicates", 0, "id"))
	d.ok("/v1/cases/"+again+"/links", body{"to": two, "kind": "same_matter"}, d.officer)
	require.Equal(t, again, d.get("/v1/cases/"+two, d.officer).Text("linked_from", 0, "id"))
	r = d.ok("/v1/cases/"+again+"/merge", body{"into": one, "merged_on": "2026-06-04", "reason": "重复提交"}, d.officer)
	require.Equal(t, "other_3_other", r.Text("report_row"))
	require.Equal(t, again, d.get("/v1/cases/"+one, d.officer).Text("merged_from", 0, "id"))

	count := d.registered("十二个事项", "2026-06-04")
	order["split_on"], order["count_only"] = "2026-06-05", true
	r = d.ok("/v1/cases/"+count+"/split", order, d.officer)
	require.Equal(t, float64(2), r.At("items"))
	require.Equal(t, "registered", r.Text("status"))
}

func TestPostedRepliesAreClosedLater(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("补助清单", "2026-05-06")
	at := "/v1/cases/" + id
	d.ok(at+"/review", body{"reviewed_on": "2026-05-12", "checks": checks()}, d.officer)
	d.ok(at+"/decision", with(k2(), body{"decided_on": "2026-05-12"}), d.officer)
	d.ok(at+"/decision/approval", body{"signed_on": "2026-05-13"}, d.head)
	d.ok(at+"/service", body{"route": "mail", "tracking_no": "E1", "sent_on": "2026-05-13"}, d.officer)
	d.ok(at+"/service", body{"attempt": 1, "failed_on": "2026-05-18", "fail_reason": "地址不详"}, d.officer)
	r := d.ok(at+"/service", body{"route": "mail", "tracking_no": "E2", "sent_on": "2026-05-19"}, d.officer)
	require.Equal(t, "served", r.Text("status"))
	require.Equal(t, "2026-05-19", r.Text("finished_on"))
	r = d.ok(at+"/closure", body{"closed_on": "2026-06-01", "note": "邮件跟踪显示妥投"}, d.officer)
	require.Equal(t, "closed", r.Text("status"))
	require.Equal(t, "2026-05-19", r.Text("finished_on"))
	r = d.ok(at+"/reopening", body{"effective_on": "2026-06-08", "document_no": "判决9号"}, d.head)
	require.Equal(t, "K2", r.Text("earlier", 0, "kind"))
	d.reply(id, "2026-06-10", k2())
	require.Equal(t, "2026-06-10", d.get(at, d.officer).Text("finished_on"))
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("补助清单", "2026-06-01")
	at := "/v1/cases/" + id
	for _, c := range []struct {
		name, path string
		who        string
		want       int
	}{
		{"nobody", at + "/assignment", "X-Nobody: 1", http.StatusUnauthorized},
		{"auditor registers", at + "/registration", d.auditor, http.StatusForbidden},
		{"legal assigns", at + "/assignment", d.legal, http.StatusForbidden},
		{"officer signs", at + "/decision/approval", d.officer, http.StatusForbidden},
		{"officer extends", at + "/extension/approval", d.officer, http.StatusForbidden},
		{"officer corrects the kind", at + "/applicant-kind", d.officer, http.StatusForbidden},
		{"auditor enters", "/v1/cases", d.auditor, http.StatusForbidden},
	} {
		r := d.Call("POST", c.path, body{}, c.who)
		require.Equal(t, c.want, r.Status, "%s: %s", c.name, r)
	}
	require.Equal(t, http.StatusOK, d.Call("GET", at, nil, d.auditor).Status)
	require.Equal(t, http.StatusUnauthorized, d.Call("GET", "/v1/cases", nil).Status)
	r := d.Call("POST", at+"/assignment", body{"assignee": "nobody-we-know"}, d.officer)
	require.Equal(t, "unknown_staff", r.Text("errors", 0, "code"))
}
