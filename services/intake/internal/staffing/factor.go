package staffing

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
)

// Factor is the second factor of an account: one-time codes by time (RFC 6238), six
// digits every 30 seconds.
type Factor struct {
	// Sealed is the secret, encrypted (AES-256-GCM) under a key of the master key.
	Sealed string `json:"sealed"`
	// ConfirmedAt is when a code was first shown to be right; zero: not yet asked for.
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	// LastStep is the step of the last code that was taken: none serves twice.
	LastStep int64 `json:"last_step,omitempty"`
	// Recovery are keyed digests of the codes that stand in for a lost device, each once.
	Recovery []string `json:"recovery,omitempty"`
}

const (
	step          = 30 * time.Second
	recoveryCodes = 10
)

// confirmed reports whether a sign-in needs the factor.
func (a *Account) confirmed() bool { return a.Factor != nil && !a.Factor.ConfirmedAt.IsZero() }

var codeOptions = totp.ValidateOpts{Period: uint(step / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// match returns the step whose code this is: the present one, or one before or after
// it for clocks that differ.
func match(secret, code string, now time.Time) (at int64, ok bool, err error) {
	code = strings.ReplaceAll(code, " ", "")
	for _, off := range []int64{0, -1, 1} {
		n := now.Unix()/int64(step/time.Second) + off
		want, err := totp.GenerateCodeCustom(secret, time.Unix(n*int64(step/time.Second), 0), codeOptions)
		if err != nil {
			return 0, false, fmt.Errorf("one-time code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			at, ok = n, true
		}
	}
	return at, ok, nil
}

// useCode takes a one-time or recovery code of the account, which serves no second
// time; false when it is none. It is decided in the write that remembers it, so that
// of two at once only one is taken.
func (s *Staffing) useCode(ctx context.Context, id, code string) (bool, error) {
	now := s.now()
	digest := s.recoveryDigest(id, code)
	doc, err := s.accounts.Get(ctx, id)
	if err != nil {
		return false, err
	}
	if doc.Value.Factor == nil {
		return false, nil
	}
	sealed := doc.Value.Factor.Sealed
	secret, err := s.open(id, sealed)
	if err != nil {
		return false, err
	}
	at, right, err := match(secret, code, now)
	if err != nil {
		return false, err
	}
	_, err = s.accounts.Update(ctx, id, func(a *Account) error {
		f := a.Factor
		switch {
		case f == nil || f.Sealed != sealed:
			return errWrongCode
		case right && at > f.LastStep:
			f.LastStep = at
		case slices.Contains(f.Recovery, digest):
			f.Recovery = slices.DeleteFunc(f.Recovery, func(d string) bool { return d == digest })
		default:
			return errWrongCode
		}
		return nil
	})
	if errors.Is(err, errWrongCode) {
		return false, nil
	}
	return err == nil, err
}

var errWrongCode = errors.New("the code is wrong or was used")

// second asks for the second factor of an account whose password is right.
func (s *Staffing) second(ctx context.Context, doc docstore.Doc[Account], code string) error {
	if !doc.Value.confirmed() {
		return nil
	}
	if code == "" {
		return needsFactor("required", "请输入验证器上的动态码，或一个备用码。", "Enter the code of your authenticator, or a recovery code.")
	}
	ok, err := s.useCode(ctx, doc.ID, code)
	if err != nil || ok {
		return err
	}
	return needsFactor("wrong", "动态码不正确或已使用过。", "The code is wrong or was used before.")
}

func needsFactor(code, zh, en string) error {
	p := problem.New(problem.SecondFactorRequired, zh, en)
	p.Fields = []problem.Field{problem.At("/second_factor", code, zh, en)}
	return p
}

func (s *Staffing) recoveryDigest(id, code string) string {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	return s.master.Digest("recovery-code", id+"\x00"+plain)
}

// newRecovery makes codes and their digests.
func (s *Staffing) newRecovery(id string) (codes, digests []string) {
	for range recoveryCodes {
		t := strings.ToLower(rand.Text())
		code := t[0:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:16] // 80 bits
		codes, digests = append(codes, code), append(digests, s.recoveryDigest(id, code))
	}
	return codes, digests
}

func (s *Staffing) cipher() (cipher.AEAD, error) {
	key := s.master.Derive("second-factor")
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("second factor: %w", err)
	}
	return cipher.NewGCM(block)
}

// seal encrypts a secret for the account's document and no other.
func (s *Staffing) seal(id, secret string) (string, error) {
	c, err := s.cipher()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, c.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("nonce: %w", err)
	}
	return base64.StdEncoding.EncodeToString(c.Seal(nonce, nonce, []byte(secret), []byte(id))), nil
}

func (s *Staffing) open(id, sealed string) (string, error) {
	c, err := s.cipher()
	if err != nil {
		return "", err
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) < c.NonceSize() {
		return "", fmt.Errorf("the second factor of %s cannot be read", id)
	}
	secret, err := c.Open(nil, b[:c.NonceSize()], b[c.NonceSize():], []byte(id))
	if err != nil {
		return "", fmt.Errorf("the second factor of %s cannot be opened with this master key: %w", id, err)
	}
	return string(secret), nil
}
