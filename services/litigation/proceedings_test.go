package litigation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/service"
)

func (in *instance) receive(body obj) servicetest.Reply {
	in.t.Helper()
	r := in.post(legal, "/v1/proceedings", body)
	require.Equal(in.t, 201, r.Status, r)
	return r
}

func (in *instance) step(id string, body obj) servicetest.Reply {
	in.t.Helper()
	r := in.post(legal, "/v1/proceedings/"+id+"/steps", body)
	require.Equal(in.t, 200, r.Status, r)
	return r
}

func (in *instance) refused(id string, body obj, status int) servicetest.Reply {
	in.t.Helper()
	r := in.post(legal, "/v1/proceedings/"+id+"/steps", body)
	require.Equal(in.t, status, r.Status, r)
	return r
}

func period(t testing.TB, r servicetest.Reply, kind string) obj {
	t.Helper()
	list, _ := r.At("periods").([]any)
	var found obj
	for _, p := range list {
		if m, ok := p.(obj); ok && m["kind"] == kind {
			found = m
		}
	}
	require.NotNil(t, found, "no period %s in %s", kind, r)
	return found
}

func TestProceeding_reviewThatCorrectsReopensTheCase(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(4, theCase("c1", "natural_person", "2026-01-05", "2026-01-20", "K4", "unable_1_not_held"))
	in.annual(2026, 1)

	r := in.receive(obj{"kind": "review", "register_no": "R-c1", "case_no": "青府复字〔2026〕第12号", "organ_or_court": "青浦区人民政府", "received_on": "2026-03-02"})
	id := r.Text("id")
	require.Equal(t, "/v1/proceedings/"+id, r.Header.Get("Location"))
	require.Equal(t, "c1", r.Text("case_id"))
	require.Equal(t, "K4", r.Text("decision", "kind"))
	require.Equal(t, "respondent", r.Text("role"))
	require.Equal(t, true, r.At("counted"))
	require.Equal(t, "2026-03-16", period(t, r, "review_reply")["due_on"]) // 10 working days
	require.Equal(t, "2026-03-16", r.Text("next_due"))
	require.Equal(t, "overrun", period(t, r, "review_reply")["state"]) // today is 10 June

	r = in.step(id, obj{"step": "acceptance", "on": "2026-02-26", "procedure": "simplified"})
	require.Equal(t, "2026-03-09", period(t, r, "review_reply_simplified")["due_on"]) // 5 working days
	r = in.step(id, obj{"step": "answer", "on": "2026-03-06"})
	require.Equal(t, "met", period(t, r, "review_reply_simplified")["state"])
	in.refused(id, obj{"step": "answer", "on": "2026-03-06"}, 409)
	in.step(id, obj{"step": "hearing", "on": "2026-03-12", "note": "听取意见"})
	in.refused(id, obj{"step": "effective", "on": "2026-03-12"}, 409)
	in.refused(id, obj{"step": "appeal", "on": "2026-03-12"}, 409)
	in.refused(id, obj{"step": "rectification", "on": "2026-03-12"}, 409)

	r = in.refused(id, obj{"step": "result", "on": "2026-03-01", "result": "ordered_disclosure", "served_on": "2026-02-28", "head_appeared": true, "form": "ruling"}, 422)
	require.Len(t, r.At("errors"), 5, r)
	r = in.refused(id, obj{"step": "result", "on": "2026-07-01", "result": "maintained", "order": obj{}}, 422)
	require.Equal(t, "date_in_future", r.Text("errors", 0, "code"))

	r = in.step(id, obj{
		"step": "result", "on": "2026-03-27", "served_on": "2026-03-30", "result": "ordered_reanswer", "document_no": "青府复决〔2026〕12号",
		"corrected_ground": "facts", "lesson": "未说明检索的范围与方法。", "order": obj{"period_wd": 15},
	})
	require.Equal(t, "corrected", r.Text("outcome"))
	require.Equal(t, "结果纠正", r.Text("outcome_label"))
	require.Equal(t, "责令重新答复", r.Text("result_label"))
	require.Equal(t, "2026-03-30", r.Text("effective_on")) // a review's decision takes effect when served
	require.Equal(t, "rectifying", r.Text("status"))
	require.Equal(t, "2026-04-21", r.Text("order", "due_on")) // 15 working days, 清明 between
	require.Equal(t, "2026-04-14", period(t, r, "loss_report")["due_on"])
	require.Equal(t, true, period(t, r, "suit_after_review")["advisory"])

	in.Eventually(func() bool { return in.ear.has(contract.ProceedingOrdered, id) }, "the order is published")
	f := in.ear.facts(t, contract.ProceedingOrdered, id)
	require.Equal(t, "c1", f.CaseID)
	require.Equal(t, "2026-03-30", f.Order.EffectiveOn.String())
	require.Equal(t, 15, f.Order.PeriodWD)

	// Intake reopens the case; the chain stays visible.
	again := theCase("c1", "natural_person", "2026-01-05", "2026-04-15", "K2", "granted")
	again.Earlier = []contract.DecisionFacts{{No: "答〔c1〕", Kind: "K4", Row: "unable_1_not_held", DecidedOn: day("2026-01-20"), ReplyMadeOn: day("2026-01-20")}}
	again.ReopenedOn = day("2026-03-31")
	in.tell(9, again)
	r = in.step(id, obj{"step": "rectification", "on": "2026-04-15", "decision_no": "答〔c1〕之二", "note": "已重新检索并答复"})
	require.Equal(t, "effective", r.Text("status"))
	require.Equal(t, "2026-04-15", r.Text("order", "done_on"))
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/proceedings/"+id)
		chain, _ := r.At("chain").([]any)
		return len(chain) == 4
	}, "the chain shows the reopening")
	for i, want := range []string{"decision", "outcome", "reopened", "decision"} {
		require.Equal(t, want, r.Text("chain", i, "event"))
	}
	in.refused(id, obj{"step": "rectification", "on": "2026-04-15"}, 409)
	require.Len(t, r.At("steps"), 5)
	require.Len(t, r.At("report_up"), 5) // receipt, result, effective, loss report, rectification

	lessons := in.get(legal, "/v1/lessons?kind=K4")
	require.Equal(t, id, lessons.Text("items", 0, "id"))
	require.Equal(t, "未说明检索的范围与方法。", lessons.Text("items", 0, "lesson"))
	require.Equal(t, "unable_1_not_held", lessons.Text("items", 0, "decision", "row"))
	require.Empty(t, in.get(legal, "/v1/lessons?kind=K4&ground=X15").At("items"))
	require.Len(t, in.get(legal, "/v1/lessons?kind=K4&ground=").At("items"), 1)
	require.Empty(t, in.get(foreign, "/v1/lessons?kind=K4").At("items"))
}

