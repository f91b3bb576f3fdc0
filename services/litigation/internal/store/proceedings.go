package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// Proceedings is the collection of reviews, lawsuits and complaints.
type Proceedings struct {
	Repo *docstore.Repo[domain.Proceeding]
}

const (
	procByNewest    = "newest"
	procByKind      = "by_kind"
	procByOutcome   = "by_outcome"
	procByCase      = "by_case"
	procUnreported  = "unreported"
	procPending     = "pending"
	procInHand      = "in_hand"
	procByResult    = "spans_by_result"
	procByEffect    = "spans_by_effect"
	procFirst       = "spans_first_instance"
	procSecond      = "spans_second_instance"
	procHearings    = "hearings"
	procJudged      = "first_instance_judged"
	procConcludedOn = "concluded_on"
	procLessons     = "lessons"
	procCaseNo      = "case_no"
)

// OpenProceedings opens the collection of proceedings. poke wakes the relay.
func OpenProceedings(ctx context.Context, s docstore.Store, now func() time.Time, poke func()) (*Proceedings, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[domain.Proceeding]{
		Name: "proceedings", Indexes: proceedingIndexes(),
		Hides:    func(ctx context.Context, p *domain.Proceeding) bool { return identity.Barred(ctx, p.RestrictedTo) },
		Facts:    (*domain.Proceeding).Facts,
		Snapshot: contract.ProceedingRestated,
		Outbox:   poke,
	})
	if err != nil {
		return nil, err
	}
	return &Proceedings{Repo: repo}, nil
}

func proceedingIndexes() []docstore.Entry[domain.Proceeding] {
	type proc = domain.Proceeding
	outcome := func(s *domain.Standing) string {
		if o := s.Outcome(); o != "" {
			return string(o)
		}
		return string(report.Pending)
	}
	index := func(name string, key func(*proc) docstore.Key, fields ...docstore.Field) docstore.Entry[proc] {
		return docstore.Entry[proc]{
			Index: docstore.Index{Name: name, Fields: append([]docstore.Field{str("office")}, fields...)}, Key: key,
		}
	}
	// The years come first, for table four; the days behind them are for summaries.
	spans := func(name string, span func(*proc) (domain.Span, bool)) docstore.Entry[proc] {
		return index(name, func(p *proc) docstore.Key {
			s, ok := span(p)
			if !ok || !p.Counted() {
				return nil
			}
			return docstore.Key{
				p.Office, string(p.Kind), int64(s.FiledYear()), int64(s.ConcludedYear()), string(s.Outcome), int64(s.FiledOn), int64(s.ConcludedOn),
			}
		}, str("kind"), num("filed_year"), num("concluded_year"), str("outcome"), num("filed_on"), num("concluded_on"))
	}
	entries := []docstore.Entry[proc]{
		index(procByNewest, func(p *proc) docstore.Key {
			return docstore.Key{p.Office, int64(p.ReceivedOn)}
		}, num("received_on")),
		index(procByKind, func(p *proc) docstore.Key {
			return docstore.Key{p.Office, string(p.Kind), int64(p.ReceivedOn)}
		}, str("kind"), num("received_on")),
		index(procByOutcome, func(p *proc) docstore.Key {
			s := p.Stand()
			return docstore.Key{p.Office, outcome(&s), string(p.Kind), int64(p.ReceivedOn)}
		}, str("outcome"), str("kind"), num("received_on")),
		index(procByCase, func(p *proc) docstore.Key {
			if p.CaseID == "" {
				return nil
			}
			return docstore.Key{p.Office, p.CaseID, int64(p.ReceivedOn)}
		}, str("case_id"), num("received_on")),
		index(procUnreported, func(p *proc) docstore.Key {
			s := p.Stand()
			_, since := s.Unreported()
			if since.IsZero() {
				return nil
			}
			return docstore.Key{p.Office, int64(since)}
		}, num("waiting_since")),
		index(procPending, func(p *proc) docstore.Key {
			s := p.Stand()
			if s.Result != nil {
				return nil
			}
			return docstore.Key{p.Office, int64(p.ReceivedOn)}
		}, num("received_on")),
		index(procInHand, func(p *proc) docstore.Key {
			if !p.Owing() {
				return nil
			}
			return docstore.Key{p.Office, int64(p.ReceivedOn)}
		}, num("received_on")),
		spans(procByResult, func(p *proc) (domain.Span, bool) { return p.ByResult(), true }),
		spans(procByEffect, func(p *proc) (domain.Span, bool) { return p.ByEffect(), true }),
		spans(procFirst, func(p *proc) (domain.Span, bool) { return p.FirstInstance(), true }),
		spans(procSecond, (*domain.Proceeding).SecondInstance),
		index(procHearings, func(p *proc) docstore.Key {
			h := p.Hearing()
			if h == nil || !p.Kind.Suit() || !p.Counted() || h.HeadAppeared == nil {
				return nil
			}
			appeared := int64(0)
			if *h.HeadAppeared {
				appeared = 1
			}
			return docstore.Key{p.Office, int64(h.On), appeared}
		}, num("heard_on"), num("appeared")),
		index(procJudged, func(p *proc) docstore.Key {
			span := p.FirstInstance()
			if !p.Kind.Suit() || !p.Counted() || span.ConcludedOn.IsZero() {
				return nil
			}
			return docstore.Key{p.Office, int64(span.ConcludedOn), string(span.Outcome)}
		}, num("judged_on"), str("outcome")),
		index(procConcludedOn, func(p *proc) docstore.Key {
			s := p.Stand()
			if !p.Counted() || s.Result == nil {
				return nil
			}
			return docstore.Key{p.Office, string(p.Kind), string(s.Outcome()), int64(s.ConcludedOn())}
		}, str("kind"), str("outcome"), num("concluded_on")),
		index(procLessons, func(p *proc) docstore.Key {
			s := p.Stand()
			if s.Outcome() != report.Corrected || p.Role == domain.RoleThirdParty || p.Attacked == nil {
				return nil
			}
			return docstore.Key{p.Office, p.Attacked.Kind, p.Attacked.Ground, int64(s.ConcludedOn())}
		}, str("decision_kind"), str("ground"), num("concluded_on")),
	}
	caseNo := index(procCaseNo, func(p *proc) docstore.Key {
		if p.CaseNo == "" {
			return nil
		}
		return docstore.Key{p.Office, string(p.Kind), p.CaseNo, p.Organ}
	}, str("kind"), str("case_no"), str("organ"))
	caseNo.Unique = true
	return append(entries, caseNo)
}

