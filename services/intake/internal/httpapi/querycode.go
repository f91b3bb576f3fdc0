package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/intake/internal/domain"
)

type codeReissueView struct {
	domain.CodeReissue
	ProofLabel string `json:"proof_label"`
}

func codeReissues(k *domain.Case, lang string) []codeReissueView {
	var out []codeReissueView
	for _, r := range k.Reissues {
		out = append(out, codeReissueView{r, domain.CodeProofs.In(r.Proof, lang)})
	}
	return out
}

type codeReissueBody struct {
	ReissuedOn civil.Date `json:"reissued_on"`
	Proof      string     `json:"proof"`
	HandedTo   string     `json:"handed_to"`
	Note       string     `json:"note"`
}

// issuedCode is the one answer that shows a code after the receipt's own.
type issuedCode struct {
	Receipt   string `json:"receipt"`
	QueryCode string `json:"query_code"`
	Version   int    `json:"version"`
}

// reissueCode gives the applicant a new query code; the old one ends.
func (h *handlers) reissueCode(c echo.Context) error {
	body, err := httpkit.Bind[codeReissueBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.ReissueCode(c.Request().Context(), r.office, r.id, r.actor, domain.CodeReissue{
		ReissuedOn: body.ReissuedOn, Proof: body.Proof, HandedTo: body.HandedTo, Note: body.Note,
	}, r.opts...)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	httpkit.ETag(c, doc.Rev)
	k := doc.Value
	return c.JSON(http.StatusCreated, issuedCode{k.Receipt, h.desk.QueryCode(k), k.QueryCodeVersion()})
}
