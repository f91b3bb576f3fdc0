package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/fee/internal/domain"
	"zhiqing.dev/services/fee/internal/store"
)

// mergeView says who was found to be one applicant, by whom and why.
type mergeView struct {
	ID               string    `json:"id"`
	Applicants       []string  `json:"applicants"`
	Reason           string    `json:"reason"`
	MergedBy         string    `json:"merged_by"`
	MergedAt         time.Time `json:"merged_at"`
	Holds            bool      `json:"holds"`
	SeparatedBy      string    `json:"separated_by,omitempty"`
	SeparatedAt      time.Time `json:"separated_at,omitzero"`
	SeparationReason string    `json:"separation_reason,omitempty"`
	// Settling: some cases are still counted as before.
	Settling bool `json:"settling"`
}

func mergeOf(m *domain.Merge) mergeView {
	return mergeView{
		ID: m.ID, Applicants: m.Applicants, Reason: m.Reason, MergedBy: m.MergedBy, MergedAt: m.MergedAt, Holds: m.Holds(),
		SeparatedBy: m.SeparatedBy, SeparatedAt: m.SeparatedAt, SeparationReason: m.SeparationReason, Settling: m.Settling,
	}
}

type mergeRequest struct {
	Applicants []string `json:"applicants" validate:"required,min=2,max=20,dive,required,max=200"`
	Reason     string   `json:"reason" validate:"required,notblank,plain,max=2000"`
}

// mergeApplicants answers POST /v1/fees/identities/merges.
func (a *API) mergeApplicants(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[mergeRequest](c)
	if err != nil {
		return err
	}
	doc, err := a.app.MergeApplicants(c.Request().Context(), httpkit.Command(c), staff, req.Applicants, req.Reason)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/fees/identities/merges/"+doc.ID)
	return c.JSON(http.StatusCreated, mergeOf(doc.Value))
}

// merges answers GET /v1/fees/identities/merges, newest first.
func (a *API) merges(c echo.Context) error {
	if err := httpkit.Query(c, "applicant", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	q := docstore.Query{Index: store.MergesByTime, Eq: []any{staff.Office}, Desc: true, Limit: limit, After: cursor}
	if d := c.QueryParam("applicant"); d != "" {
		q.Index, q.Eq = store.MergesOf, []any{staff.Office, docstore.All{d}}
	}
	done, err := a.taken(c, "merges", heading("申请人身份合并记录", "Merged applicants"), mergeHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			q.Limit, q.After = limit, cursor
			docs, next, err := a.app.Store().Merges.Find(c.Request().Context(), q)
			rows := make([][]any, 0, len(docs))
			for _, d := range docs {
				m, separated := d.Value, ""
				if !m.Holds() {
					separated = m.SeparatedAt.Format(time.RFC3339)
				}
				rows = append(rows, []any{
					strings.Join(m.Applicants, " "), m.Reason, m.MergedBy, m.MergedAt.Format(time.RFC3339), m.SeparationReason, m.SeparatedBy, separated,
				})
			}
			return rows, next, err
		})
	if done || err != nil {
		return err
	}
	docs, next, err := a.app.Store().Merges.Find(c.Request().Context(), q)
	if err != nil {
		return err
	}
	out := httpkit.List[mergeView]{Items: make([]mergeView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, mergeOf(d.Value))
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) merge(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	doc, err := a.app.Merge(c.Request().Context(), staff.Office, c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, mergeOf(doc.Value))
}

type separationRequest struct {
	Reason string `json:"reason" validate:"required,notblank,plain,max=2000"`
}

// separate answers POST /v1/fees/identities/merges/{id}/separation.
func (a *API) separate(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[separationRequest](c)
	if err != nil {
		return err
	}
	doc, err := a.app.Separate(c.Request().Context(), httpkit.Command(c), staff, c.Param("id"), req.Reason)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, mergeOf(doc.Value))
}
