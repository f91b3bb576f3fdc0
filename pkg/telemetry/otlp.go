package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// exporter sends spans as OTLP over HTTP in its JSON encoding. The official
// exporter speaks protobuf and links all of gRPC for it, which would make every
// binary half as large again.
type exporter struct {
	url     string
	headers map[string]string
	client  *http.Client
}

var _ trace.SpanExporter = (*exporter)(nil)

func newExporter(endpoint, headers string) (*exporter, error) {
	u, err := url.Parse(endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT %q is not an http(s) URL", endpoint)
	}
	h, err := parseHeaders(headers)
	if err != nil {
		return nil, err
	}
	return &exporter{
		url: u.JoinPath("v1", "traces").String(), headers: h,
		client: &http.Client{Timeout: 10 * time.Second},
	}, nil
}

// ExportSpans sends one batch; a batch that the collector refuses is lost.
func (e *exporter) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	body, err := json.Marshal(encode(spans))
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range e.headers {
		req.Header.Set(k, v)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the collector answered %s to %d spans", resp.Status, len(spans))
	}
	return nil
}

// Shutdown lets go of idle connections.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// The shapes of opentelemetry/proto/trace/v1 in proto3 JSON: ids are lower hex, and
// 64-bit numbers are strings.
type (
	request struct {
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource   resourceOf   `json:"resource"`
		ScopeSpans []scopeSpans `json:"scopeSpans"`
	}
	resourceOf struct {
		Attributes []keyValue `json:"attributes"`
	}
	scopeSpans struct {
		Scope scope  `json:"scope"`
		Spans []span `json:"spans"`
	}
	scope struct {
		Name string `json:"name"`
	}
	span struct {
		TraceID      string     `json:"traceId"`
		SpanID       string     `json:"spanId"`
		ParentSpanID string     `json:"parentSpanId,omitempty"`
		Name         string     `json:"name"`
		Kind         int        `json:"kind"`
		Start        string     `json:"startTimeUnixNano"`
		End          string     `json:"endTimeUnixNano"`
		Attributes   []keyValue `json:"attributes,omitempty"`
		Status       status     `json:"status"`
	}
	status struct {
		Code    int    `json:"code,omitempty"`
		Message string `json:"message,omitempty"`
	}
	keyValue struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	}
)

func encode(spans []trace.ReadOnlySpan) request {
	byScope := map[string]int{}
	rs := resourceSpans{Resource: resourceOf{attributes(spans[0].Resource().Attributes())}}
	for _, s := range spans {
		name := s.InstrumentationScope().Name
		i, ok := byScope[name]
		if !ok {
			i = len(rs.ScopeSpans)
			byScope[name] = i
			rs.ScopeSpans = append(rs.ScopeSpans, scopeSpans{Scope: scope{name}})
		}
		rs.ScopeSpans[i].Spans = append(rs.ScopeSpans[i].Spans, encodeSpan(s))
	}
	return request{[]resourceSpans{rs}}
}

func encodeSpan(s trace.ReadOnlySpan) span {
	out := span{
		TraceID: s.SpanContext().TraceID().String(), SpanID: s.SpanContext().SpanID().String(),
		Name: s.Name(), Kind: kind(s.SpanKind()),
		Start: strconv.FormatInt(s.StartTime().UnixNano(), 10), End: strconv.FormatInt(s.EndTime().UnixNano(), 10),
		Attributes: attributes(s.Attributes()),
	}
	if s.Parent().HasSpanID() {
		out.ParentSpanID = s.Parent().SpanID().String()
	}
	switch s.Status().Code.String() {
	case "Ok":
		out.Status = status{Code: 1}
	case "Error":
		out.Status = status{Code: 2, Message: s.Status().Description}
	}
	return out
}

// kind numbers start at 1 (internal), as the API's do.
func kind(k oteltrace.SpanKind) int { return max(int(k), 1) }

func attributes(kvs []attribute.KeyValue) []keyValue {
	out := make([]keyValue, 0, len(kvs))
	for _, kv := range kvs {
		out = append(out, keyValue{string(kv.Key), value(kv.Value)})
	}
	return out
}

func value(v attribute.Value) map[string]any {
	switch v.Type() { //nolint:exhaustive // lists are written as text
	case attribute.BOOL:
		return map[string]any{"boolValue": v.AsBool()}
	case attribute.INT64:
		return map[string]any{"intValue": strconv.FormatInt(v.AsInt64(), 10)}
	case attribute.FLOAT64:
		return map[string]any{"doubleValue": v.AsFloat64()}
	case attribute.STRING:
		return map[string]any{"stringValue": v.AsString()}
	default:
		return map[string]any{"stringValue": v.String()}
	}
}
