package staffing

import (
	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
)

// Mount adds the routes below /v1: session, offices and staff. The contract is
// api/openapi/staffing.yaml.
func (s *Staffing) Mount(v1 *echo.Group) {
	v1.POST("/session", s.postSession)
	v1.GET("/session", s.getSession, httpkit.SignedIn())
	v1.DELETE("/session", s.deleteSession, httpkit.SignedIn())
	v1.POST("/session/renewal", s.postRenewal, httpkit.SignedIn())

	v1.GET("/session/oidc", s.getOIDC)
	v1.POST("/session/oidc/start", s.postOIDCStart)
	v1.POST("/session/oidc", s.postOIDC)
	v1.POST("/session/service", s.postServiceSession)
	v1.POST("/session/second-factor", s.postFactor, httpkit.SignedIn())
	v1.POST("/session/second-factor/confirmation", s.postConfirmation, httpkit.SignedIn())
	v1.POST("/session/second-factor/removal", s.postFactorRemoval, httpkit.Staff())

	v1.GET("/offices", s.getOffices)
	v1.POST("/offices", s.postOffice, httpkit.May(identity.ManageStaff))
	v1.POST("/offices/bootstrap", s.postBootstrap)
	v1.GET("/offices/:id/policies", s.getPolicies, httpkit.May(identity.ReadOffice))
	v1.PUT("/offices/:id/policies", s.putPolicies, httpkit.May(identity.ManageOffice))

	v1.GET("/offices/:id/service-accounts", s.getServices, httpkit.May(identity.ManageStaff))
	v1.POST("/offices/:id/service-accounts", s.postService, httpkit.May(identity.ManageStaff))
	v1.DELETE("/offices/:id/service-accounts/:account", s.deleteService, httpkit.May(identity.ManageStaff))

	v1.GET("/staff", s.getStaff, httpkit.May(identity.ReadStaff))
	v1.POST("/staff", s.postStaff, httpkit.May(identity.ManageStaff))
	v1.GET("/staff/:id", s.getOneStaff, httpkit.May(identity.ReadStaff))
	v1.PATCH("/staff/:id", s.patchStaff, httpkit.SignedIn())
	v1.DELETE("/staff/:id/second-factor", s.deleteFactor, httpkit.May(identity.ManageStaff))
	v1.GET("/staff/:id/sessions", s.getSessions, httpkit.Staff())
	v1.DELETE("/staff/:id/sessions", s.deleteSessions, httpkit.Staff())
	v1.DELETE("/staff/:id/sessions/:session", s.deleteOneSession, httpkit.Staff())
}
