package servicetest_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
)

// asProcess makes the test binary one service as a process of its own.
const asProcess = "SERVICETEST_PROCESS"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asProcess); dir != "" {
		engines := service.Engines{Mongo: func(ctx context.Context, _, database string) (docstore.Store, error) {
			return sqlitestore.Open(ctx, filepath.Join(dir, database+".db"))
		}}
		os.Exit(service.Main("writer", slowWriter, engines, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
	}
	if path := os.Getenv(asAuditor); path != "" {
		os.Exit(auditUntilKilled(path))
	}
	os.Exit(m.Run())
}

// slowWriter is writer with a request that lasts until the process is asked to
// stop.
func slowWriter(ctx context.Context, d service.Deps) (*service.Service, error) {
	s, err := writer(ctx, d)
	if err != nil {
		return nil, err
	}
	mount := s.Mount
	s.Notes = func(context.Context) ([]string, error) { return []string{"note to the operator"}, nil }
	s.Mount = func(v1 *echo.Group) {
		mount(v1)
		v1.GET("/slow", func(c echo.Context) error {
			c.Response().WriteHeader(http.StatusOK)
			c.Response().Flush()
			for {
				resp, err := http.Get("http://" + c.Request().Host + "/readyz") //nolint:noctx // a test
				if err != nil {
					break // the listener is closed: the process stops
				}
				_ = resp.Body.Close()
				if resp.StatusCode == http.StatusServiceUnavailable {
					break
				}
			}
			_, err := c.Response().Write([]byte("finished"))
			return err
		}, httpkit.Large(1, time.Minute))
	}
	return s, nil
}

// process is a running child.
type process struct {
	*exec.Cmd
	url string
	out *bufio.Scanner
}

func launch(t *testing.T, dir, nats string) *process {
	t.Helper()
	p := &process{Cmd: child(t, dir, nats, "--listen", "127.0.0.1:0", "--rate-limit", "0")}
	stderr, err := p.StderrPipe()
	require.NoError(t, err)
	stdout, err := p.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.Start())
	t.Cleanup(func() { _ = p.Process.Kill() })
	log := bufio.NewScanner(stderr)
	address := regexp.MustCompile(`msg=answering.* address=(\S+)`)
	for p.url == "" && log.Scan() {
		if m := address.FindStringSubmatch(log.Text()); m != nil {
			p.url = "http://" + m[1]
		}
	}
	require.NotEmpty(t, p.url)
	p.out = bufio.NewScanner(stdout)
	require.True(t, p.out.Scan())
	require.Equal(t, "note to the operator", p.out.Text())
	go func() {
		for log.Scan() { //nolint:revive // drained, so that the child never waits
		}
	}()
	return p
}

func child(t *testing.T, dir, nats string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asProcess+"="+dir, "NATS_URL="+nats, "ZHIQING_KEY="+servicetest.TestKey)
	return cmd
}

func TestMain_asAProcessOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	nats, err := embednats.Start(t.Context(), embednats.Options{Dir: filepath.Join(dir, "nats"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(nats.Shutdown)
	p := launch(t, dir, nats.ClientURL())

	master, err := secret.FromBase64(servicetest.TestKey)
	require.NoError(t, err)
	token, _, err := service.TokensOf(master, wallclock.System{}).Issue(officer)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), "POST", p.url+"/v1/notes", strings.NewReader(`{"text":"x"}`))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 201, resp.StatusCode)

	slow, err := http.Get(p.url + "/v1/slow") //nolint:noctx // a test
	require.NoError(t, err)
	defer slow.Body.Close() //nolint:errcheck // read only
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	text := bufio.NewScanner(slow.Body)
	require.True(t, text.Scan(), "a request that was taken is answered")
	require.Equal(t, "finished", text.Text())
	require.NoError(t, p.Wait(), "an orderly stop is a success")

	out, err := child(t, dir, nats.ClientURL(), "restate").Output()
	require.NoError(t, err)
	require.Equal(t, "writer: 1 documents wait to be stated again\n", string(out))
	out, err = child(t, dir, nats.ClientURL(), "dead-letters", "list").Output()
	require.NoError(t, err)
	require.Empty(t, out)
	require.Error(t, child(t, dir, nats.ClientURL(), "dead-letters", "show", "nothing").Run())
}
