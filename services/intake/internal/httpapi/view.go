package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// caseView is the whole file as its office sees it.
type caseView struct {
	caseRow
	Rev              int64                 `json:"rev"`
	FiledAt          time.Time             `json:"filed_at"`
	FiledBy          domain.Person         `json:"filed_by"`
	RegisteredOn     civil.Date            `json:"registered_on,omitzero"`
	Applicant        domain.Applicant      `json:"applicant"`
	ApplicantDigests []string              `json:"applicant_digests,omitempty"` // what the fee counts by
	Content          domain.Content        `json:"content"`
	Delivery         deliveryView          `json:"delivery"`
	ArrivalEvidence  *domain.Evidence      `json:"arrival_evidence,omitempty"`
	Evidence         *domain.Evidence      `json:"evidence,omitempty"`
	Unreachable      *domain.Unreachable   `json:"unreachable,omitempty"`
	Deadlines        deadlinesView         `json:"deadlines"`
	Assignments      []domain.Assignment   `json:"assignments,omitempty"`
	Corrections      []domain.Correction   `json:"corrections,omitempty"`
	Consultations    []consultationView    `json:"consultations,omitempty"`
	Extensions       []domain.Extension    `json:"extensions,omitempty"`
	Excess           *domain.Excess        `json:"excess,omitempty"`
	Fees             []domain.Fee          `json:"fees,omitempty"`
	Searches         []searchView          `json:"searches,omitempty"`
	Contacts         []contactView         `json:"contacts,omitempty"`
	Deliberations    []domain.Deliberation `json:"deliberations,omitempty"`
	Reviews          []reviewView          `json:"reviews,omitempty"`
	Draft            *draftView            `json:"draft,omitempty"`
	Returned         []draftView           `json:"returned,omitempty"`
	Decision         *decisionView         `json:"decision,omitempty"`
	Earlier          []decisionView        `json:"earlier,omitempty"`
	Attachments      []attachmentView      `json:"attachments,omitempty"`
	LessonsSeen      []domain.LessonSeen   `json:"lessons_seen,omitempty"`
	CodeReissues     []codeReissueView     `json:"code_reissues,omitempty"`
	Judgements       []judgementView       `json:"judgements,omitempty"`
	Restriction      *domain.Restriction   `json:"restriction,omitempty"`
	Links            []linkView            `json:"links,omitempty"`
	Split            *domain.Split         `json:"split,omitempty"`
	PartNo           int                   `json:"part_no,omitempty"`
	MergedInto       string                `json:"merged_into,omitempty"`
	Reopenings       []domain.Reopening    `json:"reopenings,omitempty"`
	Ending           *endingView           `json:"ending,omitempty"`
	History          []stepView            `json:"history"`
	// The following are looked up for the file itself, not after each command.
	Lessons    *lessonsView `json:"lessons,omitempty"`
	Children   []caseRow    `json:"children,omitempty"`
	LinkedFrom []caseRow    `json:"linked_from,omitempty"`
	MergedFrom []caseRow    `json:"merged_from,omitempty"`
	// ProbableDuplicates are other cases of the same applicant with much the same
	// text; a person decides what they are.
	ProbableDuplicates []caseRow `json:"probable_duplicates,omitempty"`
}

type deliveryView struct {
	domain.Delivery
	FormatLabel string `json:"format_label"`
	RouteLabel  string `json:"route_label"`
}

// deadlinesView tells every clock of the case with its explanation.
type deadlinesView struct {
	ReplyDue    civil.Date    `json:"reply_due,omitzero"`
	ShadowDue   civil.Date    `json:"shadow_due,omitzero"`
	Provisional bool          `json:"provisional"`
	State       string        `json:"state"`
	WaitingFor  string        `json:"waiting_for,omitempty"`
	Clocks      []clock.Clock `json:"clocks"`
}

type consultationView struct {
	domain.Consultation
	KindLabel    string `json:"kind_label"`
	AnswerLabel  string `json:"answer_label,omitempty"`
	SilenceLabel string `json:"silence_label,omitempty"`
}

type contactView struct {
	domain.Contact
	MeansLabel string `json:"means_label"`
}

type checkView struct {
	domain.Check
	AspectLabel string `json:"aspect_label"`
	ResultLabel string `json:"result_label"`
}

type reviewView struct {
	N          int           `json:"n"`
	ReviewedOn civil.Date    `json:"reviewed_on"`
	Checks     []checkView   `json:"checks"`
	Conclusion string        `json:"conclusion,omitempty"`
	By         domain.Person `json:"by"`
}

type draftView struct {
	domain.Draft
	KindLabel  string `json:"kind_label"`
	RemedyText string `json:"remedy_text,omitempty"`
}

type decisionView struct {
	domain.Decision
	KindLabel  string `json:"kind_label"`
	RemedyText string `json:"remedy_text,omitempty"`
}

type linkView struct {
	domain.Link
	KindLabel string `json:"kind_label"`
}

type endingView struct {
	domain.Ending
	CodeLabel string `json:"code_label"`
}

type stepView struct {
	domain.Step
	Label string `json:"label"`
}

// show answers the whole file.
func (h *handlers) show(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Get(c.Request().Context(), s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	return h.answerWithRelations(c, doc)
}

func (h *handlers) answerWithRelations(c echo.Context, doc app.Doc) error {
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	at, err := h.desk.Scene(ctx, doc.Value.Office, domain.Actor{})
	if err != nil {
		return err
	}
	today := at.Env.Today
	rel, err := h.desk.Relations(ctx, doc.Value)
	if err != nil {
		return err
	}
	same, err := h.desk.Duplicates(ctx, doc.Value, at.Env.Policy.DuplicateDays)
	if err != nil {
		return err
	}
	v := file(at, doc, lang)
	if m, ok := doc.Value.Matter(); ok {
		s, err := httpkit.Caller(c)
		if err != nil {
			return err
		}
		if v.Lessons, err = h.lessonsOf(ctx, doc.Value, &m, s.ID, lang); err != nil {
			return err
		}
	}
	v.Children = rows(rel.Children, today, lang)
	v.LinkedFrom = rows(rel.LinkedFrom, today, lang)
	v.MergedFrom = rows(rel.MergedFrom, today, lang)
	v.ProbableDuplicates = duplicates(same, today, lang)
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, v)
}

