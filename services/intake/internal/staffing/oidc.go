package staffing

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/wallclock"
)

// flowFor is how long somebody may take to sign in at the provider.
const flowFor = 10 * time.Minute

// providerWithin bounds each request to the provider.
const providerWithin = 8 * time.Second

// provider signs staff in by OpenID Connect: discovery, authorization code with PKCE,
// state and nonce. Its keys are fetched again when a token names one not seen before.
type provider struct {
	settings identity.Provider
	office   func(string) (string, bool)
	role     func(string) (identity.Role, bool)
	clock    wallclock.Clock
	client   *http.Client

	mu    sync.Mutex
	found *oidc.Provider // nil until discovery succeeded
}

func newProvider(settings identity.Provider, clock wallclock.Clock) (*provider, error) {
	if !settings.On() {
		return nil, nil //nolint:nilnil // no provider is configured, and this is no failure
	}
	if err := settings.Check(); err != nil {
		return nil, err
	}
	p := &provider{settings: settings, clock: clock, client: &http.Client{Timeout: providerWithin}}
	var err error
	if p.office, err = settings.OfficeOf(); err != nil {
		return nil, err
	}
	p.role, err = settings.RoleOf()
	return p, err
}

// flow is what must be the same when somebody comes back from the provider. The
// browser keeps it, encrypted.
type flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Until    time.Time `json:"until"`
}

// discover asks the provider for its endpoints, once.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// the provider keeps this context for later requests for keys
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.settings.Issuer)
	if err != nil {
		e := problem.New(problem.Unavailable, "统一身份认证暂时无法访问，请稍后再试。", "The identity provider cannot be reached now; try again later.")
		e.RetryAfter = 10 * time.Second
		return nil, e.Because(err)
	}
	p.found = found
	return found, nil
}

func (p *provider) oauth(found *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, RedirectURL: p.settings.RedirectURL,
		Endpoint: found.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
}

// begin returns where to send the browser.
func (p *provider) begin(ctx context.Context) (address string, f flow, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", flow{}, err
	}
	f = flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Until: p.clock.Now().Add(flowFor)}
	config := p.oauth(found)
	return config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// person is who the provider says has signed in.
type person struct {
	subject, username, name string
	office                  string
	roles                   []identity.Role
}

// finish exchanges the code and checks what the provider says.
func (p *provider) finish(ctx context.Context, f flow, code string) (person, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	config := p.oauth(found)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return person{}, notThere("code", "refused").Because(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := found.Verifier(&oidc.Config{ClientID: p.settings.ClientID, Now: p.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return person{}, notThere("code", "bad_token").Because(err)
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(f.Nonce)) != 1 {
		return person{}, notThere("code", "bad_nonce")
	}
	claims := map[string]any{}
	if err := verified.Claims(&claims); err != nil {
		return person{}, notThere("code", "bad_token").Because(err)
	}
	if err := p.more(ctx, found, config, token, verified.Subject, claims); err != nil {
		return person{}, err
	}
	return p.person(verified.Subject, claims)
}

// more adds what the provider tells at its userinfo endpoint, if it has one.
func (p *provider) more(ctx context.Context, found *oidc.Provider, config oauth2.Config, token *oauth2.Token, subject string, claims map[string]any) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, config.TokenSource(ctx, token))
	if err != nil {
		return notThere("code", "no_userinfo").Because(err)
	}
	if info.Subject != subject {
		return notThere("code", "bad_subject")
	}
	said := map[string]any{}
	if err := info.Claims(&said); err != nil {
		return notThere("code", "no_userinfo").Because(err)
	}
	for name, v := range said {
		if _, signed := claims[name]; !signed {
			claims[name] = v
		}
	}
	return nil
}

func (p *provider) person(subject string, claims map[string]any) (person, error) {
	who := person{subject: p.settings.Issuer + "\x00" + subject}
	who.username, _ = claims["preferred_username"].(string)
	who.name, _ = claims["name"].(string)
	for _, v := range values(claims, p.settings.OfficeClaim) {
		if o, ok := p.office(v); ok {
			who.office = o
			break
		}
	}
	if who.office == "" {
		return person{}, problem.New(problem.Forbidden, "统一身份认证未说明您所在的机关，请联系管理员。", "The identity provider names no office of yours that is known here; ask the administrator.")
	}
	for _, v := range values(claims, p.settings.RolesClaim) {
		if r, ok := p.role(v); ok && !(identity.Staff{Roles: who.roles}).Has(r) {
			who.roles = append(who.roles, r)
		}
	}
	if len(who.roles) == 0 {
		return person{}, problem.New(problem.Forbidden, "统一身份认证未授予您本系统的角色，请联系管理员。", "The identity provider gives you no role here; ask the administrator.")
	}
	return who, nil
}

