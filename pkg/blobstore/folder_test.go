package blobstore_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/blobstore/blobstoretest"
)

func TestFolder(t *testing.T) {
	t.Parallel()
	blobstoretest.Run(t, func(t *testing.T) blobstoretest.Harness {
		root := filepath.Join(t.TempDir(), "blobs")
		return blobstoretest.Harness{
			Open: func(context.Context) (blobstore.Store, error) { return blobstore.OpenFolder(root) },
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
	})
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
