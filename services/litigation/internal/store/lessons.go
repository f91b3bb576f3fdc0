package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/litigation/internal/domain"
)

// Lessons is the collection of lessons, one for each proceeding that has ever
// corrected a decision.
type Lessons struct {
	Repo        *docstore.Repo[domain.Lesson]
	proceedings *Proceedings
}

const lessonsShared = "shared_with"

// OpenLessons opens the collection of lessons. poke wakes the relay.
func OpenLessons(ctx context.Context, s docstore.Store, now func() time.Time, proceedings *Proceedings, poke func()) (*Lessons, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[domain.Lesson]{
		Name: "lessons", Facts: (*domain.Lesson).Facts, Snapshot: contract.LessonRestated, Outbox: poke,
		Indexes: []docstore.Entry[domain.Lesson]{{
			Index: docstore.Index{Name: lessonsShared, Fields: []docstore.Field{
				{Name: "office", Kind: docstore.String, Multi: true}, str("decision_kind"), str("ground"), num("concluded_on"),
			}},
			Key: func(l *domain.Lesson) docstore.Key {
				with := l.SharedWith()
				if len(with) == 0 || !l.Active() {
					return nil
				}
				at := l.Source.Attacked
				return docstore.Key{with, at.Kind, at.Ground, int64(l.Source.ConcludedOn)}
			},
		}},
	})
	if err != nil {
		return nil, err
	}
	return &Lessons{repo, proceedings}, nil
}

// Follow brings the lesson of a proceeding up to date; a proceeding that never
// taught anything has none.
func (l *Lessons) Follow(ctx context.Context, office, proceeding string) error {
	p, err := l.proceedings.Get(ctx, office, proceeding)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	learn := func(x *domain.Lesson) error { x.Learn(p.Value, p.Rev); return nil }
	if _, teaches := p.Value.Teaches(); !teaches {
		_, err := l.Repo.Update(ctx, proceeding, learn)
		if errors.Is(err, docstore.ErrNotFound) {
			return nil
		}
		return err
	}
	_, err = l.Repo.Upsert(ctx, proceeding, learn)
	return err
}

// Get returns a lesson, brought up to date when its proceeding is the office's.
// docstore.ErrNotFound.
func (l *Lessons) Get(ctx context.Context, office, id string) (docstore.Doc[domain.Lesson], error) {
	doc, err := l.Repo.Get(ctx, id)
	if !errors.Is(err, docstore.ErrNotFound) {
		return doc, err
	}
	if err := l.Follow(ctx, office, id); err != nil {
		return doc, err
	}
	return l.Repo.Get(ctx, id)
}

// Of returns the lessons of proceedings by their id; one that is not made yet is
// absent.
func (l *Lessons) Of(ctx context.Context, ids []string) (map[string]*domain.Lesson, error) {
	out := make(map[string]*domain.Lesson, len(ids))
	for _, id := range ids {
		doc, err := l.Repo.Get(ctx, id)
		switch {
		case errors.Is(err, docstore.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("lesson: %w", err)
		default:
			out[id] = doc.Value
		}
	}
	return out, nil
}

// Shared returns one page of what other offices' cases teach this one, newest first.
func (l *Lessons) Shared(ctx context.Context, office, kind string, ground *string, limit int, cursor string) ([]docstore.Doc[domain.Lesson], string, error) {
	eq := []any{docstore.All{office}}
	if kind != "" {
		eq = append(eq, kind)
		if ground != nil {
			eq = append(eq, *ground)
		}
	}
	return l.Repo.Find(ctx, docstore.Query{Index: lessonsShared, Eq: eq, Desc: true, Limit: limit, After: cursor})
}
