// Package reporting puts the tables together: it asks the store for grouped counts
// and pkg/statute/report for what they mean.
package reporting

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// Reporter answers questions about an office's figures. It is safe for concurrent
// use.
type Reporter struct {
	Facts       *store.Facts
	Notices     *store.Notices
	Proceedings *store.Proceedings
	Settings    *store.SettingsRepo
	Frozen      *store.FrozenRepo
	Published   *store.PublishedRepo
}

// Annual is the statistical part of a year's report.
type Annual struct {
	Year    int          `json:"year"`
	Office  string       `json:"office"`
	Scope   report.Whose `json:"scope"`
	Format  string       `json:"format"` // 2019 or 2021
	T4Scope report.Scope `json:"t4_scope"`
	T4Basis report.Basis `json:"t4_basis"`
	// Printed: these are the figures of a published report, not the register's.
	Printed bool `json:"-"`
	// Units are the offices that an aggregate sums up, the authority's own first.
	Units  []string           `json:"units,omitempty"`
	Table3 report.Table3      `json:"table3"`
	Table4 report.Table4      `json:"table4"`
	Fees   store.FeeStatement `json:"fees"`
	Checks []report.Check     `json:"checks"`
	// Unregistered are applications of years before that a published report carries
	// out and the register does not hold; they are carried in and out here, too.
	Unregistered store.ByColumn `json:"unregistered,omitempty"`
	Published    *Publication   `json:"published,omitempty"`
	// Signed is set when the office has signed the year; Differences are what has
	// changed in the register since.
	Signed      *Signature   `json:"signed,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Signature says who signed a year's report and when.
type Signature struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"` // staff id
	Name string    `json:"name"`
}

// Difference is a cell that no longer holds what was signed.
type Difference struct {
	Table  int    `json:"table"` // 3 or 4
	Row    string `json:"row"`   // the row, or the block of table four
	Column string `json:"column"`
	Signed int64  `json:"signed"`
	Now    int64  `json:"now"`
}

// OK reports whether every check holds.
func (a *Annual) OK() bool { return len(report.Failures(a.Checks)) == 0 }

// figures are one office's year before the checks.
type figures struct {
	table3 report.Table3
	table4 report.Table4
	flows  map[report.Block]report.Flow
	fees   store.FeeStatement
	// unregistered are among what table3 carries in and out.
	unregistered store.ByColumn
}

// Annual computes the report of a year: the office's own, or with the scope
// Aggregate the sum over it and the offices that report to it.
func (r *Reporter) Annual(ctx context.Context, office string, year int, scope report.Whose) (*Annual, error) {
	settings, _, err := r.Settings.Of(ctx, office)
	if err != nil {
		return nil, err
	}
	a := &Annual{
		Year: year, Office: office, Scope: scope, Format: report.FormatFor(year).ID, T4Scope: settings.T4Scope, T4Basis: settings.T4Basis,
	}
	if scope == report.Aggregate {
		if err := r.aggregate(ctx, a); err != nil {
			return nil, err
		}
	} else if err := r.count(ctx, a, settings); err != nil {
		return nil, err
	}
	if err := r.comparePublished(ctx, a); err != nil {
		return nil, err
	}
	return a, r.compareSigned(ctx, a)
}

// Counting again, when figures that were counted one after another do not fit
// together because a case moved meanwhile.
const (
	countTries = 5
	countPause = 20 * time.Millisecond
)

// count fills in the year's figures and checks. A check that still fails after
// several counts is no accident of the moment.
func (r *Reporter) count(ctx context.Context, a *Annual, settings store.Settings) error {
	for try := 1; ; try++ {
		now, err := r.figures(ctx, settings, a.Year)
		if err != nil {
			return err
		}
		before, err := r.carriedOutOf(ctx, a.Office, a.Year-1)
		if err != nil {
			return err
		}
		a.Table3, a.Table4, a.Fees, a.Unregistered = now.table3, now.table4, now.fees, now.unregistered
		a.Checks = checks(a, before, now.flows)
		if a.OK() || try == countTries {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(countPause):
		}
	}
}

// carriedOutOf is what table three of the year before carries out: as signed or
// published when it was, for that is what the public has read, or as the register
// says.
func (r *Reporter) carriedOutOf(ctx context.Context, office string, year int) (report.Table3, error) {
	signed, err := r.Frozen.Of(ctx, office, report.Own, year)
	if err != nil || signed != nil {
		return signed.Table(), err
	}
	public, err := r.Published.Of(ctx, office, report.Own, year)
	if err != nil {
		return nil, err
	}
	if public != nil && public.Table3 != nil {
		return public.Table3, nil
	}
	_, out, err := r.Facts.Carried(ctx, office, year)
	if err != nil {
		return nil, err
	}
	more, err := r.unregistered(ctx, office, report.Own, year, r.registered(office))
	return table3(store.YearFlow{CarriedOut: addColumns(out, more)}, year), err
}

