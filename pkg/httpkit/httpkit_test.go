package httpkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/wallclock"
)

// application is a request model with something of everything.
type application struct {
	Office     string      `json:"office" validate:"required,slug"`
	Applicant  applicant   `json:"applicant"`
	ReceivedOn civil.Date  `json:"received_on,omitzero"`
	Items      int         `json:"items,omitempty" validate:"omitempty,min=1,max=100"`
	Urgent     *bool       `json:"urgent,omitempty"`
	Contacts   []applicant `json:"contacts,omitempty" validate:"max=3,dive"`
	common
}

type applicant struct {
	Kind string `json:"kind" validate:"required,oneof=natural_person commercial"`
	Name string `json:"name" validate:"required,notblank,line,max=40"`
}

type common struct {
	Note string            `json:"note,omitempty" validate:"omitempty,plain,max=10"`
	Tags map[string]string `json:"tags,omitempty"`
}

// edge is an HTTP edge with routes for everything that can go wrong.
type edge struct {
	*echo.Echo
	clock  *wallclock.Fake
	tokens *identity.Tokens
	logs   *strings.Builder
}

var officer = identity.Staff{ID: "s1", Office: "demo", Username: "officer", Roles: []identity.Role{identity.Officer}}

func newEdge(tb testing.TB, edit ...func(*httpkit.Options)) *edge {
	tb.Helper()
	e := &edge{clock: wallclock.NewFake(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)), logs: &strings.Builder{}}
	e.tokens = identity.NewTokens([32]byte{1}, e.clock, 0)
	o := httpkit.Options{Name: "test", Clock: e.clock, Tokens: e.tokens, Log: slog.New(slog.NewTextHandler(e.logs, nil)), Limits: httpkit.Limits{Rate: -1}}
	for _, f := range edit {
		f(&o)
	}
	e.Echo = httpkit.New(o)
	v1 := e.Group("/v1")
	v1.POST("/applications", func(c echo.Context) error {
		in, err := httpkit.Bind[application](c)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, in)
	})
	v1.POST("/commands/:id", func(c echo.Context) error {
		k := httpkit.Command(c)
		_, err := httpkit.Bind[map[string]any](c)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, map[string]any{"key": k.Key, "print": k.Fingerprint, "id": k.ID("case"), "options": len(k.Options())})
	})
	v1.GET("/cases", func(c echo.Context) error {
		if err := httpkit.Query(c, "limit", "cursor", "from", "status", "days"); err != nil {
			return err
		}
		limit, cursor, err := httpkit.PageOf(c)
		if err != nil {
			return err
		}
		from, err := httpkit.Date(c, "from")
		if err != nil {
			return err
		}
		status, err := httpkit.Choice(c, "status", "open", "closed")
		if err != nil {
			return err
		}
		days, err := httpkit.Number(c, "days", 1, 9, 5)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, httpkit.List[string]{Items: []string{fmt.Sprintf("%d|%s|%s|%s|%d", limit, cursor, from, status, days)}})
	}, httpkit.May(identity.ReadCases))
	v1.PUT("/cases/:id", func(c echo.Context) error {
		rev, err := httpkit.IfMatch(c)
		if err != nil {
			return err
		}
		httpkit.ETag(c, rev+1)
		return c.NoContent(http.StatusNoContent)
	})
	v1.POST("/approvals", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }, httpkit.May(identity.ApproveCases))
	v1.GET("/report", func(c echo.Context) error {
		kind, err := httpkit.Negotiate(c, "application/json", "text/csv")
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, kind, []byte("x"))
	})
	v1.GET("/panic", func(echo.Context) error { panic("secret details") })
	v1.GET("/error", func(echo.Context) error { return errors.New("secret details") })
	v1.GET("/problem/:code", func(c echo.Context) error {
		p := problem.New(problem.Code(c.Param("code")), "中文说明。", "English detail.").Under("条例 art. 33").Because(errors.New("secret details"))
		p.Fields = []problem.Field{problem.At("/a", "bad", "不好", "bad")}
		p.RetryAfter = 1500 * time.Millisecond
		return p
	})
	v1.GET("/slow", func(c echo.Context) error { <-c.Request().Context().Done(); return c.Request().Context().Err() })
	v1.POST("/upload", func(c echo.Context) error {
		n, err := io.Copy(io.Discard, c.Request().Body)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, n)
	}, httpkit.Large(64<<10, time.Minute))
	return e
}

