package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// NewFinding is a finding that an officer records.
type NewFinding struct {
	Key     domain.LedgerKey
	Grounds string
	FoundOn civil.Date
}

// RecordFinding records a finding of excess with the evidence as it stands.
func (a *App) RecordFinding(ctx context.Context, cmd httpkit.Key, s identity.Staff, n NewFinding) (docstore.Doc[domain.Finding], error) {
	env, err := a.Env(ctx, s)
	if err != nil {
		return docstore.Doc[domain.Finding]{}, err
	}
	if n.FoundOn == 0 {
		n.FoundOn = env.Today
	}
	if n.FoundOn > env.Today {
		return docstore.Doc[domain.Finding]{}, problem.InvalidFields(problem.At("/found_on", "date_in_future", "日期不能晚于今天。", "The day lies in the future."))
	}
	same, err := a.Same(ctx, s.Office, n.Key.Applicant)
	if err != nil {
		return docstore.Doc[domain.Finding]{}, err
	}
	n.Key.Applicant = domain.PersonOf(same)
	evidence, err := a.evidence(ctx, s.Office, n.Key, same, env)
	if err != nil {
		return docstore.Doc[domain.Finding]{}, err
	}
	if len(evidence.Cases) == 0 {
		return docstore.Doc[domain.Finding]{}, problem.New(problem.NotFound,
			"该申请人当月没有计入的申请。", "No application of this applicant counts in this month.").Under("办法 art. 4")
	}
	f := &domain.Finding{
		ID: cmd.ID("finding"), Office: s.Office, Applicant: n.Key.Applicant, Identities: same, Month: n.Key.Month, State: domain.FindingRecorded,
		Grounds: n.Grounds, FoundOn: n.FoundOn, FoundBy: s.ID, FoundAt: env.At, Evidence: evidence,
	}
	if other, err := a.FindingFor(ctx, s.Office, n.Key); err != nil {
		return docstore.Doc[domain.Finding]{}, err
	} else if other != nil && other.ID != f.ID {
		return docstore.Doc[domain.Finding]{}, alreadyFound(nil)
	}
	f.Raise(contract.FeeFindingRecorded)
	doc, _, err := a.store.Findings.Insert(ctx, f.ID, f, cmd.Options()...)
	if errors.Is(err, docstore.ErrUnique) {
		return doc, alreadyFound(err)
	}
	if err == nil { // a merge that came meanwhile has not seen it
		err = a.identify(ctx, doc)
	}
	return doc, err
}

func alreadyFound(cause error) error {
	return problem.New(problem.AlreadyExists,
		"该申请人当月已有认定。", "There is a finding about this applicant and month already.").Under("条例 art. 35").Because(cause)
}

// identify keeps with a finding the digests that stand for its applicant now.
func (a *App) identify(ctx context.Context, doc docstore.Doc[domain.Finding]) error {
	f := doc.Value
	same, err := a.Same(ctx, f.Office, f.Applicant)
	if err != nil || slices.Equal(f.Identities, same) {
		return err
	}
	_, err = a.store.Findings.Update(ctx, doc.ID, func(f *domain.Finding) error { f.Identify(same); return nil })
	return err
}

// identifyAll does so for every finding that was recorded under a digest.
func (a *App) identifyAll(ctx context.Context, office, digest string) error {
	for after := ""; ; {
		docs, next, err := a.store.Findings.Find(ctx, docstore.Query{
			Index: store.FindingsOfPerson, Eq: []any{office, digest}, Limit: 200, After: after,
		})
		if err != nil {
			return err
		}
		for _, d := range docs {
			if err := a.identify(ctx, d); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			return nil
		}
	}
}

// tellUntold tells the other services of findings that were kept before they were told of
// any: what rests on an approved finding there must not wait for somebody to restate it.
func (a *App) tellUntold(ctx context.Context) error {
	for {
		docs, _, err := a.store.Findings.Find(ctx, docstore.Query{Index: store.FindingsUntold, Limit: 200})
		if err != nil || len(docs) == 0 {
			return err
		}
		for _, d := range docs {
			if err := a.identify(ctx, d); err != nil {
				return err
			}
		}
	}
}

// evidence is an applicant's usage as it stands, to be frozen in a finding.
func (a *App) evidence(ctx context.Context, office string, k domain.LedgerKey, same []string, env domain.Env) (domain.Evidence, error) {
	e := domain.Evidence{TakenAt: env.At, SignalItems: env.Policy.SignalItems}
	var err error
	if e.Items, e.CasesCounted, err = a.MonthItems(ctx, office, k, env.Policy); err != nil {
		return e, err
	}
	if e.Cases, err = a.nearest(ctx, office, k, env.Policy, nil, e.Items, domain.EvidenceCases); err != nil {
		return e, err
	}
	for _, w := range domain.Windows(k.Month) {
		u, err := a.Usage(ctx, office, k.Applicant, w, env.Policy)
		if err != nil {
			return e, err
		}
		e.Windows = append(e.Windows, u)
	}
	own, err := a.Own(ctx, office, same, domain.Window(k.Month), env.Policy)
	if err != nil {
		return e, err
	}
	seen := alikeEvidence(own)
	e.Alike = &seen
	return e, nil
}

// Finding finds a finding of the office. docstore.ErrNotFound.
func (a *App) Finding(ctx context.Context, office, id string) (docstore.Doc[domain.Finding], error) {
	doc, err := a.store.Findings.Get(ctx, id)
	if err == nil && doc.Value.Office != office {
		err = fmt.Errorf("finding %s: %w", id, docstore.ErrNotFound)
	}
	return doc, err
}

// DecideFinding is the head's approval or rejection.
func (a *App) DecideFinding(ctx context.Context, cmd httpkit.Key, s identity.Staff, id string, approved bool, note string, on civil.Date) (docstore.Doc[domain.Finding], error) {
	if _, err := a.Finding(ctx, s.Office, id); err != nil {
		return docstore.Doc[domain.Finding]{}, err
	}
	env, err := a.Env(ctx, s)
	if err != nil {
		return docstore.Doc[domain.Finding]{}, err
	}
	if on == 0 {
		on = env.Today
	}
	if on > env.Today {
		return docstore.Doc[domain.Finding]{}, problem.InvalidFields(problem.At("/decided_on", "date_in_future", "日期不能晚于今天。", "The day lies in the future."))
	}
	return a.store.Findings.Update(ctx, id, func(f *domain.Finding) error {
		return f.Decide(approved, s.ID, note, on, env.At)
	}, cmd.Options()...)
}

// FindingFor is the finding that stands, or may yet, about an applicant's month, under
// whichever digest it was recorded; nil when there is none. An approved one goes first.
func (a *App) FindingFor(ctx context.Context, office string, k domain.LedgerKey) (*domain.Finding, error) {
	same, err := a.Same(ctx, office, k.Applicant)
	if err != nil {
		return nil, err
	}
	var found *domain.Finding
	for _, d := range same {
		docs, _, err := a.store.Findings.Find(ctx, docstore.Query{
			Index: store.FindingsActive, Eq: []any{office, d, k.Month}, Limit: 1,
		})
		if err != nil {
			return nil, err
		}
		for _, f := range docs {
			if found == nil || f.Value.State == domain.FindingApproved {
				found = f.Value
			}
		}
	}
	return found, nil
}
