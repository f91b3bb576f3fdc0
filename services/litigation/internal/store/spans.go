package store

import (
	"context"
	"fmt"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// Group counts the proceedings of one kind by the years in which they were filed
// and concluded (domain.OpenYear while pending).
type Group struct {
	Kind             domain.Kind
	Filed, Concluded int
	Outcome          report.Outcome
	N                int64

	index string
}

// spanIndexes are the indexes that a basis counts.
func spanIndexes(basis report.Basis) []string {
	switch basis {
	case report.ByEffect:
		return []string{procByEffect}
	case report.ByInstance:
		return []string{procFirst, procSecond}
	case report.ByResult:
	}
	return []string{procByResult}
}

// Table groups all counted proceedings of an office. They are few, and one answer
// serves every year of table four.
func (p *Proceedings) Table(ctx context.Context, office string, basis report.Basis) ([]Group, error) {
	var out []Group
	for _, index := range spanIndexes(basis) {
		groups, err := p.Repo.Count(ctx, docstore.CountQuery{Index: index, Eq: []any{office}, GroupBy: 4})
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			out = append(out, Group{
				Kind: domain.Kind(text(g, 0)), Filed: int(number(g, 1)), Concluded: int(number(g, 2)),
				Outcome: report.Outcome(text(g, 3)), N: g.Count, index: index,
			})
		}
	}
	return out, nil
}

// In is the column in which the group stands in a year's table four; false when it
// does not stand there at all. What was concluded later was pending at the end of
// that year, whatever became of it.
func (g Group) In(year int, scope report.Scope) (report.Outcome, bool) {
	if g.Filed > year || g.Concluded < year || (scope == report.Filed && g.Filed != year) {
		return "", false
	}
	if g.Concluded > year {
		return report.Pending, true
	}
	return g.Outcome, true
}

// Move is how many proceedings of a kind were filed on a day, or concluded on it
// with an outcome.
type Move struct {
	Kind    domain.Kind
	On      civil.Date
	Outcome report.Outcome // empty: filed
	N       int64
}

// Moves returns all moves of an office: a summary asks for dozens of figures, and
// proceedings are few.
func (p *Proceedings) Moves(ctx context.Context, office string, basis report.Basis) ([]Move, error) {
	var out []Move
	for _, index := range spanIndexes(basis) {
		groups, err := p.Repo.Count(ctx, docstore.CountQuery{Index: index, Eq: []any{office}, GroupBy: 6})
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			kind := domain.Kind(text(g, 0))
			out = append(out, Move{Kind: kind, On: civil.Date(number(g, 4)), N: g.Count})
			if o := report.Outcome(text(g, 3)); o != "" {
				out = append(out, Move{Kind: kind, Outcome: o, On: civil.Date(number(g, 5)), N: g.Count})
			}
		}
	}
	return out, nil
}

// Cell4 returns one page of the proceedings that stand in a cell of table four.
// Where instances are counted, a proceeding stands in it once for each.
func (p *Proceedings) Cell4(ctx context.Context, cell Cell4, limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
	var segments []segment
	for _, of := range cell.Offices {
		groups, err := p.Table(ctx, of.Office, of.T4Basis)
		if err != nil {
			return nil, "", err
		}
		for _, g := range groups {
			o, ok := g.In(cell.Year, of.T4Scope)
			if string(g.Kind) != string(cell.Block) || !ok || (cell.Column != report.OutcomeTotal && cell.Column != o) {
				continue
			}
			segments = append(segments, segment{
				fmt.Sprintf("%s/%s-%04d-%04d-%s", of.Office, g.index, g.Filed, g.Concluded, g.Outcome),
				docstore.Query{Index: g.index, Eq: []any{of.Office, string(g.Kind), int64(g.Filed), int64(g.Concluded), string(g.Outcome)}},
			})
		}
	}
	return walk(ctx, p.Repo, segments, limit, cursor)
}

// Cell4 names a cell of table four. Each office is counted by its own settings.
type Cell4 struct {
	Offices []Settings
	Year    int
	Block   report.Block
	Column  report.Outcome // report.OutcomeTotal for all
}

// FirstInstances counts the suits whose first instance was concluded from a day to
// another, and those of them that corrected the office.
func (p *Proceedings) FirstInstances(ctx context.Context, office string, from, to civil.Date) (judged, lost int64, err error) {
	groups, err := p.Repo.Count(ctx, docstore.CountQuery{
		Index: procJudged, Eq: []any{office}, From: int64(from), To: int64(to) + 1, GroupBy: 2,
	})
	for _, g := range groups {
		judged += g.Count
		if report.Outcome(text(g, 1)) == report.Corrected {
			lost += g.Count
		}
	}
	return judged, lost, err
}

// Hearings counts the suits whose last hearing was held from a day to another with
// a note on the head of the office, and those to which the head went.
func (p *Proceedings) Hearings(ctx context.Context, office string, from, to civil.Date) (heard, appeared int64, err error) {
	groups, err := p.Repo.Count(ctx, docstore.CountQuery{
		Index: procHearings, Eq: []any{office}, From: int64(from), To: int64(to) + 1, GroupBy: 2,
	})
	for _, g := range groups {
		heard += g.Count
		appeared += g.Count * number(g, 1)
	}
	return heard, appeared, err
}