// call sends a request; headers are "Name: value".
func (e *edge) call(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Add(name, value)
		if name == "Content-Type" {
			req.Header.Set(name, value)
		}
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	return rec
}

func (e *edge) as(t testing.TB, s identity.Staff) string {
	t.Helper()
	token, _, err := e.tokens.Issue(s)
	require.NoError(t, err)
	return "Authorization: Bearer " + token
}

func decode(t testing.TB, rec *httptest.ResponseRecorder) httpkit.Document {
	t.Helper()
	require.Equal(t, httpkit.ProblemType, rec.Header().Get("Content-Type"), rec.Body)
	var d httpkit.Document
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &d))
	require.Equal(t, rec.Code, d.Status)
	return d
}

func TestProblems_everyCodeHasItsDocument(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, code := range problem.Codes {
		zh := decode(t, e.call("GET", "/v1/problem/"+string(code), ""))
		en := decode(t, e.call("GET", "/v1/problem/"+string(code), "", "Accept-Language: en-GB,zh;q=0.5"))
		require.GreaterOrEqual(t, zh.Status, 400)
		require.Equal(t, httpkit.Status(code), zh.Status, code)
		require.Equal(t, code, zh.Code)
		require.Equal(t, httpkit.ProblemURI(code), zh.Type)
		require.NotEmpty(t, zh.Title)
		require.NotEmpty(t, en.Title)
		require.NotEqual(t, zh.Title, en.Title)
		if code != problem.Internal {
			require.NotEqual(t, 500, zh.Status, "%s has no status of its own", code)
			require.Equal(t, "English detail.", en.Detail)
			require.Equal(t, "条例 art. 33", en.Rule)
		}
	}
	unknown := decode(t, e.call("GET", "/v1/problem/invented", ""))
	require.Equal(t, problem.Internal, unknown.Code)
}

func TestProblems_neverShowInternals(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, path := range []string{"/v1/panic", "/v1/error", "/v1/problem/internal"} {
		rec := e.call("GET", path, "")
		d := decode(t, rec)
		require.Equal(t, 500, d.Status)
		require.NotContains(t, rec.Body.String(), "secret details")
		require.NotContains(t, rec.Body.String(), "goroutine")
		require.Contains(t, e.logs.String(), strings.TrimPrefix(d.Instance, "urn:zhiqing:request:"), "the log knows the request")
	}
	require.Contains(t, e.logs.String(), "secret details")
}