func rows(docs []app.Doc, today civil.Date, lang string) []caseRow {
	out := make([]caseRow, 0, len(docs))
	for _, d := range docs {
		out = append(out, row(d, today, lang))
	}
	return out
}

// file is the case file without what other cases say about it.
func file(at app.Scene, doc app.Doc, lang string) caseView {
	k := doc.Value
	v := caseView{
		caseRow: row(doc, at.Env.Today, lang), Rev: doc.Rev, FiledAt: k.FiledAt, FiledBy: k.FiledBy,
		RegisteredOn: k.RegisteredOn, Applicant: k.Applicant, ApplicantDigests: k.Digests, Content: k.Content,
		Delivery: deliveryView{
			Delivery: k.Delivery, FormatLabel: domain.DeliveryFormats.In(k.Delivery.Format, lang),
			RouteLabel: domain.DeliveryRoutes.In(k.Delivery.Route, lang),
		},
		ArrivalEvidence: k.ArrivalEvidence, Evidence: k.Evidence, Deadlines: deadlines(k, at.Env),
		Assignments: k.Assignments, Corrections: k.Corrections, Extensions: k.Extensions, Excess: k.Excess,
		Fees: k.Fees, Deliberations: k.Deliberations, LessonsSeen: k.LessonsSeen, Split: k.Split, PartNo: k.PartNo,
		MergedInto: k.MergedInto, Reopenings: k.Reopenings,
	}
	steps(&v, k, lang)
	v.Attachments = attachmentsOf(k.Attachments, lang)
	v.Judgements = judgements(k, lang)
	v.CodeReissues, v.Unreachable, v.Restriction = codeReissues(k, lang), k.Unreachable, k.Restriction
	if k.Draft != nil {
		d := draft(*k.Draft, at.Office, lang)
		v.Draft = &d
	}
	for _, d := range k.Returned {
		v.Returned = append(v.Returned, draft(d, at.Office, lang))
	}
	if k.Decision != nil {
		d := signed(*k.Decision, at.Office, lang)
		v.Decision = &d
	}
	for _, d := range k.Earlier {
		v.Earlier = append(v.Earlier, signed(d, at.Office, lang))
	}
	if k.Ending != nil {
		v.Ending = &endingView{Ending: *k.Ending, CodeLabel: domain.Endings.In(string(k.Ending.Code), lang)}
	}
	return v
}

// steps fills the lists whose codes need labels.
func steps(v *caseView, k *domain.Case, lang string) {
	for _, x := range k.Consultations {
		cv := consultationView{Consultation: x, KindLabel: domain.ConsultationKinds.In(string(x.Kind), lang)}
		if x.Answer != "" {
			cv.AnswerLabel = domain.Answers.In(x.Answer, lang)
		}
		if x.Silence != "" {
			cv.SilenceLabel = domain.Silences.In(x.Silence, lang)
		}
		v.Consultations = append(v.Consultations, cv)
	}
	for _, x := range k.Searches {
		v.Searches = append(v.Searches, viewSearch(x, lang))
	}
	for _, x := range k.Contacts {
		v.Contacts = append(v.Contacts, contactView{x, domain.ContactMeans.In(x.Means, lang)})
	}
	for _, x := range k.Reviews {
		rv := reviewView{N: x.N, ReviewedOn: x.ReviewedOn, Conclusion: x.Conclusion, By: x.By}
		for _, y := range x.Checks {
			rv.Checks = append(rv.Checks, checkView{y, domain.Aspects.In(y.Aspect, lang), domain.CheckResults.In(y.Result, lang)})
		}
		v.Reviews = append(v.Reviews, rv)
	}
	for _, x := range k.Links {
		v.Links = append(v.Links, linkView{x, domain.LinkKinds.In(x.Kind, lang)})
	}
	v.History = make([]stepView, 0, len(k.History))
	for _, x := range k.History {
		v.History = append(v.History, stepView{x, domain.Steps.In(x.Code, lang)})
	}
}

// remedies is the sentence on remedies that closes a reply of the office.
func remedies(k decision.Kind, o app.Office) string {
	return decision.Wording(k, decision.Places{ReviewBody: o.ReviewBody, Court: o.Court})
}

func draft(d domain.Draft, o app.Office, lang string) draftView {
	return draftView{Draft: d, KindLabel: kindLabel(d.Kind, lang), RemedyText: remedies(d.Kind, o)}
}

func signed(d domain.Decision, o app.Office, lang string) decisionView {
	return decisionView{Decision: d, KindLabel: kindLabel(d.Kind, lang), RemedyText: remedies(d.Kind, o)}
}

// deadlines computes the clocks anew, so that the file explains itself also
// before the deadline service has answered.
func deadlines(k *domain.Case, env domain.Env) deadlinesView {
	v := deadlinesView{
		ReplyDue: k.Due.ReplyDue, ShadowDue: k.Due.ShadowDue, Provisional: k.Due.Provisional,
		State: k.Due.State, WaitingFor: k.Due.WaitingFor, Clocks: []clock.Clock{},
	}
	if r, err := k.Clocks(env); err == nil {
		v.Clocks = r.Clocks
	}
	return v
}
