package app

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/services/fee/internal/domain"
)

// ErrForeignOffice says that facts name another office than the case they are for.
var ErrForeignOffice = errors.New("facts of another office")

// TakeCase merges what intake told of a case and brings every ledger up to date in
// which the case counts or ever counted.
//
// That is several documents. Each entry carries the version of the facts it was made
// from and only a newer one replaces it, and all entries are derived from the newest
// facts on every event, also on a repeated or older one. So whatever dies in between,
// and whoever works on the same case at once, the ledgers come out the same.
func (a *App) TakeCase(ctx context.Context, version int64, f contract.CaseFacts) error {
	doc, err := a.store.Cases.Upsert(ctx, f.CaseID, func(c *domain.Case) error {
		if c.Office != "" && c.Office != f.Office {
			return fmt.Errorf("case %s: %w", f.CaseID, ErrForeignOffice)
		}
		c.Take(version, f)
		return nil
	})
	if err != nil {
		return fmt.Errorf("take the facts of a case: %w", err)
	}
	c := doc.Value
	for _, k := range c.Ledgers {
		e := c.Entry(k)
		if _, err := a.store.Ledgers.Upsert(ctx, k.ID(c.Office), func(l *domain.Ledger) error {
			l.Put(c.Office, k, c.ID, e)
			return nil
		}); err != nil {
			return fmt.Errorf("count case %s: %w", c.ID, err)
		}
	}
	return nil
}
