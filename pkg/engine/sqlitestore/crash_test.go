package sqlitestore_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

func openPlace(ctx context.Context, place string) (docstore.Store, error) {
	return sqlitestore.Open(ctx, place)
}

func TestMain(m *testing.M) { os.Exit(docstoretest.Main(m, openPlace)) }

func TestCrash_ofTheWriter(t *testing.T) {
	t.Parallel()
	docstoretest.Crash(t, filepath.Join(t.TempDir(), "store.db"), 20, openPlace)
}
