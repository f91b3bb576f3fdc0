package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/litigation/internal/domain"
)

// The tally keeps the figures of an office counted, so that a report costs the same
// at a million cases as at ten thousand. It is exact at every moment although no
// write touches more than one document:
//
//   - Each fact holds what has been counted of it (Tallied). An index names the
//     facts that count otherwise by now; a reader adds them to the pages.
//   - Folding takes some of them into the pages by a numbered batch: written to the
//     office's journal, applied to each page, noted in each fact, then struck off.
//     Pages and facts remember the newest batch applied, so that a batch that was
//     cut short, or is worked on twice, is finished and counts once.
//   - A reader that finds a batch at work looks through it: to a page that has not
//     got it yet it adds the batch, and it takes the facts of the batch as counted.
//
// api/decisions/0007 tells why.

// page is one page of an office's tally: that of the years, or of one month.
type page struct {
	Office string           `json:"office"`
	Month  int64            `json:"month"` // yyyymm; 0 for the years
	Batch  int64            `json:"batch"` // the newest applied
	N      map[string]int64 `json:"n"`
}

// journal is the batch that an office's tally is at, or was at last.
type journal struct {
	Office  string `json:"office"`
	Batch   int64  `json:"batch"`
	Pending bool   `json:"pending"`
	Moves   []move `json:"moves,omitempty"`
}

// move is what a batch does with one fact.
type move struct {
	ID   string       `json:"id"`
	From domain.Place `json:"from"`
	To   domain.Place `json:"to"`
}

// Limits of the tally.
const (
	// foldBatch is how many facts one batch takes in.
	foldBatch = 1000
	// foldAtOnce is how many documents of a batch that was cut short are written side
	// by side, so that they share syncs.
	foldAtOnce = 256
	// readThrough is how many facts a reader adds by itself; behind a larger backlog,
	// while a large ledger comes in, it counts the indexes.
	readThrough = 3000
	// readAtOnce is how many facts of a batch at work are read side by side.
	readAtOnce = 16
	// readTries is how often a reader begins again when a batch begins or ends.
	readTries = 5
)

// tally is the pages and journals of all offices.
type tally struct {
	pages    *docstore.Repo[page]
	journals *docstore.Repo[journal]
}

const tallyMonths = "months"

func openTally(ctx context.Context, s docstore.Store, now func() time.Time) (*tally, error) {
	pages, err := docstore.Open(ctx, s, now, docstore.Spec[page]{Name: "tally_pages", Indexes: []docstore.Entry[page]{{
		Index: docstore.Index{Name: tallyMonths, Fields: []docstore.Field{str("office"), num("month")}},
		Key:   func(p *page) docstore.Key { return docstore.Key{p.Office, p.Month} },
	}}})
	if err != nil {
		return nil, err
	}
	journals, err := docstore.Open(ctx, s, now, docstore.Spec[journal]{Name: "tally_journals"})
	if err != nil {
		return nil, err
	}
	return &tally{pages, journals}, nil
}

func pageID(office string, month int64) string { return fmt.Sprintf("%s.%06d", office, month) }

// Fold takes into the pages what has changed since the last time, office by office,
// and says how many facts.
func (f *Facts) Fold(ctx context.Context) (n int, err error) {
	after := ""
	for {
		docs, _, err := f.repo.Find(ctx, docstore.Query{Index: factsUntallied, From: after, Limit: 1})
		if err != nil || len(docs) == 0 {
			return n, err
		}
		office := docs[0].Value.Office
		for more := foldBatch; more == foldBatch; n += more {
			if more, err = f.foldOnce(ctx, office); err != nil {
				return n, err
			}
		}
		after = office + "\x00"
	}
}

// errBatch says that somebody else has begun a batch meanwhile.
var errBatch = errors.New("another batch has begun")

// foldOnce folds one batch of an office and says how many facts it held.
func (f *Facts) foldOnce(ctx context.Context, office string) (int, error) {
	j, err := f.tally.journal(ctx, office)
	if err != nil {
		return 0, err
	}
	if j.Pending { // cut short, or somebody is at it: helping does no harm
		if err := f.finish(ctx, j, nil); err != nil {
			return 0, err
		}
	}
	// What the facts say was counted is final for every batch up to j.Batch.
	docs, _, err := f.repo.Find(ctx, docstore.Query{Index: factsUntallied, Eq: []any{office}, Limit: foldBatch})
	if err != nil || len(docs) == 0 {
		return 0, err
	}
	next := journal{Office: office, Batch: j.Batch + 1, Pending: true}
	for _, d := range docs {
		next.Moves = append(next.Moves, move{d.ID, d.Value.Tallied, d.Value.Place()})
	}
	_, err = f.tally.journals.Upsert(ctx, office, func(now *journal) error {
		if now.Pending || now.Batch != j.Batch {
			return errBatch
		}
		*now = next
		return nil
	})
	if errors.Is(err, errBatch) {
		return foldBatch, nil // look again
	}
	if err != nil {
		return 0, err
	}
	return len(docs), f.finish(ctx, next, docs)
}

