package domain

import (
	"fmt"
	"slices"
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/report"
)

// ApplyImport takes what a row of an old ledger says of a proceeding, as of a
// version; a result that it names exactly stands in the column that the office has
// chosen for it. Once staff have entered a step, the register knows better than the
// ledger, and only the case that it is about is still taken over. ErrFacts.
func (p *Proceeding) ApplyImport(f contract.ImportedProceedingFacts, version int64, at time.Time, outcomes Outcomes) error {
	if version <= p.ImportVersion {
		return nil
	}
	kind, outcome := Kind(f.Kind), report.Outcome(f.Outcome)
	switch {
	case !slices.Contains(Kinds, kind):
		return fmt.Errorf("%w: proceeding of kind %q", ErrFacts, f.Kind)
	case p.Office != "" && p.Office != f.Office:
		return fmt.Errorf("%w: proceeding of another office", ErrFacts)
	case f.ReceivedOn.IsZero(), outcome != "" && (!outcome.Concludes() || f.DecidedOn < f.ReceivedOn):
		return fmt.Errorf("%w: imported proceeding received %q, decided %q as %q", ErrFacts, f.ReceivedOn, f.DecidedOn, f.Outcome)
	}
	fresh := p.ImportVersion == 0
	p.ImportVersion = version
	p.CaseID, p.RegisterNo = f.CaseID, f.RegisterNo
	if f.Attacked != nil {
		p.Attacked = attacked(*f.Attacked)
	}
	if !slices.ContainsFunc(p.Steps, func(st Step) bool { return !st.Imported }) {
		p.Office, p.ID, p.Kind, p.Imported = f.Office, f.SourceID, kind, true
		p.CaseNo, p.ReceivedOn, p.Cause, p.EnteredAt = f.CaseNo, f.ReceivedOn, DefaultCause, at
		p.Role = ""
		p.Fill(f.ReceivedOn)
		p.Steps = importedSteps(kind, f, at, outcomes)
	}
	switch {
	case !fresh:
		p.Raise(contract.ProceedingStepped)
	case outcome != "":
		p.Raise(contract.ProceedingConcluded)
	default:
		p.Raise(contract.ProceedingReceived)
	}
	return nil
}

// importedSteps is the one result that a ledger tells of, with its code when the
// ledger is that exact.
func importedSteps(kind Kind, f contract.ImportedProceedingFacts, at time.Time, outcomes Outcomes) []Step {
	if f.Outcome == "" {
		return nil
	}
	st := Step{N: 1, Step: Result, On: f.DecidedOn, Outcome: report.Outcome(f.Outcome), Imported: true, RecordedAt: at}
	if chosen, known := outcomes.Of(kind, f.Result); known {
		st.Result, st.Outcome = f.Result, chosen
	}
	return []Step{st}
}
