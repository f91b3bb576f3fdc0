package reporting

import (
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
)

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
