package sealed

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	sio "github.com/secure-io/sio-go"
)

// SaltSize is the length in bytes of what makes the key of one content.
const SaltSize = 32

// A sealed content is "zqb1.", the letter of its algorithm, the version of its key (four
// bytes, big endian), a salt, and the stream: pieces of 16 KiB, each sealed with its
// number, so that none can be changed, moved or left away.
const (
	streamMark = "zqb1."
	streamHead = len(streamMark) + 1 + 4 + SaltSize
)

// SealStream seals a content that is too large for one value. Every content has a key of
// its own, which follows from the office's data key and the salt: the salt is random, or
// follows from the content (Salt).
func (r *Ring) SealStream(ctx context.Context, office string, salt [SaltSize]byte, src io.Reader) (io.Reader, error) {
	head := make([]byte, 0, streamHead)
	version := r.keys.Newest()
	head = append(append(head, streamMark...), letters[r.with]...)
	head = append(binary.BigEndian.AppendUint32(head, uint32(version)), salt[:]...) //nolint:gosec // counted from 1
	stream, err := r.stream(ctx, held{office, version, r.with}, salt[:])
	if err != nil {
		return nil, err
	}
	sealing := stream.EncryptReader(src, make([]byte, stream.NonceSize()), bound(string(head), office, ""))
	return io.MultiReader(bytes.NewReader(head), sealing), nil
}

// OpenStream opens a content that SealStream sealed for the office. One that never was
// sealed comes back as it is. Reading ends with ErrKey when any part is not what was
// sealed; what was read before that was.
func (r *Ring) OpenStream(ctx context.Context, office string, src io.Reader) (io.Reader, error) {
	head := make([]byte, streamHead)
	n, err := io.ReadFull(src, head)
	head = head[:n]
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return bytes.NewReader(head), nil // too short to be sealed
	case err != nil:
		return nil, err //nolint:wrapcheck // the reader's own
	}
	rest, ok := bytes.CutPrefix(head, []byte(streamMark))
	with, known := algorithmOf(string(rest[:1]))
	version := binary.BigEndian.Uint32(rest[1:5])
	if !ok || !known || version == 0 || version > 1<<30 {
		return io.MultiReader(bytes.NewReader(head), src), nil
	}
	stream, err := r.stream(ctx, held{office, int(version), with}, rest[5:])
	if err != nil {
		return nil, err
	}
	return &opening{stream.DecryptReader(src, make([]byte, stream.NonceSize()), bound(string(head), office, ""))}, nil
}

// Salt follows from the digest of a content: the same content of an office is sealed in
// the same way while the key is the same, so that it is kept once.
func (r *Ring) Salt(office, digest string) (salt [SaltSize]byte) {
	return r.digest.Derive("content-salt/" + office + "/" + digest)
}

func (r *Ring) stream(ctx context.Context, h held, salt []byte) (*sio.Stream, error) {
	key, err := r.keys.DataKey(ctx, h.office, h.version)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	content, err := hkdf.Key(sha256.New, key[:], salt, "zhiqing/content", len(key))
	if err != nil {
		return nil, fmt.Errorf("content key: %w", err)
	}
	aead, err := newAEAD(h.with, [32]byte(content))
	if err != nil {
		return nil, err
	}
	return sio.NewStream(aead, sio.BufSize), nil
}

// opening tells a broken seal as this package does.
type opening struct{ r io.Reader }

// Read implements io.Reader.
func (o *opening) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	if errors.Is(err, sio.NotAuthentic) {
		err = fmt.Errorf("%w: content", ErrKey)
	}
	return n, err
}

func algorithmOf(letter string) (Algorithm, bool) {
	for a, l := range letters {
		if l == letter {
			return a, true
		}
	}
	return "", false
}
