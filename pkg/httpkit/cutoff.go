package httpkit

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// CutOff breaks the connection of an answer that failed after its status was sent: a
// file that is not whole must not look like one to whoever keeps it.
func CutOff(c echo.Context) {
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Unix(1, 0)) // one that cannot is broken already
}
