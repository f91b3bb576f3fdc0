package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/sessioncopy"
)

// serviceStopTimeout is the sum of what the parts of a service may take to stop.
const serviceStopTimeout = 75 * time.Second

func civilZone() *time.Location { return civil.Shanghai }

// serviceUnit opens the service's store, builds the service on it and runs what it
// handed back.
func (h *Host) serviceUnit(n Named) lifecycle.Unit {
	var s *hosted
	return lifecycle.Unit{
		Name: n.Name,
		Start: func(ctx context.Context) (err error) {
			if s, err = h.open(ctx, n); err != nil {
				return err
			}
			s.group, err = lifecycle.Start(ctx, h.o.Log.With("service", n.Name), h.unitsOf(s)...)
			if err != nil {
				return errors.Join(err, s.close())
			}
			h.mount(s)
			h.mu.Lock()
			h.running = append(h.running, s)
			h.mu.Unlock()
			return nil
		},
		Run: func(ctx context.Context) error {
			select {
			case err := <-s.group.Failed():
				return err
			case <-ctx.Done():
				return nil
			}
		},
		Stop: func(ctx context.Context) error {
			err := s.group.Stop(ctx)
			h.forget(s)
			return errors.Join(err, s.close())
		},
		StopTimeout: serviceStopTimeout,
	}
}

func (h *Host) open(ctx context.Context, n Named) (s *hosted, err error) {
	store, err := h.o.Backend.Store(ctx, n.Name)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s = &hosted{name: n.Name, store: store}
	defer func(opened *hosted) {
		if err != nil {
			err = errors.Join(err, opened.close())
		}
	}(s)
	log := h.o.Log.With("service", n.Name)
	poke := func() {}
	if h.bus != nil {
		s.relay = bus.NewRelay(h.bus, log, h.o.Clock, bus.ForService(n.Name))
		poke = s.relay.Poke
	}
	if !h.o.NoAudit {
		s.trail, err = audit.Open(ctx, audit.Options{
			Service: n.Name, Store: s.store, Clock: h.o.Clock, Log: log, Master: h.o.Master, Hash: h.o.AuditHash,
		})
		if err != nil {
			return nil, fmt.Errorf("open the audit trail: %w", err)
		}
	}
	if s.sessions, err = sessioncopy.Open(ctx, s.store, h.o.Clock.Now); err != nil {
		return nil, err
	}
	if s.sealed, err = h.seal(ctx, s); err != nil {
		return nil, err
	}
	s.svc, err = n.New(ctx, Deps{
		Store: s.sealed, Blobs: h.blobs(s), Clock: h.o.Clock, Log: log, Registerer: h.o.Registerer,
		Master: h.o.Master, Tokens: h.o.Tokens, Passwords: h.o.Passwords, Sessions: s.sessions, OIDC: h.o.OIDC, Messenger: h.o.Messenger, Trail: s.trail, Poke: poke, Zone: h.o.Zone,
	})
	if err != nil {
		return nil, err
	}
	s.svc.Consumers = append(s.svc.Consumers, s.sessions.Consumer(n.Name))
	if s.dead, err = bus.OpenDeadLetters(ctx, s.store, h.o.Clock.Now); err != nil {
		return nil, fmt.Errorf("open dead letters: %w", err)
	}
	s.dead.Register(s.svc.Consumers...)
	if s.relay != nil {
		s.relay.Add(s.svc.Outboxes...)
		if err := s.relay.Guard(ctx, s.store); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// unitsOf are the service's parts in the order of their start.
func (h *Host) unitsOf(s *hosted) []lifecycle.Unit {
	if s.relay == nil {
		return nil // a command that only reads and writes: nothing runs by itself
	}
	var units []lifecycle.Unit
	if s.trail != nil {
		units = append(units, s.trail.Unit())
	}
	if s.keys != nil {
		units = append(units, s.keys.Unit(s.ring, s.sealed))
	}
	units = append(append(units, s.relay.Unit()), s.svc.Units...)
	if len(s.svc.Consumers) > 0 {
		units = append(units, h.bus.Consume(s.dead, s.svc.Consumers...))
	}
	return units
}

func (h *Host) mount(s *hosted) {
	if s.svc.Mount != nil {
		h.own(s, func() { s.svc.Mount(h.v1) })
	}
	if s.svc.Spec != nil {
		httpkit.ServeSpec(h.echo, s.name, s.svc.Spec)
	}
	for name, spec := range s.svc.Specs {
		httpkit.ServeSpec(h.echo, name, spec)
	}
}

func (h *Host) forget(s *hosted) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, r := range h.running {
		if r == s {
			h.running = append(h.running[:i:i], h.running[i+1:]...)
			return
		}
	}
}

// blobs opens files for a service and remembers to close them.
func (h *Host) blobs(s *hosted) func(context.Context) (blobstore.Store, error) {
	return func(ctx context.Context) (blobstore.Store, error) {
		if h.o.Backend.Blobs == nil {
			return nil, errors.New("this process keeps no files")
		}
		b, err := h.o.Backend.Blobs(ctx, s.name)
		if err != nil {
			return nil, fmt.Errorf("open blobs: %w", err)
		}
		s.blobs = append(s.blobs, b)
		if s.ring != nil {
			return blobstore.WithRing(b, s.ring), nil
		}
		return b, nil
	}
}

// close releases what the service stood on.
func (s *hosted) close() error {
	var err error
	for _, b := range s.blobs {
		err = errors.Join(err, b.Close())
	}
	return errors.Join(err, s.store.Close())
}
