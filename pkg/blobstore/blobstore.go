// Package blobstore is the port to what is kept beside the documents: the bytes of
// attachments. A blob is kept once, under the digest of its content, within its
// office, and never changes; a document refers to it by its ID.
//
// A blob is durable before Put returns, so the order is: put the blob, then write
// the document that refers to it. A process that dies in between leaves a blob that
// nobody refers to, which does no harm; never a document that refers to nothing.
//
// The ID is opaque to callers and need not be the digest of what they put: where
// contents are sealed (WithRing) it is the digest of what the engine was given.
package blobstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
)

// Errors that every engine returns the same way. Test with errors.Is.
var (
	// ErrNotFound: the office has no such blob.
	ErrNotFound = errors.New("blob not found")
	// ErrDamaged: what was read back is not what was put. Restore a backup.
	ErrDamaged = errors.New("stored blob is damaged")
	// ErrUnavailable: the engine cannot tell whether the blob was kept, or cannot
	// work at all. Put it again: the same content is kept once.
	ErrUnavailable = errors.New("blob storage is unavailable")
	// ErrBadOffice: not the id of an office, and no name for a folder.
	ErrBadOffice = errors.New("malformed office id")
)

// Blob is one content as kept.
type Blob struct {
	// ID is what Open takes. Equal contents of an office have equal IDs; where they are
	// sealed, those that were put with the same key by readers that can go back.
	ID string
	// SHA256 is the digest of the content that was put, in lower hex.
	SHA256 string
	Size   int64 // bytes
}

// Store keeps blobs. All methods are safe for concurrent use.
type Store interface {
	// Put reads r to its end and keeps what it read for the office. An error of r is
	// returned as it is, and nothing is kept. The blob is on disk when Put returns.
	// ErrBadOffice, ErrUnavailable.
	Put(ctx context.Context, office string, r io.Reader) (Blob, error)
	// Open reads a blob of the office. The last bytes are handed out only after the
	// whole content was found to be what was put; otherwise the read ends with
	// ErrDamaged. ErrNotFound, ErrUnavailable.
	Open(ctx context.Context, office, id string) (io.ReadCloser, error)
	// Close releases the engine.
	Close() error
}

var officePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// CheckOffice refuses what could lead out of an office's part of the store.
func CheckOffice(office string) error {
	if !officePattern.MatchString(office) {
		return fmt.Errorf("%w: %q", ErrBadOffice, office)
	}
	return nil
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// IsID reports whether an ID has the form that engines give: a SHA-256 in lower
// hex.
func IsID(id string) bool { return idPattern.MatchString(id) }

// Meter counts and digests what passes through it.
type Meter struct {
	r    io.Reader
	sum  hash.Hash
	size int64
}

// NewMeter measures what is read from r.
func NewMeter(r io.Reader) *Meter { return &Meter{r: r, sum: sha256.New()} }

// Read implements io.Reader.
func (m *Meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.sum.Write(p[:n])
	m.size += int64(n)
	return n, err //nolint:wrapcheck // a reader hands io.EOF on as it is
}

// Blob is what has passed so far, under its digest.
func (m *Meter) Blob() Blob {
	d := hex.EncodeToString(m.sum.Sum(nil))
	return Blob{ID: d, SHA256: d, Size: m.size}
}

// heldBack is how much of a blob is kept back until its digest is known.
const heldBack = 32 << 10

// verified reads a content and withholds its end until the digest agrees.
type verified struct {
	inner io.ReadCloser
	meter *Meter
	want  string
	held  []byte // read and not handed out
	spare []byte
	end   error // how the inner reader ended; nil: not yet
}

// Verify makes reading fail with ErrDamaged, before the last bytes are handed out,
// unless the content has this digest.
func Verify(r io.ReadCloser, sha256hex string) io.ReadCloser {
	return &verified{inner: r, meter: NewMeter(r), want: sha256hex, spare: make([]byte, heldBack)}
}

// Read implements io.Reader.
func (v *verified) Read(p []byte) (int, error) {
	for v.end == nil && len(v.held) <= heldBack {
		n, err := v.meter.Read(v.spare)
		v.held = append(v.held, v.spare[:n]...)
		switch {
		case errors.Is(err, io.EOF) && v.meter.Blob().SHA256 == v.want:
			v.end = io.EOF
		case errors.Is(err, io.EOF):
			v.end, v.held = ErrDamaged, nil
		case err != nil:
			v.end, v.held = err, nil
		}
	}
	free := len(v.held)
	if v.end == nil {
		free -= heldBack
	}
	if free == 0 {
		return 0, v.end
	}
	n := copy(p, v.held[:free])
	v.held = append(v.held[:0], v.held[n:]...)
	return n, nil
}

// Close implements io.Closer.
func (v *verified) Close() error {
	if err := v.inner.Close(); err != nil {
		return fmt.Errorf("close blob: %w", err)
	}
	return nil
}
