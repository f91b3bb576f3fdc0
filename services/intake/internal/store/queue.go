package store

import (
	"context"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// Queue names a work queue.
type Queue string

// The queues.
const (
	Mine       Queue = "mine"
	Unit       Queue = "unit"
	Unassigned Queue = "unassigned"
	DueSoon    Queue = "due_soon"
	Overdue    Queue = "overdue"
	Waiting    Queue = "waiting"
	Approval   Queue = "approval"
)

// Filter is what a list of cases asks for. Zero fields ask for nothing.
type Filter struct {
	Office       string
	Queue        Queue
	Staff        string // who asks, for Mine
	Status       contract.CaseStatus
	Assignee     string
	Kind         string // an applicant kind or a decision kind
	ReceivedFrom civil.Date
	ReceivedTo   civil.Date // inclusive
	Text         string     // normalized
	ByDue        bool       // order by due date, open cases only
	Desc         bool
	Today        civil.Date
	SoonBy       civil.Date // last day of due_soon
}

// plan is one index walk that holds every wanted case, and few others.
func (f Filter) plan() docstore.Query {
	q := docstore.Query{Desc: f.Desc}
	switch {
	case f.Text != "":
		q.Index, q.Eq = ByGram, []any{f.Office, docstore.All(domain.GramsOf(f.Text))}
		f.bound(&q)
	case f.Queue == Mine:
		q.Index, q.Eq = OpenByStaff, []any{f.Office, f.Staff}
	case f.Queue == Unassigned:
		q.Index, q.Eq = OpenByStaff, []any{f.Office, ""}
	case f.Queue == DueSoon:
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{domain.LaneRunning}}
		q.From, q.To = int64(f.Today), int64(f.SoonBy)+1
	case f.Queue == Overdue:
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{domain.LaneRunning}}
		q.To = int64(f.Today)
	case f.Queue == Waiting:
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{domain.LaneWaiting}}
	case f.Queue == Approval:
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{domain.LaneApproval}}
	case f.ByDue && f.Assignee != "":
		q.Index, q.Eq = OpenByStaff, []any{f.Office, f.Assignee}
	case f.Queue == Unit || f.ByDue:
		q.Index, q.Eq = OpenByDue, []any{f.Office}
	case f.Assignee != "":
		q.Index, q.Eq = ByStaff, []any{f.Office, f.Assignee}
		f.bound(&q)
	case f.Status != "":
		q.Index, q.Eq = ByStatus, []any{f.Office, string(f.Status)}
		f.bound(&q)
	case f.Kind != "":
		q.Index, q.Eq = ByKind, []any{f.Office, docstore.All{f.Kind}}
		f.bound(&q)
	default:
		q.Index, q.Eq = ByReceived, []any{f.Office}
		f.bound(&q)
	}
	return q
}

func (f Filter) bound(q *docstore.Query) {
	if !f.ReceivedFrom.IsZero() {
		q.From = int64(f.ReceivedFrom)
	}
	if !f.ReceivedTo.IsZero() {
		q.To = int64(f.ReceivedTo) + 1
	}
}

// wants holds a case against every condition, also those that the index has
// already served.
func (f Filter) wants(c *domain.Case) bool {
	on := civil.Date(received(c)) //nolint:gosec // made from a civil.Date
	switch {
	case f.Text != "" && !c.Contains(f.Text),
		f.Status != "" && c.Queue.Status != f.Status,
		f.Assignee != "" && c.Assignee != f.Assignee,
		f.Kind != "" && !slices.Contains(kinds(c), f.Kind),
		!f.ReceivedFrom.IsZero() && on < f.ReceivedFrom,
		!f.ReceivedTo.IsZero() && on > f.ReceivedTo:
		return false
	}
	return f.inQueue(c)
}

func (f Filter) inQueue(c *domain.Case) bool {
	running := slices.Contains(c.Queue.Lanes, domain.LaneRunning)
	switch f.Queue {
	case Mine:
		return open(c) && c.Assignee == f.Staff
	case Unassigned:
		return open(c) && c.Assignee == ""
	case Unit:
		return open(c)
	case DueSoon:
		return running && c.Queue.DueOn >= f.Today && c.Queue.DueOn <= f.SoonBy
	case Overdue:
		return running && c.Queue.DueOn < f.Today
	case Waiting:
		return slices.Contains(c.Queue.Lanes, domain.LaneWaiting)
	case Approval:
		return slices.Contains(c.Queue.Lanes, domain.LaneApproval)
	}
	return true
}

// maxScan bounds how many cases one page looks at when conditions that the
// index does not serve throw most of them out. The page then ends early, with a
// cursor that goes on from there.
const maxScan = 2000

// List returns one page of the cases that a filter asks for.
func List(ctx context.Context, cases *Cases, f Filter, limit int, cursor string) (docs []docstore.Doc[domain.Case], next string, err error) {
	q := f.plan()
	q.After = cursor
	for scanned := 0; ; {
		// Never more than still fits, so that the page's cursor is the list's.
		q.Limit = limit - len(docs)
		page, after, err := cases.Find(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, d := range page {
			if f.wants(d.Value) {
				docs = append(docs, d)
			}
		}
		scanned += len(page)
		q.After = after
		nearlyFull := len(docs) >= limit || len(docs)*4 >= limit*3 && len(docs) < limit && scanned > limit
		if after == "" || nearlyFull || scanned >= maxScan {
			return docs, after, nil
		}
	}
}
