// Package store declares the collections of the fee service: what is kept, by which
// indexes it is found, and which facts its events carry.
package store

import (
	"context"
	"strconv"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
)

// The indexes of notices. All begin with the office.
const (
	NoticesByState     = "by_state"     // office, state, noticed_on
	NoticesByCase      = "by_case"      // office, case, noticed_on
	NoticesByApplicant = "by_applicant" // office, applicant, noticed_on
	NoticesByPayBy     = "by_pay_by"    // office, pay_by: those that wait for payment
	NoticesByYear      = "by_figure"    // office, tag: year and what happened in it
	NoticesActive      = "active"       // unique: office, case
)

// The indexes of findings. All begin with the office.
const (
	FindingsByState  = "by_state"  // office, state, found_on
	FindingsActive   = "active"    // unique: office, applicant, month
	FindingsOfPerson = "by_person" // office, applicant, month
	FindingsUntold   = "untold"    // office: those kept before the other services were told of findings
)

// What a notice is found by in a year's statement.
const (
	Noticed   = "noticed"
	Collected = "collected"
	Lapsed    = "lapsed"
	Cancelled = "cancelled" // taken back because it was wrong
	Waived    = "waived"    // forgiven
	Refunded  = "refunded"
	Imported  = "imported" // cases of the old ledger that state a fee
)

// Store is the service's data.
type Store struct {
	Cases   *docstore.Repo[domain.Case]
	Tallies *docstore.Repo[domain.Tally]
	Merges  *docstore.Repo[domain.Merge]

	Remittances *docstore.Repo[domain.Remittance]
	Hooks       *docstore.Repo[domain.Hook]
	Findings    *docstore.Repo[domain.Finding]
	Notices     *docstore.Repo[domain.Notice]
	Policies    *docstore.Repo[domain.OfficePolicy]
}

// Open declares every collection. poke is told after writes that raised events.
func Open(ctx context.Context, engine docstore.Store, now func() time.Time, poke func()) (*Store, error) {
	var s Store
	var err error
	if s.Cases, err = docstore.Open(ctx, engine, now, cases()); err != nil {
		return nil, err
	}
	if s.Tallies, err = docstore.Open(ctx, engine, now, tallies()); err != nil {
		return nil, err
	}
	if s.Merges, err = docstore.Open(ctx, engine, now, merges()); err != nil {
		return nil, err
	}
	if s.Remittances, err = docstore.Open(ctx, engine, now, remittances()); err != nil {
		return nil, err
	}
	if s.Hooks, err = docstore.Open(ctx, engine, now, docstore.Spec[domain.Hook]{Name: "hooks"}); err != nil {
		return nil, err
	}
	if s.Findings, err = docstore.Open(ctx, engine, now, findings(poke)); err != nil {
		return nil, err
	}
	if s.Notices, err = docstore.Open(ctx, engine, now, notices(poke)); err != nil {
		return nil, err
	}
	if s.Policies, err = docstore.Open(ctx, engine, now, policies()); err != nil {
		return nil, err
	}
	return &s, nil
}

// Outboxes are the collections that raise events.
func (s *Store) Outboxes() []docstore.Outbox { return []docstore.Outbox{s.Findings, s.Notices} }

func text(name string) docstore.Field   { return docstore.Field{Name: name, Kind: docstore.String} }
func number(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.Int} }

func entry[T any](name string, key func(*T) docstore.Key, fields ...docstore.Field) docstore.Entry[T] {
	return docstore.Entry[T]{Index: docstore.Index{Name: name, Fields: fields}, Key: key}
}

func unique[T any](e docstore.Entry[T]) docstore.Entry[T] {
	e.Unique = true
	return e
}

func findings(poke func()) docstore.Spec[domain.Finding] {
	return docstore.Spec[domain.Finding]{
		Name: "findings", Snapshot: contract.FeeFindingRestated, Outbox: poke,
		Facts: func(f *domain.Finding) (string, any) { return f.Office, f.Facts() },
		Indexes: []docstore.Entry[domain.Finding]{
			entry(FindingsByState, func(f *domain.Finding) docstore.Key {
				return docstore.Key{f.Office, string(f.State), int64(f.FoundOn)}
			}, text("office"), text("state"), number("found_on")),
			entry(FindingsOfPerson, func(f *domain.Finding) docstore.Key {
				return docstore.Key{f.Office, f.Applicant, f.Month}
			}, text("office"), text("applicant"), text("month")),
			entry(FindingsUntold, func(f *domain.Finding) docstore.Key {
				if len(f.Identities) > 0 {
					return nil
				}
				return docstore.Key{f.Office}
			}, text("office")),
			unique(entry(FindingsActive, func(f *domain.Finding) docstore.Key {
				if !f.Active() {
					return nil
				}
				return docstore.Key{f.Office, f.Applicant, f.Month}
			}, text("office"), text("applicant"), text("month"))),
		},
	}
}

func notices(poke func()) docstore.Spec[domain.Notice] {
	return docstore.Spec[domain.Notice]{
		Name: "notices", Snapshot: contract.FeeNoticeRestated, Outbox: poke,
		Facts: func(n *domain.Notice) (string, any) { return n.Office, n.Facts() },
		Indexes: []docstore.Entry[domain.Notice]{
			entry(NoticesByState, func(n *domain.Notice) docstore.Key {
				return docstore.Key{n.Office, string(n.State), int64(n.NoticedOn)}
			}, text("office"), text("state"), number("noticed_on")),
			entry(NoticesByCase, func(n *domain.Notice) docstore.Key {
				return docstore.Key{n.Office, n.CaseID, int64(n.NoticedOn)}
			}, text("office"), text("case_id"), number("noticed_on")),
			entry(NoticesByApplicant, func(n *domain.Notice) docstore.Key {
				return docstore.Key{n.Office, n.Applicant, int64(n.NoticedOn)}
			}, text("office"), text("applicant"), number("noticed_on")),
			entry(NoticesByPayBy, func(n *domain.Notice) docstore.Key {
				if n.State != contract.NoticeIssued || n.PayBy == 0 {
					return nil
				}
				return docstore.Key{n.Office, int64(n.PayBy)}
			}, text("office"), number("pay_by")),
			entry(NoticesByYear, func(n *domain.Notice) docstore.Key {
				return docstore.Key{n.Office, Tags(n)}
			}, text("office"), docstore.Field{Name: "tag", Kind: docstore.String, Multi: true}),
			unique(entry(NoticesActive, func(n *domain.Notice) docstore.Key {
				if !n.Active() {
					return nil
				}
				return docstore.Key{n.Office, n.CaseID}
			}, text("office"), text("case_id"))),
		},
	}
}

// Tag is what a notice is found by in the statement of a year.
func Tag(year int, what string) string { return strconv.Itoa(year) + ":" + what }

// Tags are all of a notice.
func Tags(n *domain.Notice) []string {
	tags := []string{Tag(n.NoticedOn.Year(), Noticed)}
	if n.Payment != nil {
		tags = append(tags, Tag(n.Payment.PaidOn.Year(), Collected))
	}
	if n.LapsedOn != 0 {
		tags = append(tags, Tag(n.LapsedOn.Year(), Lapsed))
	}
	if x := n.Cancellation; x != nil {
		what := Cancelled
		if x.Waived {
			what = Waived
		}
		tags = append(tags, Tag(x.CancelledOn.Year(), what))
	}
	seen := map[int]bool{}
	for _, r := range n.Refunds {
		if y := r.RefundedOn.Year(); !seen[y] {
			seen[y] = true
			tags = append(tags, Tag(y, Refunded))
		}
	}
	return tags
}
