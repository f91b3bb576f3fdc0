package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
)

// Settings are what an office has settled because no rule does.
type Settings struct {
	Office string `json:"office"`
	// T4Scope says which proceedings stand in table four of a year.
	T4Scope report.Scope `json:"t4_scope"`
	// T4Basis says what table four counts as one case and what ends it.
	T4Basis report.Basis `json:"t4_basis"`
	// PartialRemedy says whether the refused part of a partial disclosure must go to
	// review before court (rules 7.16). Review first unless the office reads otherwise.
	PartialRemedy decision.Remedy `json:"partial_remedy"`
	// ReportUpWD is the office's own target for reporting a proceeding up, in
	// working days.
	ReportUpWD int `json:"report_up_wd"`
	// Outcomes is the office's choice of column in table four for the results that
	// are contested.
	Outcomes report.Mapping `json:"outcomes,omitempty"`
	// ReportsTo is the office of the authority that may sum up this office's figures;
	// empty for none. It is this office that names it.
	ReportsTo string    `json:"reports_to,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
	ChangedBy string    `json:"changed_by,omitempty"` // staff id
}

// DefaultSettings hold until an office settles otherwise.
func DefaultSettings(office string) Settings {
	return Settings{Office: office, T4Scope: report.Handled, T4Basis: report.ByResult, PartialRemedy: decision.ReviewFirst, ReportUpWD: 5}
}

// complete fills in the defaults of choices that there were not yet when the office
// settled the others.
func (s Settings) complete() Settings {
	if s.T4Basis == "" {
		s.T4Basis = report.ByResult
	}
	if s.PartialRemedy == "" {
		s.PartialRemedy = decision.ReviewFirst
	}
	return s
}

// SettingsRepo keeps the settings of the offices.
type SettingsRepo struct{ repo *docstore.Repo[Settings] }

// OpenSettings opens the collection of settings.
func OpenSettings(ctx context.Context, s docstore.Store, now func() time.Time) (*SettingsRepo, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[Settings]{Name: "settings", Indexes: []docstore.Entry[Settings]{{
		Index: docstore.Index{Name: "units", Fields: []docstore.Field{str("authority"), str("office")}},
		Key: func(s *Settings) docstore.Key {
			if s.ReportsTo == "" {
				return nil
			}
			return docstore.Key{s.ReportsTo, s.Office}
		},
	}}})
	if err != nil {
		return nil, err
	}
	return &SettingsRepo{repo: repo}, nil
}

// Of returns the settings of an office with their revision, 0 while they are the
// defaults.
func (r *SettingsRepo) Of(ctx context.Context, office string) (Settings, int64, error) {
	doc, err := r.repo.Get(ctx, office)
	if errors.Is(err, docstore.ErrNotFound) {
		return DefaultSettings(office), 0, nil
	}
	if err != nil {
		return Settings{}, 0, err
	}
	return doc.Value.complete(), doc.Rev, nil
}

// Change changes the settings of an office.
func (r *SettingsRepo) Change(ctx context.Context, office string, fn func(*Settings) error, opts ...docstore.Option) (Settings, int64, error) {
	doc, err := r.repo.Upsert(ctx, office, func(s *Settings) error {
		if s.Office == "" {
			*s = DefaultSettings(office)
		}
		return fn(s)
	}, opts...)
	if err != nil {
		return Settings{}, 0, err
	}
	return *doc.Value, doc.Rev, nil
}

// MaxUnits bounds how many offices one authority sums up.
const MaxUnits = 1000

// Units returns the settings of the offices that have named this one as their
// authority.
func (r *SettingsRepo) Units(ctx context.Context, authority string) ([]Settings, error) {
	docs, next, err := r.repo.Find(ctx, docstore.Query{Index: "units", Eq: []any{authority}, Limit: MaxUnits})
	if err != nil {
		return nil, err
	}
	if next != "" {
		return nil, fmt.Errorf("authority %s has more than %d units", authority, MaxUnits)
	}
	units := make([]Settings, 0, len(docs))
	for _, d := range docs {
		units = append(units, d.Value.complete())
	}
	return units, nil
}
