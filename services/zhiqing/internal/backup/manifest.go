package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zhiqing.dev/pkg/secret"
)

// Layout is the version of the folder's form.
const Layout = 1

const manifestName = "manifest.json"

// Manifest lists what a backup consists of.
type Manifest struct {
	Layout int `json:"layout"`
	// TakenAt is the instant of the documents, to the second.
	TakenAt time.Time `json:"taken_at"`
	Version string    `json:"version"` // of the program
	// Key recognises the master key that the data needs; it does not disclose it.
	Key      string   `json:"key_fingerprint"`
	Services []string `json:"services"`
	Files    []File   `json:"files"`
}

// File is one file of a backup.
type File struct {
	Path   string `json:"path"` // with forward slashes, from the backup's folder
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Bytes is the size of all files.
func (m Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Bytes
	}
	return sum
}

// fingerprint is the same for the same key and tells nothing else about it.
func fingerprint(m secret.Master) string { return m.Digest("backup-fingerprint", "master key") }

// Read returns the manifest of a backup.
func Read(dir string) (Manifest, error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName)) //nolint:gosec // the operator names the folder
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("%s is not a finished backup: it has no %s", dir, manifestName)
	}
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", manifestName, err)
	}
	if m.Layout != Layout {
		return Manifest{}, fmt.Errorf("the backup has layout %d, this program knows %d", m.Layout, Layout)
	}
	for _, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return Manifest{}, fmt.Errorf("%s names %q, which is outside the backup", manifestName, f.Path)
		}
	}
	return m, nil
}

// Verify reads every file of a backup: all are there, none was changed, none was
// added.
func Verify(ctx context.Context, dir string) (Manifest, error) {
	m, err := Read(dir)
	if err != nil {
		return Manifest{}, err
	}
	found, err := list(ctx, dir)
	if err != nil {
		return Manifest{}, err
	}
	var wrong []error
	for _, f := range m.Files {
		i := slices.IndexFunc(found, func(g File) bool { return g.Path == f.Path })
		switch {
		case i < 0:
			wrong = append(wrong, fmt.Errorf("%s is missing", f.Path))
		case found[i] != f:
			wrong = append(wrong, fmt.Errorf("%s was changed", f.Path))
		}
		if i >= 0 {
			found = slices.Delete(found, i, i+1)
		}
	}
	for _, f := range found {
		wrong = append(wrong, fmt.Errorf("%s is not of this backup", f.Path))
	}
	return m, errors.Join(wrong...)
}

// list digests every file below dir but the manifest.
func list(ctx context.Context, dir string) (files []File, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == manifestName {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not a plain file", path)
		}
		f, err := digest(path)
		f.Path = filepath.ToSlash(rel)
		files = append(files, f)
		return err
	})
	return files, err
}

func digest(path string) (File, error) {
	in, err := os.Open(path) //nolint:gosec // below the folder that the operator names
	if err != nil {
		return File{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, in)
	return File{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, errors.Join(err, in.Close())
}

// write puts the manifest beside the files, durably and last.
func (m Manifest) write(dir string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, manifestName), strings.NewReader(string(raw)+"\n"))
}
