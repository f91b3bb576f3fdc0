package identity

import (
	"context"
	"slices"

	"zhiqing.dev/pkg/docstore"
)

// Barred tells whether a context serves a member of staff (or a service account) who is
// not among those to whom something is restricted (限定知悉范围). Nobody is barred from
// what is restricted to nobody, nor is what a service does of itself.
func Barred(ctx context.Context, restrictedTo []string) bool {
	if len(restrictedTo) == 0 || docstore.SeesAll(ctx) {
		return false
	}
	s, ok := From(ctx)
	return ok && !slices.Contains(restrictedTo, s.ID)
}
