package httpkit

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// ParseOrigins reads a list of origins, separated by commas, whose pages may call the
// interface from a browser: scheme and host, such as https://portal.example. There is no
// "every origin".
func ParseOrigins(list string) (origins []string, err error) {
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		u, err := url.Parse(s)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || s != u.Scheme+"://"+u.Host || strings.Contains(s, "*") {
			return nil, fmt.Errorf("%q is not an origin such as https://portal.example", s)
		}
		origins = append(origins, s)
	}
	return origins, nil
}

// crossOrigin lets pages of these origins call the interface, with a token or a query
// code that they hold themselves: credentials that a browser adds are never accepted.
func crossOrigin(origins []string) echo.MiddlewareFunc {
	if len(origins) == 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins: origins,
		AllowMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders: []string{
			echo.HeaderAuthorization, echo.HeaderContentType, echo.HeaderAccept, "Accept-Language",
			"Idempotency-Key", "If-Match", "X-Query-Code",
		},
		ExposeHeaders: []string{"ETag", echo.HeaderLocation, echo.HeaderRetryAfter, echo.HeaderXRequestID, echo.HeaderContentDisposition},
		MaxAge:        600,
	})
}
