package intake_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// codes are the codes of the alarms in a file or row.
func codes(v any) []string {
	var out []string
	alarms, _ := v.([]any)
	for _, a := range alarms {
		m, _ := a.(map[string]any)
		code, _ := m["code"].(string)
		out = append(out, code)
	}
	return out
}

func (d *desk) arrives(channel string, more body) string {
	d.t.Helper()
	return d.ok("/v1/cases", with(with(application("补助清单"), body{"channel": channel, "arrived_on": "2026-06-08"}), more), d.officer).Text("id")
}

// Every channel keeps what art. 31 asks of it; what is missing is asked for.
func TestEachChannelKeepsItsEvidence(t *testing.T) {
	t.Parallel()
	d := open(t)
	signed, post, call, both := body{"signer": "收发室"}, "registered_mail", body{"confirmed_with": "本人", "note": "电话"}, body{"reference": "回复邮件"}
	for _, c := range []struct {
		channel           string
		arrival, evidence body
		wanted            bool // refused without evidence
		kind, received    string
	}{
		{"in_person", nil, nil, false, "counter_receipt", "2026-06-08"},
		{"oral", nil, nil, false, "assisted_form", "2026-06-08"},
		{post, nil, signed, true, "carrier_trace", "2026-06-08"},
		{post, signed, nil, false, "carrier_trace", "2026-06-08"},
		{post, body{"misdirected": true, "signer": "财政所"}, body{"misdirected": true, "confirmed_with": "本人"}, false, "call_log", "2026-06-10"},
		{"ordinary_mail", nil, call, true, "call_log", "2026-06-10"},
		{"fax", nil, call, true, "confirmation", "2026-06-10"},
		{"email", nil, both, true, "confirmation", "2026-06-10"},
	} {
		more := body{"applicant": with(application("x")["applicant"].(body), body{"needs_assistance": c.channel == "oral"})} //nolint:forcetypeassert // as built
		if c.arrival != nil {
			more["evidence"] = c.arrival
		}
		at := "/v1/cases/" + d.arrives(c.channel, more)
		require.Equal(t, c.channel == "oral", d.get(at, d.officer).At("needs_assistance") == true)
		if c.wanted {
			r := d.Call("POST", at+"/registration", body{}, d.officer)
			require.Equal(t, "/evidence", r.Text("errors", 0, "pointer"), "%s: %s", c.channel, r)
		}
		b := body{}
		if c.evidence != nil {
			b["evidence"] = c.evidence
		}
		r := d.ok(at+"/registration", b, d.officer)
		require.Equal(t, c.kind, r.Text("evidence", "kind"), c.channel)
		require.Equal(t, c.received, r.Text("received_on"), c.channel)
	}
	at := "/v1/cases/" + d.arrives("fax", nil)
	require.Equal(t, http.StatusCreated, d.form(at+"/attachments", []part{{"arrival", "传真.png", png}}, d.officer).Status)
	require.Equal(t, "凭证见附件", d.ok(at+"/registration", nil, d.officer).Text("evidence", "note"), "a file is proof, too")

	filed := d.ok("/v1/applications", online("x"))
	at = "/v1/cases/" + d.get("/v1/cases?queue=unconfirmed", d.officer).Text("items", 0, "id")
	r := d.ok(at+"/registration", nil, d.officer)
	require.Contains(t, r.Text("evidence", "note"), "工作人员李经办于2026-06-10确认收到", "both sides are on record")
	require.Equal(t, filed.Text("receipt"), r.Text("evidence", "reference"))
}

// An arrival that nobody confirms raises an alarm and leads the queue.
func TestUnconfirmedArrivalsAlarm(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.arrives("ordinary_mail", nil) // to be confirmed on the very day
	d.ok("/v1/applications", online("x")) // within a working day
	queue := d.get("/v1/cases?queue=unconfirmed", d.officer)
	require.Equal(t, id, queue.Text("items", 0, "id"))
	require.Equal(t, "2026-06-08", queue.Text("items", 0, "confirm_by"))
	require.Equal(t, []string{"not_confirmed"}, codes(queue.At("items", 0, "alarms")))
	require.Empty(t, codes(queue.At("items", 1, "alarms")))
	d.clock.Advance(48 * time.Hour)
	d.signIn()
	require.Equal(t, []string{"not_confirmed"}, codes(d.get("/v1/cases?queue=unconfirmed", d.officer).At("items", 1, "alarms")))
	r := d.ok("/v1/cases/"+id+"/registration", body{"evidence": body{"confirmed_with": "本人"}}, d.officer)
	require.Empty(t, codes(r.At("alarms")))
	require.Nil(t, r.At("confirm_by"))
}

