package deadline

import (
	"context"
	"log/slog"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline/internal/app"
	"zhiqing.dev/services/deadline/internal/store"
)

// Sweeping builds a second sweeper on a store that is in use, as another process has.
func Sweeping(ctx context.Context, d service.Deps) (func(context.Context) error, error) {
	st, err := store.Open(ctx, d.Store, d.Clock.Now, d.Poke)
	if err != nil {
		return nil, err
	}
	a, err := app.New(ctx, app.Config{Store: st, Clock: d.Clock, Zone: d.Zone, Log: d.Log, Master: d.Master})
	if err != nil {
		return nil, err
	}
	return a.Sweep, nil
}

// Keeper is the app without HTTP and broker, for benchmarks.
type Keeper struct{ *app.App }

// Keep opens a keeper on a store.
func Keep(ctx context.Context, engine docstore.Store, clk wallclock.Clock) (*Keeper, error) {
	st, err := store.Open(ctx, engine, clk.Now, func() {})
	if err != nil {
		return nil, err
	}
	a, err := app.New(ctx, app.Config{Store: st, Clock: clk, Zone: civil.Shanghai, Log: slog.New(slog.DiscardHandler)})
	return &Keeper{a}, err
}

// Publish publishes a year.
func (k *Keeper) Publish(ctx context.Context, y calendar.Year) error {
	_, err := k.App.Publish(ctx, app.Publication{Year: y, By: "s-admin", Office: "demo"}, 0)
	return err
}
