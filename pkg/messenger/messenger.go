// Package messenger sends short messages to applicants: a text to a telephone or an
// e-mail. Zhiqing does not send by itself; it hands the message to the gateway that the
// office has (Webhook).
package messenger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"zhiqing.dev/pkg/wallclock"
)

// Channel is how a message travels.
type Channel string

// The channels.
const (
	SMS   Channel = "sms"
	Email Channel = "email"
)

// Message is what is sent.
type Message struct {
	ID      string  `json:"id"` // the same for a repeat
	Office  string  `json:"office"`
	Channel Channel `json:"channel"`
	To      string  `json:"to"` // telephone number or address
	Subject string  `json:"subject,omitempty"`
	Text    string  `json:"text"`
}

// Sender hands a message on. Nil when it was taken; that it arrived nobody can promise.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// ErrRefused says that the gateway did not take a message.
var ErrRefused = errors.New("the gateway for messages did not take it")

// The headers that a gateway proves a message by.
const (
	TimestampHeader = "X-Zhiqing-Timestamp" // Unix seconds
	SignatureHeader = "X-Zhiqing-Signature" // sha256=<hex>
)

const (
	sendWithin = 10 * time.Second
	maxAnswer  = 4 << 10
)

// Webhook posts messages as JSON to the office's gateway, signed with a shared secret.
type Webhook struct {
	url    string
	secret []byte
	clock  wallclock.Clock
	client *http.Client
}

var _ Sender = (*Webhook)(nil)

// minSecret is the length of the shortest secret, in characters.
const minSecret = 16

// NewWebhook returns a sender to the address.
func NewWebhook(address, secret string, clock wallclock.Clock) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return nil, errors.New("the gateway's address: want https://host/path, without a password in it")
	}
	if len(secret) < minSecret {
		return nil, fmt.Errorf("the gateway's secret has at least %d characters", minSecret)
	}
	return &Webhook{url: address, secret: []byte(secret), clock: clock, client: &http.Client{
		Timeout: sendWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the gateway must not lead elsewhere")
		},
	}}, nil
}

// Sign is the signature of a body at a time: HMAC-SHA256 over "<timestamp>.<body>".
func Sign(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp + ".")) //nolint:errcheck // a hash never fails
	h.Write(body)                    //nolint:errcheck // a hash never fails
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// Send implements Sender. ErrRefused unless the gateway answers 2xx within ten seconds.
// Neither the text nor the receiver stands in an error.
func (w *Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("message %s: %w", m.ID, err)
	}
	timestamp := strconv.FormatInt(w.clock.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(TimestampHeader, timestamp)
	r.Header.Set(SignatureHeader, Sign(w.secret, timestamp, body))
	res, err := w.client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: message %s: %w", ErrRefused, m.ID, err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return fmt.Errorf("%w: message %s: %w", ErrRefused, m.ID, err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%w: message %s: status %d", ErrRefused, m.ID, res.StatusCode)
	}
	return nil
}
