package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
)

// newExporter returns the exporter to the collector below endpoint. Settings that it
// would only complain about in the log are refused here. What else the standard
// names (certificates, compression, timeouts) it reads from the environment itself.
func newExporter(ctx context.Context, endpoint, headers string) (*otlptrace.Exporter, error) {
	u, err := url.Parse(endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT %q is not an http(s) URL", endpoint)
	}
	h, err := parseHeaders(headers)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(u.JoinPath("v1", "traces").String()), otlptracehttp.WithHeaders(h))
	if err != nil {
		return nil, fmt.Errorf("export traces: %w", err)
	}
	return exporter, nil
}

// parseHeaders reads key=value pairs. Its error does not repeat them: they are
// often secrets.
func parseHeaders(s string) (map[string]string, error) {
	headers := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil {
			return nil, errors.New("OTEL_EXPORTER_OTLP_HEADERS: one of the pairs is not key=value")
		}
		headers[strings.TrimSpace(key)] = value
	}
	return headers, nil
}
