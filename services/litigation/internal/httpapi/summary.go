package httpapi

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/workbook"
)

func (a *API) summary(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "period", "from", "to"); err != nil {
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
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType)
	if err != nil {
		return err
	}
	out, err := a.Reports.Summary(c.Request().Context(), staff.Office, p, today, a.Calendar())
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	if as == workbook.MediaType {
		book, err := workbook.Summary(out)
		if err != nil {
			return err
		}
		return sendFile(c, workbook.MediaType, fmt.Sprintf("政府信息公开依申请工作总结-%s.xlsx", out.Period.Name), book)
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
