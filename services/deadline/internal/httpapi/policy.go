package httpapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/deadline/internal/domain"
)

// policyRequest replaces single points of a clock policy; what is absent stays.
type policyRequest struct {
	CorrectionPeriodWD       *int                      `json:"correction_period_wd"`
	MaxCorrectionNotices     *int                      `json:"max_correction_notices"`
	LateCorrection           *string                   `json:"late_correction_policy"`
	PauseBounds              *string                   `json:"pause_bounds"`
	ConsultationLimitWD      *int                      `json:"consultation_limit_wd"`
	ExcludableKinds          *[]clock.ConsultationKind `json:"excludable_kinds"`
	LateExtension            *string                   `json:"late_extension_policy"`
	GraceWD                  *int                      `json:"grace_wd"`
	ReplyMadeEvent           *string                   `json:"reply_made_event"`
	CalendarHorizon          *string                   `json:"calendar_horizon_policy"`
	MaxUnconfirmedWD         *int                      `json:"max_unconfirmed_wd"`
	RecordCorrectionTargetWD *int                      `json:"record_correction_target_wd"`
	ReplyTargetWD            *int                      `json:"reply_target_wd"`
}

func (r *policyRequest) apply(p *clock.Policy) {
	set(&p.CorrectionPeriodWD, r.CorrectionPeriodWD)
	set(&p.MaxCorrectionNotices, r.MaxCorrectionNotices)
	set(&p.LateCorrection, r.LateCorrection)
	set(&p.PauseBounds, r.PauseBounds)
	set(&p.ConsultationLimitWD, r.ConsultationLimitWD)
	set(&p.ExcludableKinds, r.ExcludableKinds)
	set(&p.LateExtension, r.LateExtension)
	set(&p.GraceWD, r.GraceWD)
	set(&p.ReplyMadeEvent, r.ReplyMadeEvent)
	set(&p.CalendarHorizon, r.CalendarHorizon)
	set(&p.MaxUnconfirmedWD, r.MaxUnconfirmedWD)
	set(&p.RecordCorrectionTargetWD, r.RecordCorrectionTargetWD)
	set(&p.ReplyTargetWD, r.ReplyTargetWD)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// under moves the pointers of a problem's fields below another place.
func under(to, from string, err error) error {
	var p *problem.Error
	if !errors.As(err, &p) {
		return err
	}
	for i, f := range p.Fields {
		p.Fields[i].Pointer = to + strings.TrimPrefix(f.Pointer, from)
	}
	return p
}

type officePolicyRequest struct {
	AlarmStepsWD *[]int `json:"alarm_steps_wd"`
	AlarmOverdue *bool  `json:"alarm_overdue"`
	EscalateWD   *int   `json:"escalate_wd"`
	DueSoonWD    *int   `json:"due_soon_wd"`
}

func (a *API) policy(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	p, rev, err := a.app.Policy(c.Request().Context(), staff.Office)
	if err != nil {
		return err
	}
	return a.answerPolicy(c, p, rev)
}

// setPolicy replaces the points that the request names, over the default policy. The
// readings of the clock are the office's, and stay.
func (a *API) setPolicy(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	seen, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[officePolicyRequest](c)
	if err != nil {
		return err
	}
	p := domain.DefaultPolicy()
	set(&p.AlarmStepsWD, req.AlarmStepsWD)
	set(&p.AlarmOverdue, req.AlarmOverdue)
	set(&p.EscalateWD, req.EscalateWD)
	set(&p.DueSoonWD, req.DueSoonWD)
	p, rev, err := a.app.SetPolicy(c.Request().Context(), staff.Office, p, seen)
	if err != nil {
		return err
	}
	return a.answerPolicy(c, p, rev)
}

func (a *API) answerPolicy(c echo.Context, p domain.Policy, rev int64) error {
	if rev > 0 {
		httpkit.ETag(c, rev)
	}
	return c.JSON(http.StatusOK, p)
}
