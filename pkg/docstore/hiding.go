package docstore

import "context"

type seeAllKey struct{}

// SeeAll returns a context from which no document is hidden (Spec.Hides), for what a
// service does of itself while it serves somebody: drawing the next number, counting
// due dates anew.
func SeeAll(ctx context.Context) context.Context { return context.WithValue(ctx, seeAllKey{}, true) }

// SeesAll tells whether a context is one of SeeAll.
func SeesAll(ctx context.Context) bool { return ctx.Value(seeAllKey{}) != nil }

func (r *Repo[T]) hides(ctx context.Context, v *T) bool {
	return r.spec.Hides != nil && !SeesAll(ctx) && r.spec.Hides(ctx, v)
}
