package httpkit

import (
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
)

const (
	requestIDHeader = "X-Request-Id"
	requestIDKey    = "httpkit.request_id"
	maxRequestID    = 64
)

// requestID gives every request an id: the caller's X-Request-Id when it is a
// plain token, a fresh one otherwise.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(requestIDHeader)
		if !plainToken(id) {
			id = uuid.NewString()
		}
		c.Set(requestIDKey, id)
		c.Response().Header().Set(requestIDHeader, id)
		return next(c)
	}
}

// RequestID is the id of this request, as it stands in problems and logs.
func RequestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

func plainToken(s string) bool {
	if s == "" || len(s) > maxRequestID {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}
