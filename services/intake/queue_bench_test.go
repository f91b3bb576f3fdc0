package intake_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// benchSizes are the offices that the pages are measured in. The largest takes minutes
// to fill, and is only filled when asked for.
func benchSizes() []int {
	if os.Getenv("ZHIQING_BENCH_FULL") == "1" {
		return []int{1_000, 100_000, 1_000_000}
	}
	return []int{1_000, *queueCases}
}

var queueCases = flag.Int("queue-cases", 20_000, "the larger office of BenchmarkOffice")

func benchEngines() map[string]func(*testing.B) docstore.Store {
	return map[string]func(*testing.B) docstore.Store{
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
}

// BenchmarkOffice measures over HTTP, in a small office and in a large one, on both
// engines: the first page of queues, searches for what many and few cases
// have, a single character, the workload, and a whole case file.
func BenchmarkOffice(b *testing.B) {
	engines := benchEngines()
	for _, engine := range []string{"sqlite", "mongodb"} {
		for _, n := range benchSizes() {
			b.Run(fmt.Sprintf("%s/cases=%d", engine, n), func(b *testing.B) {
				s := engines[engine](b)
				office := openOffice(b, s)
				id := office.fill(b, s, n)
				office.signIn(b)
				for _, call := range []struct{ name, path string }{
					{"queue", "/v1/cases?queue=unit&limit=50"},
					{"due-soon", "/v1/cases?queue=due_soon&limit=50"},
					{"mine", "/v1/cases?queue=mine&limit=50"},
					{"unassigned", "/v1/cases?queue=unassigned&limit=50"},
					{"search-common", "/v1/cases?limit=50&q=" + url.QueryEscape("补助发放")},
					{"search-rare", "/v1/cases?limit=50&q=" + url.QueryEscape("第777号项目")},
					{"search-number", fmt.Sprintf("/v1/cases?limit=50&q=%d-000500", benchToday().AddDays(-400).Year())},
					{"search-character", "/v1/cases?limit=50&q=" + url.QueryEscape("补")},
					{"workload", "/v1/cases/workload"},
					{"case", "/v1/cases/" + id},
				} {
					b.Run(call.name, func(b *testing.B) {
						for b.Loop() {
							office.call(b, http.MethodGet, call.path, "", http.StatusOK)
						}
					})
				}
			})
		}
	}
}

// BenchmarkSteps measures what 64 clients at once get done in a second: applications
// filed, registered, and decided (reviewed, drafted and signed).
func BenchmarkSteps(b *testing.B) {
	engines := benchEngines()
	for _, engine := range []string{"sqlite", "mongodb"} {
		b.Run(engine, func(b *testing.B) {
			office := openOffice(b, engines[engine](b))
			at := make([]string, b.N)
			phase := func(unit string, step func(i int)) {
				passed := wallclock.Stopwatch()
				spread(clients, b.N, step)
				b.ReportMetric(float64(b.N)/passed().Seconds(), unit)
			}
			b.ResetTimer()
			phase("filed/s", func(i int) {
				var made struct {
					ID string `json:"id"`
				}
				answer := office.call(b, http.MethodPost, "/v1/cases", benchForm(i), http.StatusCreated)
				require.NoError(b, json.Unmarshal(answer, &made))
				at[i] = "/v1/cases/" + made.ID
			})
			phase("registered/s", func(i int) {
				office.call(b, http.MethodPost, at[i]+"/registration", "", http.StatusOK)
			})
			review, err := json.Marshal(body{"checks": checks()})
			require.NoError(b, err)
			draft, err := json.Marshal(k2())
			require.NoError(b, err)
			phase("decided/s", func(i int) {
				office.call(b, http.MethodPost, at[i]+"/review", string(review), http.StatusOK)
				office.call(b, http.MethodPost, at[i]+"/decision", string(draft), http.StatusOK)
				office.call(b, http.MethodPost, at[i]+"/decision/approval", "", http.StatusOK)
			})
		})
	}
}

// spread does n things by so many workers.
func spread(workers, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				do(int(i) - 1)
			}
		})
	}
	wg.Wait()
}

func benchToday() civil.Date { return civil.FromTime(wallclock.System{}.Now(), civil.Shanghai) }

func benchForm(i int) string {
	return fmt.Sprintf(`{"channel":"in_person","arrived_on":%q,
		"applicant":{"kind":"commercial","name":"第%d公司","contact":{"phone":"02150000001","address":"青溪镇"}},
		"content":{"description":"第%d号项目补助发放明细"},"delivery":{"format":"paper","route":"mail"}}`,
		benchToday().AddDays(-i%15).String(), i, i)
}

// benchOffice is the service without a broker: what it raises waits in the outboxes.
type benchOffice struct {
	handler http.Handler
	tokens  *identity.Tokens
	ring    *sealed.Ring // seals what is put into the store past the service
	token   string
}

