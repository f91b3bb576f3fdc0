package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/deadline/internal/domain"
)

// reloadAfter is how old the calendar in memory may grow: another process may have
// published a year. What was computed meanwhile is found by the recomputation,
// which goes on for longer than that (settleAfter).
const reloadAfter = 5 * time.Second

// Calendars holds the calendar in force: the years that the program ships with and
// over them those that were published here.
type Calendars struct {
	repo  *docstore.Repo[domain.Year]
	clock wallclock.Clock

	mu       sync.Mutex
	loadedAt time.Time
	cal      *calendar.Calendar
	revs     map[string]int64 // of the years that cal was built from
}

func openCalendars(ctx context.Context, repo *docstore.Repo[domain.Year], clock wallclock.Clock) (*Calendars, error) {
	c := &Calendars{repo: repo, clock: clock}
	_, err := c.Reload(ctx)
	return c, err
}

// Current returns the calendar in force, at most reloadAfter old.
func (c *Calendars) Current(ctx context.Context) (*calendar.Calendar, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := c.clock.Now().Sub(c.loadedAt); age >= 0 && age < reloadAfter {
		return c.cal, nil
	}
	return c.reload(ctx)
}

// Reload reads the published years anew.
func (c *Calendars) Reload(ctx context.Context) (*calendar.Calendar, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reload(ctx)
}

func (c *Calendars) reload(ctx context.Context) (*calendar.Calendar, error) {
	var years []calendar.Year
	revs := map[string]int64{}
	same := c.cal != nil
	err := c.repo.Each(ctx, func(d docstore.Doc[domain.Year]) error {
		years = append(years, d.Value.Current)
		revs[d.ID] = d.Rev
		same = same && c.revs[d.ID] == d.Rev
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	c.loadedAt = c.clock.Now()
	if same && len(revs) == len(c.revs) {
		return c.cal, nil
	}
	cal := calendar.Builtin()
	for _, y := range years {
		next, err := cal.With(y)
		if errors.Is(err, calendar.ErrOlderVersion) {
			continue // the program has since been delivered with a later arrangement
		}
		if err != nil {
			return nil, fmt.Errorf("calendar of %d: %w", y.Year, err)
		}
		cal = next
	}
	c.cal, c.revs = cal, revs
	return cal, nil
}
