package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binaries are built once and used by every test, as they would be shipped.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zhiqing-e2e-")
	if err != nil {
		return "", err
	}
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	args = append(args, "zhiqing.dev/services/zhiqing")
	for _, s := range serviceNames {
		args = append(args, "zhiqing.dev/services/"+s+"/cmd/"+s)
	}
	args = append(args, "zhiqing.dev/services/intake/internal/floor")
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return dir, nil
})

var serviceNames = []string{"intake", "deadline", "fee", "litigation"}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := binaries(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// process is a running binary.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	stdout *capture
	stderr *capture
	url    string
	done   chan error
}

// capture keeps what a process writes.
type capture struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(p)
}

func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}

// start runs a binary that serves, on a free port, and waits until it is ready.
func start(t testing.TB, binary string, args, env []string) *process {
	t.Helper()
	p := launch(t, binary, args, env)
	p.waitReady()
	return p
}

// launch runs a binary and waits until it says where it answers.
func launch(t testing.TB, binary string, args, env []string) *process {
	t.Helper()
	dir, err := binaries()
	require.NoError(t, err)
	p := &process{t: t, stdout: &capture{}, stderr: &capture{}, done: make(chan error, 1)}
	p.cmd = exec.Command(filepath.Join(dir, binary), args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	require.NoError(t, p.cmd.Start())
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			<-p.done
		}
		if t.Failed() {
			t.Logf("%s stdout:\n%s\nstderr:\n%s", binary, p.stdout, tail(p.stderr.String(), 60))
		}
	})
	p.url = p.address()
	return p
}

var (
	printed  = regexp.MustCompile(`(?m)^\s*(http://127\.0\.0\.1:\d+)\s*$`)
	answered = regexp.MustCompile(`answering.*address=(\S+)`)
)

// address finds where the process says it answers.
func (p *process) address() string {
	p.t.Helper()
	var url string
	require.Eventually(p.t, func() bool {
		if m := printed.FindStringSubmatch(p.stdout.String()); m != nil {
			url = m[1]
		}
		if m := answered.FindStringSubmatch(p.stderr.String()); m != nil {
			url = "http://" + m[1]
		}
		return url != "" || p.ended()
	}, 60*time.Second, 10*time.Millisecond, "no address")
	require.NotEmpty(p.t, url, "the process ended: %s", p.stderr)
	return url
}

func (p *process) ended() bool {
	select {
	case err := <-p.done:
		p.done <- err
		return true
	default:
		return false
	}
}

func (p *process) waitReady() {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		res, err := http.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, 30*time.Second, 10*time.Millisecond, "not ready")
}

// stop asks the process to end and returns how it ended.
func (p *process) stop(sig syscall.Signal) error {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(sig))
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(60 * time.Second):
		p.t.Fatal("the process does not end")
		return nil
	}
}

// run runs a binary to its end.
func run(t testing.TB, env []string, binary string, args ...string) (stdout string, err error) {
	t.Helper()
	dir, err := binaries()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, binary), args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, errs.String())
	}
	return out.String(), err
}

func tail(s string, lines int) string {
	var last []string
	for sc := bufio.NewScanner(bytes.NewBufferString(s)); sc.Scan(); {
		if last = append(last, sc.Text()); len(last) > lines {
			last = last[1:]
		}
	}
	var b bytes.Buffer
	for _, l := range last {
		b.WriteString(l + "\n")
	}
	return b.String()
}
