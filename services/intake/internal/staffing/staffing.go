// Package staffing keeps the offices of an installation and their staff, signs
// staff in, and knows what each office has settled where the law leaves it open.
package staffing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/sessioncopy"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake/internal/throttle"
)

// Staffing is the identity part of the intake service. It is safe for concurrent
// use.
type Staffing struct {
	offices  *docstore.Repo[Office]
	accounts *docstore.Repo[Account]
	setup    *docstore.Repo[Installation]
	services *docstore.Repo[ServiceAccount]
	access   *docstore.Repo[Access]
	sessions *sessioncopy.Copy

	clock     wallclock.Clock
	log       *slog.Logger
	master    secret.Master
	tokens    *identity.Tokens
	passwords *identity.Passwords
	throttle  *turns
	wrong     *throttle.Throttle
	provider  *provider // nil: none
	messages  bool      // applicants can be sent codes
	flows     *docstore.Repo[usedFlows]
	signIns   *prometheus.CounterVec
}

// Open opens the collections and finishes a set-up that was interrupted.
func Open(ctx context.Context, d service.Deps) (*Staffing, error) {
	s := &Staffing{
		clock: d.Clock, log: d.Log, master: d.Master, tokens: d.Tokens, passwords: d.Passwords, sessions: d.Sessions,
		throttle: newTurns(), messages: d.Messenger != nil,
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "zhiqing_sign_ins_total", Help: "Attempts to sign in, by result.",
		}, []string{"result"}),
	}
	if s.passwords == nil {
		s.passwords = identity.NewPasswords(identity.DefaultCost, 0)
	}
	if d.Registerer != nil {
		if err := d.Registerer.Register(s.signIns); err != nil {
			return nil, fmt.Errorf("staffing metrics: %w", err)
		}
	}
	var err error
	if s.offices, err = docstore.Open(ctx, d.Store, d.Clock.Now, officeSpec(d.Poke)); err != nil {
		return nil, err
	}
	if s.accounts, err = docstore.Open(ctx, d.Store, d.Clock.Now, accountSpec()); err != nil {
		return nil, err
	}
	if s.access, err = docstore.Open(ctx, d.Store, d.Clock.Now, accessSpec(d.Poke)); err != nil {
		return nil, err
	}
	if s.services, err = docstore.Open(ctx, d.Store, d.Clock.Now, serviceSpec()); err != nil {
		return nil, err
	}
	if s.provider, err = newProvider(d.OIDC, d.Clock); err != nil {
		return nil, fmt.Errorf("identity provider: %w", err)
	}
	if s.flows, err = docstore.Open(ctx, d.Store, d.Clock.Now, docstore.Spec[usedFlows]{Name: "oidc_flows"}); err != nil {
		return nil, err
	}
	if s.wrong, err = throttle.Open(ctx, d.Store, d.Clock.Now, d.Master); err != nil {
		return nil, err
	}
	if s.setup, err = docstore.Open(ctx, d.Store, d.Clock.Now, docstore.Spec[Installation]{Name: "installation"}); err != nil {
		return nil, err
	}
	done, err := s.setup.Get(ctx, installationID)
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return s, nil
	case err != nil:
		return nil, err
	}
	return s, s.complete(ctx, *done.Value)
}

// Outboxes are the collections whose events a relay publishes: what offices settle,
// and which sign-ins have ended. Nothing else about staff leaves the service.
func (s *Staffing) Outboxes() []docstore.Outbox { return []docstore.Outbox{s.offices, s.access} }

// Assignable returns a staff member of the office who is active; a case can be
// given to nobody else. docstore.ErrNotFound.
func (s *Staffing) Assignable(ctx context.Context, office, staffID string) (identity.Staff, error) {
	doc, err := s.accounts.Get(ctx, staffID)
	if err != nil {
		return identity.Staff{}, err
	}
	if doc.Value.Office != office || !doc.Value.Active {
		return identity.Staff{}, fmt.Errorf("staff member %s: %w", staffID, docstore.ErrNotFound)
	}
	return doc.Value.staff(doc.ID), nil
}

// Office returns an office by id. docstore.ErrNotFound.
func (s *Staffing) Office(ctx context.Context, id string) (Office, error) {
	doc, err := s.offices.Get(ctx, id)
	if err != nil {
		return Office{}, err
	}
	return *doc.Value, nil
}

// Notes tells the operator what to do next, one sentence a line; nothing once the
// first administrator exists.
func (s *Staffing) Notes(ctx context.Context) ([]string, error) {
	_, err := s.setup.Get(ctx, installationID)
	if err == nil {
		return nil, nil
	}
	if !errors.Is(err, docstore.ErrNotFound) {
		return nil, err
	}
	return []string{
		"No office is set up yet. Create the first one and its administrator with",
		"POST /v1/offices/bootstrap and this code, which works once: " + s.master.SetupCode(),
	}, nil
}

func (s *Staffing) now() time.Time { return s.clock.Now() }
