package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/embednats"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/services/zhiqing/internal/demo"
)

// expected is the township's table three, counted by hand from its stories: the
// rows that are not empty, by column.
var expected = map[int]map[string]map[string]int64{
	2025: {
		"carried_in":              {"natural_person": 1, "total": 2, "commercial": 1},
		"granted":                 {"natural_person": 14, "total": 18, "public_welfare": 1, "commercial": 1, "other_org": 1, "legal_service": 1},
		"results_total":           {"natural_person": 27, "total": 37, "commercial": 4, "public_welfare": 2, "research": 1, "legal_service": 2, "other_org": 1},
		"unable_1_not_held":       {"commercial": 1, "total": 5, "natural_person": 4},
		"new_received":            {"natural_person": 28, "total": 38, "public_welfare": 2, "research": 2, "legal_service": 2, "commercial": 3, "other_org": 1},
		"other_1_not_corrected":   {"natural_person": 1, "total": 1},
		"unable_2_needs_creation": {"research": 1, "total": 1},
		"partial":                 {"legal_service": 1, "total": 2, "natural_person": 1},
		"deny_6_process":          {"commercial": 2, "total": 2},
		"deny_7_enforcement_file": {"natural_person": 1, "total": 1},
		"noproc_1_petition":       {"natural_person": 1, "total": 1},
		"deny_8_admin_query":      {"natural_person": 1, "total": 1},
		"noproc_2_duplicate":      {"natural_person": 1, "total": 1},
		"noproc_3_publication":    {"natural_person": 1, "total": 1},
		"deny_5_internal_affairs": {"natural_person": 1, "total": 1},
		"other_3_other":           {"public_welfare": 1, "total": 1},
		"other_2_fee_unpaid":      {"natural_person": 1, "total": 1},
		"carried_out":             {"natural_person": 2, "total": 3, "research": 1},
	},
	2026: {
		"carried_in":        {"natural_person": 2, "total": 3, "research": 1},
		"granted":           {"natural_person": 1, "total": 2, "research": 1},
		"results_total":     {"natural_person": 2, "total": 3, "research": 1},
		"unable_1_not_held": {"natural_person": 1, "total": 1},
	},
}

func newKey(t *testing.T) (env string, master secret.Master) {
	t.Helper()
	raw := make([]byte, 32)
	_, err := rand.Read(raw)
	require.NoError(t, err)
	key := base64.StdEncoding.EncodeToString(raw)
	master, err = secret.FromBase64(key)
	require.NoError(t, err)
	return "ZHIQING_KEY=" + key, master
}

func TestAYearOnTheOneBinary(t *testing.T) {
	t.Parallel()
	key, master := newKey(t)
	data := t.TempDir()
	args := []string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--rate-limit", "0"}
	p := start(t, "zhiqing", args, []string{key})
	require.Contains(t, p.stdout.String(), master.SetupCode(), "the first start says how to make the first office")

	outcome, err := demo.Year(t.Context(), func(string) string { return p.url }, master.SetupCode(), testWriter{t})
	require.NoError(t, err)
	holds(t, outcome)
	require.NoError(t, p.stop(syscall.SIGTERM), "an orderly stop")

	again := start(t, "zhiqing", args, []string{key})
	require.NotContains(t, again.stdout.String(), master.SetupCode(), "the office is there")
	after, err := demo.Reports(t.Context(), func(string) string { return again.url })
	require.NoError(t, err)
	require.Equal(t, outcome.Reports, after, "the year outlives the process")
}

func TestAYearOnFourProcesses(t *testing.T) {
	t.Parallel()
	mongo, prefix := mongotest.Prefix(t)
	nats, err := embednats.Start(t.Context(), embednats.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(nats.Shutdown)
	key, master := newKey(t)
	env := []string{
		key, "MONGODB_URI=" + mongo, "NATS_URL=" + nats.ClientURL(), "ZHIQING_LISTEN=127.0.0.1:0",
		"ZHIQING_RATE_LIMIT=0", "ZHIQING_DATABASE_PREFIX=" + prefix,
	}
	urls := map[string]string{}
	var processes []*process
	for _, name := range serviceNames {
		p := start(t, name, nil, env)
		urls[name] = p.url
		processes = append(processes, p)
	}
	route := func(path string) string {
		switch segment := strings.Split(strings.TrimPrefix(path, "/v1/"), "/")[0]; segment {
		case "deadlines", "calendars":
			return urls["deadline"]
		case "fees":
			return urls["fee"]
		case "proceedings", "reports", "lessons":
			return urls["litigation"]
		default:
			return urls["intake"]
		}
	}
	outcome, err := demo.Year(t.Context(), route, master.SetupCode(), testWriter{t})
	require.NoError(t, err)
	holds(t, outcome)
	for _, p := range processes {
		require.NoError(t, p.stop(syscall.SIGTERM))
	}
}

// holds compares the reports with the hand count and looks at every check.
func holds(t *testing.T, o *demo.Outcome) {
	t.Helper()
	for year, r := range o.Reports {
		require.NotEmpty(t, r.Checks)
		require.Empty(t, r.Failed(), "checks of %d", year)
		for row, cells := range r.Table3 {
			for column, n := range cells {
				require.Equal(t, expected[year][row][column], n, "%d %s %s", year, row, column)
			}
		}
	}
	require.Equal(t, map[string]map[string]int64{
		"review":            {"upheld": 1, "corrected": 1, "other": 0, "pending": 0, "total": 2},
		"suit_direct":       {"upheld": 0, "corrected": 0, "other": 0, "pending": 1, "total": 1},
		"suit_after_review": {"upheld": 0, "corrected": 0, "other": 0, "pending": 0, "total": 0},
	}, o.Reports[demo.TownshipYear].Table4)
}

func TestDemoCommand(t *testing.T) {
	t.Parallel()
	out, err := run(t, nil, "zhiqing", "demo")
	require.NoError(t, err)
	require.Contains(t, out, "三、收到和处理政府信息公开申请情况")
	require.Contains(t, out, "all checks hold")
	require.NotContains(t, out, "✗")
}

func TestDemoOffice(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"serve", "--demo", "--listen", "127.0.0.1:0", "--data", data}
	p := start(t, "zhiqing", args, nil)
	require.Contains(t, p.stdout.String(), demo.Password)
	require.NoError(t, p.stop(syscall.SIGTERM))
	again := start(t, "zhiqing", args, nil)
	require.NoError(t, again.stop(syscall.SIGTERM), "a second start adds nothing and fails at nothing")
}

// testWriter sends progress to the test's log.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}
