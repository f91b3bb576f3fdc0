package evidence

import (
	"archive/zip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// Writer writes a bundle, file after file. It is not safe for concurrent use.
type Writer struct {
	zip      *zip.Writer
	key      ed25519.PrivateKey
	manifest Manifest
	seen     map[string]bool
	open     *part
}

// part is the file that is being written.
type part struct {
	path string
	to   io.Writer
	sum  hash.Hash
	n    int64
}

func (p *part) Write(b []byte) (int, error) {
	n, err := p.to.Write(b)
	_, _ = p.sum.Write(b[:n]) // a hash never fails
	p.n += int64(n)
	return n, err
}

// NewWriter begins a bundle.
func NewWriter(w io.Writer, key ed25519.PrivateKey, about About) *Writer {
	about.MadeAt = about.MadeAt.UTC().Truncate(1e9)
	return &Writer{
		zip: zip.NewWriter(w), key: key, seen: map[string]bool{},
		manifest: Manifest{Format: Format, About: about, PublicKey: public(key), Files: []File{}},
	}
}

// Create begins the next file and ends the one before. packed says that its content is
// compressed already.
func (w *Writer) Create(path string, packed bool) (io.Writer, error) {
	w.end()
	if !fs.ValidPath(path) || path == "." || path == ManifestName || path == SignatureName || w.seen[path] {
		return nil, fmt.Errorf("evidence: %q cannot be the name of a file here", path)
	}
	w.seen[path] = true
	h := &zip.FileHeader{Name: path, Method: zip.Deflate, Modified: w.manifest.MadeAt}
	if packed {
		h.Method = zip.Store
	}
	to, err := w.zip.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	w.open = &part{path: path, to: to, sum: sha256.New()}
	return w.open, nil
}

// Add writes a whole file.
func (w *Writer) Add(path string, content []byte) error {
	to, err := w.Create(path, false)
	if err == nil {
		_, err = to.Write(content)
	}
	return err
}

func (w *Writer) end() {
	if p := w.open; p != nil {
		w.manifest.Files = append(w.manifest.Files, File{Path: p.path, Bytes: p.n, SHA256: hex.EncodeToString(p.sum.Sum(nil))})
		w.open = nil
	}
}

// Close adds the manifest and its signature and ends the archive.
func (w *Writer) Close() (Manifest, error) {
	w.end()
	raw, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return Manifest{}, fmt.Errorf("encode manifest: %w", err)
	}
	put := func(name string, content []byte) error {
		to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.manifest.MadeAt})
		if err == nil {
			_, err = to.Write(content)
		}
		return err
	}
	signature := base64.StdEncoding.EncodeToString(ed25519.Sign(w.key, signed(raw)))
	err = errors.Join(put(ManifestName, raw), put(SignatureName, []byte(signature+"\n")))
	return w.manifest, errors.Join(err, w.zip.Close())
}
