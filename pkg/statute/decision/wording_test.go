package decision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute/decision"
)

func TestEveryKindHasItsWords(t *testing.T) {
	t.Parallel()
	for _, e := range decision.All() {
		grounds := []string{""}
		for _, g := range e.Grounds {
			grounds = append(grounds, string(g))
		}
		require.NotEmpty(t, decision.Title(e.Kind), e.Kind)
		for _, g := range grounds {
			require.Contains(t, decision.Citation(e.Kind, g), "《", e.Kind)
			require.NotContains(t, decision.Finding(e.Kind, g), "{", e.Kind)
			for _, c := range e.Contents {
				require.NotEmpty(t, decision.Template(e.Kind, g, c.Code), "%s %s", e.Kind, c.Code)
			}
		}
	}
	require.Equal(t, "《中华人民共和国政府信息公开条例》第三十六条第（三）项、第十五条", decision.Citation(decision.Withheld, "X15"))
	require.Contains(t, decision.Finding(decision.Withheld, "X16c"), "行政执法案卷")
	require.Empty(t, decision.Citation("K77", ""))
}