func openOffice(b *testing.B, st docstore.Store) *benchOffice {
	b.Helper()
	master, err := secret.LoadOrCreate(filepath.Join(b.TempDir(), "master.key"))
	require.NoError(b, err)
	host := service.NewHost(service.HostOptions{
		Name: "bench", Master: master, Limits: httpkit.Limits{Rate: -1},
		Backend: service.Backend{
			Store: func(context.Context, string) (docstore.Store, error) { return st, nil },
			Blobs: func(context.Context, string) (blobstore.Store, error) { return blobstore.OpenFolder(b.TempDir()) },
		},
	}, service.Named{Name: intake.Name, New: intake.New})
	g, err := lifecycle.Start(b.Context(), slog.New(slog.DiscardHandler), host.Units()...)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, g.Stop(context.Background())) })
	o := &benchOffice{
		handler: host.Handler(), tokens: service.TokensOf(master, wallclock.System{}),
		ring: sealed.NewRing(sealed.Derived{Master: master}, master, ""),
	}
	o.signIn(b)
	o.call(b, http.MethodPost, "/v1/offices/bootstrap", fmt.Sprintf(`{"setup_code":%q,"office":{"id":"bench","name":"青溪镇人民政府"},
		"admin":{"username":"zhaojing","name":"赵静","password":"a-long-enough-one"}}`, master.SetupCode()), http.StatusCreated)
	return o
}

// signIn takes a new token: a large office takes longer to fill than one lasts.
func (o *benchOffice) signIn(b *testing.B) {
	b.Helper()
	token, _, err := o.tokens.Issue(identity.Staff{
		ID: "o", Office: "bench", Name: "周敏", Roles: []identity.Role{identity.Officer, identity.Head, identity.Legal},
	})
	require.NoError(b, err)
	o.token = token
}

func (o *benchOffice) call(b *testing.B, method, path, body string, status int) []byte {
	req := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+o.token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	o.handler.ServeHTTP(rec, req)
	if rec.Code != status {
		b.Errorf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	return rec.Body.Bytes()
}

// fill puts n applications of the last two years straight into the store, registered,
// and returns the id of one of them. Every tenth is still open, and
// every third of those is assigned to the one who asks.
func (o *benchOffice) fill(b *testing.B, s docstore.Store, n int) (id string) {
	b.Helper()
	cases, err := store.OpenCases(b.Context(), docstore.WithRing(s, o.ring), wallclock.System{}.Now, nil)
	require.NoError(b, err)
	now := wallclock.System{}.Now()
	env := domain.Env{
		Today: benchToday(), Now: now, Calendar: calendar.Builtin(), Policy: domain.DefaultPolicy(),
		Actor: domain.Actor{Kind: domain.ByStaff, ID: "o", Name: "周敏", Roles: []string{"officer", "head", "legal"}},
	}
	spread(256, n, func(i int) {
		id := uuid.NewString()
		on := env.Today.AddDays(-i % 15)
		if i%10 != 0 {
			on = env.Today.AddDays(-20 - i%700)
		}
		c, err := domain.File(domain.Filing{
			ID: id, Office: "bench", Receipt: id, Channel: domain.InPerson, ArrivedOn: on,
			Applicant: domain.Applicant{
				Kind: domain.Commercial, Name: fmt.Sprintf("第%d公司", i), Contact: domain.Contacts{Phone: "02150000001", Address: "青溪镇"},
			},
			Content:  domain.Content{Description: fmt.Sprintf("第%d号项目补助发放明细", i)},
			Delivery: domain.Delivery{Format: "paper", Route: "mail"},
			Digests:  []string{fmt.Sprintf("d%d", i%5000)},
		}, env)
		if err == nil {
			no := domain.Number{Year: on.Year(), Seq: i + 1, Text: fmt.Sprintf("%d-%06d", on.Year(), i+1)}
			err = c.Register(domain.Registration{ReceivedOn: on}, no, env)
		}
		if err == nil && i%30 == 0 {
			err = c.Assign(domain.Assignment{Assignee: "o", AssigneeName: "周敏", AssignedOn: on}, env)
		}
		if err == nil && i%10 != 0 {
			err = c.Withdraw(domain.Withdrawal{WithdrawnOn: on}, env)
		}
		if err == nil {
			c.TakeRaised()
			_, _, err = cases.Insert(b.Context(), id, c)
		}
		if err != nil {
			b.Error(err)
		}
	})
	docs, _, err := cases.Find(b.Context(), docstore.Query{Index: store.ByReceived, Eq: []any{"bench"}, Limit: 1})
	require.NoError(b, err)
	require.Len(b, docs, 1)
	return docs[0].ID
}
