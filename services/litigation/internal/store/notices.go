package store

import (
	"context"
	"fmt"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
)

// notice is one fee notice as the fee statement of the report needs it.
type notice struct {
	Version int64                `json:"version"`
	Facts   contract.NoticeFacts `json:"facts"`
}

// Notices is the collection of fee notices.
type Notices struct{ repo *docstore.Repo[notice] }

// The indexes of the notices hold the amount as their last field: the sum of a year
// follows from counts grouped by amount.
const (
	noticesNoticed   = "noticed"
	noticesCollected = "collected"
	noticesLapsed    = "lapsed"
	noticesRefunded  = "refunded"
	noticesCases     = "cases_charged"
)

// OpenNotices opens the collection of fee notices.
func OpenNotices(ctx context.Context, s docstore.Store, now func() time.Time) (*Notices, error) {
	dated := func(name, year string, value func(*contract.NoticeFacts) (civil.Date, int64)) docstore.Entry[notice] {
		return docstore.Entry[notice]{
			Index: docstore.Index{Name: name, Fields: []docstore.Field{str("office"), num(year), num("yuan")}},
			Key: func(n *notice) docstore.Key {
				on, yuan := value(&n.Facts)
				if on.IsZero() {
					return nil
				}
				return docstore.Key{n.Facts.Office, int64(on.Year()), yuan}
			},
		}
	}
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[notice]{Name: "fee_notices", Indexes: []docstore.Entry[notice]{
		dated(noticesNoticed, "noticed_year", func(f *contract.NoticeFacts) (civil.Date, int64) { return f.NoticedOn, f.AmountYuan }),
		dated(noticesCollected, "paid_year", func(f *contract.NoticeFacts) (civil.Date, int64) { return f.PaidOn, f.PaidYuan }),
		dated(noticesLapsed, "lapsed_year", func(f *contract.NoticeFacts) (civil.Date, int64) { return f.LapsedOn, f.AmountYuan }),
		dated(noticesRefunded, "refunded_year", func(f *contract.NoticeFacts) (civil.Date, int64) { return f.RefundedOn, f.RefundedYuan }),
		{
			Index: docstore.Index{Name: noticesCases, Fields: []docstore.Field{str("office"), num("paid_year"), str("case_id")}},
			Key: func(n *notice) docstore.Key {
				if n.Facts.PaidOn.IsZero() {
					return nil
				}
				return docstore.Key{n.Facts.Office, int64(n.Facts.PaidOn.Year()), n.Facts.CaseID}
			},
		},
	}})
	if err != nil {
		return nil, err
	}
	return &Notices{repo: repo}, nil
}

// Apply takes the facts of a notice as of a version, once.
func (n *Notices) Apply(ctx context.Context, eventID string, f contract.NoticeFacts, version int64) error {
	_, err := n.repo.Upsert(ctx, f.NoticeID, func(d *notice) error {
		if version > d.Version {
			d.Version, d.Facts = version, f
		}
		return nil
	}, docstore.Once(eventID))
	if err != nil {
		return fmt.Errorf("apply notice %s: %w", f.NoticeID, err)
	}
	return nil
}

// FeeYear is what an office noticed, collected, let lapse and gave back in a year.
type FeeYear struct {
	Noticed, Collected, Lapsed, Refunded Money
	// Cases are the applications for which a fee was collected.
	Cases int64
}

// Year sums one year of an office.
func (n *Notices) Year(ctx context.Context, office string, year int) (FeeYear, error) {
	var y FeeYear
	for index, into := range map[string]*Money{
		noticesNoticed: &y.Noticed, noticesCollected: &y.Collected, noticesLapsed: &y.Lapsed, noticesRefunded: &y.Refunded,
	} {
		groups, err := n.repo.Count(ctx, docstore.CountQuery{Index: index, Eq: []any{office, int64(year)}, GroupBy: 1})
		if err != nil {
			return y, err
		}
		*into = sumOf(groups)
	}
	groups, err := n.repo.Count(ctx, docstore.CountQuery{Index: noticesCases, Eq: []any{office, int64(year)}, GroupBy: 1})
	y.Cases = int64(len(groups))
	return y, err
}
