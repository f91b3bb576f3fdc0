// Package fee is the service for the information processing fee (信息处理费): it counts
// what each applicant asks for in a calendar month, keeps findings of excess, and
// carries fee notices from issue to payment, lapse or refund.
package fee

import (
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/fee/internal/alike"
	"zhiqing.dev/services/fee/internal/app"
	"zhiqing.dev/services/fee/internal/events"
	"zhiqing.dev/services/fee/internal/httpapi"
	"zhiqing.dev/services/fee/internal/store"
)

// Name is the service's name.
const Name = "fee"

// New builds the service on what it is given.
func New(ctx context.Context, d service.Deps) (*service.Service, error) {
	st, err := store.Open(ctx, d.Store, d.Clock.Now, d.Poke)
	if err != nil {
		return nil, fmt.Errorf("fee: %w", err)
	}
	cal, err := calendarcopy.Open(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("fee: %w", err)
	}
	texts, err := alike.Open(ctx, d.Store, d.Clock.Now)
	if err != nil {
		return nil, fmt.Errorf("fee: %w", err)
	}
	a := app.New(st, d.Clock, d.Zone, cal, d.Log, d.Master, texts)
	return &service.Service{
		Name: Name,
		Mount: func(v1 *echo.Group) {
			httpapi.New(a).Mount(v1)
			texts.Mount(v1, alike.Known{
				Thresholds: func(ctx context.Context, office string) (alike.Thresholds, error) {
					p, _, err := a.Policy(ctx, office)
					return app.Thresholds(p), err
				},
				Same: a.Same,
			})
		},
		Outboxes:  st.Outboxes(),
		Consumers: append(events.Consumers(a), cal.Consumer(Name), texts.Consumer()),
		Units:     []lifecycle.Unit{a.Settler()},
		Spec:      api.OpenAPI(Name),
	}, nil
}
