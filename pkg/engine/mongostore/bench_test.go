package mongostore_test

import (
	"testing"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docstore/docstoretest"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
)

func openBench(b *testing.B) docstore.Store {
	b.Helper()
	url, database := mongotest.Database(b)
	s, err := mongostore.Open(b.Context(), url, database)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func BenchmarkInserts(b *testing.B) { docstoretest.BenchmarkInserts(b, openBench) }

func BenchmarkPages(b *testing.B) { docstoretest.BenchmarkPages(b, openBench) }
