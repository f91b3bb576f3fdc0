package staffing

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/verification"
)

// officeView is an office as anybody may see it.
type officeView struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	District string  `json:"district,omitempty"`
	Contact  Contact `json:"contact,omitzero"`
}

func viewOffice(o Office) officeView {
	return officeView{ID: o.ID, Name: o.Name, District: o.District, Contact: o.Contact}
}

// staffView is a staff member as colleagues see them.
type staffView struct {
	ID                 string          `json:"id"`
	Office             string          `json:"office"`
	Username           string          `json:"username"`
	Name               string          `json:"name"`
	Roles              []identity.Role `json:"roles"`
	RoleLabels         []string        `json:"role_labels"`
	Active             bool            `json:"active"`
	CreatedAt          time.Time       `json:"created_at"`
	MustChangePassword bool            `json:"must_change_password,omitempty"`
	SecondFactor       bool            `json:"second_factor,omitempty"`
}

func viewStaff(id string, a *Account) staffView {
	v := staffView{ID: id, Office: a.Office, Username: a.Username, Name: a.Name, Roles: a.Roles, RoleLabels: []string{}, Active: a.Active, CreatedAt: a.CreatedAt, MustChangePassword: a.MustChange, SecondFactor: a.confirmed()}
	for _, r := range a.Roles {
		v.RoleLabels = append(v.RoleLabels, r.Label())
	}
	return v
}

