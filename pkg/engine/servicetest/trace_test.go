package servicetest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/service"
)

// The trace of a request goes on where its events are handled.
func TestStart_aTraceGoesOnInTheConsumer(t *testing.T) {
	t.Parallel()
	traces := make(chan string, 1)
	listener := func(context.Context, service.Deps) (*service.Service, error) {
		return &service.Service{
			Name: "listener",
			Consumers: []bus.Consumer{{Name: "listener-notes", Types: []string{"writer.note.v1.*"}, Handle: func(ctx context.Context, e event.Event) error {
				select {
				case traces <- trace.SpanContextFromContext(ctx).TraceID().String():
				default:
				}
				return nil
			}}},
		}, nil
	}
	in := servicetest.Start(t, servicetest.Config{Services: []service.Constructor{writer, listener}})
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	made := in.Call("POST", "/v1/notes", noteInput{"你好"}, in.As(officer), "Traceparent: 00-"+id+"-00f067aa0ba902b7-01")
	require.Equal(t, 201, made.Status, made)
	var got string
	in.Eventually(func() bool {
		select {
		case got = <-traces:
			return true
		default:
			return false
		}
	}, "the note reaches its listener")
	require.Equal(t, id, got)
}
