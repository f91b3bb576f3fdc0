package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
)

const (
	documents = "documents" // <service>.db
	files     = "blobs"     // <service>/<office>/…
)

// Source is a data folder and what is to be known about it.
type Source struct {
	Data     string
	Services []string
	Master   secret.Master
	Version  string
	Clock    wallclock.Clock
	// Progress is told what is done, in words for the operator.
	Progress func(format string, args ...any)
}

// Take copies the data folder into a new folder, also while a process serves it.
// The files are copied after the documents: a document never refers to a file that is
// not on disk yet, and files are never changed.
func Take(ctx context.Context, s Source, to string) (_ Manifest, err error) {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, errors.Join(err, fmt.Errorf("%s exists already", to))
	}
	partial := to + ".partial"
	if err := os.MkdirAll(filepath.Dir(partial), 0o700); err != nil {
		return Manifest{}, err
	}
	if err := os.Mkdir(partial, 0o700); err != nil {
		return Manifest{}, fmt.Errorf("a backup into %s is under way or was cut off: %w", to, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(partial))
		}
	}()
	m := Manifest{
		Layout: Layout, TakenAt: s.Clock.Now().UTC().Truncate(second), Version: s.Version,
		Key: fingerprint(s.Master), Services: s.Services,
	}
	if err := s.copyDocuments(ctx, partial); err != nil {
		return Manifest{}, err
	}
	for _, name := range s.Services {
		err := copyFolder(ctx, filepath.Join(s.Data, files, name), filepath.Join(partial, files, name), finished)
		if err != nil {
			return Manifest{}, fmt.Errorf("files of %s: %w", name, err)
		}
	}
	s.Progress("files copied; computing digests")
	if m.Files, err = list(ctx, partial); err != nil {
		return Manifest{}, err
	}
	if err := m.write(partial); err != nil {
		return Manifest{}, err
	}
	return m, finish(partial, to)
}

// finished leaves out contents that are still being uploaded.
func finished(rel string) bool { return !strings.HasPrefix(rel, ".incoming") }

func (s Source) copyDocuments(ctx context.Context, partial string) error {
	dir := filepath.Join(partial, documents)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	copies := make([]sqlitestore.Copy, 0, len(s.Services))
	for _, name := range s.Services {
		copies = append(copies, sqlitestore.Copy{
			From: filepath.Join(s.Data, name+".db"), To: filepath.Join(dir, name+".db"),
		})
	}
	s.Progress("copying the documents of %s", strings.Join(s.Services, ", "))
	return sqlitestore.Snapshot(ctx, copies)
}
