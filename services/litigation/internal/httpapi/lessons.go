package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/store"
)

// lessonView is a corrected proceeding as a warning for the next officer. It names
// nobody.
type lessonView struct {
	reporting.Lost
	Office    string             `json:"office"` // whose decision was corrected
	Decision  lessonDecision     `json:"decision"`
	Active    bool               `json:"active"`
	Edition   int                `json:"edition"`
	Note      *domain.CaseNote   `json:"note,omitempty"`
	Earlier   []domain.CaseNote  `json:"earlier,omitempty"`
	Sharing   *domain.Sharing    `json:"sharing,omitempty"`
	Withdrawn *domain.Withdrawal `json:"withdrawn,omitempty"`
}

type lessonDecision struct {
	Kind      string     `json:"kind"`
	KindLabel string     `json:"kind_label"`
	Ground    string     `json:"ground,omitempty"`
	Subject   string     `json:"subject,omitempty"`
	Row       report.Row `json:"row,omitempty"`
	RowLabel  string     `json:"row_label,omitempty"`
	DecidedOn civil.Date `json:"decided_on,omitzero"`
}

func decisionOf(at domain.Attacked) lessonDecision {
	entry, _ := decision.Of(decision.Kind(at.Kind))
	return lessonDecision{
		Kind: at.Kind, KindLabel: entry.Label, Ground: at.Ground, Subject: at.Subject,
		Row: at.Row, RowLabel: at.Row.FullLabel(), DecidedOn: at.DecidedOn,
	}
}

// ownLesson shows a lesson to its own office, or to the authority above it.
func ownLesson(p *domain.Proceeding, l *domain.Lesson) lessonView {
	v := lessonView{Lost: reporting.LostOf(p), Office: p.Office, Active: true, Edition: 1}
	if p.Attacked != nil {
		v.Decision = decisionOf(*p.Attacked)
	}
	if l != nil {
		v.Active, v.Edition, v.Note, v.Sharing, v.Withdrawn = l.Active(), l.Edition, l.Note, l.Sharing, l.Withdrawn
	}
	return v
}

// sharedLesson shows a lesson to an office that it is shared with: what went wrong,
// and not in which case.
func sharedLesson(l *domain.Lesson) lessonView {
	s := l.Source
	v := lessonView{
		Lost: reporting.Lost{
			ID: l.ID, Kind: s.Kind, KindLabel: s.Kind.Label(), Organ: s.Organ, ConcludedOn: s.ConcludedOn, Result: s.Result,
			CorrectedGround: s.CorrectedGround, GroundLabel: domain.GroundLabel(s.CorrectedGround), Lesson: l.WhatWentWrong(),
		},
		Office: l.Office, Decision: decisionOf(s.Attacked), Active: l.Active(), Edition: l.Edition,
	}
	v.ResultLabel, _ = domain.ResultLabel(s.Kind, s.Result)
	v.Decision.DecidedOn = 0
	if l.Note != nil {
		n := *l.Note
		n.By = ""
		v.Note = &n
	}
	return v
}

// The scopes of the list of lessons.
const (
	scopeOwn    = "own"
	scopeShared = "shared"
)

func (a *API) lessons(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "kind", "ground", "scope", "office", "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	kind, err := httpkit.Choice(c, "kind", decisionKinds()...)
	if err != nil {
		return err
	}
	scope, err := httpkit.Choice(c, "scope", scopeOwn, scopeShared)
	if err != nil {
		return err
	}
	var ground *string
	if c.QueryParams().Has("ground") {
		g := c.QueryParam("ground")
		ground = &g
		if kind == "" || len(g) > 40 {
			return problem.InvalidFields(problem.At("ground", "needs_kind",
				"按理由查询时须同时指定决定类型 kind。", "A ground goes with the kind of the decision."))
		}
	}
	ctx, out := c.Request().Context(), httpkit.List[lessonView]{Items: []lessonView{}}
	if scope == scopeShared {
		docs, next, err := a.Lessons.Shared(ctx, staff.Office, string(kind), ground, limit, cursor)
		if err != nil {
			return err
		}
		for _, d := range docs {
			out.Items = append(out.Items, sharedLesson(d.Value))
		}
		out.NextCursor = next
		return c.JSON(http.StatusOK, out)
	}
	office, err := a.lessonsOffice(ctx, staff, c.QueryParam("office"))
	if err != nil {
		return err
	}
	docs, next, err := a.Proceedings.Lessons(ctx, office, string(kind), ground, limit, cursor)
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(docs))
	for _, d := range docs {
		ids = append(ids, d.ID)
	}
	known, err := a.Lessons.Of(ctx, ids)
	if err != nil {
		return err
	}
	for _, d := range docs {
		out.Items = append(out.Items, ownLesson(d.Value, known[d.ID]))
	}
	out.NextCursor = next
	return c.JSON(http.StatusOK, out)
}

