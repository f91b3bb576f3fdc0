// Package store declares the case collection: its indexes, and the facts its
// events carry.
//
// Every index that a person's query uses begins with the office, so that no
// query can reach another office's cases. Two do not: the receipt, which is all
// that an applicant has, and the list of cases on which time or an unfinished
// step still has to act, which only the service itself reads.
package store

import (
	"context"
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/intake/internal/domain"
)

// The indexes of the case collection.
const (
	ByReceipt   = "receipt"           // unique: receipt
	ByNumber    = "register_number"   // unique: office, year, seq
	OpenByDue   = "open_due"          // office, due
	ByLane      = "lane_due"          // office, lane*, due
	OpenByStaff = "assignee_due"      // office, assignee ("" = nobody), due
	ByStaff     = "assignee_received" // office, assignee, received
	ByStatus    = "status_received"   // office, status, received
	ByKind      = "kind_received"     // office, applicant or decision kind*, received
	ByReceived  = "received"          // office, received
	ByGram      = "words"             // office, character pair or triple*, received
	ByApplicant = "applicant"         // office, digest*, received
	ByReference = "reference"         // office, "<relation>:<case id>"*
	ByWake      = "wake"              // reason, day
	Restricted  = "restricted"        // office, received; restricted cases only
)

// The reasons in ByWake.
const (
	WakeTime  = "time"  // a consultation's limit passes on the day
	WakeSplit = "split" // parts still lack their cases
)

// Reference values of ByReference.
func childOf(id string) string  { return "parent:" + id }
func linkTo(id string) string   { return "link:" + id }
func mergedTo(id string) string { return "merged:" + id }

// Cases is the collection of case files.
type Cases = docstore.Repo[domain.Case]

// OpenCases declares the collection. describe, where given, adds to the facts of a case
// what only this installation can make of its text.
func OpenCases(ctx context.Context, s docstore.Store, now func() time.Time, poke func(), describe ...func(*domain.Case, *contract.CaseFacts)) (*Cases, error) {
	facts := func(c *domain.Case) (string, any) {
		f := c.Facts()
		for _, add := range describe {
			add(c, &f)
		}
		return c.Office, f
	}
	return docstore.Open(ctx, s, now, docstore.Spec[domain.Case]{
		Name:     "cases",
		Indexes:  append(caseIndexes(), loadIndexes()...),
		Facts:    facts,
		Hides:    func(ctx context.Context, c *domain.Case) bool { return identity.Barred(ctx, c.RestrictedTo()) },
		Snapshot: contract.CaseRestated,
		Outbox:   poke,
	})
}

func str(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.String} }
func num(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.Int} }
func multi(name string) docstore.Field {
	return docstore.Field{Name: name, Kind: docstore.String, Multi: true}
}

func entry(name string, key func(*domain.Case) docstore.Key, fields ...docstore.Field) docstore.Entry[domain.Case] {
	return docstore.Entry[domain.Case]{Index: docstore.Index{Name: name, Fields: fields}, Key: key}
}

func unique(e docstore.Entry[domain.Case]) docstore.Entry[domain.Case] {
	e.Unique = true
	return e
}

// received sorts a case by its receipt; before that is settled, by its arrival.
func received(c *domain.Case) int64 { return int64(max(c.ReceivedOn(), c.ArrivedOn())) }

func due(c *domain.Case) int64 { return int64(c.Queue.DueOn) }

func open(c *domain.Case) bool { return c.Ending == nil }

func caseIndexes() []docstore.Entry[domain.Case] {
	return []docstore.Entry[domain.Case]{
		unique(entry(ByReceipt, func(c *domain.Case) docstore.Key { return docstore.Key{c.Receipt} }, str("receipt"))),
		unique(entry(ByNumber, func(c *domain.Case) docstore.Key {
			if c.Number == nil || c.Number.Seq == 0 {
				return nil
			}
			return docstore.Key{c.Office, int64(c.Number.Year), int64(c.Number.Seq)}
		}, str("office"), num("year"), num("seq"))),
		entry(OpenByDue, func(c *domain.Case) docstore.Key {
			if !open(c) {
				return nil
			}
			return docstore.Key{c.Office, due(c)}
		}, str("office"), num("due")),
		entry(ByLane, func(c *domain.Case) docstore.Key {
			if !open(c) || len(c.Queue.Lanes) == 0 {
				return nil
			}
			return docstore.Key{c.Office, lanes(c), due(c)}
		}, str("office"), multi("lane"), num("due")),
		entry(OpenByStaff, func(c *domain.Case) docstore.Key {
			if !open(c) {
				return nil
			}
			return docstore.Key{c.Office, c.Assignee, due(c)}
		}, str("office"), str("assignee"), num("due")),
		entry(ByStaff, func(c *domain.Case) docstore.Key {
			if c.Assignee == "" {
				return nil
			}
			return docstore.Key{c.Office, c.Assignee, received(c)}
		}, str("office"), str("assignee"), num("received")),
		entry(ByStatus, func(c *domain.Case) docstore.Key {
			return docstore.Key{c.Office, string(c.Queue.Status), received(c)}
		}, str("office"), str("status"), num("received")),
		entry(ByKind, func(c *domain.Case) docstore.Key {
			return docstore.Key{c.Office, kinds(c), received(c)}
		}, str("office"), multi("kind"), num("received")),
		entry(ByReceived, func(c *domain.Case) docstore.Key {
			return docstore.Key{c.Office, received(c)}
		}, str("office"), num("received")),
		entry(ByGram, func(c *domain.Case) docstore.Key {
			grams := c.Grams()
			if len(grams) == 0 {
				return nil
			}
			return docstore.Key{c.Office, grams, received(c)}
		}, str("office"), docstore.Field{Name: "gram", Kind: docstore.String, Multi: true, Personal: true}, num("received")),
		entry(ByApplicant, func(c *domain.Case) docstore.Key {
			if len(c.Digests) == 0 {
				return nil
			}
			return docstore.Key{c.Office, c.Digests, received(c)}
		}, str("office"), multi("digest"), num("received")),
		entry(Restricted, func(c *domain.Case) docstore.Key {
			if c.Restriction == nil {
				return nil
			}
			return docstore.Key{c.Office, received(c)}
		}, str("office"), num("received")),
		entry(ByReference, references, str("office"), multi("reference")),
		entry(ByWake, wake, str("reason"), num("day")),
	}
}

