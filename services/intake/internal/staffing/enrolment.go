package staffing

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/labstack/echo/v4"
	"github.com/pquerna/otp/totp"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
)

// enrolment is what an authenticator needs, shown while the factor is not confirmed.
type enrolment struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
	QR     string `json:"qr_svg"`
}

// factorCode is a code in a request.
type factorCode struct {
	Code string `json:"code" validate:"required,max=40"`
}

// recovery are the codes that stand in for a lost device, shown once.
type recovery struct {
	Codes []string `json:"recovery_codes"`
}

// postFactor begins the enrolment of a second factor for oneself. Beginning again
// makes another secret.
func (s *Staffing) postFactor(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	doc, err := s.accounts.Get(ctx, caller.ID)
	if err != nil {
		return err
	}
	o, err := s.Office(ctx, doc.Value.Office)
	if err != nil {
		return err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "知情 " + o.Name, AccountName: doc.Value.Username})
	if err != nil {
		return fmt.Errorf("make a secret: %w", err)
	}
	svg, err := qrSVG(key.URL())
	if err != nil {
		return err
	}
	sealed, err := s.seal(doc.ID, key.Secret())
	if err != nil {
		return err
	}
	if _, err := s.accounts.Update(ctx, doc.ID, func(a *Account) error {
		if a.confirmed() {
			return hasFactor()
		}
		a.Factor = &Factor{Sealed: sealed}
		return nil
	}); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, enrolment{Secret: key.Secret(), URI: key.URL(), QR: svg})
}

func hasFactor() error {
	return problem.New(problem.AlreadyExists, "已启用第二重验证；如需更换，请先停用。", "A second factor is in use; remove it first to replace it.")
}

// postConfirmation puts the factor in force once a code shows that the device has it.
func (s *Staffing) postConfirmation(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	in, err := httpkit.Bind[factorCode](c)
	if err != nil {
		return err
	}
	doc, err := s.accounts.Get(ctx, caller.ID)
	if err != nil {
		return err
	}
	switch {
	case doc.Value.Factor == nil:
		return problem.New(problem.IllegalTransition, "请先登记第二重验证。", "Begin the enrolment of a second factor first.")
	case doc.Value.confirmed():
		return hasFactor()
	}
	ok, err := s.useCode(ctx, doc.ID, in.Code)
	if err != nil {
		return err
	}
	if !ok {
		return wrongCode()
	}
	now := s.now()
	codes, digests := s.newRecovery(doc.ID)
	if _, err := s.accounts.Update(ctx, doc.ID, func(a *Account) error {
		if a.Factor == nil || a.confirmed() {
			return hasFactor()
		}
		a.Factor.ConfirmedAt, a.Factor.Recovery = now, digests
		return nil
	}); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, recovery{Codes: codes})
}

func wrongCode() error {
	return problem.InvalidFields(problem.At("/code", "wrong", "动态码不正确或已使用过。", "The code is wrong or was used before."))
}

// postFactorRemoval gives up one's own second factor, against a code of it.
func (s *Staffing) postFactorRemoval(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	in, err := httpkit.Bind[factorCode](c)
	if err != nil {
		return err
	}
	client := c.RealIP()
	if err := s.checkSource(ctx, client, "factor\x00"+caller.ID); err != nil {
		return err
	}
	ok, err := s.useCode(ctx, caller.ID, in.Code)
	if err != nil {
		return err
	}
	if !ok {
		if err := s.failedSource(ctx, client, "factor\x00"+caller.ID); err != nil {
			return err
		}
		return wrongCode()
	}
	if _, err := s.accounts.Update(ctx, caller.ID, dropFactor); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func dropFactor(a *Account) error {
	a.Factor = nil
	return nil
}

// deleteFactor removes a colleague's second factor whose device is lost; every
// sign-in of the colleague ends.
func (s *Staffing) deleteFactor(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	doc, err := s.ownOffice(ctx, caller, c.Param("id"))
	if err != nil {
		return err
	}
	if doc.ID == caller.ID {
		return problem.New(problem.IllegalTransition, "本人的第二重验证须用动态码停用。", "Your own second factor is removed with a code of it.")
	}
	if doc.Value.Factor == nil {
		return fmt.Errorf("second factor: %w", docstore.ErrNotFound)
	}
	if _, err := s.accounts.Update(ctx, doc.ID, dropFactor); err != nil {
		return err
	}
	if err := s.endAll(ctx, doc.ID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// qrSVG draws the text as a QR code with the quiet zone that readers need.
func qrSVG(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("draw the QR code: %w", err)
	}
	const quiet = 4
	size := code.Bounds().Dx()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`, size+2*quiet, size+2*quiet, size+2*quiet, size+2*quiet)
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String(), nil
}
