// Package events is the side of the fee service that listens.
package events

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/services/fee/internal/app"
)

// Consumers follow the cases that are counted, this service's own notices on them, and
// what their offices have settled.
func Consumers(a *app.App) []bus.Consumer {
	return []bus.Consumer{{
		Name: "fee-intake-case", Types: []string{"intake.case.v1.*"},
		Handle: func(ctx context.Context, e event.Event) error {
			var f contract.CaseFacts
			if err := e.Decode(&f); err != nil {
				return fmt.Errorf("%w: %w", bus.ErrPoison, err)
			}
			if f.Office != e.Office || f.CaseID != e.Subject {
				return fmt.Errorf("%w: the facts of %s are about %s of %s", bus.ErrPoison, e.Subject, f.CaseID, f.Office)
			}
			err := a.TakeCase(ctx, e.Version, f)
			if errors.Is(err, app.ErrForeignOffice) {
				return fmt.Errorf("%w: %w", bus.ErrPoison, err)
			}
			return err
		},
	}, {
		Name: "fee-notice", Types: []string{"fee.notice.v1.*"},
		Handle: func(ctx context.Context, e event.Event) error {
			var f contract.NoticeFacts
			if err := e.Decode(&f); err != nil {
				return fmt.Errorf("%w: %w", bus.ErrPoison, err)
			}
			if f.Office != e.Office || f.NoticeID != e.Subject {
				return fmt.Errorf("%w: the facts of %s are about %s of %s", bus.ErrPoison, e.Subject, f.NoticeID, f.Office)
			}
			return a.TakeNotice(ctx, e.Version, f)
		},
	}, {
		Name: "fee-intake-office", Types: []string{"intake.office.v1.*"},
		Handle: func(ctx context.Context, e event.Event) error {
			var f contract.OfficeFacts
			if err := e.Decode(&f); err != nil {
				return fmt.Errorf("%w: %w", bus.ErrPoison, err)
			}
			if f.Office != e.Office || f.Office != e.Subject {
				return fmt.Errorf("%w: the facts of %s are about %s", bus.ErrPoison, e.Subject, f.Office)
			}
			return a.TakeOffice(ctx, e.Version, f)
		},
	}}
}
