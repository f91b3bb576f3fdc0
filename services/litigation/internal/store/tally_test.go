package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

func engines(t *testing.T) map[string]docstore.Store {
	t.Helper()
	lite, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "facts.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, lite.Close()) })
	url, name := mongotest.Database(t)
	mongo, err := mongostore.Open(t.Context(), url, name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mongo.Close()) })
	return map[string]docstore.Store{"sqlite": lite, "mongo": mongo}
}

// drawFacts draws what intake says of a case at some version.
func drawFacts(t *rapid.T, office, id string) contract.CaseFacts {
	received := civil.MustParse("2023-11-01").AddDays(rapid.IntRange(0, 500).Draw(t, "received"))
	c := contract.CaseFacts{
		Office: office, CaseID: id, Status: contract.StatusInProgress, ApplicantKind: string(rapid.SampledFrom(report.Applicants()).Draw(t, "column")),
		Clock: clock.Facts{ReceivedOn: received, ExtensionWD: rapid.SampledFrom([]int{0, 20}).Draw(t, "extension")},
	}
	switch rapid.IntRange(0, 5).Draw(t, "state") {
	case 0:
	case 1:
		c.Status = contract.StatusClosed // split: counts nowhere any more
	default:
		c.Status, c.FinishedOn = contract.StatusClosed, received.AddDays(rapid.IntRange(0, 400).Draw(t, "days"))
		c.ReportRow = string(rapid.SampledFrom(report.Format2021.Results()).Draw(t, "row"))
	}
	return c
}

// requireExact holds what the tally tells to what the indexes count.
func requireExact(t *rapid.T, f *Facts, office string) {
	ctx := context.Background()
	for year := 2022; year <= 2027; year++ {
		want, err := f.countYear(ctx, office, year)
		require.NoError(t, err)
		got, err := f.Year(ctx, office, year)
		require.NoError(t, err)
		require.Equal(t, want.NewReceived, trim(got.NewReceived), "received %d", year)
		require.Equal(t, want.CarriedIn, trim(got.CarriedIn), "in %d", year)
		require.Equal(t, want.CarriedOut, trim(got.CarriedOut), "out %d", year)
		for _, r := range report.Format2021.Results() {
			require.Equal(t, trim(want.Results[r]), trim(got.Results[r]), "%s %d", r, year)
		}
	}
	p := domain.Period{From: civil.MustParse("2024-02-10"), To: civil.MustParse("2024-09-20")}
	b, err := f.Book(ctx, office, civil.MustParse("2024-01-01"), civil.MustParse("2024-12-31"))
	require.NoError(t, err)
	require.NotNil(t, b)
	finished, err := f.Finished(ctx, office, p)
	require.NoError(t, err)
	require.ElementsMatch(t, finished, b.Finished(p))
	received, err := f.Received(ctx, office, p)
	require.NoError(t, err)
	require.Equal(t, received, b.Received(p))
	stocks, err := f.Stocks(ctx, office, []civil.Date{p.From.AddDays(-1), p.To})
	require.NoError(t, err)
	require.Equal(t, stocks[p.From.AddDays(-1)].Open, b.OpenBefore(p.From))
	require.Equal(t, stocks[p.To].Open, b.OpenAfter(p.To))
}

func trim(b ByColumn) ByColumn {
	out := ByColumn{}
	for c, n := range b {
		if n != 0 {
			out[c] = n
		}
	}
	return out
}

// cutShort begins a batch and leaves it after some of its pages and facts, as a
// process does that is killed.
func cutShort(t *rapid.T, f *Facts, office string) {
	ctx := context.Background()
	j, err := f.tally.journal(ctx, office)
	require.NoError(t, err)
	if j.Pending {
		return
	}
	docs, _, err := f.repo.Find(ctx, docstore.Query{Index: factsUntallied, Eq: []any{office}, Limit: foldBatch})
	require.NoError(t, err)
	if len(docs) == 0 {
		return
	}
	next := journal{Office: office, Batch: j.Batch + 1, Pending: true}
	for _, d := range docs {
		next.Moves = append(next.Moves, move{d.ID, d.Value.Tallied, d.Value.Place()})
	}
	_, err = f.tally.journals.Upsert(ctx, office, func(now *journal) error { *now = next; return nil })
	require.NoError(t, err)
	all := rapid.Bool().Draw(t, "every page")
	for month, deltas := range deltasOf(next.Moves) {
		if !all && rapid.Bool().Draw(t, "leave page") {
			continue
		}
		_, err := f.tally.pages.Upsert(ctx, pageID(office, month), func(p *page) error {
			p.Office, p.Month, p.Batch = office, month, next.Batch
			p.add(deltas)
			return nil
		})
		require.NoError(t, err)
	}
	for _, m := range next.Moves {
		if !all || rapid.Bool().Draw(t, "leave fact") {
			continue // facts are noted after every page
		}
		_, err := f.repo.Update(ctx, m.ID, func(d *domain.CaseFact) error {
			d.Tallied, d.TalliedBy = m.To, next.Batch
			return nil
		})
		require.NoError(t, err)
	}
}

