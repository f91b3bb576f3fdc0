package httpkit

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"zhiqing.dev/pkg/problem"
)

type health struct {
	Status  string   `json:"status"`
	Remarks []Remark `json:"remarks,omitempty"`
}

// Remark is something that an operator should see to while the service goes on well.
type Remark struct {
	Service string `json:"service"`
	Code    string `json:"code"`
	Text    string `json:"text"`
}

// mountHealth serves /livez (start the process again?), /readyz (send it
// requests?) and /metrics.
func mountHealth(e *echo.Echo, o Options) {
	e.GET("/livez", func(c echo.Context) error {
		if o.Live != nil {
			if err := o.Live(c.Request().Context()); err != nil {
				return unready("进程无法继续工作，需要重新启动。", "The process cannot go on and must be started again.", err)
			}
		}
		return c.JSON(http.StatusOK, health{Status: "live"})
	})
	e.GET("/readyz", func(c echo.Context) error {
		if o.Ready != nil {
			if err := o.Ready(c.Request().Context()); err != nil {
				return unready("服务尚未就绪或正在停止。", "The service is not ready yet, or is stopping.", err)
			}
		}
		answer := health{Status: "ready"}
		if o.Remarks != nil {
			answer.Remarks = o.Remarks(c.Request().Context(), Lang(c))
		}
		return c.JSON(http.StatusOK, answer)
	})
	gatherer := o.Gatherer
	if gatherer == nil {
		gatherer = prometheus.DefaultGatherer
	}
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{})))
}

func unready(zh, en string, cause error) error {
	p := problem.New(problem.Unavailable, zh, en).Because(cause)
	p.RetryAfter = 5 * time.Second
	return p
}
