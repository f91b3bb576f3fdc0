// Package httpkit is what every HTTP edge is built from, on echo: strict input,
// problem documents (RFC 9457) for every failure, sign-in, idempotency keys,
// limits, metrics, traces and health.
package httpkit

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/wallclock"
)

// Options build one HTTP edge. Zero values are replaced by defaults that suit
// production.
type Options struct {
	Name       string // the process, in metrics and traces
	Log        *slog.Logger
	Registerer prometheus.Registerer // nil: a registry of its own
	Gatherer   prometheus.Gatherer   // nil: Registerer when it gathers, too
	Clock      wallclock.Clock
	Tokens     *identity.Tokens // nil: nobody is signed in
	// Ready says why the process cannot take requests now; nil: it always can.
	Ready func(ctx context.Context) error
	// Live says why the process must be started again; nil: it need not. It must
	// not look at other machines.
	Live   func(ctx context.Context) error
	Limits Limits
	// TrustedProxies may name the caller's address in X-Forwarded-For. Empty:
	// nobody may, and the address is that of the connection.
	TrustedProxies []netip.Prefix
}

// Limits bound what one caller and one request may take.
type Limits struct {
	Body  int64         // bytes of a request body; 0: 1 MiB
	Time  time.Duration // for handling a request; 0: 10 s
	Rate  float64       // requests per second and caller; 0: 300, negative: no limit
	Burst int           // requests at once and caller; 0: twice the rate
}

func (l Limits) withDefaults() Limits {
	if l.Body == 0 {
		l.Body = 1 << 20
	}
	if l.Time == 0 {
		l.Time = 10 * time.Second
	}
	if l.Rate == 0 {
		l.Rate = 300
	}
	if l.Burst == 0 {
		l.Burst = int(2 * l.Rate)
	}
	return l
}
