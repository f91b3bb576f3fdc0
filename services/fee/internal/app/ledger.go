package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// MonthItems is how many items and cases of an applicant count in a month, straight
// from the cases.
func (a *App) MonthItems(ctx context.Context, office string, k domain.LedgerKey, p domain.Policy) (items, cases int, err error) {
	g, err := a.groups(ctx, store.CasesInMonth, office, store.LedgerName(k.Applicant, domain.Window(k.Month)))
	if err != nil {
		return 0, 0, err
	}
	items, cases = g.Total(p)
	return items, cases, nil
}

// Position finds a case in an applicant's month: nil when it does not count there.
func (a *App) Position(ctx context.Context, k domain.LedgerKey, c *domain.Case, p domain.Policy) (*domain.Counted, error) {
	if !slices.Contains(c.CountedIn(), k) || !p.Counts(c.Class()) {
		return nil, nil
	}
	before, err := a.itemsBefore(ctx, c.Office, k, c.Place(), p)
	if err != nil {
		return nil, err
	}
	at := c.CountedAfter(before)
	return &at, nil
}

// itemsBefore counts the items before a place, group by group. What counts in the month
// is read before and after; when it differs it is counted again, so that the number is
// that of one moment.
func (a *App) itemsBefore(ctx context.Context, office string, k domain.LedgerKey, place string, p domain.Policy) (int, error) {
	name := store.LedgerName(k.Applicant, domain.Window(k.Month))
	seen, err := a.groups(ctx, store.CasesInMonth, office, name)
	if err != nil {
		return 0, err
	}
	for range 16 {
		items := 0
		for _, g := range seen {
			if !p.Counts(g.Class) {
				continue
			}
			found, err := a.store.Cases.Count(ctx, docstore.CountQuery{
				Index: store.CasesInMonth, Eq: []any{office, docstore.All{name}, string(g.Class), int64(g.Items)}, To: place,
			})
			if err != nil {
				return 0, err
			}
			items += g.Items * int(found[0].Count)
		}
		again, err := a.groups(ctx, store.CasesInMonth, office, name)
		if err != nil {
			return 0, err
		}
		if slices.Equal(seen, again) {
			return items, nil
		}
		seen = again
	}
	return 0, fmt.Errorf("ledger %s changes all the time: %w", name, docstore.ErrConflict)
}

// Listed is one page of the cases that count in a window, in the order of their items.
// In a month they carry the running numbers of their items.
func (a *App) Listed(ctx context.Context, office, person string, w domain.Window, p domain.Policy, limit int, cursor string) ([]domain.Counted, string, error) {
	docs, next, err := a.store.Cases.Find(ctx, docstore.Query{
		Index: store.CasesByDay, Eq: []any{office, docstore.All{store.LedgerName(person, w)}}, Limit: limit, After: cursor,
	})
	if err != nil {
		return nil, "", err
	}
	docs = slices.DeleteFunc(docs, func(d docstore.Doc[domain.Case]) bool { return !p.Counts(d.Value.Class()) })
	list := make([]domain.Counted, 0, len(docs))
	if len(docs) == 0 {
		return list, next, nil
	}
	before := 0
	if w.Kind() == domain.Month && cursor != "" {
		if before, err = a.itemsBefore(ctx, office, domain.LedgerKey{Applicant: person, Month: string(w)}, docs[0].Value.Place(), p); err != nil {
			return nil, "", err
		}
	}
	for _, d := range docs {
		list = append(list, d.Value.CountedAfter(before))
		before += d.Value.Items
		if w.Kind() != domain.Month {
			list[len(list)-1].From, list[len(list)-1].To = 0, 0
		}
	}
	return list, next, nil
}

