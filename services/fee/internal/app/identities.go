package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/lifecycle"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// Same lists every digest that stands for the same applicant as this one, in order,
// itself included: whoever is joined to it by merges that hold.
func (a *App) Same(ctx context.Context, office, digest string) ([]string, error) {
	same := []string{digest}
	for i := 0; i < len(same); i++ {
		for after := ""; ; {
			docs, next, err := a.store.Merges.Find(ctx, docstore.Query{
				Index: store.MergesOf, Eq: []any{office, docstore.All{same[i]}}, Limit: 200, After: after,
			})
			if err != nil {
				return nil, err
			}
			for _, d := range docs {
				if !d.Value.Holds() {
					continue
				}
				for _, m := range d.Value.Applicants {
					if !slices.Contains(same, m) {
						same = append(same, m)
					}
				}
			}
			if after = next; next == "" {
				break
			}
		}
	}
	slices.Sort(same)
	return same, nil
}

// Person is the digest under which an applicant is counted.
func (a *App) Person(ctx context.Context, office, digest string) (string, error) {
	same, err := a.Same(ctx, office, digest)
	if err != nil {
		return "", err
	}
	return domain.PersonOf(same), nil
}

// persons are those that the applicants stand for, each once.
func (a *App) persons(ctx context.Context, office string, applicants []string) ([]string, error) {
	persons := make([]string, 0, len(applicants))
	for _, d := range applicants {
		if d == "" {
			continue
		}
		p, err := a.Person(ctx, office, d)
		if err != nil {
			return nil, fmt.Errorf("identities: %w", err)
		}
		if !slices.Contains(persons, p) {
			persons = append(persons, p)
		}
	}
	if len(persons) == 0 {
		return nil, nil
	}
	return persons, nil
}

// MergeApplicants says that digests stand for one applicant.
func (a *App) MergeApplicants(ctx context.Context, cmd httpkit.Key, s identity.Staff, applicants []string, reason string) (docstore.Doc[domain.Merge], error) {
	applicants = slices.Compact(slices.Sorted(slices.Values(applicants)))
	if len(applicants) < 2 {
		return docstore.Doc[domain.Merge]{}, problem.InvalidFields(problem.At("/applicants", "out_of_range",
			"请给出两个以上不同的申请人。", "Name at least two different applicants."))
	}
	all := []string{}
	for i, d := range applicants {
		docs, _, err := a.store.Cases.Find(ctx, docstore.Query{Index: store.CasesOf, Eq: []any{s.Office, docstore.All{d}}, Limit: 1})
		if err != nil {
			return docstore.Doc[domain.Merge]{}, err
		}
		if len(docs) == 0 {
			return docstore.Doc[domain.Merge]{}, problem.InvalidFields(problem.At(fmt.Sprintf("/applicants/%d", i), "unknown_applicant",
				"本机关没有该申请人的案件。", "This office has no case of this applicant."))
		}
		same, err := a.Same(ctx, s.Office, d)
		if err != nil {
			return docstore.Doc[domain.Merge]{}, err
		}
		all = append(all, same...)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) > domain.MostMerged {
		return docstore.Doc[domain.Merge]{}, problem.InvalidFields(problem.At("/applicants", "too_many",
			"合并的身份过多。", "Too many identities would stand for one applicant."))
	}
	m := &domain.Merge{
		ID: cmd.ID("merge"), Office: s.Office, Applicants: applicants, Reason: reason,
		MergedBy: s.ID, MergedAt: a.clock.Now(), Settling: true,
	}
	doc, _, err := a.store.Merges.Insert(ctx, m.ID, m, cmd.Options()...)
	if err != nil {
		return doc, err
	}
	return a.settleNow(ctx, doc)
}

// Separate undoes a merge; every case counts again for whom it names.
func (a *App) Separate(ctx context.Context, cmd httpkit.Key, s identity.Staff, id, reason string) (docstore.Doc[domain.Merge], error) {
	if _, err := a.Merge(ctx, s.Office, id); err != nil {
		return docstore.Doc[domain.Merge]{}, err
	}
	now := a.clock.Now()
	doc, err := a.store.Merges.Update(ctx, id, func(m *domain.Merge) error { return m.Separate(s.ID, reason, now) }, cmd.Options()...)
	if err != nil {
		return doc, err
	}
	return a.settleNow(ctx, doc)
}

