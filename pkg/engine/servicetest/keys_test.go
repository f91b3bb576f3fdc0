package servicetest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/keyring"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
)

func masterOf(t testing.TB, text string) secret.Master {
	t.Helper()
	m, err := secret.FromBase64(text)
	require.NoError(t, err)
	return m
}

// otherKey is the key of another installation.
const otherKey = "emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2Y="

func storeIn(t testing.TB, path string) docstore.Store {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func keysOn(t testing.TB, store docstore.Store, master string, wrappers ...keyring.Wrapper) (*keyring.Keys, error) {
	t.Helper()
	return keyring.Open(t.Context(), keyring.Options{
		Service: "intake", Store: store, Clock: wallclock.System{}, Log: slog.New(slog.DiscardHandler), Master: masterOf(t, master), Wrappers: wrappers,
	})
}

// safe wraps in a place of its own, which can be away.
type safe struct {
	keyring.Wrapper
	name string
	away bool
}

func newSafe(t testing.TB, name, key string) *safe {
	return &safe{Wrapper: keyring.Master(masterOf(t, key)), name: name}
}

func (s *safe) Name() string { return s.name }

var errAway = errors.New("away")

func (s *safe) Unwrap(ctx context.Context, place, wrapped string) ([keyring.RootSize]byte, error) {
	if s.away {
		return [keyring.RootSize]byte{}, errAway
	}
	return s.Wrapper.Unwrap(ctx, place, wrapped)
}

func TestKeys_processesAgree(t *testing.T) {
	t.Parallel()
	store := storeIn(t, filepath.Join(t.TempDir(), "intake.db"))
	one, err := keysOn(t, store, servicetest.TestKey)
	require.NoError(t, err)
	two, err := keysOn(t, store, servicetest.TestKey)
	require.NoError(t, err)
	require.Equal(t, 1, one.Newest())
	derived, err := sealed.Derived{Master: masterOf(t, servicetest.TestKey)}.DataKey(t.Context(), "xujing", 1)
	require.NoError(t, err)
	first, err := one.DataKey(t.Context(), "xujing", 1)
	require.NoError(t, err)
	require.Equal(t, derived, first, "what was sealed before there were generations still opens")

	g, err := one.Rotate(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, g.Version)
	require.Equal(t, 1, two.Newest(), "the other has not looked yet")
	seen := map[[32]byte]bool{first: true}
	for _, office := range []string{"xujing", "zhonggu", ""} {
		a, err := one.DataKey(t.Context(), office, 2)
		require.NoError(t, err)
		b, err := two.DataKey(t.Context(), office, 2)
		require.NoError(t, err, "and opens what the first seals")
		require.Equal(t, a, b)
		require.False(t, seen[a], "every office has its own key")
		seen[a] = true
	}
	require.NoError(t, two.Refresh(t.Context()))
	require.Equal(t, 2, two.Newest())
	_, err = two.DataKey(t.Context(), "xujing", 3)
	require.ErrorIs(t, err, keyring.ErrUnknown)

	var both sync.WaitGroup
	for _, k := range []*keyring.Keys{one, two, one, two} {
		both.Go(func() {
			if _, err := k.Rotate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	list, err := one.Generations(t.Context())
	require.NoError(t, err)
	for i, g := range list {
		require.Equal(t, i+1, g.Version)
	}
}

func TestKeys_opensOnlyWithWhatWrapped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := storeIn(t, filepath.Join(dir, "intake.db"))
	k, err := keysOn(t, store, servicetest.TestKey)
	require.NoError(t, err)
	_, err = k.Rotate(t.Context())
	require.NoError(t, err)
	_, err = keysOn(t, store, otherKey)
	require.ErrorIs(t, err, keyring.ErrUnwrap, "another master key")

	// A wrapped key that is put in the place of another does not open there.
	list, err := k.Generations(t.Context())
	require.NoError(t, err)
	w := keyring.Master(masterOf(t, servicetest.TestKey))
	_, err = w.Unwrap(t.Context(), "zhiqing/data-keys/intake/3", list[1].Wrapped)
	require.ErrorIs(t, err, keyring.ErrUnwrap)
	_, err = w.Unwrap(t.Context(), "zhiqing/data-keys/fee/2", list[1].Wrapped)
	require.ErrorIs(t, err, keyring.ErrUnwrap)
	_, err = w.Unwrap(t.Context(), "zhiqing/data-keys/intake/2", list[1].Wrapped)
	require.NoError(t, err)
}

// remark is a document with something personal.
type remark struct {
	Office string `json:"office"`
	Text   string `json:"text" seal:"personal"`
}

// Data keys move into a key management service, and out again, while documents stay
// readable; afterwards the place that they moved out of may be gone.
func TestKeys_moveBetweenWrappers(t *testing.T) {
	t.Parallel()
	store, ctx := storeIn(t, filepath.Join(t.TempDir(), "intake.db")), t.Context()
	master := masterOf(t, servicetest.TestKey)
	vault := newSafe(t, "vault", otherKey)
	notes := func(k *keyring.Keys) (*docstore.Repo[remark], func(owner string) error) {
		ring := sealed.NewRing(k, master, "")
		ringed := docstore.WithRing(store, ring)
		repo, err := docstore.Open(ctx, ringed, wallclock.System{}.Now, docstore.Spec[remark]{Name: "notes"})
		require.NoError(t, err)
		return repo, func(owner string) error { return k.Reseal(ctx, owner, ring, docstore.Sealed(ringed)) }
	}
	k, err := keysOn(t, store, servicetest.TestKey)
	require.NoError(t, err)
	repo, _ := notes(k)
	for i := range 300 {
		_, _, err := repo.Insert(ctx, fmt.Sprintf("%03d", i), &remark{Office: "xujing", Text: "云栖路八号"})
		require.NoError(t, err)
	}

	k, err = keysOn(t, store, servicetest.TestKey, vault)
	require.NoError(t, err)
	require.Equal(t, 2, k.Newest(), "a new place has new keys made")
	_, err = keysOn(t, store, servicetest.TestKey)
	require.ErrorIs(t, err, keyring.ErrWrapper, "a process without the place does not start")
	vault.away = true
	_, err = keysOn(t, store, servicetest.TestKey, vault)
	require.ErrorIs(t, err, errAway)
	vault.away = false

	repo, reseal := notes(k)
	require.NoError(t, reseal("one"))
	walks, err := k.Walks(ctx)
	require.NoError(t, err)
	require.True(t, walks["zq1.a2."].Finished())
	require.Equal(t, 300, walks["zq1.a2."].Renewed)
	require.NoError(t, reseal("two"), "a walk that is done is not repeated")
	d, err := repo.Get(ctx, "299")
	require.NoError(t, err)
	require.Equal(t, "云栖路八号", d.Value.Text)

	k, err = keysOn(t, store, servicetest.TestKey, keyring.Master(master), vault)
	require.NoError(t, err)
	require.Equal(t, 3, k.Newest())
	k, err = keysOn(t, store, servicetest.TestKey)
	require.NoError(t, err, "now the place may be gone: its keys are wrapped here too")
	repo, reseal = notes(k)
	d, err = repo.Get(ctx, "001")
	require.NoError(t, err)
	require.Equal(t, "云栖路八号", d.Value.Text, "sealed with a key that was wrapped there")
	require.NoError(t, reseal("one"))
	d, err = repo.Get(ctx, "000")
	require.NoError(t, err)
	require.Equal(t, "云栖路八号", d.Value.Text)
}

// stopping is a collection whose walk is cut off.
type stopping struct {
	docstore.Resealer
	left int
}

var errCut = errors.New("cut off")

func (s *stopping) Reseal(ctx context.Context, after string) (docstore.Resealed, error) {
	if s.left--; s.left < 0 {
		return docstore.Resealed{}, errCut
	}
	return s.Resealer.Reseal(ctx, after)
}

// A walk that is cut off goes on where it was, in another process only once the first is
// taken for dead.
func TestKeys_aWalkGoesOn(t *testing.T) {
	t.Parallel()
	store, ctx := storeIn(t, filepath.Join(t.TempDir(), "intake.db")), t.Context()
	clock := wallclock.NewFake(servicetest.DefaultNow)
	k, err := keyring.Open(ctx, keyring.Options{
		Service: "intake", Store: store, Clock: clock, Log: slog.New(slog.DiscardHandler), Master: masterOf(t, servicetest.TestKey),
	})
	require.NoError(t, err)
	ring := sealed.NewRing(k, masterOf(t, servicetest.TestKey), "")
	ringed := docstore.WithRing(store, ring)
	repo, err := docstore.Open(ctx, ringed, clock.Now, docstore.Spec[remark]{Name: "notes"})
	require.NoError(t, err)
	for i := range 1000 {
		_, _, err := repo.Insert(ctx, fmt.Sprintf("%03d", i), &remark{Office: "xujing", Text: "云栖路八号"})
		require.NoError(t, err)
	}
	_, err = k.Rotate(ctx)
	require.NoError(t, err)
	cut := &stopping{Resealer: docstore.Sealed(ringed)[0], left: 2}
	require.ErrorIs(t, k.Reseal(ctx, "one", ring, []docstore.Resealer{cut}), errCut)
	walks, err := k.Walks(ctx)
	require.NoError(t, err)
	require.Equal(t, 500, walks[ring.Head()].Renewed)

	cut.left = 100
	require.Error(t, k.Reseal(ctx, "two", ring, []docstore.Resealer{cut}), "the first may still be at it")
	require.Equal(t, 100, cut.left)
	clock.Advance(time.Hour)
	require.NoError(t, k.Reseal(ctx, "two", ring, []docstore.Resealer{cut}))
	walks, err = k.Walks(ctx)
	require.NoError(t, err)
	require.Equal(t, 1000, walks[ring.Head()].Renewed)
	require.Equal(t, 1000, walks[ring.Head()].Seen)
}
