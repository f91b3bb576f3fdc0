// Package service is what every service is built from and run by: what it is
// given, what it hands back, and the host that starts and stops any set of them
// in one process.
package service

import (
	"context"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/sessioncopy"
	"zhiqing.dev/pkg/wallclock"
)

// Deps are what a service is given.
type Deps struct {
	// Store is the service's own data; no other service sees it.
	Store docstore.Store
	// Blobs opens the service's files beside its documents. The host closes them. It
	// fails when the backend keeps none.
	Blobs      func(ctx context.Context) (blobstore.Store, error)
	Clock      wallclock.Clock
	Log        *slog.Logger
	Registerer prometheus.Registerer
	Master     secret.Master
	Tokens     *identity.Tokens
	Passwords  *identity.Passwords
	// OIDC is the identity provider that signs staff in; the zero value for none.
	OIDC identity.Provider
	// Messenger sends short messages to applicants. Nil: nothing can be sent.
	Messenger messenger.Sender
	// Sessions is the service's copy of the sign-ins that were ended. Nil: none is kept.
	Sessions *sessioncopy.Copy
	// Trail is the record of what is done in this service. Nil: none is kept.
	Trail *audit.Trail
	// Poke goes into docstore.Spec.Outbox: it wakes the relay.
	Poke func()
	// Zone is where the offices stand; civil days are counted in it.
	Zone *time.Location
}

// Service is what a constructor hands back. The host mounts it, relays its events
// and runs its consumers and units.
type Service struct {
	Name string
	// Mount adds the service's routes below /v1. Nil: it has none.
	Mount     func(v1 *echo.Group)
	Outboxes  []docstore.Outbox
	Consumers []bus.Consumer
	// Units run beside the consumers, for example sweepers. They start after the
	// relay and stop before it.
	Units []lifecycle.Unit
	// Spec is the service's OpenAPI document (YAML), served at /openapi/<name>.yaml.
	Spec []byte
	// Notes tells the operator what to do next, once the service has started: lines
	// for the terminal, which may hold a one-time code and never go into a log. Nil:
	// it has nothing to say.
	Notes func(ctx context.Context) ([]string, error)
	// Remarks are what an operator should see to while the service goes on well; they
	// stand in the answer of /readyz. Nil: there are none.
	Remarks func(ctx context.Context, lang string) []httpkit.Remark
	// Specs are further documents by name.
	Specs map[string][]byte
}

// Constructor builds one service on what it is given. It must not keep ctx.
type Constructor func(ctx context.Context, d Deps) (*Service, error)
