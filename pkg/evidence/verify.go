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
	"io"
	"strings"
)

// Limits of what is read before the signature was checked.
const (
	maxManifest  = 4 << 20
	maxSignature = 1 << 10
)

// What can be wrong with a bundle.
var (
	// ErrUnreadable: it is no archive, or lacks its manifest or signature.
	ErrUnreadable = errors.New("this is no evidence bundle")
	// ErrSignature: the manifest is not what was signed.
	ErrSignature = errors.New("the signature does not fit the manifest")
	// ErrOtherKey: it was signed with another key than the one expected.
	ErrOtherKey = errors.New("the bundle was signed with another key")
	// ErrContent: a file was changed, taken out or added.
	ErrContent = errors.New("the files are not those of the manifest")
)

// Verify reads a whole bundle. key is the office's public key as it is known from
// elsewhere; nil trusts the one in the bundle, which shows only that nothing was changed
// since somebody signed it. Every fault is told: the error joins them.
func Verify(r io.ReaderAt, size int64, key ed25519.PublicKey) (Manifest, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	m, err := manifestOf(z, key)
	if err != nil {
		return m, err
	}
	want := make(map[string]File, len(m.Files))
	for _, f := range m.Files {
		want[f.Path] = f
	}
	var wrong []error
	seen := map[string]bool{}
	for _, f := range z.File {
		if f.Name == ManifestName || f.Name == SignatureName {
			if seen[f.Name] {
				wrong = append(wrong, fmt.Errorf("%w: %s is there twice", ErrContent, f.Name))
			}
			seen[f.Name] = true
			continue
		}
		w, known := want[f.Name]
		switch {
		case !known:
			wrong = append(wrong, fmt.Errorf("%w: %q was added", ErrContent, f.Name))
		case seen[f.Name]:
			wrong = append(wrong, fmt.Errorf("%w: %s is there twice", ErrContent, f.Name))
		case !holds(f, w):
			wrong = append(wrong, fmt.Errorf("%w: %s was changed", ErrContent, f.Name))
		}
		seen[f.Name] = true
	}
	for _, f := range m.Files {
		if !seen[f.Path] {
			wrong = append(wrong, fmt.Errorf("%w: %s is missing", ErrContent, f.Path))
		}
	}
	return m, errors.Join(wrong...)
}

func manifestOf(z *zip.Reader, key ed25519.PublicKey) (m Manifest, err error) {
	raw, err := small(z, ManifestName, maxManifest)
	if err != nil {
		return m, err
	}
	sig, err := small(z, SignatureName, maxSignature)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%w: %s: %w", ErrUnreadable, ManifestName, err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("%w: it has form %d, this program knows %d", ErrUnreadable, m.Format, Format)
	}
	own, err := base64.StdEncoding.DecodeString(m.PublicKey)
	if err != nil || len(own) != ed25519.PublicKeySize {
		return m, fmt.Errorf("%w: its key is none", ErrUnreadable)
	}
	if key == nil {
		key = own
	} else if !key.Equal(ed25519.PublicKey(own)) {
		return m, ErrOtherKey
	}
	s, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(sig)))
	if err != nil || !ed25519.Verify(key, signed(raw), s) {
		return m, ErrSignature
	}
	return m, nil
}

func small(z *zip.Reader, name string, most int64) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrUnreadable, name, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(err, f.Close()); err != nil || int64(len(b)) > most {
		return nil, fmt.Errorf("%w: %s cannot be read: %w", ErrUnreadable, name, err)
	}
	return b, nil
}

// holds reports whether a file is what the manifest says. It never reads more than that.
func holds(f *zip.File, want File) bool {
	in, err := f.Open()
	if err != nil {
		return false
	}
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(in, want.Bytes+1))
	err = errors.Join(err, in.Close())
	return err == nil && n == want.Bytes && hex.EncodeToString(h.Sum(nil)) == want.SHA256
}
