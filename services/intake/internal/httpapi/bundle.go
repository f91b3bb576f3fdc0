package httpapi

import (
	"crypto/ed25519"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/evidence"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/bundle"
	"zhiqing.dev/services/intake/internal/domain"
)

// Evidence is what evidence bundles are made with.
type Evidence struct {
	Key   ed25519.PrivateKey
	Trail *audit.Trail // nil: none is kept, and a bundle holds no extract of it
}

// bundle hands out everything that the office holds about a case in one signed archive
// (证据材料), in Chinese as courts read it.
func (h *handlers) bundle(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	select {
	case h.exports <- struct{}{}:
		defer func() { <-h.exports }()
	case <-ctx.Done():
		return problem.New(problem.Unavailable, "正在导出其他材料，请稍后再试。",
			"Other files are being exported; try again later.").Because(ctx.Err())
	}
	doc, err := h.desk.Get(ctx, s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	at, err := h.desk.Scene(ctx, s.Office, domain.Actor{})
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(file(at, doc, "zh"), "", "  ")
	if err != nil {
		return err
	}
	b := bundle.Bundle{
		Letters: letterFile(at, doc.Value), Env: at.Env, JSON: data, Blobs: h.desk.Blobs,
		About: evidence.About{Office: s.Office, CaseID: doc.ID, RegisterNo: doc.Value.RegisterNo(), MadeAt: at.Env.Now, MadeBy: s.ID},
	}
	if b.Audit, err = bundle.Extract(ctx, h.evidence.Trail, doc.Value); err != nil {
		return err
	}
	name := doc.Value.RegisterNo()
	if name == "" {
		name = doc.Value.Receipt
	}
	head := c.Response().Header()
	head.Set(echo.HeaderContentType, evidence.MediaType)
	head.Set(echo.HeaderContentDisposition, disposition("证据材料-"+name+".zip"))
	head.Set("Cache-Control", "private, no-store")
	c.Response().WriteHeader(http.StatusOK)
	if err := b.WriteTo(ctx, evidence.NewWriter(c.Response(), h.evidence.Key, b.About)); err != nil {
		h.log.ErrorContext(ctx, "evidence bundle broke off", "error", err, "case", doc.ID)
		httpkit.CutOff(c)
	}
	return nil
}
