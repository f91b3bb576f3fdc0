package docstore_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
)

func TestRarity_putsTheRarestFirst(t *testing.T) {
	t.Parallel()
	have := map[string]int{"a": 1_000_000, "b": 500_000, "c": 3700, "d": 30_000, "e": 5}
	var asked int
	count := func(v string, limit int) (int, error) {
		asked++
		require.Positive(t, limit)
		return min(have[v], limit), nil
	}
	var r docstore.Rarity
	order := func(all ...string) docstore.All {
		out, err := r.Order("words", []any{"o"}, all, count)
		require.NoError(t, err)
		require.ElementsMatch(t, all, out)
		return out
	}
	require.Equal(t, "e", order("a", "b", "c", "d", "e")[0])
	require.Equal(t, "c", order("a", "b", "c", "d")[0])
	order("a", "b")
	asked = 0
	order("a", "b")
	require.Zero(t, asked, "what is known to be common is not counted again")
	require.Equal(t, "c", order("b", "a", "c")[0])
	have["f"] = 0
	require.Equal(t, "f", order("a", "f", "c")[0])

	twice, err := r.Order("words", []any{"o"}, docstore.All{"x", "x"}, count)
	require.NoError(t, err)
	require.Equal(t, docstore.All{"x"}, twice)
	gone := errors.New("gone")
	_, err = r.Order("words", []any{"p"}, docstore.All{"a", "b"}, func(string, int) (int, error) { return 0, gone })
	require.ErrorIs(t, err, gone)
}
