package httpapi

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// mountGuide adds the questions that lead to a decision.
func (h *handlers) mountGuide(g *echo.Group) {
	g.GET("/:id/decision/guide", h.guide, httpkit.May(identity.ReadCases))
}

type guideView struct {
	Questions []questionView `json:"questions"`
	// Next is the open question; absent when the way has ended.
	Next    string       `json:"next,omitempty"`
	Outcome *outcomeView `json:"outcome,omitempty"`
}

type questionView struct {
	Code      string       `json:"code"`
	Label     string       `json:"label"`
	Rule      string       `json:"rule"`
	Answer    string       `json:"answer,omitempty"`
	Suggested string       `json:"suggested,omitempty"`
	Because   string       `json:"because,omitempty"`
	Options   []optionView `json:"options"`
}

type optionView struct {
	Code       string        `json:"code"`
	Label      string        `json:"label"`
	Kind       decision.Kind `json:"kind,omitempty"`
	KindLabel  string        `json:"kind_label,omitempty"`
	Step       string        `json:"step,omitempty"`
	Admissible bool          `json:"admissible"`
	WhyNot     string        `json:"why_not,omitempty"`
	Rule       string        `json:"rule,omitempty"`
}

// outcomeView is where the answers lead: a kind of reply with everything it needs,
// or another step.
type outcomeView struct {
	Step      string            `json:"step"` // the path below the case
	Kind      decision.Kind     `json:"kind,omitempty"`
	KindLabel string            `json:"kind_label,omitempty"`
	Article   string            `json:"article,omitempty"`
	Citation  string            `json:"citation,omitempty"` // as the letter cites it
	Finding   string            `json:"finding,omitempty"`
	Ground    *groundView       `json:"ground,omitempty"`
	Row       string            `json:"row,omitempty"`
	RowLabel  string            `json:"row_label,omitempty"`
	Contents  []beginningView   `json:"contents,omitempty"`
	Withheld  []domain.Withheld `json:"withheld,omitempty"`
	Delivery  string            `json:"delivery,omitempty"`
	// RemedyText is the sentence on remedies that will close the letter.
	Remedy     decision.Remedy   `json:"remedy,omitempty"`
	RemedyText string            `json:"remedy_text,omitempty"`
	Guide      map[string]string `json:"guide,omitempty"` // for the draft
	// Blocked is what a draft would be refused for now.
	Blocked *blockedView `json:"blocked,omitempty"`
}

type groundView struct {
	Code  decision.Ground `json:"code"`
	Label string          `json:"label"`
	Must  bool            `json:"must"` // must not be given; otherwise it may be withheld
	Note  string          `json:"note,omitempty"`
}

type beginningView struct {
	Code     string `json:"code"`
	Label    string `json:"label"`
	Optional bool   `json:"optional"`
	Text     string `json:"text"`
}

type blockedView struct {
	Text string `json:"text"`
	Rule string `json:"rule,omitempty"`
}

