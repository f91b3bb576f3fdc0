package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
)

// Published is the report of a year as it was published, brought in from outside. A
// nil cell was blank in print, which is not zero.
type Published struct {
	Office string        `json:"office"`
	Scope  report.Whose  `json:"scope"`
	Year   int           `json:"year"`
	Title  string        `json:"title,omitempty"`
	Agency string        `json:"agency,omitempty"` // who published it, in the report's words
	Source string        `json:"source"`           // json or xlsx
	Table2 report.Table2 `json:"table2,omitempty"`
	Table3 report.Table3 `json:"table3,omitempty"`
	Table4 report.Table4 `json:"table4,omitempty"`
	// Failures are the checks that it fails. A report with any is kept only when
	// somebody has said why.
	Failures []report.Check `json:"failures,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	At       time.Time      `json:"at"`
	By       string         `json:"by"` // staff id
	// Earlier are what was brought in for the year before, oldest first.
	Earlier []Published `json:"earlier,omitempty"`
}

// maxEarlier bounds how often the report of a year can be brought in anew.
const maxEarlier = 20

// ErrTooOften says that a year's report was brought in as often as is kept.
var ErrTooOften = errors.New("the report of the year was brought in too often")

// PublishedRepo keeps the published reports.
type PublishedRepo struct{ repo *docstore.Repo[Published] }

// OpenPublished opens the collection of published reports.
func OpenPublished(ctx context.Context, s docstore.Store, now func() time.Time) (*PublishedRepo, error) {
	repo, err := docstore.Open(ctx, s, now, docstore.Spec[Published]{Name: "published_reports", Indexes: []docstore.Entry[Published]{{
		Index: docstore.Index{Name: "years", Fields: []docstore.Field{str("office"), str("scope"), num("year")}},
		Key:   func(p *Published) docstore.Key { return docstore.Key{p.Office, string(p.Scope), int64(p.Year)} },
	}}})
	if err != nil {
		return nil, err
	}
	return &PublishedRepo{repo: repo}, nil
}

func publishedID(office string, scope report.Whose, year int) string {
	return fmt.Sprintf("%s.%s.%04d", office, scope, year)
}

// Of returns the published report of a year; nil when none was brought in.
func (r *PublishedRepo) Of(ctx context.Context, office string, scope report.Whose, year int) (*Published, error) {
	doc, err := r.repo.Get(ctx, publishedID(office, scope, year))
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, nil //nolint:nilnil // a year without one is usual
	}
	if err != nil {
		return nil, err
	}
	return doc.Value, nil
}

// Before returns the newest published report with a table three of the years before
// one; nil when there is none.
func (r *PublishedRepo) Before(ctx context.Context, office string, scope report.Whose, year int) (*Published, error) {
	cursor := ""
	for {
		docs, next, err := r.repo.Find(ctx, docstore.Query{
			Index: "years", Eq: []any{office, string(scope)}, To: int64(year), Desc: true, Limit: 5, After: cursor,
		})
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			if d.Value.Table3 != nil {
				return d.Value, nil
			}
		}
		if next == "" {
			return nil, nil //nolint:nilnil // none was brought in
		}
		cursor = next
	}
}

// Keep stores a report as the published one of its year; what was there before stays
// behind it. ErrTooOften.
func (r *PublishedRepo) Keep(ctx context.Context, p Published, opts ...docstore.Option) (*Published, error) {
	doc, err := r.repo.Upsert(ctx, publishedID(p.Office, p.Scope, p.Year), func(d *Published) error {
		if len(d.Earlier) >= maxEarlier {
			return ErrTooOften
		}
		next := p
		if d.Office != "" {
			before := *d
			before.Earlier = nil
			next.Earlier = append(append([]Published(nil), d.Earlier...), before)
		}
		*d = next
		return nil
	}, opts...)
	if err != nil {
		return nil, err
	}
	return doc.Value, nil
}
