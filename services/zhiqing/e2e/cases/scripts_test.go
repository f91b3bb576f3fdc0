package cases_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

type reply = servicetest.Reply

var information = body{"information": "见附件"}

// replies tell the cases in which something is given: K1, K2, K3p, K6.
func replies(d *desk) {
	// 1: filed online, handed over, already published.
	who := d.applicant()
	filed := d.ok("/v1/applications", body{
		"office": office, "applicant": who, "content": body{"description": "本镇年度预算"}, "delivery": body{"format": "electronic", "route": "email"},
	})
	s := d.of(d.get("/v1/cases?status=submitted", d.officer).Text("items", 0, "id"), "2026-06-10")
	s.do("registration", body{"evidence": body{"confirmed_with": "本人"}})
	s.do("assignment", body{"assignee": d.officerID})
	s.do("assignment", body{"assignee": d.secondID, "reason": "轮岗"})
	s.decide(s.on, "K1", "", body{"access_route": "镇政府网站预决算公开专栏"})
	s.do("service", body{"route": "online", "proof": "平台回执"})
	s.stands("K1", "granted")
	own := d.get("/v1/applications/"+filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code"))
	require.Equal(d.t, "K1", own.Text("reply", "kind"))

	// 2: an extension, a meeting, post that came back, a second attempt.
	s = d.tell(d.applicant(), "历年会议纪要", "2026-04-01")
	s.do("contacts", body{"on": "2026-04-02", "means": "phone", "summary": "说明查找范围"})
	s.ok(s.at+"/deliberations", body{"held_on": "2026-04-03", "participants": []string{"李经办", "钱法制"}, "conclusion": "可以公开"}, d.legal)
	s.do("extension", body{"working_days": 10, "reason": "材料多", "requested_on": "2026-04-20"})
	s.ok(s.at+"/extension/approval", body{"approved_on": "2026-04-21"}, d.head)
	s.decide("2026-05-08", "K2", "", information)
	s.do("service", body{"route": "mail", "tracking_no": "E1", "sent_on": "2026-05-08"})
	s.do("service", body{"attempt": 1, "failed_on": "2026-05-12", "fail_reason": "查无此人"})
	s.do("service", body{"route": "email", "sent_on": "2026-05-12", "delivered_on": "2026-05-12"})
	s.stands("K2", "granted")

	// 3: a third party objects, the rest is given; the head sends the draft back once.
	s = d.tell(d.applicant(), "道路工程合同", "2026-04-01")
	s.do("consultations", body{"kind": "third_party", "consultee": "某公司", "sent_on": "2026-04-03", "consultee_received_on": "2026-04-07"})
	s.do("consultations/1/answer", body{"answered_on": "2026-04-15", "answer": "object", "reasons": "单价是商业秘密"})
	s.on = "2026-04-20"
	s.review()
	part := body{
		"kind": "K3p", "ground": "X15", "contents": body{"disclosed_part": "除单价外", "reasons": "涉及商业秘密"}, "decided_on": s.on,
		"withheld": []body{{"part": "单价", "ground": "X15", "reason": "商业秘密"}},
	}
	s.do("decision", part)
	s.ok(s.at+"/decision/approval", body{"approved": false, "signed_on": s.on, "note": "请核对"}, d.head)
	require.Equal(d.t, 409, d.Call("POST", s.at+"/decision", part, d.officer).Status, "a returned draft is reviewed again")
	s.decide("2026-04-21", "K3p", "X15", body{"disclosed_part": "除单价外", "reasons": "涉及商业秘密"}, body{"withheld": part["withheld"]})
	s.serve()
	s.stands("K3p", "partial")

	// 4: given against an objection, for the public interest; a joint agency is silent.
	s = d.tell(d.applicant(), "污染企业检测报告", "2026-04-01")
	s.do("consultations", body{"kind": "third_party", "consultee": "某企业", "sent_on": "2026-04-02"})
	s.do("consultations/1/answer", body{"answered_on": "2026-04-10", "answer": "object"})
	s.do("consultations", body{"kind": "joint_agency", "consultee": "区生态环境局", "sent_on": "2026-04-02"})
	s.decide("2026-05-06", "K2", "", information, body{"public_interest": body{"what": "检测数据", "why": "关系公众健康", "told_on": "2026-05-06"}})
	s.serve()
	s.stands("K2", "granted")

	// 5: the same person asks again for what was answered.
	s = d.tell(who, "本镇年度预算", "2026-06-10")
	guide := d.get(s.at+"/decision/guide?correction=clear", d.officer)
	require.Equal(d.t, "repeat", guide.Text("questions", 1, "suggested"))
	s.do("duplicates", body{"of": d.cases[0], "verdict": "not_duplicate", "reason": "已答复，按重复申请处理"})
	s.decide(s.on, "K6", "", body{"earlier_reply": "2026年6月10日答复"})
	s.serve()
	s.stands("K6", "noproc_2_duplicate")
}

// refusals tell the cases that end in a reply without information.
func refusals(d *desk) {
	// 6: two units search and find nothing.
	s := d.tell(d.applicant(), "1998年的批文", "2026-05-06")
	for n, unit := range []string{"档案室", "规建办"} {
		s.do("searches", body{"unit": unit, "asked_on": "2026-05-07"})
		s.do(fmt.Sprintf("searches/%d/report", n+1), body{"result": "nothing", "places": []string{unit}, "method": "逐卷", "reported_on": "2026-05-08"})
	}
	s.decide("2026-05-11", "K4", "", body{})
	s.serve()
	s.stands("K4", "unable_1_not_held")

	// 7 to 13: one for each of the plain kinds.
	for _, c := range []struct {
		kind, ground, row string
		contents          body
	}{
		{"K3", "X16b", "deny_6_process", body{"reasons": "讨论记录"}},
		{"K5", "", "unable_1_not_held", body{"reasons": "由区规划资源局制作", "competent": "区规划资源局"}},
		{"K7", "X36-7", "deny_8_admin_query", body{"procedure": "不动产登记暂行条例"}},
		{"K8", "", "unable_2_needs_creation", body{"reasons": "需要汇总"}},
		{"K9", "", "noproc_1_petition", body{"reasons": "反映问题"}},
		{"K10", "", "noproc_3_publication", body{"reasons": "年鉴"}},
		{"K12", "", "noproc_5_confirm_reissue", body{"reasons": "已经获取"}},
	} {
		s = d.tell(d.applicant(), "某信息 "+c.kind, "2026-05-06")
		s.decide("2026-05-12", c.kind, c.ground, c.contents)
		s.serve()
		s.stands(c.kind, c.row)
	}

	// 14: too many applications, and no good reason.
	s = d.tell(d.applicant(), "第三十件", "2026-05-06")
	s.do("reasons-request", body{"text": "本月已申请三十件", "asked_on": "2026-05-07", "reply_by": "2026-05-14"})
	s.do("reasons", body{"reasons": "想要", "given_on": "2026-05-11"})
	s.do("reasons/assessment", body{"reasonable": false, "assessment": "没有说明用途", "assessed_on": "2026-05-12"})
	s.decide("2026-05-13", "K11", "", body{"reasons": "理由不合理"})
	s.serve()
	s.stands("K11", "noproc_4_massive_repeated")

	// 15: corrected and still unclear.
	s = d.tell(d.applicant(), "那个文件", "2026-05-06")
	s.do("correction-notice", body{"noticed_on": "2026-05-08", "items": []string{"请写明文号"}})
	s.do("correction", body{"received_on": "2026-05-15", "description": "就是那个文件"})
	s.decide("2026-05-20", "K15", "", body{"reasons": "仍不明确"})
	s.serve()
	s.stands("K15", "unable_3_unclear_after_correction")
}

// closings tell the cases that end without a reply, are merged, split or reopened.
func closings(d *desk) {
	// 16: not corrected; an order reopens the case, and it is answered.
	s := d.tell(d.applicant(), "有关拆迁的材料", "2026-03-02")
	s.do("correction-notice", body{"noticed_on": "2026-03-04", "items": []string{"请写明地块"}, "period_wd": 10})
	r := s.do("abandonment", body{"abandoned_on": "2026-03-25"})
	require.Equal(d.t, "other_1_not_corrected", r.Text("report_row"))
	s.stands("", "other_1_not_corrected")
	r = s.ok(s.at+"/reopening", body{"effective_on": "2026-04-20", "reopened_on": "2026-04-20", "document_no": "青府复〔2026〕3号", "period_wd": 15}, d.legal)
	require.Equal(d.t, "K13", r.Text("earlier", 0, "kind"))
	s.decide("2026-05-06", "K2", "", information)
	s.serve()
	s.stands("K2", "granted")

	// 17: twelve items, a finding, a fee that is not paid.
	s = d.tell(d.applicant(), "十二个事项", "2026-03-02")
	var parts []body
	for i := range 12 {
		parts = append(parts, body{"description": fmt.Sprintf("事项%d", i+1)})
	}
	s.do("split", body{"split_on": "2026-03-03", "parts": parts, "count_only": true})
	s.Eventually(func() bool {
		n, _ := d.Call("GET", "/v1/fees/usage?case_id="+s.id, nil, d.officer).At("items").(float64)
		return n == 12
	}, "the fee counts twelve items")
	found := d.ok("/v1/fees/findings", body{"case_id": s.id, "found_on": "2026-03-04", "grounds": "数量明显超过合理范围"}, d.officer)
	d.ok("/v1/fees/findings/"+found.Text("id")+"/approval", body{"approved": true, "decided_on": "2026-03-04"}, d.head)
	notice := d.ok("/v1/fees/notices", body{
		"case_id": s.id, "method": "per_item", "noticed_on": "2026-03-05", "notice_received_on": "2026-03-06",
		"delivery_route": "邮寄", "how_to_pay": "银行",
	}, d.officer)
	s.waits("waiting")
	d.ok("/v1/fees/notices/"+notice.Text("id")+"/lapse", body{"lapsed_on": "2026-04-10"}, d.officer)
	s.waits("closed")
	s.stands("", "other_2_fee_unpaid")

	// 18: withdrawn by the applicant, whose kind was corrected for the whole case.
	s = d.tell(d.applicant(), "补助清单", "2026-05-06")
	s.ok(s.at+"/applicant-kind", body{"kind": "other_org", "reason": "登记错误"}, d.head)
	d.ok("/v1/applications/"+s.receipt+"/withdrawal", body{"reason": "不再需要"}, s.code)
	s.stands("", "other_3_other")
	s = d.tell(d.applicant(), "补助标准", "2026-05-06")
	s.do("withdrawal", body{"withdrawn_on": "2026-05-07"})
	s.stands("", "other_3_other")

	// 19: split into two; one part is asked for again and the repeat is merged.
	whole := d.tell(d.applicant(), "甲地块方案和乙地块方案", "2026-05-06")
	r = whole.do("split", body{"split_on": "2026-05-07", "parts": []body{{"description": "甲地块方案"}, {"description": "乙地块方案"}}})
	one, two := d.of(r.Text("split", "parts", 0, "case_id"), "2026-05-07"), d.of(r.Text("split", "parts", 1, "case_id"), "2026-05-07")
	d.ok("/v1/cases/bulk/assignment", body{"cases": []string{one.id, two.id}, "assignee": d.officerID, "assigned_on": "2026-05-07"}, d.head)
	d.ok("/v1/cases/bulk/extension", body{"cases": []string{one.id, two.id}, "working_days": 5, "reason": "材料多", "requested_on": "2026-05-11"}, d.officer)
	d.ok("/v1/cases/bulk/extension/approval", body{"cases": []string{one.id, two.id}, "approved_on": "2026-05-11"}, d.head)
	again := d.tell(whole.who, "甲地块方案", "2026-05-08")
	again.do("links", body{"to": two.id, "kind": "same_matter"})
	again.do("merge", body{"into": one.id, "merged_on": "2026-05-11"})
	again.stands("", "other_3_other")
	one.decide("2026-05-12", "K2", "", information)
	one.serve()
	one.stands("K2", "granted")
	// 20: the other part is posted, and closed by hand when the carrier tells.
	two.decide("2026-05-12", "K2", "", information)
	two.do("service", body{"route": "mail", "tracking_no": "E2", "sent_on": "2026-05-12"})
	two.do("closure", body{"closed_on": "2026-05-20", "note": "妥投"})
	two.stands("K2", "granted")
	require.Empty(d.t, d.get(whole.at, d.officer).Text("report_row"), "its parts take its place")
}
