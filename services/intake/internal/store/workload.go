package store

import (
	"context"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// The indexes that counts of the workload are read from.
const (
	ByLoad     = "load_due" // office, load, due, assignee; open cases with a load only
	ByFinished = "finished" // office, month, assignee; closed cases only
)

// loadLetters are what an open case can be to whoever has it on the desk, each a letter of
// the load in ByLoad. The letters make one value, so that no field of the index holds
// several: MongoDB counts from an index alone only then.
var loadLetters = []struct{ lane, letter string }{
	{domain.LaneApproval, "a"}, {domain.LaneRunning, "r"}, {domain.LaneWaiting, "w"},
}

// loadOf is the load of a case; empty for one that lies in none of these lanes.
func loadOf(c *domain.Case) string {
	load := ""
	for _, l := range loadLetters {
		if slices.Contains(c.Queue.Lanes, l.lane) {
			load += l.letter
		}
	}
	return load
}

// loadsWith are the loads that hold a lane.
func loadsWith(lane string) []string {
	var with []string
	for set := range 1 << len(loadLetters) {
		load, has := "", false
		for i, l := range loadLetters {
			if set&(1<<i) != 0 {
				load += l.letter
				has = has || l.lane == lane
			}
		}
		if has {
			with = append(with, load)
		}
	}
	return with
}

func loadIndexes() []docstore.Entry[domain.Case] {
	return []docstore.Entry[domain.Case]{
		entry(ByLoad, func(c *domain.Case) docstore.Key {
			load := loadOf(c)
			if !open(c) || load == "" {
				return nil
			}
			return docstore.Key{c.Office, load, due(c), c.Assignee}
		}, str("office"), str("load"), num("due"), str("assignee")),
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
	type count struct {
		docstore.CountQuery
		add func(docstore.Group)
	}
	counts := []count{
		{
			docstore.CountQuery{Index: OpenByStaff, Eq: []any{office}, GroupBy: 1},
			func(g docstore.Group) { w.of(g.Values[0]).Open = g.Count },
		},
		{
			docstore.CountQuery{Index: ByFinished, Eq: []any{office, month(today)}, GroupBy: 1},
			func(g docstore.Group) { w.of(g.Values[0]).Finished = g.Count },
		},
	}
	byDue := func(lane string, to any, add func(l *Load, due, n int64)) {
		for _, load := range loadsWith(lane) {
			counts = append(counts, count{
				docstore.CountQuery{Index: ByLoad, Eq: []any{office, load}, To: to, GroupBy: 2},
				func(g docstore.Group) {
					due, _ := g.Values[0].(int64)
					add(w.of(g.Values[1]), due, g.Count)
				},
			})
		}
	}
	byDue(domain.LaneRunning, int64(soonBy)+1, func(l *Load, due, n int64) {
		if due < int64(today) {
			l.Overdue += n
		} else {
			l.DueSoon += n
		}
	})
	byDue(domain.LaneWaiting, nil, func(l *Load, _, n int64) { l.Waiting += n })
	byDue(domain.LaneApproval, nil, func(l *Load, _, n int64) { l.Approval += n })
	for _, q := range counts {
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
