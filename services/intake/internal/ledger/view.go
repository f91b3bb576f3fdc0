package ledger

import (
	"time"

	"zhiqing.dev/services/intake/internal/domain"
)

// importView is an import as its office sees it.
type importView struct {
	ID         string    `json:"id"`
	State      State     `json:"state"`
	StateLabel string    `json:"state_label"`
	DryRun     bool      `json:"dry_run"`
	FileName   string    `json:"file_name,omitempty"`
	Format     Format    `json:"format"`
	Encoding   Encoding  `json:"encoding,omitempty"`
	Size       int64     `json:"size"`
	SHA256     string    `json:"sha256"`
	CreatedAt  time.Time `json:"created_at"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	FinishedAt time.Time `json:"finished_at,omitzero"`

	By     domain.Person `json:"by"`
	Sheets []sheetView   `json:"sheets"`
	// Counts are of all rows; Total is 0 until they have been counted.
	Counts      Counts          `json:"counts"`
	ByKind      map[Kind]Counts `json:"by_kind,omitempty"`
	Percent     int             `json:"percent"`
	Warnings    []warningView   `json:"warnings"`
	Rejected    []rejectedView  `json:"rejected,omitempty"` // the first of them
	RejectedURL string          `json:"rejected_url,omitempty"`
	Failure     string          `json:"failure,omitempty"`
}

type sheetView struct {
	Name      string   `json:"name,omitempty"`
	Kind      Kind     `json:"kind"`
	KindLabel string   `json:"kind_label"`
	Header    int      `json:"header_line"`
	Columns   []string `json:"columns"` // keys of the columns that were found
}

type warningView struct {
	Code    string `json:"code"`
	Sheet   string `json:"sheet,omitempty"`
	Subject string `json:"subject,omitempty"`
	Detail  string `json:"detail"`
	Line    int    `json:"line,omitempty"`
	Count   int    `json:"count"`
}

type rejectedView struct {
	Sheet  string      `json:"sheet,omitempty"`
	Kind   Kind        `json:"kind"`
	Line   int         `json:"line"`
	Faults []faultView `json:"faults"`
}

type faultView struct {
	Column      string `json:"column,omitempty"`
	ColumnLabel string `json:"column_label,omitempty"`
	Code        string `json:"code"`
	Reason      string `json:"reason"`
}

// shownRows is how many rejected rows an import shows; the file has them all.
const shownRows = 100

func view(m *Import, rejected []Rejected, lang string) importView {
	v := importView{
		ID: m.ID, State: m.State, StateLabel: stateLabels[m.State].In(lang), DryRun: m.DryRun, FileName: m.FileName,
		Format: m.Format, Encoding: m.Encoding, Size: m.Size, SHA256: m.SHA256, CreatedAt: m.CreatedAt,
		StartedAt: m.StartedAt, FinishedAt: m.FinishedAt, By: m.By, Counts: m.sum(), ByKind: m.Counts,
		Sheets: make([]sheetView, 0, len(m.Sheets)), Warnings: make([]warningView, 0, len(m.Warnings)),
	}
	v.Percent = percent(v.Counts, m.State)
	for _, s := range m.Sheets {
		v.Sheets = append(v.Sheets, viewSheet(s, lang))
	}
	for _, w := range m.Warnings {
		v.Warnings = append(v.Warnings, warningView{w.Code, w.Sheet, w.Subject, w.Text.In(lang), w.Line, w.Count})
	}
	for _, batch := range rejected {
		for _, r := range batch.Rows {
			if len(v.Rejected) < shownRows {
				v.Rejected = append(v.Rejected, rejectedView{r.Sheet, batch.Kind, r.Line, viewFaults(batch.Kind, r.Faults, lang)})
			}
		}
	}
	if v.Counts.Rejected > 0 {
		v.RejectedURL = "/v1/imports/" + m.ID + "/rejected"
	}
	if m.Failure != nil {
		v.Failure = m.Failure.In(lang)
	}
	return v
}

// percent is how far an import is. It says 100 only when all is done.
func percent(c Counts, s State) int {
	if s == Done {
		return 100
	}
	if c.Total == 0 {
		return 0
	}
	return min(99, 100*(c.Imported+c.Unchanged+c.Rejected)/c.Total)
}

func viewSheet(s Sheet, lang string) sheetView {
	v := sheetView{Name: s.Name, Kind: s.Kind, KindLabel: kindLabels[s.Kind].In(lang), Header: s.Header, Columns: []string{}}
	for i, at := range s.Places {
		if at >= 0 {
			v.Columns = append(v.Columns, columnsOf[s.Kind][i].key)
		}
	}
	return v
}

func viewFaults(k Kind, faults []Fault, lang string) []faultView {
	out := make([]faultView, 0, len(faults))
	for _, f := range faults {
		v := faultView{Column: f.Column, Code: f.Code, Reason: f.Text.In(lang)}
		if f.Column != "" {
			v.ColumnLabel = k.label(f.Column).In(lang)
		}
		out = append(out, v)
	}
	return out
}
