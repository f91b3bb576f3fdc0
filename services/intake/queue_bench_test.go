package intake_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake"
)

var queueCases = flag.Int("queue-cases", 200_000, "the larger office of BenchmarkQueuePage")

// BenchmarkQueuePage asks for the first page of the unit's queue over HTTP, in an
// office with 1,000 open cases and in one with 200,000, on both engines. Filling the
// larger one takes minutes.
func BenchmarkQueuePage(b *testing.B) {
	engines := map[string]func(*testing.B) docstore.Store{
		"sqlite": func(b *testing.B) docstore.Store {
			s, err := sqlitestore.Open(b.Context(), filepath.Join(b.TempDir(), "intake.db"))
			require.NoError(b, err)
			return s
		},
		"mongodb": func(b *testing.B) docstore.Store {
			url, name := mongotest.Database(b)
			s, err := mongostore.Open(b.Context(), url, name)
			require.NoError(b, err)
			return s
		},
	}
	for _, engine := range []string{"sqlite", "mongodb"} {
		for _, n := range []int{1000, *queueCases} {
			b.Run(fmt.Sprintf("%s/cases=%d", engine, n), func(b *testing.B) {
				office := openOffice(b, engines[engine](b))
				office.fill(b, n)
				for b.Loop() {
					office.call(b, http.MethodGet, "/v1/cases?queue=unit&limit=50", "", http.StatusOK)
				}
			})
		}
	}
}

// benchOffice is the service without a broker: what it raises waits in the outboxes.
type benchOffice struct {
	handler http.Handler
	token   string
}

func openOffice(b *testing.B, st docstore.Store) *benchOffice {
	b.Helper()
	master, err := secret.LoadOrCreate(filepath.Join(b.TempDir(), "master.key"))
	require.NoError(b, err)
	host := service.NewHost(service.HostOptions{
		Name: "bench", Master: master, Limits: httpkit.Limits{Rate: -1},
		Backend: service.Backend{Store: func(context.Context, string) (docstore.Store, error) { return st, nil }},
	}, service.Named{Name: intake.Name, New: intake.New})
	g, err := lifecycle.Start(b.Context(), slog.New(slog.DiscardHandler), host.Units()...)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, g.Stop(context.Background())) })
	token, _, err := service.TokensOf(master, wallclock.System{}).Issue(identity.Staff{
		ID: "o", Office: "bench", Name: "周敏", Roles: []identity.Role{identity.Officer},
	})
	require.NoError(b, err)
	o := &benchOffice{handler: host.Handler(), token: token}
	o.call(b, http.MethodPost, "/v1/offices/bootstrap", fmt.Sprintf(`{"setup_code":%q,"office":{"id":"bench","name":"青溪镇人民政府"},
		"admin":{"username":"zhaojing","name":"赵静","password":"a-long-enough-one"}}`, master.SetupCode()), http.StatusCreated)
	return o
}

func (o *benchOffice) call(b *testing.B, method, path, body string, status int) {
	req := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+o.token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	o.handler.ServeHTTP(rec, req)
	if rec.Code != status {
		b.Errorf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
}

// fill enters n applications that arrived over the last year.
func (o *benchOffice) fill(b *testing.B, n int) {
	b.Helper()
	today := civil.FromTime(wallclock.System{}.Now(), civil.Shanghai)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				o.call(b, http.MethodPost, "/v1/cases", fmt.Sprintf(`{"channel":"in_person","arrived_on":%q,
					"applicant":{"kind":"commercial","name":"第%d公司","contact":{"phone":"02150000001","address":"青溪镇"}},
					"content":{"description":"第%d号项目补助发放明细"},"delivery":{"format":"paper","route":"mail"}}`,
					today.AddDays(-i%365).String(), i, i), http.StatusCreated)
			}
		})
	}
	wg.Wait()
}
