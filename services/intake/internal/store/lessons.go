package store

import (
	"context"
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// Lessons is the copy of the lessons that the litigation service keeps.
type Lessons struct{ repo *docstore.Repo[domain.Lesson] }

const (
	lessonsOfKind    = "kind"    // reader*, decision kind, ground, concluded on
	lessonsOfSubject = "subject" // reader*, decision kind, ground, subject, concluded on
)

// OpenLessons opens the collection.
func OpenLessons(ctx context.Context, s docstore.Store, now func() time.Time) (*Lessons, error) {
	lessonEntry := func(name string, key func(*domain.Lesson) docstore.Key, fields ...docstore.Field) docstore.Entry[domain.Lesson] {
		return docstore.Entry[domain.Lesson]{
			Index: docstore.Index{Name: name, Fields: append([]docstore.Field{multi("office")}, fields...)},
			Key: func(l *domain.Lesson) docstore.Key {
				readers := l.Readers()
				if len(readers) == 0 {
					return nil
				}
				return append(docstore.Key{readers}, key(l)...)
			},
		}
	}
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[domain.Lesson]{Name: "lessons", Indexes: []docstore.Entry[domain.Lesson]{
		lessonEntry(lessonsOfKind, func(l *domain.Lesson) docstore.Key {
			return docstore.Key{l.Facts.DecisionKind, l.Facts.Ground, int64(l.Facts.ConcludedOn)}
		}, str("decision_kind"), str("ground"), num("concluded_on")),
		lessonEntry(lessonsOfSubject, func(l *domain.Lesson) docstore.Key {
			return docstore.Key{l.Facts.DecisionKind, l.Facts.Ground, l.Facts.Subject, int64(l.Facts.ConcludedOn)}
		}, str("decision_kind"), str("ground"), str("subject"), num("concluded_on")),
	}})
	if err != nil {
		return nil, err
	}
	return &Lessons{repo}, nil
}

// Apply takes what was told of a lesson, once and in any order.
func (l *Lessons) Apply(ctx context.Context, eventID string, f contract.LessonFacts, version int64) error {
	_, err := l.repo.Upsert(ctx, f.LessonID, func(x *domain.Lesson) error {
		x.Apply(f, version)
		return nil
	}, docstore.Once(eventID))
	return err
}

// MostLessons bounds how many lessons stand before one decision: who is shown more
// reads none.
const MostLessons = 10

// Of returns the lessons for a matter of an office that were concluded by a day:
// those on the same subject first, then the newest.
func (l *Lessons) Of(ctx context.Context, office string, m domain.Matter, by civil.Date) ([]domain.Lesson, error) {
	var out []domain.Lesson
	take := func(index string, eq ...any) error {
		docs, _, err := l.repo.Find(ctx, docstore.Query{
			Index: index, Eq: append([]any{docstore.All{office}}, eq...), To: int64(by) + 1, Desc: true, Limit: MostLessons,
		})
		for _, d := range docs {
			known := slices.ContainsFunc(out, func(x domain.Lesson) bool { return x.Facts.LessonID == d.Value.Facts.LessonID })
			if !known && len(out) < MostLessons {
				out = append(out, *d.Value)
			}
		}
		return err
	}
	if m.Subject != "" {
		if err := take(lessonsOfSubject, string(m.Kind), m.Ground, m.Subject); err != nil {
			return nil, err
		}
	}
	if err := take(lessonsOfKind, string(m.Kind), m.Ground); err != nil {
		return nil, err
	}
	return out, nil
}
