package staffing

import (
	"time"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/verification"
)

// Office is an agency that answers applications (行政机关).
type Office struct {
	docstore.Raised `json:"-"`

	ID string `json:"id"`
	Settings
	CreatedAt time.Time `json:"created_at"`
}

// Settings are what an office says of itself and has settled.
type Settings struct {
	Name string `json:"name" validate:"required,notblank,line,max=100"` // 机关名称
	// SuperiorGovernment is the people's government that hears reviews (复议机关).
	SuperiorGovernment string `json:"superior_government,omitempty" validate:"omitempty,line,max=100"`
	District           string `json:"district,omitempty" validate:"omitempty,line,max=100"`
	// Court is the people's court with jurisdiction (有管辖权的人民法院).
	Court string `json:"court,omitempty" validate:"omitempty,line,max=100"`
	// RegisterPrefix begins the printed register numbers (登记编号) of the cases that
	// are registered from now on, for example 徐依申; empty for none. It holds no figures:
	// year and sequence follow.
	RegisterPrefix string   `json:"register_prefix,omitempty"`
	Contact        Contact  `json:"contact,omitzero"`
	Policies       Policies `json:"policies"`
}

// Contact is where applicants find the office.
type Contact struct {
	Address  string `json:"address,omitempty" validate:"omitempty,line,max=200"`
	Postcode string `json:"postcode,omitempty" validate:"omitempty,numeric,len=6"`
	Phone    string `json:"phone,omitempty" validate:"omitempty,line,max=40"`
	Fax      string `json:"fax,omitempty" validate:"omitempty,line,max=40"`
	Email    string `json:"email,omitempty" validate:"omitempty,email,max=100"`
	Hours    string `json:"hours,omitempty" validate:"omitempty,line,max=200"` // 办公时间
}

// Policies are the readings that an office has chosen where the law leaves a
// question open.
type Policies struct {
	clock.Policy
	// RefuseLateNotice refuses a correction notice after the seventh working day
	// instead of marking it late (条例 art. 30).
	RefuseLateNotice bool `json:"refuse_late_notice"`
	// ReopenPeriodWD is the period, in working days, for answering again when an
	// order names none (法释〔2025〕8号).
	ReopenPeriodWD int `json:"reopen_period_wd"`
	// DuplicateDays is the window in which the same applicant's same text is shown
	// as a probable duplicate.
	DuplicateDays int `json:"duplicate_days"`
	// MaxExtensions is how often a reply period may be extended, together by at most
	// 20 working days (条例 art. 33(2)); 0 is once.
	MaxExtensions int `json:"max_extensions,omitempty"`
	// OpenSearch: a reply while a unit still searches is refused, or allowed with a
	// recorded reason; empty is refused.
	OpenSearch string `json:"open_search_policy,omitempty"`
	// LessonsBeforeSigning says who must have seen what corrected and lost cases teach
	// before a decision of the kind is signed.
	LessonsBeforeSigning domain.LessonPolicy `json:"lessons_before_signing"`
	// FeeCountDate is the day on which an application counts into its applicant's month
	// for the fee: of receipt, filing or decision (rules 7.13).
	FeeCountDate string `json:"fee_count_date,omitempty"`
	// ReasonsNeedFinding: the reasons for an excessive number are asked for only after an
	// approved finding of excess about the applicant in the month of receipt (条例 art. 35).
	// Off unless settled: the article names the excess and no finding of its own, and
	// outside clients may ask for reasons without one.
	ReasonsNeedFinding bool `json:"reasons_need_finding"`
	// ApplicantVerification says whose applications open only after a code that is sent
	// to the applicant's telephone or mailbox; empty is nobody's. No rule asks for it.
	ApplicantVerification verification.Policy `json:"applicant_verification,omitempty"`
	// ChangeFirstPassword: a password that an administrator sets allows nothing but to
	// choose another, unless the administrator says otherwise.
	ChangeFirstPassword bool `json:"change_first_password"`
	// LocalSignInOff: staff sign in at the identity provider only.
	LocalSignInOff bool `json:"local_sign_in_off"`
	// SecondFactorRoles are the roles that need a second factor to sign in; empty: none.
	SecondFactorRoles []identity.Role `json:"second_factor_roles,omitempty"`
}

// DefaultPolicies are the readings taken unless an office decides otherwise.
func DefaultPolicies() Policies {
	return Policies{Policy: clock.DefaultPolicy(), ReopenPeriodWD: 20, DuplicateDays: 90, MaxExtensions: 1, OpenSearch: "refuse", FeeCountDate: contract.CountOnReceipt, LessonsBeforeSigning: domain.LessonsRequired, ApplicantVerification: verification.Off}
}

const byID = "by_id"

// facts is what other services are told of an office.
func (o *Office) facts() contract.OfficeFacts {
	p := o.Policies
	return contract.OfficeFacts{Office: o.ID, Name: o.Name, Policies: contract.OfficePolicies{
		Clock: p.Policy, RefuseLateNotice: p.RefuseLateNotice, ReopenPeriodWD: p.ReopenPeriodWD, DuplicateDays: p.DuplicateDays,
		MaxExtensions: p.MaxExtensions, OpenSearch: p.OpenSearch, FeeCountDate: p.FeeCountDate,
	}}
}

func officeSpec(poke func()) docstore.Spec[Office] {
	return docstore.Spec[Office]{
		Name: "offices", Snapshot: contract.OfficeRestated, Outbox: poke,
		Facts: func(o *Office) (string, any) { return o.ID, o.facts() },
		Indexes: []docstore.Entry[Office]{{
			Index: docstore.Index{Name: byID, Unique: true, Fields: []docstore.Field{{Name: "office", Kind: docstore.String}}},
			Key:   func(o *Office) docstore.Key { return docstore.Key{o.ID} },
		}},
	}
}