func TestProblems_ofTheTransport(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *httpkit.Options) { o.Limits.Body = 1024; o.Limits.Time = time.Millisecond })
	long := `{"office":"` + strings.Repeat("x", 2000) + `"}`
	for _, tc := range []struct {
		name, method, path, body string
		headers                  []string
		want                     problem.Code
	}{
		{"no such address", "GET", "/nowhere", "", nil, problem.NotFound},
		{"no such address below v1", "GET", "/v1/nowhere", "", nil, problem.NotFound},
		{"method", "DELETE", "/v1/applications", "", nil, problem.MethodNotAllowed},
		{"too large", "POST", "/v1/applications", long, nil, problem.TooLarge},
		{"no content type", "POST", "/v1/applications", "{}", []string{"Content-Type: "}, problem.UnsupportedMedia},
		{"form", "POST", "/v1/applications", "a=b", []string{"Content-Type: application/x-www-form-urlencoded"}, problem.UnsupportedMedia},
		{"charset", "POST", "/v1/applications", "{}", []string{"Content-Type: application/json; charset=gbk"}, problem.UnsupportedMedia},
		{"compressed", "POST", "/v1/applications", "{}", []string{"Content-Encoding: gzip"}, problem.UnsupportedMedia},
		{"accept nothing we have", "GET", "/v1/cases", "", []string{"Accept: image/png", e.as(t, officer)}, problem.NotAcceptable},
		{"negotiated in vain", "GET", "/v1/report", "", []string{"Accept: image/*, application/json;q=0"}, problem.NotAcceptable},
		{"too slow", "GET", "/v1/slow", "", nil, problem.Unavailable},
		{"bad key", "POST", "/v1/applications", "{}", []string{"Idempotency-Key: \x01"}, problem.Malformed},
		{"long key", "POST", "/v1/applications", "{}", []string{"Idempotency-Key: " + strings.Repeat("k", 256)}, problem.Malformed},
		{"two keys", "POST", "/v1/applications", "{}", []string{"Idempotency-Key: a", "Idempotency-Key: b"}, problem.Malformed},
		{"bad etag", "PUT", "/v1/cases/1", "", []string{"If-Match: 7"}, problem.Malformed},
	} {
		d := decode(t, e.call(tc.method, tc.path, tc.body, tc.headers...))
		require.Equal(t, tc.want, d.Code, tc.name)
		require.NotEmpty(t, d.Detail, tc.name)
		require.NotEmpty(t, d.Instance, tc.name)
	}
	require.Equal(t, "OPTIONS, POST", e.call("GET", "/v1/applications", "").Header().Get("Allow"))
	require.Equal(t, "5", e.call("GET", "/v1/slow", "").Header().Get("Retry-After"))
	head := e.call("HEAD", "/nowhere", "")
	require.Equal(t, 404, head.Code)
	require.Empty(t, head.Body.String())
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	for want, errs := range map[problem.Code][]error{
		problem.NotFound:       {docstore.ErrNotFound, fmt.Errorf("get case: %w", docstore.ErrNotFound), echo.ErrNotFound},
		problem.KeyReused:      {docstore.ErrKeyReused},
		problem.Stale:          {docstore.ErrStale},
		problem.Conflict:       {docstore.ErrConflict},
		problem.AlreadyExists:  {docstore.ErrExists, &docstore.UniqueError{Index: "x"}},
		problem.Unavailable:    {docstore.ErrUnavailable, context.DeadlineExceeded, echo.ErrServiceUnavailable},
		problem.Invalid:        {docstore.ErrBadCursor},
		problem.RequestTimeout: {context.Canceled, echo.ErrRequestTimeout},
		problem.Internal:       {docstore.ErrUndeclared, errors.New("x"), echo.ErrInternalServerError},
		problem.Malformed:      {echo.ErrBadRequest, echo.NewHTTPError(418)},
	} {
		for _, err := range errs {
			require.Equal(t, want, problem.CodeOf(httpkit.Translate(err)), err)
		}
	}
	require.NoError(t, httpkit.Translate(nil))
}

func TestStaff(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	as := e.as(t, officer)
	require.Equal(t, 200, e.call("GET", "/v1/cases", "", as).Code)
	require.Equal(t, problem.Forbidden, decode(t, e.call("POST", "/v1/approvals", "", as)).Code)
	for _, header := range []string{"X-Nothing: ", "Authorization: Basic eDp5", "Authorization: Bearer", "Authorization: Bearer abc"} {
		rec := e.call("GET", "/v1/cases", "", header)
		require.Equal(t, problem.Unauthenticated, decode(t, rec).Code, header)
		require.Equal(t, `Bearer realm="zhiqing"`, rec.Header().Get("WWW-Authenticate"))
	}
	e.clock.Advance(time.Hour)
	require.Equal(t, problem.Unauthenticated, decode(t, e.call("GET", "/v1/cases", "", as)).Code)
	require.Equal(t, 201, e.call("POST", "/v1/applications", `{"office":"demo","applicant":{"kind":"commercial","name":"x"}}`, as).Code, "an old token does no harm where none is needed")
}

func TestCommand(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	ask := func(path, body string, headers ...string) map[string]any {
		t.Helper()
		rec := e.call("POST", path, body, headers...)
		require.Equal(t, 200, rec.Code, rec.Body)
		var m map[string]any
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &m))
		return m
	}
	as := e.as(t, officer)
	first := ask("/v1/commands/1", `{"a":1,"b":[2]}`, as, "Idempotency-Key: k")
	require.Equal(t, first, ask("/v1/commands/1", "{ \"b\" : [2],\n\"a\":1 }", as, "Idempotency-Key: k"), "layout is no difference")
	require.Regexp(t, `^[0-9a-f-]{36}$`, first["id"])
	require.EqualValues(t, 2, first["options"])

	other := ask("/v1/commands/1", `{"a":2,"b":[2]}`, as, "Idempotency-Key: k")
	require.Equal(t, first["key"], other["key"])
	require.NotEqual(t, first["print"], other["print"])
	for name, m := range map[string]map[string]any{
		"key":    ask("/v1/commands/1", `{"a":1,"b":[2]}`, as, "Idempotency-Key: K"),
		"caller": ask("/v1/commands/1", `{"a":1,"b":[2]}`, "Idempotency-Key: k"),
		"staff":  ask("/v1/commands/1", `{"a":1,"b":[2]}`, e.as(t, identity.Staff{ID: "s2", Office: "demo"}), "Idempotency-Key: k"),
		"path":   ask("/v1/commands/2", `{"a":1,"b":[2]}`, as, "Idempotency-Key: k"),
	} {
		require.NotEqual(t, first["key"], m["key"], name)
		require.NotEqual(t, first["id"], m["id"], name)
	}
	none := ask("/v1/commands/1", `{}`, as)
	require.EqualValues(t, 0, none["options"])
	require.NotEqual(t, none["id"], ask("/v1/commands/1", `{}`, as)["id"])

	k := httpkit.Key{Key: "k", Fingerprint: "f"}
	require.NotEqual(t, k.Over("ab", "c").Fingerprint, k.Over("a", "bc").Fingerprint)
	require.Empty(t, httpkit.Key{Key: "k"}.Over("a").Fingerprint)
}

