package identity

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Provider says which OpenID Connect provider signs staff in, and how its claims map
// to offices and roles. Without an Issuer there is none.
type Provider struct {
	Issuer       string // its URL; discovery is below it
	ClientID     string
	ClientSecret string
	// RedirectURL is the page that the provider sends people back to: <address>/desk.
	RedirectURL string
	// OfficeClaim and RolesClaim name the claims, with dots for what is nested.
	OfficeClaim string
	RolesClaim  string
	// Offices and Roles map values of the claims: "value=office,value=office". Empty: a
	// value is the office's id or the role's name.
	Offices string
	Roles   string
}

// On reports whether there is a provider.
func (p Provider) On() bool { return p.Issuer != "" }

// Check says what is wrong with the settings.
func (p Provider) Check() error {
	if !p.On() {
		return nil
	}
	if p.ClientID == "" || p.RedirectURL == "" {
		return errors.New("an OpenID Connect provider needs a client id and a redirect URL, too")
	}
	for name, v := range map[string]string{"issuer": p.Issuer, "redirect URL": p.RedirectURL} {
		if u, err := url.Parse(v); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return fmt.Errorf("the OpenID Connect %s %q is no address", name, v)
		}
	}
	if _, err := p.OfficeOf(); err != nil {
		return err
	}
	roles, err := mapping(p.Roles)
	if err != nil {
		return err
	}
	for _, r := range roles {
		if !Role(r).Known() {
			return fmt.Errorf("OpenID Connect roles: there is no role %q", r)
		}
	}
	return nil
}

// OfficeOf returns how a value of the office claim names an office.
func (p Provider) OfficeOf() (func(value string) (office string, ok bool), error) {
	m, err := mapping(p.Offices)
	if err != nil {
		return nil, err
	}
	return func(v string) (string, bool) {
		if len(m) == 0 {
			return v, v != ""
		}
		o, ok := m[v]
		return o, ok
	}, nil
}

// RoleOf returns how a value of the roles claim names a role.
func (p Provider) RoleOf() (func(value string) (Role, bool), error) {
	m, err := mapping(p.Roles)
	if err != nil {
		return nil, err
	}
	return func(v string) (Role, bool) {
		if len(m) > 0 {
			v = m[v]
		}
		return Role(v), Role(v).Known()
	}, nil
}

func mapping(s string) (map[string]string, error) {
	m := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		from, to, ok := strings.Cut(pair, "=")
		if !ok || from == "" || to == "" {
			return nil, fmt.Errorf("want value=name, separated by commas, not %q", pair)
		}
		m[strings.TrimSpace(from)] = strings.TrimSpace(to)
	}
	return m, nil
}
