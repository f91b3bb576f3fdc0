package intake_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What cannot be is refused in the caller's language, names what is wrong, and
// changes nothing.
func TestRefusalsChangeNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.registered("补助清单", "2026-06-01")
	at := "/v1/cases/" + id
	good := with(application("x"), body{"office": office})
	applicant, _ := good["applicant"].(body)
	before := d.get(at, d.officer)
	all := d.get("/v1/cases", d.officer)
	for _, c := range []struct {
		name, path string
		body       any
		headers    []string
		status     int
		code       string // of the problem
		pointer    string // of the first fault
		fault      string
	}{
		{"no JSON", "/v1/applications", `{"office":`, nil, 400, "malformed", "", ""},
		{"two values", "/v1/applications", `{} {}`, nil, 400, "malformed", "", ""},
		{"unknown field", "/v1/applications", with(good, body{"colour": "red"}), nil, 422, "invalid", "/colour", "unknown_field"},
		{"unknown field below", "/v1/applications", with(good, body{"content": body{"description": "x", "pages": 3}}), nil, 422, "invalid", "/content/pages", "unknown_field"},
		{"channel online", "/v1/applications", with(good, body{"channel": "oral"}), nil, 422, "invalid", "/channel", "unknown_field"},
		{"wrong type", "/v1/applications", with(good, body{"content": body{"description": 7}}), nil, 422, "invalid", "/content/description", "wrong_type"},
		{"unknown office", "/v1/applications", with(good, body{"office": "nowhere"}), nil, 422, "invalid", "/office", "unknown_office"},
		{"nobody asks", "/v1/applications", with(good, body{"applicant": with(applicant, body{"name": ""})}), nil, 422, "invalid", "/applicant/name", "required"},
		{"no proof of identity", "/v1/applications", with(good, body{"applicant": with(applicant, body{"id_number": ""})}), nil, 422, "invalid", "/applicant/id_number", "required"},
		{"oversize", "/v1/applications", with(good, body{"content": body{"description": strings.Repeat("长", 400_000)}}), nil, 413, "too_large", "", ""},
		{"not JSON", "/v1/applications", `x=1`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "unsupported_media", "", ""},
		{"key", "/v1/applications", good, []string{"Idempotency-Key: " + strings.Repeat("k", 300)}, 400, "malformed", "Idempotency-Key", "bad_key"},

		{"impossible date", "/v1/cases", with(application("x"), body{"channel": "fax", "arrived_on": "2026-02-30"}), []string{d.officer}, 422, "invalid", "/arrived_on", "bad_date"},
		{"date with time", "/v1/cases", with(application("x"), body{"channel": "fax", "arrived_on": "2026-02-03T10:00:00Z"}), []string{d.officer}, 422, "invalid", "/arrived_on", "bad_date"},
		{"arrives tomorrow", "/v1/cases", with(application("x"), body{"channel": "fax", "arrived_on": "2026-06-11"}), []string{d.officer}, 422, "invalid", "/arrived_on", "date_in_future"},
		{"no channel", "/v1/cases", application("x"), []string{d.officer}, 422, "invalid", "/channel", "unknown_code"},

		{"registered twice", at + "/registration", body{"received_on": "2026-06-01"}, []string{d.officer}, 409, "illegal_transition", "", ""},
		{"before receipt", at + "/correction-notice", body{"noticed_on": "2026-05-31", "items": []string{"x"}}, []string{d.officer}, 422, "invalid", "/noticed_on", "date_too_early"},
		{"nothing to correct", at + "/correction", body{}, []string{d.officer}, 409, "illegal_transition", "", ""},
		{"nothing to abandon", at + "/abandonment", body{}, []string{d.officer}, 409, "illegal_transition", "", ""},
		{"no review", at + "/decision", k2(), []string{d.officer}, 409, "illegal_transition", "", ""},
		{"nothing to sign", at + "/decision/approval", body{}, []string{d.head}, 409, "illegal_transition", "", ""},
		{"nothing to serve", at + "/service", body{"route": "online"}, []string{d.officer}, 409, "illegal_transition", "", ""},
		{"not finished", at + "/reopening", body{"document_no": "x"}, []string{d.legal}, 409, "illegal_transition", "", ""},
		{"wrong kind", at + "/decision", body{"kind": "K77"}, []string{d.officer}, 422, "invalid", "/kind", "unknown_kind"},
		{"too long an extension", at + "/extension", body{"working_days": 21, "reason": "x"}, []string{d.officer}, 422, "invalid", "/working_days", "out_of_range"},
		{"consultation of nobody", at + "/consultations", body{"kind": "third_party"}, []string{d.officer}, 422, "invalid", "/consultee", "required"},
		{"no such consultation", at + "/consultations/3/answer", body{"answer": "consent"}, []string{d.officer}, 404, "not_found", "", ""},
		{"no such number", at + "/consultations/x/answer", body{"answer": "consent"}, []string{d.officer}, 404, "not_found", "", ""},
		{"link to nowhere", at + "/links", body{"to": "nowhere"}, []string{d.officer}, 422, "invalid", "/to", "unknown_case"},
		{"merge into nowhere", at + "/merge", body{"into": "nowhere"}, []string{d.officer}, 422, "invalid", "/into", "unknown_case"},
		{"one part", at + "/split", body{"parts": []body{{"description": "x"}}}, []string{d.officer}, 422, "invalid", "/parts", "out_of_range"},

		{"stale", at + "/contacts", body{"means": "phone", "summary": "x"}, []string{d.officer, `If-Match: "1"`}, 412, "stale", "", ""},
		{"bad ETag", at + "/contacts", body{"means": "phone", "summary": "x"}, []string{d.officer, "If-Match: new"}, 400, "malformed", "If-Match", "bad_etag"},
		{"foreign office", at + "/contacts", body{"means": "phone", "summary": "x"}, []string{d.stranger}, 404, "not_found", "", ""},
		{"foreign office registers", at + "/registration", body{}, []string{d.stranger}, 404, "not_found", "", ""},
		{"foreign office splits", at + "/split", body{"parts": []body{{"description": "x"}, {"description": "y"}}}, []string{d.stranger}, 404, "not_found", "", ""},
		{"no such case", "/v1/cases/nowhere/contacts", body{"means": "phone", "summary": "x"}, []string{d.officer}, 404, "not_found", "", ""},
	} {
		for _, lang := range []string{"zh", "en"} {
			r := d.Call("POST", c.path, c.body, append([]string{"Accept-Language: " + lang}, c.headers...)...)
			require.Equal(t, c.status, r.Status, "%s: %s", c.name, r)
			require.Contains(t, r.Header.Get("Content-Type"), "application/problem+json", c.name)
			require.Equal(t, c.code, r.Text("code"), "%s: %s", c.name, r)
			require.NotEmpty(t, r.Text("detail"), c.name)
			require.Equal(t, lang == "zh", hasChinese(r.Text("detail")), "%s in %s: %s", c.name, lang, r.Text("detail"))
			if c.pointer != "" {
				require.Equal(t, c.pointer, r.Text("errors", 0, "pointer"), "%s: %s", c.name, r)
				require.Equal(t, c.fault, r.Text("errors", 0, "code"), "%s: %s", c.name, r)
			}
			if c.code == "illegal_transition" {
				require.NotEmpty(t, r.Text("rule"), c.name)
			}
		}
	}
	require.JSONEq(t, string(before.Body), string(d.get(at, d.officer).Body))
	require.JSONEq(t, string(all.Body), string(d.get("/v1/cases", d.officer).Body))
	require.Empty(t, d.get("/v1/cases", d.stranger).At("items"), "an office sees only its own cases")
	require.Equal(t, http.StatusNotFound, d.Call("GET", at, nil, d.stranger).Status)
}

func hasChinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

func TestQueriesThatNobodyServes(t *testing.T) {
	t.Parallel()
	d := open(t)
	for query, pointer := range map[string]string{
		"queue=everything":              "queue",
		"status=done":                   "status",
		"kind=K99":                      "kind",
		"received_from=yesterday":       "received_from",
		"q=" + strings.Repeat("x", 101): "q",
		"q=+":                           "q",
		"sort=name":                     "sort",
		"queue=mine&sort=received":      "sort",
		"q=%E8%A1%A5%E5%81%BF&sort=due": "sort",
		"limit=0":                       "limit",
		"limit=201":                     "limit",
		"cursor=made-up":                "cursor",
		"order=asc":                     "order",
		"status=closed&status=waiting":  "status",
	} {
		r := d.Call("GET", "/v1/cases?"+query, nil, d.officer)
		require.Equal(t, http.StatusUnprocessableEntity, r.Status, "%s: %s", query, r)
		require.Equal(t, pointer, r.Text("errors", 0, "pointer"), "%s: %s", query, r)
	}
}

// Somebody without the query code learns nothing, not even whether there is such
// a receipt.
func TestWrongCodesRevealNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	filed := d.ok("/v1/applications", with(application("x"), body{"office": office}))
	receipt, code := filed.Text("receipt"), filed.Text("query_code")
	other := d.ok("/v1/applications", with(application("y"), body{"office": office}))

	relaxed := strings.ToLower(strings.ReplaceAll(receipt, "-", ""))
	d.get("/v1/applications/"+relaxed, "X-Query-Code: "+strings.ToLower(code))

	known := d.Call("GET", "/v1/applications/"+receipt, nil, "X-Query-Code: AAAA-AAAA-AAAA-AAAA-AAAA")
	unknown := d.Call("GET", "/v1/applications/AAAA-BBBB-CCCC-DDDD", nil, "X-Query-Code: "+code)
	swapped := d.Call("GET", "/v1/applications/"+receipt, nil, "X-Query-Code: "+other.Text("query_code"))
	missing := d.Call("GET", "/v1/applications/"+receipt, nil)
	silly := d.Call("GET", "/v1/applications/%20", nil, "X-Query-Code: "+code)
	withdraw := d.Call("POST", "/v1/applications/"+receipt+"/withdrawal", body{}, "X-Query-Code: x")
	for _, r := range []struct {
		status int
		detail string
	}{
		{known.Status, known.Text("detail")},
		{unknown.Status, unknown.Text("detail")},
		{swapped.Status, swapped.Text("detail")},
		{missing.Status, missing.Text("detail")},
		{silly.Status, silly.Text("detail")},
		{withdraw.Status, withdraw.Text("detail")},
	} {
		require.Equal(t, http.StatusNotFound, r.status)
		require.Equal(t, known.Text("detail"), r.detail)
	}
	require.Equal(t, "submitted", d.get("/v1/applications/"+receipt, "X-Query-Code: "+code).Text("status"))

	refused := 0
	for range 20 {
		r := d.Call("GET", "/v1/applications/"+receipt, nil, "X-Query-Code: AAAA")
		if r.Status == http.StatusTooManyRequests {
			require.NotEmpty(t, r.Header.Get("Retry-After"))
			refused++
		}
	}
	require.Positive(t, refused)
	require.Equal(t, http.StatusTooManyRequests, d.Call("GET", "/v1/applications/"+receipt, nil, "X-Query-Code: "+code).Status)
	d.get("/v1/applications/"+other.Text("receipt"), "X-Query-Code: "+other.Text("query_code"))
	d.clock.Advance(16 * time.Minute)
	d.get("/v1/applications/"+receipt, "X-Query-Code: "+code)
}
