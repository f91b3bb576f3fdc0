package blobstore_test

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/blobstore/blobstoretest"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
)

func TestFolder(t *testing.T) {
	t.Parallel()
	blobstoretest.Run(t, func(t *testing.T) blobstoretest.Harness { return folder(t, nil) })
}

// What is sealed keeps every promise of the port.
func TestWithRing(t *testing.T) {
	t.Parallel()
	master, err := secret.FromBase64("emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U=")
	require.NoError(t, err)
	for _, with := range []sealed.Algorithm{sealed.AES256GCM, sealed.SM4GCM} {
		ring := sealed.NewRing(sealed.Derived{Master: master}, master, with)
		t.Run(string(with), func(t *testing.T) {
			t.Parallel()
			blobstoretest.Run(t, func(t *testing.T) blobstoretest.Harness { return folder(t, ring) })
		})
	}
	t.Run("what was kept before stays readable", func(t *testing.T) {
		t.Parallel()
		plain, err := blobstore.OpenFolder(t.TempDir())
		require.NoError(t, err)
		before, err := plain.Put(t.Context(), "xujing", strings.NewReader(text))
		require.NoError(t, err)
		s := blobstore.WithRing(plain, sealed.NewRing(sealed.Derived{Master: master}, master, ""))
		for _, put := range []io.Reader{strings.NewReader(text), io.LimitReader(strings.NewReader(text), 1<<20)} {
			b, err := s.Put(t.Context(), "xujing", put)
			require.NoError(t, err)
			require.Equal(t, before.SHA256, b.SHA256)
			require.NotEqual(t, before.ID, b.ID)
			for _, id := range []string{before.ID, b.ID} {
				r, err := s.Open(t.Context(), "xujing", id)
				require.NoError(t, err)
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.Equal(t, text, string(got))
				require.NoError(t, r.Close())
			}
			kept, err := plain.Open(t.Context(), "xujing", b.ID)
			require.NoError(t, err)
			got, err := io.ReadAll(kept)
			require.NoError(t, err)
			require.NotContains(t, string(got), text)
			require.NoError(t, kept.Close())
		}
	})
}

const text = "身份证复印件 110101199003077715 云栖路八百八十八号"

// folder is the engine of one machine, with a ring or without.
func folder(t *testing.T, ring *sealed.Ring) blobstoretest.Harness {
	root := filepath.Join(t.TempDir(), "blobs")
	return blobstoretest.Harness{
		Open: func(context.Context) (blobstore.Store, error) {
			s, err := blobstore.OpenFolder(root)
			if err != nil || ring == nil {
				return s, err
			}
			return blobstore.WithRing(s, ring), nil
		},
		Damage: func(t *testing.T, office, id string, cut bool) {
			t.Helper()
			name := filepath.Join(root, office, id[:2], id)
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			b[len(b)/2] ^= 1
			if cut {
				b = b[:len(b)-1]
			}
			require.NoError(t, os.WriteFile(name, b, 0o600))
		},
		Kept: func(t *testing.T) (whole, unfinished int) {
			t.Helper()
			require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
				switch {
				case err != nil || d.IsDir():
				case strings.Contains(name, ".incoming"):
					unfinished++
				default:
					whole++
					info, ierr := d.Info()
					require.NoError(t, ierr)
					require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
				}
				return err
			}))
			return whole, unfinished
		},
	}
}

// What a killed process had begun to write goes with a later start; what is being
// written stays.
func TestFolder_clearsWhatWasNeverFinished(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	left, fresh := filepath.Join(root, ".incoming", "blob-1"), filepath.Join(root, ".incoming", "blob-2")
	require.NoError(t, os.MkdirAll(filepath.Dir(left), 0o700))
	for _, name := range []string{left, fresh} {
		require.NoError(t, os.WriteFile(name, []byte("half"), 0o600))
	}
	info, err := os.Stat(left)
	require.NoError(t, err)
	before := info.ModTime().Add(-25 * time.Hour)
	require.NoError(t, os.Chtimes(left, before, before))
	_, err = blobstore.OpenFolder(root)
	require.NoError(t, err)
	require.NoFileExists(t, left)
	require.FileExists(t, fresh)
}
