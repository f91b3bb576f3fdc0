package domain

import (
	"reflect"
	"slices"
	"time"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/clock"
)

// Policy is what an office settles about its deadlines where the law leaves it
// open (rule book section 7), and when it wants to be warned.
type Policy struct {
	// Clock is settled in the office's own document, which intake keeps: both
	// services compute with the same readings.
	Clock clock.Policy `json:"clock"`
	// AlarmStepsWD are the working days before a due date on which an alarm goes
	// off; 0 is the day itself.
	AlarmStepsWD []int `json:"alarm_steps_wd"`
	// AlarmOverdue raises one more alarm on the day after the due date.
	AlarmOverdue bool `json:"alarm_overdue"`
	// EscalateWD: alarms with at most so many working days left go to the head as
	// well, before the date and not after it.
	EscalateWD int `json:"escalate_wd"`
	// DueSoonWD is how many working days ahead the list of what is due soon looks.
	DueSoonWD int `json:"due_soon_wd"`
}

// DefaultPolicy is what holds until an office decides otherwise.
func DefaultPolicy() Policy {
	return Policy{
		Clock: clock.DefaultPolicy(), AlarmStepsWD: []int{5, 2, 0}, AlarmOverdue: true,
		EscalateWD: 2, DueSoonWD: 5,
	}
}

// OfficePolicy is an office's policy as it is stored.
type OfficePolicy struct {
	Office string `json:"office"`
	Policy Policy `json:"policy"`
	// OfficeVersion is the version of the office's document that the clock policy was
	// taken from.
	OfficeVersion int64 `json:"office_version,omitempty"`
	// PendingSince is set while open sheets may still stand on the policy before.
	PendingSince time.Time `json:"pending_since,omitzero"`
}

// TakeClock takes the clock policy from a version of the office's document, unless a
// newer one was taken, and tells whether it is another than before.
func (o *OfficePolicy) TakeClock(version int64, office string, p clock.Policy) (changed bool) {
	if version <= o.OfficeVersion {
		return false
	}
	if o.Office == "" {
		o.Office, o.Policy = office, DefaultPolicy()
	}
	changed = !reflect.DeepEqual(o.Policy.Clock, p)
	o.OfficeVersion, o.Policy.Clock = version, p
	return changed
}

// Settle takes everything else.
func (o *OfficePolicy) Settle(office string, p Policy) {
	if o.Office == "" {
		o.Policy = DefaultPolicy()
	}
	p.Clock = o.Policy.Clock
	o.Office, o.Policy = office, p
}

// The bounds of what an office may settle.
const (
	maxAlarmSteps  = 10
	maxAlarmStepWD = 60
	maxPolicyWD    = 250
)

// Validate reports everything that cannot be a policy.
func (p Policy) Validate() error {
	var faults []problem.Field
	within := func(pointer string, n, low, high int) {
		if n < low || n > high {
			faults = append(faults, problem.At(pointer, "out_of_range", "数值超出允许范围。", "The figure is outside its bounds."))
		}
	}
	oneOf := func(pointer, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			faults = append(faults, problem.At(pointer, "unknown_value", "没有这个选项。", "There is no such choice."))
		}
	}
	c := p.Clock
	within("/clock/correction_period_wd", c.CorrectionPeriodWD, 1, maxPolicyWD)
	within("/clock/max_correction_notices", c.MaxCorrectionNotices, 1, 9)
	within("/clock/consultation_limit_wd", c.ConsultationLimitWD, 1, 15)
	within("/clock/grace_wd", c.GraceWD, 0, 60)
	within("/clock/max_unconfirmed_wd", c.MaxUnconfirmedWD, 0, 30)
	within("/clock/record_correction_target_wd", c.RecordCorrectionTargetWD, 1, maxPolicyWD)
	within("/clock/reply_target_wd", c.ReplyTargetWD, 0, 19)
	oneOf("/clock/late_correction_policy", c.LateCorrection, clock.Shadow, clock.Ignore)
	oneOf("/clock/pause_bounds", c.PauseBounds, clock.AfterSentThroughAnswer, clock.AfterReceivedThroughAnswer, clock.WholeLimit)
	oneOf("/clock/late_extension_policy", c.LateExtension, clock.Accept, clock.Ignore)
	oneOf("/clock/reply_made_event", c.ReplyMadeEvent, clock.OnDispatch, clock.OnArrival, clock.OnDecision)
	oneOf("/clock/calendar_horizon_policy", c.CalendarHorizon, clock.ComputeProvisionally, clock.RefuseUnpublished)
	for _, k := range c.ExcludableKinds {
		oneOf("/clock/excludable_kinds", string(k), string(clock.ThirdParty), string(clock.JointAgency), string(clock.OtherAgency))
	}
	within("/escalate_wd", p.EscalateWD, 0, maxAlarmStepWD)
	within("/due_soon_wd", p.DueSoonWD, 0, maxAlarmStepWD)
	within("/alarm_steps_wd", len(p.AlarmStepsWD), 1, maxAlarmSteps)
	for _, n := range p.AlarmStepsWD {
		within("/alarm_steps_wd", n, 0, maxAlarmStepWD)
	}
	if len(faults) > 0 {
		return problem.InvalidFields(faults...)
	}
	return nil
}
