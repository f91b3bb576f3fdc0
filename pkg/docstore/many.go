package docstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// manyAtOnce is how many documents UpdateMany hands to the engine together: many
// enough to share a round trip, few enough that other writers need not wait for long
// and that a writer who was first costs little.
const manyAtOnce = 250

// UpdateMany changes documents that were just read, with few round trips to the
// engine. Each document is written by itself: after an error some may be changed and
// others not. A document that somebody else has changed meanwhile, or of which nobody
// knows whether its write happened, is done once more by Update, so fn must change
// nothing when it finds its change in the document. fn must raise no event.
func (r *Repo[T]) UpdateMany(ctx context.Context, docs []Doc[T], fn func(*T) error) error {
	for some := range slices.Chunk(docs, manyAtOnce) {
		if err := r.updateSome(ctx, some, fn); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repo[T]) updateSome(ctx context.Context, docs []Doc[T], fn func(*T) error) error {
	swaps := make([]Swap, 0, len(docs))
	for _, d := range docs {
		w, changed, err := r.swap(ctx, d, fn)
		if err != nil {
			return err
		}
		if changed {
			swaps = append(swaps, Swap{Write: w, IfRev: d.Rev})
		}
	}
	if len(swaps) == 0 {
		return nil
	}
	err := r.coll.ReplaceMany(ctx, swaps)
	if !errors.Is(err, ErrConflict) {
		if err != nil {
			return fmt.Errorf("update %d of %s: %w", len(swaps), r.spec.Name, err)
		}
		return nil
	}
	for _, s := range swaps {
		if _, err := r.Update(ctx, s.ID, fn); err != nil {
			return err
		}
	}
	return nil
}

// errRaised refuses events where the same change may be tried twice.
var errRaised = errors.New("a change of many documents raises no events")

// swap lets fn change a document that was read and says whether it did.
func (r *Repo[T]) swap(ctx context.Context, d Doc[T], fn func(*T) error) (w Write, changed bool, err error) {
	before, err := json.Marshal(d.Value)
	if err != nil {
		return Write{}, false, fmt.Errorf("encode %s %s: %w", r.spec.Name, d.ID, err)
	}
	if err := fn(d.Value); err != nil {
		return Write{}, false, err
	}
	if w, err = r.compose(ctx, d.ID, d.Rev+1, d.Value, options{}); err != nil {
		return Write{}, false, err
	}
	if len(w.Events) > 0 {
		return Write{}, false, fmt.Errorf("update %s %s: %w", r.spec.Name, d.ID, errRaised)
	}
	if sameJSON(w.Body, before) {
		return w, false, nil
	}
	return w, true, r.close(ctx, &w)
}
