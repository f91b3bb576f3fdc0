// Package httpkit is what every HTTP edge is built from, on echo: strict input,
// problem documents (RFC 9457) for every failure, sign-in, idempotency keys,
// limits, metrics, traces and health.
package httpkit

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"
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
	// Revoked reports whether a sign-in that a valid token was issued in has been ended
	// since. Nil: none ever is.
	Revoked func(ctx context.Context, s identity.Staff) bool
	// Ready says why the process cannot take requests now; nil: it always can.
	Ready func(ctx context.Context) error
	// Live says why the process must be started again; nil: it need not. It must
	// not look at other machines.
	Live func(ctx context.Context) error
	// Remarks stand beside the readiness, in the caller's language; nil: there are none.
	Remarks func(ctx context.Context, lang string) []Remark
	Limits  Limits
	// TrustedProxies may name the caller's address in X-Forwarded-For. Empty:
	// nobody may, and the address is that of the connection.
	TrustedProxies []netip.Prefix
	// Origins are those whose pages may call the interface from a browser; none by
	// default. See ParseOrigins.
	Origins []string
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
		l.Burst = max(1, int(2*l.Rate))
	}
	return l
}

// New returns an echo that answers every failure with a problem document and
// serves /livez, /readyz and /metrics. Several on one registry share their metrics.
func New(o Options) *echo.Echo {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = wallclock.System{}
	}
	if o.Registerer == nil {
		reg := prometheus.NewRegistry()
		o.Registerer, o.Gatherer = reg, reg
	}
	if g, ok := o.Registerer.(prometheus.Gatherer); ok && o.Gatherer == nil {
		o.Gatherer = g
	}
	o.Limits = o.Limits.withDefaults()
	m, err := newMetrics(o.Registerer)
	if err != nil {
		o.Log.Error("HTTP metrics are not registered", "error", err)
	}

	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(logWriter{o.Log})
	e.StdLogger.SetOutput(logWriter{o.Log})
	e.StdLogger.SetFlags(0)
	e.HTTPErrorHandler = errorHandler(o.Log)
	e.JSONSerializer = serializer{}
	e.Binder = binder{}
	e.IPExtractor = ipExtractor(o.TrustedProxies)
	e.Use(
		requestID,
		observe(o, m),
		recoverPanics,
		secure,
		crossOrigin(o.Origins),
		limitBody(o.Limits.Body),
		limitTime(o.Limits.Time),
		authenticate(o.Tokens, o.Revoked),
		limitRate(o.Limits),
		checkKey,
	)
	mountHealth(e, o)
	return e
}

// ipExtractor believes only the proxies that the operator names.
func ipExtractor(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	opts := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		opts = append(opts, echo.TrustIPRange(ipNet(p)))
	}
	return echo.ExtractIPFromXFFHeader(opts...)
}
