package docstoretest

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

// Opener opens a place, which is one string so that another process can be told it.
type Opener func(ctx context.Context, place string) (docstore.Store, error)

// The environment of a process that Crash starts to be killed.
const (
	envPlace = "DOCSTORETEST_PLACE"
	envRound = "DOCSTORETEST_ROUND"
)

// Main is for TestMain. In the process that Crash starts it writes until it is
// killed; otherwise it runs the tests. It returns the exit code.
func Main(m *testing.M, open Opener) int {
	place, child := os.LookupEnv(envPlace)
	if !child {
		return m.Run()
	}
	var round int
	if _, err := fmt.Sscan(os.Getenv(envRound), &round); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	ctx := context.Background()
	s, err := open(ctx, place)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	var mu sync.Mutex
	err = load(ctx, s, round, func(line string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(line) // one write each, so what was reported survives the kill
	})
	fmt.Fprintln(os.Stderr, err)
	return 2
}

// Crash starts a process that writes to the place and kills it in the middle of its
// work, as often as rounds says; then it opens the place and looks at every single
// acknowledged write.
func Crash(t *testing.T, place string, rounds int, open Opener) {
	ledger := NewLedger()
	for round := range rounds {
		killOnce(t, place, round, 20+rand.IntN(400), ledger) //nolint:gosec // when to kill needs no secret
	}
	s, err := open(t.Context(), place)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	ledger.Check(t, s)
	t.Logf("%d kills of the writer, %d acknowledged writes, all there with their events", rounds, ledger.Acknowledged())
}

func killOnce(t *testing.T, place string, round, lines int, ledger *Ledger) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), envPlace+"="+place, fmt.Sprintf("%s=%d", envRound, round))
	var said strings.Builder
	cmd.Stderr = &said
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	in := bufio.NewReader(stdout)
	n := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil { // the end, perhaps in the middle of a line
			break
		}
		if err := ledger.Add(strings.TrimSpace(line)); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if n++; n == lines {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // killed
	require.GreaterOrEqual(t, n, lines, "the writer ended by itself: %s", said.String())
}