func TestProceeding_suitAfterReviewThroughTwoInstances(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(4, theCase("c1", "natural_person", "2024-08-05", "2024-08-20", "K3", "deny_4_third_party"))
	in.annual(2024, 1)
	review := in.receive(obj{"kind": "review", "case_id": "c1", "organ_or_court": "区政府", "received_on": "2024-09-02"}).Text("id")
	in.step(review, obj{"step": "result", "on": "2024-10-28", "served_on": "2024-10-30", "result": "maintained"})
	r := in.receive(obj{"kind": "suit_after_review", "case_id": "c1", "organ_or_court": "铁路法院", "received_on": "2024-11-20", "role": "co_defendant"})
	suit := r.Text("id")
	require.Equal(t, review, r.Text("after_review"))
	require.Equal(t, "2024-12-05", period(t, r, "suit_answer")["due_on"])
	require.Equal(t, "after_review", r.Text("links", 0, "relation"))
	require.Equal(t, "followed_by", in.get(legal, "/v1/proceedings/"+review).Text("links", 0, "relation"))
	in.step(suit, obj{"step": "answer", "on": "2024-12-04"})
	in.step(suit, obj{"step": "hearing", "on": "2024-12-10", "head_appeared": true})
	r = in.step(suit, obj{"step": "result", "on": "2024-12-20", "served_on": "2024-12-24", "result": "ordered_disclosure", "order": obj{}})
	require.Equal(t, "concluded", r.Text("status"))
	require.Nil(t, r.At("order")) // not effective yet
	require.Equal(t, "2025-01-08", period(t, r, "appeal_judgment")["due_on"])

	// As it stands at the end of 2024 without an appeal: concluded.
	table := in.get(legal, "/v1/reports/annual/2024")
	require.EqualValues(t, 1, table.At("table4", "suit_after_review", "corrected"))
	// The appeal makes it pending at the end of 2024, and counts again in 2025.
	in.step(suit, obj{"step": "appeal", "on": "2025-01-06", "by": "office"})
	in.refused(suit, obj{"step": "effective", "on": "2025-01-10"}, 409)
	r = in.step(suit, obj{"step": "result", "on": "2025-04-10", "served_on": "2025-04-15", "result": "claims_dismissed"})
	require.Equal(t, "effective", r.Text("status"))
	require.Equal(t, "second", r.Text("instance"))
	in.refused(suit, obj{"step": "appeal", "on": "2025-04-20"}, 409)

	y2024, y2025 := in.get(legal, "/v1/reports/annual/2024"), in.get(legal, "/v1/reports/annual/2025")
	requireChecks(t, y2024)
	requireChecks(t, y2025)
	require.EqualValues(t, 1, y2024.At("table4", "review", "upheld"))
	require.EqualValues(t, 1, y2024.At("table4", "suit_after_review", "pending"))
	require.EqualValues(t, 0, y2024.At("table4", "suit_after_review", "corrected"))
	require.EqualValues(t, 1, y2025.At("table4", "suit_after_review", "upheld"))
	require.EqualValues(t, 1, y2025.At("table4", "suit_after_review", "total"))
	require.EqualValues(t, 0, y2025.At("table4", "review", "total"))
	for _, c := range []struct{ path, id string }{
		{"/v1/reports/annual/2024/cases?block=suit_after_review&column=pending", suit},
		{"/v1/reports/annual/2025/cases?block=suit_after_review&column=upheld", suit},
		{"/v1/reports/annual/2024/cases?block=review", review},
	} {
		cell := in.get(legal, c.path)
		require.Equal(t, 200, cell.Status)
		require.Len(t, cell.At("items"), 1)
		require.Equal(t, c.id, cell.Text("items", 0, "id"))
	}

	// Filings of the year only, when the office settles so.
	set := in.Call("PUT", "/v1/reports/settings", obj{"t4_scope": "filed"}, in.As(head))
	require.Equal(t, 200, set.Status, set)
	y2025 = in.get(legal, "/v1/reports/annual/2025")
	requireChecks(t, y2025)
	require.EqualValues(t, 0, y2025.At("table4", "suit_after_review", "total"))
	require.Empty(t, in.get(legal, "/v1/reports/annual/2025/cases?block=suit_after_review").At("items"))
}

