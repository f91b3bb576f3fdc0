// Package mongotest gives tests a real MongoDB: the server named by
// TEST_MONGODB_URL, or the test engine that deploy/mongo-engine installs.
package mongotest

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Install is the command that installs the engine.
const Install = "make mongo-engine"

var errMissing = errors.New("the MongoDB test engine is not installed")

// shared is the engine of this test process. It ends with the process: its
// standard input closes then.
var shared = sync.OnceValues(func() (*Engine, error) { return start("") })

// URL is the address of a MongoDB server for this test. Without one the test fails
// in CI; elsewhere it is skipped, saying what was left out and how to get it.
func URL(t testing.TB) string {
	t.Helper()
	if url := os.Getenv("TEST_MONGODB_URL"); url != "" {
		return url
	}
	e, err := shared()
	if err != nil {
		refuse(t, err)
	}
	return e.URL
}

// Database is the address of a server and the name of a database on it that is
// empty, belongs to this test alone and is dropped after it.
func Database(t testing.TB) (url, name string) {
	t.Helper()
	url, name = URL(t), "test_"+strings.ToLower(rand.Text()[:12])
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
		defer stop()
		client, err := mongo.Connect(options.Client().ApplyURI(url))
		if err != nil {
			t.Errorf("drop %s: %v", name, err)
			return
		}
		if err := errors.Join(client.Database(name).Drop(ctx), client.Disconnect(ctx)); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return url, name
}

// Engine is one running test engine.
type Engine struct {
	URL   string
	cmd   *exec.Cmd
	stdin io.Closer
	end   chan error
}

// Start runs an engine of its own on a data folder, for tests that kill it. It is
// stopped after the test. Such tests are left out when TEST_MONGODB_URL names a
// server and no engine is installed.
func Start(t testing.TB, dir string) *Engine {
	t.Helper()
	e, err := start(dir)
	if err != nil {
		refuse(t, err)
	}
	t.Cleanup(e.Stop)
	return e
}

func refuse(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errMissing) && os.Getenv("CI") == "" {
		t.Skipf("LEFT OUT: this test runs on a real MongoDB, and %v.\nInstall it with `%s` (Linux or macOS, Node.js 20), "+
			"or set TEST_MONGODB_URL to a server.", err, Install)
	}
	t.Fatalf("no MongoDB to test on: %v; install it with `%s` or set TEST_MONGODB_URL", err, Install)
}

func start(dir string) (*Engine, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, ".cache", "mongo-engine", "ready")); err != nil {
		return nil, errMissing
	}
	cmd := exec.Command(filepath.Join(root, "deploy", "mongo-engine", "run.sh")) //nolint:gosec,noctx // our own script; Stop ends it
	if dir != "" {
		cmd.Args = append(cmd.Args, "--dir", dir)
	}
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the MongoDB test engine: %w", err)
	}
	e := &Engine{cmd: cmd, stdin: stdin, end: make(chan error, 1)}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if port, ok := strings.CutPrefix(lines.Text(), "port "); ok {
			e.URL = "mongodb://127.0.0.1:" + port + "/?directConnection=true"
			go func() {
				_, _ = io.Copy(io.Discard, stdout)
				e.end <- cmd.Wait()
			}()
			return e, nil
		}
	}
	_ = stdin.Close()
	return nil, fmt.Errorf("the MongoDB test engine did not start: %w", cmd.Wait())
}

// repository is the folder that holds deploy/mongo-engine, upwards from the test's.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "deploy", "mongo-engine", "run.sh")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errMissing
		}
		dir = up
	}
}

// Stop ends the engine in good order.
func (e *Engine) Stop() {
	_ = e.stdin.Close()
	e.wait()
}

// Kill ends the engine at once, as a crash does.
func (e *Engine) Kill() {
	_ = e.cmd.Process.Kill()
	e.wait()
}

func (e *Engine) wait() {
	e.end <- <-e.end // whoever comes again finds it too
}
