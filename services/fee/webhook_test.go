package fee_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

// pays tells of a payment as the payment side does.
func (k *kit) pays(key, office string, at time.Time, body any) servicetest.Reply {
	k.t.Helper()
	raw, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		require.NoError(k.t, err)
		raw = string(b)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(stamp + "." + office + "." + raw))
	return k.Call("POST", "/v1/fees/webhooks/payments", raw, "X-Zhiqing-Office: "+office,
		"X-Zhiqing-Timestamp: "+stamp, "X-Zhiqing-Signature: sha256="+hex.EncodeToString(h.Sum(nil)))
}

func TestWebhook_booksASignedPaymentOnce(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.excess("c12")
	notices := map[string]string{}
	for _, id := range []string{"c11", "c12"} {
		n := k.issue(map[string]any{"case_id": id, "method": "per_item", "notice_received_on": "2026-06-10"})
		require.Equal(t, 201, n.Status, n)
		notices[id] = n.Text("id")
	}
	require.Equal(t, 403, k.Call("POST", "/v1/fees/webhooks/key", nil, k.As(officer)).Status)
	require.Equal(t, 404, k.Call("GET", "/v1/fees/webhooks/key", nil, k.As(admin)).Status)
	made := k.Call("POST", "/v1/fees/webhooks/key", nil, k.As(admin), "Idempotency-Key: k1")
	require.Equal(t, 201, made.Status, made)
	key := made.Text("secret")
	require.Len(t, key, 52)
	require.Equal(t, key, k.Call("POST", "/v1/fees/webhooks/key", nil, k.As(admin), "Idempotency-Key: k1").Text("secret"))
	require.Nil(t, k.Call("GET", "/v1/fees/webhooks/key", nil, k.As(admin)).At("secret"))

	now := k.clock.Now()
	body := map[string]any{"event_id": "e1", "notice_id": notices["c12"], "paid_on": "2026-06-10", "amount_yuan": 100, "receipt_no": "310026-1"}
	for name, r := range map[string]servicetest.Reply{
		"another key":      k.pays("x"+key[1:], "demo", now, body),
		"another office":   k.pays(key, "other", now, body),
		"no office":        k.pays(key, "", now, body),
		"too old":          k.pays(key, "demo", now.Add(-6*time.Minute), body),
		"too new":          k.pays(key, "demo", now.Add(6*time.Minute), body),
		"not signed":       k.Call("POST", "/v1/fees/webhooks/payments", body),
		"tampered headers": k.Call("POST", "/v1/fees/webhooks/payments", body, "X-Zhiqing-Office: demo", "X-Zhiqing-Timestamp: x", "X-Zhiqing-Signature: sha256=00"),
	} {
		require.Equal(t, 401, r.Status, name)
		require.Equal(t, "unauthenticated", r.Text("code"), name)
	}
	require.Equal(t, 422, k.pays(key, "demo", now, `{"event_id":"e0","notice_id":"n","paid_on":"2026-06-10","amount_yuan":0,"receipt_no":"1"}`).Status)
	require.Equal(t, 400, k.pays(key, "demo", now, `{"event_id":`).Status)
	require.Equal(t, 413, k.pays(key, "demo", now, `{"event_id":"`+strings.Repeat("x", 70_000)+`"}`).Status)

	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			r := k.pays(key, "demo", now, body)
			if r.Status != 200 || r.Text("state") != "booked" {
				t.Errorf("unexpected %s", r)
			}
		})
	}
	wg.Wait()
	n := k.Call("GET", "/v1/fees/notices/"+notices["c12"], nil, k.As(officer))
	require.Equal(t, "paid", n.Text("state"))
	require.Equal(t, "e1", n.Text("payment", "event_id"))
	require.Len(t, n.At("steps"), 3, "issued, delivered, paid once")
	require.Equal(t, "payment-webhook", n.Text("steps", 2, "by"))
	changed := map[string]any{"event_id": "e1", "notice_id": notices["c11"], "paid_on": "2026-06-10", "amount_yuan": 100, "receipt_no": "310026-1"}
	require.Equal(t, "key_reused", k.pays(key, "demo", now, changed).Text("code"))

	// Money that no notice takes is held, and said so; nothing is lost.
	for event, b := range map[string]map[string]any{
		"unknown": {"event_id": "unknown", "notice_id": "nobody", "paid_on": "2026-06-10", "amount_yuan": 100, "receipt_no": "1"},
		"less":    {"event_id": "less", "notice_id": notices["c11"], "paid_on": "2026-06-10", "amount_yuan": 90, "receipt_no": "2"},
		"again":   {"event_id": "again", "notice_id": notices["c12"], "paid_on": "2026-06-10", "amount_yuan": 100, "receipt_no": "3"},
	} {
		r := k.pays(key, "demo", now, b)
		require.Equal(t, "held", r.Text("state"), "%s: %s", event, r)
		require.NotEmpty(t, r.Text("reason"), event)
		require.Equal(t, r.Body, k.pays(key, "demo", now, b).Body, event)
	}
	held := k.Call("GET", "/v1/fees/webhooks/payments?state=held", nil, k.As(finance))
	require.Len(t, held.At("items"), 3)
	require.Len(t, k.Call("GET", "/v1/fees/webhooks/payments", nil, k.As(auditor)).At("items"), 4)
	require.Empty(t, k.Call("GET", "/v1/fees/webhooks/payments", nil, k.As(foreign)).At("items"))
	done := k.Call("POST", "/v1/fees/webhooks/payments/less/resolution", map[string]any{"resolution": "已原路退回"}, k.As(finance))
	require.Equal(t, "resolved", done.Text("state"), done)
	require.Equal(t, 409, k.Call("POST", "/v1/fees/webhooks/payments/e1/resolution", map[string]any{"resolution": "x"}, k.As(finance)).Status)
	require.Equal(t, 404, k.Call("POST", "/v1/fees/webhooks/payments/none/resolution", map[string]any{"resolution": "x"}, k.As(finance)).Status)

	// A new key; the one before is taken for a day more.
	next := k.Call("POST", "/v1/fees/webhooks/key", nil, k.As(admin)).Text("secret")
	require.NotEqual(t, key, next)
	last := map[string]any{"event_id": "e2", "notice_id": notices["c11"], "paid_on": "2026-06-10", "amount_yuan": 100, "receipt_no": "310026-2"}
	require.Equal(t, 200, k.pays(key, "demo", now, body).Status)
	k.clock.Advance(25 * time.Hour)
	require.Equal(t, 401, k.pays(key, "demo", k.clock.Now(), last).Status)
	require.Equal(t, "booked", k.pays(next, "demo", k.clock.Now(), last).Text("state"))
}
