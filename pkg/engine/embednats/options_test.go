package embednats

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Without these an acknowledged event does not survive a power cut, or the server
// takes the process's signals; no test from outside would notice.
func TestOptions_promiseDurability(t *testing.T) {
	t.Parallel()
	o, err := options(Options{Dir: "x"})
	require.NoError(t, err)
	require.True(t, o.SyncAlways)
	require.True(t, o.NoSigs)
	require.True(t, o.DontListen)
	require.True(t, o.JetStream)
	require.Equal(t, int64(defaultMaxStore), o.JetStreamMaxStore)
}
