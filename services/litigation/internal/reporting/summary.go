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

// Lost is one proceeding that corrected the office.
type Lost struct {
	Office          string      `json:"office,omitempty"` // of an aggregate
	ID              string      `json:"id"`
	Kind            domain.Kind `json:"kind"`
	KindLabel       string      `json:"kind_label"`
	CaseNo          string      `json:"case_no,omitempty"`
	Organ           string      `json:"organ_or_court"`
	Cause           string      `json:"cause"`
	ConcludedOn     civil.Date  `json:"concluded_on"`
	Result          string      `json:"result"`
	ResultLabel     string      `json:"result_label"`
	CorrectedGround string      `json:"corrected_ground,omitempty"`
	GroundLabel     string      `json:"corrected_ground_label,omitempty"`
	Lesson          string      `json:"lesson,omitempty"`
	EffectiveOn     civil.Date  `json:"effective_on,omitzero"`
	RectifiedOn     civil.Date  `json:"rectified_on,omitzero"`
	Rectification   string      `json:"rectification,omitempty"`
}

// Due is what is late or soon due on the day the summary is drawn up.
type Due struct {
	RepliesOverdue int64 `json:"replies_overdue"`
	RepliesDueSoon int64 `json:"replies_due_soon"`
	// The proceedings with an office duty that is late or soon due, and how many
	// wait to be reported up.
	ProceedingsOverdue []string `json:"proceedings_overdue"`
	ProceedingsDueSoon []string `json:"proceedings_due_soon"`
	Unreported         int64    `json:"unreported"`
	// One by one, the most urgent first, at most dueMost of an office.
	Overdue []DueItem `json:"overdue"`
	Soon    []DueItem `json:"due_soon"`
}

// DueItem is one reply or one duty in a proceeding that is late or soon due.
type DueItem struct {
	Office       string     `json:"office,omitempty"` // of an aggregate
	CaseID       string     `json:"case_id,omitempty"`
	RegisterNo   string     `json:"register_no,omitempty"`
	ProceedingID string     `json:"proceeding_id,omitempty"`
	CaseNo       string     `json:"case_no,omitempty"`
	What         string     `json:"what"`
	DueOn        civil.Date `json:"due_on"`
}

// dueMost bounds what one office's list of overdue replies shows; so does the other.
const dueMost = 100

// dueSoonWD is how many working days ahead "soon" reaches.
const dueSoonWD = 5

// lostMost bounds the list of lost cases in one summary; the table of the year and
// its drill-down show all.
const lostMost = 200

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

// flow counts the applications of a period. No line of it is computed from the
// others, so that its balance says something.
type flow struct {
	openBefore, received, openAfter int64
	finished                        []store.FinishedGroup
}

// applicationFlows counts the three periods: in the office's tally, all of one
// moment, or in the indexes while a large ledger comes in.
func (r *Reporter) applicationFlows(ctx context.Context, office string, periods [3]domain.Period) (flows [3]flow, err error) {
	first, last := periods[0].From, periods[0].To
	for _, p := range periods {
		first, last = min(first, p.From), max(last, p.To)
	}
	book, err := r.Facts.Book(ctx, office, domain.FirstDay(first.Year()), domain.LastDay(last.Year()))
	if err != nil {
		return flows, err
	}
	if book == nil {
		return r.countFlows(ctx, office, periods)
	}
	for i, p := range periods {
		flows[i] = flow{
			openBefore: book.OpenBefore(p.From), received: book.Received(p), openAfter: book.OpenAfter(p.To), finished: book.Finished(p),
		}
	}
	return flows, nil
}

// countFlows counts the three periods in the indexes, side by side. They share days,
// which are counted once.
func (r *Reporter) countFlows(ctx context.Context, office string, periods [3]domain.Period) (flows [3]flow, err error) {
	g, ctx := errgroup.WithContext(ctx)
	var days []civil.Date
	var stocks map[civil.Date]store.Stock
	for i, p := range periods {
		if p.From != domain.FirstDay(p.From.Year()) {
			days = append(days, p.From.AddDays(-1))
		}
		days = append(days, p.To)
		g.Go(func() (err error) {
			flows[i].finished, err = r.Facts.Finished(ctx, office, p)
			return err
		})
		if p.From.Year() == p.To.Year() {
			continue // the stocks tell what was received
		}
		g.Go(func() (err error) {
			flows[i].received, err = r.Facts.Received(ctx, office, p)
			return err
		})
	}
	g.Go(func() (err error) {
		stocks, err = r.Facts.Stocks(ctx, office, days)
		return err
	})
	var yearStarts [3]int64
	for i, p := range periods {
		if p.From != domain.FirstDay(p.From.Year()) {
			continue
		}
		g.Go(func() error {
			_, out, err := r.Facts.Carried(ctx, office, p.From.Year()-1)
			yearStarts[i] = out.Total()
			return err
		})
	}
	err = g.Wait()
	for i, p := range periods {
		before := stocks[p.From.AddDays(-1)]
		if p.From == domain.FirstDay(p.From.Year()) {
			before = store.Stock{Open: yearStarts[i]}
		}
		flows[i].openBefore, flows[i].openAfter = before.Open, stocks[p.To].Open
		if p.From.Year() == p.To.Year() {
			flows[i].received = stocks[p.To].Received - before.Received
		}
	}
	return flows, err
}