// lessonsOffice is the office whose lessons are asked for: the own one, or one that
// has named the caller's as its authority.
func (a *API) lessonsOffice(ctx context.Context, staff identity.Staff, asked string) (string, error) {
	if asked == "" || asked == staff.Office {
		return staff.Office, nil
	}
	above, err := a.above(ctx, asked)
	if err != nil {
		return "", err
	}
	if above != staff.Office {
		return "", errNoLesson()
	}
	return asked, nil
}

// above is the authority that an office has named; empty for none.
func (a *API) above(ctx context.Context, office string) (string, error) {
	s, _, err := a.Settings.Of(ctx, office)
	return s.ReportsTo, err
}

func errNoLesson() error {
	return problem.New(problem.NotFound, "没有这条案例提示。", "There is no such lesson.")
}

// handled finds a lesson that the caller's office may work on: its own, or one of an
// office below it.
func (a *API) handled(ctx context.Context, staff identity.Staff, id string) (docstore.Doc[domain.Lesson], error) {
	doc, err := a.Lessons.Get(ctx, staff.Office, id)
	if errors.Is(err, docstore.ErrNotFound) {
		return doc, errNoLesson()
	}
	if err != nil {
		return doc, err
	}
	if _, err := a.lessonsOffice(ctx, staff, doc.Value.Office); err != nil {
		return docstore.Doc[domain.Lesson]{}, err
	}
	return doc, nil
}

func (a *API) lesson(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c); err != nil {
		return err
	}
	ctx, id := c.Request().Context(), c.Param("id")
	doc, err := a.handled(ctx, staff, id)
	if err == nil {
		return a.answerLesson(c, doc)
	}
	if problem.CodeOf(err) != problem.NotFound {
		return err
	}
	shared, gerr := a.Lessons.Repo.Get(ctx, id)
	if gerr == nil && shared.Value.Active() && slices.Contains(shared.Value.SharedWith(), staff.Office) {
		httpkit.ETag(c, shared.Rev)
		return c.JSON(http.StatusOK, sharedLesson(shared.Value))
	}
	return err
}

func (a *API) answerLesson(c echo.Context, doc docstore.Doc[domain.Lesson]) error {
	p, err := a.Proceedings.Get(c.Request().Context(), doc.Value.Office, doc.ID)
	if err != nil {
		return err
	}
	v := ownLesson(p.Value, doc.Value)
	v.Earlier = doc.Value.Earlier
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, v)
}

// change carries out a command on a lesson that the caller's office may work on.
func (a *API) change(c echo.Context, fn func(staff identity.Staff, at time.Time, l *domain.Lesson) error) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	ctx, at := c.Request().Context(), a.Clock.Now()
	doc, err := a.handled(ctx, staff, c.Param("id"))
	if err != nil {
		return err
	}
	opts := httpkit.Command(c).Options()
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	doc, err = a.Lessons.Repo.Update(ctx, doc.ID, func(l *domain.Lesson) error { return fn(staff, at, l) }, opts...)
	if err != nil {
		return err
	}
	return a.answerLesson(c, doc)
}

type noteBody struct {
	Title         string `json:"title" validate:"required,notblank,line,max=100"`
	Summary       string `json:"summary" validate:"max=2000,plain"`
	WhatWentWrong string `json:"what_went_wrong" validate:"max=2000,plain"`
	Advice        string `json:"advice" validate:"max=2000,plain"`
}

