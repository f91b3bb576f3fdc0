package contract

import "zhiqing.dev/pkg/civil"

// Events of a finding of excess. All carry FindingFacts; the subject is the finding.
const (
	FeeFindingRecorded = "fee.finding.v1.recorded"
	FeeFindingApproved = "fee.finding.v1.approved"
	FeeFindingRejected = "fee.finding.v1.rejected"
	FeeFindingChanged  = "fee.finding.v1.changed" // its applicant was merged with another, or separated
	FeeFindingRestated = "fee.finding.v1.restated"
)

// FindingState is where a finding of excess stands.
type FindingState string

// The states of a finding.
const (
	FindingRecorded FindingState = "recorded"
	FindingApproved FindingState = "approved"
	FindingRejected FindingState = "rejected"
)

// FindingFacts tell of a finding that the number or frequency of an applicant's
// applications is clearly beyond reason (条例 art. 35, 42). They name nobody.
type FindingFacts struct {
	Office    string `json:"office"`
	FindingID string `json:"finding_id"`
	// Applicants are the keyed digests that stand for the applicant.
	Applicants []string     `json:"applicants"`
	Month      string       `json:"month"` // of receipt, 2026-11
	State      FindingState `json:"state"`
	FoundOn    civil.Date   `json:"found_on"`
	// DecidedOn is the day of the head's approval or rejection.
	DecidedOn civil.Date `json:"decided_on,omitzero"`
}
