package embednats_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/embednats"
)

func start(t *testing.T, o embednats.Options) *embednats.Server {
	t.Helper()
	s, err := embednats.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(s.Shutdown)
	return s
}

func TestStart_opensNoPortUnlessAsked(t *testing.T) {
	t.Parallel()
	s := start(t, embednats.Options{Dir: t.TempDir()})
	require.Empty(t, s.ClientURL())
	require.NoError(t, s.Healthy())
	nc, err := nats.Connect("", s.InProcess())
	require.NoError(t, err)
	defer nc.Close()
	require.NoError(t, nc.Flush())

	open := start(t, embednats.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.True(t, strings.HasPrefix(open.ClientURL(), "nats://127.0.0.1:"), open.ClientURL())
	out, err := nats.Connect(open.ClientURL())
	require.NoError(t, err)
	defer out.Close()
	require.NoError(t, out.Flush())
}

func TestStart_refusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	for name, o := range map[string]embednats.Options{
		"no folder":       {},
		"folder is file":  {Dir: file},
		"no port":         {Dir: t.TempDir(), Listen: "127.0.0.1"},
		"port is text":    {Dir: t.TempDir(), Listen: "127.0.0.1:nats"},
		"port out of use": {Dir: t.TempDir(), Listen: "127.0.0.1:70000"},
		"port is taken":   {Dir: t.TempDir(), Listen: taken.Addr().String()},
	} {
		_, err := embednats.Start(t.Context(), o)
		require.Error(t, err, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = embednats.Start(ctx, embednats.Options{Dir: t.TempDir()})
	require.ErrorIs(t, err, context.Canceled)
}

func TestShutdown_keepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var log lines
	s := start(t, embednats.Options{Dir: dir, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	js := stream(t, s)
	for range 20 {
		_, err := js.Publish(t.Context(), "x.y", []byte("kept"))
		require.NoError(t, err)
	}
	require.NoError(t, s.Unit().Stop(t.Context()))
	require.Error(t, s.Healthy())
	s.Shutdown() // once more does no harm
	require.Contains(t, log.String(), "unit=nats")

	again := start(t, embednats.Options{Dir: dir})
	info, err := stream(t, again).Stream(t.Context(), "X")
	require.NoError(t, err)
	require.EqualValues(t, 20, info.CachedInfo().State.Msgs)
}

func stream(t *testing.T, s *embednats.Server) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect("", s.InProcess())
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	_, err = js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "X", Subjects: []string{"x.>"}})
	require.NoError(t, err)
	return js
}

// lines collects a log from several goroutines.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