func TestQueryAndPage(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	as := e.as(t, officer)
	require.JSONEq(t, `{"items":["50|||open|5"]}`, e.call("GET", "/v1/cases?status=open", "", as).Body.String())
	require.Contains(t, e.call("GET", "/v1/cases?limit=7&cursor=c&from=2026-01-02&days=9", "", as).Body.String(), "7|c|2026-01-02||9")
	for query, code := range map[string]string{
		"limit=0": "out_of_range", "limit=201": "out_of_range", "limit=x": "out_of_range", "from=2026-02-30": "bad_date",
		"status=odd": "unknown_value", "days=10": "out_of_range", "offset=3": "unknown_parameter", "days=1&days=2": "repeated",
		"cursor=" + strings.Repeat("x", 3000): "bad_cursor",
	} {
		d := decode(t, e.call("GET", "/v1/cases?"+query, "", as))
		require.Equal(t, problem.Invalid, d.Code, query)
		require.Equal(t, code, d.Errors[0].Code, query)
		name, _, _ := strings.Cut(query, "=")
		require.Equal(t, name, d.Errors[0].Pointer)
	}
	require.Equal(t, `"8"`, e.call("PUT", "/v1/cases/1", "", `If-Match: "7"`).Header().Get("ETag"))
	require.Equal(t, `"1"`, e.call("PUT", "/v1/cases/1", "").Header().Get("ETag"))
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/csv": "text/csv", "application/json;q=0.5, text/*": "text/csv",
		"text/csv;q=0.1, */*": "application/json",
	} {
		require.Equal(t, want, e.call("GET", "/v1/report", "", "Accept: "+accept).Header().Get("Content-Type"), accept)
	}
}

func TestRateLimit_isPerCaller(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *httpkit.Options) { o.Limits = httpkit.Limits{Rate: 0.001, Burst: 3} })
	for range 3 {
		require.Equal(t, 204, e.call("PUT", "/v1/cases/1", "").Code)
	}
	rec := e.call("PUT", "/v1/cases/1", "", "X-Forwarded-For: 9.9.9.9", "X-Real-Ip: 9.9.9.9")
	require.Equal(t, problem.RateLimited, decode(t, rec).Code, "a header does not make another caller")
	require.NotEmpty(t, rec.Header().Get("Retry-After"))
	require.Equal(t, 204, e.call("PUT", "/v1/cases/1", "", e.as(t, officer)).Code)
	require.Equal(t, 200, e.call("GET", "/livez", "").Code, "machines that ask for health are not counted")
}

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *httpkit.Options) {
		o.Limits = httpkit.Limits{Rate: 0.001, Burst: 1}
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // where httptest's requests come from
	})
	require.Equal(t, 204, e.call("PUT", "/v1/cases/1", "", "X-Forwarded-For: 9.9.9.9").Code)
	require.Equal(t, 204, e.call("PUT", "/v1/cases/1", "", "X-Forwarded-For: 9.9.9.8").Code)
	require.Equal(t, 429, e.call("PUT", "/v1/cases/1", "", "X-Forwarded-For: 1.1.1.1, 9.9.9.8").Code, "only the last one is the proxy's word")
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	h := e.call("GET", "/livez", "", "X-Request-Id: abc-1").Header()
	require.Equal(t, "abc-1", h.Get("X-Request-Id"))
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", h.Get("Cache-Control"))
	require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'")
	for _, bad := range []string{"", "a b", strings.Repeat("x", 65), "<script>"} {
		require.Regexp(t, `^[0-9a-f-]{36}$`, e.call("GET", "/livez", "", "X-Request-Id: "+bad).Header().Get("X-Request-Id"))
	}
	require.Equal(t, "zh-CN", e.call("GET", "/nowhere", "").Header().Get("Content-Language"))
	require.Equal(t, "en", e.call("GET", "/nowhere", "", "Accept-Language: fr, en;q=0.8").Header().Get("Content-Language"))
	require.Equal(t, "zh-CN", e.call("GET", "/nowhere", "", "Accept-Language: zh-TW").Header().Get("Content-Language"))
	require.Equal(t, "zh-CN", e.call("GET", "/nowhere", "", "Accept-Language: ;;;").Header().Get("Content-Language"))
}

