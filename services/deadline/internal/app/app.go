// Package app is what the deadline service does: it keeps the sheets, the calendar,
// the policies and the alarms, whoever asks for it (an event, a request, a sweeper).
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline/internal/domain"
	"zhiqing.dev/services/deadline/internal/store"
)

// App is safe for concurrent use, also by several processes on one store.
type App struct {
	store     *store.Store
	clock     wallclock.Clock
	zone      *time.Location
	log       *slog.Logger
	master    secret.Master
	Calendars *Calendars
}

// Config is what an App is made of.
type Config struct {
	Store  *store.Store
	Clock  wallclock.Clock
	Zone   *time.Location
	Log    *slog.Logger
	Master secret.Master
}

// New reads the calendar and is ready to work.
func New(ctx context.Context, c Config) (*App, error) {
	cals, err := openCalendars(ctx, c.Store.Years, c.Clock)
	if err != nil {
		return nil, err
	}
	return &App{store: c.Store, clock: c.Clock, zone: c.Zone, log: c.Log, master: c.Master, Calendars: cals}, nil
}

// Today is the civil day in the zone of the offices.
func (a *App) Today() civil.Date { return civil.FromTime(a.clock.Now(), a.zone) }

// Policy is the policy of an office: the default until it has settled its own.
func (a *App) Policy(ctx context.Context, office string) (p domain.Policy, rev int64, err error) {
	doc, err := a.store.Policies.Get(ctx, office)
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return domain.DefaultPolicy(), 0, nil
	case err != nil:
		return domain.Policy{}, 0, fmt.Errorf("policy of %s: %w", office, err)
	}
	return doc.Value.Policy, doc.Rev, nil
}

// Sheet finds the sheet of a case or a proceeding of the office. docstore.ErrNotFound
// when there is none, or when it is another office's.
func (a *App) Sheet(ctx context.Context, office, id string) (docstore.Doc[domain.Sheet], error) {
	for _, repo := range []*docstore.Repo[domain.Sheet]{a.store.Cases, a.store.Proceedings} {
		doc, err := repo.Get(ctx, id)
		if errors.Is(err, docstore.ErrNotFound) {
			continue
		}
		if err == nil && (doc.Value.Office != office || !doc.Value.Computed && len(doc.Value.Faults) == 0) {
			return docstore.Doc[domain.Sheet]{}, fmt.Errorf("sheet %s: %w", id, docstore.ErrNotFound)
		}
		return doc, err
	}
	return docstore.Doc[domain.Sheet]{}, fmt.Errorf("sheet %s: %w", id, docstore.ErrNotFound)
}

// MayKnow tells whether whoever asks may know of a case or proceeding. What has no sheet,
// such as a year whose calendar is missing, is kept from nobody.
func (a *App) MayKnow(ctx context.Context, id string) (bool, error) {
	for _, repo := range a.store.Sheets() {
		doc, err := repo.Get(docstore.SeeAll(ctx), id)
		if errors.Is(err, docstore.ErrNotFound) {
			continue
		}
		return err == nil && !identity.Barred(ctx, doc.Value.RestrictedTo), err
	}
	return true, nil
}

// Store gives the lists of the HTTP side.
func (a *App) Store() *store.Store { return a.store }

// Now is the present instant.
func (a *App) Now() time.Time { return a.clock.Now() }
