package blobstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhiqing.dev/pkg/wallclock"
)

// Folder keeps blobs as files: <root>/<office>/<first two digits>/<digest>. It is
// the engine of one machine.
type Folder struct{ root string }

var _ Store = (*Folder)(nil)

// incoming holds contents that are still being written.
const incoming = ".incoming"

// unfinishedFor is how old an unfinished content must be to be cleared away: far
// older than any upload that is still under way in another process.
const unfinishedFor = 24 * time.Hour

// OpenFolder uses the folder at root and makes it when it is not there. What a
// process that died had begun to write is cleared away after a day.
func OpenFolder(root string) (*Folder, error) {
	dir := filepath.Join(root, incoming)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	now := wallclock.System{}.Now() // the times of files are the machine's
	for _, e := range left {
		info, err := e.Info()
		if err == nil && now.Sub(info.ModTime()) > unfinishedFor {
			err = os.Remove(filepath.Join(dir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("clear unfinished blobs: %w", err)
		}
	}
	return &Folder{root: root}, nil
}

func (f *Folder) dir(office, id string) string { return filepath.Join(f.root, office, id[:2]) }

// Put implements Store. The content is written beside its place, synced, and
// renamed into it; then the folder that names it is synced.
func (f *Folder) Put(ctx context.Context, office string, r io.Reader) (_ Blob, err error) {
	if err := CheckOffice(office); err != nil {
		return Blob{}, err
	}
	file, err := os.CreateTemp(filepath.Join(f.root, incoming), "blob-*") // mode 0600
	if err != nil {
		return Blob{}, unavailable(err)
	}
	defer func() {
		if rerr := os.Remove(file.Name()); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}()
	meter := NewMeter(&source{ctx: ctx, r: r})
	_, err = io.Copy(file, meter)
	var read *readError
	switch {
	case errors.As(err, &read):
		return Blob{}, errors.Join(read.err, file.Close())
	case err != nil:
		return Blob{}, errors.Join(unavailable(err), file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return Blob{}, unavailable(err)
	}
	b := meter.Blob()
	if err := f.place(file.Name(), office, b.ID); err != nil {
		return Blob{}, unavailable(err)
	}
	return b, nil
}

// place renames a finished file to its place, also over a copy of the same content:
// a damaged one is mended so.
func (f *Folder) place(from, office, id string) error {
	dir := f.dir(office, id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Rename(from, filepath.Join(dir, id)); err != nil {
		return err
	}
	for _, d := range []string{dir, filepath.Dir(dir), f.root} {
		if err := syncFolder(d); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // a folder of ours
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, office, id string) (io.ReadCloser, error) {
	if err := CheckOffice(office); err != nil {
		return nil, err
	}
	if !IsID(id) {
		return nil, ErrNotFound
	}
	file, err := os.Open(filepath.Join(f.dir(office, id), id)) //nolint:gosec // both parts were checked
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNotFound
	case err != nil:
		return nil, unavailable(err)
	}
	return Verify(file, id), nil
}

// Close implements Store.
func (f *Folder) Close() error { return nil }

func unavailable(err error) error { return fmt.Errorf("%w: %w", ErrUnavailable, err) }

// source marks errors of the reader that a caller gave, and stops when the caller
// has gone.
type source struct {
	ctx context.Context //nolint:containedctx // a reader lives within one call
	r   io.Reader
}

type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, &readError{err}
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &readError{err}
	}
	return n, err
}
