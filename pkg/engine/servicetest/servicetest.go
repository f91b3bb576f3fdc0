// Package servicetest runs any set of services as a process would: on one HTTP
// edge, an embedded broker and SQLite files in the test's folder, or on MongoDB
// when TEST_MONGODB_URL names a server. Tests speak to them through HTTP only.
package servicetest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/httpkit/contracttest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/keyring"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
)

// Config says what to start.
type Config struct {
	Services []service.Constructor
	// Clock is what the services take for the present; nil: a fake one that stands
	// at DefaultNow.
	Clock wallclock.Clock
	// NoAudit keeps no audit trail, to measure what it costs.
	NoAudit bool
	// NoSeal keeps personal data in clear, to measure what sealing costs.
	NoSeal bool
	// Contracts hold requests and answers to OpenAPI documents.
	Contracts []*contracttest.Contract
	// Dir keeps the data of an instance that shall be started again on it; empty:
	// the test's folder.
	Dir string
	// Master is the installation's key; zero: one that all tests share.
	Master secret.Master
	// KMS is where data keys are wrapped; nil: with the master key.
	KMS []keyring.Wrapper
	// Messenger sends messages to applicants; nil: none.
	Messenger messenger.Sender
	// OIDC is the identity provider; zero: none.
	OIDC identity.Provider
	// Limits of the HTTP edge; zero: the defaults without a rate limit.
	Limits httpkit.Limits
}

// DefaultNow is where a clock stands that nobody set: a Wednesday at ten in
// Shanghai, in a year whose holiday notice is published.
var DefaultNow = time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC)

// keysEvery has new data keys taken up, and what is stored sealed anew, within a test.
const keysEvery = 100 * time.Millisecond

// TestKey is the master key that tests share unless they bring their own.
const TestKey = "emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U="

// LowCost keeps passwords from being the slowest part of a test.
var LowCost = identity.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

// Instance is a running set of services.
type Instance struct {
	URL    string
	Bus    *bus.Bus
	Clock  wallclock.Clock
	Host   *service.Host
	Client *http.Client
	Tokens *identity.Tokens
	Master secret.Master

	tb       testing.TB
	stop     func()
	broker   *broker
	services []string // their names at the host
}

// Start runs the services until the test ends.
func Start(tb testing.TB, c Config) *Instance {
	tb.Helper()
	if c.Clock == nil {
		c.Clock = wallclock.NewFake(DefaultNow)
	}
	if !c.Master.Valid() {
		m, err := secret.FromBase64(TestKey)
		must(tb, err)
		c.Master = m
	}
	if c.Limits.Rate == 0 {
		c.Limits.Rate = -1
	}
	dir := cmp.Or(c.Dir, tb.TempDir())
	log := slog.New(slog.NewTextHandler(logTo{tb}, &slog.HandlerOptions{Level: slog.LevelWarn}))

	nats, err := embednats.Start(tb.Context(), embednats.Options{Dir: filepath.Join(dir, "nats")})
	must(tb, err)
	in := &Instance{Clock: c.Clock, Master: c.Master, tb: tb, Tokens: service.TokensOf(c.Master, c.Clock)}
	names := named(c.Services)
	in.Host = service.NewHost(service.HostOptions{
		Name: "test", Log: log, Clock: c.Clock, Master: c.Master, Tokens: in.Tokens,
		Passwords: identity.NewPasswords(LowCost, 0), OIDC: c.OIDC, Limits: c.Limits, NoAudit: c.NoAudit, NoSeal: c.NoSeal,
		KMS: c.KMS, Messenger: c.Messenger, KeysEvery: keysEvery,
		Backend: service.Backend{
			Store: stores(tb, dir),
			Blobs: blobs(tb, dir),
			Bus: func(ctx context.Context) (*bus.Bus, error) {
				return bus.Connect(ctx, bus.Options{InProcess: nats.InProcess(), Clock: c.Clock, Log: log})
			},
		},
	}, names...)
	group, err := lifecycle.Start(tb.Context(), log, append([]lifecycle.Unit{nats.Unit()}, in.Host.Units()...)...)
	must(tb, err)
	in.Bus = in.Host.Bus()
	in.broker, err = watchBroker(nats)
	must(tb, err)
	for _, s := range names {
		in.services = append(in.services, s.Name)
	}
	server := httptest.NewServer(in.Host.Handler())
	in.URL = server.URL
	in.Client = server.Client()
	for _, contract := range c.Contracts {
		contract.Routes(tb, in.Host.Echo())
		in.Client = &http.Client{Transport: contract.Transport(tb, transport(in.Client))}
	}
	stopped := false
	in.stop = func() {
		if stopped {
			return
		}
		stopped = true
		server.Close()
		in.broker.conn.Close()
		if err := group.Stop(context.Background()); err != nil {
			tb.Errorf("stop: %v", err)
		}
		select {
		case err := <-group.Failed():
			tb.Errorf("a unit failed: %v", err)
		default:
		}
	}
	tb.Cleanup(in.stop)
	return in
}

func transport(c *http.Client) http.RoundTripper {
	if c.Transport != nil {
		return c.Transport
	}
	return http.DefaultTransport
}