// What opens something is nowhere in the logs, at whatever level, nor in the metrics.
func TestLogs_holdNoSecret(t *testing.T) {
	t.Parallel()
	logs := &strings.Builder{}
	e := newEdge(t, func(o *httpkit.Options) {
		o.Log = slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for _, path := range []string{"/v1/cases?key=PLANTED-1", "/v1/error?x=PLANTED-1", "/v1/problem/not_found", "/nowhere/PLANTED-1", "/v1/panic"} {
		e.call("GET", path, "", "Authorization: Bearer PLANTED-2", "X-Query-Code: PLANTED-3", "Idempotency-Key: PLANTED-4", "Cookie: PLANTED-5")
		e.call("POST", path, `{"password":"PLANTED-6"}`, "Authorization: Bearer PLANTED-2")
	}
	require.NotEmpty(t, logs.String())
	require.NotContains(t, logs.String(), "PLANTED")
	require.NotContains(t, e.call("GET", "/metrics", "").Body.String(), "PLANTED")
}

func TestHealthAndMetrics(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk is gone")
	e := newEdge(t, func(o *httpkit.Options) {
		o.Ready = func(context.Context) error { return broken }
		o.Live = func(context.Context) error { return broken }
	})
	for _, path := range []string{"/livez", "/readyz"} {
		rec := e.call("GET", path, "")
		require.Equal(t, problem.Unavailable, decode(t, rec).Code)
		require.NotContains(t, rec.Body.String(), "disk")
	}
	e = newEdge(t)
	require.Equal(t, 200, e.call("GET", "/livez", "").Code)
	require.Equal(t, 200, e.call("GET", "/readyz", "").Code)
	e.call("PUT", "/v1/cases/310118-secret", "")
	e.call("INVENTED", "/somewhere/else", "")
	page := e.call("GET", "/metrics", "").Body.String()
	require.Contains(t, page, `zhiqing_http_request_duration_seconds_count{method="PUT",route="/v1/cases/:id",status="204"} 1`)
	require.Contains(t, page, `method="OTHER"`)
	require.NotContains(t, page+e.logs.String(), "310118-secret", "a path may name a person's case")
}

func TestBodyLimits(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *httpkit.Options) { o.Limits.Body = 1024 })
	big := strings.Repeat("x", 64<<10)
	require.Equal(t, 200, e.call("POST", "/v1/upload", big).Code, "a route may take more")
	require.Equal(t, 413, e.call("POST", "/v1/upload", big+"x").Code)

	req := httptest.NewRequest("POST", "/v1/applications", struct{ io.Reader }{strings.NewReader(`"` + big + `"`)}) // chunked: no length
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	require.Equal(t, problem.TooLarge, decode(t, rec).Code)
}

func TestServeSpec(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	httpkit.ServeSpec(e.Echo, "x", []byte("openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses:\n        200: {description: ok}\n"))
	httpkit.ServeSpec(e.Echo, "bad", []byte("a: [1"))
	require.Contains(t, e.call("GET", "/openapi/x.yaml", "").Body.String(), "openapi: 3.0.3")
	require.JSONEq(t, `{"openapi":"3.0.3","paths":{"/a":{"get":{"responses":{"200":{"description":"ok"}}}}}}`, e.call("GET", "/openapi/x.json", "").Body.String())
	require.Equal(t, 500, e.call("GET", "/openapi/bad.json", "").Code)
}
