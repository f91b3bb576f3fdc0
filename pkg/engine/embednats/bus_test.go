package embednats_test

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/bus/bustest"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

// broker is a server of ours that a test can take away.
type broker struct {
	tb  testing.TB
	dir string
	tcp bool

	mu     sync.Mutex
	srv    *embednats.Server
	listen string
}

func newBroker(tb testing.TB, tcp bool) *broker {
	tb.Helper()
	b := &broker{tb: tb, dir: filepath.Join(tb.TempDir(), "nats"), tcp: tcp}
	if tcp {
		b.listen = "127.0.0.1:0"
	}
	b.Start()
	tb.Cleanup(b.Stop)
	return b
}

func (b *broker) Start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.srv != nil {
		return
	}
	var err error
	b.srv, err = embednats.Start(context.Background(), embednats.Options{Dir: b.dir, Listen: b.listen})
	require.NoError(b.tb, err)
	if b.tcp { // the same port the next time
		u, err := url.Parse(b.srv.ClientURL())
		require.NoError(b.tb, err)
		b.listen = u.Host
	}
}

func (b *broker) Stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.srv != nil {
		b.srv.Shutdown()
		b.srv = nil
	}
}

func (b *broker) Wipe() { require.NoError(b.tb, os.RemoveAll(b.dir)) }

// InProcessConn reaches the server that runs now.
func (b *broker) InProcessConn() (net.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.srv == nil {
		return nil, net.ErrClosed
	}
	return b.srv.InProcessConn()
}

func (b *broker) Options() bus.Options {
	if b.tcp {
		return bus.Options{URL: "nats://" + b.listen}
	}
	return bus.Options{InProcess: nats.InProcessServer(b)}
}

func newStore(tb testing.TB, dir string) docstore.Store {
	tb.Helper()
	s, err := sqlitestore.Open(context.Background(), filepath.Join(dir, "store.db"))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func TestBus_inProcess(t *testing.T) { testBus(t, false) }

func TestBus_overTCP(t *testing.T) { testBus(t, true) }

func testBus(t *testing.T, tcp bool) {
	t.Parallel()
	bustest.Run(t, bustest.Harness{
		Broker: func(t *testing.T) bustest.Broker { return newBroker(t, tcp) },
		Store:  func(t *testing.T) docstore.Store { return newStore(t, t.TempDir()) },
	})
}
