package reporting

import (
	"context"
	"time"

	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/store"
)

// Publication says that a report of the year was published, and where the register
// tells otherwise. Cells that were printed blank are not compared.
type Publication struct {
	At          time.Time    `json:"imported_at"`
	By          string       `json:"imported_by"` // staff id
	Title       string       `json:"title,omitempty"`
	OK          bool         `json:"ok"` // whether it passed every check when it was brought in
	Differences []Difference `json:"differences,omitempty"`
}

// Verify checks a report that was made elsewhere against itself and against what is
// known of the year before.
func (r *Reporter) Verify(ctx context.Context, p *store.Published, text string) ([]report.Check, error) {
	var checks []report.Check
	if p.Table3 != nil {
		checks = append(checks, report.CheckTable3(p.Table3)...)
	}
	if p.Table4 != nil {
		checks = append(checks, report.CheckTable4(p.Table4)...)
	}
	before, err := r.Published.Of(ctx, p.Office, p.Scope, p.Year-1)
	if err != nil {
		return nil, err
	}
	if p.Table3 != nil {
		last, err := r.publicTable3(ctx, p, before)
		if err != nil {
			return nil, err
		}
		if last != nil {
			checks = append(checks, report.CheckYears(last, p.Table3)...)
		}
	}
	if before != nil && before.Table2 != nil && p.Table2 != nil {
		checks = append(checks, report.CheckStock(before.Table2, p.Table2)...)
	}
	if text != "" {
		checks = append(checks, report.CheckText(text, p.Table3, p.Table4)...)
	}
	return append(checks, report.CheckScope(p.Scope)...), nil
}

// publicTable3 is table three of the year before as the public has read it; nil when
// neither a signed nor a published one is known.
func (r *Reporter) publicTable3(ctx context.Context, p, before *store.Published) (report.Table3, error) {
	signed, err := r.Frozen.Of(ctx, p.Office, p.Scope, p.Year-1)
	if err != nil || signed != nil {
		return signed.Table(), err
	}
	if before == nil {
		return nil, nil
	}
	return before.Table3, nil
}

// unregistered are the applications that the newest published report of the years
// before one carries out and the register does not hold: the office brought its
// figures along before its cases. They are carried in and out of every year until
// they are entered, so that last year's 结转 is this year's. carriedOut are what the
// register itself carries out of that report's year.
func (r *Reporter) unregistered(
	ctx context.Context, office string, scope report.Whose, year int,
	carriedOut func(context.Context, int) (store.ByColumn, error),
) (store.ByColumn, error) {
	p, err := r.Published.Before(ctx, office, scope, year)
	if err != nil || p == nil {
		return nil, err
	}
	known, err := carriedOut(ctx, p.Year)
	if err != nil {
		return nil, err
	}
	var more store.ByColumn
	for _, c := range report.Applicants() {
		out, _ := p.Table3.Cell(report.CarriedOut, c)
		if missing := out - known[c]; missing > 0 {
			if more == nil {
				more = store.ByColumn{}
			}
			more[c] = missing
		}
	}
	return more, nil
}

// registered is what an office's register carries out of a year.
func (r *Reporter) registered(office string) func(context.Context, int) (store.ByColumn, error) {
	return func(ctx context.Context, year int) (store.ByColumn, error) {
		_, out, err := r.Facts.Carried(ctx, office, year)
		return out, err
	}
}

func addColumns(a, b store.ByColumn) store.ByColumn {
	if len(b) == 0 {
		return a
	}
	sum := store.ByColumn{}
	for _, m := range []store.ByColumn{a, b} {
		for c, n := range m {
			sum[c] += n
		}
	}
	return sum
}

// comparePublished says where the register differs from what was published.
func (r *Reporter) comparePublished(ctx context.Context, a *Annual) error {
	p, err := r.Published.Of(ctx, a.Office, a.Scope, a.Year)
	if err != nil || p == nil {
		return err
	}
	a.Published = &Publication{
		At: p.At, By: p.By, Title: p.Title, OK: len(p.Failures) == 0, Differences: differences(p.Table3, p.Table4, a),
	}
	return nil
}

// differences are the cells that no longer hold what was signed or published.
func differences(t3 report.Table3, t4 report.Table4, a *Annual) (d []Difference) {
	format := report.FormatFor(a.Year)
	for _, row := range format.Rows() {
		for _, c := range report.Columns() {
			was, stated := t3.Cell(row, c)
			if now, _ := a.Table3.Cell(row, c); stated && now != was {
				d = append(d, Difference{3, string(row), string(c), was, now})
			}
		}
	}
	for _, b := range report.Blocks() {
		for _, o := range report.Outcomes() {
			was, stated := t4.Cell(b, o)
			if now, _ := a.Table4.Cell(b, o); stated && now != was {
				d = append(d, Difference{4, string(b), string(o), was, now})
			}
		}
	}
	return d
}
