package e2e

import (
	"bytes"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/services/zhiqing/internal/demo"
)

// What is planted in an application, in a search and in a request that is refused is
// afterwards in no file of the installation (documents, events, attachments), in no line
// of the log at its most talkative, and in no metric; also while the keys change.
func TestPlantedValues_areNowhere(t *testing.T) {
	t.Parallel()
	planted := map[string]string{
		"name": "欧阳慕容雪", "id number": "110101199003077715", "phone": "13912345678", "address": "云栖路八百八十八号",
		"text": "鹤鸣沟水库移民安置补偿款发放明细", "refused name": "上官飞燕", "refused number": "110101199003077716", "searched": "慕容雪",
		"password": "a-planted-password",
	}
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"serve", "--listen", "127.0.0.1:0", "--rate-limit", "0", "--log-level", "debug", "--data", data}
	p := start(t, "zhiqing", args, nil)
	master, err := secret.Load(filepath.Join(data, "master.key"))
	require.NoError(t, err)
	_, err = demo.Year(t.Context(), func(string) string { return p.url }, master.SetupCode(), testWriter{t})
	require.NoError(t, err)
	out, err := run(t, nil, "zhiqing", "keys", "rotate", "--data", data)
	require.NoError(t, err)
	require.Contains(t, out, "keys 2")

	application := `{"office":"` + demo.Office + `","applicant":{"kind":"natural_person","name":"` + planted["name"] + `","id_type":"resident_id",` +
		`"id_number":"` + planted["id number"] + `","contact":{"phone":"` + planted["phone"] + `","address":"` + planted["address"] + `"}},` +
		`"content":{"description":"` + planted["text"] + `"},"delivery":{"format":"electronic","route":"online"}}`
	require.Equal(t, http.StatusCreated, sendForm(t, p.url, application, "%PDF-1.7\n"+planted["name"]+planted["id number"]))
	refused := strings.NewReplacer(planted["name"], planted["refused name"], planted["id number"], planted["refused number"], "natural_person", "human").Replace(application)
	require.Equal(t, http.StatusUnprocessableEntity, sendForm(t, p.url, refused, "%PDF-1.7\n"), "there is no such kind")
	for _, at := range []string{"/v1/cases?q=" + url.QueryEscape(planted["searched"]), "/v1/applications/" + url.PathEscape(planted["name"])} {
		res, err := http.Get(p.url + at)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
	}
	res, err := http.Post(p.url+"/v1/sessions", "application/json", strings.NewReader(`{"office":"x","username":"nobody","password":"`+planted["password"]+`"}`))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	res, err = http.Get(p.url + "/metrics")
	require.NoError(t, err)
	metrics, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.NoError(t, p.stop(syscall.SIGTERM))
	again := start(t, "zhiqing", args, nil) // on the new keys, with what waits in the outboxes
	require.NoError(t, again.stop(syscall.SIGTERM))

	require.Contains(t, string(metrics), "http_request")
	log := p.stderr.String() + again.stderr.String()
	require.Contains(t, log, "level=DEBUG")
	places := map[string][]byte{"the log": []byte(log), "the metrics": metrics, "what it prints": []byte(p.stdout.String())}
	require.NoError(t, filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			places[path], err = os.ReadFile(path)
		}
		return err
	}))
	require.Greater(t, len(places), 10)
	for place, content := range places {
		for what, value := range planted {
			require.False(t, bytes.Contains(content, []byte(value)), "%s in %s", what, place)
			require.False(t, bytes.Contains(content, []byte(url.QueryEscape(value))) && what != "password", "%s, as addresses write it, in %s", what, place)
		}
	}
}

// sendForm files an application with one file and returns the status.
func sendForm(t *testing.T, at, application, file string) int {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("application", application))
	f, err := w.CreateFormFile("identity", "证件.pdf")
	require.NoError(t, err)
	_, err = io.WriteString(f, file)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	res, err := http.Post(at+"/v1/applications", w.FormDataContentType(), &b)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}
