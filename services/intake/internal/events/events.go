// Package events takes in what the other services tell: due dates, fees and
// orders. Each event touches one case, in one write that remembers the event
// and the version of the facts it carried.
package events

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// Consumers are the consumers of the case file.
func Consumers(d *app.Desk) []bus.Consumer {
	h := handler{d}
	return []bus.Consumer{
		{Name: "intake-deadline-case", Types: []string{"deadline.case.v1.*"}, Handle: h.deadline},
		{Name: "intake-fee-notice", Types: []string{"fee.notice.v1.*"}, Handle: h.fee},
		{Name: "intake-fee-finding", Types: []string{"fee.finding.v1.*"}, Handle: h.finding},
		{Name: "intake-litigation-lesson", Types: []string{"litigation.lesson.v1.*"}, Handle: h.lesson},
		{
			Name:  "intake-litigation-order",
			Types: []string{contract.ProceedingOrdered, contract.ProceedingRestated}, Handle: h.order,
		},
	}
}

type handler struct{ desk *app.Desk }

func (h handler) deadline(ctx context.Context, e event.Event) error {
	var f contract.DeadlineFacts
	if err := decode(e, &f); err != nil {
		return err
	}
	if e.Subject != f.CaseID {
		return nil // the clocks of a proceeding
	}
	return h.apply(ctx, e, f.CaseID, func(c *domain.Case, env domain.Env) error {
		return c.ApplyDeadline(f, e.Version, env)
	})
}

func (h handler) fee(ctx context.Context, e event.Event) error {
	var f contract.NoticeFacts
	if err := decode(e, &f); err != nil {
		return err
	}
	return h.apply(ctx, e, f.CaseID, func(c *domain.Case, env domain.Env) error {
		return c.ApplyFee(f, e.Version, env)
	})
}

func (h handler) order(ctx context.Context, e event.Event) error {
	var f contract.ProceedingFacts
	if err := decode(e, &f); err != nil {
		return err
	}
	if f.CaseID == "" || f.Order == nil {
		return nil
	}
	return h.apply(ctx, e, f.CaseID, func(c *domain.Case, env domain.Env) error {
		return c.ApplyOrder(f, e.Version, env)
	})
}

func (h handler) lesson(ctx context.Context, e event.Event) error {
	var f contract.LessonFacts
	if err := decode(e, &f); err != nil {
		return err
	}
	if f.LessonID != e.Subject || f.Office != e.Office {
		return fmt.Errorf("%w: %s of %s speaks about another lesson", bus.ErrPoison, e.Type, e.Subject)
	}
	return h.desk.Lessons.Apply(ctx, e.ID, f, e.Version)
}

func (h handler) finding(ctx context.Context, e event.Event) error {
	var f contract.FindingFacts
	if err := decode(e, &f); err != nil {
		return err
	}
	if f.FindingID != e.Subject || f.Office != e.Office {
		return fmt.Errorf("%w: %s of %s speaks about another finding", bus.ErrPoison, e.Type, e.Subject)
	}
	return h.desk.ExcessFindings.Apply(ctx, e.ID, f, e.Version)
}

// apply changes the case once for this event. An event about a case that is
// not here, or that the case can never take, is put aside.
func (h handler) apply(ctx context.Context, e event.Event, id string, run app.Command) error {
	_, err := h.desk.Do(ctx, e.Office, id, domain.Actor{Kind: domain.BySystem}, run, docstore.Once(e.ID))
	var p *problem.Error
	if errors.As(err, &p) {
		return fmt.Errorf("%w: %s for case %s: %w", bus.ErrPoison, e.Type, id, err)
	}
	return err
}

func decode(e event.Event, into any) error {
	if err := e.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	return nil
}
