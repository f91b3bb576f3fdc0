package domain

import (
	"slices"
	"time"

	"zhiqing.dev/pkg/problem"
)

// Merge says that several digests stand for one applicant, because an administrator
// found that one person filed under different documents or names (rule book 7.13). It
// holds until it is separated again, and is never deleted.
type Merge struct {
	ID         string    `json:"id"`
	Office     string    `json:"office"`
	Applicants []string  `json:"applicants"`
	Reason     string    `json:"reason" seal:"personal"`
	MergedBy   string    `json:"merged_by"` // staff id
	MergedAt   time.Time `json:"merged_at"`

	SeparatedBy      string    `json:"separated_by,omitempty"`
	SeparatedAt      time.Time `json:"separated_at,omitzero"`
	SeparationReason string    `json:"separation_reason,omitempty" seal:"personal"`

	// Settling: cases may still be counted as before.
	Settling bool `json:"settling,omitempty"`
}

// Holds reports whether the applicants are one now.
func (m *Merge) Holds() bool { return m.SeparatedAt.IsZero() }

// Separate undoes the merge.
func (m *Merge) Separate(by, reason string, at time.Time) error {
	if !m.Holds() {
		return problem.New(problem.IllegalTransition, "该合并已经撤销。", "The applicants have been separated already.").Under("办法 art. 4")
	}
	m.SeparatedBy, m.SeparatedAt, m.SeparationReason, m.Settling = by, at, reason, true
	return nil
}

// MostMerged bounds the digests that stand for one applicant.
const MostMerged = 50

// PersonOf is the digest that stands for all of these.
func PersonOf(digests []string) string { return slices.Min(digests) }
