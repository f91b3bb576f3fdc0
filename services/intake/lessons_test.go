package intake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
)

// refusal is a corrected refusal as the litigation service would tell it.
func refusal(id, of string) contract.LessonFacts {
	return contract.LessonFacts{
		Office: of, LessonID: id, Active: true, Edition: 1, DecisionKind: "K3", Ground: "X15", Subject: "land",
		ProceedingKind: "review", Result: "ordered_reanswer", ResultLabel: "责令重新答复", CorrectedGround: "law",
		CorrectedGroundLabel: "适用依据错误", ConcludedOn: day("2026-03-27"), WhatWentWrong: "未作区分处理。",
	}
}

// warned waits until so many lessons stand before a refusal on this ground.
func (d *desk) warned(id string, n int) servicetest.Reply {
	d.t.Helper()
	var r servicetest.Reply
	d.Eventually(func() bool {
		r = d.get("/v1/cases/"+id+"/lessons?kind=K3&ground=X15&subject=land", d.officer)
		items, _ := r.At("items").([]any)
		return len(items) == n
	}, "lessons")
	return r
}

func withhold() body {
	return body{"kind": "K3", "ground": "X15", "subject": "land", "contents": body{"reasons": "涉及第三方"}}
}

// drafted is a registered case with a refusal before the head.
func (d *desk) drafted(on string) string {
	d.t.Helper()
	id := d.registered("征收补偿明细", on)
	d.ok("/v1/cases/"+id+"/review", body{"reviewed_on": on, "checks": checks()}, d.legal)
	d.ok("/v1/cases/"+id+"/decision", with(withhold(), body{"decided_on": on}), d.officer)
	return id
}

func TestLessons_areSeenBeforeADecisionIsSigned(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.drafted("2026-06-08")
	at := "/v1/cases/" + id
	require.EqualValues(t, 0, d.get(at+"/lessons", d.officer).At("to_see")) // nobody has lost one yet
	f := refusal("l-1", office)
	d.tell(contract.LessonPublished, "l-1", 3, f)
	elsewhere := refusal("l-2", office)
	elsewhere.Ground = "X16b"
	d.tell(contract.LessonPublished, "l-2", 1, elsewhere)
	r := d.warned(id, 1)
	require.Equal(t, "l-1", r.Text("items", 0, "id"))
	require.Equal(t, true, r.At("items", 0, "must_see"))
	require.Equal(t, true, r.At("items", 0, "same_subject"))
	require.Equal(t, "未作区分处理。", r.Text("items", 0, "what_went_wrong"))
	require.Equal(t, "required", r.Text("policy"))
	require.EqualValues(t, 1, d.get(at, d.officer).At("lessons", "to_see"))

	r = d.Call("POST", at+"/decision/approval", body{}, d.head, d.key())
	require.Equal(t, http.StatusConflict, r.Status, r)
	require.Equal(t, "lesson_unseen", r.Text("errors", 0, "code"))
	require.Contains(t, r.Text("errors", 0, "detail"), "l-1")
	// To send the draft back nobody needs to have read anything; see another case.

	require.Equal(t, 422, d.Call("POST", at+"/lessons/seen", body{"lessons": []string{"l-2"}}, d.officer).Status)
	require.Equal(t, 422, d.Call("POST", at+"/lessons/seen", body{"lessons": []string{}}, d.officer).Status)
	require.Equal(t, 403, d.Call("POST", at+"/lessons/seen", body{"lessons": []string{"l-1"}}, d.auditor).Status)
	require.Equal(t, 404, d.Call("POST", at+"/lessons/seen", body{"lessons": []string{"l-1"}}, d.stranger).Status)
	r = d.ok(at+"/lessons/seen", body{"lessons": []string{"l-1"}}, d.officer, d.key())
	require.Equal(t, "李经办", r.Text("lessons_seen", 0, "by", "name"))
	require.Equal(t, "2026-06-10", r.Text("lessons_seen", 0, "on"))
	require.EqualValues(t, 0, r.At("lessons", "to_see"))
	r = d.ok(at+"/lessons/seen", body{"lessons": []string{"l-1"}}, d.officer) // again changes nothing
	require.Len(t, r.At("lessons_seen"), 1)

	r = d.ok(at+"/decision/approval", body{}, d.head)
	require.Equal(t, "decided", r.Text("status"))
	history, _ := r.At("history").([]any)
	seen := false
	for i := range history {
		seen = seen || r.Text("history", i, "code") == "lessons_seen" && r.Text("history", i, "label") == "已阅知案例提示"
	}
	require.True(t, seen)
}

