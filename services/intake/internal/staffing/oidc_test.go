package staffing_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/wallclock"
)

const redirectURL = "http://zhiqing.test/desk"

// authority is a running OpenID Connect provider (zitadel/oidc with its example
// storage), which a test can make err.
type authority struct {
	*storage.Storage
	t        *testing.T
	issuer   string
	provider *op.Provider
	key      atomic.Pointer[signingKey]

	nonce    string        // instead of the one asked for
	audience string        // instead of the client
	lifetime time.Duration // of ID tokens
	office   string
	roles    []string
}

type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

func (k *signingKey) ID() string                                  { return k.id }
func (k *signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k *signingKey) Key() any                                    { return k.key }

// publicKey is the half that the provider shows.
type publicKey struct{ *signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return &k.key.PublicKey }

// wilful is a client whose ID tokens last as the test wants.
type wilful struct {
	op.Client
	a *authority
}

func (c wilful) GetID() string                  { return c.a.clientID(c.Client.GetID()) }
func (c wilful) IDTokenLifetime() time.Duration { return c.a.lifetime }
func (c wilful) DevMode() bool                  { return true }

// asked is a sign-in as the provider tells of it.
type asked struct {
	op.AuthRequest
	a *authority
}

func (r asked) GetNonce() string {
	if r.a.nonce != "" {
		return r.a.nonce
	}
	return r.AuthRequest.GetNonce()
}

// clientID is the client to which an ID token is issued.
func (a *authority) clientID(asked string) string {
	if a.audience != "" {
		return a.audience
	}
	return asked
}

func (r asked) GetClientID() string { return r.a.clientID(r.AuthRequest.GetClientID()) }

func (r asked) GetAudience() []string {
	if r.a.audience != "" {
		return []string{r.a.audience}
	}
	return r.AuthRequest.GetAudience()
}

func (a *authority) SigningKey(context.Context) (op.SigningKey, error) { return a.key.Load(), nil }
func (a *authority) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{publicKey{a.key.Load()}}, nil
}

func (a *authority) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := a.Storage.GetClientByClientID(ctx, id)
	return wilful{c, a}, err
}

func (a *authority) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	r, err := a.Storage.AuthRequestByCode(ctx, code)
	return asked{r, a}, err
}

func (a *authority) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	info.AppendClaims("org", map[string]any{"office": a.office})
	info.AppendClaims("groups", a.roles)
	return a.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin)
}

func (a *authority) rotate(id string) {
	a.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(a.t, err)
	a.key.Store(&signingKey{id, key})
}

func startAuthority(t *testing.T) *authority {
	t.Helper()
	var handler atomic.Pointer[op.Provider]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	a := &authority{t: t, issuer: server.URL, lifetime: time.Hour, office: "QX", roles: []string{"ogi-officer", "printer"}}
	a.Storage = storage.NewStorageWithClients(storage.NewUserStore(server.URL), map[string]*storage.Client{
		"zhiqing": storage.WebClient("zhiqing", "secret", redirectURL),
	})
	a.rotate("first")
	provider, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}, CodeMethodS256: true}, a, op.StaticIssuer(server.URL), op.WithAllowInsecure())
	require.NoError(t, err)
	a.provider = provider
	handler.Store(provider)
	return a
}

func (a *authority) settings() identity.Provider {
	return identity.Provider{
		Issuer: a.issuer, ClientID: "zhiqing", ClientSecret: "secret", RedirectURL: redirectURL,
		OfficeClaim: "org.office", RolesClaim: "groups", Offices: "QX=qingxi,DH=donghe", Roles: "ogi-officer=officer,ogi-head=head",
	}
}

// visit is what a browser does at the provider: it returns what it is sent back with.
func (a *authority) visit(address string) (code, state string) {
	a.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	follow := func(address string) *url.URL {
		req, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, address, nil)
		require.NoError(a.t, err)
		res, err := client.Do(req)
		require.NoError(a.t, err)
		require.NoError(a.t, res.Body.Close())
		to, err := res.Location()
		require.NoError(a.t, err, res.Status)
		return to
	}
	login := follow(address)
	id := login.Query().Get("authRequestID")
	require.NoError(a.t, a.CheckUsernamePassword("test-user2", "verysecure", id))
	ctx := op.ContextWithIssuer(a.t.Context(), a.issuer)
	callback := op.AuthCallbackURL(a.provider)(ctx, id)
	back := follow(callback)
	require.Equal(a.t, "/desk", back.Path)
	return back.Query().Get("code"), back.Query().Get("state")
}

// connected is an installation with a provider.
func connected(t *testing.T) (*desk, *authority) {
	t.Helper()
	a := startAuthority(t)
	d := startOn(t, servicetest.Config{OIDC: a.settings(), Clock: wallclock.NewFake(wallclock.System{}.Now())})
	require.Equal(t, 201, d.Call("POST", "/v1/offices/bootstrap", foundation(d.Master.SetupCode())).Status)
	return d, a
}

