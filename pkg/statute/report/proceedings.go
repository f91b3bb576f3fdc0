package report

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute"
)

// ProceedingFact is what the report needs to know of one review or lawsuit. A
// case is one dispute: it stays pending while an appeal is, and takes the
// result that became effective.
type ProceedingFact struct {
	Block       Block      `json:"block"`
	FiledOn     civil.Date `json:"filed_on"` // notice to reply or to answer received
	ConcludedOn civil.Date `json:"concluded_on,omitempty"`
	Outcome     Outcome    `json:"outcome,omitempty"` // absent: pending
}

// Validate reports what makes the fact uncountable.
func (f ProceedingFact) Validate() error {
	var errs statute.FieldErrors
	add := func(field, code, zh, en string) {
		errs = append(errs, &statute.FieldError{Field: field, Code: code, Rule: Format2021.Instrument, ZH: zh, EN: en})
	}
	if !f.Block.Valid() {
		add("/block", "unknown_block", "应为行政复议、未经复议直接起诉或者复议后起诉", "the block must be review, suit_direct or suit_after_review")
	}
	if f.FiledOn == 0 {
		add("/filed_on", "required", "应填写收到日期", "the day of filing is required")
	}
	switch {
	case f.ConcludedOn == 0 && f.Outcome != "" && f.Outcome != Pending:
		add("/concluded_on", "required", "有审理结果而无结案日期", "a result needs the day on which it was made")
	case f.ConcludedOn != 0 && !f.Outcome.Concludes():
		add("/outcome", "unknown_outcome", "审理结果不明", "a concluded case needs an outcome: upheld, corrected or other")
	case f.ConcludedOn != 0 && f.ConcludedOn < f.FiledOn:
		add("/concluded_on", "concluded_before_filing", "结案日期早于收到日期", "the case cannot be concluded before it was filed")
	}
	return errs.Err()
}

// Scope says which cases table four counts. No rule was published: a city's
// report states that carried-over cases are included (handled), others seem to
// count filings of the year only (filed).
type Scope string

// The scopes of table four.
const (
	Handled Scope = "handled" // filed in the year or pending from before; the default
	Filed   Scope = "filed"   // filed in the year only
)

// Basis says what table four counts as one case and what ends it. No rule was
// published (annual-report L8).
type Basis string

// The bases of table four.
const (
	ByResult   Basis = "case_result"    // one dispute, ended by the result that stands; an appeal makes it pending again; the default
	ByEffect   Basis = "case_effective" // one dispute, ended when its result takes effect
	ByInstance Basis = "instance"       // the first and the second instance are two cases
)

// Flow is how the cases of a block move through a year: opening + filed =
// concluded + closing, always, inside one register.
type Flow struct {
	Opening   int64 `json:"opening"`   // pending at the end of the year before
	Filed     int64 `json:"filed"`     // filed in the year
	Concluded int64 `json:"concluded"` // concluded in the year
	Closing   int64 `json:"closing"`   // pending on 31 December
}

// Balanced reports whether the flow adds up.
func (f Flow) Balanced() bool { return f.Opening+f.Filed == f.Concluded+f.Closing }

// Proceedings counts the proceedings of one year.
type Proceedings struct {
	Year  int
	Scope Scope
	cells map[Block]map[Outcome]int64
	flows map[Block]Flow
}

// CountProceedings starts a count; an empty scope is Handled.
func CountProceedings(year int, scope Scope) *Proceedings {
	if scope == "" {
		scope = Handled
	}
	return &Proceedings{Year: year, Scope: scope, cells: map[Block]map[Outcome]int64{}, flows: map[Block]Flow{}}
}

// Add counts one proceeding.
func (p *Proceedings) Add(f ProceedingFact) error {
	if err := f.Validate(); err != nil {
		return err
	}
	filed, concluded := f.FiledOn.Year(), 0
	if f.ConcludedOn != 0 {
		concluded = f.ConcludedOn.Year()
	}
	if filed > p.Year || (concluded != 0 && concluded < p.Year) {
		return nil
	}
	flow := p.flows[f.Block]
	if filed == p.Year {
		flow.Filed++
	} else {
		flow.Opening++
	}
	outcome := Pending
	if concluded == p.Year {
		flow.Concluded++
		outcome = f.Outcome
	} else {
		flow.Closing++
	}
	p.flows[f.Block] = flow
	if p.Scope == Filed && filed != p.Year {
		return nil
	}
	if p.cells[f.Block] == nil {
		p.cells[f.Block] = map[Outcome]int64{}
	}
	p.cells[f.Block][outcome]++
	return nil
}

// Flow is the movement of a block through the year.
func (p *Proceedings) Flow(b Block) Flow { return p.flows[b] }

// Table is table four with its totals.
func (p *Proceedings) Table() Table4 { return Table4FromCounts(p.cells) }

// Table4FromCounts fills every cell of table four from counted outcomes.
func Table4FromCounts(counts map[Block]map[Outcome]int64) Table4 {
	t := make(Table4, 3)
	for _, b := range Blocks() {
		t[b] = make(map[Outcome]*int64, 5)
		total := int64(0)
		for _, o := range [...]Outcome{Upheld, Corrected, Other, Pending} {
			n := counts[b][o]
			total += n
			t[b][o] = &n
		}
		t[b][OutcomeTotal] = &total
	}
	return t
}
