package docstore

import (
	"context"
	"errors"
	"fmt"
)

// Resealer is a repository whose documents can be sealed anew, with the newest key and
// the cipher that is in use now.
type Resealer interface {
	Name() string
	// Reseal goes through the next documents behind the id after, in the order of ids,
	// and writes those that are not sealed so: with an older key, with another cipher,
	// or not at all. It may run beside writers and other walks, raises no events, and
	// may be repeated.
	Reseal(ctx context.Context, after string) (Resealed, error)
}

// Resealed is one stretch of a walk.
type Resealed struct {
	Last    string // the id that the stretch ended at; empty when there was none behind
	Seen    int
	Renewed int
	// TooLarge are documents that would not fit once sealed. They stay as they are.
	TooLarge []string
}

// Reseal implements Resealer.
func (r *Repo[T]) Reseal(ctx context.Context, after string) (Resealed, error) {
	recs, err := r.coll.Each(ctx, after, manyAtOnce)
	if err != nil {
		return Resealed{}, fmt.Errorf("walk %s: %w", r.spec.Name, err)
	}
	var done Resealed
	var swaps []Swap
	for _, rec := range recs {
		done.Seen++
		done.Last = rec.ID
		s, err := r.renewal(ctx, rec)
		switch {
		case errors.Is(err, ErrTooLarge):
			done.TooLarge = append(done.TooLarge, rec.ID)
		case err != nil:
			return Resealed{}, err
		case s != nil:
			swaps = append(swaps, *s)
		}
	}
	if len(swaps) == 0 {
		return done, nil
	}
	done.Renewed = len(swaps)
	err = r.coll.ReplaceMany(ctx, swaps)
	if !errors.Is(err, ErrConflict) {
		if err != nil {
			return Resealed{}, fmt.Errorf("seal %d of %s anew: %w", len(swaps), r.spec.Name, err)
		}
		return done, nil
	}
	for _, s := range swaps {
		if err := r.resealOne(ctx, s.ID); err != nil {
			return Resealed{}, err
		}
	}
	return done, nil
}

// renewal is the write that seals a record anew; nil when it is sealed so already.
func (r *Repo[T]) renewal(ctx context.Context, rec Record) (*Swap, error) {
	body, changed, err := r.seal.Renew(ctx, rec.ID, rec.Body)
	if err != nil {
		return nil, fmt.Errorf("seal %s %s anew: %w", r.spec.Name, rec.ID, err)
	}
	if !changed {
		return nil, nil //nolint:nilnil // nothing to write is no error
	}
	if len(body) > MaxBody {
		return nil, fmt.Errorf("%w: %s %s takes %d bytes", ErrTooLarge, r.spec.Name, rec.ID, len(body))
	}
	doc, err := r.decode(ctx, rec)
	if err != nil {
		return nil, err
	}
	keys, err := r.keys(rec.ID, doc.Value)
	if err != nil {
		return nil, err
	}
	return &Swap{Write: Write{ID: rec.ID, Body: body, Keys: keys}, IfRev: rec.Rev}, nil
}

// resealOne does one document of which it is not known whether it was written.
func (r *Repo[T]) resealOne(ctx context.Context, id string) error {
	for try := 0; ; try++ {
		rec, err := r.coll.Get(ctx, id)
		if err != nil {
			return fmt.Errorf("seal %s %s anew: %w", r.spec.Name, id, err)
		}
		s, err := r.renewal(ctx, rec)
		if err != nil || s == nil {
			return err
		}
		err = r.coll.Replace(ctx, s.Write, s.IfRev)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) || try == maxTries {
			return fmt.Errorf("seal %s %s anew: %w", r.spec.Name, id, err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}
