package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/litigation/internal/circular"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/workbook"
)

func (a *API) summary(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "period", "from", "to", "scope"); err != nil {
		return err
	}
	p, err := periodOf(c)
	if err != nil {
		return err
	}
	if p.From > today {
		return problem.InvalidFields(problem.At("period", "date_in_future",
			"统计期间尚未开始。", "The period has not begun."))
	}
	scope, err := scopeOf(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType, docx.MediaType)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	out, err := a.Reports.Summary(ctx, staff.Office, scope, p, today, a.Calendar())
	if err != nil {
		return err
	}
	if out.OfficeName, err = a.Offices.Name(ctx, staff.Office); err != nil {
		return err
	}
	if as != echo.MIMEApplicationJSON {
		write, suffix := workbook.Summary, "总结-"+out.Period.Name+".xlsx"
		if as == docx.MediaType {
			write, suffix = circular.Summary, "情况的通报-"+out.Period.Name+".docx"
		}
		file, err := write(out)
		if err != nil {
			return err
		}
		return sendFile(c, as, "政府信息公开依申请工作"+suffix, file)
	}
	if httpkit.Lang(c) == httpkit.English {
		for i := range out.Checks {
			out.Checks[i].Detail = out.Checks[i].DetailEN
		}
	}
	return c.JSON(http.StatusOK, out)
}

func periodOf(c echo.Context) (domain.Period, error) {
	from, err := httpkit.Date(c, "from")
	if err != nil {
		return domain.Period{}, err
	}
	to, err := httpkit.Date(c, "to")
	if err != nil {
		return domain.Period{}, err
	}
	name := c.QueryParam("period")
	if name == "" {
		return domain.Range(from, to)
	}
	if !from.IsZero() || !to.IsZero() {
		return domain.Period{}, problem.InvalidFields(problem.At("period", "contradiction",
			"请用 period 或者 from、to 之一指定期间。", "Name the period by period or by from and to, not both."))
	}
	return domain.ParsePeriod(name)
}
