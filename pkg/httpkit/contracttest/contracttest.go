// Package contracttest holds handlers to their OpenAPI document: every request and
// answer of a service's tests passes through a checker, every route must stand in
// the document, every operation must be routed and be exercised.
package contracttest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"
)

// Contract is one OpenAPI document and what tests have exercised of it. It is safe
// for concurrent use.
type Contract struct {
	title string
	doc   *openapi3.T
	ops   []*operation
	err   error // why the document cannot be used

	mu   sync.Mutex
	seen map[*operation]map[int]bool // statuses answered
}

// operation is one method on one path template.
type operation struct {
	method   string
	template string   // with the server's base path: /v1/cases/{id}
	parts    []string // of the template
	route    routers.Route
}

func (o *operation) String() string { return o.method + " " + o.template }

// Load reads a document (YAML or JSON). A faulty one fails the first test that
// uses it. Keep the result in a variable of the test package, give it to every
// instance and let Main see that all of it was exercised:
//
//	var contract = contracttest.Load(api.OpenAPI("fee"))
//
//	func TestMain(m *testing.M) { os.Exit(contract.Main(m)) }
func Load(spec []byte) *Contract {
	c := &Contract{seen: map[*operation]map[int]bool{}}
	c.err = c.load(spec)
	return c
}

// New is Load for a single test: when the test ends, an operation that it never
// exercised fails it.
func New(tb testing.TB, spec []byte) *Contract {
	tb.Helper()
	c := Load(spec)
	if c.err != nil {
		tb.Fatal(c.err)
	}
	tb.Cleanup(func() {
		for _, missing := range c.Missing() {
			tb.Errorf("%s: %s was never answered with success", c.title, missing)
		}
	})
	return c
}

func (c *Contract) load(spec []byte) error {
	if len(spec) == 0 {
		return errors.New("there is no OpenAPI document")
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(spec)
	if err != nil {
		return fmt.Errorf("read OpenAPI document: %w", err)
	}
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return fmt.Errorf("OpenAPI document: %w", err)
	}
	c.doc, c.title = doc, doc.Info.Title
	base := ""
	if len(doc.Servers) > 0 {
		u, err := url.Parse(doc.Servers[0].URL)
		if err != nil {
			return fmt.Errorf("server of the OpenAPI document: %w", err)
		}
		base = strings.TrimSuffix(u.Path, "/")
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			template := base + path
			c.ops = append(c.ops, &operation{
				method: method, template: template, parts: strings.Split(template, "/"),
				route: routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op},
			})
		}
	}
	slices.SortFunc(c.ops, func(a, b *operation) int {
		return cmp.Or(strings.Compare(a.template, b.template), strings.Compare(a.method, b.method))
	})
	return nil
}

// Main runs the package's tests. After a full and successful run it fails when an
// operation was never answered with success.
func (c *Contract) Main(m *testing.M) int { return Main(m, c) }

// Main is Contract.Main for several documents.
func Main(m *testing.M, contracts ...*Contract) int {
	status := m.Run()
	if status != 0 || partial() {
		return status
	}
	for _, c := range contracts {
		if c.err != nil {
			fmt.Fprintln(os.Stderr, "contract:", c.err)
			status = 1
		}
		for _, missing := range c.Missing() {
			fmt.Fprintf(os.Stderr, "contract: %s: %s was never answered with success by a test\n", c.title, missing)
			status = 1
		}
	}
	return status
}

// partial reports whether only some tests were asked for.
func partial() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return true
		}
	}
	return false
}

// Missing lists the operations that were never answered with 2xx or 3xx.
func (c *Contract) Missing() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var missing []string
	for _, op := range c.ops {
		ok := false
		for status := range c.seen[op] {
			ok = ok || status < 400
		}
		if !ok {
			missing = append(missing, op.String())
		}
	}
	return missing
}

// Routes fails the test when a route of the router, in the part of the address
// space that the document describes, does not stand in it, or when an operation is
// not routed.
func (c *Contract) Routes(tb testing.TB, e *echo.Echo) {
	tb.Helper()
	if c.err != nil {
		tb.Fatal(c.err)
	}
	documented, areas := map[string]bool{}, map[string]bool{}
	for _, op := range c.ops {
		documented[op.method+" "+shape(op.template)] = true
		areas[area(op.template)] = true
	}
	routed := map[string]bool{}
	for _, r := range e.Routes() {
		key := r.Method + " " + shape(r.Path)
		routed[key] = true
		if areas[area(r.Path)] && isMethod(r.Method) && !documented[key] {
			tb.Errorf("%s: the route %s %s does not stand in the document", c.title, r.Method, r.Path)
		}
	}
	for _, op := range c.ops {
		if !routed[op.method+" "+shape(op.template)] {
			tb.Errorf("%s: nothing answers %s", c.title, op)
		}
	}
}

