// Package decision is the table of reply decisions (答复决定): which kinds
// there are, what each must say, on what grounds, how it can be challenged and
// in which row of the annual report it counts.
package decision

import "zhiqing.dev/pkg/statute/report"

// Kind is the code of a decision kind, K1 to K16 and K3p.
type Kind string

// The kinds.
const (
	AlreadyPublished Kind = "K1"
	Disclosed        Kind = "K2"
	Withheld         Kind = "K3"
	PartlyDisclosed  Kind = "K3p"
	DoesNotExist     Kind = "K4"
	NotOurs          Kind = "K5"
	Repeat           Kind = "K6"
	SpecialAccess    Kind = "K7"
	NeedsProcessing  Kind = "K8"
	Petition         Kind = "K9"
	Publication      Kind = "K10"
	Abusive          Kind = "K11"
	ConfirmReissue   Kind = "K12"
	NotCorrected     Kind = "K13"
	FeeUnpaid        Kind = "K14"
	StillUnclear     Kind = "K15"
	OtherClosing     Kind = "K16"
)

// Ground is the reason for which information is withheld (art. 14 to 16, 36(7)).
type Ground string

// The grounds.
const (
	StateSecret     Ground = "X14a"
	LawForbids      Ground = "X14b"
	SafetyStability Ground = "X14c"
	ThirdPartyRight Ground = "X15"
	InternalAffairs Ground = "X16a"
	ProcessInfo     Ground = "X16b"
	EnforcementFile Ground = "X16c"
	RegistryQuery   Ground = "X36-7"
)

// Remedy says how a decision can be challenged.
type Remedy string

// The remedies.
const (
	ReviewFirst            Remedy = "REVIEW_FIRST"      // 复议前置, 行政复议法 art. 23(1)(4)
	ReviewOrCourt          Remedy = "REVIEW_OR_COURT"   // 复议或者诉讼
	NotChallengeableRemedy        = "NOT_CHALLENGEABLE" // 不可单独复议、诉讼
)

// Entry is one row of the table.
type Entry struct {
	Kind     Kind       `json:"kind"`
	Label    string     `json:"label"`
	LabelEN  string     `json:"label_en"`
	Article  string     `json:"article"`
	Contents []Content  `json:"contents"` // what the reply must say
	Grounds  []Ground   `json:"grounds,omitempty"`
	Remedy   Remedy     `json:"remedy"`
	Row      report.Row `json:"row,omitempty"` // "" where the ground decides
	SuitNote string     `json:"suit_note,omitempty"`
}

// Content is one thing that a reply must hold.
type Content struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en"`
}

// Of is the table's row for a kind.
func Of(kind Kind) (Entry, bool) { return Entry{}, false }

// All is the whole table in order.
func All() []Entry { return nil }

// Row is the annual-report row of a decision.
func Row(kind Kind, ground string) (report.Row, error) { return "", nil }

// RemedyWording is the sentence on remedies (救济途径) that closes the reply.
func RemedyWording(kind Kind, reviewBody string) (zh string) { return "" }

// Validate reports what a decision of a kind lacks.
func Validate(kind Kind, ground string, contents map[string]string) error { return nil }
