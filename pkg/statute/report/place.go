package report

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute"
)

// CaseFact is what the report needs to know of one application. The applicant's
// column is frozen at intake: an application that changes its column between
// intake and closing breaks the identity of two columns at once.
type CaseFact struct {
	Column     Column     `json:"column"`
	ReceivedOn civil.Date `json:"received_on"`           // art. 31
	FinishedOn civil.Date `json:"finished_on,omitempty"` // reply issued or case closed; zero: still open
	Row        Row        `json:"row,omitempty"`
}

// Placement is where a case counts in one year.
type Placement struct {
	NewReceived bool `json:"new_received,omitempty"`
	CarriedIn   bool `json:"carried_in,omitempty"`
	Row         Row  `json:"row,omitempty"` // "" if not finished in the year
	CarriedOut  bool `json:"carried_out,omitempty"`
}

// Counts reports whether the case has any place in the year.
func (p Placement) Counts() bool { return p.NewReceived || p.CarriedIn }

// Place says where a case counts in the report of a year: under the year of
// its receipt as new, under every later year in which it was still open as
// carried in, in its result row in the year it was finished, and among the
// carried out if it was open at the end of 31 December.
func Place(f CaseFact, year int) (Placement, error) {
	if err := f.Validate(); err != nil {
		return Placement{}, err
	}
	received := f.ReceivedOn.Year()
	finished := 0
	if f.FinishedOn != 0 {
		finished = f.FinishedOn.Year()
	}
	if received > year || (finished != 0 && finished < year) {
		return Placement{}, nil
	}
	p := Placement{NewReceived: received == year, CarriedIn: received < year}
	if finished == year {
		p.Row = f.Row
	} else {
		p.CarriedOut = true
	}
	return p, nil
}

// Validate reports what makes the fact uncountable.
func (f CaseFact) Validate() error {
	var errs statute.FieldErrors
	add := func(field, code, zh, en string) {
		errs = append(errs, &statute.FieldError{Field: field, Code: code, Rule: Format2021.Instrument, ZH: zh, EN: en})
	}
	if !f.Column.Valid() {
		add("/column", "unknown_column", "申请人类型不明", "the applicant's column is unknown")
	}
	if f.ReceivedOn == 0 {
		add("/received_on", "required", "应填写收到日期", "the day of receipt is required")
	}
	switch {
	case f.FinishedOn == 0 && f.Row != "":
		add("/finished_on", "required", "有办理结果而无办结日期", "a result needs the day on which it was made")
	case f.FinishedOn != 0 && !f.Row.IsResult():
		add("/row", "unknown_row", "办理结果不明", "a finished case needs a result row")
	case f.FinishedOn != 0 && f.FinishedOn < f.ReceivedOn:
		add("/finished_on", "finished_before_receipt", "办结日期早于收到日期", "the case cannot be finished before it was received")
	}
	return errs.Err()
}

// Counts are the cells of table three as counted, without totals.
type Counts map[Row]map[Column]int64

// Add counts one case into a year.
func (c Counts) Add(f CaseFact, year int) error {
	p, err := Place(f, year)
	if err != nil {
		return err
	}
	if p.NewReceived {
		c.Count(NewReceived, f.Column, 1)
	}
	if p.CarriedIn {
		c.Count(CarriedIn, f.Column, 1)
	}
	if p.Row != "" {
		c.Count(p.Row, f.Column, 1)
	}
	if p.CarriedOut {
		c.Count(CarriedOut, f.Column, 1)
	}
	return nil
}

// Count adds n to a cell: services count in their database and add up here.
func (c Counts) Count(r Row, col Column, n int64) {
	if c[r] == nil {
		c[r] = make(map[Column]int64, len(applicants))
	}
	c[r][col] += n
}

// Table fills every cell of a format: what was not counted is zero, not blank,
// and the totals are computed.
func (c Counts) Table(f Format) Table3 {
	folded := make(Counts, len(f.rows))
	for r, columns := range c {
		if r == ResultsTotal {
			continue
		}
		for col, n := range columns {
			if col.Valid() {
				folded.Count(f.Fold(r), col, n)
			}
		}
	}
	for _, r := range f.results() {
		for col, n := range folded[r] {
			folded.Count(ResultsTotal, col, n)
		}
	}
	t := make(Table3, len(f.rows))
	for _, r := range f.rows {
		t[r] = make(map[Column]*int64, len(applicants)+1)
		total := int64(0)
		for _, col := range applicants {
			n := folded[r][col]
			total += n
			t[r][col] = &n
		}
		t[r][Total] = &total
	}
	return t
}

// Sum adds up the tables of reporting units, cell by cell (汇总). A blank cell
// adds nothing; the totals are computed.
func Sum(f Format, units ...Table3) Table3 {
	c := Counts{}
	for _, u := range units {
		for r, columns := range u {
			for col, n := range columns {
				if n != nil && col.Valid() && r != ResultsTotal {
					c.Count(r, col, *n)
				}
			}
		}
	}
	return c.Table(f)
}

// Cell is the figure of a cell, and whether one is stated.
func (t Table3) Cell(r Row, c Column) (n int64, stated bool) {
	if v := t[r][c]; v != nil {
		return *v, true
	}
	return 0, false
}

// Cell is the figure of a cell of table four, and whether one is stated.
func (t Table4) Cell(b Block, o Outcome) (n int64, stated bool) {
	if v := t[b][o]; v != nil {
		return *v, true
	}
	return 0, false
}

// Format is the format whose rows the table prints: an import may hold the old
// layout years after it was replaced. A table that states the three rows of 其他处理
// is of the new one, whatever blank row stands beside them.
func (t Table3) Format() Format {
	if _, old := t[OtherAll]; !old {
		return Format2021
	}
	for _, r := range [...]Row{OtherNotCorrected, OtherFeeUnpaid, OtherOther} {
		for _, c := range Columns() {
			if _, stated := t.Cell(r, c); stated {
				return Format2021
			}
		}
	}
	return Format2019
}

func figure(n int64) string { return strconv.FormatInt(n, 10) }
