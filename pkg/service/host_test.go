package service_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
)

// sickStore is a store whose health a test sets.
type sickStore struct {
	docstore.Store
	health error
	closed bool
}

func (s *sickStore) Collection(context.Context, docstore.CollectionSpec) (docstore.Collection, error) {
	return empty{}, nil
}
func (s *sickStore) Healthy(context.Context) error { return s.health }
func (s *sickStore) Close() error                  { s.closed = true; return nil }

// empty is a collection without documents.
type empty struct{ docstore.Collection }

func (empty) Unfilled(context.Context) ([]string, error) { return nil, nil }

func host(t *testing.T, store *sickStore, edit func(*service.HostOptions), constructors ...service.Constructor) *service.Host {
	t.Helper()
	master, err := secret.FromBase64(key)
	require.NoError(t, err)
	o := service.HostOptions{Master: master, NoSeal: true, Backend: service.Backend{
		Store: func(context.Context, string) (docstore.Store, error) { return store, nil },
	}}
	if edit != nil {
		edit(&o)
	}
	var named []service.Named
	for i, c := range constructors {
		named = append(named, service.Named{Name: fmt.Sprint("service", i), New: c})
	}
	return service.NewHost(o, named...)
}

func plain(context.Context, service.Deps) (*service.Service, error) {
	return &service.Service{Name: "plain", Notes: func(context.Context) ([]string, error) { return []string{"a note"}, nil }}, nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestHost_tellsIllnessFromAbsence(t *testing.T) {
	t.Parallel()
	store := &sickStore{}
	h := host(t, store, nil, plain)
	status := func(path string) int {
		rec := httptest.NewRecorder()
		h.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return rec.Code
	}
	require.Equal(t, 503, status("/readyz"), "not started")
	require.Equal(t, 200, status("/livez"))
	g, err := lifecycle.Start(t.Context(), quiet(), h.Units()...)
	require.NoError(t, err)
	for _, tc := range []struct {
		health      error
		ready, live int
	}{
		{nil, 200, 200},
		{docstore.ErrUnavailable, 503, 200},
		{context.DeadlineExceeded, 503, 200},
		{fmt.Errorf("disk: %w: %w", docstore.ErrBroken, docstore.ErrUnavailable), 503, 503},
	} {
		store.health = tc.health
		require.Equal(t, tc.ready, status("/readyz"), tc.health)
		require.Equal(t, tc.live, status("/livez"), tc.health)
	}
	store.health = nil
	require.NoError(t, g.Stop(t.Context()))
	require.Equal(t, 503, status("/readyz"), "stopped")
	require.True(t, store.closed)
}

func TestHost_brokerInTheProcess(t *testing.T) {
	t.Parallel()
	broken := errors.New("stream is dead")
	h := host(t, &sickStore{}, func(o *service.HostOptions) { o.Backend.Live = func() error { return broken } })
	require.ErrorIs(t, h.Live(t.Context()), broken)
}

func TestHost_aServiceThatDoesNotStart(t *testing.T) {
	t.Parallel()
	store := &sickStore{}
	wrong := errors.New("wrong")
	h := host(t, store, func(o *service.HostOptions) { o.Listen = "127.0.0.1:0" }, func(context.Context, service.Deps) (*service.Service, error) {
		return nil, wrong
	})
	_, err := lifecycle.Start(t.Context(), quiet(), h.Units()...)
	require.ErrorIs(t, err, wrong)
	require.True(t, store.closed, "what was opened is closed again")
	var d net.Dialer
	_, err = d.DialContext(t.Context(), "tcp", h.Addr().String())
	require.Error(t, err, "the port is given back")
}

func TestHost_startedTellsAddressAndNotes(t *testing.T) {
	t.Parallel()
	var addr net.Addr
	var notes []string
	h := host(t, &sickStore{}, func(o *service.HostOptions) {
		o.Listen = "127.0.0.1:0"
		o.Started = func(a net.Addr, n []string) { addr, notes = a, n }
	}, plain, plain)
	g, err := lifecycle.Start(t.Context(), quiet(), h.Units()...)
	require.NoError(t, err)
	require.Equal(t, []string{"a note", "a note"}, notes)
	resp, err := http.Get("http://" + addr.String() + "/problems") //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 200, resp.StatusCode)
	require.NotNil(t, h.Service("service1"))
	require.NotNil(t, h.DeadLetters("service1"))
	require.Nil(t, h.Service("nobody"))
	require.Nil(t, h.DeadLetters("nobody"))
	counts, err := h.Restate(t.Context())
	require.NoError(t, err)
	require.Empty(t, counts)
	require.NoError(t, g.Stop(t.Context()))
}
