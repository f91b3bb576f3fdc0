package httpapi

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// lessonsView is what stands before a decision: the lessons, and what the office asks
// for before it is signed.
type lessonsView struct {
	Policy      domain.LessonPolicy `json:"policy"`
	PolicyLabel string              `json:"policy_label"`
	Matter      *domain.Matter      `json:"matter,omitempty"` // absent: nothing is drafted
	Items       []lessonView        `json:"items"`
	// ToSee is how many must be seen before the decision can be signed.
	ToSee int `json:"to_see"`
}

// lessonView is one corrected or lost case. It names nobody.
type lessonView struct {
	ID              string        `json:"id"`
	Office          string        `json:"office"`
	OfficeName      string        `json:"office_name,omitempty"`
	Own             bool          `json:"own"` // a case of this office
	SameSubject     bool          `json:"same_subject"`
	Edition         int           `json:"edition"`
	Kind            decision.Kind `json:"kind"`
	KindLabel       string        `json:"kind_label"`
	Ground          string        `json:"ground,omitempty"`
	Subject         string        `json:"subject,omitempty"`
	ProceedingKind  string        `json:"proceeding_kind"`
	Result          string        `json:"result"`
	ResultLabel     string        `json:"result_label,omitempty"`
	CorrectedGround string        `json:"corrected_ground,omitempty"`
	GroundLabel     string        `json:"corrected_ground_label,omitempty"`
	ConcludedOn     civil.Date    `json:"concluded_on"`
	WhatWentWrong   string        `json:"what_went_wrong,omitempty"`
	Title           string        `json:"title,omitempty"`
	Summary         string        `json:"summary,omitempty"`
	Advice          string        `json:"advice,omitempty"`
	// MustSee: it stands in the way of the signature. SeenBy: who has seen it.
	MustSee bool                `json:"must_see"`
	SeenBy  []domain.LessonSeen `json:"seen_by,omitempty"`
}

// lessonsOf shows the lessons for a matter of the case, nil for none.
func (h *handlers) lessonsOf(ctx context.Context, k *domain.Case, m *domain.Matter, reader, lang string) (*lessonsView, error) {
	at, err := h.desk.Scene(ctx, k.Office, domain.Actor{})
	if err != nil {
		return nil, err
	}
	policy := at.Env.Policy.Lessons
	v := &lessonsView{Policy: policy, PolicyLabel: domain.LessonPolicies.In(string(policy), lang), Matter: m, Items: []lessonView{}}
	if m == nil {
		return v, nil
	}
	lessons, err := h.desk.LessonsFor(ctx, k.Office, *m, at.Env.Today)
	if err != nil {
		return nil, err
	}
	must := map[string]bool{}
	for _, l := range k.Unseen(lessons, policy, reader) {
		must[l.Facts.LessonID] = true
	}
	v.ToSee = len(must)
	names := map[string]string{k.Office: at.Office.Name}
	for _, l := range lessons {
		f := l.Facts
		if _, known := names[f.Office]; !known {
			other, err := h.desk.Scene(ctx, f.Office, domain.Actor{})
			if err != nil {
				return nil, err
			}
			names[f.Office] = other.Office.Name
		}
		item := lessonView{
			ID: f.LessonID, Office: f.Office, OfficeName: names[f.Office], Own: f.Office == k.Office,
			SameSubject: m.Subject != "" && f.Subject == m.Subject, Edition: f.Edition,
			Kind: decision.Kind(f.DecisionKind), KindLabel: kindLabel(decision.Kind(f.DecisionKind), lang), Ground: f.Ground, Subject: f.Subject,
			ProceedingKind: f.ProceedingKind, Result: f.Result, ResultLabel: f.ResultLabel,
			CorrectedGround: f.CorrectedGround, GroundLabel: f.CorrectedGroundLabel, ConcludedOn: f.ConcludedOn,
			WhatWentWrong: f.WhatWentWrong, Title: f.Title, Summary: f.Summary, Advice: f.Advice, MustSee: must[f.LessonID],
		}
		for _, s := range k.LessonsSeen {
			if s.Lesson == f.LessonID {
				item.SeenBy = append(item.SeenBy, s)
			}
		}
		v.Items = append(v.Items, item)
	}
	return v, nil
}

