package store

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// ByColumn counts cases by applicant column.
type ByColumn map[report.Column]int64

// Total is the sum over the columns.
func (b ByColumn) Total() int64 {
	var n int64
	for _, v := range b {
		n += v
	}
	return n
}

// YearFlow is everything table three needs of one year.
type YearFlow struct {
	NewReceived ByColumn
	CarriedIn   ByColumn
	CarriedOut  ByColumn
	Results     map[report.Row]ByColumn
}

// Year counts one year of an office: from its tally, or from the indexes while a
// large ledger comes in.
func (f *Facts) Year(ctx context.Context, office string, year int) (YearFlow, error) {
	b, err := f.Book(ctx, office, 0, 0)
	if err != nil {
		return YearFlow{}, err
	}
	if b != nil {
		return b.year(year), nil
	}
	return f.countYear(ctx, office, year)
}

// countYear counts one year of an office in the indexes. Its three counts are of different indexes and
// run beside each other; that they agree is checked afterwards (V3).
func (f *Facts) countYear(ctx context.Context, office string, year int) (YearFlow, error) {
	flow := YearFlow{NewReceived: ByColumn{}, Results: map[report.Row]ByColumn{}}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		groups, err := f.repo.Count(ctx, docstore.CountQuery{Index: factsReceived, Eq: []any{office, int64(year)}, GroupBy: 1})
		for _, g := range groups {
			flow.NewReceived[report.Column(text(g, 0))] += g.Count
		}
		return err
	})
	g.Go(func() error {
		groups, err := f.repo.Count(ctx, docstore.CountQuery{Index: factsFinished, Eq: []any{office, int64(year)}, GroupBy: 2})
		for _, g := range groups {
			row := report.Row(text(g, 0))
			if flow.Results[row] == nil {
				flow.Results[row] = ByColumn{}
			}
			flow.Results[row][report.Column(text(g, 1))] += g.Count
		}
		return err
	})
	g.Go(func() error {
		groups, err := f.countCarried(ctx, office, year)
		flow.CarriedIn, flow.CarriedOut = split(groups, year)
		return err
	})
	err := g.Wait()
	return flow, err
}

// Carried counts what came into a year from the one before, and what went out of it
// into the next.
func (f *Facts) Carried(ctx context.Context, office string, year int) (in, out ByColumn, err error) {
	groups, err := f.carried(ctx, office, year)
	in, out = split(groups, year)
	return in, out, err
}

// split tells what came into a year from what went out of it.
func split(groups []carriedGroup, year int) (in, out ByColumn) {
	in, out = ByColumn{}, ByColumn{}
	for _, c := range groups {
		if c.received < year && c.finished >= year {
			in[c.column] += c.n
		}
		if c.finished > year {
			out[c.column] += c.n
		}
	}
	return in, out
}

// carriedGroup counts the cases received in one year and finished in a later one.
type carriedGroup struct {
	received, finished int
	column             report.Column
	n                  int64
}

// carried are the cases received up to a year that crossed a year's end.
func (f *Facts) carried(ctx context.Context, office string, through int) ([]carriedGroup, error) {
	b, err := f.Book(ctx, office, 0, 0)
	if err != nil {
		return nil, err
	}
	if b != nil {
		return b.carried(through), nil
	}
	return f.countCarried(ctx, office, through)
}

// countCarried counts them in the index.
func (f *Facts) countCarried(ctx context.Context, office string, through int) ([]carriedGroup, error) {
	groups, err := f.repo.Count(ctx, docstore.CountQuery{
		Index: factsCarried, Eq: []any{office}, To: int64(through + 1), GroupBy: 3,
	})
	if err != nil {
		return nil, err
	}
	out := make([]carriedGroup, 0, len(groups))
	for _, g := range groups {
		out = append(out, carriedGroup{int(number(g, 0)), int(number(g, 1)), report.Column(text(g, 2)), g.Count})
	}
	return out, nil
}

// FinishedGroup counts finished cases of one row.
type FinishedGroup struct {
	Row        report.Row
	Timeliness domain.Timeliness
	Extended   bool
	N          int64
}

// Stock is what lay with the office at the end of a day.
type Stock struct {
	// Open were received by the day and not finished on it.
	Open int64
	// Received is what the year had brought up to the day.
	Received int64
}

