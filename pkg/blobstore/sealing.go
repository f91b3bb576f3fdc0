package blobstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"zhiqing.dev/pkg/sealed"
)

// WithRing returns the store with a ring of keys: contents are sealed with the office's
// data key before they reach the engine. What was put before is handed out as it is.
func WithRing(s Store, ring *sealed.Ring) Store { return &ringed{Store: s, ring: ring} }

type ringed struct {
	Store
	ring *sealed.Ring
}

// Put implements Store. A reader that can go back is read twice: the same content is
// then sealed in the same way, and kept once.
func (s *ringed) Put(ctx context.Context, office string, r io.Reader) (Blob, error) {
	if err := CheckOffice(office); err != nil {
		return Blob{}, err
	}
	salt, err := s.salt(ctx, office, r)
	if err != nil {
		return Blob{}, err
	}
	plain := NewMeter(r)
	sealing, err := s.ring.SealStream(ctx, office, salt, plain)
	if err != nil {
		return Blob{}, fmt.Errorf("seal blob: %w", err)
	}
	kept, err := s.Store.Put(ctx, office, sealing)
	if err != nil {
		return Blob{}, err
	}
	b := plain.Blob()
	b.ID = kept.ID
	return b, nil
}

func (s *ringed) salt(ctx context.Context, office string, r io.Reader) (salt [sealed.SaltSize]byte, err error) {
	seeker, ok := r.(io.ReadSeeker)
	if !ok {
		if _, err := rand.Read(salt[:]); err != nil {
			return salt, fmt.Errorf("salt: %w", err)
		}
		return salt, nil
	}
	from, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return salt, err
	}
	meter := NewMeter(&source{ctx: ctx, r: seeker})
	if _, err := io.Copy(io.Discard, meter); err != nil {
		var read *readError
		if errors.As(err, &read) {
			err = read.err
		}
		return salt, err
	}
	if _, err := seeker.Seek(from, io.SeekStart); err != nil {
		return salt, err
	}
	return s.ring.Salt(office, meter.Blob().SHA256), nil
}

// Open implements Store.
func (s *ringed) Open(ctx context.Context, office, id string) (io.ReadCloser, error) {
	kept, err := s.Store.Open(ctx, office, id)
	if err != nil {
		return nil, err
	}
	plain, err := s.ring.OpenStream(ctx, office, kept)
	if err != nil {
		return nil, errors.Join(damaged(err), kept.Close())
	}
	return &opened{plain, kept}, nil
}

// opened reads a sealed content.
type opened struct {
	plain io.Reader
	kept  io.Closer
}

// Read implements io.Reader.
func (o *opened) Read(p []byte) (int, error) {
	n, err := o.plain.Read(p)
	return n, damaged(err)
}

// Close implements io.Closer.
func (o *opened) Close() error { return o.kept.Close() } //nolint:wrapcheck // the engine's own

// damaged tells a seal that does not open as the engines tell damage.
func damaged(err error) error {
	if errors.Is(err, sealed.ErrKey) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
