package servicetest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/service"
	"zhiqing.dev/pkg/wallclock"
)

// guarded is a service that knows nothing of staff but their tokens.
func guarded(context.Context, service.Deps) (*service.Service, error) {
	return &service.Service{Name: "guarded", Mount: func(v1 *echo.Group) {
		v1.GET("/guarded", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }, httpkit.Staff())
	}}, nil
}

func TestSessions_thatEndedAreRefusedByEveryService(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), wallclock.NewFake(servicetest.DefaultNow)
	start := func() *servicetest.Instance {
		return servicetest.Start(t, servicetest.Config{Services: []service.Constructor{guarded}, Dir: dir, Clock: clock})
	}
	in := start()
	who := func(session string) string {
		return in.As(identity.Staff{ID: "s1", Office: "demo", Username: "officer", Session: session})
	}
	tell := func(version int64, facts contract.SessionsFacts) {
		facts.Office, facts.Staff = "demo", "s1"
		data, err := json.Marshal(facts)
		require.NoError(t, err)
		require.NoError(t, in.Bus.Publish(t.Context(), event.Event{
			ID: string(rune('a' + version)), Type: contract.SessionsEnded, Office: "demo", Subject: "s1", Version: version, Time: clock.Now(), Data: data,
		}))
		in.Settle()
	}
	status := func(as string) int { return in.Call("GET", "/v1/guarded", nil, as).Status }

	early := identity.NewSession(clock.Now())
	other := identity.NewSession(clock.Now())
	require.Equal(t, clock.Now(), identity.Opened(early))
	require.Equal(t, 204, status(who(early)))
	tell(2, contract.SessionsFacts{Ended: []contract.EndedSession{{Session: early, Until: clock.Now().Add(30 * time.Minute)}}})
	require.Equal(t, 401, status(who(early)))
	require.Equal(t, 204, status(who(other)))
	require.Equal(t, 204, status(in.As(identity.Staff{ID: "s2", Office: "demo", Session: early})), "another staff member's")

	tell(1, contract.SessionsFacts{NotBefore: clock.Now()})
	require.Equal(t, 204, status(who(other)), "an older event says nothing")
	tell(3, contract.SessionsFacts{NotBefore: clock.Now(), Spared: []string{other}})
	require.Equal(t, []int{401, 204, 401}, []int{status(who(early)), status(who(other)), status(who("of-no-instant"))})
	require.Equal(t, 204, status(who(identity.NewSession(clock.Now().Add(time.Millisecond)))))

	in.Stop()
	in = start()
	require.Equal(t, []int{401, 204}, []int{status(who(early)), status(who(other))}, "it is remembered")
}
