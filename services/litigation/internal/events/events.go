// Package events follows the facts of other services: cases from intake, what offices
// have settled there, and the proceedings of its imported ledgers, due dates from
// deadline, fee notices from fee. Each is applied by its version, in one write, so that
// order and repetition change nothing.
package events

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// Consumers returns what the service follows.
func Consumers(offices *store.Offices, facts *store.Facts, notices *store.Notices, proceedings *store.Proceedings, settings *store.SettingsRepo) []bus.Consumer {
	return []bus.Consumer{
		{
			Name:  "litigation-intake-case",
			Types: []string{"intake.case.v1.*"},
			Handle: func(ctx context.Context, e event.Event) error {
				var c contract.CaseFacts
				if err := decode(e, &c, &c.Office, &c.CaseID); err != nil {
					return err
				}
				if err := facts.ApplyCase(ctx, e.ID, c, e.Version); err != nil {
					return poison(err)
				}
				if e.Type == contract.CaseRestricted || e.Type == contract.CaseRestated || len(c.RestrictedTo) > 0 {
					return follow(ctx, facts, proceedings, c.Office, c.CaseID)
				}
				return nil
			},
		},
		{
			Name:  "litigation-intake-office",
			Types: []string{"intake.office.v1.*"},
			Handle: func(ctx context.Context, e event.Event) error {
				var f contract.OfficeFacts
				if err := decode(e, &f, &f.Office, &f.Office); err != nil {
					return err
				}
				return offices.Apply(ctx, f, e.Version)
			},
		},
		{
			Name:  "litigation-intake-imported-proceeding",
			Types: []string{"intake.imported_proceeding.v1.*"},
			Handle: func(ctx context.Context, e event.Event) error {
				var f contract.ImportedProceedingFacts
				if err := decode(e, &f, &f.Office, &f.SourceID); err != nil {
					return err
				}
				by, _, err := settings.Of(ctx, f.Office)
				if err != nil {
					return err
				}
				err = proceedings.Import(ctx, e.ID, f, e.Version, e.Time, domain.Outcomes(by.Outcomes))
				if err != nil || f.CaseID == "" {
					return poison(err)
				}
				return follow(ctx, facts, proceedings, f.Office, f.CaseID)
			},
		},
		{
			Name:  "litigation-deadline-case",
			Types: []string{"deadline.case.v1.*"},
			Handle: func(ctx context.Context, e event.Event) error {
				var d contract.DeadlineFacts
				if err := decode(e, &d, &d.Office, &d.CaseID); err != nil {
					return err
				}
				return facts.ApplyDeadline(ctx, e.ID, d, e.Version)
			},
		},
		{
			Name:  "litigation-fee-notice",
			Types: []string{"fee.notice.v1.*"},
			Handle: func(ctx context.Context, e event.Event) error {
				var n contract.NoticeFacts
				if err := decode(e, &n, &n.Office, &n.NoticeID); err != nil {
					return err
				}
				return notices.Apply(ctx, e.ID, n, e.Version)
			},
		},
	}
}

// follow keeps the proceedings on a case to those who may know of it.
func follow(ctx context.Context, facts *store.Facts, proceedings *store.Proceedings, office, caseID string) error {
	fact, err := facts.Get(ctx, office, caseID)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil // not received yet; it will tell
	}
	if err != nil {
		return err
	}
	return proceedings.FollowCase(ctx, fact)
}

// decode reads the facts and makes sure that they are those of the document that
// the envelope names.
func decode(e event.Event, into any, office, id *string) error {
	if err := e.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	if *office != e.Office || *id != e.Subject {
		return fmt.Errorf("%w: %s of %s speaks about another document", bus.ErrPoison, e.Type, e.Subject)
	}
	return nil
}

// poison marks facts that no delivery will make countable.
func poison(err error) error {
	if errors.Is(err, domain.ErrFacts) {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	return err
}
