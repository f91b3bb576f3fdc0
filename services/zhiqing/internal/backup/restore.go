package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/secret"
)

const second = time.Second

// restoring holds the parts until all of them are in place.
const restoring = ".restoring"

// ErrOtherKey says that a key is not the one that the data was written with.
var ErrOtherKey = errors.New("the backup was taken with another master key")

// Restore puts a backup into a data folder that holds no data yet. Nothing is written
// before the whole backup was read and found as it was taken; a restore that is cut
// off leaves a folder that the next attempt, and a server, refuse.
func Restore(ctx context.Context, from, data string, master secret.Master, progress func(format string, args ...any)) (Manifest, error) {
	if err := empty(data); err != nil {
		return Manifest{}, err
	}
	progress("reading the backup")
	m, err := Verify(ctx, from)
	if err != nil {
		return Manifest{}, err
	}
	if m.Key != fingerprint(master) {
		return Manifest{}, ErrOtherKey
	}
	partial := filepath.Join(data, restoring)
	if err := os.MkdirAll(partial, 0o700); err != nil {
		return Manifest{}, err
	}
	progress("copying %d files, %d MB", len(m.Files), m.Bytes()>>20)
	err = copyFolder(ctx, from, partial, func(rel string) bool { return rel != manifestName })
	if err != nil {
		return Manifest{}, err
	}
	for _, name := range m.Services {
		if err := sqlitestore.Check(ctx, filepath.Join(partial, documents, name+".db")); err != nil {
			return Manifest{}, err
		}
	}
	return m, place(partial, data, m.Services)
}

// place moves the parts to where a server looks for them, the documents last: a
// server that finds documents finds everything.
func place(partial, data string, services []string) error {
	blobs := filepath.Join(partial, files)
	if err := os.Rename(blobs, filepath.Join(data, files)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, name := range services {
		if err := os.Rename(filepath.Join(partial, documents, name+".db"), filepath.Join(data, name+".db")); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(partial), syncFolder(data))
}

// empty refuses a folder with data: a restore never overwrites.
func empty(data string) error {
	entries, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != "master.key" {
			return fmt.Errorf("the data folder %s already holds %s; name a new one", data, e.Name())
		}
	}
	return nil
}

// Unfinished refuses a data folder whose restore was cut off.
func Unfinished(data string) error {
	if _, err := os.Stat(filepath.Join(data, restoring)); err == nil {
		return fmt.Errorf("the restore into %s was cut off: remove the folder and restore again", data)
	}
	return nil
}