// lessons shows what stands before the draft, or before a decision that somebody
// thinks of.
func (h *handlers) lessons(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "kind", "ground", "subject"); err != nil {
		return err
	}
	doc, err := h.desk.Get(c.Request().Context(), s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	m, err := matterOf(c, doc.Value)
	if err != nil {
		return err
	}
	v, err := h.lessonsOf(c.Request().Context(), doc.Value, m, s.ID, httpkit.Lang(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, v)
}

// matterOf is what the query asks about, or else what is drafted; nil for neither.
func matterOf(c echo.Context, k *domain.Case) (*domain.Matter, error) {
	kinds := decision.All()
	codes := make([]decision.Kind, 0, len(kinds))
	for _, e := range kinds {
		codes = append(codes, e.Kind)
	}
	kind, err := httpkit.Choice(c, "kind", codes...)
	if err != nil {
		return nil, err
	}
	ground, subject := c.QueryParam("ground"), c.QueryParam("subject")
	switch {
	case kind == "" && (ground != "" || subject != ""):
		return nil, problem.InvalidFields(problem.At("kind", "required", "请同时指定决定类型。", "Name the kind of the decision, too."))
	case len(ground) > 40 || len(subject) > 160:
		return nil, problem.InvalidFields(problem.At("ground", "too_long", "文字过长。", "The text is too long."))
	case kind != "":
		return &domain.Matter{Kind: kind, Ground: ground, Subject: subject}, nil
	}
	if m, ok := k.Matter(); ok {
		return &m, nil
	}
	return nil, nil //nolint:nilnil // no matter is not an error
}

type lessonsSeenBody struct {
	Lessons []string `json:"lessons" validate:"required,min=1,max=10,unique,dive,required,max=64"`
}

// seeLessons records that the caller has seen lessons.
func (h *handlers) seeLessons(c echo.Context) error {
	body, err := httpkit.Bind[lessonsSeenBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.DoWarned(c.Request().Context(), r.office, r.id, r.actor, 0,
		func(k *domain.Case, lessons []domain.Lesson, env domain.Env) error {
			return k.SeeLessons(body.Lessons, lessons, env)
		}, r.opts...)
	if err != nil {
		return err
	}
	return h.answerWarned(c, r, doc)
}

// decide drafts a decision and answers with what such decisions have led to before.
func (h *handlers) decide(c echo.Context) error {
	body, err := httpkit.Bind[proposalBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var lessons []domain.Lesson
	if len(body.LessonsSeen) > 0 {
		m := domain.Matter{Kind: body.Kind, Ground: body.Ground, Subject: body.Subject}
		if lessons, err = h.desk.LessonsFor(ctx, r.office, m, h.desk.Today()); err != nil {
			return err
		}
	}
	propose := proposal(body)
	doc, err := h.desk.Do(ctx, r.office, r.id, r.actor, func(k *domain.Case, env domain.Env) error {
		if err := propose(k, env); err != nil || len(body.LessonsSeen) == 0 {
			return err
		}
		return k.SeeLessons(body.LessonsSeen, lessons, env)
	}, r.opts...)
	if err != nil {
		return err
	}
	return h.answerWarned(c, r, doc)
}

// approve signs a draft or sends it back.
func (h *handlers) approve(c echo.Context) error {
	body, err := httpkit.Bind[approvalBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.DoWarned(c.Request().Context(), r.office, r.id, r.actor, body.SignedOn,
		func(k *domain.Case, lessons []domain.Lesson, env domain.Env) error {
			return k.ApproveWarned(body.command(), body.LessonsSeen, lessons, env)
		}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

// answerWarned is answer with the lessons for the draft.
func (h *handlers) answerWarned(c echo.Context, r request, doc app.Doc) error {
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	at, err := h.desk.Scene(ctx, doc.Value.Office, domain.Actor{})
	if err != nil {
		return err
	}
	v := file(at, doc, lang)
	if m, ok := doc.Value.Matter(); ok {
		if v.Lessons, err = h.lessonsOf(ctx, doc.Value, &m, r.actor.ID, lang); err != nil {
			return err
		}
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, v)
}
