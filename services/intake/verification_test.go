package intake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/services/intake"
	"zhiqing.dev/services/intake/internal/verification"

	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/service"
)

// gateway is an office's gateway for messages: it checks who sends and keeps what came.
type gateway struct {
	url    string
	sent   chan messenger.Message
	broken atomic.Bool
}

const gatewaySecret = "shared-with-the-gateway"

func newGateway(t *testing.T) *gateway {
	g := &gateway{sent: make(chan messenger.Message, 20)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m messenger.Message
		signed := messenger.Sign([]byte(gatewaySecret), r.Header.Get(messenger.TimestampHeader), body) == r.Header.Get(messenger.SignatureHeader)
		if err != nil || !signed || json.Unmarshal(body, &m) != nil || g.broken.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		g.sent <- m
	}))
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

var sixDigits = regexp.MustCompile(`[0-9]{6}`)

func (g *gateway) code(t *testing.T) string {
	t.Helper()
	select {
	case m := <-g.sent:
		return sixDigits.FindString(m.Text)
	default:
		t.Fatal("nothing was sent")
		return ""
	}
}

// verifying is a desk whose office asks for a code.
func verifying(t *testing.T, policy verification.Policy) (*desk, *gateway) {
	t.Helper()
	g, d := newGateway(t), open(t)
	d.Stop()
	w, err := messenger.NewWebhook(g.url, gatewaySecret, d.clock)
	require.NoError(t, err)
	d.Instance = servicetest.Start(t, servicetest.Config{
		Services: []service.Constructor{intake.New}, Clock: d.clock, Dir: d.dir, Contracts: []*contracttest.Contract{spec, auditSpec}, Messenger: w,
	})
	d.signIn()
	d.settlePolicy(policy, http.StatusOK)
	return d, g
}

func (d *desk) settlePolicy(policy verification.Policy, want int) servicetest.Reply {
	d.t.Helper()
	admin := d.As(identity.Staff{ID: "s-admin", Office: office, Roles: []identity.Role{identity.Admin}})
	r := d.Call("PUT", "/v1/offices/"+office+"/policies", body{"name": "徐泾镇人民政府", "policies": body{"applicant_verification": policy}}, admin)
	require.Equal(d.t, want, r.Status, "%s", r)
	return r
}

// filed is an application of somebody with these contacts.
func (d *desk) filedBy(contact body) (at, code string) {
	d.t.Helper()
	r := d.ok("/v1/applications", body{
		"office":    office,
		"applicant": body{"kind": "natural_person", "name": "张伟", "id_type": "resident_id", "id_number": "110101199003077715", "contact": contact},
		"content":   body{"description": "道路养护合同"}, "delivery": body{"format": "electronic", "route": "online"},
	}, d.key())
	return "/v1/applications/" + r.Text("receipt"), "X-Query-Code: " + r.Text("query_code")
}

func TestVerification_opensWithACodeThatWasSent(t *testing.T) {
	t.Parallel()
	d, g := verifying(t, verification.Reachable)
	at, code := d.filedBy(body{"phone": "139 1234-5678", "email": "zhang@example.cn"})
	for _, door := range []string{"", "/attachments", "/letters", "/attachments/1"} {
		r := d.Call("GET", at+door, nil, code)
		require.Equal(t, "verification_required", r.Text("code"), "%s: %s", door, r)
		require.Equal(t, http.StatusForbidden, r.Status)
		require.NotContains(t, string(r.Body), "张伟")
	}
	require.Equal(t, "verification_required", d.Call("POST", at+"/withdrawal", body{}, code, d.key()).Text("code"))
	require.Equal(t, http.StatusNotFound, d.Call("POST", at+"/verification", nil, "X-Query-Code: AAAA").Status)
	require.Equal(t, http.StatusNotFound, d.Call("POST", at+"/verification/confirmation", body{"code": "123456"}, "X-Query-Code: AAAA").Status)
	require.Equal(t, "wrong_code", d.Call("POST", at+"/verification/confirmation", body{"code": "123456"}, code).Text("errors", 0, "code"), "none was sent")

	sent := d.Call("POST", at+"/verification", nil, code)
	require.Equal(t, http.StatusAccepted, sent.Status, "%s", sent)
	require.Equal(t, "139****5678", sent.Text("sent_to"))
	require.Equal(t, "sms", sent.Text("channel"))
	digits := g.code(t)
	require.NotContains(t, string(sent.Body), digits)
	require.Equal(t, http.StatusTooManyRequests, d.Call("POST", at+"/verification", nil, code).Status, "one a minute")

	pass := d.Call("POST", at+"/verification/confirmation", body{"code": " " + digits}, code)
	require.Equal(t, http.StatusOK, pass.Status, "%s", pass)
	with := "X-Verification: " + pass.Text("verification")
	require.Equal(t, "道路养护合同", d.get(at, code, with).Text("content", "description"))
	d.get(at+"/letters", code, with)
	require.Equal(t, http.StatusNotFound, d.Call("GET", at, nil, with).Status, "a pass alone opens nothing")
	require.Equal(t, 422, d.Call("POST", at+"/verification/confirmation", body{"code": digits}, code).Status, "a code serves once")

	other, otherCode := d.filedBy(body{"phone": "13912345679"})
	require.Equal(t, "verification_required", d.Call("GET", other, nil, otherCode, with).Text("code"), "the pass of another application")
	for _, bad := range []string{"x", strings.Replace(pass.Text("verification"), ".", "..", 1), "AAAAAP____8." + strings.Repeat("a", 52)} {
		require.Equal(t, "verification_required", d.Call("GET", at, nil, code, "X-Verification: "+bad).Text("code"))
	}
	d.clock.Advance(verification.PassHolds)
	require.Equal(t, "verification_required", d.Call("GET", at, nil, code, with).Text("code"), "the pass has ended")
}

