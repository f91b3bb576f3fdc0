package lifecycle_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhiqing.dev/pkg/lifecycle"
)

// asChild makes the test binary a process that waits for signals.
const asChild = "LIFECYCLE_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

// child never finishes its stop, so that only a second signal can end it.
func child() {
	ctx, stop := lifecycle.Signals(context.Background())
	defer stop()
	_ = lifecycle.Run(ctx, slog.New(slog.DiscardHandler), lifecycle.Unit{
		Name:  "stuck",
		Start: func(context.Context) error { _, err := os.Stdout.WriteString("ready\n"); return err },
		Stop: func(context.Context) error {
			_, _ = os.Stdout.WriteString("stopping\n")
			select {}
		},
		StopTimeout: time.Hour,
	})
}

var errBroken = errors.New("broken")

// diary notes what units do, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, s)
}

func (d *diary) unit(name string, edit ...func(*lifecycle.Unit)) lifecycle.Unit {
	u := lifecycle.Unit{
		Name:  name,
		Start: func(context.Context) error { d.note("start " + name); return nil },
		Run: func(ctx context.Context) error {
			<-ctx.Done()
			d.note("end " + name)
			return ctx.Err()
		},
		Stop: func(context.Context) error { d.note("stop " + name); return nil },
	}
	for _, e := range edit {
		e(&u)
	}
	return u
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestRun_startsInOrderAndStopsInReverse(t *testing.T) {
	t.Parallel()
	var d diary
	ctx, cancel := context.WithCancel(t.Context())
	err := lifecycle.Run(ctx, quiet(), d.unit("store"), d.unit("bus"), d.unit("http", func(u *lifecycle.Unit) {
		start := u.Start
		u.Start = func(ctx context.Context) error { defer cancel(); return start(ctx) }
	}))
	require.NoError(t, err)
	require.Equal(t, []string{
		"start store", "start bus", "start http",
		"stop http", "end http", "stop bus", "end bus", "stop store", "end store",
	}, d.lines)
}

func TestRun_firstFailureStopsAll(t *testing.T) {
	t.Parallel()
	var d diary
	err := lifecycle.Run(t.Context(), quiet(), d.unit("store"), d.unit("relay", func(u *lifecycle.Unit) {
		u.Run = func(context.Context) error { return errBroken }
	}), d.unit("http"))
	require.ErrorIs(t, err, errBroken)
	require.ErrorContains(t, err, "run relay")
	require.Equal(t, []string{"stop http", "end http", "stop relay", "stop store", "end store"}, d.lines[len(d.lines)-5:])
}

func TestRun_startThatFailsStopsWhatWasStarted(t *testing.T) {
	t.Parallel()
	var d diary
	err := lifecycle.Run(t.Context(), quiet(), d.unit("store"), d.unit("bus", func(u *lifecycle.Unit) {
		u.Start = func(context.Context) error { return errBroken }
	}), d.unit("http"))
	require.ErrorIs(t, err, errBroken)
	require.Equal(t, []string{"start store", "stop store", "end store"}, d.lines)
}

func TestRun_panicIsAFailure(t *testing.T) {
	t.Parallel()
	var d diary
	err := lifecycle.Run(t.Context(), quiet(), d.unit("store"), lifecycle.Unit{Name: "sweeper", Run: func(context.Context) error { panic("oh") }})
	require.ErrorContains(t, err, "panic in sweeper: oh")
	require.Equal(t, []string{"start store", "stop store", "end store"}, d.lines)
}

func TestRun_unitThatDoesNotEndIsLeftBehind(t *testing.T) {
	t.Parallel()
	var d diary
	release := make(chan struct{})
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g, err := lifecycle.Start(context.WithoutCancel(ctx), quiet(), d.unit("store"), lifecycle.Unit{
		Name: "stuck", Run: func(context.Context) error { <-release; return nil }, StopTimeout: time.Millisecond,
	})
	require.NoError(t, err)
	require.ErrorContains(t, g.Stop(t.Context()), "stop stuck: still running after 1ms")
	require.Contains(t, d.lines, "stop store")
}

func TestRun_workThatIsDoneIsNoFailure(t *testing.T) {
	t.Parallel()
	g, err := lifecycle.Start(t.Context(), quiet(), lifecycle.Unit{Name: "once", Run: func(context.Context) error { return nil }})
	require.NoError(t, err)
	require.NoError(t, g.Stop(t.Context()))
	require.NoError(t, g.Stop(t.Context()), "stopping again does nothing")
	require.Empty(t, g.Failed())
}

func TestStop_reportsEveryFailure(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	fails := func(name string, err error) lifecycle.Unit {
		return lifecycle.Unit{Name: name, Stop: func(context.Context) error { return err }}
	}
	g, err := lifecycle.Start(t.Context(), quiet(), fails("a", errBroken), fails("b", other))
	require.NoError(t, err)
	err = g.Stop(t.Context())
	require.ErrorIs(t, err, errBroken)
	require.ErrorIs(t, err, other)
}

func TestSignals_secondOneExitsAtOnce(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), asChild+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	expect := func(line string) {
		t.Helper()
		got := make([]byte, len(line)+1)
		for n := 0; n < len(got); {
			m, err := out.Read(got[n:])
			require.NoError(t, err)
			n += m
		}
		require.Equal(t, line+"\n", string(got))
	}
	expect("ready")
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	expect("stopping")
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	require.Equal(t, lifecycle.ExitAtOnce, exit.ExitCode())
}

func TestSignals_stopReleases(t *testing.T) {
	t.Parallel()
	ctx, stop := lifecycle.Signals(t.Context())
	require.NoError(t, ctx.Err())
	stop()
	stop()
	require.True(t, slices.Contains([]error{context.Canceled}, ctx.Err()))
}