func TestProceeding_whoCountsASuit(t *testing.T) {
	t.Parallel()
	in := start(t)
	r := in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2026-02-02", "role": "review_organ"})
	require.Equal(t, false, r.At("counted"))
	in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2026-02-02", "role": "third_party"})
	in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2026-02-02", "role": "co_defendant"})
	complaint := in.receive(obj{"kind": "complaint", "organ_or_court": "区政府办公室", "received_on": "2026-02-02"})
	require.Empty(t, complaint.At("periods"))
	in.step(complaint.Text("id"), obj{"step": "result", "on": "2026-02-20", "result": "complaint_unfounded"})
	t4 := in.get(legal, "/v1/reports/annual/2026")
	require.EqualValues(t, 1, t4.At("table4", "suit_direct", "total"))
	require.EqualValues(t, 0, t4.At("table4", "review", "total"))
	requireChecks(t, t4)
}

func TestProceeding_reportUp(t *testing.T) {
	t.Parallel()
	in := start(t)
	late := in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-05-06"}).Text("id")
	early := in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-04-01"}).Text("id")
	r := in.get(legal, "/v1/proceedings?unreported=true")
	require.Len(t, r.At("items"), 2)
	require.Equal(t, early, r.Text("items", 0, "id")) // the longest waiting first
	require.Equal(t, "2026-04-09", r.Text("items", 0, "report_up", 0, "due_on"))

	in.refused(early, obj{"step": "reported-up", "trigger": "result"}, 409)
	in.refused(early, obj{"step": "reported-up", "on": "2026-03-20"}, 422)
	r = in.step(early, obj{"step": "reported-up", "on": "2026-04-03", "receipt_no": "报备-1"})
	require.Equal(t, "2026-04-03", r.Text("report_up", 0, "reported_on"))
	require.Equal(t, "报备-1", r.Text("report_up", 0, "receipt_no"))
	in.refused(early, obj{"step": "reported-up"}, 409)
	require.Equal(t, late, in.get(legal, "/v1/proceedings?unreported=true").Text("items", 0, "id"))

	in.step(early, obj{"step": "result", "on": "2026-05-20", "served_on": "2026-05-22", "result": "revoked"})
	r = in.get(legal, "/v1/proceedings/"+early)
	require.Len(t, r.At("report_up"), 4) // receipt, result, effective, loss report
	in.step(early, obj{"step": "reported-up", "trigger": "loss_report", "on": "2026-06-01"})
	r = in.step(early, obj{"step": "reported-up", "on": "2026-06-02"}) // the oldest: the result
	require.Equal(t, "2026-06-02", r.Text("report_up", 1, "reported_on"))
	require.Equal(t, "met", period(t, r, "loss_report")["state"])
}

