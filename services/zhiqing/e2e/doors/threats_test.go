package doors_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../../.."

// The threat model names its controls and tests: each file and each test that it names
// is there.
func TestTheThreatModelIsTrue(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "api", "threat-model.md"))
	require.NoError(t, err)
	tests := testNames(t)
	code := regexp.MustCompile("`([^`]+)`")
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) < 4 || !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| # ") {
			continue
		}
		rows++
		places := code.FindAllStringSubmatch(cells[3], -1)
		require.NotEmpty(t, places, "%s names no file", line)
		for _, p := range places {
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(p[1])))
			require.NoError(t, err, "%s", line)
		}
		for _, name := range code.FindAllStringSubmatch(strings.Join(cells[4:], " "), -1) {
			require.True(t, tests[name[1]], "there is no test %s:\n%s", name[1], line)
		}
	}
	require.Greater(t, rows, 20)
}

// testNames are the names of all tests and fuzz targets of the repository.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	names := map[string]bool{}
	for _, dir := range []string{"pkg", "services"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path) //nolint:gosec // a file of the repository
			for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
				names[m[1]] = true
			}
			return err
		})
		require.NoError(t, err)
	}
	return names
}
