package contracttest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/httpkit/contracttest"
)

const spec = `
openapi: 3.0.3
info: {title: Notes, version: "1"}
servers: [{url: /v1}]
paths:
  /notes:
    post:
      security: [{staff: []}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              required: [text]
              properties: {text: {type: string, maxLength: 5}}
      responses:
        '201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
        default: {description: refused, content: {application/problem+json: {schema: {type: object}}}}
  /notes/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: found, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
  /notes/newest:
    get:
      responses:
        '200': {description: found, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
components:
  securitySchemes: {staff: {type: http, scheme: bearer}}
  schemas:
    Base: {type: object, required: [id], properties: {id: {type: string}}}
    Note:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          properties:
            text: {type: string}
            tags: {type: object, additionalProperties: {type: string}}
            parts: {type: array, items: {$ref: '#/components/schemas/Base'}}
`

// recorder takes the place of the test that a faulty exchange would fail.
type recorder struct {
	testing.TB
	faults   []string
	cleanups []func()
}

func (r *recorder) Helper()                   {}
func (r *recorder) Errorf(f string, a ...any) { r.faults = append(r.faults, fmt.Sprintf(f, a...)) }
func (r *recorder) Fatal(a ...any)            { r.faults = append(r.faults, fmt.Sprint(a...)) }
func (r *recorder) Cleanup(f func())          { r.cleanups = append(r.cleanups, f) }

// answer is what the server under test says.
type answer struct {
	status      int
	contentType string
	body        string
}

func exchange(t *testing.T, a answer, method, path, body string, headers ...string) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", a.contentType)
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	defer server.Close()
	rec := &recorder{TB: t}
	client := http.Client{Transport: contracttest.Load([]byte(spec)).Transport(rec, nil)}
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, a.body, string(got), "the body passes untouched")
	return rec.faults
}

func TestTransport(t *testing.T) {
	t.Parallel()
	const signedIn = "Authorization: Bearer x"
	made := answer{201, "application/json", `{"id":"1","text":"a","tags":{"any":"b"},"parts":[{"id":"2"}]}`}
	refused := answer{422, "application/problem+json", `{"x":1}`}

	require.Empty(t, exchange(t, made, "POST", "/v1/notes", `{"text":"a"}`, signedIn))
	require.Empty(t, exchange(t, refused, "POST", "/v1/notes", `{"text":"too long","more":1}`), "a refused request may be anything")
	require.Empty(t, exchange(t, answer{500, "text/plain", "?"}, "GET", "/v1/others", ""), "another service's")

	for name, tc := range map[string]struct {
		faults []string
		want   string
	}{
		"request":        {exchange(t, made, "POST", "/v1/notes", `{"text":"too long"}`, signedIn), "the request was accepted"},
		"sign-in":        {exchange(t, made, "POST", "/v1/notes", `{"text":"a"}`), "nobody was signed in"},
		"missing member": {exchange(t, answer{200, "application/json", `{"text":"a"}`}, "GET", "/v1/notes/1", ""), "not as documented"},
		"further member": {exchange(t, answer{200, "application/json", `{"id":"1","parts":[{"id":"1","odd":2}]}`}, "GET", "/v1/notes/newest", ""), "does not name the member /parts/0/odd"},
		"status":         {exchange(t, answer{404, "application/problem+json", `{}`}, "GET", "/v1/notes/1", ""), "not as documented"},
		"media type":     {exchange(t, answer{422, "text/html", `<p>`}, "POST", "/v1/notes", `{}`), "media type text/html"},
	} {
		require.NotEmpty(t, tc.faults, name)
		require.Contains(t, strings.Join(tc.faults, "\n"), tc.want, name)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	ok := func(c echo.Context) error { return c.NoContent(http.StatusOK) }
	e := echo.New()
	e.POST("/v1/notes", ok)
	e.GET("/v1/notes/:note", ok)
	e.GET("/v1/others", ok)
	rec := &recorder{TB: t}
	contracttest.Load([]byte(spec)).Routes(rec, e)
	require.Len(t, rec.faults, 1)
	require.Contains(t, rec.faults[0], "nothing answers GET /v1/notes/newest")

	e.GET("/v1/notes/newest", ok)
	e.DELETE("/v1/notes/:id", ok)
	rec = &recorder{TB: t}
	contracttest.Load([]byte(spec)).Routes(rec, e)
	require.Len(t, rec.faults, 1)
	require.Contains(t, rec.faults[0], "DELETE /v1/notes/:id does not stand in the document")
}

func TestNew_wantsEverythingExercised(t *testing.T) {
	t.Parallel()
	rec := &recorder{TB: t}
	c := contracttest.New(rec, []byte(spec))
	require.Equal(t, []string{"POST /v1/notes", "GET /v1/notes/newest", "GET /v1/notes/{id}"}, c.Missing())
	for _, f := range rec.cleanups {
		f()
	}
	require.Len(t, rec.faults, 3)
}

func TestLoad_faultyDocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "openapi: 3.0.3", "a: [", strings.Replace(spec, "$ref: '#/components/schemas/Base'", "$ref: '#/nowhere'", 1)} {
		rec := &recorder{TB: t}
		contracttest.Load([]byte(text)).Routes(rec, echo.New())
		require.NotEmpty(t, rec.faults, text)
	}
}
