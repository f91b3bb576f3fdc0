// Package httpapi is the HTTP side of the deadline service: it decodes a request,
// asks the app, and encodes the answer in the caller's language.
package httpapi

import (
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/deadline/internal/app"
)

// API serves the routes.
type API struct{ app *app.App }

// New returns the routes of the app.
func New(a *app.App) *API { return &API{app: a} }

// A publication computes every open case anew before it answers.
const (
	calendarBody = 256 << 10
	calendarTime = 2 * time.Minute
)

// Mount adds the routes below /v1.
func (a *API) Mount(v1 *echo.Group) {
	read := httpkit.May(identity.ReadDeadlines)
	settle := httpkit.May(identity.ManageOffice)

	v1.POST("/deadlines/calculate", a.calculate)
	v1.GET("/deadlines/periods", a.periods)
	v1.GET("/deadlines", a.list, read)
	v1.GET("/deadlines/alarms", a.alarms, read)
	v1.GET("/deadlines/policy", a.policy, httpkit.May(identity.ReadOffice))
	v1.PUT("/deadlines/policy", a.setPolicy, settle, httpkit.Large(calendarBody, calendarTime))
	v1.GET("/deadlines/feed.ics", a.feed)
	v1.POST("/deadlines/feeds", a.newFeed, read)
	v1.DELETE("/deadlines/feeds", a.revokeFeeds, read)
	v1.GET("/deadlines/:id", a.show, read)

	v1.GET("/calendars", a.calendars)
	v1.GET("/calendars/:year", a.calendar)
	v1.PUT("/calendars/:year", a.publish, httpkit.May(identity.EditCalendar), httpkit.Large(calendarBody, calendarTime))
	v1.GET("/calendars/:year/changes", a.changes, httpkit.May(identity.ReadCalendar))
}
