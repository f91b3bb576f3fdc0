package app

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/services/deadline/internal/domain"
	"zhiqing.dev/services/deadline/internal/store"
)

// walkPage is how many sheets are read at once when all open ones are looked at.
const walkPage = 500

func movedQuery(office, change string, limit int, cursor string) docstore.Query {
	return docstore.Query{
		Index: store.ByChange, Eq: []any{office, docstore.All{change}}, Limit: limit, After: cursor,
	}
}

// eachOpen calls fn with the open sheets of an office, or of all offices, a page at
// a time.
func (a *App) eachOpen(ctx context.Context, office string, fn func(*docstore.Repo[domain.Sheet], []docstore.Doc[domain.Sheet]) error) error {
	eq := []any{store.OpenSheet}
	if office != "" {
		eq = append(eq, office)
	}
	for _, repo := range a.store.Sheets() {
		for after := ""; ; {
			docs, next, err := repo.Find(ctx, docstore.Query{Index: store.ByOpen, Eq: eq, Limit: walkPage, After: after})
			if err != nil {
				return err
			}
			if err := fn(repo, docs); err != nil {
				return err
			}
			if next == "" {
				break
			}
			after = next
		}
	}
	return nil
}

// workers is how many sheets are computed and written at once: the store commits
// writes that come together in one go.
const workers = 16

// together calls fn with every index below n, several at once, and returns the first
// error.
func together(ctx context.Context, n int, fn func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := fn(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// policies reads each office's policy once.
func (a *App) policies() func(ctx context.Context, office string) (domain.Policy, error) {
	var mu sync.Mutex
	known := map[string]domain.Policy{}
	return func(ctx context.Context, office string) (domain.Policy, error) {
		mu.Lock()
		defer mu.Unlock()
		if p, ok := known[office]; ok {
			return p, nil
		}
		p, _, err := a.Policy(ctx, office)
		if err == nil {
			known[office] = p
		}
		return p, err
	}
}

// recompute computes the open sheets with a calendar anew and writes those that it
// moves, each in one write with its event. Doing it again changes nothing. out, if
// not nil, counts, and lists what was moved in one office.
func (a *App) recompute(ctx context.Context, cal *calendar.Calendar, office string, v domain.Version, listFor string, out *Outcome) error {
	ctx = docstore.SeeAll(ctx) // a date is right for everybody, whoever publishes the calendar
	policies := a.policies()
	change := ""
	if v.Year.Year != 0 {
		change = domain.ChangeID(v.Year.Year, v.Year.Version)
	}
	err := a.eachOpen(ctx, office, func(repo *docstore.Repo[domain.Sheet], docs []docstore.Doc[domain.Sheet]) error {
		moved := make([][]domain.Move, len(docs))
		err := together(ctx, len(docs), func(ctx context.Context, i int) error {
			policy, err := policies(ctx, docs[i].Value.Office)
			if err != nil {
				return err
			}
			moved[i], err = a.recomputeOne(ctx, repo, docs[i], cal, policy, change)
			return err
		})
		if err == nil && out != nil {
			for i, d := range docs {
				out.count(listFor, d.Value, moved[i])
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("recompute open sheets: %w", err)
	}
	return nil
}

func (a *App) recomputeOne(ctx context.Context, repo *docstore.Repo[domain.Sheet], d docstore.Doc[domain.Sheet], cal *calendar.Calendar, policy domain.Policy, change string) ([]domain.Move, error) {
	// On the copy that was read: most sheets stay as they are and need no write.
	trial := *d.Value
	next := trial.NextAlarmOn
	if moved, changed := trial.ComputeFor(cal, policy, change); !changed && len(moved) == 0 && trial.NextAlarmOn == next {
		return nil, nil
	}
	var moved []domain.Move
	event := contract.DeadlineChanged
	if d.Value.Of == domain.OfProceeding {
		event = contract.ProceedingDueChanged
	}
	_, err := repo.Update(ctx, d.ID, func(s *domain.Sheet) error {
		moved = nil
		if change == "" {
			if s.Compute(cal, policy) {
				s.Raise(event)
			}
			return nil
		}
		var changed bool
		if moved, changed = s.ComputeFor(cal, policy, change); changed {
			s.Raise(event)
		}
		return nil
	})
	return moved, err
}

// Settle finishes what a publication or a change of policy began: it computes open
// sheets anew until settleAfter has passed since.
func (a *App) Settle(ctx context.Context) error {
	years, _, err := a.store.Years.Find(ctx, docstore.Query{Index: store.ByPending, Eq: []any{store.Pending}, Limit: 200})
	if err != nil {
		return err
	}
	for _, d := range years {
		if err := a.settleYear(ctx, d); err != nil {
			return err
		}
	}
	policies, _, err := a.store.Policies.Find(ctx, docstore.Query{Index: store.ByPending, Eq: []any{store.Pending}, Limit: 200})
	if err != nil {
		return err
	}
	for _, d := range policies {
		if err := a.settlePolicy(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) settleYear(ctx context.Context, d docstore.Doc[domain.Year]) error {
	since := d.Value.PendingSince
	last := a.clock.Now().Sub(since) >= settleAfter
	cal, err := a.Calendars.Reload(ctx)
	if err != nil {
		return err
	}
	v := d.Value.Versions[len(d.Value.Versions)-1]
	if err := a.recompute(ctx, cal, "", v, "", nil); err != nil {
		return err
	}
	if !last {
		return nil
	}
	_, err = a.store.Years.Update(ctx, d.ID, func(y *domain.Year) error {
		if y.PendingSince.Equal(since) {
			y.PendingSince = time.Time{}
		}
		return nil
	})
	return err
}

func feedsOf(office, owner, after string) docstore.Query {
	return docstore.Query{Index: store.ByOwner, Eq: []any{office, owner}, Limit: 200, After: after}
}
