// Package wallclock is the only place that reads the machine's clock.
//
// Everything else takes a Clock, so that a test can stand on any day. Instants
// are UTC and cut to milliseconds, the precision both storage engines keep.
package wallclock

import (
	"sync"
	"time"
)

// Clock tells the present instant, in UTC with millisecond precision.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now returns the present instant.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Fake is a clock that a test sets and moves. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake returns a clock that stands at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC().Truncate(time.Millisecond)} }

// Now returns the instant at which the clock stands.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set puts the clock at t, which may lie in its past.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = t.UTC().Truncate(time.Millisecond)
}

// Advance moves the clock on by d.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// Stopwatch starts to measure and returns a function that tells how much time has
// passed since, on the monotonic clock: setting the machine's time does not move
// it. It is for durations of work, never for dates.
func Stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
