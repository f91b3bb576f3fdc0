package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/keyring"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/services/deadline"
	"zhiqing.dev/services/fee"
	"zhiqing.dev/services/intake"
	"zhiqing.dev/services/litigation"
)

// services are all that the one binary holds, in the order of their start.
var services = []service.Named{
	{Name: "intake", New: intake.New},
	{Name: "deadline", New: deadline.New},
	{Name: "fee", New: fee.New},
	{Name: "litigation", New: litigation.New},
}

// config says how the process runs.
type config struct {
	listen     string
	data       string
	only       []string
	keyFile    string
	rateLimit  float64
	drainDelay time.Duration
	auditHash  string
	seal       string
	kms        string
	oidc       identity.Provider
	proxies    string
	origins    string
	tls        httpkit.Certificate
	messenger  string // address of the gateway for messages
	logFormat  string
	logLevel   string
	demo       bool

	mongoURI string
	database string // prefix of database names
	natsURL  string
	key      string
	env      []string
}

func (c *config) dataFlags(f *pflag.FlagSet) {
	f.StringVar(&c.data, "data", "./data", "folder of the embedded store, the event stream and the master key (ZHIQING_DATA)")
	f.StringVar(&c.database, "database-prefix", "zhiqing", "with MONGODB_URI: databases are named <prefix>_<service> (ZHIQING_DATABASE_PREFIX)")
	f.StringVar(&c.keyFile, "key-file", "", "file with the master key, made when missing; default <data>/master.key (ZHIQING_KEY_FILE, or the key itself in ZHIQING_KEY)")
	f.StringVar(&c.kms, "kms", "", "where data keys are wrapped: master (the master key), or transit:<key> in an OpenBao or Vault server (BAO_ADDR, BAO_TOKEN or ZHIQING_KMS_TOKEN_FILE); several with commas, the first for new keys (ZHIQING_KMS)")
	f.StringVar(&c.logFormat, "log-format", "text", "text or json (ZHIQING_LOG_FORMAT)")
	f.StringVar(&c.logLevel, "log-level", "info", "debug, info, warn or error (ZHIQING_LOG_LEVEL)")
}

func (c *config) serveFlags(f *pflag.FlagSet) {
	c.dataFlags(f)
	f.StringVar(&c.listen, "listen", "127.0.0.1:8080", "address to answer HTTP requests on (ZHIQING_LISTEN)")
	f.StringSliceVar(&c.only, "only", nil, "run only these services: intake,deadline,fee,litigation; the others run elsewhere on the same NATS_URL (ZHIQING_ONLY)")
	f.Float64Var(&c.rateLimit, "rate-limit", 300, "requests a second that one caller may make; 0 for no limit (ZHIQING_RATE_LIMIT)")
	f.DurationVar(&c.drainDelay, "drain-delay", 0, "time between \"not ready\" and the end of the listener, for balancers (ZHIQING_DRAIN_DELAY)")
	f.StringVar(&c.auditHash, "audit-hash", "sha256", "hash of the audit trail from now on: sha256 or sm3 (ZHIQING_AUDIT_HASH)")
	f.StringVar(&c.seal, "seal", "aes-256-gcm", "cipher for personal data from now on: aes-256-gcm or sm4-gcm (ZHIQING_SEAL)")
	f.StringVar(&c.oidc.Issuer, "oidc-issuer", "", "URL of the OpenID Connect provider that signs staff in; the client's secret comes from ZHIQING_OIDC_CLIENT_SECRET (ZHIQING_OIDC_ISSUER)")
	f.StringVar(&c.oidc.ClientID, "oidc-client-id", "", "this installation's client id at the provider (ZHIQING_OIDC_CLIENT_ID)")
	f.StringVar(&c.oidc.RedirectURL, "oidc-redirect-url", "", "the workbench as browsers reach it, for example https://zhiqing.example/desk (ZHIQING_OIDC_REDIRECT_URL)")
	f.StringVar(&c.oidc.OfficeClaim, "oidc-office-claim", "office", "the claim that names the office; dots lead into nested claims (ZHIQING_OIDC_OFFICE_CLAIM)")
	f.StringVar(&c.oidc.RolesClaim, "oidc-roles-claim", "roles", "the claim that names the roles (ZHIQING_OIDC_ROLES_CLAIM)")
	f.StringVar(&c.oidc.Offices, "oidc-offices", "", "value=office,... when the claim's values are not the offices' ids (ZHIQING_OIDC_OFFICES)")
	f.StringVar(&c.oidc.Roles, "oidc-roles", "", "value=role,... when the claim's values are not the roles' names (ZHIQING_OIDC_ROLES)")
	f.StringVar(&c.proxies, "trusted-proxies", "", "networks of proxies whose X-Forwarded-For is believed, for example 10.0.0.0/8 (ZHIQING_TRUSTED_PROXIES)")
	f.StringVar(&c.origins, "cors-origins", "", "origins whose pages may call the interface from a browser, for example https://portal.example (ZHIQING_CORS_ORIGINS)")
	f.StringVar(&c.messenger, "messenger-url", "", "gateway that sends codes to applicants' telephones and mailboxes (JSON, signed with ZHIQING_MESSENGER_SECRET); empty for none (ZHIQING_MESSENGER_URL)")
	f.StringVar(&c.tls.CertFile, "tls-cert", "", "file with the TLS certificate and its chain (PEM); read again when it changes. Without it: plain HTTP (ZHIQING_TLS_CERT)")
	f.StringVar(&c.tls.KeyFile, "tls-key", "", "file with the certificate's key (PEM) (ZHIQING_TLS_KEY)")
	f.BoolVar(&c.demo, "demo", false, "add the office \"demo\" with staff officer, head, legal, admin (password zhiqing-demo) and cases in every state (ZHIQING_DEMO)")
}

