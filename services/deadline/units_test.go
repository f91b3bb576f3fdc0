package deadline_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/engine/sqlitestore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline"
)

func openStore(t testing.TB) docstore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func runUnit(t testing.TB, u lifecycle.Unit) {
	t.Helper()
	g, err := lifecycle.Start(t.Context(), slog.New(slog.DiscardHandler), u)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Stop(context.Background())) })
}

func newClock() *wallclock.Fake { return wallclock.NewFake(servicetest.DefaultNow) }

// twice gives a constructor whose store is kept, and a way to build the service a
// second time on the same store; what it returns sweeps once, as a second process
// would.
func twice(t testing.TB, clk wallclock.Clock) (first service.Constructor, second func(testing.TB) func(context.Context) error) {
	t.Helper()
	var kept service.Deps
	first = func(ctx context.Context, d service.Deps) (*service.Service, error) {
		kept = d
		return deadline.New(ctx, d)
	}
	second = func(t testing.TB) func(context.Context) error {
		t.Helper()
		d := kept
		d.Clock = clk
		sweep, err := deadline.Sweeping(t.Context(), d)
		require.NoError(t, err)
		return sweep
	}
	return first, second
}

func consultation(sent, received, answered string) []clock.Consultation {
	return []clock.Consultation{{Kind: clock.ThirdParty, SentOn: day(sent), ConsulteeReceivedOn: day(received), AnsweredOn: day(answered)}}
}

var shanghai = civil.Shanghai

// yearOf reads an arrangement as the requests of these tests write it.
func yearOf(m map[string]any) calendar.Year {
	raw, err := json.Marshal(map[string]any{"off": m["off"], "worked": m["worked"], "notice": m["notice"]})
	if err != nil {
		panic(err)
	}
	y := calendar.Year{Year: 2027}
	if err := json.Unmarshal(raw, &y); err != nil {
		panic(err)
	}
	return y
}
