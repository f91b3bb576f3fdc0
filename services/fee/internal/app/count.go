package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// ErrForeignOffice says that facts name another office than the case they are for.
var ErrForeignOffice = errors.New("facts of another office")

// TakeCase takes what intake told of a case. The case's own document is its entry in
// every ledger, so one write counts it, and only newer facts replace older ones. The
// tallies follow; they are counted anew from the cases on every event, also on a
// repeated or older one, so whatever dies in between they come out the same.
func (a *App) TakeCase(ctx context.Context, version int64, f contract.CaseFacts) error {
	return a.count(ctx, f.Office, f.CaseID, f.Applicants, func(c *domain.Case) error {
		if c.Office != "" && c.Office != f.Office {
			return fmt.Errorf("case %s: %w", f.CaseID, ErrForeignOffice)
		}
		c.Take(version, f)
		return nil
	})
}

// TakeNotice notes on its case whether an application is charged per page, which may
// decide whether it counts (rule book 7.20).
func (a *App) TakeNotice(ctx context.Context, version int64, n contract.NoticeFacts) error {
	c, err := a.Case(ctx, n.Office, n.CaseID)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil // its case was never told of here: there is nothing to count
	}
	if err != nil {
		return err
	}
	return a.count(ctx, c.Office, c.ID, c.Applicants, func(c *domain.Case) error {
		c.TakeNotice(version, n)
		return nil
	})
}

// count changes a case and counts it for the persons that its applicants stand for.
//
// Identities may be merged meanwhile, or the office may settle another day of counting.
// Whoever does writes that first and then goes through the cases; here the case is
// written first and the merges and the policy are read again. So one of the two sees the
// other.
func (a *App) count(ctx context.Context, office, id string, applicants []string, change func(*domain.Case) error) error {
	persons, err := a.persons(ctx, office, applicants)
	if err != nil {
		return err
	}
	policy, _, err := a.Policy(ctx, office)
	if err != nil {
		return err
	}
	for {
		doc, err := a.store.Cases.Upsert(ctx, id, func(c *domain.Case) error {
			if err := change(c); err != nil {
				return err
			}
			c.CountBy = policy.FeeCountDate
			if slices.Equal(c.Applicants, applicants) {
				c.CountFor(persons)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("count a case: %w", err)
		}
		c := doc.Value
		now, err := a.persons(ctx, office, c.Applicants)
		if err != nil {
			return err
		}
		was := policy.FeeCountDate
		if policy, _, err = a.Policy(ctx, office); err != nil {
			return err
		}
		if slices.Equal(now, c.Persons) && policy.FeeCountDate == was {
			return a.tally(ctx, c)
		}
		applicants, persons = c.Applicants, now
	}
}

// tally counts anew the parts in which the case is or ever was, all at once.
func (a *App) tally(ctx context.Context, c *domain.Case) error {
	type part struct {
		person string
		window domain.Window
	}
	var parts []part
	for _, k := range c.Ledgers {
		for _, w := range domain.Windows(k.Month) {
			if p := (part{k.Applicant, w}); !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
	}
	shard := domain.ShardOf(c.ID)
	errs := make([]error, len(parts))
	var wg sync.WaitGroup
	for i, p := range parts {
		wg.Go(func() { errs[i] = a.recount(ctx, c.Office, p.person, p.window, shard) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("tally case %s: %w", c.ID, err)
	}
	return nil
}

// recount counts one part of a window anew and puts the result into the tally, if
// nobody else wrote it since before the counting; otherwise it begins again. Whoever
// counts last has seen every case that was written before.
func (a *App) recount(ctx context.Context, office, person string, w domain.Window, shard string) error {
	id := domain.TallyID(office, person, w)
	defer a.locks.hold(id)()
	for range 64 {
		have, err := a.store.Tallies.Get(ctx, id)
		fresh := errors.Is(err, docstore.ErrNotFound)
		if err != nil && !fresh {
			return err
		}
		counted, err := a.groups(ctx, store.CasesInShard, office, store.ShardName(person, w, shard))
		if err != nil {
			return err
		}
		if fresh {
			t := &domain.Tally{Office: office, Applicant: person, Window: w}
			t.Put(shard, counted)
			_, _, err = a.store.Tallies.Insert(ctx, id, t)
		} else {
			if !have.Value.Put(shard, counted) {
				return nil
			}
			_, err = a.store.Tallies.Update(ctx, id, func(t *domain.Tally) error {
				t.Put(shard, counted)
				return nil
			}, docstore.IfRev(have.Rev))
		}
		if !errors.Is(err, docstore.ErrExists) && !errors.Is(err, docstore.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("tally %s: %w", id, docstore.ErrConflict)
}

// groups counts what an index holds under a name, by class and items: one statement,
// so that it is a picture of one moment.
func (a *App) groups(ctx context.Context, index, office, name string) (domain.Groups, error) {
	found, err := a.store.Cases.Count(ctx, docstore.CountQuery{Index: index, Eq: []any{office, docstore.All{name}}, GroupBy: 2})
	if err != nil {
		return nil, err
	}
	groups := make(domain.Groups, 0, len(found))
	for _, g := range found {
		class, _ := g.Values[0].(string)
		items, _ := g.Values[1].(int64)
		groups = append(groups, domain.Group{Class: domain.Class(class), Items: int(items), Cases: int(g.Count)})
	}
	return groups, nil
}
