package mongostore_test

import (
	"bytes"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands between the driver and the server. Armed with a command, it passes
// the next request of it on and cuts the connection instead of the answer.
type proxy struct {
	server string
	armed  atomic.Pointer[string]
	cuts   atomic.Int64
}

// startProxy returns the proxy and the address of the server behind it.
func startProxy(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	p := &proxy{server: u.Host}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	u.Host = listener.Addr().String()
	return p, u.String()
}

func (p *proxy) cutAnswerTo(command string) { p.armed.Store(&command) }

func (p *proxy) serve(client net.Conn) {
	defer client.Close() //nolint:errcheck // cutting is the point
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // cutting is the point
	var cut atomic.Bool
	go func() {
		defer server.Close() //nolint:errcheck // the driver has gone
		buf := make([]byte, 64<<10)
		for {
			n, err := client.Read(buf)
			if command := p.armed.Load(); command != nil && bytes.Contains(buf[:n], []byte("\x02"+*command+"\x00")) &&
				p.armed.CompareAndSwap(command, nil) {
				cut.Store(true)
			}
			if _, werr := server.Write(buf[:n]); err != nil || werr != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if cut.Load() {
			p.cuts.Add(1)
			return
		}
		if _, werr := client.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}
