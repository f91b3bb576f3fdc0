// Package contract holds the facts that services tell each other in events, and
// the names of the events. It is the only thing one service knows of another.
//
// Types are written by hand beside their JSON Schemas in api/events; a schema that
// was released only gains optional fields. No fact here holds personal data:
// applicants appear as keyed digests.
package contract

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/similar"
	"zhiqing.dev/pkg/statute/clock"
)

// Events of a case. All carry CaseFacts.
const (
	CaseFiled             = "intake.case.v1.filed"
	CaseRegistered        = "intake.case.v1.registered"
	CaseAssigned          = "intake.case.v1.assigned"
	CaseCorrectionNoticed = "intake.case.v1.correction_noticed"
	CaseCorrected         = "intake.case.v1.corrected"
	CaseAbandoned         = "intake.case.v1.abandoned"
	CaseConsulted         = "intake.case.v1.consulted"
	CaseConsultAnswered   = "intake.case.v1.consult_answered"
	CaseExtended          = "intake.case.v1.extended"
	CaseDeferred          = "intake.case.v1.deferred"
	CaseReviewed          = "intake.case.v1.reviewed"
	CaseDecided           = "intake.case.v1.decided"
	CaseApproved          = "intake.case.v1.approved"
	CaseServed            = "intake.case.v1.served"
	CaseClosed            = "intake.case.v1.closed"
	CaseWithdrawn         = "intake.case.v1.withdrawn"
	CaseReopened          = "intake.case.v1.reopened"
	CaseRestricted        = "intake.case.v1.restricted" // who may know of it was settled or set free
	CaseChanged           = "intake.case.v1.changed"
	CaseRestated          = "intake.case.v1.restated"
)

// CaseStatus is where a case stands.
type CaseStatus string

// The statuses of a case.
const (
	StatusSubmitted  CaseStatus = "submitted"   // 已提交，待登记
	StatusRegistered CaseStatus = "registered"  // 已登记
	StatusInProgress CaseStatus = "in_progress" // 办理中
	StatusWaiting    CaseStatus = "waiting"     // 等待申请人补正、缴费或第三方答复
	StatusInReview   CaseStatus = "in_review"   // 审查中
	StatusDecided    CaseStatus = "decided"     // 已签发，待送达
	StatusServed     CaseStatus = "served"      // 已送达
	StatusClosed     CaseStatus = "closed"      // 已办结
)

// CaseFacts are the facts of one case as the other services need them.
type CaseFacts struct {
	Office     string     `json:"office"`
	CaseID     string     `json:"case_id"`
	RegisterNo string     `json:"register_no,omitempty"` // 登记编号, empty before registration
	Status     CaseStatus `json:"status"`
	// ApplicantKind is the report column, frozen at intake (annual-report C4).
	ApplicantKind string `json:"applicant_kind"`
	// Applicants are keyed digests of the identities whose items are counted: the
	// applicant's principal and each co-applicant (rules 7.13).
	Applicants []string `json:"applicants,omitempty"`
	Channel    string   `json:"channel"`
	// Items is how many items the application counts for the fee: 1, or the number
	// of smallest units after 一事一申请 splitting (办法 art. 4).
	Items    int    `json:"items"`
	ParentID string `json:"parent_id,omitempty"` // the case this one was split from
	// MergedInto is the case that a pending duplicate was merged into.
	MergedInto string `json:"merged_into,omitempty"`
	Assignee   string `json:"assignee,omitempty"` // staff id of the 经办人
	// RestrictedTo are the staff ids of those who may know of the case; absent when
	// everybody in the office may.
	RestrictedTo []string `json:"restricted_to,omitempty"`
	// Clock holds the dated facts from which every due date follows. Fee facts are
	// absent: the fee service owns them (NoticeFacts).
	Clock clock.Facts `json:"clock"`
	// Decision is the signed decision in force, absent before signature.
	Decision *DecisionFacts `json:"decision,omitempty"`
	// Earlier holds decisions that a review or court has since overtaken, oldest first.
	Earlier []DecisionFacts `json:"earlier,omitempty"`
	// FinishedOn is the day that places the case in a report year: the reply was made
	// or the case was closed without one. Zero while open. ReportRow is its one row
	// of table 三, set together with it.
	FinishedOn civil.Date `json:"finished_on,omitzero"`
	ReportRow  string     `json:"report_row,omitempty"`
	// ReopenedOn is the day of the last reopening on an order; zero when never.
	ReopenedOn civil.Date `json:"reopened_on,omitzero"`
	Imported   bool       `json:"imported,omitempty"`
	// FeeYuan is the fee that an imported ledger row states.
	FeeYuan int64 `json:"fee_yuan,omitempty"`
	// Sketch tells how the request is worded, by keyed digests only; absent when it has
	// no words of its own.
	Sketch *similar.Sketch `json:"sketch,omitempty"`
	// PetitionCues are the codes of the cues of package petition that its text shows.
	PetitionCues []string `json:"petition_cues,omitempty"`
}

// DecisionFacts describe one signed decision.
type DecisionFacts struct {
	No        string     `json:"no,omitempty"` // 文号
	Kind      string     `json:"kind"`         // K1…K16, K3p
	Ground    string     `json:"ground,omitempty"`
	Row       string     `json:"row"`
	Subject   string     `json:"subject,omitempty"` // subject code for lessons
	DecidedOn civil.Date `json:"decided_on"`
	SignedOn  civil.Date `json:"signed_on,omitzero"`
	ServedOn  civil.Date `json:"served_on,omitzero"`
	// ReplyMadeOn is the day that counts for timeliness (送达: S9).
	ReplyMadeOn civil.Date `json:"reply_made_on,omitzero"`
	DecidedBy   string     `json:"decided_by,omitempty"` // staff id
}
