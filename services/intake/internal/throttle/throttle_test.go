package throttle_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/mongostore"
	"zhiqing.dev/pkg/engine/mongostore/mongotest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/intake/internal/throttle"
)

// onEach runs a test on both engines; open starts a further process on the data.
func onEach(t *testing.T, test func(t *testing.T, clock *wallclock.Fake, open func() *throttle.Throttle)) {
	t.Helper()
	master, err := secret.FromBase64("emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U=")
	require.NoError(t, err)
	run := func(t *testing.T, store func(context.Context) (docstore.Store, error)) {
		t.Helper()
		clock := wallclock.NewFake(time.Date(2026, 6, 10, 2, 0, 0, 0, time.UTC))
		test(t, clock, func() *throttle.Throttle {
			s, err := store(t.Context())
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			th, err := throttle.Open(t.Context(), s, clock.Now, master)
			require.NoError(t, err)
			return th
		})
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "x.db")
		run(t, func(ctx context.Context) (docstore.Store, error) { return sqlitestore.Open(ctx, path) })
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		url, name := mongotest.Database(t)
		run(t, func(ctx context.Context) (docstore.Store, error) { return mongostore.Open(ctx, url, name) })
	})
}

func refused(t *testing.T, th *throttle.Throttle, client, receipt string) bool {
	t.Helper()
	err := th.Check(t.Context(), client, receipt)
	if err == nil {
		return false
	}
	require.Equal(t, problem.RateLimited, problem.CodeOf(err))
	return true
}

func fail(t *testing.T, th *throttle.Throttle, times int, client, receipt string) {
	t.Helper()
	for range times {
		require.NoError(t, th.Failed(t.Context(), client, receipt))
	}
}

func TestEachLimit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, clock *wallclock.Fake, open func() *throttle.Throttle) {
		one, two := open(), open()
		fail(t, one, throttle.PerReceiptOfClient-1, "192.0.2.1", "R1")
		require.False(t, refused(t, two, "192.0.2.1", "R1"))
		fail(t, two, 1, "192.0.2.1", "R1")
		require.True(t, refused(t, one, "192.0.2.1", "R1"), "two processes count together")
		require.True(t, refused(t, open(), "192.0.2.1", "R1"), "and a restart forgets nothing")
		require.False(t, refused(t, one, "192.0.2.1", "R2"))
		require.False(t, refused(t, one, "192.0.2.2", "R1"), "the applicant is not locked out from elsewhere")
		clock.Advance(throttle.Window - time.Second)
		require.True(t, refused(t, one, "192.0.2.1", "R1"))
		clock.Advance(time.Second)
		require.False(t, refused(t, one, "192.0.2.1", "R1"))

		for i := range throttle.PerClient {
			fail(t, one, 1, fmt.Sprintf("2001:db8:1:2::%x", i), fmt.Sprintf("S%d", i))
		}
		require.True(t, refused(t, two, "2001:db8:1:2:ffff::1", "S-new"), "one subscriber has many IPv6 addresses")
		require.False(t, refused(t, two, "2001:db8:1:3::1", "S-new"))
	})
}

func TestOneReceiptFromEverywhere(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, _ *wallclock.Fake, open func() *throttle.Throttle) {
		th := open()
		var wg sync.WaitGroup
		for i := range throttle.PerReceipt {
			wg.Go(func() {
				if err := th.Failed(t.Context(), fmt.Sprintf("198.51.100.%d", i), "R"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.True(t, refused(t, th, "203.0.113.9", "R"), "no count is lost")
		require.False(t, refused(t, th, "203.0.113.9", "R2"))
	})
}
