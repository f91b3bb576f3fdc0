package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/telemetry"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/zhiqing/internal/pages"
)

func newServe(version string, env []string) *cobra.Command {
	c := &config{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "answer requests",
		Long: `Answer requests. With no flag everything runs in this process on embedded
defaults: a SQLite file for each service and an event stream, all in the data
folder, on one port.

MONGODB_URI and NATS_URL switch to real servers. OTEL_EXPORTER_OTLP_ENDPOINT sends
traces (OTLP over HTTP). SIGTERM finishes what was taken; a second one stops at once.`,
		Args: noArgs,
	}
	c.serveFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.complete(cmd.Flags(), env); err != nil {
			return err
		}
		log, err := telemetry.Logger(cmd.ErrOrStderr(), c.logFormat, c.logLevel)
		if err != nil {
			return usageError{err}
		}
		p, err := newProcess(c, version, log)
		if err != nil {
			return err
		}
		p.out = cmd.OutOrStdout()
		if err := lifecycle.Run(cmd.Context(), log, p.units()...); err != nil {
			return err
		}
		log.Info("stopped")
		return nil
	}
	return cmd
}

// process is one serving process.
type process struct {
	config  *config
	version string
	log     *slog.Logger
	out     io.Writer
	broker  *broker
	host    *service.Host
	clock   wallclock.Clock
	// setupCode makes the first office and its administrator, once.
	setupCode string
	pages     error // why the pages could not be rendered
}

func newProcess(c *config, version string, log *slog.Logger) (*process, error) {
	master, err := c.master()
	if err != nil {
		return nil, err
	}
	hash, err := audit.ParseAlgorithm(c.auditHash)
	if err != nil {
		return nil, usageError{err}
	}
	cipher, err := sealed.ParseAlgorithm(c.seal)
	if err != nil {
		return nil, usageError{err}
	}
	kms, err := c.wrappers(master)
	if err != nil {
		return nil, err
	}
	messages, err := service.MessengerOf(c.messenger, c.getenv("ZHIQING_MESSENGER_SECRET"))
	if err != nil {
		return nil, usageError{err}
	}
	reg := prometheus.NewRegistry()
	if err := errors.Join(reg.Register(collectors.NewGoCollector()),
		reg.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	p := &process{
		config: c, version: version, log: log, out: io.Discard,
		clock: wallclock.System{}, setupCode: master.SetupCode(),
	}
	p.broker = &broker{config: c, log: log, registry: reg}
	trusted, err := service.ParseNetworks(c.proxies)
	if err != nil {
		return nil, usageError{fmt.Errorf("--trusted-proxies: %w", err)}
	}
	origins, err := httpkit.ParseOrigins(c.origins)
	if err != nil {
		return nil, usageError{fmt.Errorf("--cors-origins: %w", err)}
	}
	p.host = service.NewHost(service.HostOptions{
		Name: "zhiqing", Backend: p.broker.backend(), Listen: c.listen, Log: log, Registerer: reg,
		Master: master, OIDC: c.oidc, Limits: c.limits(), AuditHash: hash, Seal: cipher, KMS: kms, Messenger: messages, DrainDelay: c.drainDelay,
		Trusted: trusted, Origins: origins, TLS: c.tls,
		Routes: func(e *echo.Echo) { p.pages = pages.Mount(e) },
	}, c.chosen()...)
	return p, nil
}

// units are the process's parts in the order of their start: the broker, the
// services and their port, and last what needs them to answer.
func (p *process) units() []lifecycle.Unit {
	traces := telemetry.Traces("zhiqing", p.version, p.config.getenv, p.log)
	units := append([]lifecycle.Unit{traces}, p.broker.units()...)
	units = append(units, p.host.Units()...)
	return append(units, lifecycle.Unit{Name: "welcome", Start: p.welcome})
}

// url is where a person on this machine reaches the process.
func (p *process) url() string {
	scheme := "http://"
	if p.config.tls.Set() {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(p.host.Addr().String())
	if err != nil {
		return scheme + p.host.Addr().String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + net.JoinHostPort(host, port)
}

// runs reports whether this process holds the service.
func (p *process) runs(name string) bool {
	return slices.ContainsFunc(p.config.chosen(), func(s service.Named) bool { return s.Name == name })
}

func (p *process) welcome(ctx context.Context) error {
	if p.pages != nil {
		return p.pages
	}
	next, err := p.prepare(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Zhiqing 知情 %s: %s\n\n  %s\n\n%s", p.version, p.config.summary(), p.url(), next)
	return err
}
