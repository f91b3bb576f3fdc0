package reporting

import (
	"context"

	"golang.org/x/sync/errgroup"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

// Summary is the periodic summary (定期总结) of an office: every line beside the year
// to date and the same period of the year before. It names no applicant.
type Summary struct {
	Office     string       `json:"office"`
	OfficeName string       `json:"office_name,omitempty"`
	Scope      report.Whose `json:"scope"`
	Units      []Unit       `json:"units,omitempty"` // of an aggregate, the authority first
	Period     Span         `json:"period"`
	YearToDate Span         `json:"year_to_date"`
	LastYear   Span         `json:"last_year"`
	AsOf       civil.Date   `json:"as_of"` // the day on which it was drawn up

	Applications Section             `json:"applications"`
	Proceedings  map[string]*Section `json:"proceedings"` // by kind
	Results      []Line              `json:"results"`
	Lost         []Lost              `json:"lost"`
	LostMore     bool                `json:"lost_more"` // there are more than are listed
	NoLoss       string              `json:"no_loss,omitempty"`
	Due          Due                 `json:"due"`
	Indicators   []report.Indicator  `json:"indicators"`
	Checks       []report.Check      `json:"checks"`
}

// Kinds are the kinds of proceedings of the summary in printed order.
func (s *Summary) Kinds() []string {
	names := make([]string, 0, len(kinds))
	for _, k := range kinds {
		if s.Proceedings[string(k)] != nil {
			names = append(names, string(k))
		}
	}
	return names
}

// Span is a period in words and days.
type Span struct {
	Name string     `json:"name"`
	From civil.Date `json:"from"`
	To   civil.Date `json:"to"`
}

func spanOf(p domain.Period) Span { return Span{p.Name, p.From, p.To} }

// Section is the flow of applications or of one kind of proceedings: open before +
// new = finished + open after.
type Section struct {
	Label    string `json:"label"`
	Flow     []Line `json:"flow"`
	Outcomes []Line `json:"outcomes,omitempty"`
	Balanced bool   `json:"balanced"`
}

// Line is one figure for the three periods. Change compares this period with the
// same period of the year before; "—" when there was nothing then.
type Line struct {
	Key        string `json:"key"`
	Label      string `json:"label"`
	Group      string `json:"group,omitempty"`
	This       int64  `json:"this"`
	YearToDate int64  `json:"year_to_date"`
	LastYear   int64  `json:"last_year"`
	Change     string `json:"change"`
}

func line(key, label string, n [3]int64) Line {
	return Line{Key: key, Label: label, This: n[0], YearToDate: n[1], LastYear: n[2], Change: report.Change(n[0], n[2]).Value}
}

// Unit is one of the offices that an aggregate sums up, and whether it has reported
// its proceedings.
type Unit struct {
	Office     string `json:"office"`
	Unreported int64  `json:"unreported"`
	Lost       int    `json:"lost"`
	Overdue    int64  `json:"overdue"` // replies and duties in proceedings
}

// Summary computes the summary of a period as of a day: the office's own, or summed
// up over it and the offices that report to it.
func (r *Reporter) Summary(
	ctx context.Context, office string, scope report.Whose, p domain.Period, today civil.Date, cal *calendar.Calendar,
) (*Summary, error) {
	periods := [3]domain.Period{p, p.YearToDate(), p.LastYear()}
	s := &Summary{
		Office: office, Scope: scope, AsOf: today,
		Period: spanOf(p), YearToDate: spanOf(periods[1]), LastYear: spanOf(periods[2]),
		Proceedings: map[string]*Section{}, Lost: []Lost{},
		Due: Due{ProceedingsOverdue: []string{}, ProceedingsDueSoon: []string{}, Overdue: []DueItem{}, Soon: []DueItem{}},
	}
	offices, err := r.Offices(ctx, office, scope)
	if err != nil {
		return nil, err
	}
	var all part
	for _, by := range offices {
		one, err := r.part(ctx, s, by, periods, cal)
		if err != nil {
			return nil, err
		}
		all.add(one)
	}
	s.applications(all.flows)
	t4 := map[report.Block]map[report.Outcome]int64{}
	filed := map[report.Block]int64{}
	blocks := map[report.Block]report.Flow{}
	for _, kind := range kinds {
		var counts [3]procCounts
		for i := range periods {
			counts[i] = countMoves(all.moves, kind, periods[i])
		}
		s.Proceedings[string(kind)] = procSection(kind, counts)
		block := report.Block(kind)
		t4[block], filed[block], blocks[block] = counts[0].cells(), counts[0].flow.Filed, counts[0].flow
	}
	s.indicators(all.flows[0], report.Table4FromCounts(t4), filed)
	s.indicate(report.LossRate(all.lost, all.judged), report.HeadAppearanceRate(all.appeared, all.heard))
	s.Checks = append(s.Checks, report.CheckFlows(blocks)...)
	s.Checks = append(s.Checks, report.CheckScope(s.Scope)...)
	return s, nil
}

// part is what one office adds to a summary.
type part struct {
	flows [3]flow
	moves []store.Move
	// The suits of the first instance that were concluded in the period, and those of
	// them that were lost (败诉率 as the courts count it).
	judged, lost int64
	// The suits heard in the period, and those to which the head went.
	heard, appeared int64
}

func (p *part) add(o part) {
	for i := range p.flows {
		p.flows[i].openBefore += o.flows[i].openBefore
		p.flows[i].received += o.flows[i].received
		p.flows[i].openAfter += o.flows[i].openAfter
		p.flows[i].finished = append(p.flows[i].finished, o.flows[i].finished...)
	}
	p.moves = append(p.moves, o.moves...)
	p.judged, p.lost, p.heard, p.appeared = p.judged+o.judged, p.lost+o.lost, p.heard+o.heard, p.appeared+o.appeared
}

// part counts one office by its own settings, and lists what it has lost and what is
// due.
func (r *Reporter) part(ctx context.Context, s *Summary, by store.Settings, periods [3]domain.Period, cal *calendar.Calendar) (part, error) {
	var one part
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		one.flows, err = r.applicationFlows(ctx, by.Office, periods)
		return err
	})
	g.Go(func() (err error) {
		one.moves, err = r.Proceedings.Moves(ctx, by.Office, by.T4Basis)
		return err
	})
	g.Go(func() (err error) {
		one.judged, one.lost, err = r.Proceedings.FirstInstances(ctx, by.Office, periods[0].From, periods[0].To)
		return err
	})
	g.Go(func() (err error) {
		one.heard, one.appeared, err = r.Proceedings.Hearings(ctx, by.Office, periods[0].From, periods[0].To)
		return err
	})
	unit := Unit{Office: by.Office}
	g.Go(func() (err error) {
		unit.Lost, err = r.lost(ctx, s, by.Office, periods[0])
		return err
	})
	g.Go(func() error { return r.due(ctx, s, &unit, cal) })
	err := g.Wait()
	if s.Scope == report.Aggregate {
		s.Units = append(s.Units, unit)
	}
	return one, err
}