// finished sums a flow's finished cases that match.
func finished(f flow, match func(store.FinishedGroup) bool) (n int64) {
	for _, g := range f.finished {
		if match == nil || match(g) {
			n += g.N
		}
	}
	return n
}

func (s *Summary) applications(flows [3]flow) {
	each := func(of func(flow) int64) (n [3]int64) {
		for i := range flows {
			n[i] = of(flows[i])
		}
		return n
	}
	all := each(func(f flow) int64 { return finished(f, nil) })
	s.Applications = Section{
		Label: "政府信息公开申请",
		Flow: []Line{
			line("open_before", "期初未结", each(func(f flow) int64 { return f.openBefore })),
			line("received", "本期新收", each(func(f flow) int64 { return f.received })),
			line("finished", "本期办结", all),
			line("open_after", "期末未结", each(func(f flow) int64 { return f.openAfter })),
		},
		Balanced: true,
	}
	for i, f := range flows {
		s.Applications.Balanced = s.Applications.Balanced && f.openBefore+f.received == all[i]+f.openAfter
	}
	for _, row := range report.Format2021.Results() {
		l := line(string(row), row.Label(), each(func(f flow) int64 {
			return finished(f, func(g store.FinishedGroup) bool {
				return g.Row == row || row == report.OtherOther && g.Row == report.OtherAll
			})
		}))
		l.Group = row.Group().Label()
		s.Results = append(s.Results, l)
	}
}

// procCounts are one kind of proceedings in one period.
type procCounts struct {
	flow     report.Flow
	outcomes map[report.Outcome]int64
}

// cells are the cells of a table four for the period.
func (c procCounts) cells() map[report.Outcome]int64 {
	cells := map[report.Outcome]int64{report.Pending: c.flow.Closing}
	for o, n := range c.outcomes {
		cells[o] = n
	}
	return cells
}

var concluding = []report.Outcome{report.Upheld, report.Corrected, report.Other}

// countMoves counts one kind in one period. What is pending at its ends and what
// moves within it are counted apart, so that the balance can be checked.
func countMoves(moves []store.Move, kind domain.Kind, p domain.Period) procCounts {
	c := procCounts{outcomes: map[report.Outcome]int64{}}
	for _, m := range moves {
		if m.Kind != kind {
			continue
		}
		n := m.N // filed is one more pending, concluded one less
		if m.Outcome != "" {
			n = -n
		}
		if m.On < p.From {
			c.flow.Opening += n
		}
		if m.On <= p.To {
			c.flow.Closing += n
		}
		switch {
		case m.On < p.From || m.On > p.To:
		case m.Outcome == "":
			c.flow.Filed += m.N
		default:
			c.flow.Concluded += m.N
			c.outcomes[m.Outcome] += m.N
		}
	}
	return c
}

func procSection(kind domain.Kind, counts [3]procCounts) *Section {
	each := func(of func(procCounts) int64) (n [3]int64) {
		for i := range counts {
			n[i] = of(counts[i])
		}
		return n
	}
	s := &Section{
		Label: kind.Label(),
		Flow: []Line{
			line("open_before", "期初未结", each(func(c procCounts) int64 { return c.flow.Opening })),
			line("received", "本期新收", each(func(c procCounts) int64 { return c.flow.Filed })),
			line("finished", "本期审结", each(func(c procCounts) int64 { return c.flow.Concluded })),
			line("open_after", "期末未结", each(func(c procCounts) int64 { return c.flow.Closing })),
		},
		Balanced: true,
	}
	for _, o := range concluding {
		s.Outcomes = append(s.Outcomes, line(string(o), o.Label(), each(func(c procCounts) int64 { return c.outcomes[o] })))
	}
	for _, c := range counts {
		s.Balanced = s.Balanced && c.flow.Balanced()
	}
	return s
}

// lost lists what an office has lost in the period.
func (r *Reporter) lost(ctx context.Context, s *Summary, office string, p domain.Period) (n int, err error) {
	for _, kind := range kinds {
		docs, err := r.Proceedings.Lost(ctx, office, kind, p.From, p.To, lostMost)
		if err != nil {
			return n, err
		}
		s.LostMore = s.LostMore || len(docs) == lostMost
		for _, d := range docs {
			l := LostOf(d.Value)
			if s.Scope == report.Aggregate {
				l.Office = office
			}
			s.Lost = append(s.Lost, l)
			n++
		}
	}
	return n, nil
}

