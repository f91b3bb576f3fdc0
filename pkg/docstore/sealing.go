package docstore

import (
	"slices"
	"sync"

	"zhiqing.dev/pkg/sealed"
)

// WithRing returns the store with a ring of keys. In repositories that are opened on it
// the fields of documents that are tagged `seal:"personal"` are sealed before they reach
// the engine, and index fields declared Personal are entered as keyed digests. Documents
// from before are read as they are and sealed with their next write.
func WithRing(s Store, ring *sealed.Ring) Store { return &ringed{Store: s, ring: ring} }

type ringed struct {
	Store
	ring *sealed.Ring

	mu     sync.Mutex
	sealed []Resealer
}

func ringOf(s Store) *sealed.Ring {
	if r, ok := s.(*ringed); ok {
		return r.ring
	}
	return nil
}

// Sealed are the repositories opened on the store so far that seal fields; none where
// the store has no ring.
func Sealed(s Store) []Resealer {
	r, ok := s.(*ringed)
	if !ok {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.sealed)
}

// enrol adds a repository to those that Sealed names.
func enrol(s Store, one Resealer) {
	if r, ok := s.(*ringed); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sealed = append(r.sealed, one)
	}
}

// hidden returns the values of an index's first fields with digests in the place of
// personal ones.
func (r *Repo[T]) hidden(index string, values []any) []any {
	if r.seal == nil {
		return values
	}
	var fields []Field
	for _, e := range r.spec.Indexes {
		if e.Name == index {
			fields = e.Fields
		}
	}
	out := values
	for i, f := range fields {
		if !f.Personal || i >= len(values) {
			continue
		}
		if &out[0] == &values[0] {
			out = slices.Clone(values)
		}
		switch v := values[i].(type) {
		case string:
			out[i] = r.seal.Digest(f.Name, v)
		case []string:
			out[i] = r.digests(f.Name, v)
		case All:
			out[i] = All(r.digests(f.Name, v))
		}
	}
	return out
}

func (r *Repo[T]) digests(field string, values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = r.seal.Digest(field, v)
	}
	return out
}
