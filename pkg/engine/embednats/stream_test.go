package embednats_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
)

// Processes start together; one must not reconfigure the stream under the other's
// consumers when there is nothing to change.
func TestConnect_changesTheStreamOnlyWhenItDiffers(t *testing.T) {
	t.Parallel()
	b := newBroker(t, false)
	nc, err := nats.Connect("", b.Options().InProcess)
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	updates, err := nc.SubscribeSync("$JS.EVENT.ADVISORY.STREAM.UPDATED." + bus.Stream)
	require.NoError(t, err)
	require.NoError(t, nc.Flush())

	connect := func(maxBytes int64) {
		o := b.Options()
		o.MaxBytes = maxBytes
		c, err := bus.Connect(t.Context(), o)
		require.NoError(t, err)
		require.NoError(t, c.Close(t.Context()))
		require.NoError(t, nc.Flush())
	}
	seen := func() int {
		n, _, err := updates.Pending()
		require.NoError(t, err)
		return n
	}
	connect(0)
	connect(0)
	require.Zero(t, seen(), "nothing differs")

	connect(1 << 30)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	s, err := js.Stream(t.Context(), bus.Stream)
	require.NoError(t, err)
	require.EqualValues(t, 1<<30, s.CachedInfo().Config.MaxBytes)
	require.Eventually(t, func() bool { return seen() == 1 }, 30*time.Second, 10*time.Millisecond, "one change, one update")
}