func TestProceedings_listAndIsolate(t *testing.T) {
	t.Parallel()
	in := start(t)
	var ids []string
	for _, on := range []string{"2026-01-05", "2026-02-05", "2026-03-05", "2026-04-02"} {
		ids = append(ids, in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": on}).Text("id"))
	}
	suit := in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2026-05-06"}).Text("id")
	in.step(ids[0], obj{"step": "result", "on": "2026-02-20", "result": "maintained"})
	list := func(query string) (got []string) {
		cursor := ""
		for {
			r := in.get(legal, "/v1/proceedings?limit=2"+query+cursor)
			require.Equal(t, 200, r.Status, r)
			items, _ := r.At("items").([]any)
			for i := range items {
				got = append(got, r.Text("items", i, "id"))
			}
			next := r.Text("next_cursor")
			if next == "" {
				return got
			}
			cursor = "&cursor=" + next
		}
	}
	require.Equal(t, []string{suit, ids[3], ids[2], ids[1], ids[0]}, list(""))
	require.Equal(t, []string{ids[3], ids[2], ids[1], ids[0]}, list("&kind=review"))
	require.Equal(t, []string{ids[0]}, list("&outcome=upheld"))
	require.Equal(t, []string{ids[0]}, list("&outcome=upheld&kind=review"))
	require.Equal(t, []string{suit, ids[3], ids[2], ids[1]}, list("&pending=true"))
	require.Equal(t, []string{ids[3], ids[2], ids[1]}, list("&pending=true&kind=review"))
	require.Empty(t, list("&outcome=corrected"))

	require.Equal(t, 404, in.get(foreign, "/v1/proceedings/"+ids[0]).Status)
	require.Equal(t, 404, in.post(foreign, "/v1/proceedings/"+ids[0]+"/steps", obj{"step": "hearing"}).Status)
	require.Empty(t, in.get(foreign, "/v1/proceedings").At("items"))
	require.Equal(t, 404, in.get(legal, "/v1/proceedings/nobody").Status)
	codes := in.get(legal, "/v1/proceedings/codes")
	require.Equal(t, 200, codes.Status)
	require.Equal(t, "maintained", codes.Text("results", "review", 0, "code"))
}

func TestProceeding_badInput(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(1, theCase("c1", "natural_person", "2026-03-02", "", "", ""))
	in.annual(2026, 1)
	for pointer, body := range map[string]obj{
		"/kind":           {"kind": "arbitration", "organ_or_court": "x"},
		"/organ_or_court": {"kind": "review"},
		"/received_on":    {"kind": "review", "organ_or_court": "x", "received_on": "2026-06-11"},
		"/case_id":        {"kind": "review", "organ_or_court": "x", "case_id": "none"},
		"/register_no":    {"kind": "review", "organ_or_court": "x", "register_no": "none"},
		"/role":           {"kind": "review", "organ_or_court": "x", "role": "defendant"},
		"/after_review":   {"kind": "suit_after_review", "organ_or_court": "x", "after_review": "none"},
		"/plaintiff":      {"kind": "review", "organ_or_court": "x", "plaintiff": "张三"},
		"/procedure":      {"kind": "review", "organ_or_court": "x", "procedure": "fast"},
	} {
		r := in.post(legal, "/v1/proceedings", body)
		require.Equal(t, 422, r.Status, "%s: %s", pointer, r)
		require.Equal(t, pointer, r.Text("errors", 0, "pointer"), r)
	}
	r := in.post(legal, "/v1/proceedings", obj{"kind": "review", "organ_or_court": "x", "case_id": "c1", "received_on": "2026-03-01"})
	require.Equal(t, "before_application", r.Text("errors", 0, "code"))
	require.Equal(t, 422, in.post(legal, "/v1/proceedings", obj{"kind": "review", "organ_or_court": "x", "case_id": "c1", "register_no": "R-x"}).Status)
	require.Empty(t, in.get(legal, "/v1/proceedings").At("items"))
}

func TestProceeding_repeatsAndConflicts(t *testing.T) {
	t.Parallel()
	in := start(t)
	body := obj{"kind": "review", "organ_or_court": "区政府", "case_no": "复字1号", "received_on": "2026-03-02"}
	var wg sync.WaitGroup
	answers := make([]servicetest.Reply, 8)
	for i := range answers {
		wg.Go(func() { answers[i] = in.post(legal, "/v1/proceedings", body, "Idempotency-Key: k1") })
	}
	wg.Wait()
	for _, r := range answers {
		require.Equal(t, 201, r.Status, r)
		require.Equal(t, answers[0].Text("id"), r.Text("id"))
	}
	id := answers[0].Text("id")
	require.Equal(t, 422, in.post(legal, "/v1/proceedings", obj{"kind": "complaint", "organ_or_court": "区政府"}, "Idempotency-Key: k1").Status)
	r := in.post(legal, "/v1/proceedings", body)
	require.Equal(t, 409, r.Status)
	require.Equal(t, "already_exists", r.Text("code"))

	step := obj{"step": "answer", "on": "2026-03-05"}
	first := in.post(legal, "/v1/proceedings/"+id+"/steps", step, "Idempotency-Key: s1")
	require.Equal(t, 200, first.Status)
	again := in.post(legal, "/v1/proceedings/"+id+"/steps", step, "Idempotency-Key: s1")
	require.Equal(t, 200, again.Status)
	require.Len(t, again.At("steps"), 1)
	stale := in.post(legal, "/v1/proceedings/"+id+"/steps", obj{"step": "hearing"}, `If-Match: "1"`)
	require.Equal(t, 412, stale.Status)
	ok := in.post(legal, "/v1/proceedings/"+id+"/steps", obj{"step": "hearing"}, "If-Match: "+first.Header.Get("ETag"))
	require.Equal(t, 200, ok.Status)
	require.Equal(t, in.clock.Now().Format(time.RFC3339), ok.Text("steps", 1, "recorded_at"))
	require.Equal(t, "2026-06-10", ok.Text("steps", 1, "on"))
}

func TestProceeding_takesBackWhatWasEnteredByMistake(t *testing.T) {
	t.Parallel()
	in := start(t)
	id := in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-03-02"}).Text("id")
	in.step(id, obj{"step": "answer", "on": "2026-03-06"})
	in.step(id, obj{"step": "result", "on": "2026-04-20", "served_on": "2026-04-21", "result": "revoked", "order": obj{}})
	path := "/v1/proceedings/" + id + "/steps/"
	require.Equal(t, 409, in.post(legal, path+"1/retraction", obj{"reason": "误录"}).Status)
	require.Equal(t, 404, in.post(legal, path+"3/retraction", obj{"reason": "误录"}).Status)
	require.Equal(t, 404, in.post(foreign, path+"2/retraction", obj{"reason": "误录"}).Status)
	require.Equal(t, 422, in.post(legal, path+"2/retraction", obj{}).Status)
	r := in.post(legal, path+"2/retraction", obj{"reason": "结果代码登记错误"}, "Idempotency-Key: r1")
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, "pending", r.Text("status"))
	require.Nil(t, r.At("order"))
	require.Equal(t, "结果代码登记错误", r.Text("steps", 1, "retracted", "reason"))
	require.Equal(t, 200, in.post(legal, path+"2/retraction", obj{"reason": "结果代码登记错误"}, "Idempotency-Key: r1").Status)
	require.EqualValues(t, 1, in.get(legal, "/v1/reports/annual/2026").At("table4", "review", "pending"))
	require.Empty(t, in.get(legal, "/v1/proceedings?outcome=corrected").At("items"))
	r = in.step(id, obj{"step": "result", "on": "2026-04-20", "served_on": "2026-04-21", "result": "maintained"})
	require.EqualValues(t, 3, r.At("steps", 2, "n"))
	require.EqualValues(t, 1, in.get(legal, "/v1/reports/annual/2026").At("table4", "review", "upheld"))
	require.Empty(t, in.get(legal, "/v1/lessons").At("items"))
}