// writeNote writes a lesson up as a case note (典型案例).
func (a *API) writeNote(c echo.Context) error {
	b, err := httpkit.Bind[noteBody](c)
	if err != nil {
		return err
	}
	return a.change(c, func(staff identity.Staff, at time.Time, l *domain.Lesson) error {
		return l.Write(domain.CaseNote{
			Title: b.Title, Summary: b.Summary, WhatWentWrong: b.WhatWentWrong, Advice: b.Advice,
			At: at, By: staff.ID, ByOffice: staff.Office,
		})
	})
}

type sharingBody struct {
	Shared *bool    `json:"shared"` // absent: yes
	With   []string `json:"with" validate:"max=1000,unique,dive,required,line,max=40"`
}

// shareLesson lets the offices below an authority see the lesson of one of them.
func (a *API) shareLesson(c echo.Context) error {
	b, err := httpkit.Bind[sharingBody](c)
	if err != nil {
		return err
	}
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	doc, err := a.handled(ctx, staff, c.Param("id"))
	if err != nil {
		return err
	}
	units, err := a.Settings.Units(ctx, staff.Office)
	if err != nil {
		return err
	}
	if len(units) == 0 {
		return problem.New(problem.Forbidden, "案例提示由上级主管部门在其所属机关之间共享。",
			"Lessons are shared by an authority among the offices that report to it.")
	}
	if b.Shared != nil && !*b.Shared {
		return a.change(c, func(_ identity.Staff, _ time.Time, l *domain.Lesson) error { return l.Share(nil) })
	}
	all := []string{staff.Office}
	for _, u := range units {
		all = append(all, u.Office)
	}
	with, err := audience(b.With, all, doc.Value.Office)
	if err != nil {
		return err
	}
	return a.change(c, func(staff identity.Staff, at time.Time, l *domain.Lesson) error {
		return l.Share(&domain.Sharing{By: staff.Office, With: with, At: at, Who: staff.ID})
	})
}

// audience is who sees a shared lesson: the offices named, or the authority and all
// that report to it; never the lesson's own office, which sees it anyway.
func audience(named, all []string, own string) ([]string, error) {
	if len(named) == 0 {
		named = all
	}
	var with []string
	var faults []problem.Field
	for _, office := range named {
		switch {
		case !slices.Contains(all, office):
			faults = append(faults, problem.At("/with", "not_below",
				"“"+office+"”不是向本机关报送的机关。", "\""+office+"\" does not report to this office."))
		case office != own:
			with = append(with, office)
		}
	}
	if len(faults) > 0 {
		return nil, problem.InvalidFields(faults...)
	}
	if len(with) == 0 {
		return nil, problem.InvalidFields(problem.At("/with", "required", "请指定共享的机关。", "Name the offices to share it with."))
	}
	slices.Sort(with)
	if len(with) > store.MaxUnits {
		with = with[:store.MaxUnits]
	}
	return with, nil
}

type lessonWithdrawalBody struct {
	Withdrawn *bool  `json:"withdrawn"` // absent: yes; false puts it back in force
	Reason    string `json:"reason" validate:"max=500,plain"`
}

// withdrawLesson takes a lesson back, so that it warns nobody, or puts it back.
func (a *API) withdrawLesson(c echo.Context) error {
	b, err := httpkit.Bind[lessonWithdrawalBody](c)
	if err != nil {
		return err
	}
	if b.Withdrawn != nil && !*b.Withdrawn {
		return a.change(c, func(_ identity.Staff, _ time.Time, l *domain.Lesson) error { return l.Reinstate() })
	}
	if b.Reason == "" {
		return problem.InvalidFields(problem.At("/reason", "required", "请写明撤回原因。", "Say why it is withdrawn."))
	}
	return a.change(c, func(staff identity.Staff, at time.Time, l *domain.Lesson) error {
		return l.Withdraw(domain.Withdrawal{Reason: b.Reason, At: at, By: staff.ID, ByOffice: staff.Office})
	})
}

func decisionKinds() []decision.Kind {
	all := decision.All()
	kinds := make([]decision.Kind, len(all))
	for i, e := range all {
		kinds[i] = e.Kind
	}
	return kinds
}
