package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/evidence"
	"zhiqing.dev/pkg/secret"
)

// Whoever has a bundle and the office's public key checks it with one command and nothing
// else.
func TestEvidence_isVerifiedOffline(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keyFile, file := filepath.Join(dir, "master.key"), filepath.Join(dir, "bundle.zip")
	master, err := secret.LoadOrCreate(keyFile)
	require.NoError(t, err)
	var b bytes.Buffer
	w := evidence.NewWriter(&b, evidence.Key(master), evidence.About{Office: "xujing", CaseID: "c1", RegisterNo: "2026-000001", MadeAt: time.Now()})
	require.NoError(t, w.Add("index.html", []byte("案卷")))
	_, err = w.Close()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))

	public, err := run(t, nil, "zhiqing", "evidence", "key", "--key-file", keyFile)
	require.NoError(t, err)
	public = strings.TrimSpace(public)
	out, err := run(t, nil, "zhiqing", "evidence", "verify", file, "--key", public)
	require.NoError(t, err)
	require.Contains(t, out, "is whole: case c1 2026-000001 of xujing")
	out, err = run(t, nil, "zhiqing", "evidence", "verify", file)
	require.NoError(t, err)
	require.Contains(t, out, public)

	other, err := secret.LoadOrCreate(filepath.Join(dir, "other.key"))
	require.NoError(t, err)
	_, err = run(t, nil, "zhiqing", "evidence", "verify", file, "--key", evidence.PublicKey(other))
	require.ErrorContains(t, err, "another key")
	require.NoError(t, os.WriteFile(file, bytes.Replace(b.Bytes(), []byte("index.html"), []byte("outdex.htm"), 2), 0o600))
	_, err = run(t, nil, "zhiqing", "evidence", "verify", file, "--key", public)
	require.ErrorContains(t, err, "not those of the manifest")
}
