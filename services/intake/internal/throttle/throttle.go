// Package throttle counts wrong query codes, so that nobody can try one after the
// other: for one receipt from one client, for one client over all receipts, and for
// one receipt from everywhere. The counts are kept in the store: they hold across
// processes and restarts. They are kept for receipts that do not exist, too, so
// that they tell nothing.
//
// Clients and receipts appear as keyed digests only. However many are tried, the
// store keeps a fixed number of small documents.
package throttle

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/secret"
)

// The most wrong codes in a window of time. The codes are too long to be guessed
// (96 bits); the limit over all clients is far above what a person mistypes, so
// that nobody locks an applicant out by the way.
const (
	Window             = 15 * time.Minute
	PerReceiptOfClient = 10
	PerClient          = 60
	PerReceipt         = 100
)

const (
	slots   = 4096
	perSlot = 64 // counts that one slot holds; the one that ends first gives way
)

// slot is one document: the counts whose keys fall into it.
type slot struct {
	Wrong map[string]count `json:"wrong"`
}

type count struct {
	N     int       `json:"n"`
	Until time.Time `json:"until"`
}

// Throttle counts. It is safe for concurrent use, also by several processes.
type Throttle struct {
	slots  *docstore.Repo[slot]
	now    func() time.Time
	master secret.Master
}

// Open declares the collection.
func Open(ctx context.Context, s docstore.Store, now func() time.Time, m secret.Master) (*Throttle, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[slot]{Name: "wrong_codes"})
	if err != nil {
		return nil, fmt.Errorf("open wrong codes: %w", err)
	}
	return &Throttle{slots: repo, now: now, master: m}, nil
}

// limit is one count with the most it may reach.
type limit struct {
	key  string
	most int
}

// limits are the counts of a try, by the slot that holds them.
func (t *Throttle) limits(client, receipt string) map[string][]limit {
	key := func(parts string) string { return t.master.Digest("wrong-code", parts)[:20] }
	who := network(client)
	byClient, byReceipt := key("client\x00"+who), key("receipt\x00"+receipt)
	out := map[string][]limit{}
	a, b := slotOf(byClient), slotOf(byReceipt)
	out[a] = append(out[a], limit{byClient, PerClient}, limit{key("pair\x00" + who + "\x00" + receipt), PerReceiptOfClient})
	out[b] = append(out[b], limit{byReceipt, PerReceipt})
	return out
}

// network is what stands for a client: an IPv4 address, or the 64 bits of an IPv6
// address that one subscriber has.
func network(client string) string {
	a, err := netip.ParseAddr(client)
	if err != nil {
		return client
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return client
	}
	return p.String()
}

func slotOf(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // a hash never fails
	return fmt.Sprintf("s%03x", h.Sum32()%slots)
}

// Check refuses a try after too many wrong ones, whether or not this one is right.
func (t *Throttle) Check(ctx context.Context, client, receipt string) error {
	now := t.now()
	var wait time.Duration
	for id, ls := range t.limits(client, receipt) {
		doc, err := t.slots.Get(ctx, id)
		if errors.Is(err, docstore.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		for _, l := range ls {
			if c := doc.Value.Wrong[l.key]; c.N >= l.most {
				wait = max(wait, c.Until.Sub(now))
			}
		}
	}
	if wait <= 0 {
		return nil
	}
	p := problem.New(problem.RateLimited, "查询码错误次数过多，请稍后再试。", "Too many wrong codes; try again later.")
	p.RetryAfter = wait
	return p
}

// Failed counts a wrong code.
func (t *Throttle) Failed(ctx context.Context, client, receipt string) error {
	now := t.now()
	for id, ls := range t.limits(client, receipt) {
		_, err := t.slots.Upsert(ctx, id, func(s *slot) error {
			s.add(now, ls)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *slot) add(now time.Time, ls []limit) {
	if s.Wrong == nil {
		s.Wrong = map[string]count{}
	}
	for key, c := range s.Wrong {
		if !now.Before(c.Until) {
			delete(s.Wrong, key)
		}
	}
	for _, l := range ls {
		c, known := s.Wrong[l.key]
		if !known {
			s.makeRoom()
			c.Until = now.Add(Window)
		}
		c.N++
		s.Wrong[l.key] = c
	}
}

// makeRoom gives up the count that ends first.
func (s *slot) makeRoom() {
	if len(s.Wrong) < perSlot {
		return
	}
	first := ""
	for key, c := range s.Wrong {
		if first == "" || c.Until.Before(s.Wrong[first].Until) {
			first = key
		}
	}
	delete(s.Wrong, first)
}
