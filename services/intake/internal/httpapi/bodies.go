package httpapi

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

type contactBody struct {
	On      civil.Date `json:"on"`
	Means   string     `json:"means"`
	With    string     `json:"with"`
	Inward  bool       `json:"inward"`
	Reached *bool      `json:"reached"` // absent: yes
	Summary string     `json:"summary"`
}

func contact(b contactBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		return c.AddContact(domain.Contact{
			On: b.On, Means: b.Means, With: b.With, Inward: b.Inward,
			Reached: b.Reached == nil || *b.Reached, Summary: b.Summary,
		}, env)
	}
}

type opinionBody struct {
	Who     string `json:"who"`
	Opinion string `json:"opinion"`
}

type deliberationBody struct {
	HeldOn       civil.Date    `json:"held_on"`
	Question     string        `json:"question"`
	Participants []string      `json:"participants"`
	Opinions     []opinionBody `json:"opinions"`
	Conclusion   string        `json:"conclusion"`
}

func deliberation(b deliberationBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		d := domain.Deliberation{
			HeldOn: b.HeldOn, Question: b.Question, Participants: b.Participants, Conclusion: b.Conclusion,
		}
		for _, o := range b.Opinions {
			d.Opinions = append(d.Opinions, domain.Opinion(o))
		}
		return c.Deliberate(d, env)
	}
}

type correctionNoticeBody struct {
	NoticedOn   civil.Date `json:"noticed_on"`
	DeliveredOn civil.Date `json:"delivered_on"`
	Items       []string   `json:"items"`
	Guidance    string     `json:"guidance"`
	PeriodWD    int        `json:"period_wd"`
	Reason      string     `json:"reason"`
}

func correctionNotice(b correctionNoticeBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		return c.NoticeCorrection(domain.CorrectionNotice(b), env)
	}
}

type correctionBody struct {
	ReceivedOn     civil.Date `json:"received_on"`
	Description    string     `json:"description"`
	Title          string     `json:"title"`
	DocumentNumber string     `json:"document_number"`
	LateReason     string     `json:"late_reason"`
	Note           string     `json:"note"`
}

func (b correctionBody) command() domain.CorrectionReceived {
	return domain.CorrectionReceived{
		ReceivedOn: b.ReceivedOn, LateReason: b.LateReason, Note: b.Note,
		Content: domain.Content{Description: b.Description, Title: b.Title, DocumentNumber: b.DocumentNumber},
	}
}

func correction(b correctionBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.Correct(b.command(), env) }
}

type abandonmentBody struct {
	AbandonedOn civil.Date `json:"abandoned_on"`
	Note        string     `json:"note"`
}

func abandonment(b abandonmentBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.Abandon(domain.Abandonment(b), env) }
}

type consultationBody struct {
	Kind                clock.ConsultationKind `json:"kind"`
	Consultee           string                 `json:"consultee"`
	ConsulteeContact    string                 `json:"consultee_contact"`
	Question            string                 `json:"question"`
	SentOn              civil.Date             `json:"sent_on"`
	ConsulteeReceivedOn civil.Date             `json:"consultee_received_on"`
}

func consultation(b consultationBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.Consult(domain.ConsultationLetter(b), env) }
}

type consultationAnswerBody struct {
	ConsulteeReceivedOn civil.Date `json:"consultee_received_on"`
	AnsweredOn          civil.Date `json:"answered_on"`
	Answer              string     `json:"answer"`
	Reasons             string     `json:"reasons"`
	Unreasonable        bool       `json:"unreasonable"`
}

type extensionBody struct {
	WorkingDays int        `json:"working_days"`
	Reason      string     `json:"reason"`
	RequestedOn civil.Date `json:"requested_on"`
}

func extension(b extensionBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		return c.RequestExtension(domain.ExtensionRequest(b), env)
	}
}

type extensionApprovalBody struct {
	Approved   *bool      `json:"approved"` // absent: yes
	ApprovedOn civil.Date `json:"approved_on"`
	NotifiedOn civil.Date `json:"notified_on"`
	Note       string     `json:"note"`
}

func extensionApproval(b extensionApprovalBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		return c.ApproveExtension(domain.ExtensionApproval{
			Refused: b.Approved != nil && !*b.Approved, DecidedOn: b.ApprovedOn, NotifiedOn: b.NotifiedOn, Note: b.Note,
		}, env)
	}
}

type reasonsRequestBody struct {
	AskedOn civil.Date `json:"asked_on"`
	ReplyBy civil.Date `json:"reply_by"`
	Text    string     `json:"text"`
}

type reasonsBody struct {
	GivenOn civil.Date `json:"given_on"`
	Reasons string     `json:"reasons"`
}

func reasons(b reasonsBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.GiveReasons(domain.Reasons(b), env) }
}

type reasonsAssessmentBody struct {
	AssessedOn    civil.Date `json:"assessed_on"`
	Reasonable    bool       `json:"reasonable"`
	Assessment    string     `json:"assessment"`
	DeferredUntil civil.Date `json:"deferred_until"`
}

func reasonsAssessment(b reasonsAssessmentBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		return c.AssessReasons(domain.ReasonsAssessment(b), env)
	}
}

