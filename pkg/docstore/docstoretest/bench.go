package docstoretest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhiqing.dev/pkg/docstore"
)

// benchCards opens the suite's collection for a benchmark.
func benchCards(b *testing.B, s docstore.Store) *docstore.Repo[card] {
	b.Helper()
	repo, err := docstore.Open(b.Context(), s, func() time.Time { return epoch }, cardSpec())
	if err != nil {
		b.Fatal(err)
	}
	return repo
}

// benchCard is about as large as a case: 1.3 KB, six entries in five indexes.
func benchCard(i int64) *card {
	return &card{
		Office: "gov", Number: fmt.Sprint(i), Status: []string{"open", "waiting", "closed"}[i%3], Due: i / 20,
		Words: []string{"信息", "公开"}, Hits: []string{strings.Repeat("依申请公开的政府信息。", 40)},
	}
}

// spread runs fn for n numbers in so many goroutines.
func spread(b *testing.B, workers int, n int64, fn func(i int64) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				if err := fn(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkInserts measures durable inserts, each with one event, by 1, 16 and 64
// writers at once.
func BenchmarkInserts(b *testing.B, open func(b *testing.B) docstore.Store) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			repo := benchCards(b, open(b))
			b.ResetTimer()
			spread(b, writers, int64(b.N), func(i int64) error {
				c := benchCard(i)
				c.Raise(made)
				_, _, err := repo.Insert(b.Context(), fmt.Sprintf("c%09d", i), c, docstore.Once("k"))
				return err
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "inserts/s")
		})
	}
}

// BenchmarkPages measures a page of 50 of a queue, the first and one from its
// middle, and a count in groups, at 1,000 and at 200,000 documents.
func BenchmarkPages(b *testing.B, open func(b *testing.B) docstore.Store) {
	repo := benchCards(b, open(b))
	stored := int64(0)
	for _, documents := range []int64{1_000, 200_000} {
		from := stored
		spread(b, 64, documents-from, func(i int64) error {
			_, _, err := repo.Insert(b.Context(), fmt.Sprintf("c%09d", from+i), benchCard(from+i))
			return err
		})
		stored = documents
		middle := docstore.Query{Index: byDue, Eq: []any{"gov"}, From: documents / 40, Limit: 1}
		_, cursor, err := repo.Find(b.Context(), middle)
		if err != nil {
			b.Fatal(err)
		}
		middle.After, middle.Limit = cursor, 50
		for name, q := range map[string]docstore.Query{
			"first":  {Index: byDue, Eq: []any{"gov"}, Limit: 50},
			"middle": middle,
		} {
			b.Run(fmt.Sprintf("%s/documents=%d", name, documents), func(b *testing.B) {
				for b.Loop() {
					docs, _, err := repo.Find(b.Context(), q)
					if err != nil || len(docs) != 50 {
						b.Fatal(len(docs), err)
					}
				}
			})
		}
	}
}