func isMethod(m string) bool {
	switch m {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

// shape is a template without the names of its parameters.
func shape(template string) string {
	parts := strings.Split(template, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") || strings.HasPrefix(p, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// area is the beginning of a path by which services are told apart: /v1/cases.
func area(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(len(parts), 3)], "/")
}

// Transport checks every exchange that passes through it. Requests outside the
// document's part of the address space pass unseen.
func (c *Contract) Transport(tb testing.TB, base http.RoundTripper) http.RoundTripper {
	tb.Helper()
	if c.err != nil {
		tb.Fatal(c.err)
	}
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{Contract: c, tb: tb, base: base}
}

type transport struct {
	*Contract
	tb   testing.TB
	base http.RoundTripper
}

// RoundTrip sends the request and checks it together with its answer.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	op, params := t.find(req.Method, req.URL.Path)
	if op == nil {
		return t.base.RoundTrip(req)
	}
	sent, err := drain(&req.Body)
	if err != nil {
		return nil, err
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answer, err := drain(&resp.Body)
	if err != nil {
		return nil, err
	}
	t.note(op, resp.StatusCode)
	for _, fault := range t.check(req, op, params, sent, resp, answer) {
		t.tb.Errorf("%s: %s answered %d: %v", t.title, op, resp.StatusCode, fault)
	}
	return resp, nil
}

// find returns the operation of an address; a literal part wins over a parameter.
func (c *Contract) find(method, path string) (*operation, map[string]string) {
	parts := strings.Split(path, "/")
	var best *operation
	var bestParams map[string]string
	for _, op := range c.ops {
		if op.method != method || len(op.parts) != len(parts) {
			continue
		}
		if params, ok := match(op.parts, parts); ok && (best == nil || len(params) < len(bestParams)) {
			best, bestParams = op, params
		}
	}
	return best, bestParams
}

func match(template, parts []string) (map[string]string, bool) {
	params := map[string]string{}
	for i, t := range template {
		if name, ok := strings.CutPrefix(t, "{"); ok {
			if parts[i] == "" {
				return nil, false
			}
			params[strings.TrimSuffix(name, "}")] = parts[i]
		} else if t != parts[i] {
			return nil, false
		}
	}
	return params, true
}

func (c *Contract) note(op *operation, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[op] == nil {
		c.seen[op] = map[int]bool{}
	}
	c.seen[op][status] = true
}

// check returns what is wrong with an exchange. A request that was refused may be
// anything; one that was accepted must be what the document says.
func (c *Contract) check(req *http.Request, op *operation, params map[string]string, sent []byte, resp *http.Response, answer []byte) []error {
	again := req.Clone(context.WithoutCancel(req.Context()))
	again.Body = io.NopCloser(bytes.NewReader(sent))
	input := &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: &op.route,
		Options: &openapi3filter.Options{
			MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
			ExcludeRequestBody: !isJSON(req.Header), ExcludeResponseBody: !isJSON(resp.Header),
		},
	}
	var faults []error
	if resp.StatusCode < 400 {
		if err := openapi3filter.ValidateRequest(req.Context(), input); err != nil {
			faults = append(faults, fmt.Errorf("the request was accepted and is not as documented: %w", err))
		}
		if c.secured(op) && req.Header.Get("Authorization") == "" {
			faults = append(faults, errors.New("the document asks for sign-in, and nobody was signed in"))
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: input.Options,
	}
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		faults = append(faults, fmt.Errorf("the answer is not as documented: %w", err))
	}
	return append(faults, undocumented(op, resp, answer)...)
}

// secured reports whether every way to call the operation needs credentials in
// Authorization.
func (c *Contract) secured(op *operation) bool {
	reqs := c.doc.Security
	if op.route.Operation.Security != nil {
		reqs = *op.route.Operation.Security
	}
	if len(reqs) == 0 {
		return false
	}
	for _, r := range reqs {
		bearer := false
		for name := range r {
			s := c.doc.Components.SecuritySchemes[name]
			bearer = bearer || s != nil && s.Value != nil && s.Value.Type == "http"
		}
		if !bearer {
			return false
		}
	}
	return true
}

// isJSON reports whether the body is one JSON document; lines of JSON are not.
func isJSON(h http.Header) bool {
	kind := h.Get("Content-Type")
	return strings.Contains(kind, "json") && !strings.Contains(kind, "ndjson")
}

// drain reads the body and puts it back.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	b, err := io.ReadAll(*body)
	if err = errors.Join(err, (*body).Close()); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	*body = io.NopCloser(bytes.NewReader(b))
	return b, nil
}