// LostOf tells of a proceeding that corrected the office what its list shows.
func LostOf(p *domain.Proceeding) Lost {
	st := p.Stand()
	l := Lost{
		ID: p.ID, Kind: p.Kind, KindLabel: p.Kind.Label(), CaseNo: p.CaseNo, Organ: p.Organ, Cause: p.Cause,
		ConcludedOn: st.ConcludedOn(), EffectiveOn: st.Effective,
	}
	if st.Result != nil {
		l.Result = st.Result.Result
		l.ResultLabel, _ = domain.ResultLabel(p.Kind, st.Result.Result)
		l.CorrectedGround, l.GroundLabel, l.Lesson = st.Result.CorrectedGround, domain.GroundLabel(st.Result.CorrectedGround), st.Result.Lesson
	}
	if st.Rectified != nil {
		l.RectifiedOn, l.Rectification = st.Rectified.On, st.Rectified.Note
	}
	return l
}

// due lists what is late or soon due in an office.
func (r *Reporter) due(ctx context.Context, s *Summary, unit *Unit, cal *calendar.Calendar) error {
	office, soon := unit.Office, cal.AddWorkdays(s.AsOf, dueSoonWD)
	overdue, err := r.Facts.OpenDue(ctx, office, 0, s.AsOf.AddDays(-1))
	if err != nil {
		return err
	}
	dueSoon, err := r.Facts.OpenDue(ctx, office, s.AsOf, soon)
	if err != nil {
		return err
	}
	if unit.Unreported, err = r.Proceedings.UnreportedCount(ctx, office); err != nil {
		return err
	}
	s.Due.RepliesOverdue += overdue
	s.Due.RepliesDueSoon += dueSoon
	s.Due.Unreported += unit.Unreported
	unit.Overdue = overdue
	whose := ""
	if s.Scope == report.Aggregate {
		whose = office
	}
	for _, span := range []struct {
		from, to civil.Date
		into     *[]DueItem
	}{{0, s.AsOf.AddDays(-1), &s.Due.Overdue}, {s.AsOf, soon, &s.Due.Soon}} {
		docs, err := r.Facts.DueBetween(ctx, office, span.from, span.to, dueMost)
		if err != nil {
			return err
		}
		for _, d := range docs {
			*span.into = append(*span.into, DueItem{
				Office: whose, CaseID: d.Value.CaseID, RegisterNo: d.Value.RegisterNo, What: "政府信息公开申请答复", DueOn: d.Value.ReplyDue,
			})
		}
	}
	docs, err := r.Proceedings.InHand(ctx, office, 1000)
	if err != nil {
		return err
	}
	for _, d := range docs {
		next := domain.NextClock(d.Value.Clocks(cal))
		item := DueItem{
			Office: whose, ProceedingID: d.ID, CaseNo: d.Value.CaseNo, RegisterNo: d.Value.RegisterNo, What: d.Value.Kind.Label() + "：" + next.Label, DueOn: next.DueOn,
		}
		switch {
		case next.DueOn.IsZero() || next.DueOn > soon:
		case next.DueOn < s.AsOf:
			s.Due.ProceedingsOverdue = append(s.Due.ProceedingsOverdue, d.ID)
			s.Due.Overdue = append(s.Due.Overdue, item)
			unit.Overdue++
		default:
			s.Due.ProceedingsDueSoon = append(s.Due.ProceedingsDueSoon, d.ID)
			s.Due.Soon = append(s.Due.Soon, item)
		}
	}
	return nil
}

// indicators are those that a real document uses, each with both sides of its
// division.
func (s *Summary) indicators(f flow, t4 report.Table4, filed map[report.Block]int64) {
	cell := func(n int64) map[report.Column]*int64 { return map[report.Column]*int64{report.Total: &n} }
	row := func(r report.Row) int64 { return finished(f, func(g store.FinishedGroup) bool { return g.Row == r }) }
	all := finished(f, nil)
	t3 := report.Table3{
		report.NewReceived: cell(f.received), report.CarriedIn: cell(f.openBefore), report.CarriedOut: cell(f.openAfter),
		report.Granted: cell(row(report.Granted)), report.Partial: cell(row(report.Partial)), report.ResultsTotal: cell(all),
	}
	inTime := finished(f, func(g store.FinishedGroup) bool { return g.Timeliness == domain.InTime })
	late := finished(f, func(g store.FinishedGroup) bool { return g.Timeliness == domain.Late })
	extended := finished(f, func(g store.FinishedGroup) bool { return g.Extended })
	s.Indicators = []report.Indicator{
		report.DisclosureRate(t3), report.DisclosureRateOfHandled(t3), report.CarryOverRate(t3),
		report.OnTimeRate(inTime, inTime+late), report.ExtensionRate(extended, all),
	}
	for _, b := range report.Blocks() {
		s.Indicators = append(s.Indicators,
			report.CorrectedShare(t4, b), report.CorrectedOfConcluded(t4, b),
			report.CorrectedOfJudged(t4, b), report.CorrectedOfFiled(t4, b, filed[b]))
	}
	s.indicate()
	if sentence, ok := report.NoLoss(t4); ok {
		s.NoLoss = sentence
	}
}

// indicate adds indicators and says whose they all are.
func (s *Summary) indicate(more ...report.Indicator) {
	s.Indicators = append(s.Indicators, more...)
	for i := range s.Indicators {
		s.Indicators[i].Scope = s.Scope
	}
}