// Stocks counts the ends of some days. The year's start is known from the few cases
// that crossed it; from there on every day between is walked once, however many of
// the days lie behind it.
func (f *Facts) Stocks(ctx context.Context, office string, days []civil.Date) (map[civil.Date]Stock, error) {
	days = slices.Clone(days)
	slices.Sort(days)
	days = slices.Compact(days)
	moves := make([]struct{ received, finished int64 }, len(days)) // since the day before, or the year's start
	starts := map[int]*int64{}
	g, ctx := errgroup.WithContext(ctx)
	for i, day := range days {
		from := domain.FirstDay(day.Year())
		if i > 0 {
			from = max(from, days[i-1].AddDays(1))
		}
		g.Go(func() (err error) {
			moves[i].received, err = f.count(ctx, factsReceivedOn, office, from, day)
			return err
		})
		g.Go(func() (err error) {
			moves[i].finished, err = f.count(ctx, factsFinishedOn, office, from, day)
			return err
		})
		if year := day.Year(); starts[year] == nil {
			open := new(int64)
			starts[year] = open
			g.Go(func() error {
				_, out, err := f.Carried(ctx, office, year-1)
				*open = out.Total()
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	stocks := make(map[civil.Date]Stock, len(days))
	for i, day := range days {
		s := Stock{Open: *starts[day.Year()]}
		if i > 0 && days[i-1].Year() == day.Year() {
			s = stocks[days[i-1]]
		}
		s.Open += moves[i].received - moves[i].finished
		s.Received += moves[i].received
		stocks[day] = s
	}
	return stocks, nil
}

// Received counts what was received in the period.
func (f *Facts) Received(ctx context.Context, office string, p domain.Period) (int64, error) {
	return f.count(ctx, factsReceivedOn, office, p.From, p.To)
}

// count counts the entries of a dated index from a day to another, both included.
func (f *Facts) count(ctx context.Context, index, office string, from, to civil.Date) (int64, error) {
	groups, err := f.repo.Count(ctx, docstore.CountQuery{
		Index: index, Eq: []any{office}, From: int64(from), To: int64(to) + 1,
	})
	if err != nil || len(groups) == 0 {
		return 0, err
	}
	return groups[0].Count, nil
}

// Finished groups what was finished in the period: whole months by month, and the
// days before and after them by day.
func (f *Facts) Finished(ctx context.Context, office string, p domain.Period) ([]FinishedGroup, error) {
	type key struct {
		row      report.Row
		time     domain.Timeliness
		extended bool
	}
	sum := map[key]int64{}
	add := func(index string, from, to int64) error {
		if from >= to {
			return nil
		}
		groups, err := f.repo.Count(ctx, docstore.CountQuery{
			Index: index, Eq: []any{office}, From: from, To: to, GroupBy: 4,
		})
		for _, g := range groups {
			sum[key{report.Row(text(g, 1)), domain.Timeliness(text(g, 2)), number(g, 3) == 1}] += g.Count
		}
		return err
	}
	firstWhole := monthStart(p.From.AddDays(-1)).AddMonths(1)
	afterWhole := monthStart(p.To.AddDays(1))
	if firstWhole >= afterWhole {
		firstWhole, afterWhole = p.From, p.From
	}
	if err := add(factsFinishedOn, int64(p.From), int64(firstWhole)); err != nil {
		return nil, err
	}
	if firstWhole < afterWhole {
		if err := add(factsMonth, yearMonth(firstWhole), yearMonth(afterWhole)); err != nil {
			return nil, err
		}
	}
	if err := add(factsFinishedOn, int64(afterWhole), int64(p.To)+1); err != nil {
		return nil, err
	}
	out := make([]FinishedGroup, 0, len(sum))
	for k, n := range sum {
		out = append(out, FinishedGroup{Row: k.row, Timeliness: k.time, Extended: k.extended, N: n})
	}
	return out, nil
}

// OpenDue counts the open cases whose reply is due within the days, both included.
// A zero from means since ever.
func (f *Facts) OpenDue(ctx context.Context, office string, from, to civil.Date) (int64, error) {
	return f.count(ctx, factsOpenDue, office, from, to)
}

// DueBetween lists the open cases whose reply is due within the days, both included,
// the most urgent first, at most limit.
func (f *Facts) DueBetween(ctx context.Context, office string, from, to civil.Date, limit int) ([]docstore.Doc[domain.CaseFact], error) {
	docs, _, err := f.repo.Find(ctx, docstore.Query{
		Index: factsOpenDue, Eq: []any{office}, From: int64(from), To: int64(to) + 1, Limit: limit,
	})
	return docs, err
}

// ImportedFees sums the fees that imported ledger rows finished in a year state.
func (f *Facts) ImportedFees(ctx context.Context, office string, year int) (Money, error) {
	groups, err := f.repo.Count(ctx, docstore.CountQuery{Index: factsFees, Eq: []any{office, int64(year)}, GroupBy: 1})
	return sumOf(groups), err
}

// Money is a number of payments and their sum in yuan.
type Money struct {
	Count int64 `json:"count"`
	Yuan  int64 `json:"amount_yuan"`
}

// sumOf adds up groups whose value is the amount: a sum from counts alone.
func sumOf(groups []docstore.Group) Money {
	var m Money
	for _, g := range groups {
		m.Count += g.Count
		m.Yuan += g.Count * number(g, 0)
	}
	return m
}

func monthStart(d civil.Date) civil.Date { _, _, day := d.YMD(); return d.AddDays(1 - day) }

func yearMonth(d civil.Date) int64 { y, m, _ := d.YMD(); return int64(y*100 + m) }

func text(g docstore.Group, i int) string {
	s, _ := g.Values[i].(string) //nolint:errcheck // the index declares it
	return s
}

func number(g docstore.Group, i int) int64 {
	n, _ := g.Values[i].(int64) //nolint:errcheck // the index declares it
	return n
}
