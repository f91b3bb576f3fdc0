package httpkit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
)

var update = flag.Bool("update", false, "write the golden problem documents anew")

const good = `{"office":"demo","applicant":{"kind":"commercial","name":"甲公司"}`

func TestBind_takesWhatIsRight(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, body := range []string{
		good + `}`,
		good + `,"received_on":"2026-02-28","items":3,"urgent":null,"contacts":[],"note":"好\n的","tags":{"a/b":"c"}}`,
		" \n" + good + `,"received_on":null,"items":null}` + "\n",
	} {
		rec := e.call("POST", "/v1/applications", body)
		require.Equal(t, 201, rec.Code, rec.Body)
	}
	require.Equal(t, 201, e.call("POST", "/v1/applications", good+`}`, "Content-Type: application/merge-patch+json; charset=UTF-8").Code)
}

func TestBind_namesEveryFault(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for body, want := range map[string][]string{
		good + `,"extra":1}`:                                                   {"/extra unknown_field"},
		good + `,"Office":"x"}`:                                                {"/Office unknown_field"},
		good + `,"office":"other"}`:                                            {"/office repeated"},
		good + `,"common":{}}`:                                                 {"/common unknown_field"},
		good + `,"a/b~c":1}`:                                                   {"/a~1b~0c unknown_field"},
		good + `,"items":"3"}`:                                                 {"/items wrong_type"},
		good + `,"items":1.5}`:                                                 {"/items wrong_type"},
		good + `,"items":99999999999999999999}`:                                {"/items wrong_type"},
		good + `,"urgent":"yes","note":7}`:                                     {"/urgent wrong_type", "/note wrong_type"},
		good + `,"received_on":"2026-02-30"}`:                                  {"/received_on bad_date"},
		good + `,"received_on":20260230}`:                                      {"/received_on wrong_type"},
		good + `,"contacts":{"0":{}}}`:                                         {"/contacts wrong_type"},
		good + `,"contacts":[{"kind":"commercial","name":1}]}`:                 {"/contacts/0/name wrong_type"},
		good + `,"tags":{"a/b":1}}`:                                            {"/tags/a~1b wrong_type"},
		good + `,"items":0}`:                                                   nil,
		good + `,"items":101,"note":"` + strings.Repeat("字", 11) + `"}`:        {"/items max", "/note max"},
		good + `,"note":"a\u0000b"}`:                                           {"/note plain"},
		good + `,"contacts":[{"kind":"x","name":" "}]}`:                        {"/contacts/0/kind oneof", "/contacts/0/name notblank"},
		`{"office":"No Good","applicant":{"kind":"commercial","name":"a\nb"}}`: {"/office slug", "/applicant/name line"},
		`{}`:   {"/office required", "/applicant/kind required", "/applicant/name required"},
		``:     {"/office required", "/applicant/kind required", "/applicant/name required"},
		`[]`:   {" wrong_type"},
		`null`: {" wrong_type"},
		`"x"`:  {" wrong_type"},
	} {
		rec := e.call("POST", "/v1/applications", body)
		if want == nil {
			require.Equal(t, 201, rec.Code, body)
			continue
		}
		d := decode(t, rec)
		require.Equal(t, problem.Invalid, d.Code, body)
		var got []string
		for _, f := range d.Errors {
			got = append(got, f.Pointer+" "+f.Code)
			require.NotEmpty(t, f.Detail)
		}
		slices.Sort(got)
		slices.Sort(want)
		require.Equal(t, want, got, body)
	}
}

func TestBind_refusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, body := range []string{
		"{", `{"a":}`, "nope", good + `} {}`, good + `}]`, good + "}\x00", "{\"office\":\"\xff\"}",
		strings.Repeat("[", 100) + strings.Repeat("]", 100), `{"a":1,}`, "\xef\xbb\xbf{}", "NaN", `{'a':1}`,
	} {
		require.Equal(t, problem.Malformed, decode(t, e.call("POST", "/v1/applications", body)).Code, body)
	}
	d := decode(t, e.call("POST", "/v1/applications", "{\n \"office\": demo }", "Accept-Language: en"))
	require.Contains(t, d.Detail, "line 2")
}

