// Package calendarcopy keeps a service's own copy of the working-day calendar: the
// years that the program ships with, and over them what the deadline service has
// published since.
//
// A copy lags behind by the time an event takes. Whoever must not be early with a
// date therefore computes it again when it acts on it, and never stores it as the
// only record.
package calendarcopy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/statute/calendar"
)

// yearDoc is one published year as the newest event told it.
type yearDoc struct {
	Year calendar.Year `json:"year"`
	// Version is the version of the event that it was taken from.
	Version int64 `json:"version"`
}

// Copy is the calendar as far as this service has heard. It is safe for concurrent
// use, and several processes on one store see each other's news within a moment.
type Copy struct {
	repo *docstore.Repo[yearDoc]
	now  func() time.Time

	mu       sync.Mutex // guards loading; held while the store is read
	loadedAt atomic.Int64
	current  atomic.Pointer[calendar.Calendar]
}

const (
	// reloadAfter is how old the copy may grow before the store is asked again:
	// another process of the service may have taken the event.
	reloadAfter = 20 * time.Second
	// reloadWithin bounds how long Calendar waits for the store. The calendar that
	// is at hand serves when it does not answer.
	reloadWithin = 2 * time.Second
)

// Open reads what the service has heard so far from its store.
func Open(ctx context.Context, store docstore.Store, now func() time.Time) (*Copy, error) {
	repo, err := docstore.Open(ctx, store, now, docstore.Spec[yearDoc]{Name: "calendar_copy"})
	if err != nil {
		return nil, fmt.Errorf("open the calendar copy: %w", err)
	}
	c := &Copy{repo: repo, now: now}
	c.current.Store(calendar.Builtin())
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.load(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Calendar returns the calendar in force. It never fails: when the store cannot be
// read, it is the one known before.
func (c *Copy) Calendar() *calendar.Calendar {
	if age := c.now().UnixMilli() - c.loadedAt.Load(); age < 0 || age >= reloadAfter.Milliseconds() {
		if c.mu.TryLock() {
			ctx, cancel := context.WithTimeout(context.Background(), reloadWithin)
			_ = c.load(ctx) // the calendar at hand goes on serving
			cancel()
			c.mu.Unlock()
		}
	}
	return c.current.Load()
}

// Consumer follows the calendar for a service, for example "intake". Put it among
// the service's consumers.
func (c *Copy) Consumer(service string) bus.Consumer {
	return bus.Consumer{
		Name:   service + "-deadline-calendar",
		Types:  []string{"deadline.calendar.v1.*"},
		Handle: c.Apply,
		Lanes:  1,
	}
}

// Apply takes over the year that a calendar event carries, unless a newer one of
// the same year was taken over before. An arrangement that cannot be right is
// bus.ErrPoison.
func (c *Copy) Apply(ctx context.Context, e event.Event) error {
	var facts contract.CalendarFacts
	if err := e.Decode(&facts); err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	if err := facts.Year.Validate(); err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	_, err := c.repo.Upsert(ctx, strconv.Itoa(facts.Year.Year), func(d *yearDoc) error {
		if e.Version > d.Version {
			d.Year, d.Version = facts.Year, e.Version
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the calendar of %d: %w", facts.Year.Year, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.load(ctx)
}

// load builds the calendar from the store. The caller holds mu.
func (c *Copy) load(ctx context.Context) error {
	cal := calendar.Builtin()
	err := c.repo.Each(ctx, func(d docstore.Doc[yearDoc]) error {
		have, published := cal.Year(d.Value.Year.Year)
		if published && sameYear(have, d.Value.Year) {
			return nil
		}
		next, err := cal.With(d.Value.Year)
		if errors.Is(err, calendar.ErrOlderVersion) {
			return nil // the program has since been delivered with a later arrangement
		}
		if err != nil {
			return err
		}
		cal = next
		return nil
	})
	c.loadedAt.Store(c.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("read the calendar copy: %w", err)
	}
	if !sameYears(c.current.Load(), cal) {
		c.current.Store(cal)
	}
	return nil
}

func sameYears(a, b *calendar.Calendar) bool {
	if len(a.Years()) != len(b.Years()) {
		return false
	}
	for _, n := range a.Years() {
		ya, _ := a.Year(n)
		yb, ok := b.Year(n)
		if !ok || !sameYear(ya, yb) {
			return false
		}
	}
	return true
}

func sameYear(a, b calendar.Year) bool {
	fa, errA := calendar.FormatYears([]calendar.Year{a})
	fb, errB := calendar.FormatYears([]calendar.Year{b})
	return errA == nil && errB == nil && string(fa) == string(fb)
}
