package deadline

import (
	"context"

	"zhiqing.dev/pkg/service"
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
