package staffing

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
)

type oidcOffer struct {
	Enabled bool `json:"enabled"`
}

// getOIDC tells the page whether to offer a sign-in at the provider.
func (s *Staffing) getOIDC(c echo.Context) error {
	return c.JSON(http.StatusOK, oidcOffer{Enabled: s.provider != nil})
}

type oidcStart struct {
	AuthorizationURL string `json:"authorization_url"`
	Flow             string `json:"flow"`
}

// postOIDCStart begins a sign-in at the provider.
func (s *Staffing) postOIDCStart(c echo.Context) error {
	if s.provider == nil {
		return noProvider()
	}
	address, f, err := s.provider.begin(c.Request().Context())
	if err != nil {
		return err
	}
	sealed, err := s.sealFlow(f)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, oidcStart{AuthorizationURL: address, Flow: sealed})
}

func noProvider() error {
	return problem.New(problem.NotFound, "本系统未接入统一身份认证。", "No identity provider is connected.")
}

// oidcReturn is what the browser brings back from the provider.
type oidcReturn struct {
	Code  string `json:"code" validate:"required,max=4096"`
	State string `json:"state" validate:"required,max=200"`
	Flow  string `json:"flow" validate:"required,max=2048"`
}

// postOIDC completes a sign-in at the provider.
func (s *Staffing) postOIDC(c echo.Context) error {
	if s.provider == nil {
		return noProvider()
	}
	in, err := httpkit.Bind[oidcReturn](c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	f, err := s.openFlow(in.Flow, in.State)
	if err != nil {
		return err
	}
	who, err := s.provider.finish(ctx, f, in.Code)
	if err != nil {
		s.signIns.WithLabelValues(string(problem.CodeOf(httpkit.Translate(err)))).Inc()
		return err
	}
	fresh, err := s.useFlow(ctx, f)
	if err != nil {
		return err
	}
	if !fresh {
		return notThere("state", "replayed")
	}
	doc, err := s.admit(ctx, who)
	if err != nil {
		return err
	}
	s.audit(c, doc.Value.Username)
	token, expires, doc, err := s.enter(ctx, c, doc)
	if err != nil {
		return err
	}
	s.signIns.WithLabelValues("ok").Inc()
	return s.answerSession(c, token, expires, doc)
}
