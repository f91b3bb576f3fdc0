package app

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// recountPage is how many cases are read at a time when an office is counted anew.
const recountPage = 100

// recountOffice counts the cases of an office by the day that it has settled (rule book
// 7.13), at most so many. What is left is found by the reading a case was counted by, so
// whoever comes next, also after a crash or beside this one, goes on with what is left.
func (a *App) recountOffice(ctx context.Context, office string, most int) error {
	for n := 0; ; {
		doc, err := a.store.Policies.Get(ctx, office)
		if err != nil {
			return fmt.Errorf("policy of %s: %w", office, err)
		}
		if !doc.Value.Recounting {
			return nil
		}
		left, err := a.countedOtherwise(ctx, office, doc.Value.Whole().FeeCountDate)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return a.recounted(ctx, doc)
		}
		if n >= most {
			return nil
		}
		for _, c := range left {
			if err := a.count(ctx, office, c.ID, c.Value.Applicants, func(*domain.Case) error { return nil }); err != nil {
				return err
			}
		}
		n += len(left)
	}
}

// countedOtherwise lists some cases that were counted by another reading than this.
func (a *App) countedOtherwise(ctx context.Context, office, settled string) ([]docstore.Doc[domain.Case], error) {
	for _, by := range domain.CountDates() {
		if by == settled {
			continue
		}
		docs, _, err := a.store.Cases.Find(ctx, docstore.Query{
			Index: store.CasesCounted, Eq: []any{office, by}, Limit: recountPage,
		})
		if err != nil || len(docs) > 0 {
			return docs, err
		}
	}
	return nil, nil
}

// recounted notes that every case is counted by the policy that was read. A case that is
// written meanwhile looks at the policy again by itself.
func (a *App) recounted(ctx context.Context, doc docstore.Doc[domain.OfficePolicy]) error {
	_, err := a.store.Policies.Update(ctx, doc.ID, func(o *domain.OfficePolicy) error { o.Recounting = false; return nil }, docstore.IfRev(doc.Rev))
	if errors.Is(err, docstore.ErrStale) { // settled anew meanwhile: it is looked for again
		return nil
	}
	return err
}

// recountOffices goes on with every office that is not counted anew yet.
func (a *App) recountOffices(ctx context.Context) error {
	docs, _, err := a.store.Policies.Find(ctx, docstore.Query{Index: store.PoliciesRecounting, Limit: 100})
	for _, d := range docs {
		if err == nil {
			err = a.recountOffice(ctx, d.Value.Office, 1<<30)
		}
	}
	return err
}
