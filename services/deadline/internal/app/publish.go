package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/services/deadline/internal/domain"
)

// settleAfter is how long after a change open sheets are looked at again: a process
// that had not heard of it yet may have computed one with the calendar or policy
// before. It is longer than any process goes without asking (reloadAfter).
const settleAfter = 30 * time.Second

// Publication is a year's arrangement that somebody publishes, amends or tries out.
type Publication struct {
	Year   calendar.Year
	Reason string
	By     string // staff id
	Office string
	// Command and Fingerprint are those of an Idempotency-Key; empty without one.
	Command, Fingerprint string
}

// MovedSheet is one sheet of the publisher's office that a change moves.
type MovedSheet struct {
	Of         domain.Of
	SubjectID  string
	CaseID     string
	RegisterNo string
	Moves      []domain.Move
}

// Outcome is what a publication did, or would do.
type Outcome struct {
	Version   domain.Version
	Unchanged bool         // the same arrangement stands already
	Moved     []MovedSheet // of the publisher's office, at most movedShown
	// OwnMoved counts the moved sheets of the publisher's office.
	OwnMoved int
}

// movedShown bounds the list of moved sheets in an answer; the rest is found by the
// year's changes.
const movedShown = 1000

// Try says which open sheets a publication would move, and changes nothing.
func (a *App) Try(ctx context.Context, p Publication) (Outcome, error) {
	before, after, v, err := a.prepare(ctx, p)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Version: v}
	if have, ok := before.Year(p.Year.Year); ok && domain.SameArrangement(have, p.Year) {
		out.Unchanged = true
		return out, nil
	}
	policies := a.policies()
	change := domain.ChangeID(v.Year.Year, v.Year.Version)
	err = a.eachOpen(ctx, "", func(_ *docstore.Repo[domain.Sheet], docs []docstore.Doc[domain.Sheet]) error {
		moved := make([][]domain.Move, len(docs))
		err := together(ctx, len(docs), func(ctx context.Context, i int) error {
			policy, err := policies(ctx, docs[i].Value.Office)
			moved[i] = docs[i].Value.Preview(after, policy, change)
			return err
		})
		for i, d := range docs {
			out.count(p.Office, d.Value, moved[i])
		}
		return err
	})
	return out, err
}

// Publish makes the arrangement the year's next version, tells the other services
// and computes the open sheets anew. The same arrangement again changes nothing.
// When the caller goes away half-way, the recomputation goes on by itself.
// ifVersion, unless 0, is the version that the caller has seen: docstore.ErrStale.
// The same command again gets the outcome of the first time, whatever was published
// since; with another arrangement it is docstore.ErrKeyReused.
func (a *App) Publish(ctx context.Context, p Publication, ifVersion int) (Outcome, error) {
	if v, done, err := a.published(ctx, p); err != nil || done {
		return a.outcomeOf(ctx, p.Office, v, err)
	}
	before, _, v, err := a.prepare(ctx, p)
	if err != nil {
		return Outcome{}, err
	}
	if have := before.Version(p.Year.Year); ifVersion != 0 && have != ifVersion {
		return Outcome{}, fmt.Errorf("calendar of %d stands at version %d: %w", p.Year.Year, have, docstore.ErrStale)
	}
	if have, ok := before.Year(p.Year.Year); ok && domain.SameArrangement(have, p.Year) {
		return a.standing(ctx, p, have)
	}
	id := strconv.Itoa(p.Year.Year)
	_, err = a.store.Years.Upsert(ctx, id, func(y *domain.Year) error {
		if y.Current.Version >= v.Year.Version {
			if had, again := y.By(p.Command); again && had.Fingerprint == p.Fingerprint {
				v = had // the same command at the same time
				return nil
			}
			return problem.New(problem.Conflict,
				"该年度放假安排刚刚被他人修改，请重新读取后再试。", "Somebody else has just published this year; read it again first.")
		}
		y.Publish(v)
		return nil
	})
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Version: v}
	after, err := a.Calendars.Reload(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if err := a.recompute(ctx, after, "", v, p.Office, &out); err != nil {
		return Outcome{}, err
	}
	return out, a.noteOutcome(ctx, id, out.Version)
}

// prepare checks a publication and gives the calendars before and after it.
func (a *App) prepare(ctx context.Context, p Publication) (before, after *calendar.Calendar, v domain.Version, err error) {
	if err := p.Year.Validate(); err != nil {
		return nil, nil, v, err
	}
	if before, err = a.Calendars.Reload(ctx); err != nil {
		return nil, nil, v, err
	}
	p.Year.Version = before.Version(p.Year.Year) + 1
	if after, err = before.With(p.Year); err != nil {
		return nil, nil, v, err
	}
	v = domain.Version{
		Year: p.Year, PublishedAt: a.clock.Now(), PublishedBy: p.By, Office: p.Office, Reason: p.Reason,
		Days: calendar.Changed(before, after), Command: p.Command, Fingerprint: p.Fingerprint,
	}
	return before, after, v, nil
}

