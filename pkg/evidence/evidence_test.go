package evidence_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/evidence"
)

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func publicKey() ed25519.PublicKey { return ed25519.PublicKey(key[ed25519.SeedSize:]) }

func sample(t testing.TB, k ed25519.PrivateKey) []byte {
	t.Helper()
	var b bytes.Buffer
	w := evidence.NewWriter(&b, k, evidence.About{Office: "xujing", CaseID: "c1", RegisterNo: "2026-000001", MadeAt: time.Unix(1_790_000_000, 5), MadeBy: "s1"})
	require.NoError(t, w.Add("index.html", []byte("案件")))
	to, err := w.Create("attachments/1-合同.pdf", true)
	require.NoError(t, err)
	_, err = to.Write([]byte("%PDF-1.7"))
	require.NoError(t, err)
	m, err := w.Close()
	require.NoError(t, err)
	require.Len(t, m.Files, 2)
	return b.Bytes()
}

func verify(b []byte, k ed25519.PublicKey) error {
	_, err := evidence.Verify(bytes.NewReader(b), int64(len(b)), k)
	return err
}

// rewrite makes the archive again with its files changed.
func rewrite(t *testing.T, b []byte, change func(name string, content []byte) (string, []byte), more ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name string, content []byte) {
		to, err := w.Create(name)
		require.NoError(t, err)
		_, err = to.Write(content)
		require.NoError(t, err)
	}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(in)
		require.NoError(t, err)
		if name, content := change(f.Name, content); name != "" {
			add(name, content)
		}
	}
	for _, name := range more {
		add(name, []byte("more"))
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestABundleShowsEveryChange(t *testing.T) {
	t.Parallel()
	b := sample(t, key)
	require.NoError(t, verify(b, publicKey()))
	require.NoError(t, verify(b, nil))
	same := func(name string, content []byte) (string, []byte) { return name, content }
	require.NoError(t, verify(rewrite(t, b, same), publicKey()), "packed again, the same content")

	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
	require.ErrorIs(t, verify(sample(t, other), publicKey()), evidence.ErrOtherKey)
	for name, c := range map[string]struct {
		archive []byte
		want    error
	}{
		"a changed file": {rewrite(t, b, func(n string, c []byte) (string, []byte) {
			if n == "index.html" {
				c = append(c, ' ')
			}
			return n, c
		}), evidence.ErrContent},
		"a file taken out": {rewrite(t, b, func(n string, c []byte) (string, []byte) {
			if n == "index.html" {
				n = ""
			}
			return n, c
		}), evidence.ErrContent},
		"a file added":       {rewrite(t, b, same, "letters/x.html"), evidence.ErrContent},
		"a file twice":       {rewrite(t, b, same, "index.html"), evidence.ErrContent},
		"the manifest twice": {rewrite(t, b, same, evidence.ManifestName), evidence.ErrContent},
		"a changed manifest": {rewrite(t, b, func(n string, c []byte) (string, []byte) {
			if n == evidence.ManifestName {
				c = bytes.Replace(c, []byte("2026-000001"), []byte("2026-000002"), 1)
			}
			return n, c
		}), evidence.ErrSignature},
		"no manifest": {rewrite(t, b, func(n string, c []byte) (string, []byte) {
			if n == evidence.ManifestName {
				n = ""
			}
			return n, c
		}), evidence.ErrUnreadable},
		"no archive": {[]byte("PK"), evidence.ErrUnreadable},
	} {
		require.ErrorIs(t, verify(c.archive, publicKey()), c.want, name)
	}
}

func TestNamesThatLeadOutOfABundleAreRefused(t *testing.T) {
	t.Parallel()
	w := evidence.NewWriter(io.Discard, key, evidence.About{})
	require.NoError(t, w.Add("a", nil))
	for _, name := range []string{"", ".", "../a", "/a", "a/../b", "a", evidence.ManifestName, evidence.SignatureName} {
		require.Error(t, w.Add(name, nil), name)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(sample(f, key))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := evidence.Verify(bytes.NewReader(b), int64(len(b)), publicKey())
		if err == nil && (m.CaseID != "c1" || len(m.Files) != 2) {
			t.Fatalf("%v passes as a bundle of this key", m)
		}
	})
}