type checkBody struct {
	Aspect   string `json:"aspect"`
	Result   string `json:"result"`
	Reviewer string `json:"reviewer"`
	Note     string `json:"note"`
}

type reviewBody struct {
	ReviewedOn civil.Date  `json:"reviewed_on"`
	Checks     []checkBody `json:"checks"`
	Conclusion string      `json:"conclusion"`
}

func review(b reviewBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		r := domain.ReviewRecord{ReviewedOn: b.ReviewedOn, Conclusion: b.Conclusion}
		for _, k := range b.Checks {
			r.Checks = append(r.Checks, domain.Check(k))
		}
		return c.Review(r, env)
	}
}

type withheldBody struct {
	Part   string `json:"part"`
	Ground string `json:"ground"`
	Reason string `json:"reason"`
}

type overrideBody struct {
	What   string     `json:"what"`
	Why    string     `json:"why"`
	ToldOn civil.Date `json:"told_on"`
}

type proposalBody struct {
	Kind           decision.Kind     `json:"kind"`
	Ground         string            `json:"ground"`
	Subject        string            `json:"subject"`
	Reasons        string            `json:"reasons"` // short for contents.reasons
	Contents       map[string]string `json:"contents"`
	Withheld       []withheldBody    `json:"withheld"`
	PublicInterest *overrideBody     `json:"public_interest"`
	Note           string            `json:"note"`
	Guide          map[string]string `json:"guide"` // the answers to the guide's questions
	DecidedOn      civil.Date        `json:"decided_on"`
	// LessonsSeen are the lessons that whoever drafts has seen.
	LessonsSeen []string `json:"lessons_seen" validate:"max=10,unique,dive,required,max=64"`
}

func proposal(b proposalBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		p := domain.Proposal{
			Kind: b.Kind, Ground: b.Ground, Subject: b.Subject, Note: b.Note, DecidedOn: b.DecidedOn, Guide: b.Guide,
			Contents: map[string]string{},
		}
		for k, v := range b.Contents {
			p.Contents[k] = v
		}
		if b.Reasons != "" {
			p.Contents[decision.ContentReasons] = b.Reasons
		}
		for _, w := range b.Withheld {
			p.Withheld = append(p.Withheld, domain.Withheld(w))
		}
		if o := b.PublicInterest; o != nil {
			p.Override = &domain.Override{What: o.What, Why: o.Why, ToldOn: o.ToldOn}
		}
		return c.Decide(p, env)
	}
}

type approvalBody struct {
	Approved *bool      `json:"approved"` // absent: yes
	SignedOn civil.Date `json:"signed_on"`
	No       string     `json:"no"`
	Note     string     `json:"note"`
	// LessonsSeen are the lessons that the signer has seen.
	LessonsSeen []string `json:"lessons_seen" validate:"max=10,unique,dive,required,max=64"`
}

func (b approvalBody) command() domain.Approval {
	return domain.Approval{Returned: b.Approved != nil && !*b.Approved, SignedOn: b.SignedOn, No: b.No, Note: b.Note}
}

type serviceBody struct {
	Attempt     int        `json:"attempt"`
	Route       string     `json:"route"`
	SentOn      civil.Date `json:"sent_on"`
	DeliveredOn civil.Date `json:"delivered_on"`
	ReadOn      civil.Date `json:"read_on"`
	Signer      string     `json:"signer"`
	Carrier     string     `json:"carrier"`
	TrackingNo  string     `json:"tracking_no"`
	Proof       string     `json:"proof"`
	FailedOn    civil.Date `json:"failed_on"`
	FailReason  string     `json:"fail_reason"`
}

func service(b serviceBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.Serve(domain.Service(b), env) }
}

type withdrawalBody struct {
	WithdrawnOn civil.Date `json:"withdrawn_on"`
	Reason      string     `json:"reason"`
}

func withdrawal(b withdrawalBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.Withdraw(domain.Withdrawal(b), env) }
}

type closureBody struct {
	ClosedOn civil.Date `json:"closed_on"`
	Note     string     `json:"note"`
}

func closure(b closureBody) app.Command {
	return func(c *domain.Case, env domain.Env) error { return c.Close(domain.Closure(b), env) }
}

type reopeningBody struct {
	ReopenedOn   civil.Date `json:"reopened_on"`
	EffectiveOn  civil.Date `json:"effective_on"`
	PeriodWD     int        `json:"period_wd"`
	Authority    string     `json:"authority"`
	DocumentNo   string     `json:"document_no"`
	ProceedingID string     `json:"proceeding_id"`
	Reason       string     `json:"reason"`
}

func reopening(b reopeningBody) app.Command {
	return func(c *domain.Case, env domain.Env) error {
		return c.Reopen(domain.Reopening{
			ReopenedOn: b.ReopenedOn, EffectiveOn: b.EffectiveOn, PeriodWD: b.PeriodWD, Authority: b.Authority,
			DocumentNo: b.DocumentNo, ProceedingID: b.ProceedingID, Reason: b.Reason,
		}, env)
	}
}

type applicantKindBody struct {
	Kind   domain.ApplicantKind `json:"kind"`
	Reason string               `json:"reason"`
}
