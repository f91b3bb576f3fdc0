package docstore

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
)

// traceOf is the W3C traceparent of the span under which a document is written, so
// that whoever handles its events continues the trace; empty when there is none.
func traceOf(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier.Get("traceparent")
}
