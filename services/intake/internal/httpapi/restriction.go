package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

// mountRestrictions adds the routes that settle who may know of a case.
func (h *handlers) mountRestrictions(g *echo.Group) {
	settle := httpkit.May(identity.RestrictCases)
	g.GET("/restricted", h.listRestricted, settle)
	g.PUT("/:id/restriction", h.restrict, settle)
	g.POST("/:id/restriction/lift", h.liftRestriction, settle)
}

// restrictionView says who may know of a case, and nothing else of it: whoever settles
// this need not be one of them.
type restrictionView struct {
	CaseID       string         `json:"case_id"`
	RegisterNo   string         `json:"register_no,omitempty"`
	Restricted   bool           `json:"restricted"`
	Staff        []colleague    `json:"staff"`
	RestrictedOn civil.Date     `json:"restricted_on,omitzero"`
	RestrictedBy *domain.Person `json:"restricted_by,omitempty"`
}

type colleague struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func viewRestriction(d app.Doc) restrictionView {
	v := restrictionView{CaseID: d.ID, RegisterNo: d.Value.RegisterNo(), Staff: []colleague{}}
	if r := d.Value.Restriction; r != nil {
		v.Restricted, v.RestrictedOn, v.RestrictedBy = true, r.On, &r.By
		for _, p := range r.Staff {
			v.Staff = append(v.Staff, colleague{p.ID, p.Name})
		}
	}
	return v
}

func (h *handlers) listRestricted(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	docs, next, err := h.desk.RestrictedCases(c.Request().Context(), s.Office, actor(s), limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[restrictionView]{Items: make([]restrictionView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, viewRestriction(d))
	}
	return c.JSON(http.StatusOK, out)
}

type restrictionBody struct {
	Staff        []string   `json:"staff" validate:"max=50,dive,plain,max=100"`
	Reason       string     `json:"reason"`
	RestrictedOn civil.Date `json:"restricted_on"`
}

func (h *handlers) restrict(c echo.Context) error {
	body, err := httpkit.Bind[restrictionBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Restrict(c.Request().Context(), r.office, r.id, r.actor, body.Staff,
		domain.Restriction{Reason: body.Reason, On: body.RestrictedOn}, r.opts...)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, viewRestriction(doc))
}

type restrictionEndBody struct {
	Reason   string     `json:"reason"`
	LiftedOn civil.Date `json:"lifted_on"`
}

func (h *handlers) liftRestriction(c echo.Context) error {
	body, err := httpkit.Bind[restrictionEndBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.LiftRestriction(c.Request().Context(), r.office, r.id, r.actor,
		domain.RestrictionEnd{Reason: body.Reason, On: body.LiftedOn}, r.opts...)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusOK, viewRestriction(doc))
}
