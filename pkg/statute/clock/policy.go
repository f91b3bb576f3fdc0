package clock

// Policy is what an office has to settle because the law does not: the
// contested points of counting, each with the reading taken by default.
type Policy struct {
	// CorrectionPeriodWD is the time given to correct an application (合理的补正
	// 期限). The law fixes none; below five working days Compute warns.
	CorrectionPeriodWD int `json:"correction_period_wd"`
	// MaxCorrectionNotices: art. 30 says one notice. A further one needs a
	// recorded reason.
	MaxCorrectionNotices int `json:"max_correction_notices"`
	// LateCorrection: a notice after the seventh working day either still
	// restarts the clock, with a shadow due date of the first receipt beside
	// it (shadow), or does not stop the clock at all (ignore).
	LateCorrection string `json:"late_correction_policy"`
	// PauseBounds: which days of a consultation are left out of the count.
	PauseBounds string `json:"pause_bounds"`
	// ConsultationLimitWD caps the exclusion when the consultee is silent
	// (art. 32, 34: 15 working days; by analogy for other agencies).
	ConsultationLimitWD int `json:"consultation_limit_wd"`
	// ExcludableKinds are the consultations whose time is left out (art. 33(3)).
	// Empty means all three.
	ExcludableKinds []ConsultationKind `json:"excludable_kinds,omitempty"`
	// LateExtension: an extension notified after the due date counts (accept)
	// or has no effect (ignore).
	LateExtension string `json:"late_extension_policy"`
	// GraceWD are working days after the payment limit in which a payment is
	// still taken.
	GraceWD int `json:"grace_wd"`
	// ReplyMadeEvent decides when a reply is made: on dispatch (posting or
	// signature), on arrival, or with the decision.
	ReplyMadeEvent string `json:"reply_made_event"`
	// CalendarHorizon: a due date in a year without a notice is computed and
	// marked (provisional), or refused (refuse).
	CalendarHorizon string `json:"calendar_horizon_policy"`
	// MaxUnconfirmedWD is how long an application may wait between arrival and
	// confirmed receipt before it alarms (art. 31(3): the internet channel).
	MaxUnconfirmedWD int `json:"max_unconfirmed_wd"`
	// ReplyTargetWD is the office's own target for a reply, in working days from the
	// day on which the reply period starts; 0 when it has set none.
	ReplyTargetWD int `json:"reply_target_wd,omitempty"`
	// RecordCorrectionTargetWD is the office's own target for correcting a
	// record about oneself (art. 41), for which the law sets no period.
	RecordCorrectionTargetWD int `json:"record_correction_target_wd"`
}

// The values of the policies that choose between readings.
const (
	Shadow = "shadow"
	Ignore = "ignore"
	Accept = "accept"

	AfterSentThroughAnswer     = "after_sent_through_answer"
	AfterReceivedThroughAnswer = "after_received_through_answer"
	WholeLimit                 = "whole_limit"

	OnDispatch = "dispatch"
	OnArrival  = "arrival"
	OnDecision = "decision"

	ComputeProvisionally = "provisional"
	RefuseUnpublished    = "refuse"
)

// DefaultPolicy is the reading that the office follows unless it decides
// otherwise.
func DefaultPolicy() Policy {
	return Policy{
		CorrectionPeriodWD:       15,
		MaxCorrectionNotices:     1,
		LateCorrection:           Shadow,
		PauseBounds:              AfterSentThroughAnswer,
		ConsultationLimitWD:      15,
		LateExtension:            Ignore,
		ReplyMadeEvent:           OnDispatch,
		CalendarHorizon:          ComputeProvisionally,
		MaxUnconfirmedWD:         1,
		RecordCorrectionTargetWD: 20,
	}
}

// withDefaults fills what a stored policy left open.
func (p Policy) withDefaults() Policy {
	d := DefaultPolicy()
	fill := func(have *int, def int) {
		if *have <= 0 {
			*have = def
		}
	}
	fill(&p.CorrectionPeriodWD, d.CorrectionPeriodWD)
	fill(&p.MaxCorrectionNotices, d.MaxCorrectionNotices)
	fill(&p.ConsultationLimitWD, d.ConsultationLimitWD)
	fill(&p.RecordCorrectionTargetWD, d.RecordCorrectionTargetWD)
	choose := func(have *string, def string) {
		if *have == "" {
			*have = def
		}
	}
	choose(&p.LateCorrection, d.LateCorrection)
	choose(&p.PauseBounds, d.PauseBounds)
	choose(&p.LateExtension, d.LateExtension)
	choose(&p.ReplyMadeEvent, d.ReplyMadeEvent)
	choose(&p.CalendarHorizon, d.CalendarHorizon)
	p.GraceWD = max(p.GraceWD, 0)
	p.MaxUnconfirmedWD = max(p.MaxUnconfirmedWD, 0)
	p.ReplyTargetWD = max(p.ReplyTargetWD, 0)
	return p
}

func (p Policy) excludes(kind ConsultationKind) bool {
	if len(p.ExcludableKinds) == 0 {
		return true
	}
	for _, k := range p.ExcludableKinds {
		if k == kind {
			return true
		}
	}
	return false
}
