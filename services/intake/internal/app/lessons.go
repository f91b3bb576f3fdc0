package app

import (
	"context"
	"errors"
	"fmt"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
)

// LessonsFor returns what corrected and lost cases teach about a matter, as of a day.
func (d *Desk) LessonsFor(ctx context.Context, office string, m domain.Matter, by civil.Date) ([]domain.Lesson, error) {
	found, err := d.Lessons.Of(ctx, office, m, by)
	if err != nil {
		return nil, fmt.Errorf("look lessons up: %w", err)
	}
	return found, nil
}

// errMoved says that the draft is about another matter than when its lessons were
// looked up.
var errMoved = errors.New("the draft has changed meanwhile")

// movedTries bounds how often a draft may change under one command.
const movedTries = 8

// Warned is a command on a case whose draft lessons stand against.
type Warned func(c *domain.Case, lessons []domain.Lesson, env domain.Env) error

// DoWarned carries out a command together with the lessons for the draft that were
// concluded by a day (zero: today).
func (d *Desk) DoWarned(ctx context.Context, office, id string, by domain.Actor, until civil.Date, run Warned, opts ...docstore.Option) (Doc, error) {
	if until.IsZero() || until > d.Today() {
		until = d.Today()
	}
	for try := 0; ; try++ {
		doc, err := d.Get(ctx, office, id)
		if err != nil {
			return Doc{}, err
		}
		m, drafted := doc.Value.Matter()
		var lessons []domain.Lesson
		if drafted {
			if lessons, err = d.LessonsFor(ctx, office, m, until); err != nil {
				return Doc{}, err
			}
		}
		doc, err = d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error {
			if now, _ := c.Matter(); now != m {
				return errMoved
			}
			return run(c, lessons, env)
		}, opts...)
		if !errors.Is(err, errMoved) {
			return doc, err
		}
		if try == movedTries {
			return Doc{}, fmt.Errorf("%w: %w", docstore.ErrConflict, err)
		}
	}
}
