package keyring

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/sealed"
)

// Walk is how far the documents of a service are sealed with one key and cipher. It is
// stored, so that it goes on after a restart, in whatever process.
type Walk struct {
	Head       string    `json:"head"`           // sealed.Ring.Head of what is written
	Owner      string    `json:"owner"`          // the process that walks
	Until      time.Time `json:"until"`          // when another may go on in its place
	Version    int       `json:"version"`        // of the key
	Done       []string  `json:"done,omitempty"` // collections
	After      string    `json:"after"`          // the last document done in the one under way
	Seen       int       `json:"seen"`           // documents
	Renewed    int       `json:"renewed"`        // of them sealed anew
	Left       []string  `json:"left,omitempty"` // too large to be sealed anew
	FinishedAt time.Time `json:"finished_at"`    // zero while under way
}

// Finished tells whether every document was gone through.
func (w Walk) Finished() bool { return !w.FinishedAt.IsZero() }

const (
	leased = 2 * time.Minute // without a sign a walker is taken for dead
	// settled is how many looks a new generation waits before what is stored is sealed
	// anew: by then every process seals with it.
	settled = 3
	most    = 100 // of Walk.Left
)

var errTaken = errors.New("another process walks")

// Walks are the walks so far, by head.
func (k *Keys) Walks(ctx context.Context) (map[string]Walk, error) {
	all := map[string]Walk{}
	err := k.walks.Each(ctx, func(d docstore.Doc[Walk]) error {
		all[d.Value.Head] = *d.Value
		return nil
	})
	return all, err
}

// Unit looks for new generations and, when the ring seals in a way that not all of the
// store's documents are sealed in, seals them anew.
func (k *Keys) Unit(ring *sealed.Ring, store docstore.Store) lifecycle.Unit {
	owner := rand.Text()
	return lifecycle.Unit{
		Name: "data keys",
		Run: func(ctx context.Context) error {
			tick := time.NewTicker(k.o.Every)
			defer tick.Stop()
			for looks, head := 0, ""; ; {
				select {
				case <-ctx.Done():
					return nil
				case <-tick.C:
				}
				if err := k.Refresh(ctx); err != nil {
					k.say(ctx, "the data keys cannot be read", err)
					continue
				}
				if now := ring.Head(); now != head {
					looks, head = 0, now
				}
				if looks++; looks < settled {
					continue
				}
				if err := k.Reseal(ctx, owner, ring, docstore.Sealed(store)); err != nil && !errors.Is(err, errTaken) {
					k.say(ctx, "the documents cannot be sealed anew", err)
				}
			}
		},
	}
}

func (k *Keys) say(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		k.o.Log.Error(what, "error", err)
	}
}

// Reseal goes through the collections and seals anew what is not sealed as the ring does
// it now, from where the last walk ended; nothing when that is done. Only one process
// walks at a time.
func (k *Keys) Reseal(ctx context.Context, owner string, ring *sealed.Ring, collections []docstore.Resealer) error {
	head := ring.Head()
	w, err := k.take(ctx, head, ring.Version(), owner)
	if err != nil || w.Finished() {
		return err
	}
	for !w.Finished() {
		next := w
		i := slices.IndexFunc(collections, func(c docstore.Resealer) bool { return !slices.Contains(w.Done, c.Name()) })
		if i < 0 {
			next.FinishedAt = k.o.Clock.Now().UTC()
		} else if next, err = k.stretch(ctx, w, collections[i]); err != nil {
			return err
		}
		if w, err = k.keep(ctx, next, owner); err != nil {
			return err
		}
	}
	if w.Renewed > 0 || len(w.Left) > 0 {
		k.o.Log.Info("documents sealed anew", "head", head, "documents", w.Seen, "renewed", w.Renewed, "too_large", len(w.Left))
	}
	return nil
}

func (k *Keys) stretch(ctx context.Context, w Walk, c docstore.Resealer) (Walk, error) {
	done, err := c.Reseal(ctx, w.After)
	if err != nil {
		return w, err
	}
	w.Seen += done.Seen
	w.Renewed += done.Renewed
	for _, id := range done.TooLarge {
		if len(w.Left) < most {
			w.Left = append(w.Left, c.Name()+" "+id)
		}
	}
	if w.After = done.Last; done.Last == "" {
		w.Done = append(slices.Clone(w.Done), c.Name())
	}
	return w, nil
}

// take makes the walk the owner's, unless another is at it.
func (k *Keys) take(ctx context.Context, head string, version int, owner string) (Walk, error) {
	d, err := k.walks.Get(ctx, head)
	if err == nil && d.Value.Finished() {
		return *d.Value, nil
	}
	now := k.o.Clock.Now().UTC()
	d, err = k.walks.Upsert(ctx, head, func(w *Walk) error {
		if !w.Finished() && w.Owner != owner && now.Before(w.Until) {
			return errTaken
		}
		w.Head, w.Version, w.Owner, w.Until = head, version, owner, now.Add(leased)
		return nil
	})
	if err != nil {
		return Walk{}, fmt.Errorf("walk of %s: %w", k.o.Service, err)
	}
	return *d.Value, nil
}

// keep stores how far the owner came.
func (k *Keys) keep(ctx context.Context, next Walk, owner string) (Walk, error) {
	next.Until = k.o.Clock.Now().UTC().Add(leased)
	_, err := k.walks.Update(ctx, next.Head, func(w *Walk) error {
		if w.Owner != owner {
			return errTaken
		}
		*w = next
		return nil
	})
	return next, err
}
