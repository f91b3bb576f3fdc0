package e2e

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/services/zhiqing/internal/demo"
)

// A township's year is backed up while applicants keep filing, lost, and put back
// elsewhere: the same tables come out, and the office goes on.
func TestBackup_restoresWhatServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, copied, back, key := filepath.Join(dir, "data"), filepath.Join(dir, "copies", "monday"), filepath.Join(dir, "back"), filepath.Join(dir, "safe", "master.key")
	args := []string{"serve", "--listen", "127.0.0.1:0", "--rate-limit", "0", "--data"}
	p := start(t, "zhiqing", append(args, data), nil)
	made, err := secret.Load(filepath.Join(data, "master.key"))
	require.NoError(t, err)
	outcome, err := demo.Year(t.Context(), func(string) string { return p.url }, made.SetupCode(), testWriter{t})
	require.NoError(t, err)

	stop := keepFiling(t, p.url)
	out, err := run(t, nil, "zhiqing", "backup", "--data", data, "--to", copied, "--key-to", key)
	filed := stop()
	require.NoError(t, err)
	require.Contains(t, out, "as of")
	require.NotZero(t, filed, "applicants filed while the backup was taken")
	_, err = run(t, nil, "zhiqing", "backup", "--data", data, "--to", copied)
	require.ErrorContains(t, err, "exists already")
	require.NoError(t, p.stop(syscall.SIGTERM))
	master := read(t, filepath.Join(data, "master.key"))
	require.NoError(t, os.RemoveAll(data))
	require.NoError(t, filepath.WalkDir(copied, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		require.False(t, !d.IsDir() && strings.Contains(read(t, path), strings.TrimSpace(master)), "the key is in the backup: %s", path)
		return nil
	}))

	_, err = run(t, nil, "zhiqing", "backup", "verify", copied)
	require.NoError(t, err)
	out, err = run(t, nil, "zhiqing", "restore", "--from", copied, "--data", back, "--key-file", key)
	require.NoError(t, err)
	require.Contains(t, out, "ready")
	_, err = run(t, nil, "zhiqing", "restore", "--from", copied, "--data", back, "--key-file", key)
	require.ErrorContains(t, err, "already holds")

	again := start(t, "zhiqing", append(args, back), nil)
	after, err := demo.Reports(t.Context(), func(string) string { return again.url })
	require.NoError(t, err)
	require.Equal(t, outcome.Reports[demo.TownshipYear], after[demo.TownshipYear], "the year's tables outlive the machine")
	require.Positive(t, fileOne(t, again.url, "after"), "the restored office takes applications")
}

func TestBackup_refusesWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, copied, key := filepath.Join(dir, "data"), filepath.Join(dir, "copy"), filepath.Join(dir, "key")
	p := start(t, "zhiqing", []string{"serve", "--listen", "127.0.0.1:0", "--data", data}, nil)
	_, err := run(t, nil, "zhiqing", "backup", "--data", data, "--to", copied, "--key-to", filepath.Join(copied, "key"))
	require.ErrorContains(t, err, "outside the backup")
	_, err = run(t, nil, "zhiqing", "backup", "--data", data, "--to", copied, "--key-to", key)
	require.NoError(t, err)
	require.NoError(t, p.stop(syscall.SIGTERM))
	restore := func(why string, env ...string) {
		t.Helper()
		to := filepath.Join(t.TempDir(), "back")
		_, err := run(t, env, "zhiqing", "restore", "--from", copied, "--data", to, "--key-file", key)
		require.ErrorContains(t, err, why)
		_, err = os.Stat(filepath.Join(to, "intake.db"))
		require.ErrorIs(t, err, os.ErrNotExist, "nothing is put in place")
	}
	store := filepath.Join(copied, "documents", "intake.db")
	whole := read(t, store)

	require.NoError(t, os.WriteFile(store, []byte(strings.Replace(whole, "SQLite", "sqlite", 1)), 0o600))
	restore("documents/intake.db was changed")
	require.NoError(t, os.Remove(store))
	restore("documents/intake.db is missing")
	require.NoError(t, os.WriteFile(store, []byte(whole), 0o600))
	stray := filepath.Join(copied, "stray")
	require.NoError(t, os.WriteFile(stray, nil, 0o600))
	restore("stray is not of this backup")
	require.NoError(t, os.Remove(stray))
	require.NoError(t, os.Rename(filepath.Join(copied, "manifest.json"), filepath.Join(dir, "m")))
	restore("not a finished backup")
	require.NoError(t, os.Rename(filepath.Join(dir, "m"), filepath.Join(copied, "manifest.json")))
	restore("backed up with their own tools", "MONGODB_URI=mongodb://127.0.0.1:1")

	other := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	require.NoError(t, os.WriteFile(key, []byte(other), 0o600))
	restore("another master key")
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(raw)
}

// keepFiling files applications until stop is called, which tells how many.
func keepFiling(t *testing.T, url string) (stop func() int) {
	t.Helper()
	quit, done := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-quit:
				done <- n
				return
			default:
				if fileOne(t, url, "during") == http.StatusCreated {
					n++
				}
			}
		}
	}()
	return func() int { close(quit); return <-done }
}

func fileOne(t *testing.T, url, text string) int {
	t.Helper()
	body := `{"office":"` + demo.Office + `","applicant":{"kind":"natural_person","name":"备份人","id_type":"resident_id","id_number":"110101199003077758","contact":{"phone":"13800138000"}},` +
		`"content":{"description":"` + text + `青溪镇道路维修"},"delivery":{"format":"electronic","route":"online"}}`
	res, err := http.Post(url+"/v1/applications", "application/json", strings.NewReader(body))
	if err != nil {
		return 0
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusCreated {
		t.Logf("filing answered %d", res.StatusCode)
		return 0
	}
	return res.StatusCode
}
