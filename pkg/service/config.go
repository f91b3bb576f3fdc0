package service

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/telemetry"
	"zhiqing.dev/pkg/wallclock"
)

// Config is how a process is run. A flag wins over the environment, and that over
// the default. Secrets come from files or the environment only.
type Config struct {
	Listen     string
	MongoURI   string
	Database   string // prefix of database names
	NATSURL    string
	KeyFile    string
	key        string
	LogFormat  string
	LogLevel   string
	Rate       float64
	Body       int64
	DrainDelay time.Duration
	AuditHash  audit.Algorithm
	Seal       sealed.Algorithm
	KMS        string
	OIDC       identity.Provider
	Proxies    []netip.Prefix
	Origins    []string
	TLS        httpkit.Certificate
	Messenger  string // address of the gateway for messages
	messages   string // the secret shared with it
}

// setting is one line of the help.
type setting struct {
	flag, env, fallback, help string
	secret                    bool // from the environment only
	set                       func(c *Config, value string) error
}

func text(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		*field(c) = v
		return nil
	}
}

// settings are those of a single service against real servers.
func settings() []setting {
	return []setting{
		{flag: "listen", env: "ZHIQING_LISTEN", fallback: ":8080", help: "address to answer HTTP requests on", set: text(func(c *Config) *string { return &c.Listen })},
		{flag: "mongodb-uri", env: "MONGODB_URI", fallback: "mongodb://127.0.0.1:27017", help: "MongoDB server. A URI with a password belongs into the environment", set: text(func(c *Config) *string { return &c.MongoURI })},
		{flag: "database-prefix", env: "ZHIQING_DATABASE_PREFIX", fallback: "zhiqing", help: "databases are named <prefix>_<service>, so that installations can share a server", set: text(func(c *Config) *string { return &c.Database })},
		{flag: "nats-url", env: "NATS_URL", fallback: "nats://127.0.0.1:4222", help: "NATS servers with JetStream, separated by commas", set: text(func(c *Config) *string { return &c.NATSURL })},
		{flag: "key-file", env: "ZHIQING_KEY_FILE", help: "file with the master key, 32 bytes in base64, mode 0600; the same for all services", set: text(func(c *Config) *string { return &c.KeyFile })},
		{env: "ZHIQING_KEY", secret: true, help: "the master key itself, instead of the file", set: text(func(c *Config) *string { return &c.key })},
		{flag: "rate-limit", env: "ZHIQING_RATE_LIMIT", fallback: "300", help: "requests a second that one caller may make; 0 for no limit", set: setRate},
		{flag: "body-limit", env: "ZHIQING_BODY_LIMIT", fallback: "1048576", help: "largest request body in bytes; uploads have limits of their own", set: setBody},
		{flag: "drain-delay", env: "ZHIQING_DRAIN_DELAY", fallback: "0s", help: "time between \"not ready\" and the end of the listener, for balancers", set: setDrain},
		{flag: "audit-hash", env: "ZHIQING_AUDIT_HASH", fallback: "sha256", help: "hash of the audit trail from now on: sha256 or sm3", set: setHash},
		{flag: "seal", env: "ZHIQING_SEAL", fallback: "aes-256-gcm", help: "cipher for personal data from now on: aes-256-gcm or sm4-gcm", set: setSeal},
		{flag: "kms", env: "ZHIQING_KMS", help: "where data keys are wrapped: master (the master key), or transit:<key> in an OpenBao or Vault server (BAO_ADDR, BAO_TOKEN or ZHIQING_KMS_TOKEN_FILE); several with commas, the first for new keys", set: text(func(c *Config) *string { return &c.KMS })},
		{flag: "oidc-issuer", env: "ZHIQING_OIDC_ISSUER", help: "intake: URL of the OpenID Connect provider that signs staff in; empty for none", set: text(func(c *Config) *string { return &c.OIDC.Issuer })},
		{flag: "oidc-client-id", env: "ZHIQING_OIDC_CLIENT_ID", help: "this installation's client id at the provider", set: text(func(c *Config) *string { return &c.OIDC.ClientID })},
		{env: "ZHIQING_OIDC_CLIENT_SECRET", secret: true, help: "the client's secret, if the provider gave one", set: text(func(c *Config) *string { return &c.OIDC.ClientSecret })},
		{flag: "oidc-redirect-url", env: "ZHIQING_OIDC_REDIRECT_URL", help: "the workbench as browsers reach it, for example https://zhiqing.example/desk", set: text(func(c *Config) *string { return &c.OIDC.RedirectURL })},
		{flag: "oidc-office-claim", env: "ZHIQING_OIDC_OFFICE_CLAIM", fallback: "office", help: "the claim that names the office; dots lead into nested claims", set: text(func(c *Config) *string { return &c.OIDC.OfficeClaim })},
		{flag: "oidc-roles-claim", env: "ZHIQING_OIDC_ROLES_CLAIM", fallback: "roles", help: "the claim that names the roles", set: text(func(c *Config) *string { return &c.OIDC.RolesClaim })},
		{flag: "oidc-offices", env: "ZHIQING_OIDC_OFFICES", help: "value=office,… when the claim's values are not the offices' ids", set: text(func(c *Config) *string { return &c.OIDC.Offices })},
		{flag: "oidc-roles", env: "ZHIQING_OIDC_ROLES", help: "value=role,… when the claim's values are not the roles' names", set: text(func(c *Config) *string { return &c.OIDC.Roles })},
		{flag: "trusted-proxies", env: "ZHIQING_TRUSTED_PROXIES", help: "networks of proxies whose X-Forwarded-For is believed, for example 10.0.0.0/8", set: setProxies},
		{flag: "cors-origins", env: "ZHIQING_CORS_ORIGINS", help: "origins whose pages may call the interface from a browser, for example https://portal.example", set: setOrigins},
		{flag: "messenger-url", env: "ZHIQING_MESSENGER_URL", help: "intake: gateway that sends codes to applicants' telephones and mailboxes (JSON, signed); empty for none", set: text(func(c *Config) *string { return &c.Messenger })},
		{env: "ZHIQING_MESSENGER_SECRET", secret: true, help: "the secret that messages to the gateway are signed with", set: text(func(c *Config) *string { return &c.messages })},
		{flag: "tls-cert", env: "ZHIQING_TLS_CERT", help: "file with the TLS certificate and its chain (PEM); read again when it changes. Without it: plain HTTP", set: text(func(c *Config) *string { return &c.TLS.CertFile })},
		{flag: "tls-key", env: "ZHIQING_TLS_KEY", help: "file with the certificate's key (PEM)", set: text(func(c *Config) *string { return &c.TLS.KeyFile })},
		{flag: "log-format", env: "ZHIQING_LOG_FORMAT", fallback: "text", help: "text or json", set: text(func(c *Config) *string { return &c.LogFormat })},
		{flag: "log-level", env: "ZHIQING_LOG_LEVEL", fallback: "info", help: "debug, info, warn or error", set: text(func(c *Config) *string { return &c.LogLevel })},
	}
}

