// Package lifecycle starts the long-lived parts of a process in order and stops
// them in reverse, so that what is taken is finished before what it needs is gone.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// DefaultStopTimeout bounds the stop of a unit that names no limit of its own.
const DefaultStopTimeout = 15 * time.Second

// Unit is one long-lived part of a process. Every function may be nil.
type Unit struct {
	Name string
	// Start makes the unit ready and returns; units start one after the other.
	Start func(ctx context.Context) error
	// Run works in the background after Start. Its context ends after Stop has
	// returned; it must then return soon. An error before that stops every unit;
	// nil before that means that its work is done.
	Run func(ctx context.Context) error
	// Stop drains the unit: take nothing new, finish what was taken.
	Stop func(ctx context.Context) error
	// StopTimeout bounds Stop and the return of Run together.
	StopTimeout time.Duration
}

// Group is a set of units that was started.
type Group struct {
	log     *slog.Logger
	running []*running // in the order of their start
	failed  chan error
	stop    sync.Once
	stopErr error
}

// running is a unit that was started.
type running struct {
	Unit
	cancel context.CancelFunc
	done   chan struct{} // closed when Run has returned; nil without Run
	err    error         // set before done is closed
}

// Run starts the units in order, waits until ctx ends or a unit fails, and stops
// them in reverse. It returns what failed, or nil after an orderly stop.
func Run(ctx context.Context, log *slog.Logger, units ...Unit) error {
	g, err := Start(ctx, log, units...)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case err = <-g.Failed():
		log.Error("a unit failed; stopping", "error", err)
	}
	return errors.Join(err, g.Stop(context.WithoutCancel(ctx)))
}

// Start starts the units in order. When one fails, or ctx ends, those already
// started are stopped in reverse and the error is returned.
func Start(ctx context.Context, log *slog.Logger, units ...Unit) (*Group, error) {
	g := &Group{log: log, failed: make(chan error, len(units))}
	for _, u := range units {
		err := ctx.Err()
		if err == nil && u.Start != nil {
			err = guard(u.Name, func() error { return u.Start(ctx) })
		}
		if err != nil {
			err = fmt.Errorf("start %s: %w", u.Name, err)
			return nil, errors.Join(err, g.Stop(context.WithoutCancel(ctx)))
		}
		g.launch(ctx, u)
		log.Debug("unit started", "unit", u.Name)
	}
	return g, nil
}

// Failed hands over the error of a unit that failed while it ran.
func (g *Group) Failed() <-chan error { return g.failed }

// Stop stops the units in reverse, each within its own limit, and returns what
// went wrong on the way. It may be called more than once; the first call counts.
func (g *Group) Stop(ctx context.Context) error {
	g.stop.Do(func() {
		var errs []error
		for _, r := range slices.Backward(g.running) {
			if err := r.halt(ctx); err != nil {
				errs = append(errs, fmt.Errorf("stop %s: %w", r.Name, err))
			}
			g.log.Debug("unit stopped", "unit", r.Name)
		}
		g.stopErr = errors.Join(errs...)
	})
	return g.stopErr
}

// launch runs the unit in the background. Its context outlives ctx: the unit is
// told to end in its turn, not with everybody else.
func (g *Group) launch(ctx context.Context, u Unit) {
	r := &running{Unit: u, cancel: func() {}}
	g.running = append(g.running, r)
	if u.Run == nil {
		return
	}
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.cancel, r.done = cancel, make(chan struct{})
	go func() {
		defer close(r.done)
		err := guard(u.Name, func() error { return u.Run(runCtx) })
		if err == nil || (runCtx.Err() != nil && errors.Is(err, context.Canceled)) {
			return
		}
		r.err = err
		g.failed <- fmt.Errorf("run %s: %w", u.Name, err)
	}()
}

func (r *running) halt(ctx context.Context) error {
	limit := r.StopTimeout
	if limit <= 0 {
		limit = DefaultStopTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer r.cancel()
	var err error
	if r.Stop != nil {
		err = guard(r.Name, func() error { return r.Stop(ctx) })
	}
	r.cancel()
	if r.done == nil {
		return err
	}
	select {
	case <-r.done:
		return err
	case <-ctx.Done():
		return errors.Join(err, fmt.Errorf("still running after %s", limit))
	}
}

// guard turns a panic into an error, so that the other units still stop in order.
func guard(name string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in %s: %v\n%s", name, p, debug.Stack())
		}
	}()
	return fn()
}