// published finds the version that the command has made before.
func (a *App) published(ctx context.Context, p Publication) (v domain.Version, done bool, err error) {
	if p.Fingerprint == "" {
		return v, false, nil
	}
	doc, err := a.store.Years.Get(ctx, strconv.Itoa(p.Year.Year))
	if errors.Is(err, docstore.ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	v, done = doc.Value.By(p.Command)
	if done && v.Fingerprint != p.Fingerprint {
		err = fmt.Errorf("calendar of %d: %w", p.Year.Year, docstore.ErrKeyReused)
	}
	return v, done, err
}

// outcomeOf is what a version did when it was published.
func (a *App) outcomeOf(ctx context.Context, office string, v domain.Version, err error) (Outcome, error) {
	if err != nil {
		return Outcome{}, err
	}
	moved, _, err := a.MovedBy(ctx, office, domain.ChangeID(v.Year.Year, v.Year.Version), movedShown, "")
	return Outcome{Version: v, Moved: moved, OwnMoved: len(moved)}, err
}

// standing is the outcome of publishing what stands already: that of the version as
// it was published, so that a repeated request gets the same answer.
func (a *App) standing(ctx context.Context, p Publication, have calendar.Year) (Outcome, error) {
	out := Outcome{Unchanged: true, Version: domain.Version{Year: have}}
	doc, err := a.store.Years.Get(ctx, strconv.Itoa(have.Year))
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return out, nil // the program was delivered with it
	case err != nil:
		return out, err
	}
	for _, v := range doc.Value.Versions {
		if v.Year.Version == have.Version {
			out.Version = v
		}
	}
	out, err = a.outcomeOf(ctx, p.Office, out.Version, nil)
	out.Unchanged = true
	return out, err
}

// MovedBy lists the sheets of an office that a calendar version moved.
func (a *App) MovedBy(ctx context.Context, office, change string, limit int, cursor string) (moved []MovedSheet, next string, err error) {
	docs, next, err := a.movedIn(ctx, a.store.Cases, office, change, limit, cursor)
	if err != nil || cursor != "" || len(docs) == limit {
		return docs, next, err
	}
	// Proceedings are few; they go with the first page of cases.
	more, _, err := a.movedIn(ctx, a.store.Proceedings, office, change, limit-len(docs), "")
	return append(docs, more...), next, err
}

func (a *App) movedIn(ctx context.Context, repo *docstore.Repo[domain.Sheet], office, change string, limit int, cursor string) ([]MovedSheet, string, error) {
	docs, next, err := repo.Find(ctx, movedQuery(office, change, limit, cursor))
	if err != nil {
		return nil, "", err
	}
	list := make([]MovedSheet, 0, len(docs))
	for _, d := range docs {
		var moves []domain.Move
		for _, m := range d.Value.Moves {
			if m.Change == change {
				moves = append(moves, m)
			}
		}
		list = append(list, movedSheet(d.Value, moves))
	}
	return list, next, nil
}

func movedSheet(s *domain.Sheet, moves []domain.Move) MovedSheet {
	return MovedSheet{Of: s.Of, SubjectID: s.ID, CaseID: s.CaseID, RegisterNo: s.RegisterNo, Moves: moves}
}

// count adds one open sheet to the outcome.
func (o *Outcome) count(office string, s *domain.Sheet, moves []domain.Move) {
	o.Version.Examined++
	if len(moves) == 0 {
		return
	}
	shifted := false
	for _, m := range moves {
		shifted = shifted || m.Before != m.After
	}
	if shifted {
		o.Version.Moved++
	} else {
		o.Version.Firmed++
	}
	if s.Office != office {
		return
	}
	o.OwnMoved++
	if len(o.Moved) < movedShown {
		o.Moved = append(o.Moved, movedSheet(s, moves))
	}
}

// noteOutcome writes the totals of a version into the year's history.
func (a *App) noteOutcome(ctx context.Context, id string, v domain.Version) error {
	_, err := a.store.Years.Update(ctx, id, func(y *domain.Year) error {
		for i := range y.Versions {
			if have := &y.Versions[i]; have.Year.Version == v.Year.Version {
				have.Examined = max(have.Examined, v.Examined)
				have.Moved = max(have.Moved, v.Moved)
				have.Firmed = max(have.Firmed, v.Firmed)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note the outcome of calendar %s: %w", id, err)
	}
	return nil
}

// History lists the versions of a year, oldest first: the one that the program was
// delivered with, if any, and those published here. Empty when there is none.
func (a *App) History(ctx context.Context, year int) ([]domain.Version, error) {
	var list []domain.Version
	if y, ok := calendar.Builtin().Year(year); ok {
		list = append(list, domain.Version{Year: y})
	}
	doc, err := a.store.Years.Get(ctx, strconv.Itoa(year))
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return list, nil
	case err != nil:
		return nil, err
	}
	return append(list, doc.Value.Versions...), nil
}
