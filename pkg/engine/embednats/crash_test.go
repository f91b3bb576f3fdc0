package embednats_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/bus/bustest"
	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/engine/sqlitestore"
)

// The environment that turns this test binary into a worker to be killed.
const (
	workerDir    = "ZHIQING_TEST_WORKER_DIR"
	workerBroker = "ZHIQING_TEST_WORKER_BROKER" // empty: its own, inside the process
	workerSettle = "ZHIQING_TEST_WORKER_SETTLE"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(workerDir); dir != "" {
		if err := worker(dir, os.Getenv(workerBroker), os.Getenv(workerSettle) != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m) // whatever was stopped has left nothing running
}

func worker(dir, url string, settle bool) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	w := bustest.Worker{Broker: bus.Options{URL: url}, Acks: os.Stdout, Settle: settle}
	if url == "" {
		srv, err := embednats.Start(ctx, embednats.Options{Dir: filepath.Join(dir, "nats")})
		if err != nil {
			return err
		}
		defer srv.Shutdown()
		w.Broker.InProcess = srv.InProcess()
	}
	if w.Source, err = sqlitestore.Open(ctx, filepath.Join(dir, "source.db")); err != nil {
		return err
	}
	defer func() { _ = w.Source.Close() }()
	if w.Sink, err = sqlitestore.Open(ctx, filepath.Join(dir, "sink.db")); err != nil {
		return err
	}
	defer func() { _ = w.Sink.Close() }()
	return w.Work(ctx)
}

func TestCrash_oneProcess(t *testing.T) {
	t.Parallel()
	crash(t, "")
}

func TestCrash_brokerOutside(t *testing.T) {
	t.Parallel()
	crash(t, newBroker(t, true).Options().URL)
}

// crash kills a worker in the middle of its work, again and again.
func crash(t *testing.T, url string) {
	t.Helper()
	dir := t.TempDir()
	acked := map[string]int64{}
	for range 12 {
		killAfter(t, dir, url, 1+rand.N(150), acked) //nolint:gosec // any moment will do
	}
	cmd := command(t, dir, url, workerSettle+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))

	open := func(name string) string { return filepath.Join(dir, name) }
	src, err := sqlitestore.Open(t.Context(), open("source.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, src.Close()) }()
	dst, err := sqlitestore.Open(t.Context(), open("sink.db"))
	require.NoError(t, err)
	defer func() { require.NoError(t, dst.Close()) }()
	bustest.CheckCrash(t, src, dst, acked)
}

func command(t *testing.T, dir, url string, more ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self, "-test.run=^$") //nolint:gosec // this test itself
	cmd.Env = append(os.Environ(), workerDir+"="+dir, workerBroker+"="+url)
	cmd.Env = append(cmd.Env, more...)
	return cmd
}

// killAfter starts a worker and sends it SIGKILL after some acknowledged writes.
// What it had acknowledged by then is noted.
func killAfter(t *testing.T, dir, url string, writes int, acked map[string]int64) {
	t.Helper()
	cmd := command(t, dir, url)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	seen := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var id string
		var n int64
		if _, err := fmt.Sscanf(lines.Text(), "%s %d", &id, &n); err != nil {
			continue // cut off by the kill
		}
		acked[id] = max(acked[id], n)
		if seen++; seen == writes {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.ErrorContains(t, cmd.Wait(), "killed", complaint.String())
	require.GreaterOrEqual(t, seen, writes, complaint.String())
}
