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

// Cell names a cell of table three.
type Cell struct {
	Offices []string
	Year    int
	Row     report.Row
	Column  report.Column // report.Total for all
}

// Cell returns one page of the cases that stand in a cell of table three. The pages
// of a cell hold as many cases as it counts.
func (f *Facts) Cell(ctx context.Context, cell Cell, limit int, cursor string) ([]docstore.Doc[domain.CaseFact], string, error) {
	var segments []segment
	for _, office := range cell.Offices {
		of, err := f.segments(ctx, office, cell)
		if err != nil {
			return nil, "", err
		}
		segments = append(segments, of...)
	}
	return walk(ctx, f.repo, segments, limit, cursor)
}

// segments are the index ranges that hold an office's cases of a cell.
func (f *Facts) segments(ctx context.Context, office string, cell Cell) ([]segment, error) {
	year, columns := cell.Year, []report.Column{cell.Column}
	if cell.Column == report.Total {
		columns = report.Applicants()
	}
	var segments []segment
	add := func(name, index string, eq ...any) {
		segments = append(segments, segment{office + "/" + name, docstore.Query{Index: index, Eq: eq}})
	}
	switch cell.Row {
	case report.NewReceived:
		for _, c := range columns {
			add(string(c), factsReceived, office, int64(year), string(c))
		}
	case report.CarriedIn, report.CarriedOut:
		carried, err := f.carried(ctx, office, year)
		if err != nil {
			return nil, err
		}
		for _, g := range carried {
			in := g.received < year && g.finished >= year
			out := g.finished > year
			if (cell.Row == report.CarriedIn && !in) || (cell.Row == report.CarriedOut && !out) || !slices.Contains(columns, g.column) {
				continue
			}
			add(fmt.Sprintf("%04d-%04d-%s", g.received, g.finished, g.column),
				factsCarried, office, int64(g.received), int64(g.finished), string(g.column))
		}
	case report.ResultsTotal, report.OtherAll:
		for _, r := range resultRows(cell.Row) {
			for _, c := range columns {
				add(string(r)+"-"+string(c), factsFinished, office, int64(year), string(r), string(c))
			}
		}
	default:
		for _, c := range columns {
			add(string(c), factsFinished, office, int64(year), string(cell.Row), string(c))
		}
	}
	return segments, nil
}
