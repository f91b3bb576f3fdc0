package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

func openStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	store, ok := s.(*Store)
	require.True(t, ok)
	require.NoError(t, store.w.do(t.Context(), 0, func(tx *tx) error { return tx.ddl("CREATE TABLE t (x)") }))
	return store
}

func rows(t *testing.T, s *Store) (n int) {
	t.Helper()
	require.NoError(t, s.rdb.QueryRowContext(t.Context(), "SELECT count(*) FROM t").Scan(&n))
	return n
}

// In one batch some writes fail and some panic; those undo themselves and nobody
// else.
func TestWriter_oneFailsAlone(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	boom := errors.New("boom")
	started, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.w.do(t.Context(), 0, func(*tx) error { close(started); <-release; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-started
	errs := make([]error, 60)
	for i := range errs { // they queue behind the first and become one batch
		wg.Go(func() {
			errs[i] = s.w.do(t.Context(), 0, func(tx *tx) error {
				if err := tx.exec("INSERT INTO t VALUES (?)", i); err != nil {
					return err
				}
				switch i % 3 {
				case 1:
					return boom
				case 2:
					panic(fmt.Sprint("panic ", i))
				}
				return nil
			})
		})
	}
	require.Eventually(t, func() bool { return len(s.w.ops) == len(errs) }, 10*time.Second, time.Millisecond)
	close(release)
	wg.Wait()
	for i, err := range errs {
		switch i % 3 {
		case 0:
			require.NoError(t, err)
		case 1:
			require.Equal(t, boom, err)
		case 2:
			require.ErrorContains(t, err, fmt.Sprint("panic ", i))
		}
	}
	require.Equal(t, 20, rows(t, s))
	require.NoError(t, s.Healthy(t.Context()))
}

func TestWriter_cancelledBeforeItRan(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	release := make(chan struct{})
	var wg sync.WaitGroup
	started := make(chan struct{})
	wg.Go(func() { _ = s.w.do(t.Context(), 0, func(*tx) error { close(started); <-release; return nil }) })
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error, 1)
	go func() { got <- s.w.do(ctx, 0, func(tx *tx) error { return tx.exec("INSERT INTO t VALUES (1)") }) }()
	cancel()
	require.ErrorIs(t, <-got, context.Canceled)
	close(release)
	wg.Wait()
	require.NoError(t, s.Healthy(t.Context()))
	require.Zero(t, rows(t, s))
}

// What SQLite may have undone by itself ends acknowledging for good.
func TestWriter_stopsAfterAnIOError(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	insert := func() error {
		return s.w.do(t.Context(), 0, func(tx *tx) error { return tx.exec("INSERT INTO t VALUES (zeroblob(20000))") })
	}
	require.NoError(t, insert())
	// A database that must not grow is as good as a full disk.
	require.NoError(t, s.w.do(t.Context(), 0, func(tx *tx) error {
		var n int
		return tx.scan("PRAGMA max_page_count=1", nil, &n)
	}))
	err := insert()
	require.ErrorIs(t, err, docstore.ErrUnavailable)
	require.ErrorContains(t, err, "full")
	for range 3 {
		require.ErrorIs(t, insert(), docstore.ErrUnavailable)
		require.ErrorIs(t, s.Healthy(t.Context()), docstore.ErrUnavailable)
	}
	require.Equal(t, 1, rows(t, s), "reads go on")
	require.NoError(t, s.Close())

	again, err := Open(t.Context(), s.path)
	require.NoError(t, err)
	require.NoError(t, again.Healthy(t.Context()))
	require.NoError(t, again.Close())
}

func TestWriter_largeBatchIsCut(t *testing.T) {
	t.Parallel()
	w := &writer{ops: make(chan *op, 8), writes: 4, bytes: 100}
	queue := func(sizes ...int) *op {
		for _, n := range sizes[1:] {
			w.ops <- &op{bytes: n}
		}
		return &op{bytes: sizes[0]}
	}
	require.Len(t, w.gather(queue(1, 1, 1, 1, 1, 1)), 4)
	require.Len(t, w.gather(<-w.ops), 2)
	require.Len(t, w.gather(queue(60, 50, 1)), 2)
	require.Len(t, w.gather(<-w.ops), 1)
}
