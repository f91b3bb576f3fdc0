package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
)

// Frozen is the report of a year as an office signed it. It never changes: what is
// corrected later shows as a difference.
type Frozen struct {
	Office   string        `json:"office"`
	Scope    report.Whose  `json:"scope,omitempty"` // empty: own
	Units    []string      `json:"units,omitempty"` // of an aggregate
	Year     int           `json:"year"`
	Table3   report.Table3 `json:"table3"`
	Table4   report.Table4 `json:"table4"`
	Fees     FeeStatement  `json:"fees"`
	T4Scope  report.Scope  `json:"t4_scope"`
	T4Basis  report.Basis  `json:"t4_basis,omitempty"`
	FrozenAt time.Time     `json:"frozen_at"`
	FrozenBy string        `json:"frozen_by"` // staff id
	Signed   string        `json:"signed"`    // name of the person who signs
}

// FeeStatement is 收取信息处理费情况, which section six of the report states.
type FeeStatement struct {
	Noticed   Money `json:"noticed"`
	Collected Money `json:"collected"`
	Lapsed    Money `json:"lapsed"`
	Refunded  Money `json:"refunded"`
	// Imported are fees that rows of an imported ledger state; they have no notice
	// here and are not among Collected.
	Imported Money `json:"imported"`
	// Cases are the applications for which a fee was collected.
	Cases int64 `json:"cases"`
	// NetYuan is what stayed with the treasury: collected and imported less refunded.
	NetYuan int64 `json:"net_yuan"`
}

// FrozenRepo keeps the signed reports.
type FrozenRepo struct{ repo *docstore.Repo[Frozen] }

// OpenFrozen opens the collection of signed reports.
func OpenFrozen(ctx context.Context, s docstore.Store, now func() time.Time) (*FrozenRepo, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[Frozen]{Name: "signed_reports"})
	if err != nil {
		return nil, err
	}
	return &FrozenRepo{repo: repo}, nil
}

func frozenID(office string, scope report.Whose, year int) string {
	if scope == report.Aggregate {
		return fmt.Sprintf("%s.aggregate.%04d", office, year)
	}
	return fmt.Sprintf("%s.%04d", office, year)
}

// Of returns the signed report of a year; nil when none was signed.
func (r *FrozenRepo) Of(ctx context.Context, office string, scope report.Whose, year int) (*Frozen, error) {
	doc, err := r.repo.Get(ctx, frozenID(office, scope, year))
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, nil //nolint:nilnil // a year without a signature is usual
	}
	if err != nil {
		return nil, err
	}
	return doc.Value, nil
}

// Sign keeps a report. A year is signed once: docstore.ErrExists.
func (r *FrozenRepo) Sign(ctx context.Context, f Frozen, opts ...docstore.Option) (*Frozen, error) {
	doc, _, err := r.repo.Insert(ctx, frozenID(f.Office, f.Scope, f.Year), &f, opts...)
	if err != nil {
		return nil, err
	}
	return doc.Value, nil
}

// Table is table three as signed; nil when nothing was.
func (f *Frozen) Table() report.Table3 {
	if f == nil {
		return nil
	}
	return f.Table3
}
