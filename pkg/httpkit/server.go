package httpkit

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/netutil"
)

// maxConnections bounds the connections that are open at a time; more wait.
const maxConnections = 4096

// Server returns a server whose every phase is bounded in time, so that slow
// callers cannot keep connections.
func Server(addr string, e *echo.Echo) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           e,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(e.Logger.Output(), "", 0),
	}
}

// Listen takes the address, so that a port in use is known before anything else
// starts.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return netutil.LimitListener(ln, maxConnections), nil
}

// Serve answers on the listener until the server is shut down, over TLS when the server
// has a TLSConfig.
func Serve(s *http.Server, ln net.Listener) error {
	answer := s.Serve
	if s.TLSConfig != nil {
		answer = func(ln net.Listener) error { return s.ServeTLS(ln, "", "") }
	}
	if err := answer(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}