func TestProceeding_fromAnImportedLedger(t *testing.T) {
	t.Parallel()
	in := start(t)
	f := contract.ImportedProceedingFacts{
		Office: "demo", SourceID: "src-1", Kind: "review", CaseNo: "复字7号", RegisterNo: "2024-0007", ReceivedOn: day("2024-03-04"),
		Outcome: "corrected", DecidedOn: day("2024-05-06"),
	}
	send := func(typ string, version int64, f contract.ImportedProceedingFacts) {
		in.publish(typ, f.Office, f.SourceID, version, f)
	}
	send(contract.ImportedProceedingTaken, 1, f)
	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2024")
		return r.At("table4", "review", "corrected") == 1.0
	}, "the imported review is counted")
	r = in.get(legal, "/v1/proceedings/src-1")
	require.Equal(t, true, r.At("imported"))
	require.Empty(t, r.At("report_up")) // reported in its time
	require.Empty(t, in.get(legal, "/v1/proceedings?unreported=true").At("items"))

	in.tell(1, theCase("c7", "natural_person", "2024-01-05", "2024-01-20", "K4", "unable_1_not_held"))
	f.CaseID, f.Attacked = "c7", &contract.DecisionFacts{Kind: "K4", Row: "unable_1_not_held", DecidedOn: day("2024-01-20")}
	send(contract.ImportedProceedingLinked, 2, f)
	in.Eventually(func() bool {
		return in.get(legal, "/v1/lessons?kind=K4").Text("items", 0, "id") == "src-1"
	}, "the lesson of the imported review")
	// What staff enter afterwards stands, whatever the ledger says again.
	in.step("src-1", obj{"step": "effective", "on": "2024-05-08"})
	f.Outcome = "upheld"
	send(contract.ImportedProceedingTaken, 3, f)
	// One that staff have entered already is not made a second time.
	in.receive(obj{"kind": "review", "organ_or_court": "区政府", "case_no": "复字8号", "received_on": "2024-06-03"})
	f.SourceID, f.CaseNo, f.CaseID, f.Attacked = "src-2", "复字8号", "", nil
	send(contract.ImportedProceedingTaken, 1, f)
	f.SourceID, f.CaseNo, f.Kind = "src-3", "诉字1号", "suit_direct"
	send(contract.ImportedProceedingTaken, 1, f)
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2024")
		return r.At("table4", "suit_direct", "upheld") == 1.0
	}, "the imported suit is counted")
	require.EqualValues(t, 2, r.At("table4", "review", "total"))
	require.EqualValues(t, 1, r.At("table4", "review", "corrected"))
}

// ear hears what the service tells others.
type ear struct {
	mu     sync.Mutex
	events []event.Event
}

func (e *ear) service(context.Context, service.Deps) (*service.Service, error) {
	return &service.Service{Name: "ear", Consumers: []bus.Consumer{{
		Name: "ear", Types: []string{"litigation.proceeding.v1.*"},
		Handle: func(_ context.Context, ev event.Event) error {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.events = append(e.events, ev)
			return nil
		},
	}}}, nil
}

func (e *ear) has(typ, subject string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.events {
		if ev.Type == typ && ev.Subject == subject {
			return true
		}
	}
	return false
}

func (e *ear) facts(t testing.TB, typ, subject string) (f contract.ProceedingFacts) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.events {
		if ev.Type == typ && ev.Subject == subject {
			require.NoError(t, ev.Decode(&f))
		}
	}
	return f
}
