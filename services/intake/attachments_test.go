package intake_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
)

// part is one field of a form: a text, or a file when it has a name.
type part struct{ field, file, content string }

func jsonPart(t *testing.T, v any) part {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return part{"application", "", string(b)}
}

// form posts parts as multipart/form-data, always with the same boundary.
func (d *desk) form(path string, parts []part, headers ...string) servicetest.Reply {
	d.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(d.t, w.SetBoundary("zhiqing-test-boundary"))
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := `form-data; name="` + p.field + `"`
		if p.file != "" {
			disposition += `; filename="` + p.file + `"`
			h.Set("Content-Type", "application/octet-stream")
		}
		h.Set("Content-Disposition", disposition)
		f, err := w.CreatePart(h)
		require.NoError(d.t, err)
		_, err = f.Write([]byte(p.content))
		require.NoError(d.t, err)
	}
	require.NoError(d.t, w.Close())
	return d.Call("POST", path, b.Bytes(), append(headers, "Content-Type: "+w.FormDataContentType())...)
}

const (
	pdf = "%PDF-1.7\n1 0 obj\n"
	png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
)

func online(text string) body { return with(application(text), body{"office": office}) }

func TestAnApplicationWithFiles(t *testing.T) {
	t.Parallel()
	d := open(t)
	large := pdf + strings.Repeat("青溪镇", 700_000)
	parts := []part{
		jsonPart(t, online("户厕改造补助")), {"file", "申请书.pdf", large}, {"identity", "证件 <正面>.pdf", png}, {"file", "", ""},
	}
	key := d.key()
	filed := d.form("/v1/applications", parts, key)
	require.Equal(t, http.StatusCreated, filed.Status, "%s", filed)
	require.Equal(t, "申请书.pdf", filed.Text("attachments", 0, "name"))
	require.Equal(t, "证件 正面.pdf.png", filed.Text("attachments", 1, "name"), "the name says what the content is")
	require.Equal(t, "image/png", filed.Text("attachments", 1, "media_type"))
	require.Equal(t, "身份证明", filed.Text("attachments", 1, "purpose_label"))

	again := d.form("/v1/applications", parts, key)
	require.Equal(t, string(filed.Body), string(again.Body), "the same submission is one application")
	parts[1].content = pdf
	require.Equal(t, "key_reused", d.form("/v1/applications", parts, key).Text("code"))
	require.Len(t, d.get("/v1/cases", d.officer).At("items"), 1)

	at := "/v1/cases/" + d.get("/v1/cases", d.officer).Text("items", 0, "id")
	require.Equal(t, filed.At("attachments", 0, "sha256"), d.get(at, d.officer).At("attachments", 0, "sha256"))
	got := d.Call("GET", at+"/attachments/1", nil, d.auditor)
	require.Equal(t, http.StatusOK, got.Status)
	require.Equal(t, large, string(got.Body))
	require.Equal(t, "application/pdf", got.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	require.Contains(t, got.Header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, `attachment; filename="___.pdf"; filename*=UTF-8''%E7%94%B3%E8%AF%B7%E4%B9%A6.pdf`, got.Header.Get("Content-Disposition"))
	require.Equal(t, http.StatusNotFound, d.Call("GET", at+"/attachments/1", nil, d.stranger).Status)
	require.Equal(t, http.StatusNotFound, d.Call("GET", at+"/attachments/3", nil, d.officer).Status)
	require.Equal(t, http.StatusNotFound, d.Call("GET", at+"/attachments", nil, d.stranger).Status)

	mine, code := "/v1/applications/"+filed.Text("receipt"), "X-Query-Code: "+filed.Text("query_code")
	require.Equal(t, large, string(d.get(mine+"/attachments/1", code).Body))
	require.Equal(t, "forbidden", d.Call("GET", mine+"/attachments/2", nil, code).Text("code"), "a lost code leads to no identity card")
	list := d.get(mine+"/attachments", code)
	require.Equal(t, false, list.At("items", 1, "available"))
	require.Nil(t, list.At("items", 1, "by"))
	require.Equal(t, http.StatusNotFound, d.Call("GET", mine+"/attachments/1", nil, "X-Query-Code: AAAA").Status)
}

func TestFilesOfACase(t *testing.T) {
	t.Parallel()
	d := open(t)
	entered := d.form("/v1/cases", []part{
		jsonPart(t, with(application("补助"), body{"channel": "registered_mail", "evidence": body{"signer": "门卫"}})),
		{"arrival", "trace.png", png},
		{"file", "letter.pdf", pdf},
	}, d.officer)
	require.Equal(t, http.StatusCreated, entered.Status, "%s", entered)
	at := "/v1/cases/" + entered.Text("id")
	mine, code := "/v1/applications/"+entered.Text("receipt"), "X-Query-Code: "+entered.Text("query_code")
	d.ok(at+"/registration", body{"evidence": body{"signer": "门卫"}}, d.officer)

	key := d.key()
	work := []part{{"note", "", "检索记录"}, {"work", "search.txt", "未检索到"}, {"reply", "reply.pdf", pdf + "reply"}, {"notice", "notice.pdf", pdf + "n"}}
	added := d.form(at+"/attachments", work, d.officer, key)
	require.Equal(t, http.StatusCreated, added.Status, "%s", added)
	require.EqualValues(t, 3, added.At("items", 0, "n"))
	require.Equal(t, "检索记录", added.Text("items", 0, "note"))
	require.Equal(t, "李经办", added.Text("items", 0, "by", "name"))
	require.Equal(t, string(added.Body), string(d.form(at+"/attachments", work, d.officer, key).Body))
	require.Len(t, d.get(at+"/attachments", d.legal).At("items"), 5)

	seen := func() (names []string) {
		items, _ := d.get(mine, code).At("attachments").([]any)
		for _, it := range items {
			m, _ := it.(map[string]any)
			name, _ := m["name"].(string)
			names = append(names, name)
		}
		return names
	}
	require.Equal(t, []string{"letter.pdf", "notice.pdf"}, seen(), "neither evidence nor working papers, and no reply yet")
	for _, n := range []string{"1", "3", "4"} {
		require.Equal(t, http.StatusNotFound, d.Call("GET", mine+"/attachments/"+n, nil, code).Status)
	}
	sent := d.form(mine+"/attachments", []part{{"file", "more.txt", "补充说明"}, {"note", "", "x"}}, code)
	require.Equal(t, "order", sent.Text("errors", 0, "code"), "%s", sent)
	sent = d.form(mine+"/attachments", []part{{"note", "", "另附"}, {"file", "more.txt", "补充说明"}}, code)
	require.Equal(t, http.StatusCreated, sent.Status, "%s", sent)
	require.Equal(t, "application", sent.Text("items", 0, "purpose"))
	d.ok(at+"/correction-notice", body{"items": []string{"年度"}}, d.officer)
	sent = d.form(mine+"/attachments", []part{{"file", "year.txt", "2025年度"}}, code)
	require.Equal(t, "correction", sent.Text("items", 0, "purpose"))
	require.Equal(t, "unknown_field", d.form(mine+"/attachments", []part{{"reply", "a.pdf", pdf}}, code).Text("errors", 0, "code"))
	d.ok(mine+"/correction", body{"note": "见附件"}, code)

	d.reply(entered.Text("id"), "2026-06-10", k2())
	require.Contains(t, seen(), "reply.pdf")
	require.Equal(t, pdf+"reply", string(d.get(mine+"/attachments/4", code).Body))
	require.Equal(t, "illegal_transition", d.form(mine+"/attachments", []part{{"file", "late.txt", "x"}}, code).Text("code"))
	require.Equal(t, http.StatusCreated, d.form(at+"/attachments", []part{{"work", "回证.pdf", pdf}}, d.head).Status, "staff add proof later, too")

	d.again()
	d.signIn()
	require.Equal(t, pdf+"reply", string(d.get(at+"/attachments/4", d.officer).Body), "kept across restarts")
}

func TestBadUploads(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/cases/" + d.counter("x", "2026-06-01") + "/attachments"
	good := jsonPart(t, online("x"))
	many := []part{good}
	for range 11 {
		many = append(many, part{"file", "a.txt", "x"})
	}
	for name, c := range map[string]struct {
		path, code, pointer, fault string
		parts                      []part
		status                     int
	}{
		"a program":          {"/v1/applications", "invalid", "/files/0", "unsupported_type", []part{good, {"file", "cv.pdf", "MZ\x90\x00"}}, 422},
		"an empty file":      {"/v1/applications", "invalid", "/files/1", "empty", []part{good, {"file", "a.txt", "x"}, {"file", "b.pdf", ""}}, 422},
		"a cut archive":      {"/v1/applications", "invalid", "/files/0", "damaged", []part{good, {"file", "b.docx", "PK\x03\x04cut off somewhere in the middle"}}, 422},
		"eleven files":       {"/v1/applications", "invalid", "/files", "too_many", many, 422},
		"no application":     {"/v1/applications", "invalid", "/application", "required", []part{{"file", "a.txt", "x"}}, 422},
		"files first":        {"/v1/applications", "invalid", "/application", "order", []part{{"file", "a.txt", "x"}, good}, 422},
		"twice":              {"/v1/applications", "invalid", "/application", "twice", []part{good, good}, 422},
		"no JSON":            {"/v1/applications", "malformed", "", "", []part{{"application", "", "{"}}, 400},
		"a bad application":  {"/v1/applications", "invalid", "/content/description", "required", []part{jsonPart(t, online("")), {"file", "a.exe", "MZ"}}, 422},
		"an unknown field":   {"/v1/applications", "invalid", "/photo", "unknown_field", []part{good, {"photo", "a.png", png}}, 422},
		"an unknown text":    {"/v1/applications", "invalid", "/remark", "unknown_field", []part{good, {"remark", "", "x"}}, 422},
		"text for a file":    {"/v1/applications", "invalid", "/identity", "file_wanted", []part{good, {"identity", "", "310"}}, 422},
		"too large":          {at, "too_large", "", "", []part{{"file", "big.txt", strings.Repeat("x", 20<<20+1)}}, 413},
		"too much together":  {at, "too_large", "", "", []part{{"file", "a.txt", strings.Repeat("x", 20<<20)}, {"file", "b.txt", strings.Repeat("y", 20<<20)}, {"file", "c.txt", strings.Repeat("z", 20<<20)}, {"file", "d.txt", "w"}}, 413},
		"nothing":            {at, "invalid", "/file", "required", []part{{"note", "", "x"}}, 422},
		"note too long":      {at, "invalid", "/files/0/note", "too_long", []part{{"note", "", strings.Repeat("长", 2001)}, {"file", "a.txt", "x"}}, 422},
		"purpose of no kind": {at, "invalid", "/gift", "unknown_field", []part{{"gift", "a.txt", "x"}}, 422},
	} {
		r := d.form(c.path, c.parts, d.officer)
		require.Equal(t, c.status, r.Status, "%s: %s", name, r)
		require.Equal(t, c.code, r.Text("code"), "%s: %s", name, r)
		require.Equal(t, c.pointer, r.Text("errors", 0, "pointer"), "%s: %s", name, r)
		require.Equal(t, c.fault, r.Text("errors", 0, "code"), "%s: %s", name, r)
	}
	for _, header := range []string{"Content-Type: multipart/form-data", "Content-Type: application/pdf"} {
		require.Equal(t, http.StatusUnsupportedMediaType, d.Call("POST", at, "x", d.officer, header).Status)
	}
	broken := d.Call("POST", at, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf", d.officer, "Content-Type: multipart/form-data; boundary=b")
	require.Equal(t, "malformed", broken.Text("code"), "%s", broken)
	require.Len(t, d.get("/v1/cases", d.officer).At("items"), 1, "nothing was filed")
	require.Empty(t, d.get(at, d.officer).At("items"))

	for sent, kept := range map[string]string{
		`../../etc/passwd`:               "passwd.txt",
		`C:\\Windows\\System32\\cmd.exe`: "cmd.exe.txt",
		`...`:                            "附件.txt",
		"fdp\u202e.txt":                  "fdp.txt",
		strings.Repeat("长", 300) + ".md": strings.Repeat("长", 117) + ".md",
		"a\tb.csv":                       "ab.csv",
	} {
		r := d.form(at, []part{{"file", sent, "x"}}, d.officer)
		require.Equal(t, kept, r.Text("items", 0, "name"), "%s", r)
	}
	require.Equal(t, http.StatusForbidden, d.form(at, []part{{"file", "a.txt", "x"}}, d.auditor).Status)
	require.Equal(t, http.StatusNotFound, d.form(at, []part{{"file", "a.txt", "x"}}, d.stranger).Status)
}
