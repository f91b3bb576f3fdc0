package docstore

import (
	"context"
	"errors"
	"fmt"
)

// fill enters the stored documents into indexes that were declared after them.
func (r *Repo[T]) fill(ctx context.Context) error {
	names, err := r.coll.Unfilled(ctx)
	if err != nil || len(names) == 0 {
		return err
	}
	if err := r.Reindex(ctx); err != nil {
		return err
	}
	return r.coll.Filled(ctx, names)
}

// Reindex computes the index entries of every document anew, without a new
// revision and without events. Open does it for indexes that are new; call it
// when the Key function of a declared index has changed, and after a rollout in
// which processes that did not know a new index were still writing. It may run
// beside writers and may be repeated. UniqueError when a new unique index does
// not hold for what is stored.
func (r *Repo[T]) Reindex(ctx context.Context) error {
	return r.eachRecord(ctx, func(rec Record) error {
		for try := 0; ; try++ {
			err := r.rekey(ctx, rec)
			if !errors.Is(err, ErrConflict) || try == maxTries {
				return err
			}
			if err := pause(ctx, try); err != nil {
				return err
			}
			if rec, err = r.coll.Get(ctx, rec.ID); err != nil {
				return fmt.Errorf("reindex %s %s: %w", r.spec.Name, rec.ID, err)
			}
		}
	})
}

func (r *Repo[T]) rekey(ctx context.Context, rec Record) error {
	doc, err := r.decode(ctx, rec)
	if err != nil {
		return err
	}
	keys, err := r.keys(rec.ID, doc.Value)
	if err != nil {
		return err
	}
	if err := r.coll.Rekey(ctx, rec.ID, keys, rec.Rev); err != nil {
		return fmt.Errorf("reindex %s %s: %w", r.spec.Name, rec.ID, err)
	}
	return nil
}
