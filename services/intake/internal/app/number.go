package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/store"
)

// maxNumberTries bounds how often a number is drawn anew because another
// process of the service took it first.
const maxNumberTries = 200

// registers are the numbers of every office and year. It is safe for concurrent
// use.
type registers struct{ byYear sync.Map }

// register draws the numbers of one office and year, one at a time: a number is
// used up only by the write that holds it, so the next waits for it.
type register struct {
	turn chan struct{}
	// last is the highest number known to be written; zero before the first look.
	// Only whoever has the turn touches it.
	last int
}

// of takes the turn of an office and year. done gives it back.
func (r *registers) of(ctx context.Context, office string, year int) (g *register, done func(), err error) {
	v, ok := r.byYear.Load(office + "/" + strconv.Itoa(year))
	if !ok {
		v, _ = r.byYear.LoadOrStore(office+"/"+strconv.Itoa(year), &register{turn: make(chan struct{}, 1)})
	}
	g = v.(*register) //nolint:forcetypeassert // only this function stores
	select {
	case g.turn <- struct{}{}:
		return g, func() { <-g.turn }, nil
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("wait for the register of %s %d: %w", office, year, ctx.Err())
	}
}

// Register gives a case the next number of its office and year. The number is
// drawn and written in the same write as the registration; the unique index
// refuses a second use, so the numbers are gapless whatever happens.
func (d *Desk) Register(ctx context.Context, office, id string, by domain.Actor, cmd domain.Registration, opts ...docstore.Option) (Doc, error) {
	now, err := d.Get(ctx, office, id)
	if err != nil {
		return Doc{}, err
	}
	at, err := d.Scene(ctx, office, by)
	if err != nil {
		return Doc{}, err
	}
	if now.Value.Number != nil { // entered earlier, or registered already: no number is drawn
		return d.do(ctx, at, id, func(c *domain.Case, env domain.Env) error { return c.Register(cmd, domain.Number{}, env) }, opts...)
	}
	year := cmd.ReceiptOn(now.Value, at.Env).Year()
	return d.numbered(ctx, at.Office, year, func(n domain.Number) (Doc, error) {
		return d.do(ctx, at, id, func(c *domain.Case, env domain.Env) error { return c.Register(cmd, n, env) }, opts...)
	})
}

// EnterUnconfirmed gives a case its number although its applicant could not be
// reached: the next of the year of its arrival.
func (d *Desk) EnterUnconfirmed(ctx context.Context, office, id string, by domain.Actor, cmd domain.Unreachable, opts ...docstore.Option) (Doc, error) {
	now, err := d.Get(ctx, office, id)
	if err != nil {
		return Doc{}, err
	}
	at, err := d.Scene(ctx, office, by)
	if err != nil {
		return Doc{}, err
	}
	run := func(n domain.Number) (Doc, error) {
		return d.do(ctx, at, id, func(c *domain.Case, env domain.Env) error { return c.EnterUnconfirmed(cmd, n, env) }, opts...)
	}
	if now.Value.Number != nil {
		return run(domain.Number{}) // a repeat, or a refusal
	}
	return d.numbered(ctx, at.Office, now.Value.ArrivedOn().Year(), run)
}

// CorrectKind corrects the applicant's kind for everything that the application
// became: a case, the case that it was split from, and the other parts. Each is
// written by itself; a repeat goes on where the first try ended.
func (d *Desk) CorrectKind(ctx context.Context, office, id string, by domain.Actor, cmd domain.KindCorrection, opts ...docstore.Option) (Doc, error) {
	doc, err := d.Do(ctx, office, id, by, func(c *domain.Case, env domain.Env) error { return c.CorrectKind(cmd, env) }, opts...)
	if err != nil {
		return Doc{}, err
	}
	ctx = docstore.SeeAll(ctx) // the whole family, also a part that is restricted to others
	seen, next := map[string]bool{id: true}, []Doc{doc}
	for len(next) > 0 {
		c := next[0].Value
		next = next[1:]
		family, err := d.Parts(ctx, c)
		if err != nil {
			return Doc{}, err
		}
		if c.ParentID != "" && !seen[c.ParentID] {
			parent, err := d.Get(ctx, office, c.ParentID)
			if err != nil {
				return Doc{}, err
			}
			family = append(family, parent)
		}
		for _, k := range family {
			if seen[k.ID] {
				continue
			}
			seen[k.ID] = true
			same, err := d.Do(ctx, office, k.ID, by, func(c *domain.Case, env domain.Env) error {
				if c.Applicant.Kind == cmd.Kind {
					return nil
				}
				return c.CorrectKind(cmd, env)
			})
			if err != nil {
				return Doc{}, err
			}
			next = append(next, same)
		}
	}
	return doc, nil
}

// numbered draws the next number until write can use it. Within this process
// the draws of an office and year wait for each other; against other processes
// the unique index decides.
func (d *Desk) numbered(ctx context.Context, o Office, year int, write func(domain.Number) (Doc, error)) (Doc, error) {
	g, done, err := d.registers.of(ctx, o.ID, year)
	if err != nil {
		return Doc{}, err
	}
	defer done()
	for range maxNumberTries {
		if g.last == 0 {
			highest, _, err := d.Cases.Find(docstore.SeeAll(ctx), store.Highest(o.ID, year))
			if err != nil {
				return Doc{}, err
			}
			if len(highest) > 0 {
				g.last = highest[0].Value.Number.Seq
			}
		}
		n := domain.Number{Year: year, Seq: g.last + 1}
		n.Text = registerNo(o.Prefix, year, n.Seq)
		doc, err := write(n)
		var taken *docstore.UniqueError
		switch {
		case err == nil && doc.Value.Number != nil && *doc.Value.Number == n:
			g.last = n.Seq
		case errors.As(err, &taken) && taken.Index == store.ByNumber:
			g.last = 0 // another process was here: look again
			continue
		}
		return doc, err
	}
	return Doc{}, fmt.Errorf("draw a register number for %s %d: %w", o.ID, year, docstore.ErrConflict)
}

// registerNo writes a number so that it sorts as text: 2026-000123.
func registerNo(prefix string, year, seq int) string {
	return fmt.Sprintf("%s%d-%06d", prefix, year, seq)
}
