package spreadsheet_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/spreadsheet"
)

func TestInert(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", " =1", "'=1", "＝1", "＠x"} {
		require.Equal(t, "'"+s, spreadsheet.Inert(s))
		require.False(t, spreadsheet.StartsFormula(spreadsheet.Inert(s)))
	}
	for _, s := range []string{"", "2026-000001", "政府信息", "a=b", "'说明'", "1-2"} {
		require.Equal(t, s, spreadsheet.Inert(s))
	}
}
