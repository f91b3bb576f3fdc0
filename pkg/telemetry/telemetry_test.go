package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"zhiqing.dev/pkg/telemetry"
)

func env(kv map[string]string) func(string) string {
	return func(name string) string { return kv[name] }
}

// One test at a time: the tracer provider belongs to the process.
func TestTraces(t *testing.T) { //nolint:paralleltest // see above
	var got struct {
		path, auth, kind string
		body             map[string]any
	}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.path, got.auth, got.kind = r.URL.Path, r.Header.Get("X-Auth"), r.Header.Get("Content-Type")
		b, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(b, &got.body)
		}
		if err != nil {
			t.Error(err)
		}
	}))
	defer collector.Close()

	var lines bytes.Buffer
	log, err := telemetry.Logger(&lines, "json", "info")
	require.NoError(t, err)
	u := telemetry.Traces("zhiqing-test", "v1", env(map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL + "/base", "OTEL_EXPORTER_OTLP_HEADERS": "X-Auth=a%20b, other=c",
	}), log)
	require.NoError(t, u.Start(t.Context()))
	ctx, outer := otel.Tracer("scope").Start(t.Context(), "outer", trace.WithSpanKind(trace.SpanKindServer))
	_, inner := otel.Tracer("scope").Start(ctx, "inner")
	inner.SetAttributes(attribute.Int("n", 7), attribute.Bool("b", true), attribute.String("s", "x"), attribute.Float64("f", 1.5), attribute.StringSlice("l", []string{"p"}))
	inner.SetStatus(codes.Error, "bad")
	log.InfoContext(ctx, "within")
	inner.End()
	outer.End()
	require.NoError(t, u.Stop(t.Context()))

	require.Equal(t, "/base/v1/traces", got.path)
	require.Equal(t, "a b", got.auth)
	require.Equal(t, "application/json", got.kind)
	text, err := json.Marshal(got.body)
	require.NoError(t, err)
	spans := got.body["resourceSpans"].([]any)[0].(map[string]any)["scopeSpans"].([]any)[0].(map[string]any)["spans"].([]any)
	require.Len(t, spans, 2)
	in, out := spans[0].(map[string]any), spans[1].(map[string]any)
	require.Equal(t, "inner", in["name"])
	require.Equal(t, out["spanId"], in["parentSpanId"])
	require.Equal(t, out["traceId"], in["traceId"])
	require.EqualValues(t, 2, out["kind"])
	require.EqualValues(t, 1, in["kind"])
	require.Equal(t, map[string]any{"code": 2.0, "message": "bad"}, in["status"])
	require.Contains(t, string(text), `{"key":"n","value":{"intValue":"7"}}`)
	require.Contains(t, string(text), `"service.name"`)
	require.Contains(t, lines.String(), out["traceId"])
}

func TestTraces_settingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, kv := range []map[string]string{
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_EXPORTER_OTLP_HEADERS": "secret"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_SAMPLER_ARG": "2"},
	} {
		err := telemetry.Traces("x", "", env(kv), slog.New(slog.DiscardHandler)).Start(context.Background())
		require.Error(t, err)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestTraces_offUnlessAsked(t *testing.T) {
	t.Parallel()
	u := telemetry.Traces("x", "", env(nil), slog.New(slog.DiscardHandler))
	require.NoError(t, u.Start(t.Context()))
	require.NoError(t, u.Stop(t.Context()))
}

func TestLogger_settingsThatCannotBe(t *testing.T) {
	t.Parallel()
	_, err := telemetry.Logger(io.Discard, "xml", "info")
	require.ErrorContains(t, err, "log format")
	_, err = telemetry.Logger(io.Discard, "text", "loud")
	require.ErrorContains(t, err, "log level")
}
