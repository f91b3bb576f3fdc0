package httpapi

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

type assignmentBody struct {
	Assignee   string     `json:"assignee"`
	AssignedOn civil.Date `json:"assigned_on"`
	Reason     string     `json:"reason"`
}

// assign gives the case to an officer; "me" is whoever asks.
func (h *handlers) assign(c echo.Context) error {
	body, err := httpkit.Bind[assignmentBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	if body.Assignee == "me" {
		body.Assignee = r.actor.ID
	}
	doc, err := h.desk.Assign(c.Request().Context(), r.office, r.id, r.actor, domain.Assignment{
		Assignee: body.Assignee, AssignedOn: body.AssignedOn, Reason: body.Reason,
	}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

// answerConsultation records what came back from consultation n.
func (h *handlers) answerConsultation(c echo.Context) error {
	body, err := httpkit.Bind[consultationAnswerBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		return problem.New(problem.NotFound, "没有这份征求意见书。", "There is no such consultation.")
	}
	doc, err := h.desk.Do(c.Request().Context(), r.office, r.id, r.actor, func(k *domain.Case, env domain.Env) error {
		return k.AnswerConsultation(n, domain.ConsultationAnswer(body), env)
	}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

// askReasons asks for the reasons of an excessive number.
func (h *handlers) askReasons(c echo.Context) error {
	body, err := httpkit.Bind[reasonsRequestBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.AskReasons(c.Request().Context(), r.office, r.id, r.actor, domain.ReasonsRequest(body), r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

type partBody struct {
	Title          string `json:"title"`
	Description    string `json:"description"`
	DocumentNumber string `json:"document_number"`
}

type splitBody struct {
	SplitOn civil.Date `json:"split_on"`
	Reason  string     `json:"reason"`
	Parts   []partBody `json:"parts"`
	// CountOnly counts the parts for the fee and leaves the case one.
	CountOnly bool `json:"count_only"`
}

// split divides an application into cases of their own. Their ids are made from
// the command, so that a repeat means the same parts.
func (h *handlers) split(c echo.Context) error {
	body, err := httpkit.Bind[splitBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	key := httpkit.Command(c)
	cmd := domain.SplitOrder{SplitOn: body.SplitOn, Reason: body.Reason, CountOnly: body.CountOnly}
	for i, p := range body.Parts {
		cmd.Parts = append(cmd.Parts, domain.Part{
			CaseID: key.ID("part-" + strconv.Itoa(i)), Title: p.Title, Description: p.Description, DocumentNumber: p.DocumentNumber,
		})
	}
	doc, err := h.desk.Split(c.Request().Context(), r.office, r.id, r.actor, cmd, r.opts...)
	if err != nil {
		return err
	}
	return h.answerWithRelations(c, doc)
}

type mergeBody struct {
	Into     string     `json:"into"`
	MergedOn civil.Date `json:"merged_on"`
	Reason   string     `json:"reason"`
}

// merge closes a pending duplicate into another case.
func (h *handlers) merge(c echo.Context) error {
	body, err := httpkit.Bind[mergeBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Merge(c.Request().Context(), r.office, r.id, body.Into, r.actor,
		domain.Merge{MergedOn: body.MergedOn, Reason: body.Reason}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

type linkBody struct {
	To   string `json:"to"`
	Kind string `json:"kind"`
	Note string `json:"note"`
}

// link notes a relation to another case.
func (h *handlers) link(c echo.Context) error {
	body, err := httpkit.Bind[linkBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Link(c.Request().Context(), r.office, r.id, r.actor,
		domain.Link{To: body.To, Kind: body.Kind, Note: body.Note}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

// correctKind corrects the applicant's kind for the whole application.
func (h *handlers) correctKind(c echo.Context) error {
	body, err := httpkit.Bind[applicantKindBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.CorrectKind(c.Request().Context(), r.office, r.id, r.actor, domain.KindCorrection(body), r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}
