package alike

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/petition"
	"zhiqing.dev/pkg/similar"
)

// OwnView is Own as it is shown: each figure with its cases.
type OwnView struct {
	Thresholds
	Repeats     int `json:"repeats"`
	NearRepeats int `json:"near_repeats"`
	// Answered is how many of both repeat a request that was answered (条例 art. 36(6)).
	Answered  int           `json:"answered"`
	Petitions int           `json:"petitions"`
	Compared  int           `json:"compared"`
	Complete  bool          `json:"complete"`
	Cases     []ownCaseView `json:"cases"`
}

type ownCaseView struct {
	CaseID     string        `json:"case_id"`
	RegisterNo string        `json:"register_no,omitempty"`
	ReceivedOn civil.Date    `json:"received_on,omitzero"`
	Repeats    *foundView    `json:"repeats,omitempty"` // the earlier request
	Petition   *petitionView `json:"petition,omitempty"`
}

// View shows what was found in the reader's language, the earliest case first.
func (o Own) View(th Thresholds, lang string) OwnView {
	v := OwnView{
		Thresholds: th, Answered: o.Answered(), Petitions: len(o.Petitions), Compared: o.Compared, Complete: o.Complete,
		Cases: []ownCaseView{},
	}
	at := map[string]int{}
	line := func(t *Text) *ownCaseView {
		n, ok := at[t.CaseID]
		if !ok {
			n = len(v.Cases)
			at[t.CaseID] = n
			v.Cases = append(v.Cases, ownCaseView{CaseID: t.CaseID, RegisterNo: t.RegisterNo, ReceivedOn: t.On})
		}
		return &v.Cases[n]
	}
	for _, a := range o.Repeated {
		if a.Verdict == similar.Repeat {
			v.Repeats++
		} else {
			v.NearRepeats++
		}
		f := foundOf(Found{Text: a.Earlier, Likeness: a.Likeness, Verdict: a.Verdict, SameApplicant: true, Earlier: true}, lang)
		line(a.Text).Repeats = &f
	}
	for _, t := range o.Petitions {
		p := petitionOf(petition.Of(t.Cues), th, lang)
		line(t).Petition = &p
	}
	return v
}
