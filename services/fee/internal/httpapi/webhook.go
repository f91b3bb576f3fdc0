package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/fee/internal/domain"
)

// The headers of a message from the payment side.
const (
	officeHeader    = "X-Zhiqing-Office"
	timestampHeader = "X-Zhiqing-Timestamp" // Unix seconds
	signatureHeader = "X-Zhiqing-Signature" // sha256=<hex>
)

// maxWebhook bounds such a message in bytes.
const maxWebhook = 64 << 10

type webhookRequest struct {
	EventID    string     `json:"event_id" validate:"required,line,max=128"`
	NoticeID   string     `json:"notice_id" validate:"required,line,max=128"`
	PaidOn     civil.Date `json:"paid_on" validate:"required"`
	AmountYuan int64      `json:"amount_yuan" validate:"required,min=1,max=1000000000000"`
	ReceiptNo  string     `json:"receipt_no" validate:"required,notblank,line,max=100"`
}

// paid answers POST /v1/fees/webhooks/payments. Nobody signs in: the message carries a
// signature with the office's key, over its time and every byte of it.
func (a *API) paid(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	r := c.Request()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxWebhook+1))
	if err != nil {
		return err
	}
	if len(body) > maxWebhook {
		return problem.New(problem.TooLarge, "通知内容过大。", "The message is too large.")
	}
	office := r.Header.Get(officeHeader)
	if len(office) > 200 {
		office = ""
	}
	if err := a.app.CheckSignature(r.Context(), office, r.Header.Get(timestampHeader), r.Header.Get(signatureHeader), body); err != nil {
		return err
	}
	var req webhookRequest
	if err := httpkit.Decode(body, &req); err != nil {
		return err
	}
	doc, err := a.app.TakePayment(r.Context(), domain.Remittance{
		Office: office, EventID: req.EventID, NoticeID: req.NoticeID, PaidOn: req.PaidOn, AmountYuan: req.AmountYuan, ReceiptNo: req.ReceiptNo,
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, remittanceOf(doc.Value, httpkit.Lang(c)))
}

// remittanceView is a payment as the payment side told of it.
type remittanceView struct {
	EventID    string                 `json:"event_id"`
	NoticeID   string                 `json:"notice_id"`
	State      domain.RemittanceState `json:"state"`
	StateLabel string                 `json:"state_label"`
	PaidOn     civil.Date             `json:"paid_on"`
	AmountYuan int64                  `json:"amount_yuan"`
	ReceiptNo  string                 `json:"receipt_no"`
	ReceivedAt time.Time              `json:"received_at"`
	Code       problem.Code           `json:"code,omitempty"`
	Reason     string                 `json:"reason,omitempty"`
	ResolvedBy string                 `json:"resolved_by,omitempty"`
	ResolvedAt time.Time              `json:"resolved_at,omitzero"`
	Resolution string                 `json:"resolution,omitempty"`
}

var remittanceLabels = map[domain.RemittanceState]problem.Text{
	domain.RemittanceReceived: {ZH: "已收到，处理中", EN: "received"},
	domain.RemittanceBooked:   {ZH: "已入账", EN: "booked"},
	domain.RemittanceHeld:     {ZH: "待人工处理", EN: "held for the office"},
	domain.RemittanceResolved: {ZH: "已人工处理", EN: "seen to"},
}

func remittanceOf(r *domain.Remittance, lang string) remittanceView {
	return remittanceView{
		EventID: r.EventID, NoticeID: r.NoticeID, State: r.State, StateLabel: remittanceLabels[r.State].In(lang),
		PaidOn: r.PaidOn, AmountYuan: r.AmountYuan, ReceiptNo: r.ReceiptNo, ReceivedAt: r.ReceivedAt,
		Code: r.Code, Reason: r.Reason.In(lang), ResolvedBy: r.ResolvedBy, ResolvedAt: r.ResolvedAt, Resolution: r.Resolution,
	}
}

// remittances answers GET /v1/fees/webhooks/payments.
func (a *API) remittances(c echo.Context) error {
	if err := httpkit.Query(c, "state", "limit", "cursor"); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	state, err := httpkit.Choice(c, "state", domain.RemittanceReceived, domain.RemittanceBooked, domain.RemittanceHeld, domain.RemittanceResolved)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	lang := httpkit.Lang(c)
	done, err := a.taken(c, "payments", heading("缴费方告知的缴费", "Payments told by the payment side"), remittanceHeads,
		func(limit int, cursor string) ([][]any, string, error) {
			docs, next, err := a.app.Remittances(c.Request().Context(), staff.Office, state, limit, cursor)
			rows := make([][]any, 0, len(docs))
			for _, d := range docs {
				r := d.Value
				rows = append(rows, []any{
					r.EventID, r.NoticeID, remittanceLabels[r.State].In(lang), dayOf(r.PaidOn), r.AmountYuan, r.ReceiptNo, r.Reason.In(lang), r.Resolution,
				})
			}
			return rows, next, err
		})
	if done || err != nil {
		return err
	}
	docs, next, err := a.app.Remittances(c.Request().Context(), staff.Office, state, limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[remittanceView]{Items: make([]remittanceView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, remittanceOf(d.Value, httpkit.Lang(c)))
	}
	return c.JSON(http.StatusOK, out)
}

type resolutionRequest struct {
	Resolution string `json:"resolution" validate:"required,notblank,plain,max=2000"`
}

// resolve answers POST /v1/fees/webhooks/payments/{event}/resolution.
func (a *API) resolve(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[resolutionRequest](c)
	if err != nil {
		return err
	}
	doc, err := a.app.ResolveRemittance(c.Request().Context(), httpkit.Command(c), staff, c.Param("event"), req.Resolution)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, remittanceOf(doc.Value, httpkit.Lang(c)))
}

// hookView is the office's key with the payment side; the key itself only when made.
type hookView struct {
	Office    string    `json:"office"`
	Version   int64     `json:"version"`
	RotatedBy string    `json:"rotated_by"`
	RotatedAt time.Time `json:"rotated_at"`
	// PreviousUntil is until when the key before is still taken.
	PreviousUntil time.Time `json:"previous_until,omitzero"`
	Secret        string    `json:"secret,omitempty"`
	Signing       string    `json:"signing"`
}

func hookOf(h *domain.Hook, secret, lang string) hookView {
	v := hookView{Office: h.Office, Version: h.Version, RotatedBy: h.RotatedBy, RotatedAt: h.RotatedAt, Secret: secret}
	if h.Version > 1 {
		v.PreviousUntil = h.RotatedAt.Add(domain.HookOverlap)
	}
	v.Signing = problem.Text{
		ZH: fmt.Sprintf("%s: sha256=HMAC-SHA256(密钥, %s + \".\" + %s + \".\" + 请求体) 的十六进制", signatureHeader, timestampHeader, officeHeader),
		EN: fmt.Sprintf("%s: sha256= hex of HMAC-SHA256(secret, %s + \".\" + %s + \".\" + body)", signatureHeader, timestampHeader, officeHeader),
	}.In(lang)
	return v
}

// hook answers GET /v1/fees/webhooks/key.
func (a *API) hook(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	h, err := a.app.Hook(c.Request().Context(), staff.Office)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, hookOf(h, "", httpkit.Lang(c)))
}

// rotateHook answers POST /v1/fees/webhooks/key.
func (a *API) rotateHook(c echo.Context) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	h, secret, err := a.app.RotateHook(c.Request().Context(), httpkit.Command(c), staff)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusCreated, hookOf(h, secret, httpkit.Lang(c)))
}
