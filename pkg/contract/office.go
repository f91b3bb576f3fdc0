package contract

import "zhiqing.dev/pkg/statute/clock"

// Events of an office. Both carry OfficeFacts; the subject is the office.
const (
	OfficeChanged  = "intake.office.v1.changed"
	OfficeRestated = "intake.office.v1.restated"
)

// OfficeFacts tell what an office is called and what it has settled.
type OfficeFacts struct {
	Office   string         `json:"office"`
	Name     string         `json:"name"` // 机关名称
	Policies OfficePolicies `json:"policies"`
}

// The days on which an application may count into its applicant's month (rules 7.13).
const (
	CountOnReceipt  = "receipt"  // 收到申请之日, 条例 art. 31
	CountOnFiling   = "filing"   // 提出申请之日: the day on which it reached the agency
	CountOnDecision = "decision" // 作出答复决定之日
)

// OfficePolicies are the readings that an office has chosen where the law leaves a
// question open.
type OfficePolicies struct {
	Clock clock.Policy `json:"clock"`
	// RefuseLateNotice: a correction notice after the seventh working day is refused
	// (条例 art. 30).
	RefuseLateNotice bool `json:"refuse_late_notice"`
	// ReopenPeriodWD are the working days for answering again when an order names no
	// period (法释〔2025〕8号).
	ReopenPeriodWD int `json:"reopen_period_wd"`
	// DuplicateDays is the window in which the same text of the same applicant is
	// shown as a probable duplicate.
	DuplicateDays int `json:"duplicate_days"`
	// MaxExtensions is how often a reply period may be extended (rules 7.10).
	MaxExtensions int `json:"max_extensions,omitempty"`
	// OpenSearch is what a reply does while a unit still searches.
	OpenSearch string `json:"open_search_policy,omitempty"`
	// FeeCountDate is the day on which an application counts into its applicant's
	// month: CountOnReceipt, CountOnFiling or CountOnDecision (rules 7.13); empty is
	// CountOnReceipt.
	FeeCountDate string `json:"fee_count_date,omitempty"`
}
