package store

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// Book is an office's tally as it stood at one moment: every figure in it is of the
// same cases.
type Book struct {
	years  []counter
	months []counter
}

type counter struct {
	domain.Counted
	n int64
}

// Book opens an office's tally with the pages of the months from one day to another
// (zero days: without months). It is nil while so much has changed that the indexes
// must be counted.
func (f *Facts) Book(ctx context.Context, office string, from, to civil.Date) (*Book, error) {
	for range readTries {
		b, done, err := f.readBook(ctx, office, from, to)
		if err != nil || done {
			return b, err
		}
	}
	return nil, nil //nolint:nilnil // the caller counts the indexes
}

// readBook reads once; done is false when a batch began or ended meanwhile.
func (f *Facts) readBook(ctx context.Context, office string, from, to civil.Date) (b *Book, done bool, err error) {
	j, err := f.tally.journal(ctx, office)
	if err != nil {
		return nil, false, err
	}
	deltas := map[int64]map[string]int64{} // what the pages lack
	moved := map[string]domain.Place{}
	batch := map[int64]map[string]int64{}
	if j.Pending {
		batch = deltasOf(j.Moves)
		for _, m := range j.Moves {
			moved[m.ID] = m.To
		}
	}
	pages, err := f.pages(ctx, office, from, to)
	if err != nil {
		return nil, false, err
	}
	changed, err := f.untallied(ctx, office)
	if errors.Is(err, errBacklog) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, d := range changed {
		counted := d.Value.Tallied
		if to, at := moved[d.ID]; at && d.Value.TalliedBy < j.Batch {
			counted = to
		}
		count(deltas, counted, -1)
		count(deltas, d.Value.Place(), 1)
	}
	// A fact of the batch that has gone back to where it was counted before the batch is
	// in no index, and counts otherwise than the batch says.
	rest, err := f.others(ctx, j, changed)
	if err != nil {
		return nil, false, err
	}
	for _, d := range rest {
		count(deltas, moved[d.ID], -1)
		count(deltas, d.Value.Place(), 1)
	}
	again, err := f.tally.journal(ctx, office)
	if err != nil || again.Batch != j.Batch || again.Pending != j.Pending {
		return nil, false, err
	}
	for month, more := range batch {
		if p := pages[month]; p == nil || p.Batch < j.Batch {
			for k, n := range more {
				add(deltas, month, k, n)
			}
		}
	}
	return assemble(pages, deltas), true, nil
}

// others are the facts of a batch at work that are not among those that changed.
func (f *Facts) others(ctx context.Context, j journal, changed []docstore.Doc[domain.CaseFact]) ([]docstore.Doc[domain.CaseFact], error) {
	if !j.Pending {
		return nil, nil
	}
	seen := make(map[string]bool, len(changed))
	for _, d := range changed {
		seen[d.ID] = true
	}
	docs := make([]docstore.Doc[domain.CaseFact], 0, len(j.Moves))
	var lock sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readAtOnce)
	for _, m := range j.Moves {
		if seen[m.ID] {
			continue
		}
		g.Go(func() error {
			d, err := f.repo.Get(ctx, m.ID)
			lock.Lock()
			defer lock.Unlock()
			docs = append(docs, d)
			return err
		})
	}
	return docs, g.Wait()
}

func add(deltas map[int64]map[string]int64, month int64, key string, n int64) {
	if deltas[month] == nil {
		deltas[month] = map[string]int64{}
	}
	deltas[month][key] += n
}

func assemble(pages map[int64]*page, deltas map[int64]map[string]int64) *Book {
	for month, more := range deltas {
		if pages[month] == nil {
			pages[month] = &page{Month: month}
		}
		pages[month].add(more)
	}
	b := &Book{}
	for month, p := range pages {
		for k, n := range p.N {
			c := counter{domain.ReadCounter(k), n}
			if month == 0 {
				b.years = append(b.years, c)
			} else {
				b.months = append(b.months, c)
			}
		}
	}
	return b
}

