package httpkit_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/httpkit"
)

// serve runs a real server and returns its address.
func serve(t *testing.T, e *echo.Echo, edit func(*http.Server)) (string, *http.Server) {
	t.Helper()
	ln, err := httpkit.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	s := httpkit.Server("", e)
	if edit != nil {
		edit(s)
	}
	done := make(chan error, 1)
	go func() { done <- httpkit.Serve(s, ln) }()
	t.Cleanup(func() {
		require.NoError(t, s.Shutdown(context.Background()))
		require.NoError(t, <-done)
	})
	return ln.Addr().String(), s
}

func TestServer_boundsEveryPhase(t *testing.T) {
	t.Parallel()
	s := httpkit.Server(":0", echo.New())
	require.NotZero(t, s.ReadHeaderTimeout)
	require.NotZero(t, s.ReadTimeout)
	require.NotZero(t, s.WriteTimeout)
	require.NotZero(t, s.IdleTimeout)
	require.NotZero(t, s.MaxHeaderBytes)
}

// A caller who never finishes the headers or the body is let go, and others are
// served meanwhile.
func TestServer_slowCallers(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	addr, _ := serve(t, e.Echo, func(s *http.Server) {
		s.ReadHeaderTimeout, s.ReadTimeout = 50*time.Millisecond, 100*time.Millisecond
	})
	dial := func(text string) *bufio.Reader {
		t.Helper()
		var d net.Dialer
		conn, err := d.DialContext(t.Context(), "tcp", addr)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, conn.Close()) })
		_, err = io.WriteString(conn, text)
		require.NoError(t, err)
		return bufio.NewReader(conn)
	}
	headers := dial("GET /livez HTTP/1.1\r\nHost: x\r\n")
	body := dial("POST /v1/applications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")

	resp, err := http.Get("http://" + addr + "/livez") //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 200, resp.StatusCode)

	_, _ = io.ReadAll(headers) // returns when the server closes, politely or not
	resp, err = http.ReadResponse(body, nil)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // read only
	require.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
	require.Equal(t, httpkit.ProblemType, resp.Header.Get("Content-Type"))
}

func TestListen_portInUse(t *testing.T) {
	t.Parallel()
	ln, err := httpkit.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	_, err = httpkit.Listen(t.Context(), ln.Addr().String())
	require.ErrorContains(t, err, "listen on")
	require.NoError(t, ln.Close())
}
