package sqlitestore_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

// A cause is written into the first file before its effect into the second, without
// a pause: no copy may hold an effect without its cause.
func TestSnapshot_isOneInstantOfAllFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	causes, effects := open(t, filepath.Join(dir, "causes.db")), open(t, filepath.Join(dir, "effects.db"))
	first, second := collection(t, causes), collection(t, effects)

	stop := make(chan struct{})
	var writing sync.WaitGroup
	for w := range 4 {
		writing.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := strconv.Itoa(w) + "-" + strconv.Itoa(i)
				if first.Insert(t.Context(), docstore.Write{ID: id, Body: []byte(`{}`)}) != nil ||
					second.Insert(t.Context(), docstore.Write{ID: id, Body: []byte(`{}`)}) != nil {
					t.Error("a write failed under the snapshot")
					return
				}
			}
		})
	}
	for round := range 8 {
		to := filepath.Join(dir, "copy-"+strconv.Itoa(round))
		require.NoError(t, os.Mkdir(to, 0o700))
		require.NoError(t, sqlitestore.Snapshot(t.Context(), []sqlitestore.Copy{
			{From: filepath.Join(dir, "causes.db"), To: filepath.Join(to, "causes.db")},
			{From: filepath.Join(dir, "effects.db"), To: filepath.Join(to, "effects.db")},
		}))
		known := ids(t, collection(t, open(t, filepath.Join(to, "causes.db"))))
		seen := ids(t, collection(t, open(t, filepath.Join(to, "effects.db"))))
		require.Subset(t, known, seen, "an effect without its cause")
		require.LessOrEqual(t, len(known)-len(seen), 4, "both are of the same instant")
	}
	close(stop)
	writing.Wait()
}

func TestSnapshot_refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	collection(t, open(t, path))
	take := func(from, to string) error {
		return sqlitestore.Snapshot(t.Context(), []sqlitestore.Copy{{From: from, To: filepath.Join(dir, to)}})
	}
	require.ErrorIs(t, take(filepath.Join(dir, "none.db"), "a.db"), os.ErrNotExist)
	require.ErrorContains(t, take(path, "store.db"), "exists already")
	foreign := filepath.Join(dir, "foreign.db")
	require.NoError(t, os.WriteFile(foreign, []byte("not a database, but long enough to look at"), 0o600))
	require.Error(t, take(foreign, "b.db"))
	require.NoError(t, take(path, "c.db"), "and after all that the store can be copied")
}

func TestCheck_findsDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	c := collection(t, s)
	for i := range 400 {
		require.NoError(t, c.Insert(t.Context(), docstore.Write{ID: strconv.Itoa(i), Body: make([]byte, 512)}))
	}
	require.NoError(t, s.Close())
	require.NoError(t, sqlitestore.Check(t.Context(), path))

	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := len(raw) / 2; i < len(raw)/2+8192; i++ {
		raw[i] ^= 0xff
	}
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	require.Error(t, sqlitestore.Check(t.Context(), path))
}

// ids are all ids of the collection.
func ids(t *testing.T, c docstore.Collection) (all []string) {
	t.Helper()
	for after := ""; ; after = all[len(all)-1] {
		records, err := c.Each(t.Context(), after, 500)
		require.NoError(t, err)
		for _, r := range records {
			all = append(all, r.ID)
		}
		if len(records) < 500 {
			return all
		}
	}
}
