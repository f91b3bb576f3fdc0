package app

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/deadline/internal/domain"
)

// ErrForeignOffice says that facts name another office than the sheet they are for.
var ErrForeignOffice = errors.New("facts of another office")

// TakeCase merges what intake told of a case. Before its receipt no statutory clock
// runs (条例 art. 31), and the facts of the registration will hold everything; so
// such facts leave nothing here.
func (a *App) TakeCase(ctx context.Context, version int64, f contract.CaseFacts) error {
	if f.Clock.ReceivedOn.IsZero() {
		return nil
	}
	return a.merge(ctx, a.store.Cases, f.CaseID, f.Office, contract.DeadlineChanged,
		func(s *domain.Sheet) bool { return s.TakeCase(version, f) })
}

// TakeNotice merges what fee told of a notice.
func (a *App) TakeNotice(ctx context.Context, version int64, f contract.NoticeFacts) error {
	return a.merge(ctx, a.store.Cases, f.CaseID, f.Office, contract.DeadlineChanged,
		func(s *domain.Sheet) bool { return s.TakeNotice(version, f) })
}

// TakeProceeding merges what litigation told: periods belong to the proceeding, an
// order to the case. Each sheet has its own version guard, so doing one of the two
// again is harmless.
func (a *App) TakeProceeding(ctx context.Context, version int64, f contract.ProceedingFacts) error {
	err := a.merge(ctx, a.store.Proceedings, f.ProceedingID, f.Office, contract.ProceedingDueChanged,
		func(s *domain.Sheet) bool { return s.TakeProceeding(version, f) })
	if err != nil || f.CaseID == "" {
		return err
	}
	return a.merge(ctx, a.store.Cases, f.CaseID, f.Office, contract.DeadlineChanged,
		func(s *domain.Sheet) bool { return s.TakeOrder(version, f) })
}

// merge takes facts into a sheet and computes it. Facts that are no news leave no
// trace: the version of each source stands in the same document as its effect, so a
// repeated event is recognised without remembering its id.
func (a *App) merge(ctx context.Context, repo *docstore.Repo[domain.Sheet], id, office, event string, take func(*domain.Sheet) bool) error {
	policy, _, err := a.Policy(ctx, office)
	if err != nil {
		return err
	}
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return err
	}
	_, err = repo.Upsert(ctx, id, func(s *domain.Sheet) error {
		if s.Office != "" && s.Office != office {
			return fmt.Errorf("sheet %s: %w", id, ErrForeignOffice)
		}
		if take(s) && s.Compute(cal, policy) {
			s.Raise(event)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("merge facts: %w", err)
	}
	return nil
}