// figures counts one office by its own settings.
func (r *Reporter) figures(ctx context.Context, by store.Settings, year int) (figures, error) {
	office := by.Office
	var f figures
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		flow, err := r.Facts.Year(ctx, office, year)
		if err != nil {
			return err
		}
		f.unregistered, err = r.unregistered(ctx, office, report.Own, year, r.registered(office))
		flow.CarriedIn, flow.CarriedOut = addColumns(flow.CarriedIn, f.unregistered), addColumns(flow.CarriedOut, f.unregistered)
		f.table3 = table3(flow, year)
		return err
	})
	g.Go(func() error {
		groups, err := r.Proceedings.Table(ctx, office, by.T4Basis)
		f.table4, f.flows = table4(groups, year, by.T4Scope)
		return err
	})
	g.Go(func() (err error) {
		f.fees, err = r.fees(ctx, office, year)
		return err
	})
	err := g.Wait()
	return f, err
}

func (r *Reporter) fees(ctx context.Context, office string, year int) (store.FeeStatement, error) {
	y, err := r.Notices.Year(ctx, office, year)
	if err != nil {
		return store.FeeStatement{}, err
	}
	imported, err := r.Facts.ImportedFees(ctx, office, year)
	return store.FeeStatement{
		Noticed: y.Noticed, Collected: y.Collected, Lapsed: y.Lapsed, Refunded: y.Refunded, Imported: imported,
		Cases: y.Cases + imported.Count, NetYuan: y.Collected.Yuan + imported.Yuan - y.Refunded.Yuan,
	}, err
}

func table3(flow store.YearFlow, year int) report.Table3 {
	counts := report.Counts{}
	put := func(row report.Row, by store.ByColumn) {
		for column, n := range by {
			counts.Count(row, column, n)
		}
	}
	put(report.NewReceived, flow.NewReceived)
	put(report.CarriedIn, flow.CarriedIn)
	put(report.CarriedOut, flow.CarriedOut)
	for row, by := range flow.Results {
		put(row, by)
	}
	return counts.Table(report.FormatFor(year))
}

func table4(groups []store.Group, year int, scope report.Scope) (report.Table4, map[report.Block]report.Flow) {
	cells := map[report.Block]map[report.Outcome]int64{}
	flows := map[report.Block]report.Flow{}
	for _, g := range groups {
		block := report.Block(g.Kind)
		flow := flows[block]
		if g.Filed < year && g.Concluded >= year {
			flow.Opening += g.N
		}
		if g.Filed == year {
			flow.Filed += g.N
		}
		if g.Concluded == year {
			flow.Concluded += g.N
		}
		if g.Filed <= year && g.Concluded > year {
			flow.Closing += g.N
		}
		flows[block] = flow
		if o, ok := g.In(year, scope); ok {
			if cells[block] == nil {
				cells[block] = map[report.Outcome]int64{}
			}
			cells[block][o] += g.N
		}
	}
	return report.Table4FromCounts(cells), flows
}

func checks(a *Annual, before report.Table3, flows map[report.Block]report.Flow) []report.Check {
	out := report.CheckTable3(a.Table3)
	out = append(out, report.CheckTable4(a.Table4)...)
	if before != nil {
		out = append(out, report.CheckYears(before, a.Table3)...)
	}
	out = append(out, report.CheckFlows(flows)...)
	return append(out, report.CheckScope(a.Scope)...)
}

// Offices are the offices whose figures a scope holds, the caller's first, each with
// the settings by which it is counted.
func (r *Reporter) Offices(ctx context.Context, office string, scope report.Whose) ([]store.Settings, error) {
	own, _, err := r.Settings.Of(ctx, office)
	if err != nil || scope != report.Aggregate {
		return []store.Settings{own}, err
	}
	units, err := r.Settings.Units(ctx, office)
	if err != nil {
		return nil, err
	}
	return append([]store.Settings{own}, units...), nil
}

