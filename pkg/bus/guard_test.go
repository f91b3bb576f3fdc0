package bus

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMark_tellsEveryLoss(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	known := &mark{Created: made, Acked: 10, Deleted: 1}
	require.Empty(t, known.lost(mark{Created: made, Acked: 10, Deleted: 1}))
	require.Empty(t, known.lost(mark{Created: made, Acked: 99, Deleted: 0}), "grown, and the hole has aged out")
	require.Contains(t, known.lost(mark{Created: made.Add(1), Acked: 10, Deleted: 1}), "again")
	require.Contains(t, known.lost(mark{Created: made, Acked: 9, Deleted: 1}), "ends at 9")
	require.Contains(t, known.lost(mark{Created: made, Acked: 10, Deleted: 2}), "missing")
	require.NotEmpty(t, (*mark)(nil).lost(mark{Created: made}), "the service never saw this stream")
}

// An acknowledgement behind an earlier one can only come from a stream that was
// cut between the last look and the publishing.
func TestGuard_doubtsAnAcknowledgementThatGoesBack(t *testing.T) {
	t.Parallel()
	g := &guard{known: &mark{Acked: 10}}
	g.reached(11)
	require.False(t, g.doubt || g.cut)
	g.reached(4)
	require.True(t, g.doubt && g.cut)
	require.EqualValues(t, 11, g.known.Acked)
}
