package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
)

// segment is one index range; a cell of a table is the cases of several, one after
// the other. Its name is stable, so that a page finds its place again when ranges
// before or after it have come and gone.
type segment struct {
	name  string
	query docstore.Query
}

// walk returns one page over the segments in the order of their names.
func walk[T any](ctx context.Context, repo *docstore.Repo[T], segments []segment, limit int, cursor string) ([]docstore.Doc[T], string, error) {
	slices.SortFunc(segments, func(a, b segment) int { return cmp.Compare(a.name, b.name) })
	at, inner, err := readCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	var docs []docstore.Doc[T]
	for _, s := range segments {
		if s.name < at {
			continue
		}
		if s.name > at {
			inner = ""
		}
		q := s.query
		q.Limit, q.After = limit-len(docs), inner
		page, next, err := repo.Find(ctx, q)
		if err != nil {
			return nil, "", err
		}
		docs = append(docs, page...)
		if next != "" {
			return docs, writeCursor(s.name, next), nil
		}
		if len(docs) == limit {
			// The next page begins after this segment, wherever that is by then.
			return docs, endOf(segments, s.name), nil
		}
	}
	return docs, "", nil
}

// endOf is the cursor behind a segment; empty behind the last one.
func endOf(segments []segment, name string) string {
	if segments[len(segments)-1].name == name {
		return ""
	}
	return writeCursor(name+"\x7f", "")
}

func writeCursor(name, inner string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(name + "\n" + inner))
}

func readCursor(cursor string) (name, inner string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	name, inner, ok := strings.Cut(string(raw), "\n")
	if err != nil || !ok {
		return "", "", docstore.ErrBadCursor
	}
	return name, inner, nil
}

// Cell returns one page of the cases that stand in a cell of table three. The
// column may be report.Total. The pages of a cell hold as many cases as it counts.
func (f *Facts) Cell(ctx context.Context, office string, year int, row report.Row, column report.Column, limit int, cursor string) ([]docstore.Doc[domain.CaseFact], string, error) {
	columns := []report.Column{column}
	if column == report.Total {
		columns = report.Applicants()
	}
	var segments []segment
	add := func(name, index string, eq ...any) {
		segments = append(segments, segment{name, docstore.Query{Index: index, Eq: eq}})
	}
	switch row {
	case report.NewReceived:
		for _, c := range columns {
			add(string(c), factsReceived, office, int64(year), string(c))
		}
	case report.CarriedIn, report.CarriedOut:
		carried, err := f.carried(ctx, office, year)
		if err != nil {
			return nil, "", err
		}
		for _, g := range carried {
			in := g.received < year && g.finished >= year
			out := g.finished > year
			if (row == report.CarriedIn && !in) || (row == report.CarriedOut && !out) || !slices.Contains(columns, g.column) {
				continue
			}
			add(fmt.Sprintf("%04d-%04d-%s", g.received, g.finished, g.column),
				factsCarried, office, int64(g.received), int64(g.finished), string(g.column))
		}
	case report.ResultsTotal, report.OtherAll:
		for _, r := range resultRows(row) {
			for _, c := range columns {
				add(string(r)+"-"+string(c), factsFinished, office, int64(year), string(r), string(c))
			}
		}
	default:
		for _, c := range columns {
			add(string(c), factsFinished, office, int64(year), string(row), string(c))
		}
	}
	return walk(ctx, f.repo, segments, limit, cursor)
}

// Cell4 returns one page of the proceedings that stand in a cell of table four.
func (p *Proceedings) Cell4(ctx context.Context, office string, year int, scope report.Scope, block report.Block, column report.Outcome, limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
	groups, err := p.Table(ctx, office)
	if err != nil {
		return nil, "", err
	}
	var segments []segment
	for _, g := range groups {
		o, ok := g.In(year, scope)
		if string(g.Kind) != string(block) || !ok || (column != report.OutcomeTotal && column != o) {
			continue
		}
		segments = append(segments, segment{
			fmt.Sprintf("%04d-%04d-%s", g.Filed, g.Concluded, g.Outcome),
			docstore.Query{Index: procTable, Eq: []any{office, string(g.Kind), int64(g.Filed), int64(g.Concluded), string(g.Outcome)}},
		})
	}
	return walk(ctx, p.Repo, segments, limit, cursor)
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
