// Package httpapi is the HTTP side of the fee service: it decodes a request, asks the
// app, and encodes the answer in the caller's language.
package httpapi

import (
	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/fee/internal/app"
)

// API serves the routes.
type API struct{ app *app.App }

// New returns the routes of the app.
func New(a *app.App) *API { return &API{app: a} }

// Mount adds the routes below /v1.
func (a *API) Mount(v1 *echo.Group) {
	read := httpkit.May(identity.ReadFees)
	handle := httpkit.May(identity.HandleFees)
	collect := httpkit.May(identity.CollectFees)

	v1.POST("/fees/calculate", a.calculate)
	v1.GET("/fees/tariffs", a.tariffs)
	v1.GET("/fees/usage", a.usage, read)
	v1.POST("/fees/preview", a.preview, read)
	v1.POST("/fees/what-if", a.whatIf, read)
	v1.GET("/fees/policy", a.policy, httpkit.May(identity.ReadOffice))
	v1.PUT("/fees/policy", a.setPolicy, httpkit.May(identity.ManageOffice))

	manage := httpkit.May(identity.ManageOffice)
	v1.POST("/fees/identities/merges", a.mergeApplicants, manage)
	v1.GET("/fees/identities/merges", a.merges, read)
	v1.GET("/fees/identities/merges/:id", a.merge, read)
	v1.POST("/fees/identities/merges/:id/separation", a.separate, manage)

	v1.POST("/fees/webhooks/payments", a.paid) // signed by the payment side
	v1.GET("/fees/webhooks/payments", a.remittances, read)
	v1.POST("/fees/webhooks/payments/:event/resolution", a.resolve, collect)
	v1.GET("/fees/webhooks/key", a.hook, manage)
	v1.POST("/fees/webhooks/key", a.rotateHook, manage)

	v1.POST("/fees/findings", a.recordFinding, handle)
	v1.GET("/fees/findings", a.findings, read)
	v1.GET("/fees/findings/:id", a.finding, read)
	v1.POST("/fees/findings/:id/approval", a.decideFinding, httpkit.May(identity.ApproveCases))

	v1.POST("/fees/notices", a.issue, handle)
	v1.GET("/fees/notices", a.notices, read)
	v1.GET("/fees/notices/:id", a.notice, read)
	v1.POST("/fees/notices/:id/delivery", a.deliver, handle)
	v1.POST("/fees/notices/:id/payment", a.pay, collect)
	v1.POST("/fees/notices/:id/lapse", a.lapse, collect)
	v1.POST("/fees/notices/:id/cancellation", a.cancel, collect)
	v1.POST("/fees/notices/:id/refund", a.refund, collect)
	v1.POST("/fees/notices/:id/objection", a.object, handle)

	v1.GET("/fees/statement/:year", a.statement, read)
}
