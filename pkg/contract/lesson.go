package contract

import "zhiqing.dev/pkg/civil"

// Events of a lesson: what a corrected or lost case teaches the next officer. All
// carry LessonFacts; the subject is the lesson.
const (
	LessonPublished = "litigation.lesson.v1.published"
	LessonChanged   = "litigation.lesson.v1.changed"
	LessonWithdrawn = "litigation.lesson.v1.withdrawn"
	LessonRestated  = "litigation.lesson.v1.restated"
)

// LessonFacts tell of one decision that a review or court has corrected, and what
// went wrong. They name nobody: neither applicant nor officer nor case number.
type LessonFacts struct {
	Office   string `json:"office"` // whose decision was corrected
	LessonID string `json:"lesson_id"`
	// Active: the correction stands and nobody has withdrawn the lesson. One that is
	// not active warns nobody.
	Active bool `json:"active"`
	// Edition counts what readers were shown: it grows when the texts change.
	Edition int `json:"edition"`
	// The decision that was corrected.
	DecisionKind string `json:"decision_kind"` // K1…K16, K3p
	Ground       string `json:"ground,omitempty"`
	Subject      string `json:"subject,omitempty"`
	// How it was corrected.
	ProceedingKind       string     `json:"proceeding_kind"` // review suit_direct suit_after_review complaint
	Result               string     `json:"result"`
	ResultLabel          string     `json:"result_label,omitempty"` // Chinese
	CorrectedGround      string     `json:"corrected_ground,omitempty"`
	CorrectedGroundLabel string     `json:"corrected_ground_label,omitempty"` // Chinese
	ConcludedOn          civil.Date `json:"concluded_on"`
	WhatWentWrong        string     `json:"what_went_wrong,omitempty"`
	// Title, Summary and Advice are those of the case note (典型案例), when one was written.
	Title   string `json:"title,omitempty"`
	Summary string `json:"summary,omitempty"`
	Advice  string `json:"advice,omitempty"`
	// SharedWith are the offices beside the own one that the authority above shares
	// the lesson with.
	SharedWith []string `json:"shared_with,omitempty"`
}