func TestBind_manyFaultsAreCutShort(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	var b strings.Builder
	b.WriteString(good)
	for i := range 500 {
		b.WriteString(`,"x` + strings.Repeat("y", i) + `":1`)
	}
	d := decode(t, e.call("POST", "/v1/applications", b.String()+"}"))
	require.Len(t, d.Errors, 50)
	for _, f := range d.Errors {
		require.Less(t, len(f.Pointer), 200)
	}
}

// The documents as callers get them. Write them anew with -update and look at the
// difference.
func TestProblems_golden(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for name, tc := range map[string]struct{ method, path, body string }{
		"invalid":       {"POST", "/v1/applications", `{"office":"X","applicant":{"kind":"alien"},"items":1000,"contacts":[{},{},{},{}]}`},
		"unknown_field": {"POST", "/v1/applications", good + `,"extra":{},"received_on":"2026-02-30","items":"three"}`},
		"malformed":     {"POST", "/v1/applications", `{"office": }`},
		"rule":          {"GET", "/v1/problem/deadline_passed", ""},
		"internal":      {"GET", "/v1/error", ""},
		"not_found":     {"GET", "/v1/nothing", ""},
	} {
		for _, lang := range []string{"zh", "en"} {
			rec := e.call(tc.method, tc.path, tc.body, "Accept-Language: "+lang, "X-Request-Id: request-1")
			decode(t, rec)
			var got bytes.Buffer
			require.NoError(t, json.Indent(&got, rec.Body.Bytes(), "", "  "))
			file := filepath.Join("testdata", name+"."+lang+".json")
			if *update {
				require.NoError(t, os.WriteFile(file, got.Bytes(), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String(), file)
		}
	}
}

func FuzzBind(f *testing.F) {
	for _, s := range []string{good + "}", "{}", "[1]", good + `,"contacts":[{"kind":1}]}`, "{\"a\":\"\\ud800\"}", `{"tags":{"":null}}`, "{\"received_on\":\"\"}"} {
		f.Add(s, "application/json", "k", "en")
	}
	f.Add("--x\r\n", "multipart/form-data; boundary=x", "", "zh-CN,*;q=0.1")
	e := newEdge(f)
	f.Fuzz(func(t *testing.T, body, contentType, key, lang string) {
		for _, path := range []string{"/v1/applications", "/v1/commands/1"} {
			rec := e.call("POST", path, body, "Content-Type: "+contentType, "Idempotency-Key: "+key, "Accept-Language: "+lang)
			switch {
			case rec.Code >= 500:
				t.Fatalf("%d for %q: %s", rec.Code, body, rec.Body)
			case rec.Code >= 400:
				decode(t, rec)
			case rec.Code == http.StatusCreated:
				var v any
				require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &v))
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("limit=1&cursor=x", "*/*", `"1"`, "Bearer x", "9.9.9.9")
	f.Add("from=2026-02-30&%zz", "a/b;q=2", `W/"9"`, "Basic", "::1, x")
	e := newEdge(f)
	as := e.as(f, officer)
	f.Fuzz(func(t *testing.T, query, accept, etag, auth, xff string) {
		u := "/v1/cases?" + strings.Map(func(r rune) rune {
			if r <= ' ' || r > '~' {
				return '+'
			}
			return r
		}, query)
		for _, a := range []string{"Authorization: " + auth, as} {
			rec := e.call("GET", u, "", a, "Accept: "+accept, "X-Forwarded-For: "+xff)
			require.Less(t, rec.Code, 500)
			if rec.Code >= 400 {
				decode(t, rec)
			}
		}
		require.Less(t, e.call("PUT", "/v1/cases/1", "", "If-Match: "+etag).Code, 500)
	})
}

func TestDecode_ofOnePart(t *testing.T) {
	t.Parallel()
	var a applicant
	require.NoError(t, httpkit.Decode([]byte(`{"kind":"commercial","name":"x"}`), &a))
	require.Equal(t, "x", a.Name)
	require.Equal(t, problem.Invalid, problem.CodeOf(httpkit.Decode([]byte(`{"kind":1}`), &a)))
	var list []string
	require.NoError(t, httpkit.Decode([]byte(`["a"]`), &list))
}
