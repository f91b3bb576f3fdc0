// Package httpapi is the service's edge: it decodes a request, has the domain do it
// and encodes what stands then.
package httpapi

import (
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/wallclock"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/reporting"
	"zhiqing.dev/services/litigation/internal/store"
)

// API answers the service's routes.
type API struct {
	Facts       *store.Facts
	Proceedings *store.Proceedings
	Lessons     *store.Lessons
	Settings    *store.SettingsRepo
	Offices     *store.Offices
	Reports     *reporting.Reporter
	Calendar    func() *calendar.Calendar
	Clock       wallclock.Clock
	Zone        *time.Location
}

// Mount adds the routes below /v1.
func (a *API) Mount(v1 *echo.Group) {
	read, handle := httpkit.May(identity.ReadDisputes), httpkit.May(identity.HandleDisputes)
	v1.POST("/proceedings", a.receive, handle)
	v1.GET("/proceedings", a.list, read, httpkit.Large(0, exportTime))
	v1.GET("/proceedings/codes", a.codes, read)
	v1.GET("/proceedings/report-up", a.reportUp, read, httpkit.Large(0, exportTime))
	v1.GET("/proceedings/:id", a.show, read)
	v1.PUT("/proceedings/:id/persons", a.setPersons, handle)
	v1.POST("/proceedings/:id/steps", a.step, handle)
	v1.POST("/proceedings/:id/steps/:n/retraction", a.retract, handle)
	v1.GET("/lessons", a.lessons, read)
	v1.GET("/lessons/:id", a.lesson, read)
	v1.PUT("/lessons/:id/note", a.writeNote, handle)
	v1.POST("/lessons/:id/sharing", a.shareLesson, httpkit.May(identity.ShareLessons))
	v1.POST("/lessons/:id/withdrawal", a.withdrawLesson, handle)

	reports := httpkit.May(identity.ReadReports)
	v1.GET("/reports/summary", a.summary, reports)
	v1.GET("/reports/annual/:year", a.annual, reports)
	v1.GET("/reports/annual/:year/cases", a.cell, reports, httpkit.Large(0, exportTime))
	v1.GET("/reports/annual/:year/published", a.showPublished, reports)
	v1.POST("/reports/annual/:year/published", a.publish, handle, httpkit.Large(maxPublished, publishTime))
	v1.POST("/reports/annual/:year/freeze", a.freeze, httpkit.May(identity.ManageOffice))
	v1.POST("/reports/annual/check", a.check, reports)
	v1.GET("/reports/settings", a.showSettings, reports)
	v1.PUT("/reports/settings", a.settle, httpkit.May(identity.ManageOffice))
}

// caller is the staff member who acts, and the day on which.
func (a *API) caller(c echo.Context) (identity.Staff, civil.Date, error) {
	s, err := httpkit.Caller(c)
	return s, civil.FromTime(a.Clock.Now(), a.Zone), err
}

// year reads the year of a report: one that has begun.
func (a *API) year(c echo.Context, today civil.Date) (int, error) {
	year := 0
	for _, r := range c.Param("year") {
		if r < '0' || r > '9' || year > 9999 {
			year = 0
			break
		}
		year = year*10 + int(r-'0')
	}
	if year < domain.FirstYear || year > today.Year() {
		return 0, problem.InvalidFields(problem.At("year", "year",
			"年份应为已开始的报告年度。", "The year must be one whose report has begun."))
	}
	return year, nil
}
