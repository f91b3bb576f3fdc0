package store

import (
	"context"

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

// Year counts one year of an office. The year must have begun.
func (f *Facts) Year(ctx context.Context, office string, year int) (YearFlow, error) {
	flow := YearFlow{
		NewReceived: ByColumn{}, CarriedIn: ByColumn{}, CarriedOut: ByColumn{}, Results: map[report.Row]ByColumn{},
	}
	groups, err := f.repo.Count(ctx, docstore.CountQuery{Index: factsReceived, Eq: []any{office, int64(year)}, GroupBy: 1})
	if err != nil {
		return flow, err
	}
	for _, g := range groups {
		flow.NewReceived[report.Column(text(g, 0))] += g.Count
	}
	groups, err = f.repo.Count(ctx, docstore.CountQuery{Index: factsFinished, Eq: []any{office, int64(year)}, GroupBy: 2})
	if err != nil {
		return flow, err
	}
	for _, g := range groups {
		row := report.Row(text(g, 0))
		if flow.Results[row] == nil {
			flow.Results[row] = ByColumn{}
		}
		flow.Results[row][report.Column(text(g, 1))] += g.Count
	}
	carried, err := f.carried(ctx, office, year)
	if err != nil {
		return flow, err
	}
	for _, c := range carried {
		if c.received < year && c.finished >= year {
			flow.CarriedIn[c.column] += c.n
		}
		if c.finished > year {
			flow.CarriedOut[c.column] += c.n
		}
	}
	return flow, nil
}

// carriedGroup counts the cases received in one year and finished in a later one.
type carriedGroup struct {
	received, finished int
	column             report.Column
	n                  int64
}

// carried counts the cases received up to a year that crossed a year's end.
func (f *Facts) carried(ctx context.Context, office string, through int) ([]carriedGroup, error) {
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

// Flow counts the applications of a run of days: open before + received =
// finished + open after, always.
type Flow struct {
	OpenBefore int64
	Received   int64
	Finished   []FinishedGroup
	OpenAfter  int64
}

// FinishedGroup counts finished cases of one row.
type FinishedGroup struct {
	Row        report.Row
	Timeliness domain.Timeliness
	Extended   bool
	N          int64
}

// Between counts the applications of a period. Nothing in it is computed from the
// flow's other lines, so that its balance can be checked.
func (f *Facts) Between(ctx context.Context, office string, p domain.Period) (Flow, error) {
	var flow Flow
	var err error
	if flow.OpenBefore, err = f.openAt(ctx, office, p.From.AddDays(-1)); err != nil {
		return flow, err
	}
	if flow.OpenAfter, err = f.openAt(ctx, office, p.To); err != nil {
		return flow, err
	}
	if flow.Received, err = f.count(ctx, factsReceivedOn, office, p.From, p.To); err != nil {
		return flow, err
	}
	flow.Finished, err = f.finished(ctx, office, p)
	return flow, err
}

// openAt counts what was received by a day and not finished on it: what came over
// the year's start, and what came and went since.
func (f *Facts) openAt(ctx context.Context, office string, day civil.Date) (int64, error) {
	year := day.Year()
	carried, err := f.carried(ctx, office, year-1)
	if err != nil {
		return 0, err
	}
	var open int64
	for _, c := range carried {
		if c.finished >= year {
			open += c.n
		}
	}
	received, err := f.count(ctx, factsReceivedOn, office, domain.FirstDay(year), day)
	if err != nil {
		return 0, err
	}
	finished, err := f.count(ctx, factsFinishedOn, office, domain.FirstDay(year), day)
	return open + received - finished, err
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

// finished groups what was finished in the period: whole months by month, and the
// days before and after them by day.
func (f *Facts) finished(ctx context.Context, office string, p domain.Period) ([]FinishedGroup, error) {
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
