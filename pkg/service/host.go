package service

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/keyring"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/sessioncopy"
	"zhiqing.dev/pkg/wallclock"
)

// Backend opens what services stand on. The host closes what it opened.
type Backend struct {
	// Store opens the data of the service of this name.
	Store func(ctx context.Context, service string) (docstore.Store, error)
	// Blobs opens the files of the service of this name, for those that ask. Nil: a
	// service that asks does not start.
	Blobs func(ctx context.Context, service string) (blobstore.Store, error)
	// Bus connects to the broker. Nil: no events are carried, and those that
	// services raise wait in their outboxes (commands that only read).
	Bus func(ctx context.Context) (*bus.Bus, error)
	// Live, when set, says why something else that lives in this process, for
	// example an embedded broker, can no longer keep its promises.
	Live func() error
}

// Named is a constructor under the name of its service.
type Named struct {
	Name string
	New  Constructor
}

// HostOptions say how a Host runs. Backend and Master have no default.
type HostOptions struct {
	Name    string // the process, in metrics and traces
	Backend Backend
	// Listen is the address to answer on. Empty: no port is opened; Handler still
	// answers.
	Listen     string
	Log        *slog.Logger         // nil: discarded
	Clock      wallclock.Clock      // nil: the system's
	Registerer *prometheus.Registry // nil: a fresh one
	Master     secret.Master
	Tokens     *identity.Tokens    // nil: made from Master
	Passwords  *identity.Passwords // nil: at identity.DefaultCost
	OIDC       identity.Provider   // the identity provider of staff; zero: none
	Messenger  messenger.Sender    // of short messages to applicants; nil: none can be sent
	Zone       *time.Location      // nil: Asia/Shanghai
	Limits     httpkit.Limits      // zero values: httpkit's defaults
	Trusted    []netip.Prefix      // proxies that may name the caller
	Origins    []string            // whose pages may call the interface from a browser
	TLS        httpkit.Certificate // zero: plain HTTP
	AuditHash  audit.Algorithm     // of the audit trail; empty: SHA-256
	NoAudit    bool                // keep no audit trail: to measure what it costs, and for nothing else
	KMS        []keyring.Wrapper   // where data keys are wrapped, new ones in the first; nil: with the master key
	KeysEvery  time.Duration       // between looks for new data keys; 0: keyring's default
	Seal       sealed.Algorithm    // of personal data from now on; empty: AES-256-GCM
	NoSeal     bool                // keep personal data in clear: to measure what sealing costs, and for nothing else
	DrainDelay time.Duration       // between "not ready" and the end of the listener
	Routes     func(e *echo.Echo)  // further routes, for example pages
	// Started is called once when everything runs: with the address (nil without
	// Listen) and what the services have to tell the operator.
	Started func(addr net.Addr, notes []string)
}

// Host runs services in one process: their stores, relays, consumers, units and
// one HTTP edge for all of them.
type Host struct {
	o        HostOptions
	named    []Named
	echo     *echo.Echo
	v1       *echo.Group
	listener net.Listener
	tls      *tls.Config // nil: plain HTTP
	bus      *bus.Bus
	ready    atomic.Bool
	owners   sync.Map // "METHOD /route" to the *hosted whose route it is

	mu      sync.Mutex
	running []*hosted // in the order of their start
}

// hosted is one service at work.
type hosted struct {
	name     string
	svc      *Service
	store    docstore.Store
	blobs    []blobstore.Store // opened for the service
	relay    *bus.Relay
	trail    *audit.Trail // nil: none is kept
	dead     *bus.DeadLetters
	sessions *sessioncopy.Copy
	sealed   docstore.Store // store, with a ring
	keys     *keyring.Keys  // nil: personal data is not sealed
	ring     *sealed.Ring
	group    *lifecycle.Group
}