// getOffices lists the offices, so that an applicant can choose.
func (s *Staffing) getOffices(c echo.Context) error {
	if err := httpkit.Query(c, "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	docs, next, err := s.offices.Find(c.Request().Context(), docstore.Query{Index: byID, Limit: limit, After: cursor})
	if err != nil {
		return err
	}
	list := httpkit.List[officeView]{Items: make([]officeView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		list.Items = append(list.Items, viewOffice(*d.Value))
	}
	return c.JSON(http.StatusOK, list)
}

func (s *Staffing) getPolicies(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	id, err := ownID(c, caller)
	if err != nil {
		return err
	}
	doc, err := s.offices.Get(ctx, id)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, doc.Value.Settings)
}

// putPolicies replaces the settings. Policies that are absent take their default.
func (s *Staffing) putPolicies(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	id, err := ownID(c, caller)
	if err != nil {
		return err
	}
	in, err := httpkit.Bind[settings](c)
	if err != nil {
		return err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	chosen := in.Policies.chosen()
	if chosen.LocalSignInOff && s.provider == nil {
		return problem.InvalidFields(problem.At("/policies/local_sign_in_off", "no_provider", "未接入统一身份认证，不能停用本地登录。", "No identity provider is connected; nobody could sign in."))
	}
	if chosen.ApplicantVerification != verification.Off && !s.messages {
		return problem.InvalidFields(problem.At("/policies/applicant_verification", "no_messenger", "未接入短信或邮件网关，不能要求申请人验证。", "No gateway for messages is connected; nobody could be sent a code."))
	}
	opts := httpkit.Command(c).Options()
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	doc, err := s.offices.Update(ctx, id, func(o *Office) error {
		o.Settings = Settings{
			Name: in.Name, SuperiorGovernment: in.SuperiorGovernment, District: in.District, Court: in.Court,
			RegisterPrefix: in.RegisterPrefix, Contact: in.Contact, Policies: chosen,
		}
		o.Raise(contract.OfficeChanged)
		return nil
	}, opts...)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, doc.Value.Settings)
}

// ownID is the office in the path, if it is the caller's; another's does not exist.
func ownID(c echo.Context, caller identity.Staff) (string, error) {
	if id := c.Param("id"); id == caller.Office {
		return id, nil
	}
	return "", problem.New(problem.NotFound, "没有这个机关。", "There is no such office.")
}

// settings is Settings in a request.
type settings struct {
	Name               string         `json:"name" validate:"required,notblank,line,max=100"`
	SuperiorGovernment string         `json:"superior_government,omitempty" validate:"omitempty,line,max=100"`
	District           string         `json:"district,omitempty" validate:"omitempty,line,max=100"`
	Court              string         `json:"court,omitempty" validate:"omitempty,line,max=100"`
	RegisterPrefix     string         `json:"register_prefix,omitempty" validate:"omitempty,line,max=20,excludesall=0123456789０１２３４５６７８９"`
	Contact            Contact        `json:"contact,omitzero"`
	Policies           chosenPolicies `json:"policies"`
}

// chosenPolicies are Policies in a request: absent means the default.
type chosenPolicies struct {
	CorrectionPeriodWD       *int                      `json:"correction_period_wd,omitempty" validate:"omitempty,min=1,max=60"`
	MaxCorrectionNotices     *int                      `json:"max_correction_notices,omitempty" validate:"omitempty,min=1,max=5"`
	LateCorrection           *string                   `json:"late_correction_policy,omitempty" validate:"omitempty,oneof=shadow ignore"`
	PauseBounds              *string                   `json:"pause_bounds,omitempty" validate:"omitempty,oneof=after_sent_through_answer after_received_through_answer whole_limit"`
	ConsultationLimitWD      *int                      `json:"consultation_limit_wd,omitempty" validate:"omitempty,min=1,max=15"`
	ExcludableKinds          *[]clock.ConsultationKind `json:"excludable_kinds,omitempty" validate:"omitempty,unique,dive,oneof=third_party joint_agency other_agency"`
	LateExtension            *string                   `json:"late_extension_policy,omitempty" validate:"omitempty,oneof=accept ignore"`
	GraceWD                  *int                      `json:"grace_wd,omitempty" validate:"omitempty,min=0,max=60"`
	ReplyMadeEvent           *string                   `json:"reply_made_event,omitempty" validate:"omitempty,oneof=dispatch arrival decision"`
	CalendarHorizon          *string                   `json:"calendar_horizon_policy,omitempty" validate:"omitempty,oneof=provisional refuse"`
	MaxUnconfirmedWD         *int                      `json:"max_unconfirmed_wd,omitempty" validate:"omitempty,min=0,max=20"`
	RecordCorrectionTargetWD *int                      `json:"record_correction_target_wd,omitempty" validate:"omitempty,min=1,max=60"`
	ReplyTargetWD            *int                      `json:"reply_target_wd,omitempty" validate:"omitempty,min=0,max=19"`
	RefuseLateNotice         *bool                     `json:"refuse_late_notice,omitempty"`
	ReopenPeriodWD           *int                      `json:"reopen_period_wd,omitempty" validate:"omitempty,min=1,max=60"`
	DuplicateDays            *int                      `json:"duplicate_days,omitempty" validate:"omitempty,min=0,max=730"`
	MaxExtensions            *int                      `json:"max_extensions,omitempty" validate:"omitempty,min=1,max=5"`
	OpenSearch               *string                   `json:"open_search_policy,omitempty" validate:"omitempty,oneof=refuse record"`
	FeeCountDate             *string                   `json:"fee_count_date,omitempty" validate:"omitempty,oneof=receipt filing decision"`
	LessonsBeforeSigning     *domain.LessonPolicy      `json:"lessons_before_signing,omitempty" validate:"omitempty,oneof=required signer advisory"`
	ReasonsNeedFinding       *bool                     `json:"reasons_need_finding,omitempty"`
	ApplicantVerification    *verification.Policy      `json:"applicant_verification,omitempty" validate:"omitempty,oneof=off when_reachable required"`
	ChangeFirstPassword      *bool                     `json:"change_first_password,omitempty"`
	LocalSignInOff           *bool                     `json:"local_sign_in_off,omitempty"`
	SecondFactorRoles        *[]identity.Role          `json:"second_factor_roles,omitempty" validate:"omitempty,unique,dive,oneof=officer unit_lead head legal finance admin auditor"`
}

// chosen is the default with what was chosen instead.
func (in chosenPolicies) chosen() Policies {
	p := DefaultPolicies()
	take(&p.CorrectionPeriodWD, in.CorrectionPeriodWD)
	take(&p.MaxCorrectionNotices, in.MaxCorrectionNotices)
	take(&p.LateCorrection, in.LateCorrection)
	take(&p.PauseBounds, in.PauseBounds)
	take(&p.ConsultationLimitWD, in.ConsultationLimitWD)
	take(&p.ExcludableKinds, in.ExcludableKinds)
	take(&p.LateExtension, in.LateExtension)
	take(&p.GraceWD, in.GraceWD)
	take(&p.ReplyMadeEvent, in.ReplyMadeEvent)
	take(&p.CalendarHorizon, in.CalendarHorizon)
	take(&p.MaxUnconfirmedWD, in.MaxUnconfirmedWD)
	take(&p.RecordCorrectionTargetWD, in.RecordCorrectionTargetWD)
	take(&p.ReplyTargetWD, in.ReplyTargetWD)
	take(&p.RefuseLateNotice, in.RefuseLateNotice)
	take(&p.ReopenPeriodWD, in.ReopenPeriodWD)
	take(&p.DuplicateDays, in.DuplicateDays)
	take(&p.MaxExtensions, in.MaxExtensions)
	take(&p.OpenSearch, in.OpenSearch)
	take(&p.FeeCountDate, in.FeeCountDate)
	take(&p.LessonsBeforeSigning, in.LessonsBeforeSigning)
	take(&p.ReasonsNeedFinding, in.ReasonsNeedFinding)
	take(&p.ApplicantVerification, in.ApplicantVerification)
	take(&p.ChangeFirstPassword, in.ChangeFirstPassword)
	take(&p.LocalSignInOff, in.LocalSignInOff)
	take(&p.SecondFactorRoles, in.SecondFactorRoles)
	return p
}

func take[T any](have *T, chosen *T) {
	if chosen != nil {
		*have = *chosen
	}
}
