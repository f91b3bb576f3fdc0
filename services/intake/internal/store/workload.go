package store

import (
	"context"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// The indexes that counts of the workload are read from.
const (
	ByLoad     = "load"     // office, lane*, assignee, due; open cases only
	ByFinished = "finished" // office, month, assignee; closed cases only
)

func loadIndexes() []docstore.Entry[domain.Case] {
	return []docstore.Entry[domain.Case]{
		entry(ByLoad, func(c *domain.Case) docstore.Key {
			if !open(c) || len(c.Queue.Lanes) == 0 {
				return nil
			}
			return docstore.Key{c.Office, lanes(c), c.Assignee, due(c)}
		}, str("office"), multi("lane"), str("assignee"), num("due")),
		entry(ByFinished, func(c *domain.Case) docstore.Key {
			// A case that was split is finished by its parts.
			if open(c) || c.Ending.Code == domain.EndedSplit {
				return nil
			}
			return docstore.Key{c.Office, month(c.Ending.On), c.Assignee}
		}, str("office"), num("month"), str("assignee")),
	}
}

// month is a month as a number that sorts: 202606.
func month(d civil.Date) int64 { return int64(d.Year())*100 + int64(d.Month()) }

// Load is how many cases somebody has on the desk.
type Load struct {
	Open     int64 // all that are not closed
	DueSoon  int64 // the reply is due within the next days
	Overdue  int64 // it was due before today
	Waiting  int64 // the clock stands still
	Approval int64 // something lies before the head
	Finished int64 // closed this month
}

func (l *Load) add(o Load) {
	l.Open += o.Open
	l.DueSoon += o.DueSoon
	l.Overdue += o.Overdue
	l.Waiting += o.Waiting
	l.Approval += o.Approval
	l.Finished += o.Finished
}

// Workload is the load of an office by officer; "" is the load of nobody yet.
type Workload map[string]*Load

// Total is the load of the whole office.
func (w Workload) Total() (all Load) {
	for _, l := range w {
		all.add(*l)
	}
	return all
}

func (w Workload) of(v any) *Load {
	who, _ := v.(string)
	if w[who] == nil {
		w[who] = &Load{}
	}
	return w[who]
}

// CountWorkload counts, from the indexes alone, what every officer of an office has
// to do. Overdue and due soon are counted as the queues of these names list them.
func CountWorkload(ctx context.Context, cases *Cases, office string, today, soonBy civil.Date) (Workload, error) {
	w := Workload{}
	lane := func(name string) []any { return []any{office, docstore.All{name}} }
	for _, q := range []struct {
		docstore.CountQuery
		add func(docstore.Group)
	}{
		{
			docstore.CountQuery{Index: OpenByStaff, Eq: []any{office}, GroupBy: 1},
			func(g docstore.Group) { w.of(g.Values[0]).Open = g.Count },
		},
		{
			docstore.CountQuery{Index: ByLoad, Eq: lane(domain.LaneRunning), GroupBy: 2},
			func(g docstore.Group) {
				due, _ := g.Values[1].(int64)
				switch {
				case due < int64(today):
					w.of(g.Values[0]).Overdue += g.Count
				case due <= int64(soonBy):
					w.of(g.Values[0]).DueSoon += g.Count
				}
			},
		},
		{
			docstore.CountQuery{Index: ByLoad, Eq: lane(domain.LaneWaiting), GroupBy: 1},
			func(g docstore.Group) { w.of(g.Values[0]).Waiting = g.Count },
		},
		{
			docstore.CountQuery{Index: ByLoad, Eq: lane(domain.LaneApproval), GroupBy: 1},
			func(g docstore.Group) { w.of(g.Values[0]).Approval = g.Count },
		},
		{
			docstore.CountQuery{Index: ByFinished, Eq: []any{office, month(today)}, GroupBy: 1},
			func(g docstore.Group) { w.of(g.Values[0]).Finished = g.Count },
		},
	} {
		groups, err := cases.Count(ctx, q.CountQuery)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			q.add(g)
		}
	}
	return w, nil
}

// OneOf asks for an open case of an officer.
func OneOf(office, staff string) docstore.Query {
	return docstore.Query{Index: OpenByStaff, Eq: []any{office, staff}, Limit: 1}
}
