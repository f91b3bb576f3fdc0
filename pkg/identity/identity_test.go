package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/wallclock"
)

var low = identity.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

var officer = identity.Staff{ID: "s1", Office: "demo", Username: "officer", Name: "李娜", Roles: []identity.Role{identity.Officer, identity.Legal}}

func TestPasswords(t *testing.T) {
	t.Parallel()
	p := identity.NewPasswords(low, 2)
	hash, err := p.Hash("zhiqing-demo")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$"), hash)
	other, err := p.Hash("zhiqing-demo")
	require.NoError(t, err)
	require.NotEqual(t, hash, other, "salted")

	for pw, want := range map[string]bool{"zhiqing-demo": true, "zhiqing-dem": false, "": false} {
		ok, err := p.Verify(hash, pw)
		require.NoError(t, err)
		require.Equal(t, want, ok)
	}
	ok, err := p.Verify("", "anything")
	require.NoError(t, err)
	require.False(t, ok, "an unknown user is never right")

	require.False(t, p.Outdated(hash))
	require.True(t, identity.NewPasswords(identity.DefaultCost, 1).Outdated(hash))
	for _, bad := range []string{
		"plain", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", strings.Replace(hash, "v=19", "v=18", 1),
		strings.Replace(hash, "m=64", "m=99999999", 1), strings.Replace(hash, "t=1", "t=0", 1), strings.Replace(hash, "p=1", "p=0", 1), hash[:len(hash)-40],
	} {
		_, err := p.Verify(bad, "zhiqing-demo")
		require.ErrorIs(t, err, identity.ErrBadHash, bad)
	}
}

func TestHashPassword_atTheDefaultCost(t *testing.T) {
	t.Parallel()
	hash, err := identity.HashPassword("zhiqing-demo")
	require.NoError(t, err)
	require.Contains(t, hash, "m=65536")
	ok, err := identity.VerifyPassword(hash, "zhiqing-demo")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	clock := wallclock.NewFake(time.Date(2026, 11, 23, 1, 2, 3, 456e6, time.UTC))
	tokens := identity.NewTokens([32]byte{1}, clock, 0)
	token, expires, err := tokens.Issue(officer)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 23, 1, 32, 3, 0, time.UTC), expires)
	s, err := tokens.Verify(token)
	require.NoError(t, err)
	require.Equal(t, officer, s)

	_, err = identity.NewTokens([32]byte{2}, clock, 0).Verify(token)
	require.ErrorIs(t, err, identity.ErrBadToken, "another key")
	dot := strings.LastIndex(token, ".")
	for _, bad := range []string{"", "x", token[:dot], token[:dot+1], token + "x", unsigned(t, token)} {
		_, err = tokens.Verify(bad)
		require.ErrorIs(t, err, identity.ErrBadToken, bad)
	}
	clock.Advance(30 * time.Minute)
	_, err = tokens.Verify(token)
	require.ErrorIs(t, err, identity.ErrBadToken, "expired")
}

// unsigned makes a token that says it needs no signature.
func unsigned(t *testing.T, token string) string {
	t.Helper()
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser().ParseUnverified(token, claims)
	require.NoError(t, err)
	s, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	require.NoError(t, err)
	return s
}

func TestContext(t *testing.T) {
	t.Parallel()
	_, ok := identity.From(t.Context())
	require.False(t, ok)
	s, ok := identity.From(identity.With(t.Context(), officer))
	require.True(t, ok)
	require.Equal(t, officer, s)
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, identity.Actions())
	auditor := identity.Staff{Roles: []identity.Role{identity.Auditor}}
	for _, a := range identity.Actions() {
		require.NotEmpty(t, identity.Allowed(a), a)
		for _, r := range identity.Allowed(a) {
			require.True(t, r.Known(), "%s of %s", r, a)
		}
		require.Equal(t, strings.HasPrefix(string(a), "read_"), auditor.May(a), "an auditor sees and does nothing: %s", a)
	}
	require.True(t, officer.May(identity.HandleCases))
	require.False(t, officer.May(identity.ApproveCases))
	require.False(t, officer.May("unheard_of"))
	require.Equal(t, []identity.Role{identity.Head}, identity.Allowed(identity.ApproveCases))
	for _, r := range identity.Roles {
		require.NotEqual(t, string(r), r.Label())
	}
	require.Equal(t, "stranger", identity.Role("stranger").Label())
}
