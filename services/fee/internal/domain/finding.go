package domain

import (
	"slices"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
)

const (
	art35 = "条例 art. 35"
	art42 = "条例 art. 42"
)

// FindingState is where a finding of excess stands.
type FindingState = contract.FindingState

// The states of a finding.
const (
	FindingRecorded = contract.FindingRecorded
	FindingApproved = contract.FindingApproved
	FindingRejected = contract.FindingRejected
)

// Finding is the recorded judgment of a named officer, approved by the head, that the
// number or frequency of an applicant's applications in a month is clearly beyond
// reason (条例 art. 35, 42). The evidence is frozen in it as it stood.
type Finding struct {
	docstore.Raised `json:"-"`

	ID        string `json:"id"`
	Office    string `json:"office"`
	Applicant string `json:"applicant"`
	// Identities are all digests that stand for the applicant; empty in a finding that
	// was kept before they were.
	Identities []string `json:"identities,omitempty"`

	Month   string       `json:"month"`
	State   FindingState `json:"state"`
	Grounds string       `json:"grounds" seal:"personal"`
	FoundOn civil.Date   `json:"found_on"`
	FoundBy string       `json:"found_by"` // staff id
	FoundAt time.Time    `json:"found_at"`

	Evidence Evidence `json:"evidence"`

	DecidedOn civil.Date `json:"decided_on,omitzero"`
	DecidedBy string     `json:"decided_by,omitempty"`
	DecidedAt time.Time  `json:"decided_at,omitzero"`
	Note      string     `json:"note,omitempty" seal:"personal"`
}

// Evidence is an applicant's usage as it stood when the finding was recorded.
type Evidence struct {
	TakenAt time.Time `json:"taken_at"`
	// Items and CasesCounted are those of the month of the finding.
	Items        int `json:"items"`
	CasesCounted int `json:"cases_counted"`
	// Cases are those that count in the month, the last EvidenceCases of them.
	Cases []Counted `json:"cases"`
	// SignalItems is the office's mark at that time.
	SignalItems int `json:"signal_items"`
	// Windows are the month, its quarter and its year, with the office's load.
	Windows []WindowUsage `json:"windows"`
	// Alike is what the month's requests repeat; absent in a finding that was kept before
	// it was looked at.
	Alike *AlikeEvidence `json:"alike,omitempty"`
}

// AlikeEvidence is how many of the applicant's requests of the month repeat earlier ones
// of the same applicant, and which may be petitions, as it seemed: a person judges.
type AlikeEvidence struct {
	Compared    int            `json:"compared"`
	Complete    bool           `json:"complete"`
	Repeats     int            `json:"repeats"`
	NearRepeats int            `json:"near_repeats"`
	Answered    int            `json:"answered"`
	Cases       []RepeatedCase `json:"cases,omitempty"`
	Petitions   []string       `json:"petitions,omitempty"` // cases
}

// RepeatedCase is a case with the earlier one that it repeats.
type RepeatedCase struct {
	CaseID            string `json:"case_id"`
	RegisterNo        string `json:"register_no,omitempty"`
	EarlierCaseID     string `json:"earlier_case_id"`
	EarlierRegisterNo string `json:"earlier_register_no,omitempty"`
	Verdict           string `json:"verdict"`
	Answered          bool   `json:"answered"`
}

// EvidenceCases bounds the cases that a finding keeps.
const EvidenceCases = 1000

// Active reports whether the finding stands, or may yet.
func (f *Finding) Active() bool { return f.State != FindingRejected }

// Facts are what the other services are told of the finding.
func (f *Finding) Facts() contract.FindingFacts {
	same := f.Identities
	if len(same) == 0 {
		same = []string{f.Applicant}
	}
	return contract.FindingFacts{
		Office: f.Office, FindingID: f.ID, Applicants: same, Month: f.Month, State: f.State,
		FoundOn: f.FoundOn, DecidedOn: f.DecidedOn,
	}
}

// Identify says which digests stand for the applicant now. The other services are told
// when that changed, and of a finding that was kept before they were told of any.
func (f *Finding) Identify(same []string) {
	if !slices.Equal(f.Identities, same) {
		f.Identities = same
		f.Raise(contract.FeeFindingChanged)
	}
}

// Decide is the head's approval or rejection.
func (f *Finding) Decide(approved bool, by, note string, on civil.Date, at time.Time) error {
	switch {
	case f.State != FindingRecorded:
		return problem.New(problem.IllegalTransition, "该认定已经作出处理。", "This finding has been decided already.").Under(art42)
	case f.FoundBy == by:
		return problem.New(problem.Forbidden,
			"认定人不能审批自己作出的认定。", "A finding is approved by somebody other than the one who recorded it.").Under(art35)
	case on < f.FoundOn:
		return problem.InvalidFields(problem.Field{
			Pointer: "/decided_on", Code: "before_finding", Rule: art35,
			Text: problem.Text{ZH: "审批日期早于认定日期。", EN: "The approval lies before the finding."},
		})
	}
	happened := contract.FeeFindingRejected
	f.State = FindingRejected
	if approved {
		f.State, happened = FindingApproved, contract.FeeFindingApproved
	}
	f.DecidedOn, f.DecidedBy, f.DecidedAt, f.Note = on, by, at, note
	f.Raise(happened)
	return nil
}
