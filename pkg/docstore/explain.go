package docstore

import (
	"context"
	"errors"
	"fmt"
)

// Explainer is what the collections of an engine also are, so that a test can
// assert how a query runs and not only what it returns. Both report an error
// unless the engine walks exactly the range of the declared index that the query
// asks for: no scan of a collection, nothing sorted in memory.
type Explainer interface {
	Explain(ctx context.Context, q Query) error
	ExplainCount(ctx context.Context, q CountQuery) error
}

var errNoExplain = errors.New("the engine does not explain its queries")

// Explain reports an error unless the engine serves the query from its index
// alone. For tests of declared queries.
func (r *Repo[T]) Explain(ctx context.Context, q Query) error {
	ex, ok := r.coll.(Explainer)
	if !ok {
		return errNoExplain
	}
	q.Eq = r.hidden(q.Index, q.Eq)
	if err := ex.Explain(ctx, q); err != nil {
		return fmt.Errorf("query on %s of %s: %w", q.Index, r.spec.Name, err)
	}
	return nil
}

// ExplainCount is Explain for a count.
func (r *Repo[T]) ExplainCount(ctx context.Context, q CountQuery) error {
	ex, ok := r.coll.(Explainer)
	if !ok {
		return errNoExplain
	}
	q.Eq = r.hidden(q.Index, q.Eq)
	if err := ex.ExplainCount(ctx, q); err != nil {
		return fmt.Errorf("count on %s of %s: %w", q.Index, r.spec.Name, err)
	}
	return nil
}