// NewHost returns a host of the services. Start it through its Units.
func NewHost(o HostOptions, services ...Named) *Host {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = wallclock.System{}
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Tokens == nil {
		o.Tokens = TokensOf(o.Master, o.Clock)
	}
	if o.Passwords == nil {
		o.Passwords = identity.NewPasswords(identity.DefaultCost, 0)
	}
	if o.Zone == nil {
		o.Zone = civilZone()
	}
	h := &Host{o: o, named: services}
	h.echo = httpkit.New(httpkit.Options{
		Name: o.Name, Log: o.Log, Registerer: o.Registerer, Gatherer: o.Registerer, Clock: o.Clock,
		Tokens: o.Tokens, Revoked: h.revoked, Ready: h.Ready, Live: h.Live, Remarks: h.remarks, Limits: o.Limits, TrustedProxies: o.Trusted, Origins: o.Origins,
	})
	h.echo.Use(audit.Middleware(h.trailOf, o.Log))
	h.v1 = h.echo.Group("/v1")
	h.mountAudit()
	return h
}

// TokensOf returns the tokens that all processes of an installation agree on.
func TokensOf(m secret.Master, clock wallclock.Clock) *identity.Tokens {
	return identity.NewTokens(m.Derive("access-token"), clock, identity.DefaultTokenTTL)
}

// Handler answers requests; it is complete once the units have started.
func (h *Host) Handler() http.Handler { return h.echo }

// Echo is the router, for tests that hold its routes to a contract.
func (h *Host) Echo() *echo.Echo { return h.echo }

// Bus is the connection to the broker; nil before the start.
func (h *Host) Bus() *bus.Bus { return h.bus }

// Addr is the address that requests are answered on; nil without one.
func (h *Host) Addr() net.Addr {
	if h.listener == nil {
		return nil
	}
	return h.listener.Addr()
}

// Units are the host's parts in the order of their start: the port is taken first,
// then the bus, the stores and services, and last the answers. Stopping goes the
// other way: readiness falls, requests in hand are answered, then consumers, units
// and relays of each service end, then their stores, then the bus.
func (h *Host) Units() []lifecycle.Unit {
	var units []lifecycle.Unit
	if h.o.Listen != "" {
		units = append(units, h.listenUnit())
	}
	if h.o.Backend.Bus != nil {
		units = append(units, h.busUnit())
	}
	for _, n := range h.named {
		units = append(units, h.serviceUnit(n))
	}
	return append(units, h.httpUnit(), h.watchUnit())
}

func (h *Host) listenUnit() lifecycle.Unit {
	return lifecycle.Unit{
		Name: "port",
		Start: func(ctx context.Context) (err error) {
			if h.o.TLS.Set() {
				if h.tls, err = h.o.TLS.Config(); err != nil {
					return err
				}
			}
			h.listener, err = httpkit.Listen(ctx, h.o.Listen)
			return err
		},
		Stop: func(context.Context) error {
			if err := h.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		},
	}
}

func (h *Host) busUnit() lifecycle.Unit {
	return lifecycle.Unit{
		Name: "bus",
		Start: func(ctx context.Context) (err error) {
			h.bus, err = h.o.Backend.Bus(ctx)
			return err
		},
		Stop:        func(ctx context.Context) error { return h.bus.Close(ctx) },
		StopTimeout: 15 * time.Second,
	}
}

func (h *Host) httpUnit() lifecycle.Unit {
	server := httpkit.Server(h.o.Listen, h.echo)
	return lifecycle.Unit{
		Name: "http",
		Start: func(ctx context.Context) error {
			if h.o.Routes != nil {
				h.o.Routes(h.echo)
			}
			httpkit.ServeProblems(h.echo, api.Problems())
			h.ready.Store(true)
			if h.o.Started == nil {
				return nil
			}
			notes, err := h.Notes(ctx)
			if err != nil {
				return err
			}
			h.o.Started(h.Addr(), notes)
			return nil
		},
		Run: func(ctx context.Context) error {
			if h.listener == nil {
				<-ctx.Done()
				return nil
			}
			server.TLSConfig = h.tls
			return httpkit.Serve(server, h.listener)
		},
		Stop: func(ctx context.Context) error {
			h.ready.Store(false)
			wait(ctx, h.o.DrainDelay)
			return server.Shutdown(ctx)
		},
		StopTimeout: h.o.DrainDelay + 20*time.Second,
	}
}

