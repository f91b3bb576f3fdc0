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
	Waiting    Queue = "waiting" // for anybody outside
	// The same by whom the case waits for. Reasons that were asked for (条例 art. 35)
	// count as waiting for the applicant, although the reply period runs on.
	WaitingApplicant  Queue = "waiting_applicant"
	WaitingThirdParty Queue = "waiting_third_party" // third parties and other agencies
	WaitingPayment    Queue = "waiting_payment"
	Approval          Queue = "approval" // something lies before the head
	// Unconfirmed: arrived, but the receipt is not confirmed (条例 art. 31); sorted by
	// the day by which it should be.
	Unconfirmed Queue = "unconfirmed"
)

// Queues are all of them.
func Queues() []Queue {
	return []Queue{
		Mine, Unit, Unassigned, DueSoon, Overdue, Waiting, WaitingApplicant, WaitingThirdParty, WaitingPayment, Approval, Unconfirmed,
	}
}

// laneOf are the lanes that hold exactly the cases of a queue.
var laneOf = map[Queue]string{
	Waiting: domain.LaneWaiting, WaitingApplicant: laneApplicant, WaitingThirdParty: laneThirdParty,
	WaitingPayment: lanePayment, Approval: domain.LaneApproval, Unconfirmed: domain.LaneSubmitted,
}

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
	DueFrom      civil.Date // of the day that queues sort by
	DueTo        civil.Date // inclusive
	Channel      domain.Channel
	Text         string // normalized
	Receipt      string // the case of this receipt is found, too
	ByDue        bool   // order by due date, open cases only
	Desc         bool
	Today        civil.Date
	SoonBy       civil.Date // last day of due_soon
}

// plan is one index walk that holds every wanted case, and few others.
func (f Filter) plan() docstore.Query {
	q := docstore.Query{Desc: f.Desc}
	switch {
	case len(domain.GramsOf(f.Text)) > 0:
		q.Index, q.Eq = ByGram, []any{f.Office, docstore.All(domain.GramsOf(f.Text))}
		f.bound(&q)
	case f.Queue == Mine:
		q.Index, q.Eq = OpenByStaff, []any{f.Office, f.Staff}
		f.boundDue(&q)
	case f.Queue == Unassigned:
		q.Index, q.Eq = OpenByStaff, []any{f.Office, ""}
		f.boundDue(&q)
	case f.Queue == DueSoon:
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{domain.LaneRunning}}
		f.DueFrom = max(f.DueFrom, f.Today)
		if f.DueTo.IsZero() || f.DueTo > f.SoonBy {
			f.DueTo = f.SoonBy
		}
		f.boundDue(&q)
	case f.Queue == Overdue:
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{domain.LaneRunning}}
		if f.DueTo.IsZero() || f.DueTo >= f.Today {
			f.DueTo = f.Today - 1
		}
		f.boundDue(&q)
	case laneOf[f.Queue] != "":
		q.Index, q.Eq = ByLane, []any{f.Office, docstore.All{laneOf[f.Queue]}}
		f.boundDue(&q)
	case f.ByDue && f.Assignee != "":
		q.Index, q.Eq = OpenByStaff, []any{f.Office, f.Assignee}
		f.boundDue(&q)
	case f.Queue == Unit || f.ByDue:
		q.Index, q.Eq = OpenByDue, []any{f.Office}
		f.boundDue(&q)
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

func (f Filter) boundDue(q *docstore.Query) {
	if !f.DueFrom.IsZero() {
		q.From = int64(f.DueFrom)
	}
	if !f.DueTo.IsZero() {
		q.To = int64(f.DueTo) + 1
	}
}

// wants holds a case against every condition, also those that the index has
// already served.
func (f Filter) wants(c *domain.Case) bool {
	on := civil.Date(received(c)) //nolint:gosec // made from a civil.Date
	switch {
	case c.Office != f.Office,
		f.Text != "" && !c.Contains(f.Text) && (f.Receipt == "" || c.Receipt != f.Receipt),
		f.Status != "" && c.Queue.Status != f.Status,
		f.Assignee != "" && c.Assignee != f.Assignee,
		f.Kind != "" && !slices.Contains(kinds(c), f.Kind),
		!f.ReceivedFrom.IsZero() && on < f.ReceivedFrom,
		!f.ReceivedTo.IsZero() && on > f.ReceivedTo,
		f.Channel != "" && c.Channel != f.Channel,
		f.dueBounded() && (!open(c) || !c.Queue.HasDue()),
		!f.DueFrom.IsZero() && c.Queue.DueOn < f.DueFrom,
		!f.DueTo.IsZero() && c.Queue.DueOn > f.DueTo:
		return false
	}
	return f.inQueue(c)
}

func (f Filter) dueBounded() bool { return !f.DueFrom.IsZero() || !f.DueTo.IsZero() }

func (f Filter) inQueue(c *domain.Case) bool {
	if lane := laneOf[f.Queue]; lane != "" {
		return open(c) && slices.Contains(lanes(c), lane)
	}
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
	case Waiting, WaitingApplicant, WaitingThirdParty, WaitingPayment, Approval, Unconfirmed: // above
	}
	return true
}

// ofReceipt is the case of the receipt that was searched for, unless the walk
// through the texts finds it anyway: a receipt is looked up whole and not indexed
// by its parts.
func (f Filter) ofReceipt(ctx context.Context, cases *Cases) ([]docstore.Doc[domain.Case], error) {
	docs, _, err := cases.Find(ctx, WithReceipt(f.Receipt))
	if err != nil || len(docs) == 0 || !f.wants(docs[0].Value) || docs[0].Value.Contains(f.Text) {
		return nil, err
	}
	return docs, nil
}

// maxScan bounds how many cases one page looks at when conditions that the
// index does not serve throw most of them out. The page then ends early, with a
// cursor that goes on from there.
const maxScan = 2000

// List returns one page of the cases that a filter asks for.
func List(ctx context.Context, cases *Cases, f Filter, limit int, cursor string) (docs []docstore.Doc[domain.Case], next string, err error) {
	q := f.plan()
	q.After = cursor
	if cursor == "" && f.Receipt != "" && limit > 1 {
		if docs, err = f.ofReceipt(ctx, cases); err != nil {
			return nil, "", err
		}
	}
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