// Merge finds a merge of the office. docstore.ErrNotFound.
func (a *App) Merge(ctx context.Context, office, id string) (docstore.Doc[domain.Merge], error) {
	doc, err := a.store.Merges.Get(ctx, id)
	if err == nil && doc.Value.Office != office {
		err = fmt.Errorf("merge %s: %w", id, docstore.ErrNotFound)
	}
	return doc, err
}

// settledAtOnce are the cases that are counted anew before a merge is answered; more
// are left to the unit behind.
const settledAtOnce = 200

func (a *App) settleNow(ctx context.Context, doc docstore.Doc[domain.Merge]) (docstore.Doc[domain.Merge], error) {
	done, err := a.settle(ctx, doc, settledAtOnce)
	if err != nil || !done {
		return doc, err
	}
	return a.store.Merges.Get(ctx, doc.ID)
}

// settle counts the cases of everybody whom a merge concerns for whom they stand now;
// false when there are more than most. It may run any number of times, also beside
// itself.
func (a *App) settle(ctx context.Context, doc docstore.Doc[domain.Merge], most int) (done bool, err error) {
	m := doc.Value
	if !m.Settling {
		return true, nil
	}
	var concerned []string
	for _, d := range m.Applicants {
		same, err := a.Same(ctx, m.Office, d)
		if err != nil {
			return false, err
		}
		concerned = append(concerned, same...)
	}
	slices.Sort(concerned)
	n := 0
	for _, d := range slices.Compact(concerned) {
		if err := a.identifyAll(ctx, m.Office, d); err != nil {
			return false, err
		}
		for after := ""; ; {
			docs, next, err := a.store.Cases.Find(ctx, docstore.Query{
				Index: store.CasesOf, Eq: []any{m.Office, docstore.All{d}}, Limit: 200, After: after,
			})
			if err != nil {
				return false, err
			}
			if n += len(docs); n > most {
				return false, nil
			}
			for _, c := range docs {
				if err := a.count(ctx, m.Office, c.ID, c.Value.Applicants, func(*domain.Case) error { return nil }); err != nil {
					return false, err
				}
			}
			if after = next; next == "" {
				break
			}
		}
	}
	_, err = a.store.Merges.Update(ctx, doc.ID, func(m *domain.Merge) error { m.Settling = false; return nil }, docstore.IfRev(doc.Rev))
	if errors.Is(err, docstore.ErrStale) { // it was separated meanwhile, or settled by somebody else
		now, err := a.store.Merges.Get(ctx, doc.ID)
		return err == nil && !now.Value.Settling, err
	}
	return err == nil, err
}

// settleEvery is how often what was left of a merge is looked for.
const settleEvery = 2 * time.Second

// Settler goes on counting after merges of applicants with very many cases, and after
// a process that died in one; and it tells of findings that nobody was told of.
func (a *App) Settler() lifecycle.Unit {
	return lifecycle.Unit{Name: "fee-identities", Run: func(ctx context.Context) error {
		ctx = docstore.Patient(ctx)
		tick := time.NewTicker(settleEvery)
		defer tick.Stop()
		for {
			if err := a.tellUntold(ctx); err != nil && ctx.Err() == nil {
				a.log.ErrorContext(ctx, "old findings are not told of yet; trying again", "error", err)
			}
			if err := a.recountOffices(ctx); err != nil && ctx.Err() == nil {
				a.log.ErrorContext(ctx, "cases are not counted by the settled day yet; trying again", "error", err)
			}
			docs, _, err := a.store.Merges.Find(ctx, docstore.Query{Index: store.MergesSettling, Limit: 10})
			for _, d := range docs {
				if err == nil {
					_, err = a.settle(ctx, d, 1<<30)
				}
			}
			if err != nil && ctx.Err() == nil {
				a.log.ErrorContext(ctx, "merged applicants are not counted yet; trying again", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}}
}
