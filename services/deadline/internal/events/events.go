// Package events is the side of the deadline service that listens: every fact that
// moves a clock comes in here.
package events

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/services/deadline/internal/app"
)

// Consumers follow the services whose facts the clocks are computed from.
func Consumers(a *app.App) []bus.Consumer {
	return []bus.Consumer{
		{Name: "deadline-intake-case", Types: []string{"intake.case.v1.*"}, Handle: taking(a.TakeCase)},
		{Name: "deadline-intake-office", Types: []string{"intake.office.v1.*"}, Handle: taking(a.TakeOffice)},
		{Name: "deadline-fee-notice", Types: []string{"fee.notice.v1.*"}, Handle: taking(a.TakeNotice)},
		{Name: "deadline-litigation-proceeding", Types: []string{"litigation.proceeding.v1.*"}, Handle: taking(a.TakeProceeding)},
	}
}

type facts interface {
	contract.CaseFacts | contract.OfficeFacts | contract.NoticeFacts | contract.ProceedingFacts
}

// taking decodes an event's facts and hands them over with their version.
func taking[T facts](take func(context.Context, int64, T) error) func(context.Context, event.Event) error {
	return func(ctx context.Context, e event.Event) error {
		var f T
		if err := e.Decode(&f); err != nil {
			return fmt.Errorf("%w: %w", bus.ErrPoison, err)
		}
		office, subject := named(&f)
		if office != e.Office || subject != e.Subject {
			return fmt.Errorf("%w: the facts of %s are about %s of %s", bus.ErrPoison, e.Subject, subject, office)
		}
		err := take(ctx, e.Version, f)
		if errors.Is(err, app.ErrForeignOffice) {
			return fmt.Errorf("%w: %w", bus.ErrPoison, err)
		}
		return err
	}
}

// named says whose facts these are.
func named(f any) (office, subject string) {
	switch f := f.(type) {
	case *contract.CaseFacts:
		return f.Office, f.CaseID
	case *contract.OfficeFacts:
		return f.Office, f.Office
	case *contract.NoticeFacts:
		return f.Office, f.NoticeID
	case *contract.ProceedingFacts:
		return f.Office, f.ProceedingID
	}
	return "", ""
}
