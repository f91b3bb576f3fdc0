package mongostore_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
)

// openPlace opens "<url> <database>".
func openPlace(ctx context.Context, place string) (docstore.Store, error) {
	url, database, _ := strings.Cut(place, " ")
	return mongostore.Open(ctx, url, database)
}

func TestMain(m *testing.M) { os.Exit(docstoretest.Main(m, openPlace)) }

func TestCrash_ofTheClient(t *testing.T) {
	t.Parallel()
	url, database := mongotest.Database(t)
	docstoretest.Crash(t, url+" "+database, 20, openPlace)
}

func TestCrash_ofTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	docstoretest.CrashServer(t, 5, func(t *testing.T) (docstore.Store, func()) {
		engine := mongotest.Start(t, dir)
		s, err := mongostore.Open(t.Context(), engine.URL, "crash")
		require.NoError(t, err)
		return s, engine.Kill
	})
}