func TestVerification_isNotGuessed(t *testing.T) {
	t.Parallel()
	d, g := verifying(t, verification.Required)
	at, code := d.filedBy(body{"email": "zhang@example.cn"})
	require.Equal(t, "z***@example.cn", d.ok(at+"/verification", nil, code).Text("sent_to"))
	digits := g.code(t)
	wrong := "000000"
	if digits == wrong {
		wrong = "000001"
	}
	for range verification.Tries {
		require.Equal(t, 422, d.Call("POST", at+"/verification/confirmation", body{"code": wrong}, code).Status)
	}
	require.Equal(t, 422, d.Call("POST", at+"/verification/confirmation", body{"code": digits}, code).Status, "after five tries the right one is refused too")
	for range verification.PerDay - 1 {
		d.clock.Advance(verification.Between)
		d.ok(at+"/verification", nil, code)
		digits = g.code(t)
	}
	d.clock.Advance(verification.Between)
	refused := d.Call("POST", at+"/verification", nil, code)
	require.Equal(t, http.StatusTooManyRequests, refused.Status, "five a day")
	require.NotEmpty(t, refused.Header.Get("Retry-After"))
	d.clock.Advance(verification.CodeHolds)
	require.Equal(t, 422, d.Call("POST", at+"/verification/confirmation", body{"code": digits}, code).Status, "too old")
	d.clock.Advance(24 * time.Hour)
	d.ok(at+"/verification", nil, code)
	require.Equal(t, 200, d.Call("POST", at+"/verification/confirmation", body{"code": g.code(t)}, code).Status)
}

func TestVerification_whoCannotBeSentACode(t *testing.T) {
	t.Parallel()
	d, g := verifying(t, verification.Reachable)
	at, code := d.filedBy(body{"phone": "021-59760000", "address": "云栖路8号"})
	d.get(at, code)
	require.Equal(t, "illegal_transition", d.Call("POST", at+"/verification", nil, code).Text("code"))
	d.settlePolicy(verification.Required, http.StatusOK)
	require.Equal(t, "verification_required", d.Call("GET", at, nil, code).Text("code"))
	d.settlePolicy(verification.Off, http.StatusOK)
	d.get(at, code)

	// A gateway that is away costs no wait, and is tried again.
	d.settlePolicy(verification.Required, http.StatusOK)
	at, code = d.filedBy(body{"phone": "+8613912345678"})
	g.broken.Store(true)
	require.Equal(t, "unavailable", d.Call("POST", at+"/verification", nil, code).Text("code"))
	g.broken.Store(false)
	d.ok(at+"/verification", nil, code)
	require.Equal(t, 200, d.Call("POST", at+"/verification/confirmation", body{"code": g.code(t)}, code).Status)

	// Without a gateway nobody may be asked for a code.
	d.again()
	require.Equal(t, "no_messenger", d.settlePolicy(verification.Required, 422).Text("errors", 0, "code"))
	require.Equal(t, "unavailable", d.Call("POST", at+"/verification", nil, code).Text("code"))
}
