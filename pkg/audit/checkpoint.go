package audit

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/secret"
)

// Checkpoint is the signed end of a chain at one moment. A copy kept elsewhere shows
// that nothing up to it was changed or cut off since.
type Checkpoint struct {
	Service   string `json:"service"`
	Office    string `json:"office"`
	Seq       int64  `json:"seq"`  // number of the block
	N         int64  `json:"n"`    // number of its last entry
	Hash      string `json:"hash"` // of that entry
	At        string `json:"at"`
	Signature string `json:"signature"` // Ed25519 over all the rest, base64
}

// signingKey is the key of an installation's checkpoints.
func signingKey(m secret.Master) ed25519.PrivateKey {
	seed := m.Derive("audit-checkpoint")
	return ed25519.NewKeyFromSeed(seed[:])
}

// PublicKey is the key with which anybody can check the checkpoints, in base64.
func PublicKey(m secret.Master) string {
	return base64.StdEncoding.EncodeToString(signingKey(m)[ed25519.SeedSize:])
}

func (p Checkpoint) signed() ([]byte, error) {
	p.Signature = ""
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode checkpoint: %w", err)
	}
	return append([]byte("zhiqing/audit-checkpoint/1\n"), b...), nil
}

// Valid reports whether the signature is that of the key.
func (p Checkpoint) Valid(key ed25519.PublicKey) bool {
	sig, err := base64.StdEncoding.DecodeString(p.Signature)
	if err != nil {
		return false
	}
	text, err := p.signed()
	return err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, text, sig)
}

// Checkpoint signs the ends of the chains that have grown in this process since the
// last time. Whoever collects the log has a copy.
func (t *Trail) Checkpoint(ctx context.Context) error {
	t.mu.Lock()
	chains := make([]*chain, 0, len(t.chains))
	for _, c := range t.chains {
		chains = append(chains, c)
	}
	t.mu.Unlock()
	var errs error
	for _, c := range chains {
		h, err := t.load(ctx, c.office)
		if err == nil && h.seq > c.signed {
			if err = t.sign(ctx, c.office, h); err == nil {
				c.signed = h.seq
			}
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

func (t *Trail) sign(ctx context.Context, office string, h head) error {
	p := Checkpoint{
		Service: t.o.Service, Office: office, Seq: h.seq, N: h.n, Hash: h.hash,
		At: t.o.Clock.Now().UTC().Format(timeLayout),
	}
	text, err := p.signed()
	if err != nil {
		return err
	}
	p.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(t.key, text))
	_, _, err = t.points.Insert(ctx, blockID(office, h.seq), &p)
	if errors.Is(err, docstore.ErrExists) {
		return nil // another replica has signed the same end
	}
	if err != nil {
		return fmt.Errorf("store checkpoint: %w", err)
	}
	t.o.Log.Info("audit checkpoint", "service", p.Service, "office", p.Office, "seq", p.Seq, "n", p.N,
		"hash", p.Hash, "at", p.At, "signature", p.Signature)
	return nil
}

// Checkpoints calls fn with every checkpoint of the service, those of an office
// together, oldest first.
func (t *Trail) Checkpoints(ctx context.Context, fn func(Checkpoint) error) error {
	return t.points.Each(ctx, func(d docstore.Doc[Checkpoint]) error { return fn(*d.Value) })
}

// Newest returns the newest checkpoints of an office, newest first, at most limit.
func (t *Trail) Newest(ctx context.Context, office string, limit int) ([]Checkpoint, error) {
	docs, _, err := t.points.Find(ctx, docstore.Query{Index: byOffice, Eq: []any{office}, Desc: true, Limit: min(limit, docstore.MaxPage)})
	out := make([]Checkpoint, 0, len(docs))
	for _, d := range docs {
		out = append(out, *d.Value)
	}
	return out, err
}

const byOffice = "office"

func checkpointSpec() docstore.Spec[Checkpoint] {
	return docstore.Spec[Checkpoint]{Name: "audit_checkpoints", Indexes: []docstore.Entry[Checkpoint]{{
		Index: docstore.Index{Name: byOffice, Fields: []docstore.Field{{Name: "office", Kind: docstore.String}, {Name: "seq", Kind: docstore.Int}}},
		Key:   func(p *Checkpoint) docstore.Key { return docstore.Key{p.Office, p.Seq} },
	}}}
}