// Nobody can be reached: the case is in the register, and its reply period starts
// when contact is restored.
func TestUnreachableApplicant(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.arrives("ordinary_mail", nil)
	enter := body{"unreachable": true, "tried_on": "2026-06-09"}
	require.Equal(t, "/note", d.Call("POST", at+"/registration", enter, d.officer).Text("errors", 0, "pointer"))
	require.Equal(t, "exclusive", d.Call("POST", at+"/registration", with(enter, body{"received_on": "2026-06-09"}), d.officer).Text("errors", 0, "code"))
	d.ok(at+"/contacts", body{"means": "phone", "reached": false, "summary": "无人接听", "on": "2026-06-09"}, d.officer)
	require.Contains(t, codes(d.get(at, d.officer).At("alarms")), "unreachable")

	key := d.key()
	r := d.ok(at+"/registration", enter, d.officer, key)
	require.Equal(t, "2026-000001", r.Text("register_no"))
	require.Equal(t, "submitted", r.Text("status"))
	require.Nil(t, r.At("received_on"))
	require.Nil(t, r.At("reply_due"))
	require.Equal(t, "2026-000001", d.ok(at+"/registration", enter, d.officer, key).Text("register_no"))
	require.Equal(t, "illegal_transition", d.Call("POST", at+"/registration", enter, d.officer).Text("code"))
	require.Equal(t, "illegal_transition", d.Call("POST", at+"/correction-notice", body{"items": []string{"x"}}, d.officer).Text("code"))
	require.Equal(t, "2026-000002", d.get("/v1/cases/"+d.registered("另一件", "2026-06-08"), d.officer).Text("register_no"), "no gap")

	require.Equal(t, "date_too_early", d.Call("POST", at+"/registration", body{"received_on": "2026-06-08", "evidence": body{"confirmed_with": "本人"}}, d.officer).Text("errors", 0, "code"))
	require.Equal(t, "/evidence", d.Call("POST", at+"/registration", body{"received_on": "2026-06-10"}, d.officer).Text("errors", 0, "pointer"))
	d.ok(at+"/contacts", body{"means": "phone", "summary": "已联系上"}, d.officer)
	r = d.ok(at+"/registration", body{"received_on": "2026-06-10", "evidence": body{"confirmed_with": "本人"}}, d.officer)
	require.Equal(t, "2026-000001", r.Text("register_no"))
	require.Equal(t, "2026-07-09", r.Text("deadlines", "reply_due"))
	require.Empty(t, codes(r.At("alarms")))

	signed := "/v1/cases/" + d.arrives("registered_mail", nil)
	require.Equal(t, "illegal_transition", d.Call("POST", signed+"/registration", with(enter, body{"note": "x"}), d.officer).Text("code"), "a signature is enough")
}

func TestAgentsAndCoApplicants(t *testing.T) {
	t.Parallel()
	d := open(t)
	applicant, _ := application("x")["applicant"].(body)
	agent := body{"agent": body{"name": "赵律师", "id_type": "other", "id_number": "L-1", "authority": "授权委托书（2026-06-01）"}}
	at := "/v1/cases/" + d.arrives("in_person", body{"applicant": with(applicant, agent)})
	require.Equal(t, []string{"not_confirmed", "authority_missing"}, codes(d.get(at, d.officer).At("alarms")))
	require.Equal(t, http.StatusCreated, d.form(at+"/attachments", []part{{"authority", "委托书.pdf", pdf}}, d.officer).Status)
	require.Equal(t, []string{"not_confirmed"}, codes(d.get(at, d.officer).At("alarms")))
	missing := d.Call("POST", "/v1/cases", with(application("x"), body{"channel": "in_person", "applicant": with(applicant, body{"agent": body{"name": "赵律师"}})}), d.officer)
	require.Equal(t, "/applicant/agent/authority", missing.Text("errors", 0, "pointer"))

	with2 := func(number string) body {
		return body{"applicant": with(applicant, body{"co_applicants": []body{{"name": "李四", "id_type": "resident_id", "id_number": number}}})}
	}
	r := d.ok("/v1/cases", with(with(application("x"), body{"channel": "in_person"}), with2("310118199202021234")), d.officer)
	require.Len(t, r.At("applicant_digests"), 2, "each counts for the fee")
	twice := d.Call("POST", "/v1/cases", with(with(application("x"), body{"channel": "in_person"}), with2("310118199001011234")), d.officer)
	require.Equal(t, "listed_twice", twice.Text("errors", 0, "code"), "%s", twice)
}

// The kind is frozen at intake; a correction moves the whole application.
func TestKindIsCorrectedForTheWholeApplication(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("甲和乙", "2026-06-08")
	r := d.ok("/v1/cases/"+id+"/split", body{"parts": []body{{"description": "甲的清单"}, {"description": "乙的清单"}}}, d.officer)
	a, b := r.Text("children", 0, "id"), r.Text("children", 1, "id")
	kind, key := body{"kind": "commercial", "reason": "实为企业"}, d.key()
	require.Equal(t, http.StatusForbidden, d.Call("POST", "/v1/cases/"+a+"/applicant-kind", kind, d.officer).Status)
	d.ok("/v1/cases/"+a+"/applicant-kind", kind, d.head, key)
	d.ok("/v1/cases/"+a+"/applicant-kind", kind, d.head, key)
	for _, k := range []string{id, a, b} {
		require.Equal(t, "commercial", d.get("/v1/cases/"+k, d.officer).Text("applicant_kind"))
	}
}
