package staffing

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// turns lets one attempt at a time be made on a username, so that guesses made
// at once cannot slip past the lock, and it counts the failures on usernames that
// nobody has: they lock as the others do, and so do not show themselves.
type turns struct {
	seed  maphash.Seed
	queue [64]chan struct{}

	mu      sync.Mutex
	unknown map[string]failures
}

type failures struct {
	count int
	until time.Time
}

// maxUnknown bounds the memory that invented usernames take.
const maxUnknown = 10_000

func newTurns() *turns {
	t := &turns{seed: maphash.MakeSeed(), unknown: map[string]failures{}}
	for i := range t.queue {
		t.queue[i] = make(chan struct{}, 1)
	}
	return t
}

// turn waits until no other attempt on the username is being made.
func (t *turns) turn(ctx context.Context, username string) (done func(), err error) {
	ch := t.queue[maphash.String(t.seed, username)%uint64(len(t.queue))]
	select {
	case ch <- struct{}{}:
		return func() { <-ch }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lockedFor says how long an unknown username stays locked.
func (t *turns) lockedFor(username string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unknown[username].until.Sub(now)
}

func (t *turns) fail(username string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.unknown) >= maxUnknown {
		clear(t.unknown)
	}
	f := t.unknown[username]
	f.count++
	f.until = now.Add(lockAfter(f.count))
	t.unknown[username] = f
}
