// Package verification makes sure that whoever opens an application with its receipt and
// query code also holds the telephone or the mailbox that the applicant left (验证码).
// An office chooses it by the policy `applicant_verification`.
//
// A code is sent, six digits that hold for ten minutes and five tries; it is stored as a
// keyed digest only. The right code gives a pass for half an hour, which the browser
// sends with every request (X-Verification); it is signed and nothing of it is stored.
package verification

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
)

// The limits; the description of the interface states them too.
const (
	CodeHolds = 10 * time.Minute
	PassHolds = 30 * time.Minute
	Between   = time.Minute // from one code to the next
	PerDay    = 5           // codes of one application
	Tries     = 5           // of one code
)

// Policy says whose applications ask for a code.
type Policy string

// The readings. The rules know no such duty; an office may want it.
const (
	Off       Policy = "off"
	Reachable Policy = "when_reachable" // where a mobile number or an e-mail address was left
	Required  Policy = "required"       // who left neither comes to the office
)

// Application is what is to be known of an application.
type Application struct {
	Receipt     string
	Office      string
	OfficeName  string
	CodeVersion int // of the query code: a new one ends what was passed with the old
	Phone       string
	Email       string
}

// Desk sends codes and checks them. It is safe for concurrent use.
type Desk struct {
	codes  *docstore.Repo[code]
	sender messenger.Sender // nil: nothing can be sent
	clock  wallclock.Clock
	zone   *time.Location
	master secret.Master
}

// code is the last code of an application.
type code struct {
	Office string     `json:"office"`
	Digest string     `json:"digest,omitempty"` // empty: none holds
	SentAt time.Time  `json:"sent_at"`
	Until  time.Time  `json:"until"`
	Wrong  int        `json:"wrong"`
	Day    civil.Date `json:"day"`
	Sent   int        `json:"sent"` // on that day
}

// Open declares the collection. A nil sender sends nothing.
func Open(ctx context.Context, s docstore.Store, clock wallclock.Clock, zone *time.Location, m secret.Master, sender messenger.Sender) (*Desk, error) {
	repo, err := docstore.Open(ctx, s, clock.Now, docstore.Spec[code]{Name: "verification_codes"})
	if err != nil {
		return nil, fmt.Errorf("open verification codes: %w", err)
	}
	return &Desk{codes: repo, sender: sender, clock: clock, zone: zone, master: m}, nil
}

// mobile is a number that takes text messages.
var mobile = regexp.MustCompile(`^(\+?86)?1[3-9][0-9]{9}$`)

// route is where a code for the applicant goes; false when none can be sent.
func (a Application) route() (messenger.Channel, string, bool) {
	number := strings.NewReplacer(" ", "", "-", "").Replace(a.Phone)
	switch {
	case mobile.MatchString(number):
		return messenger.SMS, number, true
	case a.Email != "":
		return messenger.Email, a.Email, true
	}
	return "", "", false
}

// Asks tells whether the application opens only with a pass.
func (a Application) Asks(p Policy) bool {
	_, _, reachable := a.route()
	return p == Required || p == Reachable && reachable
}

// Sent is what the applicant is told of a code.
type Sent struct {
	Channel   messenger.Channel
	To        string // masked
	ExpiresAt time.Time
	AgainAt   time.Time // when another may be asked for
}

// Send sends a fresh code; the one before ends.
func (d *Desk) Send(ctx context.Context, a Application) (Sent, error) {
	channel, to, ok := a.route()
	if !ok {
		return Sent{}, problem.New(problem.IllegalTransition,
			"您没有留下手机号码或电子邮箱，请凭身份证明到受理机关查询。", "No mobile number and no e-mail address was left; please come to the office with proof of identity.")
	}
	if d.sender == nil {
		return Sent{}, problem.New(problem.Unavailable, "暂时不能发送验证码，请联系受理机关。", "No code can be sent at present; please ask the office.")
	}
	digits, err := sixDigits()
	if err != nil {
		return Sent{}, err
	}
	now := d.clock.Now()
	if err := d.reserve(ctx, a, d.digest(a, digits), now); err != nil {
		return Sent{}, err
	}
	err = d.sender.Send(ctx, message(a, channel, to, digits))
	if err != nil {
		if err := d.release(ctx, a, d.digest(a, digits)); err != nil {
			return Sent{}, err
		}
		return Sent{}, problem.New(problem.Unavailable, "验证码未能发出，请稍后再试。", "The code could not be sent; try again later.").Because(err)
	}
	return Sent{Channel: channel, To: Mask(channel, to), ExpiresAt: now.Add(CodeHolds), AgainAt: now.Add(Between)}, nil
}

func sixDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("verification code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// reserve stores the code before it is sent, unless too many were.
func (d *Desk) reserve(ctx context.Context, a Application, digest string, now time.Time) error {
	today := civil.FromTime(now, d.zone)
	_, err := d.codes.Upsert(ctx, a.Receipt, func(c *code) error {
		if c.Day != today {
			c.Day, c.Sent = today, 0
		}
		wait := c.SentAt.Add(Between).Sub(now)
		if c.Sent >= PerDay {
			wait = today.AddDays(1).Time(d.zone).Sub(now)
		}
		if wait > 0 {
			p := problem.New(problem.RateLimited, "验证码发送过于频繁，请稍后再试。", "Too many codes were asked for; try again later.")
			p.RetryAfter = wait
			return p
		}
		*c = code{Office: a.Office, Digest: digest, SentAt: now, Until: now.Add(CodeHolds), Day: today, Sent: c.Sent + 1}
		return nil
	})
	return err
}

// release forgets a code that was not sent, so that another may be asked for at once. It
// still counts for the day.
func (d *Desk) release(ctx context.Context, a Application, digest string) error {
	_, err := d.codes.Update(ctx, a.Receipt, func(c *code) error {
		if c.Digest == digest {
			c.Digest, c.SentAt = "", time.Time{}
		}
		return nil
	})
	return err
}

func message(a Application, channel messenger.Channel, to, digits string) messenger.Message {
	m := messenger.Message{
		ID: uuid.NewString(), Office: a.Office, Channel: channel, To: to,
		Text: fmt.Sprintf("【%s】您正在查询政府信息公开申请，验证码%s，%d分钟内有效，请勿告知他人。", a.OfficeName, digits, int(CodeHolds.Minutes())),
	}
	if channel == messenger.Email {
		m.Subject = "政府信息公开申请查询验证码"
	}
	return m
}

// Mask shows enough of a number or an address for its owner to know it.
func Mask(channel messenger.Channel, to string) string {
	if channel == messenger.Email {
		name, domain, _ := strings.Cut(to, "@")
		first := []rune(name)
		return string(first[:min(1, len(first))]) + "***@" + domain
	}
	if len(to) < 11 {
		return "****"
	}
	return to[:len(to)-8] + "****" + to[len(to)-4:]
}

// errCode is the answer to a code that is wrong, used up or too old: it does not tell
// which.
var errCode = problem.InvalidFields(problem.At("/code", "wrong_code", "验证码错误或者已失效。", "The code is wrong or no longer holds."))

// Pass lets whoever knows the code in for a while.
type Pass struct {
	Token     string
	ExpiresAt time.Time
}

// Confirm takes the code that was sent; it serves once.
func (d *Desk) Confirm(ctx context.Context, a Application, digits string) (Pass, error) {
	now, right := d.clock.Now(), false
	digest := d.digest(a, strings.TrimSpace(digits))
	_, err := d.codes.Update(ctx, a.Receipt, func(c *code) error {
		right = c.Digest != "" && now.Before(c.Until) && hmac.Equal([]byte(c.Digest), []byte(digest))
		switch {
		case right:
			c.Digest, c.Wrong = "", 0
		case c.Digest != "":
			if c.Wrong++; c.Wrong >= Tries {
				c.Digest = ""
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return Pass{}, errCode
	case err != nil:
		return Pass{}, err
	case !right:
		return Pass{}, errCode
	}
	until := now.Add(PassHolds)
	return Pass{Token: d.pass(a, until), ExpiresAt: until}, nil
}

func (d *Desk) digest(a Application, digits string) string {
	return d.master.Digest("verification-code", a.Receipt+"\x00"+strconv.Itoa(a.CodeVersion)+"\x00"+digits)
}

// pass is the end of its time in base64, a dot, and a keyed digest of it.
func (d *Desk) pass(a Application, until time.Time) string {
	end := base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))) //nolint:gosec // after 1970
	return end + "." + d.master.Digest("verification-pass", a.Receipt+"\x00"+strconv.Itoa(a.CodeVersion)+"\x00"+end)
}

// Check refuses a request to an application that asks for a pass without a right one.
func (d *Desk) Check(a Application, p Policy, token string) error {
	if !a.Asks(p) || d.passes(a, token) {
		return nil
	}
	return problem.New(problem.VerificationRequired,
		"受理机关要求先用申请时留下的手机或电子邮箱验证。", "The office asks for a code that is sent to the telephone or the mailbox which you left.")
}

func (d *Desk) passes(a Application, token string) bool {
	end, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(end)
	if err != nil || len(raw) != 8 {
		return false
	}
	until := time.Unix(int64(binary.BigEndian.Uint64(raw)), 0) //nolint:gosec // compared below
	return d.clock.Now().Before(until) && hmac.Equal([]byte(d.pass(a, until)), []byte(token))
}