// complete takes what comes from the environment only and checks the whole.
func (c *config) complete(flags *pflag.FlagSet, env []string) error {
	if err := fromEnvironment(flags, env); err != nil {
		return err
	}
	c.env = env
	c.mongoURI = c.getenv("MONGODB_URI")
	c.natsURL = c.getenv("NATS_URL")
	c.key = c.getenv("ZHIQING_KEY")
	c.oidc.ClientSecret = c.getenv("ZHIQING_OIDC_CLIENT_SECRET")
	if err := errors.Join(c.oidc.Check(), c.tls.Check()); err != nil {
		return usageError{err}
	}
	if c.demo && c.tls.Set() {
		return usageError{errors.New("--demo is for trying out over plain HTTP: leave --tls-cert away")}
	}
	for _, name := range c.only {
		if !slices.ContainsFunc(services, func(s service.Named) bool { return s.Name == name }) {
			return usageError{fmt.Errorf("--only %s: there are intake, deadline, fee and litigation", name)}
		}
	}
	if len(c.only) > 0 && len(c.chosen()) < len(services) && c.natsURL == "" {
		return usageError{errors.New("--only needs NATS_URL: the other services are told what happens over it")}
	}
	return nil
}

func (c *config) getenv(name string) string {
	v, _ := lookup(c.env, name)
	return v
}

// wrappers are where the data keys are wrapped.
func (c *config) wrappers(master secret.Master) ([]keyring.Wrapper, error) {
	list, err := service.ParseKMS(c.kms, master, c.getenv)
	if err != nil {
		return nil, usageError{fmt.Errorf("--kms: %w", err)}
	}
	return list, nil
}

// chosen are the services that this process runs.
func (c *config) chosen() []service.Named {
	if len(c.only) == 0 {
		return services
	}
	var out []service.Named
	for _, s := range services {
		if slices.Contains(c.only, s.Name) {
			out = append(out, s)
		}
	}
	return out
}

func (c *config) limits() httpkit.Limits {
	if c.rateLimit <= 0 {
		return httpkit.Limits{Rate: -1}
	}
	return httpkit.Limits{Rate: c.rateLimit}
}

// master reads the installation's key; on the embedded default the first start
// makes one.
func (c *config) master() (secret.Master, error) {
	switch {
	case c.key != "" && c.keyFile != "":
		return secret.Master{}, usageError{errors.New("set either ZHIQING_KEY or ZHIQING_KEY_FILE, not both")}
	case c.key != "":
		m, err := secret.FromBase64(c.key)
		if err != nil {
			return secret.Master{}, fmt.Errorf("ZHIQING_KEY: %w", err)
		}
		return m, nil
	case c.keyFile != "":
		return secret.LoadOrCreate(c.keyFile)
	case c.mongoURI != "" && len(c.chosen()) < len(services):
		return secret.Master{}, usageError{errors.New("services in several processes share one master key: set ZHIQING_KEY_FILE or ZHIQING_KEY (make one with: openssl rand -base64 32)")}
	}
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return secret.Master{}, fmt.Errorf("data folder: %w", err)
	}
	return secret.LoadOrCreate(filepath.Join(c.data, "master.key"))
}

// summary tells in one line what the process stands on.
func (c *config) summary() string {
	store, stream := "SQLite in "+c.data, "embedded NATS"
	if c.mongoURI != "" {
		store = "MongoDB"
	}
	if c.natsURL != "" {
		stream = "NATS"
	}
	names := make([]string, 0, len(services))
	for _, s := range c.chosen() {
		names = append(names, s.Name)
	}
	return fmt.Sprintf("%s on %s and %s", strings.Join(names, ", "), store, stream)
}
