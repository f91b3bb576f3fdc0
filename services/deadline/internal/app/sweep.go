package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/services/deadline/internal/domain"
	"zhiqing.dev/services/deadline/internal/store"
)

const (
	// sweepEvery is how often the sweeper looks for alarms, by the service's clock. It
	// asks an index for the days that have come, so a look that finds nothing costs
	// next to nothing.
	sweepEvery = 15 * time.Second
	// glanceEvery is how often it looks at the clock.
	glanceEvery = 200 * time.Millisecond
)

// Sweeper raises alarms, finishes recomputations and reminds of a missing calendar.
// Several sweepers at once do the same work and raise each alarm once.
func (a *App) Sweeper() lifecycle.Unit {
	return lifecycle.Unit{
		Name: "deadline-sweeper",
		Run: func(ctx context.Context) error {
			t := time.NewTicker(glanceEvery)
			defer t.Stop()
			var swept time.Time
			var reminded reminder
			for {
				if now := a.clock.Now(); now.Sub(swept).Abs() >= sweepEvery {
					swept = now
					if err := a.Sweep(ctx); err != nil && ctx.Err() == nil {
						a.log.Warn("deadlines could not be swept; trying again", "error", err)
					}
					reminded = a.remind(ctx, reminded)
				}
				select {
				case <-ctx.Done():
					return nil
				case <-t.C:
				}
			}
		},
	}
}

// Sweep does once what the sweeper does again and again.
func (a *App) Sweep(ctx context.Context) error {
	if err := a.Settle(ctx); err != nil {
		return err
	}
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return err
	}
	policies := a.policies()
	today := a.Today()
	for _, repo := range a.store.Sheets() {
		for after := ""; ; {
			docs, next, err := repo.Find(ctx, docstore.Query{
				Index: store.ByAlarm, To: int64(today) + 1, Limit: walkPage, After: after,
			})
			if err != nil {
				return err
			}
			for _, d := range docs {
				policy, err := policies(ctx, d.Value.Office)
				if err != nil {
					return err
				}
				if err := a.sweepOne(ctx, repo, d, cal, policy, today); err != nil {
					return err
				}
			}
			if next == "" {
				break
			}
			after = next
		}
	}
	return nil
}

// sweepOne raises and settles the alarms of one sheet. The alarms come first: a
// crash before the sheet is written makes the next sweep find them there already,
// by the ids that follow from what they are about.
func (a *App) sweepOne(ctx context.Context, repo *docstore.Repo[domain.Sheet], d docstore.Doc[domain.Sheet], cal *calendar.Calendar, p domain.Policy, today civil.Date) error {
	raise, settled := d.Value.Sweep(cal, p, today, a.clock.Now())
	for _, alarm := range raise {
		if err := a.raise(ctx, alarm); err != nil {
			return err
		}
	}
	for _, id := range settled {
		_, err := a.store.Alarms.Update(ctx, id, func(have *domain.Alarm) error {
			if have.SettledOn == 0 {
				have.SettledOn = today
			}
			return nil
		})
		if err != nil && !errors.Is(err, docstore.ErrNotFound) {
			return fmt.Errorf("settle alarm: %w", err)
		}
	}
	_, err := repo.Update(ctx, d.ID, func(s *domain.Sheet) error {
		s.Swept(cal, p, raise, settled)
		return nil
	})
	return err
}

// raise records an alarm that does not exist yet, or opens it again when the date
// had moved away and has come back.
func (a *App) raise(ctx context.Context, alarm domain.Alarm) error {
	_, err := a.store.Alarms.Upsert(ctx, alarm.ID, func(have *domain.Alarm) error {
		if have.ID == "" {
			*have = alarm
		}
		have.SettledOn = 0
		return nil
	})
	if err != nil {
		return fmt.Errorf("raise alarm: %w", err)
	}
	return nil
}