func setRate(c *Config, v string) error {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 0 {
		return errors.New("want a number of requests, 0 or more")
	}
	c.Rate = n
	return nil
}

func setBody(c *Config, v string) error {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 1024 {
		return errors.New("want a number of bytes, 1024 or more")
	}
	c.Body = n
	return nil
}

func setHash(c *Config, v string) (err error) {
	c.AuditHash, err = audit.ParseAlgorithm(v)
	return err
}

func setSeal(c *Config, v string) (err error) {
	c.Seal, err = sealed.ParseAlgorithm(v)
	return err
}

func setDrain(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return errors.New("want a time, for example 5s")
	}
	c.DrainDelay = d
	return nil
}

func setProxies(c *Config, v string) (err error) {
	c.Proxies, err = ParseNetworks(v)
	return err
}

func setOrigins(c *Config, v string) (err error) {
	c.Origins, err = httpkit.ParseOrigins(v)
	return err
}

// MessengerOf returns the sender to the gateway of that address; nil without one.
func MessengerOf(address, secret string) (messenger.Sender, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // no gateway is no error
	}
	w, err := messenger.NewWebhook(address, secret, wallclock.System{})
	if err != nil {
		return nil, fmt.Errorf("ZHIQING_MESSENGER_URL, ZHIQING_MESSENGER_SECRET: %w", err)
	}
	return w, nil
}

