package bustest

import (
	"context"
	"sync/atomic"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/event"
)

// brittle is a store of which one collection takes nothing new while it is broken.
type brittle struct {
	docstore.Store
	collection string
	broken     *atomic.Bool
}

func (s brittle) Collection(ctx context.Context, spec docstore.CollectionSpec) (docstore.Collection, error) {
	c, err := s.Store.Collection(ctx, spec)
	if err != nil || spec.Name != s.collection {
		return c, err
	}
	return brittleCollection{c, s}, nil
}

type brittleCollection struct {
	docstore.Collection
	s brittle
}

func (c brittleCollection) Insert(ctx context.Context, w docstore.Write) error {
	if c.s.broken.Load() && c.s.collection == "dead_letters" {
		return docstore.ErrUnavailable
	}
	return c.Collection.Insert(ctx, w)
}

func (c brittleCollection) Enqueue(ctx context.Context, id string, events []event.Event) error {
	if c.s.broken.Load() {
		return docstore.ErrUnavailable
	}
	return c.Collection.Enqueue(ctx, id, events)
}