// values are the texts of a claim, whose name may lead into nested claims.
func values(claims map[string]any, name string) []string {
	var at any = claims
	for part := range strings.SplitSeq(name, ".") {
		m, _ := at.(map[string]any)
		at = m[part]
	}
	switch v := at.(type) {
	case string:
		return strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func notThere(field, code string) *problem.Error {
	p := problem.New(problem.Unauthenticated, "统一身份认证登录未成功，请重新登录。", "The sign-in at the identity provider did not succeed; sign in again.")
	p.Fields = []problem.Field{problem.At("/"+field, code, p.Detail.ZH, p.Detail.EN)}
	return p
}

// usedFlows are flows that served a sign-in: none serves a second one.
type usedFlows struct {
	Until map[string]time.Time `json:"until"`
}

// useFlow remembers that the flow has served; false when it had before.
func (s *Staffing) useFlow(ctx context.Context, f flow) (fresh bool, err error) {
	id, now := s.master.Digest("oidc-flow", f.State), s.now()
	_, err = s.flows.Upsert(ctx, id[:2], func(u *usedFlows) error {
		if u.Until == nil {
			u.Until = map[string]time.Time{}
		}
		for k, until := range u.Until {
			if !until.After(now) {
				delete(u.Until, k)
			}
		}
		if _, used := u.Until[id]; used {
			return errFlowUsed
		}
		u.Until[id] = f.Until
		return nil
	})
	if errors.Is(err, errFlowUsed) {
		return false, nil
	}
	return err == nil, err
}

var usernamePattern = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,39}$`)

var errFlowUsed = errors.New("this sign-in has been completed before")

func (s *Staffing) sealFlow(f flow) (string, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("flow: %w", err)
	}
	return s.seal("oidc-flow", string(b))
}

func (s *Staffing) openFlow(sealed, state string) (flow, error) {
	var f flow
	plain, err := s.open("oidc-flow", sealed)
	if err != nil || json.Unmarshal([]byte(plain), &f) != nil {
		return f, notThere("flow", "bad_flow")
	}
	if subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 {
		return f, notThere("state", "bad_state")
	}
	if !s.now().Before(f.Until) {
		return f, notThere("flow", "too_late")
	}
	return f, nil
}

// admit finds or makes the account of a person whom the provider vouches for, with the
// name and roles that it gives now. The account is the person's at this provider and
// nobody else's, whatever username is claimed.
func (s *Staffing) admit(ctx context.Context, who person) (docstore.Doc[Account], error) {
	digest := s.master.Digest("oidc-subject", who.subject)
	id := "oidc-" + digest[:32]
	if _, err := s.offices.Get(ctx, who.office); err != nil {
		if errors.Is(err, docstore.ErrNotFound) {
			return docstore.Doc[Account]{}, problem.New(problem.Forbidden, "统一身份认证所称的机关未在本系统登记。", "The office that the identity provider names is not set up here.").Because(err)
		}
		return docstore.Doc[Account]{}, err
	}
	username, err := s.usernameFor(ctx, id, digest, who.username)
	if err != nil {
		return docstore.Doc[Account]{}, err
	}
	now, taken := s.now(), []identity.Role(nil)
	doc, err := s.accounts.Upsert(ctx, id, func(a *Account) error {
		taken = nil
		switch {
		case a.Username == "":
			*a = Account{Office: who.office, Username: username, Active: true, External: true, CreatedAt: now}
		case !a.Active:
			return inactive()
		case a.Office != who.office:
			return problem.New(problem.Forbidden, "该账号属于另一机关，请联系管理员。", "This account belongs to another office; ask the administrator.")
		case lost(a.Roles, who.roles):
			taken = a.Roles
		}
		a.Name, a.Roles = cmp.Or(clip(who.name), a.Username), who.roles
		return nil
	})
	if err != nil {
		return doc, takenUsername(err, "/code")
	}
	if taken != nil {
		err = s.endAll(ctx, id)
	}
	return doc, err
}

// usernameFor is the claimed username as far as it can be one here and nobody else has
// it; else one made from the account.
func (s *Staffing) usernameFor(ctx context.Context, id, digest, claimed string) (string, error) {
	claimed, _, _ = strings.Cut(strings.ToLower(claimed), "@")
	if !usernamePattern.MatchString(claimed) {
		return "u-" + digest[:16], nil
	}
	doc, there, err := s.byUsername(ctx, claimed)
	if there && doc.ID != id {
		return "u-" + digest[:16], nil
	}
	return claimed, err
}

func clip(name string) string {
	r := []rune(strings.TrimSpace(name))
	return string(r[:min(len(r), 40)])
}
