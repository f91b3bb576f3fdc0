// Package alike finds earlier requests that ask for the same. It keeps of each case the
// keyed sketch that intake made of its text, never the text, and what was answered.
package alike

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/similar"
)

// Text is what is kept of a case, as of a version of its facts.
type Text struct {
	Office     string              `json:"office"`
	CaseID     string              `json:"case_id"`
	Version    int64               `json:"version"`
	RegisterNo string              `json:"register_no,omitempty"`
	Status     contract.CaseStatus `json:"status"`
	// RestrictedTo are the staff ids of those who may know of the case; empty: everybody.
	RestrictedTo []string        `json:"restricted_to,omitempty"`
	Applicants   []string        `json:"applicants,omitempty"`
	On           civil.Date      `json:"on,omitzero"` // receipt; before that is settled, arrival
	ParentID     string          `json:"parent_id,omitempty"`
	MergedInto   string          `json:"merged_into,omitempty"`
	Withdrawn    bool            `json:"withdrawn,omitempty"`
	Sketch       *similar.Sketch `json:"sketch,omitempty"`
	Cues         []string        `json:"cues,omitempty"`
	Reply        *Reply          `json:"reply,omitempty"`
}

// Reply is how a case was answered or closed.
type Reply struct {
	Kind      string     `json:"kind,omitempty"` // K1…K16; absent for a row of an imported ledger
	No        string     `json:"no,omitempty"`
	Row       string     `json:"row,omitempty"` // of table 三
	DecidedOn civil.Date `json:"decided_on,omitzero"`
	ServedOn  civil.Date `json:"served_on,omitzero"`
}

// take replaces the text by newer facts.
func (t *Text) take(version int64, f contract.CaseFacts) {
	if t.Version >= version {
		return
	}
	*t = Text{
		Office: f.Office, CaseID: f.CaseID, Version: version, RegisterNo: f.RegisterNo, Status: f.Status,
		Applicants: f.Applicants, On: max(f.Clock.ReceivedOn, 0), ParentID: f.ParentID, MergedInto: f.MergedInto,
		Withdrawn: f.Clock.WithdrawnOn != 0, Sketch: f.Sketch, Cues: f.PetitionCues, RestrictedTo: f.RestrictedTo,
	}
	if t.On == 0 {
		t.On = f.Clock.ArrivedOn
	}
	switch d := f.Decision; {
	case d != nil:
		t.Reply = &Reply{Kind: d.Kind, No: d.No, Row: d.Row, DecidedOn: d.DecidedOn, ServedOn: d.ServedOn}
	case f.FinishedOn != 0 && !t.Withdrawn && f.MergedInto == "":
		t.Reply = &Reply{Row: f.ReportRow, DecidedOn: f.FinishedOn}
	}
}

// before orders texts by the day of receipt, then by id.
func (t *Text) before(o *Text) bool {
	return t.On < o.On || t.On == o.On && t.CaseID < o.CaseID
}

// related reports whether two cases come from one application or were joined: they are
// not repeats of each other.
func (t *Text) related(o *Text) bool {
	switch {
	case t.CaseID == o.CaseID, t.ParentID == o.CaseID, o.ParentID == t.CaseID:
		return true
	case t.ParentID != "" && t.ParentID == o.ParentID:
		return true
	}
	return t.MergedInto == o.CaseID || o.MergedInto == t.CaseID
}

// shares reports whether the cases have an applicant in common.
func (t *Text) shares(o *Text) bool {
	for _, a := range t.Applicants {
		for _, b := range o.Applicants {
			if a == b {
				return true
			}
		}
	}
	return false
}

// byKey finds texts by anything that may make them alike: an applicant, the digest of all
// words, a band of the signature; the newest first.
const byKey = "by_key" // office, key*, on

func ofApplicant(digest string) string { return "@" + digest }
func ofWords(exact string) string      { return "=" + exact }

func (t *Text) keys() []string {
	var keys []string
	seen := map[string]bool{}
	for _, a := range t.Applicants {
		if k := ofApplicant(a); a != "" && !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	if t.Sketch == nil {
		return keys
	}
	sig, err := t.Sketch.Decode()
	if err != nil { // of another method: it cannot be compared
		return keys
	}
	return append(keys, keysOf(t, &sig)...)
}

func texts() docstore.Spec[Text] {
	return docstore.Spec[Text]{
		Name: "texts",
		Indexes: []docstore.Entry[Text]{{
			Index: docstore.Index{Name: byKey, Fields: []docstore.Field{
				{Name: "office", Kind: docstore.String},
				{Name: "key", Kind: docstore.String, Multi: true},
				{Name: "on", Kind: docstore.Int},
			}},
			Key: func(t *Text) docstore.Key {
				keys := t.keys()
				if len(keys) == 0 {
					return nil
				}
				return docstore.Key{t.Office, keys, int64(t.On)}
			},
		}},
	}
}
