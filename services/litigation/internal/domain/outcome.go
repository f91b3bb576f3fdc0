package domain

import (
	"slices"

	"zhiqing.dev/pkg/statute/report"
)

// ResultRow is one way in which a proceeding can end.
type ResultRow struct {
	Code, Label string
	Outcome     report.Outcome
}

// complaintResults are how the superior answers a complaint. They stand in no
// statutory table; the words are ours.
var complaintResults = []ResultRow{
	{"complaint_founded", "投诉成立，责令改正", report.Corrected},
	{"complaint_unfounded", "投诉不成立", report.Upheld},
	{"complaint_withdrawn", "撤回投诉", report.Other},
	{"complaint_transferred", "转其他渠道处理", report.Other},
}

// Outcomes says in which column of table four a result stands: by the office's own
// choice for the results that are contested, by the national table for the others.
type Outcomes report.Mapping

// Of returns the column of a result code; false when this kind of proceeding has no
// such result.
func (o Outcomes) Of(kind Kind, result string) (report.Outcome, bool) {
	if kind == Complaint {
		for _, r := range complaintResults {
			if r.Code == result {
				return r.Outcome, true
			}
		}
		return "", false
	}
	if _, known := ResultLabel(kind, result); !known {
		return "", false // a label is not a code
	}
	outcome, err := report.OutcomeOf(forum(kind), result, report.Mapping(o))
	return outcome, err == nil
}

func forum(kind Kind) report.Forum {
	if kind.Suit() {
		return report.Court
	}
	return report.ReviewBody
}

// ResultLabel is the Chinese name of a result code of this kind of proceeding.
func ResultLabel(kind Kind, result string) (string, bool) {
	for _, r := range ResultsOf(kind) {
		if r.Code == result {
			return r.Label, true
		}
	}
	return "", false
}

// ResultsOf lists how this kind of proceeding can end.
func ResultsOf(kind Kind) []ResultRow {
	if kind == Complaint {
		return slices.Clone(complaintResults)
	}
	var rows []ResultRow
	for _, r := range report.Results(forum(kind)) {
		rows = append(rows, ResultRow{r.Code, r.Label, r.Outcome})
	}
	return rows
}

// byRuling are the results that a court gives by a ruling (裁定): the time to appeal
// is 10 days instead of 15.
var byRuling = []string{"suit_dismissed", "withdrawn", "not_docketed", "terminated", "transferred"}

// Remap gives every result the column that the outcomes say now, and reports
// whether any moved.
func (p *Proceeding) Remap(outcomes Outcomes) (moved bool) {
	for i := range p.Steps {
		st := &p.Steps[i]
		if st.Step != Result {
			continue
		}
		if now, ok := outcomes.Of(p.Kind, st.Result); ok && now != st.Outcome {
			st.Outcome, moved = now, true
		}
	}
	return moved
}