// enter goes through a whole sign-in.
func (d *desk) enter(a *authority, edit ...func(object)) (servicetest.Reply, object) {
	d.t.Helper()
	begun := d.Call("POST", "/v1/session/oidc/start", nil)
	require.Equal(d.t, 200, begun.Status, begun)
	code, state := a.visit(begun.Text("authorization_url"))
	body := object{"code": code, "state": state, "flow": begun.Text("flow")}
	for _, e := range edit {
		e(body)
	}
	return d.Call("POST", "/v1/session/oidc", body), body
}

func TestOIDC_signsStaffInWithTheirOfficeAndRoles(t *testing.T) {
	t.Parallel()
	d, a := connected(t)
	require.Equal(t, true, d.Call("GET", "/v1/session/oidc", nil).At("enabled"))
	r, _ := d.enter(a)
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, "test-user2", r.Text("staff", "username"))
	require.Equal(t, "Test User2", r.Text("staff", "name"))
	require.Equal(t, "qingxi", r.Text("staff", "office"))
	require.Equal(t, []any{"officer"}, r.At("staff", "roles"))
	as := "Authorization: Bearer " + r.Text("access_token")
	require.Equal(t, 200, d.Call("GET", "/v1/staff", nil, as).Status)

	a.rotate("second")
	a.roles = []string{"ogi-head"}
	again, _ := d.enter(a)
	require.Equal(t, 200, again.Status, "the provider's keys are fetched again: %s", again)
	require.Equal(t, r.Text("staff", "id"), again.Text("staff", "id"), "the same account")
	require.Equal(t, []any{"head"}, again.At("staff", "roles"))
	require.Equal(t, 401, d.Call("GET", "/v1/staff", nil, as).Status, "the role was taken away")

	admin := d.as("admin")
	require.Equal(t, 200, d.Call("PATCH", "/v1/staff/"+r.Text("staff", "id"), object{"active": false}, admin).Status)
	left, _ := d.enter(a)
	require.Equal(t, 401, left.Status, left)

	require.Equal(t, 200, d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "青溪镇人民政府", "policies": object{"local_sign_in_off": true}}, admin).Status)
	require.Equal(t, 401, d.signIn("admin", password).Status, "local sign-in is off")
}

func TestOIDC_refusals(t *testing.T) {
	t.Parallel()
	d, a := connected(t)
	good, body := d.enter(a)
	require.Equal(t, 200, good.Status, good)
	require.Equal(t, 401, d.Call("POST", "/v1/session/oidc", body).Status, "the same return again")

	for name, tt := range map[string]struct {
		err    func(*authority)
		edit   func(object)
		status int
		code   string
	}{
		"wrong nonce":       {err: func(a *authority) { a.nonce = "another" }, status: 401, code: "bad_nonce"},
		"wrong audience":    {err: func(a *authority) { a.audience = "another" }, status: 401, code: "bad_token"},
		"expired":           {err: func(a *authority) { a.lifetime = -time.Hour }, status: 401, code: "bad_token"},
		"unknown office":    {err: func(a *authority) { a.office = "XX" }, status: 403},
		"office not set up": {err: func(a *authority) { a.office = "DH" }, status: 403},
		"no role":           {err: func(a *authority) { a.roles = []string{"printer"} }, status: 403},
		"another state":     {edit: func(b object) { b["state"] = body["state"] }, status: 401, code: "bad_state"},
		"another flow":      {edit: func(b object) { b["state"], b["flow"] = body["state"], body["flow"] }, status: 401, code: "refused"},
		"tampered flow":     {edit: func(b object) { b["flow"] = "AAAA" + b["flow"].(string)[4:] }, status: 401, code: "bad_flow"},
		"another code":      {edit: func(b object) { b["code"] = "guessed" }, status: 401, code: "refused"},
	} {
		a.nonce, a.audience, a.lifetime, a.office, a.roles = "", "", time.Hour, "QX", []string{"ogi-officer"}
		if tt.err != nil {
			tt.err(a)
		}
		edit := tt.edit
		if edit == nil {
			edit = func(object) {}
		}
		r, _ := d.enter(a, edit)
		require.Equal(t, tt.status, r.Status, "%s: %s", name, r)
		require.Equal(t, tt.code, r.Text("errors", 0, "code"), name)
	}
	a.nonce, a.audience, a.lifetime, a.office, a.roles = "", "", time.Hour, "QX", []string{"ogi-officer"}
	late, _ := d.enter(a, func(object) { d.clock.Advance(11 * time.Minute) })
	require.Equal(t, "too_late", late.Text("errors", 0, "code"))
}

func TestOIDC_isOffWithoutAProvider(t *testing.T) {
	t.Parallel()
	d := setUp(t)
	require.Equal(t, false, d.Call("GET", "/v1/session/oidc", nil).At("enabled"))
	require.Equal(t, 404, d.Call("POST", "/v1/session/oidc/start", nil).Status)
	require.Equal(t, 404, d.Call("POST", "/v1/session/oidc", object{"code": "c", "state": "s", "flow": "f"}).Status)
	off := d.Call("PUT", "/v1/offices/qingxi/policies", object{"name": "青溪镇人民政府", "policies": object{"local_sign_in_off": true}}, d.as("admin"))
	require.Equal(t, "no_provider", off.Text("errors", 0, "code"), off)
}
