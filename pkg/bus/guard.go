package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhiqing.dev/pkg/docstore"
)

const (
	// checkEvery is how often the stream is compared with what it was, besides
	// every time that the connection was lost.
	checkEvery = time.Minute
	// keepMarkEvery is how often the reached sequence is written down.
	keepMarkEvery = time.Second
)

// mark is what a service remembers of the stream it published to.
type mark struct {
	Created time.Time `json:"created"` // of the stream
	Acked   uint64    `json:"acked"`   // highest sequence acknowledged to this service
	Deleted int       `json:"deleted"` // messages missing in the middle
}

// guard notices that the stream lost events which this service had published: it
// is new, was made again, ends earlier than it did, or has holes. Then every
// current fact is stated again.
type guard struct {
	repo *docstore.Repo[mark]

	mu        sync.Mutex
	known     *mark // as of the last look; nil before the first
	written   mark  // what the store holds
	writtenAt time.Time
	checkedAt time.Time
	epoch     int64 // the connection that was checked
	doubt     bool  // look again before anything is published
	cut       bool  // an acknowledgement went back
	refilling bool
	again     bool // another loss was seen while refilling
	wg        sync.WaitGroup
	stop      context.CancelFunc
	ctx       context.Context //nolint:containedctx // ends the refill, which outlives a round
}

// Guard makes the relay watch the stream for losses, on behalf of the service that
// owns the store. It keeps a small collection there. One service, one relay.
func (r *Relay) Guard(ctx context.Context, store docstore.Store) error {
	repo, err := docstore.Open(ctx, store, r.clock.Now, docstore.Spec[mark]{Name: "stream_marks"})
	if err != nil {
		return fmt.Errorf("guard the stream: %w", err)
	}
	g := &guard{repo: repo, doubt: true}
	g.ctx, g.stop = context.WithCancel(context.WithoutCancel(ctx))
	r.guard = g
	return nil
}

// check compares the stream with what is remembered when there is reason to, and
// writes down how far it was reached.
func (g *guard) check(ctx context.Context, r *Relay) error {
	now, epoch := r.clock.Now(), r.bus.epoch.Load()
	g.mu.Lock()
	due := g.doubt || g.known == nil || epoch != g.epoch || now.Sub(g.checkedAt).Abs() >= checkEvery
	g.mu.Unlock()
	if due {
		if err := g.compare(ctx, r); err != nil {
			return err
		}
		g.mu.Lock()
		g.doubt, g.epoch, g.checkedAt = false, epoch, now
		g.mu.Unlock()
	}
	g.mu.Lock()
	write := !g.refilling && !g.known.equal(g.written) && now.Sub(g.writtenAt).Abs() >= keepMarkEvery
	g.mu.Unlock()
	if write {
		return g.keep(ctx, now)
	}
	return nil
}

func (g *guard) compare(ctx context.Context, r *Relay) error {
	info, err := r.bus.streamInfo(ctx)
	if err != nil {
		return err
	}
	g.mu.Lock()
	known := g.known
	g.mu.Unlock()
	if known == nil {
		doc, err := g.repo.Get(ctx, Stream)
		switch {
		case err == nil:
			known = doc.Value
		case !errors.Is(err, docstore.ErrNotFound):
			return err
		}
	}
	found := mark{Created: info.Created.UTC(), Acked: info.State.LastSeq, Deleted: info.State.NumDeleted}
	loss := known.lost(found)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cut && loss == "" {
		loss = "the stream went back behind a sequence it had acknowledged"
	}
	g.cut = false
	if g.known == nil && known != nil {
		g.written = *known
	}
	if loss == "" {
		known.Deleted = found.Deleted
		g.known = known
		return nil
	}
	g.known = &found
	g.refill(r, loss, known == nil)
	return nil
}

// lost says what is missing in the stream compared with what is remembered; empty
// when nothing is.
func (m *mark) lost(found mark) string {
	switch {
	case m == nil:
		return "the service has never published to this stream"
	case !m.Created.Equal(found.Created):
		return "the stream was created again"
	case found.Acked < m.Acked:
		return fmt.Sprintf("the stream ends at %d and had reached %d", found.Acked, m.Acked)
	case found.Deleted > m.Deleted:
		return fmt.Sprintf("%d messages are missing within the stream", found.Deleted)
	}
	return ""
}

func (m mark) equal(o mark) bool {
	return m.Created.Equal(o.Created) && m.Acked == o.Acked && m.Deleted == o.Deleted
}

// refill states all facts again in the background; publishing goes on meanwhile.
// The mark is only written when it is done, so a crash begins it again. The caller
// holds the lock.
func (g *guard) refill(r *Relay, loss string, first bool) {
	if g.refilling {
		g.again = true
		return
	}
	g.refilling = true
	g.wg.Go(func() {
		for try := 1; ; try++ {
			n, err := r.Restate(g.ctx)
			switch {
			case err == nil && first:
				r.log.Info("facts stated for a stream that is new to the service", "documents", n)
			case err == nil:
				r.bus.metrics.restated.WithLabelValues(r.name).Inc()
				r.log.Warn("the stream had lost events; all facts are stated again", "loss", loss, "documents", n)
			case g.ctx.Err() != nil:
				return
			default:
				r.log.Warn("facts could not be stated again yet", "loss", loss, "error", err)
				if !r.pauseRefill(g.ctx, try) {
					return
				}
				continue
			}
			g.mu.Lock()
			if !g.again {
				g.refilling = false
				g.mu.Unlock()
				return
			}
			g.again = false
			g.mu.Unlock()
		}
	})
}

func (r *Relay) pauseRefill(ctx context.Context, try int) bool {
	t := time.NewTimer(backoff(try, 200*time.Millisecond, 10*time.Second))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// reached notes an acknowledgement. One below what was reached before means that
// the stream was cut behind our back.
func (g *guard) reached(seq uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if seq <= g.known.Acked {
		g.doubt, g.cut = true, true
		return
	}
	g.known.Acked = seq
}

// suspect makes the next round look at the stream before it publishes.
func (g *guard) suspect() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.doubt = true
}

// keep writes the mark down. Another relay of the same service may do so as well:
// the higher sequence of the same stream stays.
func (g *guard) keep(ctx context.Context, now time.Time) error {
	g.mu.Lock()
	m := *g.known
	g.mu.Unlock()
	_, err := g.repo.Upsert(ctx, Stream, func(stored *mark) error {
		if stored.Created.Equal(m.Created) && stored.Acked > m.Acked {
			m.Acked = stored.Acked
		}
		*stored = m
		return nil
	})
	if err != nil {
		return fmt.Errorf("write down how far the stream was reached: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.written, g.writtenAt = m, now
	return nil
}

// close ends a refill and writes the mark down a last time.
func (g *guard) close(ctx context.Context) {
	g.stop()
	g.wg.Wait()
	g.mu.Lock()
	write := g.known != nil && !g.refilling && !g.known.equal(g.written)
	now := g.writtenAt
	g.mu.Unlock()
	if write {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
		defer cancel()
		_ = g.keep(ctx, now) // a mark that is too low is safe
	}
}
