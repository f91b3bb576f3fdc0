// Package transit wraps data keys in a key management service that speaks the Transit
// interface of OpenBao and HashiCorp Vault. The key that wraps never leaves it.
package transit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	bao "github.com/openbao/openbao/api/v2"

	"zhiqing.dev/pkg/keyring"
)

// Options say where the service is and who asks.
type Options struct {
	Mount string // of the engine; empty: "transit"
	Key   string // its name there
	Addr  string // for example https://kms.example:8200
	// Token is who asks; TokenFile, when set, is read before every call instead, so that
	// an agent may renew it.
	Token     string
	TokenFile string
	CACert    string // file with the authority of the service's certificate (PEM); empty: the system's
	Namespace string
}

const (
	prefix     = "transit:"
	callWithin = 10 * time.Second
)

var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Parse reads "transit:<key>" or "transit:<mount>/<key>" into the mount and the key.
func Parse(s string) (mount, key string, err error) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return "", "", fmt.Errorf("want transit:<key> or transit:<mount>/<key>, not %q", s)
	}
	mount, key, ok = strings.Cut(rest, "/")
	if !ok {
		mount, key = "transit", rest
	}
	if !name.MatchString(mount) || !name.MatchString(key) {
		return "", "", fmt.Errorf("%q: mount and key are letters, digits, - and _, at most 64", s)
	}
	return mount, key, nil
}

// Wrapper implements keyring.Wrapper.
type Wrapper struct {
	o      Options
	client *bao.Client
}

var _ keyring.Wrapper = (*Wrapper)(nil)

// New returns a wrapper. It does not call the service yet.
func New(o Options) (*Wrapper, error) {
	if o.Mount == "" {
		o.Mount = "transit"
	}
	if u, err := url.Parse(o.Addr); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("address of the key management service: want https://host:port, not %q", o.Addr)
	}
	if o.Token == "" && o.TokenFile == "" {
		return nil, errors.New("the key management service needs a token: BAO_TOKEN, VAULT_TOKEN or a token file")
	}
	config := bao.DefaultConfig()
	if config.Error != nil {
		return nil, fmt.Errorf("key management service: %w", config.Error)
	}
	config.Address, config.Timeout, config.MaxRetries = o.Addr, callWithin, 2
	if o.CACert != "" {
		if err := config.ConfigureTLS(&bao.TLSConfig{CACert: o.CACert}); err != nil {
			return nil, fmt.Errorf("key management service: %w", err)
		}
	}
	client, err := bao.NewClient(config)
	if err != nil {
		return nil, fmt.Errorf("key management service: %w", err)
	}
	client.SetToken(o.Token)
	if o.Namespace != "" {
		client.SetNamespace(o.Namespace)
	}
	return &Wrapper{o: o, client: client}, nil
}

// Name implements keyring.Wrapper.
func (w *Wrapper) Name() string { return prefix + w.o.Mount + "/" + w.o.Key }

// Wrap implements keyring.Wrapper.
func (w *Wrapper) Wrap(ctx context.Context, place string, root [keyring.RootSize]byte) (string, error) {
	return w.call(ctx, "encrypt", "ciphertext", map[string]any{
		"plaintext": encode(root[:]), "associated_data": encode([]byte(place)),
	})
}

// Unwrap implements keyring.Wrapper. keyring.ErrUnwrap when the service refuses what it
// is given; other errors when it cannot be reached or does not let this process in.
func (w *Wrapper) Unwrap(ctx context.Context, place, wrapped string) (root [keyring.RootSize]byte, err error) {
	text, err := w.call(ctx, "decrypt", "plaintext", map[string]any{
		"ciphertext": wrapped, "associated_data": encode([]byte(place)),
	})
	if err != nil {
		return root, err
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != keyring.RootSize {
		return root, keyring.ErrUnwrap
	}
	return [keyring.RootSize]byte(b), nil
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func (w *Wrapper) call(ctx context.Context, operation, field string, in map[string]any) (string, error) {
	client, err := w.asked()
	if err != nil {
		return "", err
	}
	out, err := client.Logical().WriteWithContext(ctx, w.o.Mount+"/"+operation+"/"+w.o.Key, in)
	var refused *bao.ResponseError
	if errors.As(err, &refused) && refused.StatusCode == http.StatusBadRequest {
		return "", fmt.Errorf("%w: %s", keyring.ErrUnwrap, strings.Join(refused.Errors, "; "))
	}
	if err != nil {
		return "", fmt.Errorf("key management service, %s: %w", operation, err)
	}
	if out == nil {
		return "", fmt.Errorf("key management service, %s: empty answer", operation)
	}
	text, _ := out.Data[field].(string)
	if text == "" {
		return "", fmt.Errorf("key management service, %s: the answer has no %s", operation, field)
	}
	return text, nil
}

// asked is the client with the token of now.
func (w *Wrapper) asked() (*bao.Client, error) {
	if w.o.TokenFile == "" {
		return w.client, nil
	}
	token, err := os.ReadFile(w.o.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("token of the key management service: %w", err)
	}
	client, err := w.client.Clone()
	if err != nil {
		return nil, fmt.Errorf("key management service: %w", err)
	}
	client.SetToken(strings.TrimSpace(string(token)))
	return client, nil
}
