package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/services/fee/internal/domain"
)

// step binds a request and carries the notice of the address one step further.
func step[T any](a *API, c echo.Context, do func(T, *domain.Notice, domain.Env) error) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	staff, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	seen, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	req, err := httpkit.Bind[T](c)
	if err != nil {
		return err
	}
	doc, err := a.app.Step(c.Request().Context(), httpkit.Command(c), staff, c.Param("id"), seen,
		func(n *domain.Notice, env domain.Env) error { return do(req, n, env) })
	if err != nil {
		return err
	}
	return a.answerNotice(c, http.StatusOK, doc)
}

type deliveryRequest struct {
	ReceivedOn civil.Date `json:"received_on"`
	Evidence   string     `json:"evidence" validate:"plain,max=2000"`
}

func (a *API) deliver(c echo.Context) error {
	return step(a, c, func(r deliveryRequest, n *domain.Notice, env domain.Env) error {
		return n.Deliver(r.ReceivedOn, r.Evidence, env)
	})
}

type paymentRequest struct {
	PaidOn civil.Date `json:"paid_on"`
	// AmountYuan is what the notice says when absent: a part of it is no payment.
	AmountYuan *int64 `json:"amount_yuan" validate:"omitempty,min=1"`
	// ReceiptNo is absent where the receipt is made out later.
	ReceiptNo string `json:"receipt_no" validate:"line,max=100"`
}

func (a *API) pay(c echo.Context) error {
	return step(a, c, func(r paymentRequest, n *domain.Notice, env domain.Env) error {
		amount := n.AmountYuan
		if r.AmountYuan != nil {
			amount = *r.AmountYuan
		}
		return n.Pay(domain.Payment{PaidOn: r.PaidOn, AmountYuan: amount, ReceiptNo: r.ReceiptNo}, env)
	})
}

type lapseRequest struct {
	LapsedOn civil.Date `json:"lapsed_on"`
}

func (a *API) lapse(c echo.Context) error {
	return step(a, c, func(r lapseRequest, n *domain.Notice, env domain.Env) error {
		return n.Lapse(r.LapsedOn, env)
	})
}

type cancellationRequest struct {
	CancelledOn civil.Date `json:"cancelled_on"`
	Reason      string     `json:"reason" validate:"required,notblank,plain,max=2000"`
	Waived      bool       `json:"waived"`
}

func (a *API) cancel(c echo.Context) error {
	return step(a, c, func(r cancellationRequest, n *domain.Notice, env domain.Env) error {
		return n.Cancel(domain.Cancellation{CancelledOn: r.CancelledOn, Reason: r.Reason, Waived: r.Waived}, env)
	})
}

type refundRequest struct {
	RefundedOn civil.Date `json:"refunded_on"`
	AmountYuan int64      `json:"amount_yuan" validate:"min=0"`
	Reason     string     `json:"reason" validate:"required,notblank,plain,max=2000"`
	ReceiptNo  string     `json:"receipt_no" validate:"line,max=100"`
}

func (a *API) refund(c echo.Context) error {
	return step(a, c, func(r refundRequest, n *domain.Notice, env domain.Env) error {
		return n.Refund(domain.Refund{RefundedOn: r.RefundedOn, AmountYuan: r.AmountYuan, Reason: r.Reason, ReceiptNo: r.ReceiptNo}, env)
	})
}

type objectionRequest struct {
	ReceivedOn civil.Date `json:"received_on"`
	Text       string     `json:"text" validate:"required,notblank,plain,max=4000"`
}

func (a *API) object(c echo.Context) error {
	return step(a, c, func(r objectionRequest, n *domain.Notice, env domain.Env) error {
		return n.Object(domain.Objection{ReceivedOn: r.ReceivedOn, Text: r.Text}, env)
	})
}
