package httpapi

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/verification"
)

// verificationHeader carries the pass that a confirmed code gave.
const verificationHeader = "X-Verification"

// verify refuses whoever has no pass, where the office asks for one.
func (h *handlers) verify(c echo.Context, doc app.Doc) error {
	a, policy, err := h.verified(c, doc)
	if err != nil {
		return err
	}
	return h.verification.Check(a, policy, c.Request().Header.Get(verificationHeader))
}

// verified is the application as far as its verification goes, and what the office asks.
func (h *handlers) verified(c echo.Context, doc app.Doc) (verification.Application, verification.Policy, error) {
	k := doc.Value
	at, err := h.desk.Scene(c.Request().Context(), k.Office, domain.Actor{Kind: domain.ByApplicant})
	if err != nil {
		return verification.Application{}, "", err
	}
	return verification.Application{
		Receipt: k.Receipt, Office: k.Office, OfficeName: at.Office.Name, CodeVersion: k.QueryCodeVersion(),
		Phone: k.Applicant.Contact.Phone, Email: k.Applicant.Contact.Email,
	}, verification.Policy(at.Env.Policy.Verification), nil
}

type sentView struct {
	Channel      messenger.Channel `json:"channel"`
	ChannelLabel string            `json:"channel_label"`
	SentTo       string            `json:"sent_to"` // masked
	ExpiresAt    time.Time         `json:"expires_at"`
	AgainAt      time.Time         `json:"again_at"`
}

var channelLabels = map[messenger.Channel]problem.Text{
	messenger.SMS:   {ZH: "手机短信", EN: "text message"},
	messenger.Email: {ZH: "电子邮件", EN: "e-mail"},
}

// sendVerification sends the applicant a code.
func (h *handlers) sendVerification(c echo.Context) error {
	doc, err := h.openByCode(c)
	if err != nil {
		return err
	}
	a, _, err := h.verified(c, doc)
	if err != nil {
		return err
	}
	sent, err := h.verification.Send(c.Request().Context(), a)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusAccepted, sentView{
		Channel: sent.Channel, ChannelLabel: channelLabels[sent.Channel].In(httpkit.Lang(c)),
		SentTo: sent.To, ExpiresAt: sent.ExpiresAt, AgainAt: sent.AgainAt,
	})
}

type confirmationBody struct {
	Code string `json:"code" validate:"required,line,max=20"`
}

type passView struct {
	Verification string    `json:"verification"`
	ExpiresAt    time.Time `json:"expires_at"`
}

// confirmVerification takes the code and answers with a pass.
func (h *handlers) confirmVerification(c echo.Context) error {
	doc, err := h.openByCode(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[confirmationBody](c)
	if err != nil {
		return err
	}
	a, _, err := h.verified(c, doc)
	if err != nil {
		return err
	}
	pass, err := h.verification.Confirm(c.Request().Context(), a, body.Code)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, passView{pass.Token, pass.ExpiresAt})
}
