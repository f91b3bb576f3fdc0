package reporting

import (
	"context"

	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// flow counts the applications of a period. No line of it is computed from the
// others, so that its balance says something.
type flow struct {
	openBefore, received, openAfter int64
	finished                        []store.FinishedGroup
}

// applicationFlows counts the three periods: in the office's tally, all of one
// moment, or in the indexes while a large ledger comes in.
func (r *Reporter) applicationFlows(ctx context.Context, office string, periods [3]domain.Period) (flows [3]flow, err error) {
	first, last := periods[0].From, periods[0].To
	for _, p := range periods {
		first, last = min(first, p.From), max(last, p.To)
	}
	book, err := r.Facts.Book(ctx, office, domain.FirstDay(first.Year()), domain.LastDay(last.Year()))
	if err != nil {
		return flows, err
	}
	if book == nil {
		return r.countFlows(ctx, office, periods)
	}
	for i, p := range periods {
		flows[i] = flow{
			openBefore: book.OpenBefore(p.From), received: book.Received(p), openAfter: book.OpenAfter(p.To), finished: book.Finished(p),
		}
	}
	return flows, nil
}

// countFlows counts the three periods in the indexes, side by side. They share days,
// which are counted once.
func (r *Reporter) countFlows(ctx context.Context, office string, periods [3]domain.Period) (flows [3]flow, err error) {
	g, ctx := errgroup.WithContext(ctx)
	var days []civil.Date
	var stocks map[civil.Date]store.Stock
	for i, p := range periods {
		if p.From != domain.FirstDay(p.From.Year()) {
			days = append(days, p.From.AddDays(-1))
		}
		days = append(days, p.To)
		g.Go(func() (err error) {
			flows[i].finished, err = r.Facts.Finished(ctx, office, p)
			return err
		})
		if p.From.Year() == p.To.Year() {
			continue // the stocks tell what was received
		}
		g.Go(func() (err error) {
			flows[i].received, err = r.Facts.Received(ctx, office, p)
			return err
		})
	}
	g.Go(func() (err error) {
		stocks, err = r.Facts.Stocks(ctx, office, days)
		return err
	})
	var yearStarts [3]int64
	for i, p := range periods {
		if p.From != domain.FirstDay(p.From.Year()) {
			continue
		}
		g.Go(func() error {
			_, out, err := r.Facts.Carried(ctx, office, p.From.Year()-1)
			yearStarts[i] = out.Total()
			return err
		})
	}
	err = g.Wait()
	for i, p := range periods {
		before := stocks[p.From.AddDays(-1)]
		if p.From == domain.FirstDay(p.From.Year()) {
			before = store.Stock{Open: yearStarts[i]}
		}
		flows[i].openBefore, flows[i].openAfter = before.Open, stocks[p.To].Open
		if p.From.Year() == p.To.Year() {
			flows[i].received = stocks[p.To].Received - before.Received
		}
	}
	return flows, err
}

// finished sums a flow's finished cases that match.
func finished(f flow, match func(store.FinishedGroup) bool) (n int64) {
	for _, g := range f.finished {
		if match == nil || match(g) {
			n += g.N
		}
	}
	return n
}

func (s *Summary) applications(flows [3]flow) {
	each := func(of func(flow) int64) (n [3]int64) {
		for i := range flows {
			n[i] = of(flows[i])
		}
		return n
	}
	all := each(func(f flow) int64 { return finished(f, nil) })
	s.Applications = Section{
		Label: "政府信息公开申请",
		Flow: []Line{
			line("open_before", "期初未结", each(func(f flow) int64 { return f.openBefore })),
			line("received", "本期新收", each(func(f flow) int64 { return f.received })),
			line("finished", "本期办结", all),
			line("open_after", "期末未结", each(func(f flow) int64 { return f.openAfter })),
		},
		Balanced: true,
	}
	for i, f := range flows {
		s.Applications.Balanced = s.Applications.Balanced && f.openBefore+f.received == all[i]+f.openAfter
	}
	for _, row := range report.Format2021.Results() {
		l := line(string(row), row.Label(), each(func(f flow) int64 {
			return finished(f, func(g store.FinishedGroup) bool {
				return g.Row == row || row == report.OtherOther && g.Row == report.OtherAll
			})
		}))
		l.Group = row.Group().Label()
		s.Results = append(s.Results, l)
	}
}
