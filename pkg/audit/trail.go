package audit

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/secret"
	"zhiqing.dev/pkg/wallclock"
)

// Options open a trail.
type Options struct {
	Service string
	Store   docstore.Store
	Clock   wallclock.Clock
	Log     *slog.Logger
	Master  secret.Master
	Hash    Algorithm
}

// Trail is the record of one service. It is safe for concurrent use.
type Trail struct {
	o      Options
	blocks *docstore.Repo[Block]
	points *docstore.Repo[Checkpoint]
	key    ed25519.PrivateKey

	gate     sync.RWMutex // held for reading while an entry is handed over
	stopping bool
	mu       sync.Mutex
	chains   map[string]*chain
	stop     chan struct{}
	writers  sync.WaitGroup
}

const (
	byTime    = "time"    // office, at
	byActor   = "actor"   // office, actor*, at
	bySubject = "subject" // office, subject*, at
)

const (
	// mostEntries bounds a block, so that one write stays small.
	mostEntries = 128
	// mostPending bounds what waits to be written in one chain; beyond it requests are
	// refused rather than forgotten.
	mostPending = 16384
	// lazy is how long an entry that nobody waits for may stay unwritten.
	lazy = 250 * time.Millisecond
)

// ErrFull says that the trail cannot keep up with what happens.
var ErrFull = errors.New("the audit trail has fallen behind")

// ErrStopped says that the trail takes nothing any more.
var ErrStopped = errors.New("the audit trail has ended")

// Open opens the trail of a service.
func Open(ctx context.Context, o Options) (*Trail, error) {
	if o.Hash == "" {
		o.Hash = SHA256
	}
	str := func(name string) docstore.Field { return docstore.Field{Name: name, Kind: docstore.String} }
	at := docstore.Field{Name: "at", Kind: docstore.Int}
	many := func(name string, of func(Entry) []string) docstore.Entry[Block] {
		return docstore.Entry[Block]{
			Index: docstore.Index{Name: name, Fields: []docstore.Field{str("office"), {Name: name, Kind: docstore.String, Multi: true}, at}},
			Key: func(b *Block) docstore.Key {
				values := b.distinct(of)
				if len(values) == 0 {
					return nil
				}
				return docstore.Key{b.Office, values, b.at()}
			},
		}
	}
	blocks, err := docstore.Open(ctx, o.Store, o.Clock.Now, docstore.Spec[Block]{Name: "audit", Indexes: []docstore.Entry[Block]{
		{
			Index: docstore.Index{Name: byTime, Fields: []docstore.Field{str("office"), at}},
			Key:   func(b *Block) docstore.Key { return docstore.Key{b.Office, b.at()} },
		},
		many(byActor, func(e Entry) []string { return []string{e.Actor} }),
		many(bySubject, func(e Entry) []string { return e.Subject }),
	}})
	if err != nil {
		return nil, err
	}
	points, err := docstore.Open(ctx, o.Store, o.Clock.Now, checkpointSpec())
	if err != nil {
		return nil, err
	}
	return &Trail{
		o: o, blocks: blocks, points: points, key: signingKey(o.Master),
		chains: map[string]*chain{}, stop: make(chan struct{}),
	}, nil
}

// Ticket is an entry on its way to the disk.
type Ticket struct {
	done chan struct{}
	err  error
}

// Wait returns when the entry is on disk, or cannot be told to be.
func (t *Ticket) Wait(ctx context.Context) error {
	select {
	case <-t.done:
		return t.err
	case <-ctx.Done():
		return fmt.Errorf("wait for the audit trail: %w", ctx.Err())
	}
}

// chain is one office's end of the record in this process.
type chain struct {
	office string

	mu      sync.Mutex
	pending []pending
	urgent  bool          // somebody waits for one of the pending
	wake    chan struct{} // said when urgent
	writing bool

	// The following belong to the one writer.
	head   head
	loaded bool
	signed int64 // seq of the last checkpoint of this process
}

type pending struct {
	entry  Entry
	ticket *Ticket // nil: nobody waits
}

// Append hands an entry to the chain of an office. With wait somebody will Wait for
// it, so it is written at once; without, within moments. ErrFull, ErrStopped.
func (t *Trail) Append(office string, e Entry, wait bool) (*Ticket, error) {
	t.gate.RLock()
	defer t.gate.RUnlock()
	if t.stopping {
		return nil, ErrStopped
	}
	e.At = t.o.Clock.Now().UTC().Format(timeLayout)
	c := t.chainOf(office)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) >= mostPending {
		return nil, ErrFull
	}
	p := pending{entry: e}
	if wait {
		p.ticket = &Ticket{done: make(chan struct{})}
		if !c.urgent {
			c.urgent = true
			select {
			case c.wake <- struct{}{}:
			default:
			}
		}
	}
	c.pending = append(c.pending, p)
	if !c.writing {
		c.writing = true
		t.writers.Add(1)
		go t.write(c)
	}
	return p.ticket, nil
}