// Stop stops the instance before the test ends, for tests that start again on the
// same Dir.
func (in *Instance) Stop() { in.stop() }

// named gives the constructors the names by which their stores are told apart.
func named(constructors []service.Constructor) []service.Named {
	list := make([]service.Named, len(constructors))
	for i, c := range constructors {
		list[i] = service.Named{Name: fmt.Sprintf("service%d", i+1), New: c}
	}
	return list
}

// OnMongo reports whether instances keep their data in MongoDB.
func OnMongo() bool { return os.Getenv("TEST_MONGODB_URL") != "" }

func stores(tb testing.TB, dir string) func(context.Context, string) (docstore.Store, error) {
	uri := os.Getenv("TEST_MONGODB_URL")
	if uri == "" {
		return func(ctx context.Context, name string) (docstore.Store, error) {
			return sqlitestore.Open(ctx, filepath.Join(dir, name+".db"))
		}
	}
	prefix, err := databasePrefix(dir)
	must(tb, err)
	return func(ctx context.Context, name string) (docstore.Store, error) {
		return mongostore.Open(ctx, uri, prefix+name)
	}
}

// blobs keeps files where stores keeps documents.
func blobs(tb testing.TB, dir string) func(context.Context, string) (blobstore.Store, error) {
	uri := os.Getenv("TEST_MONGODB_URL")
	if uri == "" {
		return func(_ context.Context, name string) (blobstore.Store, error) {
			return blobstore.OpenFolder(filepath.Join(dir, "blobs", name))
		}
	}
	prefix, err := databasePrefix(dir)
	must(tb, err)
	return func(ctx context.Context, name string) (blobstore.Store, error) {
		return mongostore.OpenBlobs(ctx, uri, prefix+name)
	}
}

// databasePrefix is a fresh one for a fresh folder, and the same for the same.
func databasePrefix(dir string) (string, error) {
	file := filepath.Join(dir, "mongo-prefix")
	if b, err := os.ReadFile(file); err == nil {
		return string(b), nil
	}
	prefix := "t" + strings.ReplaceAll(uuid.NewString(), "-", "")[:12] + "_"
	return prefix, os.WriteFile(file, []byte(prefix), 0o600)
}

// Token returns an access token of the staff member.
func (in *Instance) Token(s identity.Staff) string {
	in.tb.Helper()
	token, _, err := in.Tokens.Issue(s)
	must(in.tb, err)
	return token
}

// As returns the header with which the staff member calls.
func (in *Instance) As(s identity.Staff) string { return "Authorization: Bearer " + in.Token(s) }

// Reply is what a call was answered.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	// JSON is the body when it is a JSON object, else nil.
	JSON map[string]any
}

// At walks JSON by names and list positions: At("items", 0, "id"). Nil when there
// is nothing.
func (r Reply) At(path ...any) any {
	var v any = r.JSON
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p < 0 || p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// Text is At for a string; empty when there is none.
func (r Reply) Text(path ...any) string {
	s, _ := r.At(path...).(string)
	return s
}

// Into decodes the body.
func (r Reply) Into(v any) error { return json.Unmarshal(r.Body, v) }

// String shows status and body, for messages of failed tests.
func (r Reply) String() string { return fmt.Sprintf("%d %s", r.Status, r.Body) }

// Call sends a request and returns the answer. body is nil, a string or []byte
// that is sent as it is, or a value that is sent as JSON. Headers are written
// "Name: value".
func (in *Instance) Call(method, path string, body any, headers ...string) Reply {
	in.tb.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	case []byte:
		content = strings.NewReader(string(b))
	default:
		j, err := json.Marshal(b)
		must(in.tb, err)
		content = strings.NewReader(string(j))
	}
	req, err := http.NewRequestWithContext(in.tb.Context(), method, in.URL+path, content)
	must(in.tb, err)
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return in.Do(req)
}

// Do sends a request that Call cannot make, for example an upload.
func (in *Instance) Do(req *http.Request) Reply {
	in.tb.Helper()
	resp, err := in.Client.Do(req)
	must(in.tb, err)
	defer resp.Body.Close() //nolint:errcheck // read only
	b, err := io.ReadAll(resp.Body)
	must(in.tb, err)
	r := Reply{Status: resp.StatusCode, Header: resp.Header, Body: b}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(b, &r.JSON) // nil for anything but an object
	}
	return r
}

// patience is how long Eventually waits; a loaded machine is slow, not wrong.
const patience = 90 * time.Second

// Eventually waits until ok holds with every event applied that there was before,
// and fails the test when it does not in time. What the test asserts next may rest on
// the other consequences of the same events.
func (in *Instance) Eventually(ok func() bool, what ...any) {
	in.tb.Helper()
	passed := wallclock.Stopwatch()
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		left, err := in.unsettled(in.tb.Context())
		if left == "" && err == nil && ok() {
			return
		}
		if passed() > patience {
			in.tb.Fatalf("did not become so within %s: %s (unsettled: %s %v)", patience, fmt.Sprint(what...), left, err)
		}
		time.Sleep(pause)
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// logTo sends warnings of the services to the test's log.
type logTo struct{ tb testing.TB }

func (l logTo) Write(p []byte) (int, error) {
	l.tb.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