// guide walks the questions with the answers of the query.
func (h *handlers) guide(c echo.Context) error {
	if err := httpkit.Query(c, domain.GuideCodes()...); err != nil {
		return err
	}
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	ctx, lang := c.Request().Context(), httpkit.Lang(c)
	doc, err := h.desk.Get(ctx, s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	at, err := h.desk.Scene(ctx, s.Office, actor(s))
	if err != nil {
		return err
	}
	answers := map[string]string{}
	for _, code := range domain.GuideCodes() {
		if a := c.QueryParam(code); a != "" {
			answers[code] = a
		}
	}
	path, err := domain.Walk(answers)
	if err != nil {
		return err
	}
	v := guideView{Questions: make([]questionView, 0, len(path.Asked)), Next: path.Next}
	for _, q := range path.Asked {
		w := viewQuestion(doc.Value, q, answers[q.Code], at.Env, lang)
		if q.Code == domain.AskApplication && w.Suggested == "" {
			if err := h.suggestRepeat(c, at, doc, &w); err != nil {
				return err
			}
		}
		v.Questions = append(v.Questions, w)
	}
	if path.Next == "" {
		if v.Outcome, err = outcome(doc.Value, path, answers, at, lang); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, v)
}

// suggestRepeat looks for an answered or pending application of the same applicant
// in the same words. Similarity never decides alone (rules 7.19).
func (h *handlers) suggestRepeat(c echo.Context, at app.Scene, doc app.Doc, w *questionView) error {
	same, err := h.desk.Duplicates(c.Request().Context(), doc.Value, at.Env.Policy.DuplicateDays)
	if err != nil {
		return err
	}
	for _, o := range same {
		answer, text := "duplicate_pending", problem.Text{ZH: "同一申请人以相同内容申请，正在办理：", EN: "The same applicant asks for the same, pending: "}
		if d := o.Value.Decision; d != nil && !d.MadeOn.IsZero() {
			answer, text = "repeat", problem.Text{ZH: "已就同一申请人的相同申请作出答复：", EN: "The same was answered to the same applicant: "}
		} else if o.Value.Ending != nil {
			continue
		}
		w.Suggested, w.Because = answer, text.In(httpkit.Lang(c))+o.Value.RegisterNo()
		if answer == "repeat" {
			return nil
		}
	}
	return nil
}

func viewQuestion(k *domain.Case, q domain.Question, answer string, env domain.Env, lang string) questionView {
	w := questionView{Code: q.Code, Label: q.Label.In(lang), Rule: q.Rule, Answer: answer, Options: []optionView{}}
	suggested, why := k.Suggest(q.Code, env)
	w.Suggested, w.Because = suggested, why.In(lang)
	for _, o := range q.Options {
		x := optionView{Code: o.Code, Label: o.Label.In(lang), Kind: o.Kind, Step: o.Step, Admissible: true}
		if o.Kind != "" {
			x.KindLabel = kindLabel(o.Kind, lang)
		}
		var refused *problem.Error
		if errors.As(k.Admissible(o, env), &refused) {
			x.Admissible, x.WhyNot, x.Rule = false, refused.Detail.In(lang), refused.Rule
		}
		w.Options = append(w.Options, x)
	}
	return w
}

func outcome(k *domain.Case, p domain.Path, answers map[string]string, at app.Scene, lang string) (*outcomeView, error) {
	v := &outcomeView{Step: p.Step, Kind: p.Kind, Delivery: p.Delivery}
	if p.Kind == "" {
		return v, nil
	}
	e, _ := decision.Of(p.Kind)
	row, err := decision.Row(p.Kind, p.Ground)
	if err != nil {
		return nil, err
	}
	v.KindLabel, v.Article, v.Row = kindLabel(p.Kind, lang), e.Article, string(row)
	v.RowLabel = problem.Text{ZH: row.Label(), EN: row.LabelEN()}.In(lang)
	v.Citation, v.Finding = decision.Citation(p.Kind, p.Ground), decision.Finding(p.Kind, p.Ground)
	v.Remedy, v.RemedyText = e.Remedy, remedies(p.Kind, at.Office)
	if g, ok := decision.GroundOf(decision.Ground(p.Ground)); ok {
		v.Ground = &groundView{Code: g.Ground, Label: problem.Text{ZH: g.Label, EN: g.LabelEN}.In(lang), Must: g.Must, Note: g.Note}
	}
	if p.Step != "" {
		return v, nil
	}
	v.Step, v.Guide = "decision", answers
	begin := k.Begin(p.Kind, p.Ground)
	v.Withheld = begin.Withheld
	for _, c := range e.Contents {
		v.Contents = append(v.Contents, beginningView{
			Code: c.Code, Label: problem.Text{ZH: c.Label, EN: c.LabelEN}.In(lang), Optional: c.Optional, Text: begin.Contents[c.Code],
		})
	}
	refused, err := k.Blocked(begin, at.Env)
	if err != nil {
		return nil, err
	}
	if refused != nil {
		v.Blocked = &blockedView{Text: refused.Detail.In(lang), Rule: refused.Rule}
	}
	return v, nil
}
