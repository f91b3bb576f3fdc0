package identity

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"zhiqing.dev/pkg/wallclock"
)

// DefaultTokenTTL is how long a token stands when nothing else is said.
const DefaultTokenTTL = 30 * time.Minute

// ErrBadToken says that a token was not issued here, was changed or has expired.
var ErrBadToken = errors.New("the access token is not valid")

const issuer = "zhiqing"

// Tokens issues and checks access tokens (JWT, HS256). It is safe for concurrent
// use.
type Tokens struct {
	key    [32]byte
	clock  wallclock.Clock
	ttl    time.Duration
	parser *jwt.Parser
}

// NewTokens returns a Tokens that signs with the key; a token stands for ttl
// (0: DefaultTokenTTL).
func NewTokens(key [32]byte, clock wallclock.Clock, ttl time.Duration) *Tokens {
	if ttl <= 0 {
		ttl = DefaultTokenTTL
	}
	return &Tokens{key: key, clock: clock, ttl: ttl, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithExpirationRequired(), jwt.WithTimeFunc(clock.Now),
	)}
}

// claims are what a token says.
type claims struct {
	jwt.RegisteredClaims
	Office   string   `json:"office"`
	Username string   `json:"username"`
	Name     string   `json:"name"`
	Roles    []Role   `json:"roles"`
	Session  string   `json:"sid,omitempty"`
	Limit    Limit    `json:"lim,omitempty"`
	Service  bool     `json:"svc,omitempty"`
	Scopes   []Action `json:"scp,omitempty"`
}

// TTL is how long a token stands, and so how long a service that hears nothing may
// go on accepting one that was revoked.
func (t *Tokens) TTL() time.Duration { return t.ttl }

// Issue returns a signed token for the staff member and the instant it ends.
func (t *Tokens) Issue(s Staff) (token string, expires time.Time, err error) {
	now := t.clock.Now()
	expires = now.Add(t.ttl).Truncate(time.Second)
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: s.ID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
		Office: s.Office, Username: s.Username, Name: s.Name, Roles: s.Roles,
		Session: s.Session, Limit: s.Limit, Service: s.Service, Scopes: s.Scopes,
	}).SignedString(t.key[:])
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign token: %w", err)
	}
	return token, expires, nil
}

// Verify returns the staff member that a token was issued to. ErrBadToken.
func (t *Tokens) Verify(token string) (Staff, error) {
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key[:], nil })
	if err != nil {
		return Staff{}, fmt.Errorf("%w: %w", ErrBadToken, err)
	}
	if c.Subject == "" || c.Office == "" {
		return Staff{}, fmt.Errorf("%w: no subject or office", ErrBadToken)
	}
	return Staff{
		ID: c.Subject, Office: c.Office, Username: c.Username, Name: c.Name, Roles: c.Roles,
		Session: c.Session, Limit: c.Limit, Service: c.Service, Scopes: c.Scopes,
	}, nil
}