func TestLessons_inTheStepsThemselves(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.tell(contract.LessonPublished, "l-1", 1, refusal("l-1", office))
	id := d.registered("征收补偿明细", "2026-06-08")
	at := "/v1/cases/" + id
	d.warned(id, 1)
	require.Equal(t, 422, d.Call("GET", at+"/lessons?ground=X15", nil, d.officer).Status)
	d.ok(at+"/review", body{"reviewed_on": "2026-06-08", "checks": checks()}, d.legal)
	// The answer to the draft shows what to read; drafting and seeing may be one step.
	require.Equal(t, 422, d.Call("POST", at+"/decision", with(withhold(), body{"lessons_seen": []string{"l-9"}}), d.officer).Status)
	r := d.ok(at+"/decision", with(withhold(), body{"lessons_seen": []string{"l-1"}}), d.officer)
	require.Equal(t, "l-1", r.Text("lessons", "items", 0, "id"))
	require.EqualValues(t, 0, r.At("lessons", "to_see"))
	r = d.ok(at+"/decision/approval", body{"approved": false, "note": "再想想"}, d.head)
	require.Nil(t, r.At("lessons"))

	second := d.drafted("2026-06-09")
	d.ok("/v1/cases/"+second+"/decision/approval", body{"approved": false}, d.head) // sent back unread
	third := d.drafted("2026-06-09")
	require.Equal(t, 409, d.Call("POST", "/v1/cases/"+third+"/decision/approval", body{}, d.head).Status)
	r = d.ok("/v1/cases/"+third+"/decision/approval", body{"lessons_seen": []string{"l-1"}}, d.head)
	require.Equal(t, "王主任", r.Text("lessons_seen", 0, "by", "name"))

	// A decision of a day on which the lesson was not known yet is not held up by it.
	early := d.registered("征收补偿明细", "2026-03-02")
	d.reply(early, "2026-03-10", withhold())
}

func TestLessons_policyOfTheOffice(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.tell(contract.LessonPublished, "l-1", 1, refusal("l-1", office))
	settle := func(policy string) {
		r := d.Call("PUT", "/v1/offices/"+office+"/policies", body{"name": "徐泾镇人民政府", "policies": body{"lessons_before_signing": policy}}, d.head)
		require.Equal(t, 200, r.Status, r)
	}
	settle("signer")
	id := d.drafted("2026-06-08")
	at := "/v1/cases/" + id
	d.warned(id, 1)
	d.ok(at+"/lessons/seen", body{"lessons": []string{"l-1"}}, d.officer)
	require.Equal(t, 409, d.Call("POST", at+"/decision/approval", body{}, d.head).Status)
	d.ok(at+"/decision/approval", body{"lessons_seen": []string{"l-1"}}, d.head)

	settle("advisory")
	second := d.drafted("2026-06-08")
	require.Equal(t, false, d.get("/v1/cases/"+second+"/lessons", d.head).At("items", 0, "must_see"))
	d.ok("/v1/cases/"+second+"/decision/approval", body{}, d.head)
	require.Equal(t, 422, d.Call("PUT", "/v1/offices/"+office+"/policies", body{"name": "x", "policies": body{"lessons_before_signing": "never"}}, d.head).Status)
}

