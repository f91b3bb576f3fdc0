// Package litigation is the service for what legal staff come for: reviews, lawsuits
// and complaints with their steps and periods, the report-up record, lessons,
// periodic summaries and the annual report. It keeps one compact fact of every
// case, built from events, so that every table is a grouped count.
package litigation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/litigation/internal/events"
	"zhiqing.dev/services/litigation/internal/httpapi"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/store"
)

// Name is the service's name.
const Name = "litigation"

// New builds the service on what it is given.
func New(ctx context.Context, d service.Deps) (*service.Service, error) {
	r := &reporting.Reporter{}
	var err error
	if r.Facts, err = store.OpenFacts(ctx, d.Store, d.Clock.Now); err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	if r.Notices, err = store.OpenNotices(ctx, d.Store, d.Clock.Now); err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	if r.Proceedings, err = store.OpenProceedings(ctx, d.Store, d.Clock.Now, d.Poke); err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	lessons, err := store.OpenLessons(ctx, d.Store, d.Clock.Now, r.Proceedings, d.Poke)
	if err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	if r.Settings, err = store.OpenSettings(ctx, d.Store, d.Clock.Now); err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	if r.Frozen, err = store.OpenFrozen(ctx, d.Store, d.Clock.Now); err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	if r.Published, err = store.OpenPublished(ctx, d.Store, d.Clock.Now); err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	offices, err := store.OpenOffices(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	calendars, err := calendarcopy.Open(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("litigation: %w", err)
	}
	edge := &httpapi.API{
		Facts: r.Facts, Proceedings: r.Proceedings, Lessons: lessons, Settings: r.Settings, Offices: offices, Reports: r,
		Calendar: calendars.Calendar, Clock: d.Clock, Zone: d.Zone,
	}
	return &service.Service{
		Name:      Name,
		Mount:     edge.Mount,
		Outboxes:  []docstore.Outbox{r.Proceedings.Repo, lessons.Repo},
		Consumers: append(events.Consumers(offices, r.Facts, r.Notices, r.Proceedings, r.Settings), events.Lessons(lessons), calendars.Consumer(Name)),
		Units:     []lifecycle.Unit{folder(r.Facts, d.Log)},
		Spec:      api.OpenAPI(Name),
	}, nil
}

// foldEvery is how long changed facts lie beside the tally before they are taken in;
// reports add them meanwhile.
const foldEvery = time.Second

// folder takes changed facts into the tally. Several at once do the same work.
func folder(facts *store.Facts, log *slog.Logger) lifecycle.Unit {
	return lifecycle.Unit{
		Name: "litigation-tally",
		Run: func(ctx context.Context) error {
			t := time.NewTicker(foldEvery)
			defer t.Stop()
			for {
				if _, err := facts.Fold(docstore.Patient(ctx)); err != nil && ctx.Err() == nil {
					log.Warn("the tally could not be brought up to date; trying again", "error", err)
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
