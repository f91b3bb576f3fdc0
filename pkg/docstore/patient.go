package docstore

import "context"

type patientKey struct{}

// Patient marks writes that nobody waits for: what consumers and relays do behind
// an answer that was already given. An engine may let them wait a few milliseconds,
// so that many of them share one sync and those that somebody does wait for go
// first. They are as durable as any other when they return.
func Patient(ctx context.Context) context.Context {
	return context.WithValue(ctx, patientKey{}, true)
}

// IsPatient reports whether writes under this context may wait.
func IsPatient(ctx context.Context) bool {
	patient, _ := ctx.Value(patientKey{}).(bool)
	return patient
}
