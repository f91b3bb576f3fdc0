package httpapi

import (
	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

type judgementView struct {
	domain.Judgement
	VerdictLabel string `json:"verdict_label"`
}

func judgements(k *domain.Case, lang string) []judgementView {
	var out []judgementView
	for _, j := range k.Judgements {
		out = append(out, judgementView{j, domain.Verdicts.In(string(j.Verdict), lang)})
	}
	return out
}

// duplicates are probable duplicates as a case file shows them.
func duplicates(same []app.Duplicate, today civil.Date, lang string) []caseRow {
	out := make([]caseRow, 0, len(same))
	for _, o := range same {
		r := row(o.Doc, today, lang)
		r.Likeness = o.Likeness
		out = append(out, r)
	}
	return out
}

type judgementBody struct {
	Of      string         `json:"of"`
	Verdict domain.Verdict `json:"verdict"`
	Reason  string         `json:"reason"`
}

// judge settles a probable duplicate.
func (h *handlers) judge(c echo.Context) error {
	body, err := httpkit.Bind[judgementBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.JudgeDuplicate(c.Request().Context(), r.office, r.id, r.actor,
		domain.Judgement{Of: body.Of, Verdict: body.Verdict, Reason: body.Reason}, r.opts...)
	if err != nil {
		return err
	}
	return h.answerWithRelations(c, doc)
}