// aggregate sums up the authority and its units, each by its own settings.
func (r *Reporter) aggregate(ctx context.Context, a *Annual) error {
	offices, err := r.Offices(ctx, a.Office, report.Aggregate)
	if err != nil {
		return err
	}
	var tables, before []report.Table3
	cells := map[report.Block]map[report.Outcome]int64{}
	flows := map[report.Block]report.Flow{}
	for _, by := range offices {
		a.Units = append(a.Units, by.Office)
		f, err := r.figures(ctx, by, a.Year)
		if err != nil {
			return err
		}
		out, err := r.carriedOutOf(ctx, by.Office, a.Year-1)
		if err != nil {
			return err
		}
		tables, before = append(tables, f.table3), append(before, out)
		addTable4(cells, f.table4)
		for b, flow := range f.flows {
			sum := flows[b]
			flows[b] = report.Flow{
				Opening: sum.Opening + flow.Opening, Filed: sum.Filed + flow.Filed,
				Concluded: sum.Concluded + flow.Concluded, Closing: sum.Closing + flow.Closing,
			}
		}
		a.Fees = addFees(a.Fees, f.fees)
		a.Unregistered = addColumns(a.Unregistered, f.unregistered)
	}
	// What the authority published for all of them, and none of them holds, is nobody's
	// yet: it counts like one more unit.
	more, err := r.unregistered(ctx, a.Office, report.Aggregate, a.Year, r.carriedByAll(offices))
	if err != nil {
		return err
	}
	if len(more) > 0 {
		nobody := table3(store.YearFlow{CarriedIn: more, CarriedOut: more}, a.Year)
		tables, before = append(tables, nobody), append(before, table3(store.YearFlow{CarriedOut: more}, a.Year-1))
		a.Unregistered = addColumns(a.Unregistered, more)
	}
	format := report.FormatFor(a.Year)
	a.Table3 = report.Sum(format, tables...)
	a.Table4 = report.Table4FromCounts(cells)
	a.Checks = append(checks(a, report.Sum(report.FormatFor(a.Year-1), before...), flows), report.CheckAggregate(a.Table3, tables...)...)
	return nil
}

// carriedByAll is what the offices together carry out of a year.
func (r *Reporter) carriedByAll(offices []store.Settings) func(context.Context, int) (store.ByColumn, error) {
	return func(ctx context.Context, year int) (store.ByColumn, error) {
		sum := store.ByColumn{}
		for _, o := range offices {
			t, err := r.carriedOutOf(ctx, o.Office, year)
			if err != nil {
				return nil, err
			}
			for _, c := range report.Applicants() {
				n, _ := t.Cell(report.CarriedOut, c)
				sum[c] += n
			}
		}
		return sum, nil
	}
}

func addTable4(cells map[report.Block]map[report.Outcome]int64, t report.Table4) {
	for b, columns := range t {
		if cells[b] == nil {
			cells[b] = map[report.Outcome]int64{}
		}
		for o, n := range columns {
			if n != nil && o != report.OutcomeTotal {
				cells[b][o] += *n
			}
		}
	}
}

func addFees(a, b store.FeeStatement) store.FeeStatement {
	add := func(x, y store.Money) store.Money {
		return store.Money{Count: x.Count + y.Count, Yuan: x.Yuan + y.Yuan}
	}
	return store.FeeStatement{
		Noticed: add(a.Noticed, b.Noticed), Collected: add(a.Collected, b.Collected), Lapsed: add(a.Lapsed, b.Lapsed),
		Refunded: add(a.Refunded, b.Refunded), Imported: add(a.Imported, b.Imported),
		Cases: a.Cases + b.Cases, NetYuan: a.NetYuan + b.NetYuan,
	}
}

// compareSigned says what has changed since the year was signed.
func (r *Reporter) compareSigned(ctx context.Context, a *Annual) error {
	signed, err := r.Frozen.Of(ctx, a.Office, a.Scope, a.Year)
	if err != nil || signed == nil {
		return err
	}
	a.Signed = &Signature{At: signed.FrozenAt, By: signed.FrozenBy, Name: signed.Signed}
	a.Differences = differences(signed.Table3, signed.Table4, a)
	return nil
}

// Sign freezes the report of a year. The caller has looked that the year is over.
func (r *Reporter) Sign(ctx context.Context, a *Annual, by, name string, at time.Time, opts ...docstore.Option) (*store.Frozen, error) {
	return r.Frozen.Sign(ctx, store.Frozen{
		Office: a.Office, Scope: a.Scope, Units: a.Units, Year: a.Year, Table3: a.Table3, Table4: a.Table4, Fees: a.Fees, T4Scope: a.T4Scope, T4Basis: a.T4Basis,
		FrozenAt: at, FrozenBy: by, Signed: name,
	}, opts...)
}

// kinds are the kinds of proceedings that stand in table four.
var kinds = []domain.Kind{domain.Review, domain.SuitDirect, domain.SuitAfterReview}
