// Package sessioncopy keeps a service's own copy of the sign-ins that were ended
// before their tokens ran out, so that a service which checks tokens by their
// signature alone still refuses those of somebody who was signed out.
//
// A copy lags behind by the time an event takes. A token that a service has not heard
// about runs out by itself (identity.DefaultTokenTTL).
package sessioncopy

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"zhiqing.dev/pkg/bus"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
	"zhiqing.dev/pkg/identity"
)

// ended is what is known of one staff member.
type ended struct {
	Facts contract.SessionsFacts `json:"facts"`
	// Version is that of the event or document it was taken from.
	Version int64 `json:"version"`
}

// horizon is longer than any token stands: what ended before need not be known.
const horizon = 24 * time.Hour

// matters is the instant, in milliseconds, until which the entry says something.
func (e *ended) matters() int64 {
	last := e.Facts.NotBefore.Add(horizon)
	for _, s := range e.Facts.Ended {
		if s.Until.After(last) {
			last = s.Until
		}
	}
	return last.UnixMilli()
}

func (e *ended) has(session string) bool {
	if slices.ContainsFunc(e.Facts.Ended, func(s contract.EndedSession) bool { return s.Session == session }) {
		return true
	}
	return !e.Facts.NotBefore.IsZero() && !identity.Opened(session).After(e.Facts.NotBefore) && !slices.Contains(e.Facts.Spared, session)
}

// Copy is what this service has heard. It is safe for concurrent use, and several
// processes on one store see each other's news within moments.
type Copy struct {
	repo *docstore.Repo[ended]
	now  func() time.Time

	mu       sync.Mutex // guards loading; held while the store is read
	loadedAt atomic.Int64
	current  atomic.Pointer[map[string]*ended] // by staff member
}

const (
	// reloadAfter is how old the copy may grow before the store is asked again:
	// another process of the service may have taken the event.
	reloadAfter = 5 * time.Second
	// reloadWithin bounds how long a request waits for the store; what is at hand
	// serves when it does not answer.
	reloadWithin = 2 * time.Second
)

const byEnd = "by_end"

// Open declares the collection. What was heard so far is read at the first question.
func Open(ctx context.Context, store docstore.Store, now func() time.Time) (*Copy, error) {
	repo, err := docstore.Open(ctx, store, now, docstore.Spec[ended]{Name: "session_copy", Indexes: []docstore.Entry[ended]{{
		Index: docstore.Index{Name: byEnd, Fields: []docstore.Field{{Name: "matters_until", Kind: docstore.Int}}},
		Key:   func(e *ended) docstore.Key { return docstore.Key{e.matters()} },
	}}})
	if err != nil {
		return nil, fmt.Errorf("open the copy of ended sign-ins: %w", err)
	}
	return &Copy{repo: repo, now: now}, nil
}

// Ended reports whether the sign-in in which the staff member acts has been ended.
// When the store cannot be read, what was known before answers.
func (c *Copy) Ended(ctx context.Context, s identity.Staff) bool {
	known := c.current.Load()
	if known == nil {
		c.mu.Lock()
		if known = c.current.Load(); known == nil {
			c.refresh(ctx)
		}
		c.mu.Unlock()
	} else if age := c.now().UnixMilli() - c.loadedAt.Load(); age < 0 || age >= reloadAfter.Milliseconds() {
		if c.mu.TryLock() {
			c.refresh(ctx)
			c.mu.Unlock()
		}
	}
	if known = c.current.Load(); known == nil {
		return false
	}
	e := (*known)[s.ID]
	return e != nil && e.has(s.Session)
}

// Consumer follows the ended sign-ins for a service, for example "fee".
func (c *Copy) Consumer(service string) bus.Consumer {
	return bus.Consumer{Name: service + "-intake-sessions", Types: []string{"intake.sessions.v1.*"}, Handle: c.Apply, Lanes: 1}
}

// Apply takes over what an event tells, unless newer was taken over before.
func (c *Copy) Apply(ctx context.Context, e event.Event) error {
	var facts contract.SessionsFacts
	if err := e.Decode(&facts); err != nil {
		return fmt.Errorf("%w: %w", bus.ErrPoison, err)
	}
	return c.Note(ctx, facts, e.Version)
}

// Note takes over facts of this version. The service that ends sign-ins notes them
// at once and need not wait for its own event. A nil Copy takes nothing.
func (c *Copy) Note(ctx context.Context, facts contract.SessionsFacts, version int64) error {
	if c == nil {
		return nil
	}
	if len(facts.Ended) == 0 && facts.NotBefore.IsZero() {
		return nil // nothing has ended; a restated sign-in
	}
	_, err := c.repo.Upsert(ctx, facts.Staff, func(d *ended) error {
		if version > d.Version {
			d.Facts, d.Version = facts, version
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the ended sign-ins of %s: %w", facts.Staff, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.load(ctx)
}

// refresh loads within a bound; what is at hand goes on serving when that fails. The
// caller holds mu.
func (c *Copy) refresh(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reloadWithin)
	defer cancel()
	_ = c.load(ctx)
}

// load reads what still matters from the store. The caller holds mu.
func (c *Copy) load(ctx context.Context) error {
	now := c.now().UnixMilli()
	c.loadedAt.Store(now)
	known := map[string]*ended{}
	q := docstore.Query{Index: byEnd, From: now, Limit: docstore.MaxPage}
	for {
		docs, next, err := c.repo.Find(ctx, q)
		if err != nil {
			return fmt.Errorf("read the ended sign-ins: %w", err)
		}
		for _, d := range docs {
			known[d.ID] = d.Value
		}
		if q.After = next; next == "" {
			break
		}
	}
	c.current.Store(&known)
	return nil
}
