// Package deadline is the service that knows every clock: it merges the dated facts
// of cases, fee notices and proceedings, computes what is due with the working-day
// calendar in force, explains it, raises alarms, and publishes the calendar.
package deadline

import (
	"context"
	"fmt"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/deadline/internal/app"
	"zhiqing.dev/services/deadline/internal/events"
	"zhiqing.dev/services/deadline/internal/httpapi"
	"zhiqing.dev/services/deadline/internal/store"
)

// Name is the service's name.
const Name = "deadline"

// New builds the service on what it is given.
func New(ctx context.Context, d service.Deps) (*service.Service, error) {
	st, err := store.Open(ctx, d.Store, d.Clock.Now, d.Poke)
	if err != nil {
		return nil, fmt.Errorf("deadline: %w", err)
	}
	a, err := app.New(ctx, app.Config{Store: st, Clock: d.Clock, Zone: d.Zone, Log: d.Log, Master: d.Master})
	if err != nil {
		return nil, fmt.Errorf("deadline: %w", err)
	}
	edge := httpapi.New(a)
	return &service.Service{
		Name:      Name,
		Mount:     edge.Mount,
		Remarks:   edge.Remarks,
		Outboxes:  st.Outboxes(),
		Consumers: events.Consumers(a),
		Units:     []lifecycle.Unit{a.Sweeper()},
		Spec:      api.OpenAPI(Name),
	}, nil
}
