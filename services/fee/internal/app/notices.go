package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// Ground gathers what a notice on a case rests on. applicant chooses among several;
// empty for the first.
func (a *App) Ground(ctx context.Context, office, caseID, applicant string) (domain.Ground, error) {
	c, err := a.Case(ctx, office, caseID)
	if err != nil {
		return domain.Ground{}, err
	}
	if applicant == "" {
		applicant = c.Principal()
	} else if !slices.Contains(c.Applicants, applicant) && !slices.Contains(c.People(), applicant) {
		return domain.Ground{}, problem.InvalidFields(problem.At("/applicant", "not_an_applicant",
			"不是该案件的申请人。", "This is no applicant of the case."))
	}
	person, err := a.Person(ctx, office, applicant)
	if err != nil {
		return domain.Ground{}, err
	}
	policy, _, err := a.Policy(ctx, office)
	if err != nil {
		return domain.Ground{}, err
	}
	k := domain.LedgerKey{Applicant: person, Month: c.Month()}
	g := domain.Ground{Case: c, Applicant: applicant, Person: person, Month: k.Month}
	if g.At, err = a.Position(ctx, k, c, policy); err != nil {
		return g, err
	}
	f, err := a.FindingFor(ctx, office, k)
	if err != nil {
		return domain.Ground{}, err
	}
	if f != nil && f.State == domain.FindingApproved {
		g.Finding = f
	}
	g.Earlier, err = a.lastNotice(ctx, office, caseID)
	return g, err
}

// lastNotice is the newest notice on a case that was not cancelled, or nil.
func (a *App) lastNotice(ctx context.Context, office, caseID string) (*domain.Notice, error) {
	docs, _, err := a.store.Notices.Find(ctx, docstore.Query{
		Index: store.NoticesByCase, Eq: []any{office, caseID}, Desc: true, Limit: 100,
	})
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Value.State != contract.NoticeCancelled {
			return d.Value, nil
		}
	}
	return nil, nil
}

// Issue issues a notice. The amount follows from the ledger as it stands; two notices
// on one application cannot both be issued, whoever asks at the same time.
func (a *App) Issue(ctx context.Context, cmd httpkit.Key, s identity.Staff, caseID, applicant string, o domain.Order) (docstore.Doc[domain.Notice], error) {
	id := cmd.ID("notice")
	if doc, ok, err := a.repeated(ctx, cmd, id); ok || err != nil {
		return doc, err
	}
	env, err := a.Env(ctx, s)
	if err != nil {
		return docstore.Doc[domain.Notice]{}, err
	}
	g, err := a.Ground(ctx, s.Office, caseID, applicant)
	if err != nil {
		return docstore.Doc[domain.Notice]{}, err
	}
	if g.Earlier != nil && g.Earlier.Active() {
		return docstore.Doc[domain.Notice]{}, alreadyNoticed(nil)
	}
	if g.At != nil && o.Method == tariff.PerItem {
		k := domain.LedgerKey{Applicant: g.Person, Month: g.Month}
		if g.Before, err = a.nearest(ctx, s.Office, k, env.Policy, g.Case, g.At.From-1, domain.BeforeKept); err != nil {
			return docstore.Doc[domain.Notice]{}, err
		}
	}
	n, err := g.Issue(id, o, env)
	if err != nil {
		return docstore.Doc[domain.Notice]{}, err
	}
	doc, _, err := a.store.Notices.Insert(ctx, id, n, cmd.Options()...)
	if errors.Is(err, docstore.ErrUnique) {
		return doc, alreadyNoticed(err)
	}
	return doc, err
}

// repeated answers a command that was carried out before with what it made: by now
// the case waits for payment and would refuse it.
func (a *App) repeated(ctx context.Context, cmd httpkit.Key, id string) (docstore.Doc[domain.Notice], bool, error) {
	opts := cmd.Options()
	if len(opts) == 0 {
		return docstore.Doc[domain.Notice]{}, false, nil
	}
	doc, err := a.store.Notices.Update(ctx, id, func(*domain.Notice) error { return errNotMadeByIt }, opts...)
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return doc, false, nil
	case err != nil:
		return doc, false, err
	}
	return doc, true, nil
}

var errNotMadeByIt = errors.New("a notice under the id of a command that did not make it")

func alreadyNoticed(cause error) error {
	return problem.New(problem.AlreadyExists,
		"该申请已有收费通知；同一申请只能按件或者按量择一计收一次。",
		"There is a fee notice on this application; it is charged once, per item or per page.").Under("办法 art. 3").Because(cause)
}

// Notice finds a notice of the office. docstore.ErrNotFound, also when its case is
// restricted to others.
func (a *App) Notice(ctx context.Context, office, id string) (docstore.Doc[domain.Notice], error) {
	doc, err := a.store.Notices.Get(ctx, id)
	if err == nil && doc.Value.Office != office {
		err = fmt.Errorf("notice %s: %w", id, docstore.ErrNotFound)
	}
	if err != nil {
		return doc, err
	}
	may, err := a.MayKnow(ctx, doc.Value.CaseID)
	if err == nil && !may {
		return docstore.Doc[domain.Notice]{}, fmt.Errorf("notice %s: %w", id, docstore.ErrNotFound)
	}
	return doc, err
}

// Notices returns one page of the notices whose cases whoever asks may know of; the page
// is shorter by the others.
func (a *App) Notices(ctx context.Context, q docstore.Query) ([]docstore.Doc[domain.Notice], string, error) {
	docs, next, err := a.store.Notices.Find(ctx, q)
	if err != nil {
		return nil, "", err
	}
	known := docs[:0]
	for _, d := range docs {
		may, err := a.MayKnow(ctx, d.Value.CaseID)
		if err != nil {
			return nil, "", err
		}
		if may {
			known = append(known, d)
		}
	}
	return known, next, nil
}

// Step carries a notice one step further, once for each command. ifRev, unless 0, is
// the revision that the caller has seen.
func (a *App) Step(ctx context.Context, cmd httpkit.Key, s identity.Staff, id string, ifRev int64, step func(*domain.Notice, domain.Env) error) (docstore.Doc[domain.Notice], error) {
	if _, err := a.Notice(ctx, s.Office, id); err != nil {
		return docstore.Doc[domain.Notice]{}, err
	}
	env, err := a.Env(ctx, s)
	if err != nil {
		return docstore.Doc[domain.Notice]{}, err
	}
	opts := cmd.Options()
	if ifRev != 0 {
		opts = append(opts, docstore.IfRev(ifRev))
	}
	doc, err := a.store.Notices.Update(ctx, id, func(n *domain.Notice) error { return step(n, env) }, opts...)
	if errors.Is(err, docstore.ErrUnique) {
		return doc, alreadyNoticed(err)
	}
	return doc, err
}
