package ledger

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/intake/internal/app"
)

// Config is what the ledgers are built from.
type Config struct {
	Store docstore.Store
	// Desk files the cases; its clock, zone and key are the ledgers', too.
	Desk *app.Desk
	// Members lists the active staff of an office.
	Members func(ctx context.Context, office string) ([]identity.Staff, error)
	Poke    func() // wakes the relay
	Log     *slog.Logger
}

// Ledgers takes ledgers in. It is safe for concurrent use.
type Ledgers struct {
	Config
	stores
	worker string        // this process among the replicas
	wake   chan struct{} // something is queued
	turns  chan struct{} // uploads at work
}

// uploadsAtOnce bounds how many files are taken in at the same time: a workbook is
// held in memory while its headings are read.
const uploadsAtOnce = 2

// Open opens the collections.
func Open(ctx context.Context, c Config) (*Ledgers, error) {
	st, err := openStores(ctx, c.Store, c.Desk.Clock.Now, c.Poke)
	if err != nil {
		return nil, fmt.Errorf("ledgers: %w", err)
	}
	return &Ledgers{
		Config: c, stores: st, worker: uuid.NewString(),
		wake: make(chan struct{}, 1), turns: make(chan struct{}, uploadsAtOnce),
	}, nil
}

// Outboxes are the collections whose events a relay publishes.
func (l *Ledgers) Outboxes() []docstore.Outbox { return []docstore.Outbox{l.proceedings} }

// Mount adds the routes below /v1. The contract is api/openapi/imports.yaml.
func (l *Ledgers) Mount(v1 *echo.Group) {
	may := httpkit.May(identity.ImportCases)
	g := v1.Group("/imports")
	g.POST("", l.post, may, httpkit.Large(maxBody, uploadTime))
	g.GET("", l.list, may)
	g.GET("/:id", l.show, may)
	g.GET("/:id/rejected", l.mend, may, httpkit.Large(1<<10, downloadTime))
}