// nearest lists the last cases that count in a month, at most so many: those before a
// place, or all of the month when it is nil.
func (a *App) nearest(ctx context.Context, office string, k domain.LedgerKey, p domain.Policy, before *domain.Case, items, most int) ([]domain.Counted, error) {
	name := docstore.All{store.LedgerName(k.Applicant, domain.Window(k.Month))}
	queries := []docstore.Query{{Index: store.CasesByDay, Eq: []any{office, name}, Desc: true, Limit: 500}}
	if before != nil {
		day := int64(before.CountedOn())
		queries = []docstore.Query{
			{Index: store.CasesByDay, Eq: []any{office, name, day}, To: before.Place(), Desc: true, Limit: 500},
			{Index: store.CasesByDay, Eq: []any{office, name}, To: day, Desc: true, Limit: 500},
		}
	}
	list := []domain.Counted{}
	for _, q := range queries {
		for len(list) < most {
			docs, next, err := a.store.Cases.Find(ctx, q)
			if err != nil {
				return nil, err
			}
			for _, d := range docs {
				if len(list) < most && p.Counts(d.Value.Class()) {
					items -= d.Value.Items
					list = append(list, d.Value.CountedAfter(items))
				}
			}
			if q.After = next; next == "" {
				break
			}
		}
	}
	slices.Reverse(list)
	return list, nil
}

// Tally is what is known of an applicant's window; an empty one when nothing was counted.
func (a *App) Tally(ctx context.Context, office, person string, w domain.Window) (*domain.Tally, error) {
	doc, err := a.store.Tallies.Get(ctx, domain.TallyID(office, person, w))
	if errors.Is(err, docstore.ErrNotFound) {
		return &domain.Tally{Office: office, Applicant: person, Window: w}, nil
	}
	return doc.Value, err
}

// Usage is how much an applicant asked in a window, how often, and which part of what
// the office was asked it is.
func (a *App) Usage(ctx context.Context, office, person string, w domain.Window, p domain.Policy) (domain.WindowUsage, error) {
	u := domain.WindowUsage{Window: w}
	t, err := a.Tally(ctx, office, person, w)
	if err != nil {
		return u, err
	}
	u.Items, u.Cases = t.Total(p)
	load, err := a.Load(ctx, office, w)
	if err != nil {
		return u, err
	}
	u.OfficeItems, _ = load.Total(p)
	u.SharePercent = domain.ShareOf(u.Items, u.OfficeItems)
	found, err := a.store.Cases.Count(ctx, docstore.CountQuery{
		Index: store.CasesByDay, Eq: []any{office, docstore.All{store.LedgerName(person, w)}}, GroupBy: 1,
	})
	if err != nil {
		return u, err
	}
	days := make([]domain.DayCount, 0, len(found))
	for _, g := range found {
		day, _ := g.Values[0].(int64)
		days = append(days, domain.DayCount{Day: civil.Date(day), Cases: int(g.Count)})
	}
	u.Frequency = domain.FrequencyOf(w, days, a.Today(), a.calendar.Calendar())
	return u, nil
}

// Load is what everybody asked of the office in a window.
func (a *App) Load(ctx context.Context, office string, w domain.Window) (domain.Groups, error) {
	months := w.Months()
	found, err := a.store.Cases.Count(ctx, docstore.CountQuery{
		Index: store.CasesByLoad, Eq: []any{office}, From: months[0], To: months[len(months)-1] + "~", GroupBy: 3,
	})
	if err != nil {
		return nil, err
	}
	load := make(domain.Groups, 0, len(found))
	for _, g := range found {
		class, _ := g.Values[1].(string)
		items, _ := g.Values[2].(int64)
		load = append(load, domain.Group{Class: domain.Class(class), Items: int(items), Cases: int(g.Count)})
	}
	return load, nil
}

// Busiest is one page of a window's applicants, those with most items first.
func (a *App) Busiest(ctx context.Context, office string, w domain.Window, p domain.Policy, limit int, cursor string) ([]docstore.Doc[domain.Tally], string, error) {
	return a.store.Tallies.Find(ctx, docstore.Query{
		Index: store.TalliesBy(p), Eq: []any{office, string(w)}, Desc: true, Limit: limit, After: cursor,
	})
}

// Whole lists every case that counts in a month, at most so many; more says that there
// are others.
func (a *App) Whole(ctx context.Context, office, person string, w domain.Window, p domain.Policy, most int) (list []domain.Counted, more bool, err error) {
	for cursor := ""; ; {
		page, next, err := a.Listed(ctx, office, person, w, p, 1000, cursor)
		if err != nil {
			return nil, false, err
		}
		list = append(list, page...)
		if len(list) > most {
			return nil, true, nil
		}
		if cursor = next; next == "" {
			return list, false, nil
		}
	}
}