// ParseNetworks reads a list of networks, separated by commas.
func ParseNetworks(list string) (networks []netip.Prefix, err error) {
	for s := range strings.SplitSeq(list, ",") {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 10.0.0.0/8", s)
		}
		networks = append(networks, p)
	}
	return networks, nil
}

// parseConfig reads flags and environment and returns what is left of args.
// flag.ErrHelp when help was asked for and written to out.
func parseConfig(name string, args, env []string, out io.Writer) (Config, []string, error) {
	var c Config
	all := settings()
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	given := make(map[string]*string, len(all))
	for _, s := range all {
		if !s.secret {
			given[s.flag] = fs.String(s.flag, "", s.help)
		}
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help(name, all, out)
		}
		return c, nil, err
	}
	byFlag := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { byFlag[f.Name] = true })
	for _, s := range all {
		value, from := s.fallback, "the default"
		if v, ok := lookup(env, s.env); ok && v != "" {
			value, from = v, s.env
		}
		if byFlag[s.flag] {
			value, from = *given[s.flag], "--"+s.flag
		}
		if err := s.set(&c, value); err != nil {
			return c, nil, fmt.Errorf("%s: %w", from, err)
		}
	}
	if err := errors.Join(c.OIDC.Check(), c.TLS.Check()); err != nil {
		return c, nil, err
	}
	return c, fs.Args(), nil
}

func lookup(env []string, name string) (value string, ok bool) {
	for _, kv := range slices.Backward(env) {
		if v, found := strings.CutPrefix(kv, name+"="); found {
			return v, true
		}
	}
	return "", false
}

func help(name string, all []setting, out io.Writer) {
	w := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	w(`zhiqing %[1]s: the %[1]s service as a process of its own, against MongoDB and NATS.
For one machine without servers use the zhiqing binary instead.

Usage:
  %[1]s [flags] [serve]                       answer requests (the default)
  %[1]s [flags] restate                       emit the current facts of every document again
  %[1]s [flags] dead-letters list             events that could not be applied
  %[1]s [flags] dead-letters show <id>        one of them, with its reason
  %[1]s [flags] dead-letters replay <id>      apply it again
  %[1]s [flags] keys status                   generations of the data keys, and what is sealed with them
  %[1]s [flags] keys rotate                   make new data keys, also while the service answers
  %[1]s --help                                this text

Flags win over the environment, which wins over the default.

`, name)
	for _, s := range all {
		if s.secret {
			w("  %-20s %s\n", "", "environment "+s.env)
		} else {
			w("  --%-18s environment %s", s.flag, s.env)
			if s.fallback != "" {
				w(", default %s", s.fallback)
			}
			w("\n")
		}
		w("  %-20s   %s\n", "", s.help)
	}
	w("\nTraces go to OTEL_EXPORTER_OTLP_ENDPOINT when it is set (OTLP over HTTP).\n")
}

// master reads the key of the installation, which all its services share: a single
// service never makes one by itself.
func (c Config) master() (secret.Master, error) {
	switch {
	case c.key != "" && c.KeyFile != "":
		return secret.Master{}, errors.New("set either ZHIQING_KEY or ZHIQING_KEY_FILE, not both")
	case c.key != "":
		m, err := secret.FromBase64(c.key)
		if err != nil {
			return secret.Master{}, fmt.Errorf("ZHIQING_KEY: %w", err)
		}
		return m, nil
	case c.KeyFile != "":
		return secret.Load(c.KeyFile)
	}
	return secret.Master{}, errors.New("no master key: set ZHIQING_KEY_FILE (make one with: openssl rand -base64 32 >key && chmod 600 key)")
}

func (c Config) limits() httpkit.Limits {
	l := httpkit.Limits{Body: c.Body, Rate: c.Rate}
	if c.Rate == 0 {
		l.Rate = -1
	}
	return l
}

func (c Config) logger(w io.Writer) (*slog.Logger, error) {
	return telemetry.Logger(w, c.LogFormat, c.LogLevel)
}
