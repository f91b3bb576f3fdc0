package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

func opener(opts ...sqlitestore.Option) func(b *testing.B) docstore.Store {
	return func(b *testing.B) docstore.Store {
		b.Helper()
		s, err := sqlitestore.Open(b.Context(), filepath.Join(b.TempDir(), "store.db"), opts...)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s
	}
}

func BenchmarkInserts(b *testing.B) {
	b.Run("group commit", func(b *testing.B) { docstoretest.BenchmarkInserts(b, opener()) })
	b.Run("one commit an insert", func(b *testing.B) { docstoretest.BenchmarkInserts(b, opener(sqlitestore.BatchLimit(1))) })
}

func BenchmarkPages(b *testing.B) { docstoretest.BenchmarkPages(b, opener()) }