func TestLessons_inAnyOrder_sharedAndWithdrawn(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("征收补偿明细", "2026-06-08")
	theirs := refusal("l-1", "elsewhere")
	theirs.Subject = "budget"
	shared := theirs
	shared.SharedWith, shared.Edition, shared.Title = []string{office, "third"}, 2, "通报"
	d.tellOf("elsewhere", contract.LessonChanged, "l-1", 5, shared)
	d.tellOf("elsewhere", contract.LessonPublished, "l-1", 2, theirs) // older, late
	d.tellOf("elsewhere", contract.LessonRestated, "l-1", 5, shared)  // again
	ours := refusal("l-2", office)
	ours.ConcludedOn = day("2026-01-09")
	d.tell(contract.LessonPublished, "l-2", 1, ours)
	d.warned(id, 2)
	r := d.warned(id, 2)
	require.Equal(t, "l-2", r.Text("items", 0, "id")) // the same subject first
	require.Equal(t, "通报", r.Text("items", 1, "title"))
	require.Equal(t, false, r.At("items", 1, "own"))

	// Nothing of it is told to an office that it is not shared with.
	foreign := d.ok("/v1/cases", with(application("x"), body{"channel": "in_person", "arrived_on": "2026-06-08"}), d.stranger).Text("id")
	require.Empty(t, d.get("/v1/cases/"+foreign+"/lessons?kind=K3&ground=X15", d.stranger).At("items"))
	require.Equal(t, 404, d.Call("GET", "/v1/cases/"+id+"/lessons", nil, d.stranger).Status)

	gone := shared
	gone.Active = false
	d.tellOf("elsewhere", contract.LessonWithdrawn, "l-1", 6, gone)
	d.warned(id, 1)
	d.tellOf("elsewhere", contract.LessonChanged, "l-1", 5, shared)
	alone := ours
	alone.Active = false
	d.tell(contract.LessonWithdrawn, "l-2", 2, alone)
	d.warned(id, 0)
	d.reply(id, "2026-06-09", withhold())
}

// Who decides again on an order looks again, and sees the case's own lesson.
func TestLessons_afterAnOrder(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("征收补偿明细", "2026-03-02")
	at := "/v1/cases/" + id
	old := refusal("l-0", office)
	old.ConcludedOn = day("2026-01-09")
	d.tell(contract.LessonPublished, "l-0", 1, old)
	d.warned(id, 1)
	d.ok(at+"/review", body{"reviewed_on": "2026-03-09", "checks": checks()}, d.legal)
	d.ok(at+"/decision", with(withhold(), body{"decided_on": "2026-03-09", "lessons_seen": []string{"l-0"}}), d.officer)
	d.ok(at+"/decision/approval", body{"signed_on": "2026-03-09"}, d.head)
	d.ok(at+"/service", body{"route": "direct", "sent_on": "2026-03-09", "signer": "本人"}, d.officer)
	d.tell(contract.ProceedingOrdered, "p-1", 4, contract.ProceedingFacts{
		Office: office, ProceedingID: "p-1", CaseID: id, Kind: "review", ReceivedOn: day("2026-03-20"), Outcome: "corrected",
		Order: &contract.OrderFacts{EffectiveOn: day("2026-06-01"), PeriodWD: 15},
	})
	d.becomes(id, "reopened", func(r servicetest.Reply) bool { return r.Text("status") == "registered" })
	d.tell(contract.LessonPublished, "p-1", 1, refusal("p-1", office))
	d.warned(id, 2)
	d.ok(at+"/review", body{"reviewed_on": "2026-06-09", "checks": checks()}, d.legal)
	r := d.ok(at+"/decision", with(withhold(), body{"decided_on": "2026-06-09"}), d.officer)
	require.EqualValues(t, 2, r.At("lessons", "to_see"))
	require.Equal(t, 409, d.Call("POST", at+"/decision/approval", body{"lessons_seen": []string{"p-1"}}, d.head).Status)
	r = d.ok(at+"/decision/approval", body{"lessons_seen": []string{"p-1", "l-0"}}, d.head)
	require.Len(t, r.At("lessons_seen"), 3)
}
