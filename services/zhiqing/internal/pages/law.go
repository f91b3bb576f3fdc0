package pages

import (
	"encoding/json"
	"fmt"

	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
)

// law is what the pages need of the law's own tables, so that no form or table
// on a page can differ from what the services compute with.
type law struct {
	Decisions []decision.Entry                 `json:"decisions"`
	Grounds   []decision.GroundText            `json:"grounds"`
	Formats   []reportFormat                   `json:"formats"` // newest first
	Columns   []labelled                       `json:"columns"` // of table three, the total last
	Blocks    []labelled                       `json:"blocks"`
	Outcomes  []labelled                       `json:"outcomes"`
	Results   map[report.Forum][]report.Result `json:"results"`
	// May says which roles may do what; the services decide, the pages only hide what
	// would be refused.
	May map[identity.Action][]identity.Role `json:"may"`
	// Scopes are the Chinese names of the actions that a service account may be given.
	Scopes map[identity.Action]string    `json:"scopes"`
	Forums map[report.Block]report.Forum `json:"forums"`
}

type labelled struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

type reportFormat struct {
	report.Format
	Rows []reportRow `json:"rows"`
}

type reportRow struct {
	Key     report.Row   `json:"key"`
	Label   string       `json:"label"`
	LabelEN string       `json:"label_en"`
	Group   report.Group `json:"group,omitempty"`
	Head    string       `json:"head,omitempty"` // heading of the group, which has no figures
}

// lawTables renders the tables as the asset law.json.
func lawTables() ([]byte, error) {
	l := law{
		Decisions: decision.All(), Grounds: decision.Grounds(),
		Results: map[report.Forum][]report.Result{
			report.ReviewBody: report.Results(report.ReviewBody), report.Court: report.Results(report.Court),
		},
		Forums: map[report.Block]report.Forum{}, May: map[identity.Action][]identity.Role{},
		Scopes: map[identity.Action]string{},
	}
	for _, a := range identity.Actions() {
		l.May[a] = identity.Allowed(a)
		if a.Scope() {
			l.Scopes[a] = a.Label()
		}
	}
	for _, c := range report.Columns() {
		l.Columns = append(l.Columns, labelled{string(c), c.Label()})
	}
	for _, b := range report.Blocks() {
		l.Blocks = append(l.Blocks, labelled{string(b), b.Label()})
		l.Forums[b] = b.Forum()
	}
	for _, o := range report.Outcomes() {
		l.Outcomes = append(l.Outcomes, labelled{string(o), o.Label()})
	}
	for _, f := range []report.Format{report.Format2021, report.Format2019} {
		one := reportFormat{Format: f}
		for _, r := range f.Rows() {
			row := reportRow{Key: r, Label: r.Label(), LabelEN: r.LabelEN(), Group: r.Group()}
			if r.FullLabel() != r.Label() {
				row.Head = r.Group().Label()
			}
			one.Rows = append(one.Rows, row)
		}
		l.Formats = append(l.Formats, one)
	}
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("law tables: %w", err)
	}
	return b, nil
}