// finish applies a batch to the pages, notes it in the facts and strikes it off. It
// may run several times, also side by side. facts are the documents of the batch as
// they were read for it; without them, after a batch that was cut short, each is
// read again.
func (f *Facts) finish(ctx context.Context, j journal, facts []docstore.Doc[domain.CaseFact]) error {
	if err := f.tally.apply(ctx, j); err != nil {
		return fmt.Errorf("tally of %s: %w", j.Office, err)
	}
	if err := f.note(ctx, j, facts); err != nil {
		return fmt.Errorf("tally of %s: %w", j.Office, err)
	}
	_, err := f.tally.journals.Update(ctx, j.Office, func(now *journal) error {
		if now.Batch == j.Batch {
			now.Pending, now.Moves = false, nil
		}
		return nil
	})
	return err
}

// apply takes a batch into the pages.
func (t *tally) apply(ctx context.Context, j journal) error {
	deltas := deltasOf(j.Moves)
	into := func(p *page, month int64) {
		if p.Batch < j.Batch {
			p.Office, p.Month, p.Batch = j.Office, month, j.Batch
			p.add(deltas[month])
		}
	}
	var there []docstore.Doc[page]
	known := map[int64]bool{}
	err := t.eachPage(ctx, j.Office, func(d docstore.Doc[page]) {
		if month := d.Value.Month; deltas[month] != nil {
			there, known[month] = append(there, d), true
		}
	})
	if err != nil {
		return err
	}
	if err := t.pages.UpdateMany(ctx, there, func(p *page) error { into(p, p.Month); return nil }); err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(foldAtOnce)
	for month := range deltas {
		if known[month] {
			continue
		}
		g.Go(func() error {
			_, err := t.pages.Upsert(gctx, pageID(j.Office, month), func(p *page) error { into(p, month); return nil })
			return err
		})
	}
	return g.Wait()
}

// eachPage calls fn with every page of an office's tally.
func (t *tally) eachPage(ctx context.Context, office string, fn func(docstore.Doc[page])) error {
	q := docstore.Query{Index: tallyMonths, Eq: []any{office}, Limit: docstore.MaxPage}
	for {
		docs, next, err := t.pages.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range docs {
			fn(d)
		}
		if next == "" {
			return nil
		}
		q.After = next
	}
}

// note says in the facts of a batch that they are counted.
func (f *Facts) note(ctx context.Context, j journal, facts []docstore.Doc[domain.CaseFact]) error {
	to := make(map[string]domain.Place, len(j.Moves))
	for _, m := range j.Moves {
		to[m.ID] = m.To
	}
	counted := func(id string) func(*domain.CaseFact) error {
		return func(d *domain.CaseFact) error {
			if d.TalliedBy < j.Batch {
				d.Tallied, d.TalliedBy = to[id], j.Batch
			}
			return nil
		}
	}
	if facts != nil {
		return f.repo.UpdateMany(ctx, facts, func(d *domain.CaseFact) error { return counted(d.CaseID)(d) })
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(foldAtOnce)
	for _, m := range j.Moves {
		g.Go(func() error {
			_, err := f.repo.Update(gctx, m.ID, counted(m.ID))
			return err
		})
	}
	return g.Wait()
}

// deltasOf sums up what moves do to each page.
func deltasOf(moves []move) map[int64]map[string]int64 {
	deltas := map[int64]map[string]int64{}
	for _, m := range moves {
		count(deltas, m.From, -1)
		count(deltas, m.To, 1)
	}
	return deltas
}

func count(into map[int64]map[string]int64, p domain.Place, n int64) {
	for _, c := range p.Counters() {
		if into[c.Month] == nil {
			into[c.Month] = map[string]int64{}
		}
		into[c.Month][c.Key] += n
	}
}

func (p *page) add(deltas map[string]int64) {
	if p.N == nil {
		p.N = map[string]int64{}
	}
	for k, n := range deltas {
		if p.N[k] += n; p.N[k] == 0 {
			delete(p.N, k)
		}
	}
}

func (t *tally) journal(ctx context.Context, office string) (journal, error) {
	doc, err := t.journals.Get(ctx, office)
	if errors.Is(err, docstore.ErrNotFound) {
		return journal{Office: office}, nil
	}
	if err != nil {
		return journal{}, err
	}
	return *doc.Value, nil
}
