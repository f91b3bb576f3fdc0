package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/services/zhiqing/internal/demo"
)

// engine is a storage engine under the product and under the floor program.
type engine struct {
	name   string
	env    func(b *testing.B) []string
	target func(b *testing.B) string
}

var engines = []engine{
	{
		name:   "sqlite",
		env:    func(*testing.B) []string { return nil },
		target: func(b *testing.B) string { return filepath.Join(b.TempDir(), "floor.db") },
	},
	{
		name: "mongodb",
		env: func(b *testing.B) []string {
			url, prefix := mongotest.Prefix(b)
			return []string{"MONGODB_URI=" + url, "ZHIQING_DATABASE_PREFIX=" + prefix}
		},
		target: func(b *testing.B) string { return mongotest.URL(b) },
	},
}

// instance starts the product with the demo office on an engine.
func (e engine) instance(b *testing.B) *process {
	b.Helper()
	return start(b, "zhiqing", []string{
		"serve", "--demo", "--listen", "127.0.0.1:0", "--data", b.TempDir(), "--rate-limit", "0", "--log-level", "error",
	}, e.env(b))
}

// BenchmarkFiling files applications online over HTTP and compares the product with
// the floor, in turns. Reported: applications per second of both, and the ratio.
func BenchmarkFiling(b *testing.B) {
	for _, e := range engines {
		for _, connections := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/connections=%d", e.name, connections), func(b *testing.B) {
				product, floor := e.instance(b).url, launch(b, "floor", []string{e.target(b)}, nil).url
				const turns, turn = 4, 1500 * time.Millisecond
				load(b, product, connections, 300*time.Millisecond)
				load(b, floor, connections, 300*time.Millisecond)
				var ours, least int
				b.ResetTimer()
				for range turns {
					least += load(b, floor, connections, turn)
					ours += load(b, product, connections, turn)
				}
				b.StopTimer()
				seconds := (turns * turn).Seconds()
				b.ReportMetric(float64(ours)/seconds, "apps/s")
				b.ReportMetric(float64(least)/seconds, "floor/s")
				b.ReportMetric(float64(ours)/float64(least), "of-floor")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// load files applications for a while and returns how many were accepted.
func load(b *testing.B, url string, connections int, d time.Duration) int {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var accepted atomic.Int64
	var wg sync.WaitGroup
	until := time.Now().Add(d)
	for range connections {
		wg.Go(func() {
			for time.Now().Before(until) {
				req, err := http.NewRequest(http.MethodPost, url+"/v1/applications", strings.NewReader(application))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Idempotency-Key", uuid.NewString())
				res, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				body, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusCreated {
					b.Errorf("%d: %s", res.StatusCode, body)
					return
				}
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	return int(accepted.Load())
}

const application = `{"office":"` + demo.Office + `","applicant":{"kind":"natural_person","name":"李秀英","id_type":"resident_id",` +
	`"id_number":"310118196203150025","contact":{"phone":"13800000001","address":"上海市青浦区青溪镇人民路12号"}},` +
	`"content":{"description":"青溪镇2024年度农村户厕改造补助资金发放明细，含各村发放户数、补助标准和发放日期"},` +
	`"delivery":{"format":"paper","route":"mail"}}`

// BenchmarkClockVisible measures the time from the answer to a registration until
// the deadline service shows the reply's due date.
func BenchmarkClockVisible(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			p := e.instance(b)
			o, err := demo.SignIn(b.Context(), p.url)
			require.NoError(b, err)
			var took []time.Duration
			b.ResetTimer()
			for range 200 {
				d, err := o.ClockVisible(b.Context())
				require.NoError(b, err)
				took = append(took, d)
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkStart measures the time from the start of the process to its first
// answer, on an installation that exists, and its resident memory then.
func BenchmarkStart(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			env := e.env(b)
			args := []string{"serve", "--listen", "127.0.0.1:0", "--data", b.TempDir(), "--log-level", "error"}
			require.NoError(b, start(b, "zhiqing", args, env).stop(syscall.SIGTERM))
			var took []time.Duration
			var resident int64
			b.ResetTimer()
			for range 7 {
				began := time.Now()
				p := start(b, "zhiqing", args, env)
				took = append(took, time.Since(began))
				resident = residentBytes(b, p.cmd.Process.Pid)
				require.NoError(b, p.stop(syscall.SIGTERM))
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "start-ms")
			b.ReportMetric(float64(resident)/(1<<20), "resident-MiB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func residentBytes(b *testing.B, pid int) int64 {
	b.Helper()
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	require.NoError(b, err)
	for line := range bytes.Lines(raw) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kib, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			require.NoError(b, err)
			return kib << 10
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
