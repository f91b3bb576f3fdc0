// Package report is the statistical part of the annual report (政府信息公开工作
// 年度报告): the rows and columns of tables three and four, where a case
// counts, the checks (勾稽关系) and the indicators.
//
// The format is data with versions, because the national office publishes and
// updates it (art. 50(2)). Totals are always computed: every arithmetic error
// found in published reports sat in a total that somebody typed.
package report

// Row is a row of table three, by the key under which it is exchanged.
type Row string

// The rows of table three (三、收到和处理政府信息公开申请情况).
const (
	NewReceived Row = "new_received"
	CarriedIn   Row = "carried_in"

	Granted Row = "granted"
	Partial Row = "partial"

	DenyStateSecret     Row = "deny_1_state_secret" //nolint:gosec // a row of the table, no credential
	DenyLawForbids      Row = "deny_2_law_forbids"
	DenySafetyStability Row = "deny_3_safety_stability"
	DenyThirdParty      Row = "deny_4_third_party"
	DenyInternalAffairs Row = "deny_5_internal_affairs"
	DenyProcess         Row = "deny_6_process"
	DenyEnforcementFile Row = "deny_7_enforcement_file"
	DenyAdminQuery      Row = "deny_8_admin_query"

	UnableNotHeld                Row = "unable_1_not_held"
	UnableNeedsCreation          Row = "unable_2_needs_creation"
	UnableUnclearAfterCorrection Row = "unable_3_unclear_after_correction"

	NoProcPetition        Row = "noproc_1_petition"
	NoProcDuplicate       Row = "noproc_2_duplicate"
	NoProcPublication     Row = "noproc_3_publication"
	NoProcMassiveRepeated Row = "noproc_4_massive_repeated"
	NoProcConfirmReissue  Row = "noproc_5_confirm_reissue"
	OtherNotCorrected     Row = "other_1_not_corrected"
	OtherFeeUnpaid        Row = "other_2_fee_unpaid"
	OtherOther            Row = "other_3_other"
	OtherAll              Row = "other_all" // the one undivided row of the 2019 format
	ResultsTotal          Row = "results_total"
	CarriedOut            Row = "carried_out"
)

// Column is a column of table three: the kind of applicant (申请人情况).
type Column string

// The columns of table three.
const (
	NaturalPerson Column = "natural_person"
	Commercial    Column = "commercial"
	Research      Column = "research"
	PublicWelfare Column = "public_welfare"
	LegalService  Column = "legal_service"
	OtherOrg      Column = "other_org"
	Total         Column = "total"
)

// Block is a block of table four.
type Block string

// The blocks of table four (四、行政复议、行政诉讼情况).
const (
	Review          Block = "review"
	SuitDirect      Block = "suit_direct"
	SuitAfterReview Block = "suit_after_review"
)

// Outcome is a column of table four.
type Outcome string

// The columns of table four. Pending is 尚未审结 on 31 December.
const (
	Upheld       Outcome = "upheld"
	Corrected    Outcome = "corrected"
	Other        Outcome = "other"
	Pending      Outcome = "pending"
	OutcomeTotal Outcome = "total"
)

// Table3 holds the cells of table three. A nil cell is blank, which is not
// zero: published tables leave cells empty, and an import must not invent a
// figure for them.
type Table3 map[Row]map[Column]*int64

// Table4 holds the cells of table four.
type Table4 map[Block]map[Outcome]*int64
