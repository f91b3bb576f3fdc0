package doors_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/identity"
)

var update = flag.Bool("update", false, "write api/permissions.md anew")

// The page for people says what the code and the OpenAPI documents say.
func TestThePageOfPermissionsIsUpToDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "..", "api", "permissions.md")
	want := page(doors(t))
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: cd services/zhiqing && go test ./e2e/doors -run Page -update")
}

func page(all []door) string {
	var b strings.Builder
	b.WriteString(`# 权限表 / Permissions

One table decides who may do what: [pkg/identity/permissions.go](../pkg/identity/permissions.go). Every operation of the
OpenAPI documents names its action (` + "`x-permission`" + `). This page is made from both by the test that tries every operation with
every role; write it anew with ` + "`cd services/zhiqing && go test ./e2e/doors -run Page -update`" + `.

权限以代码中的一张表为准；每个接口在 OpenAPI 中注明所需权限。本页由测试生成。

| 权限 action |`)
	for _, r := range identity.Roles {
		fmt.Fprintf(&b, " %s %s |", r.Label(), r)
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(identity.Roles)) + "\n")
	for _, a := range identity.Actions() {
		fmt.Fprintf(&b, "| %s `%s` |", a.Label(), a)
		for _, r := range identity.Roles {
			mark := ""
			if slices.Contains(identity.Allowed(a), r) {
				mark = "✓"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n`public`: nobody has to be signed in, a query code or a feed's own key may be asked for. `signed_in`: any member of staff, in what\nconcerns the own account. `signed_request`: the payment side signs what it sends.\n\n| 接口 operation | 权限 action |\n|---|---|\n")
	lines := make([]string, 0, len(all))
	for _, d := range all {
		lines = append(lines, fmt.Sprintf("| `%s` | `%s` |\n", d, d.permission))
	}
	slices.SortFunc(lines, func(a, b string) int {
		return strings.Compare(a[strings.Index(a, " /"):], b[strings.Index(b, " /"):])
	})
	b.WriteString(strings.Join(lines, ""))
	return b.String()
}

func TestEveryActionHasAName(t *testing.T) {
	t.Parallel()
	for _, a := range identity.Actions() {
		require.NotEmpty(t, a.Label(), a)
	}
}