// Import takes what an old ledger tells of a proceeding, once. One that staff have
// entered under the same case number is left as it is: it must not count twice.
func (p *Proceedings) Import(ctx context.Context, eventID string, f contract.ImportedProceedingFacts, version int64, at time.Time, outcomes domain.Outcomes) error {
	if f.CaseNo != "" {
		docs, _, err := p.Repo.Find(ctx, docstore.Query{Index: procCaseNo, Eq: []any{f.Office, f.Kind, f.CaseNo}, Limit: 1})
		if err != nil {
			return err
		}
		if len(docs) > 0 && docs[0].ID != f.SourceID {
			return nil
		}
	}
	_, err := p.Repo.Upsert(ctx, f.SourceID, func(d *domain.Proceeding) error {
		return d.ApplyImport(f, version, at, outcomes)
	}, docstore.Once(eventID))
	if err != nil {
		return fmt.Errorf("import proceeding %s: %w", f.SourceID, err)
	}
	return nil
}

// Get returns a proceeding of the office; docstore.ErrNotFound for any other.
func (p *Proceedings) Get(ctx context.Context, office, id string) (docstore.Doc[domain.Proceeding], error) {
	doc, err := p.Repo.Get(ctx, id)
	if err != nil {
		return doc, err
	}
	if doc.Value.Office != office {
		return docstore.Doc[domain.Proceeding]{}, fmt.Errorf("proceeding: %w", docstore.ErrNotFound)
	}
	return doc, nil
}

// Filter says which proceedings a list holds.
type Filter struct {
	Kind       domain.Kind
	Outcome    report.Outcome // report.Pending for those without a result
	CaseID     string
	Unreported bool
}

// Serves reports whether an index serves this combination of filters.
func (f Filter) Serves() bool {
	switch {
	case f.Unreported:
		return f.Kind == "" && f.Outcome == "" && f.CaseID == ""
	case f.CaseID != "":
		return f.Kind == "" && f.Outcome == ""
	}
	return true
}