const watchEvery = 5 * time.Second

// watchUnit ends the process when it can no longer keep its promises: a supervisor
// starts it again, and everything that was acknowledged is on disk.
func (h *Host) watchUnit() lifecycle.Unit {
	return lifecycle.Unit{Name: "watch", Run: func(ctx context.Context) error {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if err := h.Live(ctx); err != nil && ctx.Err() == nil {
				return fmt.Errorf("the process must start again: %w", err)
			}
		}
	}}
}

const probeWithin = 2 * time.Second

// Ready says why requests cannot be taken now: not started, stopping, or a store
// that does not answer. A broker that is away is no reason: events wait in the
// outboxes.
func (h *Host) Ready(ctx context.Context) error {
	if !h.ready.Load() {
		return errors.New("not started, or stopping")
	}
	return h.probe(ctx)
}

// remarks are those of all running services.
func (h *Host) remarks(ctx context.Context, lang string) []httpkit.Remark {
	var list []httpkit.Remark
	for _, s := range h.services() {
		if s.svc.Remarks != nil {
			list = append(list, s.svc.Remarks(ctx, lang)...)
		}
	}
	return list
}

// Live says why the process must be started again: a store or a broker within it
// that failed for good, or a relay that stands still.
func (h *Host) Live(ctx context.Context) error {
	if h.o.Backend.Live != nil {
		if err := h.o.Backend.Live(); err != nil {
			return err
		}
	}
	for _, s := range h.services() {
		if s.relay != nil {
			if err := s.relay.Healthy(); err != nil {
				return err
			}
		}
	}
	if err := h.probe(ctx); errors.Is(err, docstore.ErrBroken) {
		return err
	}
	return nil // well, or away or slow, and may come back
}

func (h *Host) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	for _, s := range h.services() {
		if err := s.store.Healthy(ctx); err != nil {
			return fmt.Errorf("store of %s: %w", s.name, err)
		}
	}
	return nil
}

func (h *Host) services() []*hosted {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.running)
}

// revoked reports whether one of the services has heard that the sign-in was ended.
func (h *Host) revoked(ctx context.Context, who identity.Staff) bool {
	return slices.ContainsFunc(h.services(), func(s *hosted) bool { return s.sessions.Ended(ctx, who) })
}

// Service returns the running service of that name; nil when there is none.
func (h *Host) Service(name string) *Service {
	if s := h.find(name); s != nil {
		return s.svc
	}
	return nil
}

// DeadLetters returns the dead letters of the running service of that name; nil
// when there is none.
func (h *Host) DeadLetters(name string) *bus.DeadLetters {
	if s := h.find(name); s != nil {
		return s.dead
	}
	return nil
}

func (h *Host) find(name string) *hosted {
	for _, s := range h.services() {
		if s.name == name {
			return s
		}
	}
	return nil
}

// Restate emits the current facts of every document again and says how many by
// service. Consumers that have them ignore them.
func (h *Host) Restate(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	for _, s := range h.services() {
		for _, ob := range s.svc.Outboxes {
			n, err := ob.Restate(ctx)
			counts[s.name] += n
			if err != nil {
				return counts, fmt.Errorf("restate %s of %s: %w", ob.Name(), s.name, err)
			}
		}
	}
	return counts, nil
}

// Notes gathers what the services have to tell the operator.
func (h *Host) Notes(ctx context.Context) ([]string, error) {
	var lines []string
	for _, s := range h.services() {
		if s.svc.Notes == nil {
			continue
		}
		more, err := s.svc.Notes(ctx)
		if err != nil {
			return lines, fmt.Errorf("notes of %s: %w", s.name, err)
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
