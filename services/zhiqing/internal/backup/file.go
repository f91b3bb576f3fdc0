package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile makes a new file that is on disk when it returns.
func writeFile(path string, r io.Reader) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // below the folder that the operator names
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close(), syncFolder(filepath.Dir(path)))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // as above
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func copyFile(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // as above
	if err != nil {
		return err
	}
	return errors.Join(writeFile(to, in), in.Close())
}

// copyFolder copies the files below from for which want answers true. A folder that
// is not there holds nothing.
func copyFolder(ctx context.Context, from, to string, want func(rel string) bool) error {
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil || !want(rel) {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		return copyFile(path, filepath.Join(to, rel))
	})
	if errors.Is(err, fs.ErrNotExist) {
		if _, serr := os.Stat(from); errors.Is(serr, fs.ErrNotExist) {
			return nil
		}
	}
	return err
}

// finish gives a folder its final name once everything in it is on disk, so that a
// backup that was cut off is never taken for a whole one.
func finish(partial, to string) error {
	if err := os.Rename(partial, to); err != nil {
		return fmt.Errorf("finish %s: %w", to, err)
	}
	return syncFolder(filepath.Dir(to))
}