// List returns one page, newest first; of the unreported, those that wait longest.
func (p *Proceedings) List(ctx context.Context, office string, f Filter, limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
	q := docstore.Query{Index: procByNewest, Eq: []any{office}, Desc: true, Limit: limit, After: cursor}
	switch {
	case f.Unreported:
		q.Index, q.Desc = procUnreported, false
	case f.CaseID != "":
		q.Index, q.Eq = procByCase, []any{office, f.CaseID}
	case f.Outcome != "" && f.Kind != "":
		q.Index, q.Eq = procByOutcome, []any{office, string(f.Outcome), string(f.Kind)}
	case f.Outcome == report.Pending:
		q.Index = procPending
	case f.Outcome != "":
		q.Index, q.Eq = procByOutcome, []any{office, string(f.Outcome)}
	case f.Kind != "":
		q.Index, q.Eq = procByKind, []any{office, string(f.Kind)}
	}
	return p.Repo.Find(ctx, q)
}

// Lost returns the proceedings of a kind that corrected the office between two
// days, newest first, at most limit.
func (p *Proceedings) Lost(ctx context.Context, office string, kind domain.Kind, from, to civil.Date, limit int) ([]docstore.Doc[domain.Proceeding], error) {
	docs, _, err := p.Repo.Find(ctx, docstore.Query{
		Index: procConcludedOn, Eq: []any{office, string(kind), string(report.Corrected)},
		From: int64(from), To: int64(to) + 1, Desc: true, Limit: limit,
	})
	return docs, err
}

// InHand returns the proceedings in which the office may still owe something, those
// that wait longest first, at most limit.
func (p *Proceedings) InHand(ctx context.Context, office string, limit int) ([]docstore.Doc[domain.Proceeding], error) {
	docs, _, err := p.Repo.Find(ctx, docstore.Query{Index: procInHand, Eq: []any{office}, Limit: limit})
	return docs, err
}

// UnreportedCount counts the proceedings with something to report up.
func (p *Proceedings) UnreportedCount(ctx context.Context, office string) (int64, error) {
	groups, err := p.Repo.Count(ctx, docstore.CountQuery{Index: procUnreported, Eq: []any{office}})
	if err != nil || len(groups) == 0 {
		return 0, err
	}
	return groups[0].Count, nil
}

// Lessons returns one page of proceedings that corrected decisions of a kind, and
// of a ground when one is given, newest first.
func (p *Proceedings) Lessons(ctx context.Context, office, kind string, ground *string, limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
	eq := []any{office}
	if kind != "" {
		eq = append(eq, kind)
		if ground != nil {
			eq = append(eq, *ground)
		}
	}
	return p.Repo.Find(ctx, docstore.Query{Index: procLessons, Eq: eq, Desc: true, Limit: limit, After: cursor})
}

// OfCase returns the proceedings on a case, oldest first, at most 200.
func (p *Proceedings) OfCase(ctx context.Context, office, caseID string) ([]docstore.Doc[domain.Proceeding], error) {
	docs, _, err := p.Repo.Find(ctx, docstore.Query{Index: procByCase, Eq: []any{office, caseID}, Limit: 200})
	return docs, err
}

// FollowCase keeps the proceedings on a case to those who may know of the case. Whoever
// writes second, the case or the proceeding, sees the other.
func (p *Proceedings) FollowCase(ctx context.Context, of *domain.CaseFact) error {
	ctx = docstore.SeeAll(ctx)
	docs, err := p.OfCase(ctx, of.Office, of.CaseID)
	if err != nil {
		return fmt.Errorf("proceedings of case %s: %w", of.CaseID, err)
	}
	for _, d := range docs {
		if slices.Equal(d.Value.RestrictedTo, of.RestrictedTo) {
			continue
		}
		_, err := p.Repo.Update(ctx, d.ID, func(v *domain.Proceeding) error {
			v.RestrictedTo = of.RestrictedTo
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Records returns one page of the proceedings with something that was not reported
// up yet, the longest waiting first, or of all that were received from one day to
// another (either may be zero), newest first.
func (p *Proceedings) Records(ctx context.Context, office string, open bool, from, to civil.Date, limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
	q := docstore.Query{Index: procUnreported, Eq: []any{office}, Limit: limit, After: cursor}
	if !open {
		q.Index, q.Desc = procByNewest, true
		if !from.IsZero() {
			q.From = int64(from)
		}
		if !to.IsZero() {
			q.To = int64(to) + 1
		}
	}
	return p.Repo.Find(ctx, q)
}
