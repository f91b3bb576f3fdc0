package httpkit

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"zhiqing.dev/pkg/wallclock"
)

// metrics count requests by the template of their route, never by their path.
type metrics struct {
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// newMetrics always returns usable metrics; err says that they are not exposed.
func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "zhiqing_http_request_duration_seconds",
			Help:    "Time from the request's headers to the end of the answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "zhiqing_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	return m, errors.Join(register(reg, &m.duration), register(reg, &m.inFlight))
}

// register takes over the collector that is already there under this name.
func register[C prometheus.Collector](reg prometheus.Registerer, c *C) error {
	err := reg.Register(*c)
	var there prometheus.AlreadyRegisteredError
	if errors.As(err, &there) {
		if same, ok := there.ExistingCollector.(C); ok {
			*c = same
			return nil
		}
	}
	return err
}

var (
	tracer     = otel.Tracer("zhiqing.dev/pkg/httpkit")
	propagator = propagation.TraceContext{}
)

// observe measures, traces and logs every request. It renders the problem itself,
// so that it sees the status that the caller gets. Nothing in the log tells whose
// case it was: the route is a template and the query is left out.
func observe(o Options, m *metrics) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			passed := wallclock.Stopwatch()
			m.inFlight.Inc()
			defer m.inFlight.Dec()
			ctx := propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
			ctx, span := tracer.Start(ctx, method(r)+" "+route(c), trace.WithSpanKind(trace.SpanKindServer),
				trace.WithAttributes(attribute.String("http.request.method", method(r)), attribute.String("http.route", route(c))))
			defer span.End()
			c.SetRequest(r.WithContext(ctx))

			if err := next(c); err != nil {
				c.Error(err)
			}

			status := c.Response().Status
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			level := slog.LevelInfo
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, http.StatusText(status))
				level = slog.LevelWarn
			}
			if quiet(c) {
				level = slog.LevelDebug
			}
			took := passed()
			m.duration.WithLabelValues(method(r), route(c), strconv.Itoa(status)).Observe(took.Seconds())
			o.Log.LogAttrs(ctx, level, "request", slog.String("method", method(r)), slog.String("route", route(c)),
				slog.Int("status", status), slog.Int64("bytes", c.Response().Size),
				slog.Duration("took", took.Round(10*time.Microsecond)), slog.String("request_id", RequestID(c)))
			return nil
		}
	}
}

// quiet routes are asked every few seconds by machines.
func quiet(c echo.Context) bool {
	switch c.Path() {
	case "/livez", "/readyz", "/metrics":
		return true
	}
	return false
}

// route is the template of the route, and "none" for an unknown address.
func route(c echo.Context) string {
	if p := c.Path(); p != "" {
		return p
	}
	return "none"
}

// method keeps invented methods out of the labels.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "OTHER"
}
