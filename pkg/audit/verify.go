package audit

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"

	"zhiqing.dev/pkg/docstore"
)

// FaultKind says what is wrong with a chain.
type FaultKind string

// The kinds of faults.
const (
	Changed   FaultKind = "changed"   // an entry says something else than was written
	Missing   FaultKind = "missing"   // entries or blocks are gone, or stand in another order
	Truncated FaultKind = "truncated" // the chain ends before a checkpoint
	Rewritten FaultKind = "rewritten" // the chain is whole, and not the one that was signed
	Forged    FaultKind = "forged"    // a checkpoint was not signed by this installation
	Misplaced FaultKind = "misplaced" // a block stands under another's id
)

// Fault is one thing that is wrong.
type Fault struct {
	Service string    `json:"service"`
	Office  string    `json:"office"`
	Kind    FaultKind `json:"kind"`
	Seq     int64     `json:"seq"` // of the block
	N       int64     `json:"n"`   // of the entry, 0 when it is about a block
	Detail  string    `json:"detail"`
}

// ChainReport is what verifying found in one chain.
type ChainReport struct {
	Service     string  `json:"service"`
	Office      string  `json:"office"`
	Blocks      int64   `json:"blocks"`
	Entries     int64   `json:"entries"`
	Checkpoints int     `json:"checkpoints"`
	Faults      []Fault `json:"faults,omitempty"`
}

// mostFaults bounds how many faults of one chain are told.
const mostFaults = 20

type walk struct {
	report ChainReport
	end    head
	ends   map[int64]head // by block, for the checkpoints
}

func (w *walk) fault(k FaultKind, seq, n int64, format string, args ...any) {
	if len(w.report.Faults) < mostFaults {
		w.report.Faults = append(w.report.Faults, Fault{
			Service: w.report.Service, Office: w.report.Office, Kind: k, Seq: seq, N: n, Detail: fmt.Sprintf(format, args...),
		})
	}
}

// Verify recomputes every chain of the service and holds it to its checkpoints and
// to the copies that were kept elsewhere.
func (t *Trail) Verify(ctx context.Context, anchors []Checkpoint) ([]ChainReport, error) {
	chains := map[string]*walk{}
	chainOf := func(office string) *walk {
		w := chains[office]
		if w == nil {
			w = &walk{report: ChainReport{Service: t.o.Service, Office: office}, ends: map[int64]head{}}
			chains[office] = w
		}
		return w
	}
	err := t.blocks.Each(ctx, func(d docstore.Doc[Block]) error {
		office, _, _ := strings.Cut(d.ID, ":")
		chainOf(office).block(d.ID, d.Value)
		return nil
	})
	if err != nil {
		return nil, err
	}
	points := slices.Clone(anchors)
	if err := t.Checkpoints(ctx, func(p Checkpoint) error {
		points = append(points, p)
		return nil
	}); err != nil {
		return nil, err
	}
	public := ed25519.PublicKey(t.key[ed25519.SeedSize:])
	for _, p := range points {
		if p.Service == t.o.Service {
			chainOf(p.Office).checkpoint(p, public)
		}
	}
	out := make([]ChainReport, 0, len(chains))
	for _, w := range chains {
		out = append(out, w.report)
	}
	slices.SortFunc(out, func(a, b ChainReport) int { return cmp.Compare(a.Office, b.Office) })
	return out, nil
}

// block follows the chain through one block. After a fault it goes on from what
// stands there, so that each fault is told once.
func (w *walk) block(id string, b *Block) {
	w.report.Blocks++
	if id != blockID(b.Office, b.Seq) {
		w.fault(Misplaced, b.Seq, 0, "block %d of %s stands under the id %s", b.Seq, b.Office, id)
	}
	if len(b.Entries) == 0 {
		w.fault(Missing, b.Seq, 0, "block %d is empty", b.Seq)
		return
	}
	if b.Seq != w.end.seq+1 {
		w.fault(Missing, b.Seq, 0, "block %d follows block %d", b.Seq, w.end.seq)
		w.end.n = b.Entries[0].N - 1
	} else if b.Prev != w.end.hash {
		w.fault(Changed, b.Seq, b.Entries[0].N, "block %d is chained to another end than that of block %d", b.Seq, w.end.seq)
	}
	before := b.Prev
	for _, e := range b.Entries {
		w.report.Entries++
		if e.N != w.end.n+1 {
			w.fault(Missing, b.Seq, e.N, "entry %d follows entry %d", e.N, w.end.n)
		}
		sum, err := e.chained(b.Alg, before)
		if err != nil || sum != e.Hash {
			w.fault(Changed, b.Seq, e.N, "entry %d does not have the hash that was written", e.N)
		}
		before, w.end.n = e.Hash, e.N
	}
	w.end.seq, w.end.hash = b.Seq, before
	w.ends[b.Seq] = w.end
}

// checkpoint holds the chain to a signed end.
func (w *walk) checkpoint(p Checkpoint, key ed25519.PublicKey) {
	w.report.Checkpoints++
	end, there := w.ends[p.Seq]
	switch {
	case !p.Valid(key):
		w.fault(Forged, p.Seq, p.N, "the checkpoint of %s is not signed by this installation", p.At)
	case !there && p.Seq > w.end.seq:
		w.fault(Truncated, p.Seq, p.N, "the chain ends at block %d; on %s it reached block %d, entry %d", w.end.seq, p.At, p.Seq, p.N)
	case !there:
		w.fault(Missing, p.Seq, p.N, "block %d was signed on %s and is gone", p.Seq, p.At)
	case end.hash != p.Hash || end.n != p.N:
		w.fault(Rewritten, p.Seq, p.N, "block %d is not the one that was signed on %s", p.Seq, p.At)
	}
}
