// Package blobstoretest is the suite that every blob engine passes.
package blobstoretest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/blobstore"
)

// Harness is one engine under test.
type Harness struct {
	// Open opens the same store again and again.
	Open func(context.Context) (blobstore.Store, error)
	// Damage changes one byte of the kept content; it cuts the end off when cut is
	// set.
	Damage func(t *testing.T, office, id string, cut bool)
	// Kept counts the contents, and the unfinished ones, that the store holds.
	Kept func(t *testing.T) (whole, unfinished int)
}

var errSource = errors.New("the sender went away")

// Run runs the suite; fresh makes an empty store.
func Run(t *testing.T, fresh func(*testing.T) Harness) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Harness){
		"what is put is read back":        roundTrip,
		"the same content is kept once":   once,
		"offices are apart":               offices,
		"a broken sender leaves nothing":  brokenSender,
		"damage is noticed":               damage,
		"names lead nowhere else":         names,
		"many at once":                    concurrent,
		"a put survives the engine's end": reopened,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

func open(t *testing.T, h Harness) blobstore.Store {
	t.Helper()
	s, err := h.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func content(size int) []byte {
	b := make([]byte, size)
	r := rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(size >> 16)})
	_, _ = r.Read(b) // never fails
	return b
}

func get(t *testing.T, s blobstore.Store, office, id string) ([]byte, error) {
	t.Helper()
	r, err := s.Open(t.Context(), office, id)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	require.NoError(t, r.Close())
	return b, err
}

func roundTrip(t *testing.T, h Harness) {
	s := open(t, h)
	for _, size := range []int{0, 1, 32 << 10, 32<<10 + 1, 255 << 10, 1 << 20, 3<<20 + 17} {
		want := content(size)
		b, err := s.Put(t.Context(), "xujing", iotest.HalfReader(bytes.NewReader(want)))
		require.NoError(t, err)
		sum := sha256.Sum256(want)
		require.Equal(t, hex.EncodeToString(sum[:]), b.SHA256)
		require.Equal(t, int64(size), b.Size)
		require.True(t, blobstore.IsID(b.ID))
		got, err := get(t, s, "xujing", b.ID)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), "%d bytes", size)
	}
	_, err := get(t, s, "xujing", strings.Repeat("0", 64))
	require.ErrorIs(t, err, blobstore.ErrNotFound)
}

func once(t *testing.T, h Harness) {
	s := open(t, h)
	a, err := s.Put(t.Context(), "xujing", bytes.NewReader(content(600_000)))
	require.NoError(t, err)
	b, err := s.Put(t.Context(), "xujing", bytes.NewReader(content(600_000)))
	require.NoError(t, err)
	require.Equal(t, a, b)
	whole, unfinished := h.Kept(t)
	require.Equal(t, 1, whole)
	require.Zero(t, unfinished)
}

func offices(t *testing.T, h Harness) {
	s := open(t, h)
	b, err := s.Put(t.Context(), "xujing", strings.NewReader("of one office"))
	require.NoError(t, err)
	_, err = get(t, s, "zhonggu", b.ID)
	require.ErrorIs(t, err, blobstore.ErrNotFound)
	b, err = s.Put(t.Context(), "zhonggu", strings.NewReader("of one office"))
	require.NoError(t, err)
	got, err := get(t, s, "zhonggu", b.ID)
	require.NoError(t, err)
	require.Equal(t, "of one office", string(got))
}

func brokenSender(t *testing.T, h Harness) {
	s := open(t, h)
	for _, sent := range []int{0, 100, 2 << 20} {
		r := io.MultiReader(bytes.NewReader(content(sent)), iotest.ErrReader(errSource))
		_, err := s.Put(t.Context(), "xujing", r)
		require.ErrorIs(t, err, errSource)
		require.NotErrorIs(t, err, blobstore.ErrUnavailable)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Put(ctx, "xujing", strings.NewReader("nobody waits"))
	require.ErrorIs(t, err, context.Canceled)
	whole, unfinished := h.Kept(t)
	require.Zero(t, whole)
	require.Zero(t, unfinished)
}

func damage(t *testing.T, h Harness) {
	s := open(t, h)
	for i, cut := range []bool{false, true} {
		want := content(700_000 + i)
		b, err := s.Put(t.Context(), "xujing", bytes.NewReader(want))
		require.NoError(t, err)
		h.Damage(t, "xujing", b.ID, cut)
		got, err := get(t, s, "xujing", b.ID)
		require.ErrorIs(t, err, blobstore.ErrDamaged)
		require.Less(t, len(got), len(want), "the end is withheld")
	}
}

func names(t *testing.T, h Harness) {
	s := open(t, h)
	for _, office := range []string{"", ".", "..", "../x", "a/b", "A", "a\x00", strings.Repeat("a", 65)} {
		_, err := s.Put(t.Context(), office, strings.NewReader("x"))
		require.ErrorIs(t, err, blobstore.ErrBadOffice, "%q", office)
		_, err = s.Open(t.Context(), office, strings.Repeat("0", 64))
		require.ErrorIs(t, err, blobstore.ErrBadOffice, "%q", office)
	}
	for _, id := range []string{"", "..", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("0", 63)} {
		_, err := s.Open(t.Context(), "xujing", id)
		require.ErrorIs(t, err, blobstore.ErrNotFound, "%q", id)
	}
}

func concurrent(t *testing.T, h Harness) {
	s := open(t, h)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			want := content(300_000 + i%4)
			b, err := s.Put(t.Context(), "xujing", bytes.NewReader(want))
			if err != nil {
				t.Errorf("put: %v", err)
				return
			}
			got, err := get(t, s, "xujing", b.ID)
			if err != nil || !bytes.Equal(want, got) {
				t.Errorf("read back: %v", err)
			}
		})
	}
	wg.Wait()
	whole, unfinished := h.Kept(t)
	require.Equal(t, 4, whole)
	require.Zero(t, unfinished)
}

func reopened(t *testing.T, h Harness) {
	s, err := h.Open(t.Context())
	require.NoError(t, err)
	b, err := s.Put(t.Context(), "xujing", strings.NewReader("kept"))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	got, err := get(t, open(t, h), "xujing", b.ID)
	require.NoError(t, err)
	require.Equal(t, "kept", string(got))
}
