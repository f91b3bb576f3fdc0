package app

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/deadline/internal/domain"
	"zhiqing.dev/services/deadline/internal/store"
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
	// Proceedings follow the case's officer. They are looked for when the officer is
	// news, and when the event has come before: it may have been cut off here.
	follow := false
	err := a.merge(ctx, a.store.Cases, f.CaseID, f.Office, contract.DeadlineChanged, func(s *domain.Sheet) bool {
		was := s.Assignee
		news := s.TakeCase(version, f)
		follow = !news || s.Assignee != was
		return news
	})
	if err != nil || !follow {
		return err
	}
	return a.followCase(ctx, f.CaseID)
}

// followCase tells the proceedings about a case who handles it. Whoever writes second,
// the case or the proceeding, sees the other: neither order loses the officer.
func (a *App) followCase(ctx context.Context, caseID string) error {
	of, err := a.store.Cases.Get(ctx, caseID)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil // not received yet; it will tell
	}
	if err != nil {
		return fmt.Errorf("case of the proceedings: %w", err)
	}
	for after := ""; ; {
		docs, next, err := a.store.Proceedings.Find(ctx, docstore.Query{Index: store.ByCase, Eq: []any{caseID}, Limit: walkPage, After: after})
		if err != nil {
			return fmt.Errorf("proceedings of a case: %w", err)
		}
		for _, d := range docs {
			if trial := *d.Value; !trial.FollowCase(of.Value) {
				continue
			}
			_, err := a.store.Proceedings.Update(ctx, d.ID, func(s *domain.Sheet) error {
				s.FollowCase(of.Value)
				return nil
			})
			if err != nil {
				return fmt.Errorf("follow the case: %w", err)
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
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
	err = a.merge(ctx, a.store.Cases, f.CaseID, f.Office, contract.DeadlineChanged,
		func(s *domain.Sheet) bool { return s.TakeOrder(version, f) })
	if err != nil {
		return err
	}
	return a.followCase(ctx, f.CaseID)
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
