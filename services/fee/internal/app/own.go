package app

import (
	"context"

	"zhiqing.dev/pkg/similar"
	"zhiqing.dev/services/fee/internal/alike"
	"zhiqing.dev/services/fee/internal/domain"
)

// Thresholds are the office's marks of likeness.
func Thresholds(p domain.Policy) alike.Thresholds {
	return alike.Thresholds{NearRepeatPercent: p.NearRepeatPercent, PetitionScore: p.PetitionScore}
}

// Own is what an applicant's requests of a window repeat, and which may be petitions. The
// applicant is known by all these digests.
func (a *App) Own(ctx context.Context, office string, same []string, w domain.Window, p domain.Policy) (alike.Own, error) {
	from, to := w.Bounds()
	return a.texts.Own(ctx, office, same, from, to, Thresholds(p))
}

// alikeEvidence is the same as a finding keeps it.
func alikeEvidence(own alike.Own) domain.AlikeEvidence {
	e := domain.AlikeEvidence{Compared: own.Compared, Complete: own.Complete, Answered: own.Answered()}
	for _, r := range own.Repeated {
		if r.Verdict == similar.Repeat {
			e.Repeats++
		} else {
			e.NearRepeats++
		}
		e.Cases = append(e.Cases, domain.RepeatedCase{
			CaseID: r.CaseID, RegisterNo: r.RegisterNo, EarlierCaseID: r.Earlier.CaseID, EarlierRegisterNo: r.Earlier.RegisterNo,
			Verdict: string(r.Verdict), Answered: r.Earlier.Reply != nil,
		})
	}
	for _, t := range own.Petitions {
		e.Petitions = append(e.Petitions, t.CaseID)
	}
	return e
}
