package store

import (
	"context"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// ExcessFindings is the copy of the findings of excess that the fee service keeps.
type ExcessFindings struct {
	repo *docstore.Repo[domain.ExcessFinding]
}

const approvedFindings = "approved" // office, applicant*, month

// OpenExcessFindings opens the collection.
func OpenExcessFindings(ctx context.Context, s docstore.Store, now func() time.Time) (*ExcessFindings, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[domain.ExcessFinding]{
		Name: "excess_findings",
		Indexes: []docstore.Entry[domain.ExcessFinding]{{
			Index: docstore.Index{Name: approvedFindings, Fields: []docstore.Field{str("office"), multi("applicant"), str("month")}},
			Key: func(f *domain.ExcessFinding) docstore.Key {
				if !f.Approved() || len(f.Facts.Applicants) == 0 {
					return nil
				}
				return docstore.Key{f.Facts.Office, f.Facts.Applicants, f.Facts.Month}
			},
		}},
	})
	if err != nil {
		return nil, err
	}
	return &ExcessFindings{repo}, nil
}

// Apply takes what was told of a finding, once and in any order.
func (x *ExcessFindings) Apply(ctx context.Context, eventID string, f contract.FindingFacts, version int64) error {
	_, err := x.repo.Upsert(ctx, f.FindingID, func(have *domain.ExcessFinding) error {
		have.Apply(f, version)
		return nil
	}, docstore.Once(eventID))
	return err
}

// perApplicant bounds the findings that are looked at: the fee service keeps one for an
// applicant and month, and one for each identity that was merged later.
const perApplicant = 50

// Of returns the approved findings about any of the applicants in a month.
func (x *ExcessFindings) Of(ctx context.Context, office string, applicants []string, month string) ([]domain.ExcessFinding, error) {
	var out []domain.ExcessFinding
	for _, a := range applicants {
		docs, _, err := x.repo.Find(ctx, docstore.Query{
			Index: approvedFindings, Eq: []any{office, docstore.All{a}, month}, Limit: perApplicant,
		})
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			out = append(out, *d.Value)
		}
	}
	return out, nil
}