// pages reads the page of the years and those of some months.
func (f *Facts) pages(ctx context.Context, office string, from, to civil.Date) (map[int64]*page, error) {
	pages := map[int64]*page{}
	doc, err := f.tally.pages.Get(ctx, pageID(office, 0))
	switch {
	case err == nil:
		pages[0] = doc.Value
	case !errors.Is(err, docstore.ErrNotFound):
		return nil, err
	}
	if from.IsZero() {
		return pages, nil
	}
	q := docstore.Query{Index: tallyMonths, Eq: []any{office}, From: yearMonth(from), To: yearMonth(to) + 1, Limit: docstore.MaxPage}
	for {
		docs, next, err := f.tally.pages.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			pages[d.Value.Month] = d.Value
		}
		if next == "" {
			return pages, nil
		}
		q.After = next
	}
}

var errBacklog = errors.New("more has changed than a reader adds")

// untallied are the facts that count otherwise than the pages say. errBacklog.
func (f *Facts) untallied(ctx context.Context, office string) (all []docstore.Doc[domain.CaseFact], err error) {
	q := docstore.Query{Index: factsUntallied, Eq: []any{office}, Limit: docstore.MaxPage}
	for {
		docs, next, err := f.repo.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		if all = append(all, docs...); next == "" {
			return all, nil
		}
		if len(all) >= readThrough {
			return nil, errBacklog
		}
		q.After = next
	}
}

// year is everything table three needs of one year.
func (b *Book) year(year int) YearFlow {
	flow := YearFlow{NewReceived: ByColumn{}, Results: map[report.Row]ByColumn{}}
	for _, c := range b.years {
		switch {
		case c.What == domain.CountReceived && c.Year(0) == year:
			flow.NewReceived[c.Column(1)] += c.n
		case c.What == domain.CountFinished && c.Year(0) == year:
			row := c.Row(1)
			if flow.Results[row] == nil {
				flow.Results[row] = ByColumn{}
			}
			flow.Results[row][c.Column(2)] += c.n
		}
	}
	flow.CarriedIn, flow.CarriedOut = split(b.carried(year), year)
	return flow
}

// carried are the cases received up to a year that crossed a year's end.
func (b *Book) carried(through int) (out []carriedGroup) {
	for _, c := range b.years {
		if c.What == domain.CountCarried && c.Year(0) <= through && c.n != 0 {
			out = append(out, carriedGroup{c.Year(0), c.Year(1), c.Column(2), c.n})
		}
	}
	return out
}

// openAfterYear is what a year has carried out.
func (b *Book) openAfterYear(year int) int64 {
	_, out := split(b.carried(year), year)
	return out.Total()
}

// OpenBefore is what was open when a day began, counted from the start of its year.
func (b *Book) OpenBefore(day civil.Date) int64 {
	received, finished := b.moves(domain.FirstDay(day.Year()), day.AddDays(-1))
	return b.openAfterYear(day.Year()-1) + received - finished
}

// OpenAfter is what was open when a day was over, counted back from the end of its
// year: so it can be held to OpenBefore.
func (b *Book) OpenAfter(day civil.Date) int64 {
	received, finished := b.moves(day.AddDays(1), domain.LastDay(day.Year()))
	return b.openAfterYear(day.Year()) - received + finished
}

// moves counts what was received and finished from a day to another.
func (b *Book) moves(from, to civil.Date) (received, finished int64) {
	for _, c := range b.months {
		if on := c.Day(0); on < from || on > to {
			continue
		}
		if c.What == domain.CountReceived {
			received += c.n
		} else {
			finished += c.n
		}
	}
	return received, finished
}

// Received is what was received in the period.
func (b *Book) Received(p domain.Period) int64 {
	received, _ := b.moves(p.From, p.To)
	return received
}

// Finished groups what was finished in the period.
func (b *Book) Finished(p domain.Period) []FinishedGroup {
	type group struct {
		row      report.Row
		time     domain.Timeliness
		extended bool
	}
	sum := map[group]int64{}
	for _, c := range b.months {
		if on := c.Day(0); c.What == domain.CountFinished && on >= p.From && on <= p.To {
			sum[group{c.Row(1), domain.Timeliness(c.Part[2]), c.Part[3] == "1"}] += c.n
		}
	}
	out := make([]FinishedGroup, 0, len(sum))
	for k, n := range sum {
		out = append(out, FinishedGroup{Row: k.row, Timeliness: k.time, Extended: k.extended, N: n})
	}
	return out
}