func (t *Trail) chainOf(office string) *chain {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.chains[office]
	if c == nil {
		c = &chain{office: office, wake: make(chan struct{}, 1)}
		t.chains[office] = c
	}
	return c
}

// write puts what is pending into blocks until nothing is.
func (t *Trail) write(c *chain) {
	defer t.writers.Done()
	for {
		c.mu.Lock()
		if len(c.pending) == 0 {
			c.writing = false
			c.mu.Unlock()
			return
		}
		idle := !c.urgent && len(c.pending) < mostEntries
		c.mu.Unlock()
		if idle {
			t.rest(c)
		}
		c.mu.Lock()
		n := min(len(c.pending), mostEntries)
		batch := slices.Clone(c.pending[:n])
		c.pending = slices.Delete(c.pending, 0, n)
		c.urgent = slices.ContainsFunc(c.pending, func(p pending) bool { return p.ticket != nil })
		c.mu.Unlock()
		err := t.put(c, batch)
		for _, p := range batch {
			if p.ticket != nil {
				p.ticket.err = err
				close(p.ticket.done)
			}
		}
	}
}

// rest waits for company, unless somebody begins to wait.
func (t *Trail) rest(c *chain) {
	timer := time.NewTimer(lazy)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.wake:
	case <-t.stop:
	}
}

// put writes one block, however long the store is away: an entry is not forgotten
// while the process lives. After the end it tries a few times more.
func (t *Trail) put(c *chain, batch []pending) error {
	ctx := docstore.Patient(context.Background())
	entries := make([]Entry, len(batch))
	for i, p := range batch {
		entries[i] = p.entry
		if p.ticket != nil {
			ctx = context.Background()
		}
	}
	for try := 0; ; try++ {
		err := t.tryPut(ctx, c, entries)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, docstore.ErrExists):
			c.loaded = false // another replica was first: chain behind it
			continue
		}
		c.loaded = false // whether it was written is not known
		t.o.Log.Error("the audit trail cannot be written", "service", t.o.Service, "error", err)
		if !t.pause(try) {
			return err
		}
	}
}

const lastTries = 5

// pause waits before the next try; false when it is time to give up.
func (t *Trail) pause(try int) bool {
	timer := time.NewTimer(min(time.Second, 20*time.Millisecond<<min(try, 6)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.stop:
		<-timer.C
		return try < lastTries
	}
}

func (t *Trail) tryPut(ctx context.Context, c *chain, entries []Entry) error {
	if !c.loaded {
		h, err := t.load(ctx, c.office)
		if err != nil {
			return err
		}
		c.head, c.loaded = h, true
	}
	b, next, err := c.head.chain(c.office, t.o.Hash, entries)
	if err != nil {
		return err
	}
	id := blockID(b.Office, b.Seq)
	// Once by the block's own hash: when an earlier try did reach the disk, this one is
	// a repeat.
	if _, _, err := t.blocks.Insert(ctx, id, b, docstore.Once(next.hash)); err != nil {
		return err
	}
	c.head = next
	return nil
}

// load finds the end of a chain.
func (t *Trail) load(ctx context.Context, office string) (head, error) {
	// Times of replicas may differ, so the newest by time is only near the end.
	docs, _, err := t.blocks.Find(ctx, docstore.Query{Index: byTime, Eq: []any{office}, Desc: true, Limit: 1})
	if err != nil || len(docs) == 0 {
		return head{}, err
	}
	b := docs[0].Value
	for {
		next, err := t.blocks.Get(ctx, blockID(office, b.Seq+1))
		if errors.Is(err, docstore.ErrNotFound) {
			last := b.last()
			return head{seq: b.Seq, n: last.N, hash: last.Hash}, nil
		}
		if err != nil {
			return head{}, err
		}
		b = next.Value
	}
}

// checkpointEvery is how often the ends of the chains are signed.
const checkpointEvery = time.Minute

// Unit signs checkpoints, and at the end writes what is pending.
func (t *Trail) Unit() lifecycle.Unit {
	return lifecycle.Unit{
		Name: "audit",
		Run: func(ctx context.Context) error {
			tick := time.NewTicker(checkpointEvery)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return nil
				case <-tick.C:
				}
				if err := t.Checkpoint(ctx); err != nil && ctx.Err() == nil {
					t.o.Log.Error("the audit trail cannot be signed", "service", t.o.Service, "error", err)
				}
			}
		},
		Stop:        t.Close,
		StopTimeout: 20 * time.Second,
	}
}

// Close takes no more entries, writes what is pending and signs the ends.
func (t *Trail) Close(ctx context.Context) error {
	t.gate.Lock()
	if t.stopping {
		t.gate.Unlock()
		return nil
	}
	t.stopping = true
	close(t.stop)
	t.gate.Unlock()
	t.writers.Wait()
	return t.Checkpoint(ctx)
}
