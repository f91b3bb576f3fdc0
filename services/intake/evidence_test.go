package intake_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/evidence"
	"zhiqing.dev/pkg/secret"
)

// A court gets everything about a case in one archive, and can tell whether it is whole.
func TestEvidence_holdsTheWholeCaseAndProvesItself(t *testing.T) {
	t.Parallel()
	d := open(t)
	entered := d.form("/v1/cases", []part{
		jsonPart(t, with(application("东村道路工程合同 <全文>"), body{"channel": "registered_mail", "arrived_on": "2026-04-01", "evidence": body{"signer": "门卫老周"}})),
		{"arrival", "trace.png", png},
		{"file", "../申请/书.pdf", pdf},
	}, d.officer)
	require.Equal(t, http.StatusCreated, entered.Status, "%s", entered)
	id := entered.Text("id")
	at := "/v1/cases/" + id
	d.ok(at+"/registration", body{"received_on": "2026-04-01"}, d.officer)
	d.reply(id, "2026-04-20", k2())
	require.Equal(t, 200, d.Call("GET", "/v1/applications/"+entered.Text("receipt"), nil, "X-Query-Code: "+entered.Text("query_code")).Status)
	d.audited("?subject="+entered.Text("receipt"), d.auditor, func(e map[string]any) bool { return e["phase"] == "viewed" })

	require.Equal(t, http.StatusForbidden, d.Call("GET", at+"/evidence-bundle", nil, d.officer).Status)
	require.Equal(t, http.StatusForbidden, d.Call("GET", at+"/evidence-bundle", nil, d.auditor).Status)
	require.Equal(t, http.StatusUnauthorized, d.Call("GET", at+"/evidence-bundle", nil).Status)
	require.Equal(t, http.StatusNotFound, d.Call("GET", "/v1/cases/nobody/evidence-bundle", nil, d.head).Status)
	r := d.Call("GET", at+"/evidence-bundle", nil, d.legal)
	require.Equal(t, http.StatusOK, r.Status, "%s", r)
	require.Equal(t, evidence.MediaType, r.Header.Get("Content-Type"))

	master, err := secret.FromBase64(servicetest.TestKey)
	require.NoError(t, err)
	public, err := base64.StdEncoding.DecodeString(evidence.PublicKey(master))
	require.NoError(t, err)
	m, err := evidence.Verify(bytes.NewReader(r.Body), int64(len(r.Body)), ed25519.PublicKey(public))
	require.NoError(t, err)
	require.Equal(t, id, m.CaseID)
	require.Equal(t, "2026-000001", m.RegisterNo)
	broken := bytes.Clone(r.Body)
	broken[len(broken)/2] ^= 1
	_, err = evidence.Verify(bytes.NewReader(broken), int64(len(broken)), ed25519.PublicKey(public))
	require.Error(t, err)

	z, err := zip.NewReader(bytes.NewReader(r.Body), int64(len(r.Body)))
	require.NoError(t, err)
	content := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		raw, err := io.ReadAll(in)
		require.NoError(t, err)
		content[f.Name] = string(raw)
		require.NotContains(t, f.Name, "..")
	}
	var files []string
	for name := range content {
		if strings.HasPrefix(name, "attachments/") {
			files = append(files, name)
		}
	}
	require.Len(t, files, 2)
	page := content["index.html"]
	for _, want := range []string{
		"徐泾镇人民政府", "2026-000001", "王小明", "东村道路工程合同 &lt;全文&gt;", "门卫老周", "条例 art. 33", "SHA-256",
		"/v1/cases/:id/decision/approval", "/v1/applications/:receipt", "政府信息公开申请登记回执", "审查", "签发答复",
	} {
		require.Contains(t, page, want)
	}
	for _, name := range []string{"README.txt", "case.json", "letters/receipt.html", "letters/decision.html", "audit.jsonl", "audit-checkpoints.jsonl"} {
		require.NotEmpty(t, m.Files, name)
		require.Contains(t, content, name)
	}
	require.Contains(t, content["audit.jsonl"], id)
	for name, text := range content {
		require.NotContains(t, text, entered.Text("query_code"), "%s holds the applicant's code", name)
	}
	d.audited("?subject="+id, d.auditor, func(e map[string]any) bool {
		return e["route"] == "/v1/cases/:id/evidence-bundle" && e["status"] == 200.0 && e["purpose"] == "export_evidence"
	})
}
