// Package app is what the fee service does, whoever asks for it: it keeps the ledgers
// from intake's facts, records findings of excess, and carries notices through.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/fee/internal/alike"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// App is safe for concurrent use, also by several processes on one store.
type App struct {
	store    *store.Store
	clock    wallclock.Clock
	zone     *time.Location
	calendar *calendarcopy.Copy
	log      *slog.Logger
	master   secret.Master
	locks    *locks
	texts    *alike.Index
}

// New returns the app on what it is given.
func New(st *store.Store, clock wallclock.Clock, zone *time.Location, calendar *calendarcopy.Copy, log *slog.Logger, master secret.Master, texts *alike.Index) *App {
	return &App{store: st, clock: clock, zone: zone, calendar: calendar, log: log, master: master, locks: newLocks(), texts: texts}
}

// Store gives the lists of the HTTP side.
func (a *App) Store() *store.Store { return a.store }

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
	return doc.Value.Whole(), doc.Rev, nil
}

// SetPolicy settles an office's policy, but for what its own document settles. ifRev,
// unless 0, is the revision that the caller has seen: docstore.ErrStale.
func (a *App) SetPolicy(ctx context.Context, office string, p domain.Policy, ifRev int64) (set domain.Policy, rev int64, err error) {
	if err := p.Validate(); err != nil {
		return domain.Policy{}, 0, err
	}
	_, have, err := a.Policy(ctx, office)
	if err != nil {
		return domain.Policy{}, 0, err
	}
	var opts []docstore.Option
	if ifRev != 0 {
		if ifRev != have {
			return domain.Policy{}, 0, fmt.Errorf("policy of %s: %w", office, docstore.ErrStale)
		}
		opts = append(opts, docstore.IfRev(ifRev))
	}
	doc, err := a.store.Policies.Upsert(ctx, office, func(o *domain.OfficePolicy) error {
		o.Office, o.Policy = office, &p
		return nil
	}, opts...)
	if err != nil {
		return domain.Policy{}, 0, fmt.Errorf("set the policy of %s: %w", office, err)
	}
	return doc.Value.Whole(), doc.Rev, nil
}

// TakeOffice takes what intake told of an office. A few cases are counted anew at once,
// the others behind.
func (a *App) TakeOffice(ctx context.Context, version int64, f contract.OfficeFacts) error {
	_, err := a.store.Policies.Upsert(ctx, f.Office, func(o *domain.OfficePolicy) error {
		o.Take(version, f.Office, f.Policies)
		return nil
	})
	if err != nil {
		return fmt.Errorf("take the policy of %s: %w", f.Office, err)
	}
	return a.recountOffice(ctx, f.Office, settledAtOnce)
}

// Env is what a step of this staff member is done with.
func (a *App) Env(ctx context.Context, s identity.Staff) (domain.Env, error) {
	return a.envOf(ctx, s.Office, s.ID)
}

func (a *App) envOf(ctx context.Context, office, by string) (domain.Env, error) {
	p, _, err := a.Policy(ctx, office)
	return domain.Env{By: by, Today: a.Today(), At: a.clock.Now(), Calendar: a.calendar.Calendar(), Policy: p}, err
}

// Case finds a case of the office. docstore.ErrNotFound, also for another office's, for
// one that intake has not told of yet, and for one that is restricted to others.
func (a *App) Case(ctx context.Context, office, id string) (*domain.Case, error) {
	doc, err := a.store.Cases.Get(ctx, id)
	if err == nil && (doc.Value.Office != office || identity.Barred(ctx, doc.Value.RestrictedTo)) {
		return nil, fmt.Errorf("case %s: %w", id, docstore.ErrNotFound)
	}
	return doc.Value, err
}

// MayKnow tells whether whoever asks may know of a case. One that intake has not told of
// is kept from nobody.
func (a *App) MayKnow(ctx context.Context, caseID string) (bool, error) {
	doc, err := a.store.Cases.Get(ctx, caseID)
	if errors.Is(err, docstore.ErrNotFound) {
		return true, nil
	}
	return err == nil && !identity.Barred(ctx, doc.Value.RestrictedTo), err
}
