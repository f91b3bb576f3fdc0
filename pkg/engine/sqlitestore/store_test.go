package sqlitestore_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

func open(t *testing.T, path string, opts ...sqlitestore.Option) docstore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), path, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func collection(t *testing.T, s docstore.Store) docstore.Collection {
	t.Helper()
	c, err := s.Collection(t.Context(), docstore.CollectionSpec{Name: "cards"})
	require.NoError(t, err)
	return c
}

func TestOpen_strangeNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "q?x=1&y.db", "50%.db", "#1.db", "知情.db", "it's.db", "file:x.db"} {
		path := filepath.Join(t.TempDir(), "new folder", name)
		s := open(t, path)
		require.NoError(t, collection(t, s).Insert(t.Context(), docstore.Write{ID: "a", Body: []byte(`{}`)}))
		require.NoError(t, s.Close())
		_, err := os.Stat(path)
		require.NoError(t, err, "the file is where it was asked for")
		_, err = collection(t, open(t, path)).Get(t.Context(), "a")
		require.NoError(t, err)
	}
}

func TestOpen_refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exec := func(path string, statements ...string) {
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		for _, st := range statements {
			_, err = db.ExecContext(t.Context(), st)
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	}
	refused := func(path, why string) {
		t.Helper()
		_, err := sqlitestore.Open(t.Context(), path)
		require.ErrorContains(t, err, why)
	}
	foreign := filepath.Join(dir, "foreign.db")
	exec(foreign, "CREATE TABLE customers (id)")
	refused(foreign, "another program")

	newer := filepath.Join(dir, "newer.db")
	require.NoError(t, open(t, newer).Close())
	exec(newer, "PRAGMA user_version=2")
	refused(newer, "layout 2")

	text := filepath.Join(dir, "text.db")
	require.NoError(t, os.WriteFile(text, []byte("this is no database, it is a text of some length .............................................................."), 0o600))
	refused(text, "not a database")
	refused(filepath.Join(text, "x.db"), "")
}

// Another process that holds the file makes writes wait and then fail; it does not
// end the store.
func TestWrite_whileAnotherProcessHoldsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	c := collection(t, s)
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	require.NoError(t, err)
	other, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error, 2)
	go func() { got <- c.Insert(ctx, docstore.Write{ID: "a", Body: []byte(`{}`)}) }()
	require.ErrorIs(t, <-got, docstore.ErrUnavailable)
	cancel()
	require.NoError(t, other.Rollback())
	require.NoError(t, db.Close())
	require.NoError(t, s.Healthy(t.Context()))
	require.NoError(t, c.Insert(t.Context(), docstore.Write{ID: "a", Body: []byte(`{}`)}))
}

// A write that waits behind others and is given up never runs.
func TestWrite_givenUpInTheQueue(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	c := collection(t, open(t, path))
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	require.NoError(t, err)
	holder, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)

	var wg sync.WaitGroup
	first := make(chan error, 1)
	wg.Go(func() { first <- c.Insert(t.Context(), docstore.Write{ID: "first", Body: []byte(`{}`)}) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, c.Insert(ctx, docstore.Write{ID: "second", Body: []byte(`{}`)}), context.DeadlineExceeded)
	require.NoError(t, holder.Rollback())
	require.NoError(t, db.Close())
	wg.Wait()
	require.NoError(t, <-first)
	_, err = c.Get(t.Context(), "second")
	require.ErrorIs(t, err, docstore.ErrNotFound)
}

func TestBatchLimit_ofOne(t *testing.T) {
	t.Parallel()
	c := collection(t, open(t, filepath.Join(t.TempDir(), "store.db"), sqlitestore.BatchLimit(1), sqlitestore.Readers(1)))
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 10 {
				id := fmt.Sprint(w, "-", i)
				if err := c.Insert(t.Context(), docstore.Write{ID: id, Body: []byte(`{}`)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	recs, err := c.Each(t.Context(), "", 1000)
	require.NoError(t, err)
	require.Len(t, recs, 80)
}
