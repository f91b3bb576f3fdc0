package deadline_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/calendarcopy"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/calendar"
)

// published is the event that tells a year's arrangement.
func published(t testing.TB, version int64, y calendar.Year) event.Event {
	t.Helper()
	data, err := json.Marshal(contract.CalendarFacts{Year: y})
	require.NoError(t, err)
	return event.Event{
		ID: uuid.NewString(), Type: contract.CalendarPublished, Office: contract.AllOffices,
		Subject: "2027", Version: version, Data: data,
	}
}

// versions are successive arrangements of 2027, each with one more rest day.
func versions() []calendar.Year {
	y := yearOf(notice2027)
	var list []calendar.Year
	for v := 1; v <= 4; v++ {
		y.Version = v
		list = append(list, y)
		y.Off = append(slices.Clone(y.Off), calendar.Range{From: day("2027-07-05").AddDays(v), To: day("2027-07-05").AddDays(v)})
	}
	return list
}

func openCopy(t testing.TB, store docstore.Store, now func() time.Time) *calendarcopy.Copy {
	t.Helper()
	c, err := calendarcopy.Open(t.Context(), store, now)
	require.NoError(t, err)
	return c
}

func TestCopy_endsAtTheNewestVersionWhateverTheOrder(t *testing.T) {
	t.Parallel()
	all := versions()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for range 8 {
		clk := newClock()
		store := openStore(t)
		c := openCopy(t, store, clk.Now)
		require.Equal(t, 0, c.Calendar().Version(2027), "what the program ships with")
		newest := 0
		for range 1 + rng.IntN(8) {
			i := rng.IntN(len(all))
			newest = max(newest, i)
			require.NoError(t, c.Apply(t.Context(), published(t, int64(i+1), all[i])))
		}
		have, ok := c.Calendar().Year(2027)
		require.True(t, ok)
		require.Equal(t, all[newest], have)
		again, ok := openCopy(t, store, clk.Now).Calendar().Year(2027)
		require.True(t, ok, "a new process reads it from the store")
		require.Equal(t, all[newest], again)
	}
}

func TestCopy_refusesWhatCannotBeAndServesOn(t *testing.T) {
	t.Parallel()
	clk := newClock()
	c := openCopy(t, openStore(t), clk.Now)
	good := versions()[0]
	require.NoError(t, c.Apply(t.Context(), published(t, 1, good)))
	bad := good
	bad.Worked = append(slices.Clone(bad.Worked), day("2027-02-06"))
	require.ErrorIs(t, c.Apply(t.Context(), published(t, 2, bad)), bus.ErrPoison)
	broken := published(t, 2, good)
	broken.Data = json.RawMessage(`{"year":[]}`)
	require.ErrorIs(t, c.Apply(t.Context(), broken), bus.ErrPoison)
	require.Equal(t, 1, c.Calendar().Version(2027))
	require.Equal(t, []string{"deadline.calendar.v1.*"}, c.Consumer("fee").Types)
	require.Equal(t, "fee-deadline-calendar", c.Consumer("fee").Name)
}

func TestCopy_hearsOfWhatAnotherProcessTook(t *testing.T) {
	t.Parallel()
	clk, store := newClock(), openStore(t)
	one, two := openCopy(t, store, clk.Now), openCopy(t, store, clk.Now)
	require.NoError(t, one.Apply(t.Context(), published(t, 1, versions()[0])))
	require.Equal(t, 0, two.Calendar().Version(2027))
	clk.Advance(21 * time.Second)
	require.Equal(t, 1, two.Calendar().Version(2027))
	same := two.Calendar()
	clk.Advance(21 * time.Second)
	require.Same(t, same, two.Calendar(), "no news, no new calendar")
}