// The lanes that say whom a case waits for, beside those of the domain.
const (
	laneApplicant  = "waiting_applicant"
	laneThirdParty = "waiting_third_party"
	lanePayment    = "waiting_payment"
)

// lanes are the queues by lane in which an open case stands.
func lanes(c *domain.Case) []string {
	out := c.Queue.Lanes[:len(c.Queue.Lanes):len(c.Queue.Lanes)]
	if slices.Contains(out, domain.LaneWaiting) {
		switch c.Queue.WaitingFor {
		case clock.ForCorrection:
			out = append(out, laneApplicant)
		case clock.ForPayment:
			out = append(out, lanePayment)
		default:
			out = append(out, laneThirdParty)
		}
	}
	if c.AwaitsReasons() && !slices.Contains(out, laneApplicant) {
		out = append(out, laneApplicant)
	}
	return out
}

// kinds are the values that ?kind= finds a case by: the applicant's kind and
// the kind of the decision, once there is one.
func kinds(c *domain.Case) []string {
	out := []string{string(c.Applicant.Kind)}
	switch {
	case c.Decision != nil:
		out = append(out, string(c.Decision.Kind))
	case c.Draft != nil:
		out = append(out, string(c.Draft.Kind))
	}
	return out
}

// Kinds is kinds for filters that another index serves.
func Kinds(c *domain.Case) []string { return kinds(c) }

func references(c *domain.Case) docstore.Key {
	seen := map[string]bool{}
	var refs []string
	add := func(ref string) {
		if !seen[ref] {
			seen[ref] = true
			refs = append(refs, ref)
		}
	}
	if c.ParentID != "" {
		add(childOf(c.ParentID))
	}
	if c.MergedInto != "" {
		add(mergedTo(c.MergedInto))
	}
	for _, l := range c.Links {
		add(linkTo(l.To))
	}
	if len(refs) == 0 {
		return nil
	}
	return docstore.Key{c.Office, refs}
}

func wake(c *domain.Case) docstore.Key {
	switch {
	case c.Split != nil && !c.Split.Filed:
		return docstore.Key{WakeSplit, int64(c.Split.SplitOn)}
	case open(c) && !c.Queue.WakeOn.IsZero():
		return docstore.Key{WakeTime, int64(c.Queue.WakeOn)}
	}
	return nil
}

// Relation is how another case refers to one.
type Relation string

// The relations.
const (
	Child  Relation = "parent" // it was split from the case
	Linked Relation = "link"   // it links to the case
	Merged Relation = "merged" // it was merged into the case
)

// Referring asks for the cases that refer to one.
func Referring(office string, r Relation, id string) docstore.Query {
	return docstore.Query{Index: ByReference, Eq: []any{office, docstore.All{string(r) + ":" + id}}, Limit: 200}
}

// Highest asks for the case with the highest register number of the year.
func Highest(office string, year int) docstore.Query {
	return docstore.Query{Index: ByNumber, Eq: []any{office, int64(year)}, Desc: true, Limit: 1}
}

// WithNumber asks for the case that holds a sequence of the year.
func WithNumber(office string, year, seq int) docstore.Query {
	return docstore.Query{Index: ByNumber, Eq: []any{office, int64(year), int64(seq)}, Limit: 1}
}

// WithReceipt asks for the case of a receipt.
func WithReceipt(receipt string) docstore.Query {
	return docstore.Query{Index: ByReceipt, Eq: []any{receipt}, Limit: 1}
}

// OfApplicant asks for the newest cases of an applicant since a day.
func OfApplicant(office, digest string, since civil.Date) docstore.Query {
	return docstore.Query{
		Index: ByApplicant, Eq: []any{office, docstore.All{digest}}, From: int64(since), Desc: true, Limit: 20,
	}
}

// ToWake asks for the cases that wait for this reason and whose day has come.
func ToWake(reason string, today civil.Date, after string) docstore.Query {
	return docstore.Query{Index: ByWake, Eq: []any{reason}, To: int64(today) + 1, Limit: 100, After: after}
}