// Whatever is entered, changed, folded, cut short or folded by several at once: the
// tally tells at every moment what the indexes count.
func TestTally_isExactAtEveryMoment(t *testing.T) {
	t.Parallel()
	var offices atomic.Int64
	for name, st := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := OpenFacts(t.Context(), st, func() time.Time { return time.Unix(1, 0) })
			require.NoError(t, err)
			rapid.Check(t, func(t *rapid.T) {
				ctx, office := context.Background(), fmt.Sprint("o", offices.Add(1))
				versions := map[string]int64{}
				enter := func(n int) {
					for range n {
						id := fmt.Sprintf("%s-%d", office, rapid.IntRange(0, 12).Draw(t, "case"))
						versions[id]++
						require.NoError(t, f.ApplyCase(ctx, fmt.Sprint(id, versions[id]), drawFacts(t, office, id), versions[id]))
					}
				}
				for range rapid.IntRange(1, 5).Draw(t, "rounds") {
					enter(rapid.IntRange(1, 8).Draw(t, "changes"))
					switch rapid.IntRange(0, 3).Draw(t, "then") {
					case 0:
						_, err := f.foldOnce(ctx, office)
						require.NoError(t, err)
					case 1:
						cutShort(t, f, office)
						requireExact(t, f, office)
						enter(2) // facts of the batch may change before it is finished
					case 2:
						var g errgroup.Group
						for range 3 {
							g.Go(func() error { _, err := f.foldOnce(ctx, office); return err })
						}
						require.NoError(t, g.Wait())
					}
					requireExact(t, f, office)
				}
				for n := 1; n > 0; {
					n, err = f.foldOnce(ctx, office)
					require.NoError(t, err)
				}
				left, err := f.untallied(ctx, office)
				require.NoError(t, err)
				require.Empty(t, left)
				requireExact(t, f, office)
			})
		})
	}
}

// While facts stream in and several fold, a reader sees whole cases only: what came
// in went out or is still there.
func TestTally_readersSeeOneMoment(t *testing.T) {
	t.Parallel()
	st, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "facts.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	f, err := OpenFacts(t.Context(), st, func() time.Time { return time.Unix(1, 0) })
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var g errgroup.Group
	for range 2 {
		g.Go(func() error {
			for ctx.Err() == nil {
				if _, err := f.Fold(context.WithoutCancel(ctx)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer stop()
		for i := range 600 {
			id := fmt.Sprint("c", i%200)
			c := contract.CaseFacts{
				Office: "o", CaseID: id, Status: contract.StatusInProgress, ApplicantKind: string(report.Applicants()[i%6]),
				Clock: clock.Facts{ReceivedOn: civil.MustParse("2024-12-01").AddDays(i % 40)},
			}
			if i >= 200 {
				c.Status, c.FinishedOn, c.ReportRow = contract.StatusClosed, c.Clock.ReceivedOn.AddDays(i%50), string(report.Format2021.Results()[i%21])
			}
			if err := f.ApplyCase(context.WithoutCancel(ctx), fmt.Sprint("e", i), c, int64(i+1)); err != nil {
				return err
			}
		}
		return nil
	})
	for ctx.Err() == nil {
		for _, year := range []int{2024, 2025} {
			b, err := f.Book(t.Context(), "o", 0, 0)
			require.NoError(t, err)
			if b == nil {
				continue // five batches in one look: the indexes are counted
			}
			flow := b.year(year)
			results := int64(0)
			for _, by := range flow.Results {
				results += by.Total()
			}
			require.Equal(t, flow.NewReceived.Total()+flow.CarriedIn.Total(), results+flow.CarriedOut.Total(), "%d", year)
		}
	}
	require.NoError(t, g.Wait())
}
