package app

import (
	"context"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// Sum is a number of cases, of the notices on them and of their yuan.
type Sum struct {
	Cases   int // a case with two notices is one
	Notices int
	Yuan    int64
}

// Statement is what section six of the annual report says of the fee (FR16).
type Statement struct {
	Noticed, Collected, Lapsed, Cancelled, Waived, Refunded Sum
	// Imported are cases of the old ledger that state a fee.
	Imported Sum
}

const page = 500

// Statement adds up a year of an office: notices by the day of the notice, payments by
// the day of payment, and so on.
func (a *App) Statement(ctx context.Context, office string, year int) (Statement, error) {
	var st Statement
	for _, part := range []struct {
		what string
		sum  *Sum
	}{
		{store.Noticed, &st.Noticed},
		{store.Collected, &st.Collected},
		{store.Lapsed, &st.Lapsed},
		{store.Cancelled, &st.Cancelled},
		{store.Waived, &st.Waived},
		{store.Refunded, &st.Refunded},
	} {
		seen := map[string]bool{}
		for after := ""; ; {
			docs, next, err := a.Traced(ctx, office, year, part.what, page, after)
			if err != nil {
				return st, err
			}
			for _, d := range docs {
				seen[d.Value.CaseID] = true
				part.sum.Notices++
				part.sum.Yuan += Yuan(d.Value, year, part.what)
			}
			if next == "" {
				break
			}
			after = next
		}
		part.sum.Cases = len(seen)
	}
	for after := ""; ; {
		docs, next, err := a.TracedImports(ctx, office, year, page, after)
		if err != nil {
			return st, err
		}
		for _, d := range docs {
			st.Imported.Cases++
			st.Imported.Yuan += d.Value.FeeYuan
		}
		if next == "" {
			return st, nil
		}
		after = next
	}
}

// Traced lists the notices behind one figure of a statement.
func (a *App) Traced(ctx context.Context, office string, year int, what string, limit int, cursor string) ([]docstore.Doc[domain.Notice], string, error) {
	return a.store.Notices.Find(ctx, docstore.Query{
		Index: store.NoticesByYear, Eq: []any{office, docstore.All{store.Tag(year, what)}}, Limit: limit, After: cursor,
	})
}

// TracedImports lists the cases of the old ledger behind a year's imported fees.
func (a *App) TracedImports(ctx context.Context, office string, year, limit int, cursor string) ([]docstore.Doc[domain.Case], string, error) {
	return a.store.Cases.Find(ctx, docstore.Query{
		Index: store.CasesByYear, Eq: []any{office, int64(year)}, Limit: limit, After: cursor,
	})
}

// Yuan is what a notice adds to one figure of a year's statement.
func Yuan(n *domain.Notice, year int, what string) int64 {
	switch what {
	case store.Collected:
		return n.Payment.AmountYuan
	case store.Refunded:
		sum := int64(0)
		for _, r := range n.Refunds {
			if r.RefundedOn.Year() == year {
				sum += r.AmountYuan
			}
		}
		return sum
	}
	return n.AmountYuan
}
