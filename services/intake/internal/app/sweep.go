package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// sweepEvery is how often the desk looks for cases on which time has to act. A
// late look changes nothing in law: commands and the applicant's page compute
// with the day itself.
const sweepEvery = time.Minute

// Sweeper is the unit that takes up unfinished splits and brings cases forward
// whose consultation limit has passed. Two sweepers at once do no harm.
func (d *Desk) Sweeper(log *slog.Logger) lifecycle.Unit {
	return lifecycle.Unit{
		Name: "intake sweeper",
		Run: func(ctx context.Context) error {
			tick := time.NewTicker(sweepEvery)
			defer tick.Stop()
			for {
				if err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
					log.WarnContext(ctx, "sweep is tried again", "error", err)
				}
				select {
				case <-ctx.Done():
					return nil
				case <-tick.C:
				}
			}
		},
	}
}

// Sweep looks once.
func (d *Desk) Sweep(ctx context.Context) error {
	return errors.Join(
		d.each(ctx, store.WakeSplit, func(doc Doc) error {
			_, err := d.fileParts(ctx, doc)
			return err
		}),
		d.each(ctx, store.WakeTime, func(doc Doc) error {
			_, err := d.Do(ctx, doc.Value.Office, doc.ID, domain.Actor{Kind: domain.BySystem},
				func(c *domain.Case, env domain.Env) error { return c.Wake(env) })
			return err
		}),
	)
}

func (d *Desk) each(ctx context.Context, reason string, act func(Doc) error) error {
	var failed error
	after := ""
	for {
		docs, next, err := d.Cases.Find(ctx, store.ToWake(reason, d.Today(), after))
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, doc := range docs {
			if err := act(doc); err != nil {
				failed = errors.Join(failed, fmt.Errorf("case %s: %w", doc.ID, err))
			}
		}
		if next == "" || ctx.Err() != nil {
			return failed
		}
		after = next
	}
}
