package intake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// A file added by mistake is marked and kept; what is the applicant's stays.
func TestFileAddedByMistake(t *testing.T) {
	t.Parallel()
	d := open(t)
	entered := d.form("/v1/cases", []part{
		jsonPart(t, with(application("补助"), body{"channel": "registered_mail", "evidence": body{"signer": "门卫"}})),
		{"file", "letter.pdf", pdf},
	}, d.officer)
	require.Equal(t, http.StatusCreated, entered.Status, "%s", entered)
	at := "/v1/cases/" + entered.Text("id")
	mine, code := "/v1/applications/"+entered.Text("receipt"), "X-Query-Code: "+entered.Text("query_code")
	require.Equal(t, http.StatusCreated, d.form(at+"/attachments", []part{{"work", "other.txt", "另一案件的材料"}, {"reply", "reply.pdf", pdf + "r"}, {"notice", "n.pdf", pdf + "n"}}, d.officer).Status)

	why := body{"reason": "误传了另一案件的材料"}
	require.Equal(t, "/reason", d.Call("POST", at+"/attachments/2/withdrawal", body{}, d.officer).Text("errors", 0, "pointer"))
	require.Equal(t, http.StatusConflict, d.Call("POST", at+"/attachments/1/withdrawal", why, d.officer).Status, "the applicant's")
	require.Equal(t, http.StatusConflict, d.Call("POST", at+"/attachments/4/withdrawal", why, d.officer).Status, "told to the applicant")
	require.Equal(t, http.StatusNotFound, d.Call("POST", at+"/attachments/9/withdrawal", why, d.officer).Status)
	require.Equal(t, http.StatusForbidden, d.Call("POST", at+"/attachments/2/withdrawal", why, d.auditor).Status)
	require.Equal(t, http.StatusNotFound, d.Call("POST", at+"/attachments/2/withdrawal", why, d.stranger).Status)

	key := d.key()
	after := d.ok(at+"/attachments/2/withdrawal", why, d.officer, key)
	require.Equal(t, string(after.Body), string(d.ok(at+"/attachments/2/withdrawal", why, d.officer, key).Body))
	require.Equal(t, "误传了另一案件的材料", after.Text("attachments", 1, "withdrawn", "reason"))
	require.Equal(t, http.StatusConflict, d.Call("POST", at+"/attachments/2/withdrawal", why, d.officer).Status)
	d.ok(at+"/attachments/3/withdrawal", body{"reason": "不是本件的答复"}, d.officer)

	d.ok(at+"/registration", body{"evidence": body{"signer": "门卫"}}, d.officer)
	d.reply(entered.Text("id"), "2026-06-10", k2())
	require.Equal(t, http.StatusNotFound, d.Call("GET", mine+"/attachments/3", nil, code).Status, "never reaches the applicant")
	require.Equal(t, "另一案件的材料", string(d.get(at+"/attachments/2", d.officer).Body), "and is kept")
}
