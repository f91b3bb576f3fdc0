package sqlitestore_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

func TestConformance(t *testing.T) {
	docstoretest.Run(t, func(t *testing.T) docstoretest.Harness {
		path := filepath.Join(t.TempDir(), "store.db")
		return docstoretest.Harness{
			Open:   func(ctx context.Context) (docstore.Store, error) { return sqlitestore.Open(ctx, path) },
			Damage: func(t *testing.T, collection, id string) { flip(t, path, collection, id) },
		}
	})
}

// flip changes a byte in the middle of a stored body, as a bad disk would.
func flip(t *testing.T, path, collection, id string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	res, err := db.ExecContext(t.Context(), `UPDATE "`+collection+`.docs"
		SET body = CAST(substr(body, 1, 4) || '~' || substr(body, 6) AS BLOB) WHERE id=?`, id)
	require.NoError(t, err)
	n, err := res.RowsAffected()
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	require.NoError(t, db.Close())
}
