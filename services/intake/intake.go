// Package intake is the service that keeps the case files: it takes applications
// in on every channel, registers them, and carries each statutory step from
// arrival to service. It also keeps the offices, their staff and their sign-in.
package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/evidence"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/events"
	"zhiqing.dev/services/intake/internal/httpapi"
	"zhiqing.dev/services/intake/internal/ledger"
	"zhiqing.dev/services/intake/internal/staffing"
	"zhiqing.dev/services/intake/internal/store"
	"zhiqing.dev/services/intake/internal/throttle"
	"zhiqing.dev/services/intake/internal/verification"
)

// Name is the service's name.
const Name = "intake"

// New builds the service on what it is given.
func New(ctx context.Context, d service.Deps) (*service.Service, error) {
	staff, err := staffing.Open(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	cases, err := store.OpenCases(ctx, d.Store, d.Clock.Now, d.Poke, described(d.Master))
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	calendar, err := calendarcopy.Open(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	blobs, err := d.Blobs(ctx)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	lessons, err := store.OpenLessons(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	findings, err := store.OpenExcessFindings(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	bulk, err := store.OpenBulk(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	desk := app.New(app.Config{
		Cases: cases, Lessons: lessons, ExcessFindings: findings, Offices: offices{staff}, Calendar: calendar.Calendar,
		Clock: d.Clock, Zone: d.Zone, Master: d.Master, Blobs: blobs,
		BulkCommands: bulk, Members: staff.Members,
	})
	wrong, err := throttle.Open(ctx, d.Store, d.Clock.Now, d.Master)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	verified, err := verification.Open(ctx, d.Store, d.Clock, d.Zone, d.Master, d.Messenger)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	ledgers, err := ledger.Open(ctx, ledger.Config{
		Store: d.Store, Desk: desk, Members: staff.Members, Poke: d.Poke, Log: d.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	return &service.Service{
		Name: Name,
		Mount: func(v1 *echo.Group) {
			staff.Mount(v1)
			httpapi.Mount(v1, desk, wrong, verified, httpapi.Evidence{Key: evidence.Key(d.Master), Trail: d.Trail}, d.Log)
			ledgers.Mount(v1)
		},
		Outboxes:  slices.Concat([]docstore.Outbox{cases}, ledgers.Outboxes(), staff.Outboxes()),
		Consumers: append(events.Consumers(desk), calendar.Consumer(Name)),
		Units:     []lifecycle.Unit{desk.Sweeper(d.Log), ledgers.Unit()},
		Spec:      api.OpenAPI(Name),
		Specs:     map[string][]byte{"staffing": api.OpenAPI("staffing"), "imports": api.OpenAPI("imports")},
		Notes:     staff.Notes,
	}, nil
}

// offices shows the desk what it needs of offices and staff.
type offices struct{ staffing *staffing.Staffing }

func (o offices) Office(ctx context.Context, id string) (app.Office, error) {
	found, err := o.staffing.Office(ctx, id)
	if err != nil {
		return app.Office{}, err
	}
	p := found.Policies
	if p.LessonsBeforeSigning == "" { // settled before there was a choice
		p.LessonsBeforeSigning = domain.LessonsRequired
	}
	return app.Office{
		ID: found.ID, Name: found.Name, Prefix: found.RegisterPrefix, ReviewBody: found.SuperiorGovernment, Court: found.Court,
		Address: found.Contact.Address, Phone: found.Contact.Phone, Postcode: found.Contact.Postcode,
		Policy: domain.Policy{
			Clock: p.Policy, RefuseLateNotice: p.RefuseLateNotice,
			ReopenPeriodWD: p.ReopenPeriodWD, DuplicateDays: p.DuplicateDays,
			MaxExtensions: p.MaxExtensions, OpenSearch: p.OpenSearch,
			Lessons: p.LessonsBeforeSigning, ReasonsNeedFinding: p.ReasonsNeedFinding,
			Verification: string(p.ApplicantVerification),
		},
	}, nil
}

func (o offices) StaffName(ctx context.Context, office, id string) (string, error) {
	s, err := o.staffing.Assignable(ctx, office, id)
	if err != nil {
		return "", err
	}
	if !s.Has(identity.Officer, identity.UnitLead, identity.Head, identity.Legal) {
		return "", errors.Join(errors.New("the staff member handles no cases"), docstore.ErrNotFound)
	}
	return s.Name, nil
}
