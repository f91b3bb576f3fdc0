package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/intake"
)

type body map[string]any

// TestAFeeFromTheTwelfthItemToPaymentAndLapse goes through intake, fee and deadline by
// HTTP and events alone: what is filed is counted, a notice stops the clock, a payment
// starts it anew, a lapse closes the case.
func TestAFeeFromTheTwelfthItemToPaymentAndLapse(t *testing.T) {
	t.Parallel()
	clk := wallclock.NewFake(servicetest.DefaultNow)
	in := servicetest.Start(t, servicetest.Config{Services: []service.Constructor{intake.New, deadline.New, fee.New}, Clock: clk})
	made := in.Call("POST", "/v1/offices/bootstrap", body{
		"setup_code": in.Master.SetupCode(),
		"office":     body{"id": "demo", "name": "青溪镇人民政府", "superior_government": "上海市青浦区人民政府", "court": "上海铁路运输法院"},
		"admin":      body{"username": "admin", "name": "管理员", "password": "long-enough-pass"},
	})
	require.Equal(t, 201, made.Status, made)
	ids := map[identity.Role]string{identity.Admin: made.Text("staff", "id")}
	as := func(r identity.Role) string { // anew, because the clock moves
		return in.As(identity.Staff{ID: ids[r], Office: "demo", Name: string(r), Roles: []identity.Role{r}})
	}
	for _, r := range []identity.Role{identity.Officer, identity.Head, identity.Finance} {
		m := in.Call("POST", "/v1/staff", body{"username": string(r), "name": string(r), "roles": []identity.Role{r}, "password": "long-enough-pass"}, as(identity.Admin))
		require.Equal(t, 201, m.Status, m)
		ids[r] = m.Text("id")
	}
	ok := func(path string, b body, r identity.Role) servicetest.Reply {
		t.Helper()
		reply := in.Call("POST", path, b, as(r))
		require.Less(t, reply.Status, 300, "%s: %s", path, reply)
		return reply
	}
	get := func(path string) servicetest.Reply { return in.Call("GET", path, nil, as(identity.Officer)) }

	zhang := body{"kind": "natural_person", "name": "张伟", "id_type": "resident_id", "id_number": "310118198001010017", "contact": body{"phone": "13800000001"}}
	cases := make([]string, 12)
	for i := range cases {
		applicant := zhang
		switch i {
		case 3: // an agent counts for the principal
			applicant = body{"agent": body{"name": "陈律师", "authority": "授权委托书", "id_type": "resident_id", "id_number": "310118197001010010"}}
		case 4: // a co-applicant counts as well
			applicant = body{"co_applicants": []body{{"name": "李秀英", "id_type": "resident_id", "id_number": "310118196203150025"}}}
		}
		for k, v := range zhang {
			applicant[k] = v
		}
		cases[i] = ok("/v1/cases", body{
			"channel": "in_person", "arrived_on": "2026-06-02", "evidence": "窗口签收",
			"applicant": applicant, "content": body{"description": fmt.Sprintf("青溪镇第%d村集体资产台账", i+1)},
			"delivery": body{"format": "electronic", "route": "online"},
		}, identity.Officer).Text("id")
		ok("/v1/cases/"+cases[i]+"/registration", body{"received_on": "2026-06-02", "evidence": "窗口签收"}, identity.Officer)
	}
	paid, lapsed := cases[11], cases[10]
	var usage servicetest.Reply
	in.Eventually(func() bool {
		usage = get("/v1/fees/usage?case_id=" + paid)
		return usage.At("items") == 12.0
	}, "the twelve are not counted")
	require.Equal(t, true, usage.At("signal"))
	require.NotContains(t, string(usage.Body), "张伟", "the fee service holds no personal data")
	require.NotContains(t, string(usage.Body), "310118198001010017")
	require.Len(t, get("/v1/fees/usage?month=2026-06").At("items"), 2, "the applicant and the co-applicant, not the agent")

	due := func(id, state string) servicetest.Reply {
		t.Helper()
		var d servicetest.Reply
		in.Eventually(func() bool {
			d = get("/v1/deadlines/" + id)
			return d.Text("state") == state
		}, id, "does not come to be", state)
		return d
	}
	require.Equal(t, "2026-07-01", due(paid, "running").Text("reply_due"), "20 working days; the Dragon Boat holiday lies between")
	finding := ok("/v1/fees/findings", body{"case_id": paid, "grounds": "当月申请12件，明显超过合理范围"}, identity.Officer).Text("id")
	ok("/v1/fees/findings/"+finding+"/approval", body{"approved": true}, identity.Head)
	notice := func(id string) string {
		return ok("/v1/fees/notices", body{"case_id": id, "method": "per_item", "notice_received_on": "2026-06-10"}, identity.Officer).Text("id")
	}
	first, second := notice(paid), notice(lapsed)
	for _, id := range []string{paid, lapsed} {
		d := due(id, "waiting")
		require.Equal(t, "payment", d.Text("waiting_for"), d)
		require.Nil(t, d.At("reply_due"), "no reply period runs")
	}
	in.Eventually(func() bool { return get("/v1/cases/"+paid).Text("status") == "waiting" }, "the case does not wait")

	// The payment side tells of the payment; the reply period begins anew (FR12).
	clk.Set(civil.MustParse("2026-06-12").Time(civil.Shanghai).Add(10 * time.Hour))
	key := ok("/v1/fees/webhooks/key", body{}, identity.Admin).Text("secret")
	message := `{"event_id":"e1","notice_id":"` + first + `","paid_on":"2026-06-12","amount_yuan":100,"receipt_no":"310026"}`
	stamp := strconv.FormatInt(clk.Now().Unix(), 10)
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(stamp + ".demo." + message))
	booked := in.Call("POST", "/v1/fees/webhooks/payments", message,
		"X-Zhiqing-Office: demo", "X-Zhiqing-Timestamp: "+stamp, "X-Zhiqing-Signature: sha256="+hex.EncodeToString(h.Sum(nil)))
	require.Equal(t, "booked", booked.Text("state"), booked)
	require.Equal(t, "2026-07-13", due(paid, "running").Text("reply_due"), "the full period from the day after payment")

	// The other is not paid: from the first working day after the limit it lapses.
	clk.Set(civil.MustParse("2026-07-09").Time(civil.Shanghai).Add(10 * time.Hour))
	require.Equal(t, 422, in.Call("POST", "/v1/fees/notices/"+second+"/lapse", body{}, as(identity.Finance)).Status)
	clk.Set(civil.MustParse("2026-07-10").Time(civil.Shanghai).Add(10 * time.Hour))
	ok("/v1/fees/notices/"+second+"/lapse", body{}, identity.Finance)
	in.Eventually(func() bool { return get("/v1/cases/"+lapsed).Text("status") == "closed" }, "the case is not closed")
	require.Equal(t, "other_2_fee_unpaid", get("/v1/cases/"+lapsed).Text("report_row"))
	require.NotEqual(t, "closed", get("/v1/cases/"+paid).Text("status"))
	st := get("/v1/fees/statement/2026")
	require.EqualValues(t, 100, st.At("collected", "yuan"))
	require.EqualValues(t, 100, st.At("lapsed", "yuan"))
	require.Equal(t, lapsed, get("/v1/fees/statement/2026?figure=lapsed").Text("items", 0, "case_id"))
}
