// Package embednats runs a NATS server with JetStream inside the process.
//
// It opens no port unless asked to, keeps its streams in files and syncs every
// message before it is acknowledged, so an acknowledged event survives a kill and
// a power cut. It is the broker of a single machine; a cluster uses real servers
// through the same client code.
package embednats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"zhiqing.dev/pkg/lifecycle"
)

// Options say how the server runs.
type Options struct {
	// Dir is the folder of the streams; it is made when missing.
	Dir string
	// Listen is "host:port" for clients from outside the process, with port 0 for a
	// free one. Empty opens no port at all.
	Listen string
	// MaxStore bounds the bytes on disk; 0 means 8 GiB.
	MaxStore int64
	// Log receives the server's messages; nil discards them.
	Log *slog.Logger
}

const (
	defaultMaxStore = 8 << 30
	maxMemory       = 64 << 20
	maxPayload      = 1 << 20
	readyWithin     = 20 * time.Second
)

// Server is a running server.
type Server struct {
	srv       *server.Server
	listening bool
}

// Start runs a server on the folder and returns when it takes connections. Two
// servers must not share a folder. When ctx ends first, the server is stopped again.
func Start(ctx context.Context, o Options) (*Server, error) {
	opts, err := options(o)
	if err != nil {
		return nil, err
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("embedded NATS: %w", err)
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	fatal := make(chan string, 1)
	srv.SetLoggerV2(logger{log.With("unit", "nats"), fatal}, false, false, false)
	srv.Start()
	s := &Server{srv: srv, listening: o.Listen != ""}
	if err := s.waitReady(ctx, fatal); err != nil {
		s.Shutdown()
		return nil, err
	}
	return s, nil
}

func options(o Options) (*server.Options, error) {
	if o.Dir == "" {
		return nil, errors.New("embedded NATS: no folder for the streams")
	}
	maxStore := o.MaxStore
	if maxStore == 0 {
		maxStore = defaultMaxStore
	}
	opts := &server.Options{
		ServerName: "zhiqing",
		JetStream:  true,
		StoreDir:   o.Dir,
		// Every acknowledged message is synced first. The default syncs every two
		// minutes and loses whole streams in a power cut.
		SyncAlways:             true,
		JetStreamMaxMemory:     maxMemory,
		JetStreamMaxStore:      maxStore,
		MaxPayload:             maxPayload,
		NoSigs:                 true, // signals belong to the process
		DontListen:             o.Listen == "",
		DisableJetStreamBanner: true,
	}
	if o.Listen == "" {
		return opts, nil
	}
	host, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("embedded NATS: listen address: %w", err)
	}
	opts.Host = host
	if opts.Port, err = strconv.Atoi(port); err != nil || opts.Port < 0 || opts.Port > 65535 {
		return nil, fmt.Errorf("embedded NATS: listen address %q has no usable port", o.Listen)
	}
	if opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	return opts, nil
}

// waitReady returns when the server takes connections, and an error as soon as it
// says that it cannot: on its own the server would end the process there.
func (s *Server) waitReady(ctx context.Context, fatal <-chan string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, readyWithin, fmt.Errorf("not ready within %s", readyWithin))
	defer cancel()
	for {
		ready := s.srv.ReadyForConnections(100 * time.Millisecond)
		select {
		case reason := <-fatal:
			return fmt.Errorf("embedded NATS: %s", reason)
		case <-ctx.Done():
			return fmt.Errorf("embedded NATS: %w", context.Cause(ctx))
		default:
		}
		if ready {
			return nil
		}
	}
}

// InProcess is the client option that connects without a port.
func (s *Server) InProcess() nats.Option { return nats.InProcessServer(s.srv) }

// InProcessConn opens one connection without a port; it makes Server a
// nats.InProcessConnProvider.
func (s *Server) InProcessConn() (net.Conn, error) { return s.srv.InProcessConn() }

// ClientURL is the address for clients from outside; empty when no port is open.
func (s *Server) ClientURL() string {
	if !s.listening {
		return ""
	}
	return s.srv.ClientURL()
}

// Healthy returns an error when the server cannot keep its promises any more, for
// example after a failed write. It does not recover by itself: stop acknowledging
// and start the process again.
func (s *Server) Healthy() error {
	if !s.srv.Running() {
		return errors.New("embedded NATS: stopped")
	}
	if h := s.srv.Healthz(nil); h.Error != "" {
		return fmt.Errorf("embedded NATS: %s", h.Error)
	}
	return nil
}

// Shutdown stops the server and returns when everything is on disk and closed.
func (s *Server) Shutdown() {
	s.srv.Shutdown()
	s.srv.WaitForShutdown()
}

// Unit stops the server at its place in the order of the process; it was started
// by Start.
func (s *Server) Unit() lifecycle.Unit {
	return lifecycle.Unit{
		Name: "nats",
		Stop: func(context.Context) error {
			s.Shutdown()
			return nil
		},
		StopTimeout: 20 * time.Second,
	}
}
