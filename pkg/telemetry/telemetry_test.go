package telemetry_test

import (
	"bytes"
	"context"
	"encoding/hex"
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
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"zhiqing.dev/pkg/telemetry"
)

func env(kv map[string]string) func(string) string {
	return func(name string) string { return kv[name] }
}

// One test at a time: the tracer provider belongs to the process.
func TestTraces(t *testing.T) { //nolint:paralleltest // see above
	var got struct {
		path, auth, kind string
		body             collector.ExportTraceServiceRequest
	}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.path, got.auth, got.kind = r.URL.Path, r.Header.Get("X-Auth"), r.Header.Get("Content-Type")
		b, err := io.ReadAll(r.Body)
		if err == nil {
			err = proto.Unmarshal(b, &got.body)
		}
		if err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()

	var lines bytes.Buffer
	log, err := telemetry.Logger(&lines, "json", "info")
	require.NoError(t, err)
	u := telemetry.Traces("zhiqing-test", "v1", env(map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL + "/base", "OTEL_EXPORTER_OTLP_HEADERS": "X-Auth=a%20b, other=c",
	}), log)
	require.NoError(t, u.Start(t.Context()))
	ctx, outer := otel.Tracer("scope").Start(t.Context(), "outer", trace.WithSpanKind(trace.SpanKindServer))
	_, inner := otel.Tracer("scope").Start(ctx, "inner")
	inner.SetAttributes(attribute.String("s", "x"))
	inner.SetStatus(codes.Error, "bad")
	log.InfoContext(ctx, "within")
	inner.End()
	outer.End()
	require.NoError(t, u.Stop(t.Context()))

	require.Equal(t, "/base/v1/traces", got.path)
	require.Equal(t, "a b", got.auth)
	require.Equal(t, "application/x-protobuf", got.kind)
	resource := got.body.GetResourceSpans()[0]
	require.Equal(t, map[string]string{"service.name": "zhiqing-test", "service.version": "v1"}, texts(resource.GetResource().GetAttributes()))
	spans := resource.GetScopeSpans()[0].GetSpans()
	require.Len(t, spans, 2)
	in, out := spans[0], spans[1]
	require.Equal(t, "inner", in.GetName())
	require.Equal(t, out.GetSpanId(), in.GetParentSpanId())
	require.Equal(t, out.GetTraceId(), in.GetTraceId())
	require.Equal(t, tracepb.Span_SPAN_KIND_SERVER, out.GetKind())
	require.Equal(t, "bad", in.GetStatus().GetMessage())
	require.Equal(t, "x", texts(in.GetAttributes())["s"])
	require.Contains(t, lines.String(), hex.EncodeToString(out.GetTraceId()))
}

// texts are the attributes that are texts.
func texts(kvs []*commonpb.KeyValue) map[string]string {
	out := map[string]string{}
	for _, kv := range kvs {
		if v, ok := kv.GetValue().GetValue().(*commonpb.AnyValue_StringValue); ok {
			out[kv.GetKey()] = v.StringValue
		}
	}
	return out
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
