package service

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/telemetry"
	"zhiqing.dev/pkg/wallclock"
)

// Engines are the storage engines that a binary links.
type Engines struct {
	// Mongo opens a database of a MongoDB server: mongostore.Open.
	Mongo func(ctx context.Context, uri, database string) (docstore.Store, error)
	// Blobs opens the files of a database: mongostore.OpenBlobs. Nil for a service
	// that keeps none.
	Blobs func(ctx context.Context, uri, database string) (blobstore.Store, error)
}

// Exit statuses of Main.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// Main runs one service as a process of its own and returns its exit status. args
// are without the program's name; env is as os.Environ gives it.
func Main(name string, constructor Constructor, engines Engines, args, env []string, stdout, stderr io.Writer) int {
	c, command, err := parseConfig(name, args, env, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return complain(stderr, name, exitUsage, fmt.Errorf("%w (see --help)", err))
	}
	log, err := c.logger(stderr)
	if err != nil {
		return complain(stderr, name, exitUsage, err)
	}
	p := process{name: name, new: constructor, engines: engines, config: c, env: env, log: log.With("process", name), out: stdout}
	ctx, stop := lifecycle.Signals(context.Background())
	defer stop()
	err = p.run(ctx, command)
	var usage usageError
	switch {
	case errors.As(err, &usage):
		return complain(stderr, name, exitUsage, err)
	case err != nil:
		return complain(stderr, name, exitError, err)
	}
	return exitOK
}

func complain(stderr io.Writer, name string, status int, err error) int {
	_, _ = fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return status
}

// usageError is a command line that cannot be followed.
type usageError string

func (e usageError) Error() string { return string(e) + " (see --help)" }

// process is one run of Main.
type process struct {
	name    string
	new     Constructor
	engines Engines
	config  Config
	env     []string
	log     *slog.Logger
	out     io.Writer
}

func (p process) run(ctx context.Context, command []string) error {
	if len(command) == 0 {
		command = []string{"serve"}
	}
	switch {
	case command[0] == "serve" && len(command) == 1:
		return p.serve(ctx)
	case command[0] == "restate" && len(command) == 1:
		return p.once(ctx, p.restate)
	case command[0] == "dead-letters":
		return p.once(ctx, func(ctx context.Context, h *Host) error { return p.deadLetters(ctx, h, command[1:]) })
	case command[0] == "keys":
		return p.once(ctx, func(ctx context.Context, h *Host) error { return h.KeyCommand(ctx, command[1:], p.out) })
	}
	return usageError(fmt.Sprintf("unknown command %q", command))
}

func (p process) host(listen string, withBus bool) (*Host, error) {
	master, err := p.config.master()
	if err != nil {
		return nil, err
	}
	reg := prometheus.NewRegistry()
	if err := errors.Join(reg.Register(collectors.NewGoCollector()),
		reg.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	kms, err := ParseKMS(p.config.KMS, master, func(name string) string { v, _ := lookup(p.env, name); return v })
	if err != nil {
		return nil, fmt.Errorf("ZHIQING_KMS: %w", err)
	}
	messages, err := MessengerOf(p.config.Messenger, p.config.messages)
	if err != nil {
		return nil, err
	}
	backend := Backend{Store: func(ctx context.Context, service string) (docstore.Store, error) {
		return p.engines.Mongo(ctx, p.config.MongoURI, p.config.Database+"_"+service)
	}}
	if p.engines.Blobs != nil {
		backend.Blobs = func(ctx context.Context, service string) (blobstore.Store, error) {
			return p.engines.Blobs(ctx, p.config.MongoURI, p.config.Database+"_"+service)
		}
	}
	if withBus {
		backend.Bus = func(ctx context.Context) (*bus.Bus, error) {
			return bus.Connect(ctx, bus.Options{URL: p.config.NATSURL, Name: "zhiqing-" + p.name, Log: p.log, Clock: wallclock.System{}, Registerer: reg})
		}
	}
	return NewHost(HostOptions{
		Name: p.name, Backend: backend, Listen: listen, Log: p.log, Registerer: reg, Master: master, OIDC: p.config.OIDC,
		Limits: p.config.limits(), Trusted: p.config.Proxies, Origins: p.config.Origins, TLS: p.config.TLS, AuditHash: p.config.AuditHash, Seal: p.config.Seal, KMS: kms, Messenger: messages, DrainDelay: p.config.DrainDelay,
		Started: func(addr net.Addr, notes []string) {
			if addr == nil {
				return
			}
			p.log.Info("answering", "address", addr.String())
			for _, line := range notes {
				_, _ = fmt.Fprintln(p.out, line) // a closed terminal is no reason to stop
			}
		},
	}, Named{p.name, p.new}), nil
}

func (p process) serve(ctx context.Context) error {
	h, err := p.host(p.config.Listen, true)
	if err != nil {
		return err
	}
	getenv := func(name string) string { v, _ := lookup(p.env, name); return v }
	units := append([]lifecycle.Unit{telemetry.Traces("zhiqing-"+p.name, "", getenv, p.log)}, h.Units()...)
	if err := lifecycle.Run(ctx, p.log, units...); err != nil {
		return err
	}
	p.log.Info("stopped")
	return nil
}

// once does one thing on the service's data without serving. Events that it raises
// wait in the outbox for the serving process.
func (p process) once(ctx context.Context, do func(context.Context, *Host) error) error {
	h, err := p.host("", false)
	if err != nil {
		return err
	}
	g, err := lifecycle.Start(ctx, p.log, h.Units()...)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, h), g.Stop(context.WithoutCancel(ctx)))
}

func (p process) restate(ctx context.Context, h *Host) error {
	counts, err := h.Restate(ctx)
	if err != nil {
		return err
	}
	for name, n := range counts {
		if _, err := fmt.Fprintf(p.out, "%s: %d documents wait to be stated again\n", name, n); err != nil {
			return err
		}
	}
	return nil
}

func (p process) deadLetters(ctx context.Context, h *Host, args []string) error {
	return DeadLetterCommand(ctx, h.DeadLetters(p.name), args, p.out)
}

// DeadLetterCommand carries out "list", "show <id>" or "replay <id>" and writes
// JSON, one letter a line.
func DeadLetterCommand(ctx context.Context, dead *bus.DeadLetters, args []string, out io.Writer) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "list":
		for cursor := ""; ; {
			letters, next, err := dead.List(ctx, bus.LetterOpen, 100, cursor)
			if err != nil {
				return err
			}
			for _, l := range letters {
				if err := enc.Encode(l); err != nil {
					return err
				}
			}
			if next == "" {
				return nil
			}
			cursor = next
		}
	case len(args) == 2 && args[0] == "show":
		l, err := dead.Show(ctx, args[1])
		if err != nil {
			return err
		}
		return enc.Encode(l)
	case len(args) == 2 && args[0] == "replay":
		l, err := dead.Replay(ctx, args[1])
		if err != nil {
			return err
		}
		return enc.Encode(l)
	}
	return usageError("dead-letters takes list, show <id> or replay <id>")
}
