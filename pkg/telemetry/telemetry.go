// Package telemetry sends traces to an OpenTelemetry collector, when the operator
// names one, and builds the process's logger.
package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"

	"zhiqing.dev/pkg/lifecycle"
)

// Traces returns the unit that exports spans as the standard variables say:
//
//	OTEL_EXPORTER_OTLP_ENDPOINT  base URL of the collector (OTLP over HTTP)
//	OTEL_EXPORTER_OTLP_HEADERS   key=value pairs, separated by commas
//	OTEL_TRACES_SAMPLER_ARG      share of requests that is traced, 0 to 1 (1)
//
// Without an endpoint nothing is recorded and nothing leaves. A collector that is
// away costs spans, never a request.
func Traces(service, version string, getenv func(string) string, log *slog.Logger) lifecycle.Unit {
	var provider *trace.TracerProvider
	return lifecycle.Unit{
		Name: "traces",
		Start: func(ctx context.Context) error {
			otel.SetTextMapPropagator(propagation.TraceContext{})
			endpoint := getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
			if endpoint == "" {
				return nil
			}
			exporter, err := newExporter(ctx, endpoint, getenv("OTEL_EXPORTER_OTLP_HEADERS"))
			if err != nil {
				return err
			}
			share, err := shareOf(getenv("OTEL_TRACES_SAMPLER_ARG"))
			if err != nil {
				return err
			}
			otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
			provider = trace.NewTracerProvider(
				trace.WithBatcher(exporter),
				trace.WithSampler(trace.ParentBased(trace.TraceIDRatioBased(share))),
				trace.WithResource(resource.NewSchemaless(
					attribute.String("service.name", service), attribute.String("service.version", version))),
			)
			otel.SetTracerProvider(provider)
			return nil
		},
		Stop: func(ctx context.Context) error {
			if provider == nil {
				return nil
			}
			if err := provider.Shutdown(ctx); err != nil {
				log.Warn("the last traces were not sent", "error", err) // not worth a failed stop
			}
			return nil
		},
		StopTimeout: 5 * time.Second,
	}
}

func shareOf(s string) (float64, error) {
	if s == "" {
		return 1, nil
	}
	var share float64
	if _, err := fmt.Sscanf(s, "%g", &share); err != nil || share < 0 || share > 1 {
		return 0, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG is a number from 0 to 1, not %q", s)
	}
	return share, nil
}
