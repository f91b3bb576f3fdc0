package petition_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/petition"
)

// TestRead_onLabelledTexts holds the list of cues to texts that a reader sorted.
func TestRead_onLabelledTexts(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/labelled.tsv")
	require.NoError(t, err)
	var tp, fp, fn, n int
	for line := range strings.Lines(string(raw)) {
		label, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		require.True(t, ok, line)
		n++
		r := petition.Read(text)
		signal := r.Signal(petition.DefaultScore)
		switch {
		case signal && label == "petition":
			tp++
		case signal:
			fp++
		case label == "petition":
			fn++
		}
		if signal != (label == "petition") {
			t.Logf("wrong: %s %s: %+v", label, text, r)
		}
		require.Equal(t, r.Score, petition.Of(r.Codes()).Score, "the codes alone give the same score")
		for _, c := range r.Cues {
			require.NotEmpty(t, c.Words)
		}
	}
	precision, recall := float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn)
	t.Logf("%d texts: precision %.3f, recall %.3f", n, precision, recall)
	require.GreaterOrEqual(t, precision, 0.9)
	require.GreaterOrEqual(t, recall, 0.8)
}

func TestRules_areWhole(t *testing.T) {
	t.Parallel()
	seen := map[petition.Code]bool{}
	for _, r := range petition.Rules() {
		require.False(t, seen[r.Code])
		seen[r.Code] = true
		require.NotEmpty(t, r.Label.ZH)
		require.NotEmpty(t, r.Label.EN)
		require.NotZero(t, r.Weight)
	}
	require.Empty(t, petition.Read("").Cues)
	require.Empty(t, petition.Of([]string{"unknown"}).Cues)
}
