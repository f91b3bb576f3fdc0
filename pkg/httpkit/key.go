package httpkit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 255
)

// Key is the identity of one command. It is the same for every repeat of the same
// request with the same Idempotency-Key by the same caller, so that documents made
// from it have the same id and their writes are recognised.
type Key struct {
	Key         string // scoped to the caller, the method and the address
	Fingerprint string // of what is asked; empty when the caller sent no key
}

// checkKey refuses an Idempotency-Key that could not be kept as it is.
func checkKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		values := c.Request().Header.Values(keyHeader)
		if len(values) == 0 {
			return next(c)
		}
		if len(values) > 1 || !printable(values[0]) {
			p := problem.New(problem.Malformed,
				"幂等键应为一个 1 至 255 个可打印 ASCII 字符的值。", "An Idempotency-Key is one value of 1 to 255 printable ASCII characters.")
			p.Fields = []problem.Field{problem.At(keyHeader, "bad_key", p.Detail.ZH, p.Detail.EN)}
			return p
		}
		return next(c)
	}
}

func printable(s string) bool {
	if s == "" || len(s) > maxKey {
		return false
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// Command returns the identity of the command that this request gives. Without an
// Idempotency-Key every request is a command of its own. Its fingerprint covers
// the method, the address and the JSON body, whatever its layout; a handler that
// takes something else adds it with Over.
func Command(c echo.Context) Key {
	r := c.Request()
	header := r.Header.Get(keyHeader)
	if header == "" {
		return Key{Key: uuid.NewString()}
	}
	scope := "anyone"
	if s, ok := identity.From(r.Context()); ok {
		scope = s.Office + "/" + s.ID
	}
	body, err := jsonBody(c)
	if err != nil {
		body = nil // Bind returns the same error, or the handler does not read JSON
	}
	return Key{
		Key:         digest(scope, r.Method, r.URL.Path, header),
		Fingerprint: digest(r.Method, r.URL.Path, r.URL.RawQuery, string(canonical(body))),
	}
}

// Over returns the key with a fingerprint that covers this content, too: the parts
// of an upload.
func (k Key) Over(content ...string) Key {
	if k.Fingerprint != "" {
		k.Fingerprint = digest(append([]string{k.Fingerprint}, content...)...)
	}
	return k
}

// Options make a write happen once for this command. There are none without an
// Idempotency-Key.
func (k Key) Options() []docstore.Option {
	if k.Fingerprint == "" {
		return nil
	}
	return []docstore.Option{docstore.Once(k.Key), docstore.Fingerprint(k.Fingerprint)}
}

var namespace = uuid.MustParse("6f1d0c5e-5d2b-4a54-9a54-0a3cf5b1c8d2")

// ID is the id of the document of this kind that the command makes: a UUID that a
// repeat makes again, and that nobody can guess who does not know the key.
func (k Key) ID(kind string) string {
	return uuid.NewSHA1(namespace, []byte(kind+"\x00"+k.Key)).String()
}

// digest joins the parts so that no two lists of parts run together.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		d := sha256.Sum256([]byte(p))
		h.Write(d[:])
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// canonical is the body without its layout and with its members in order.
func canonical(body []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return body
	}
	b, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return b
}
