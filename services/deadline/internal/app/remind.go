package app

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/deadline/internal/domain"
)

// reminder remembers for which day and missing year the offices were reminded.
type reminder struct {
	day  civil.Date
	year int
}

// MissingYear is the year whose notice is missed today; 0 when none is.
func (a *App) MissingYear(ctx context.Context) (int, error) {
	cal, err := a.Calendars.Current(ctx)
	if err != nil {
		return 0, err
	}
	return domain.MissingYear(cal, a.Today()), nil
}

// remind logs once a day that the notice of a year is missing, raises an alarm about it
// in every office, and settles the alarms once the year is published.
func (a *App) remind(ctx context.Context, last reminder) reminder {
	year, err := a.MissingYear(ctx)
	next := reminder{a.Today(), year}
	if err != nil || next == last {
		return last
	}
	if year != 0 {
		a.log.Warn("the holiday notice of a year is not published here yet; due dates in it are provisional (PUT /v1/calendars/{year})", "year", year)
	}
	if err := a.remindOffices(ctx, next); err != nil {
		if ctx.Err() == nil {
			a.log.Warn("the offices could not be reminded of a missing calendar; trying again", "error", err)
		}
		return last
	}
	return next
}

// remindOffice raises the alarm in one office.
func (a *App) remindOffice(ctx context.Context, office string) error {
	year, err := a.MissingYear(ctx)
	if err != nil || year == 0 {
		return err
	}
	return a.raise(ctx, domain.MissingAlarm(office, year, a.Today(), a.clock.Now()))
}

// remindOffices raises and settles the alarms of every office that is known.
func (a *App) remindOffices(ctx context.Context, r reminder) error {
	return a.store.Policies.Each(ctx, func(d docstore.Doc[domain.OfficePolicy]) error {
		for _, year := range [...]int{r.day.Year(), r.day.Year() + 1} {
			alarm := domain.MissingAlarm(d.ID, year, r.day, a.clock.Now())
			if year == r.year {
				if err := a.raise(ctx, alarm); err != nil {
					return err
				}
				continue
			}
			_, err := a.store.Alarms.Update(ctx, alarm.ID, func(have *domain.Alarm) error {
				if have.SettledOn == 0 {
					have.SettledOn = r.day
				}
				return nil
			})
			if err != nil && !errors.Is(err, docstore.ErrNotFound) {
				return fmt.Errorf("settle the reminder of %d: %w", year, err)
			}
		}
		return nil
	})
}
