package httpkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/wallclock"
)

const (
	bodyKey = "httpkit.body"
	baseKey = "httpkit.base_context"
)

// limitedBody refuses to read more than left bytes. The limit may still rise
// before the first read: a route knows better what it takes.
type limitedBody struct {
	io.ReadCloser
	declared int64 // Content-Length, or -1
	limit    int64
	read     int64
	before   func() // called before each read; nil for none
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.declared > b.limit {
		return 0, tooLargeBody(b.limit)
	}
	if b.before != nil {
		b.before()
	}
	if room := b.limit - b.read + 1; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if b.read > b.limit {
		return 0, tooLargeBody(b.limit)
	}
	return n, err
}

func tooLargeBody(limit int64) *problem.Error {
	return problem.New(problem.TooLarge,
		fmt.Sprintf("请求内容超过 %s 的限制。", size(limit)), fmt.Sprintf("The request is larger than %s.", size(limit)))
}

func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

func limitBody(limit int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.Body == nil || r.Body == http.NoBody {
				return next(c)
			}
			body := &limitedBody{ReadCloser: r.Body, declared: r.ContentLength, limit: limit}
			r.Body = body
			c.Set(bodyKey, body)
			return next(c)
		}
	}
}

// limitTime ends the request's context. What waits for a store or a turn gives up
// then; a slow body is ended by the server's timeouts.
func limitTime(d time.Duration) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			base := c.Request().Context()
			c.Set(baseKey, base)
			ctx, cancel := context.WithTimeout(base, d)
			defer cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			return next(c)
		}
	}
}

// uploadStep is how long a caller may take for one read of a large body.
const uploadStep = 10 * time.Second

// Large gives a route its own limits: for uploads, and for answers that take long
// to make. Its body may take longer than the server allows others, as long as
// something arrives every few seconds.
func Large(body int64, d time.Duration) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ctx, cancel := extend(c, d)
			defer cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			rc := http.NewResponseController(c.Response())
			now := wallclock.System{}.Now // the deadlines of sockets are the machine's
			if err := rc.SetWriteDeadline(now().Add(d + uploadStep)); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return fmt.Errorf("write deadline: %w", err)
			}
			if b, ok := c.Get(bodyKey).(*limitedBody); ok {
				b.limit = body
				b.before = func() { _ = rc.SetReadDeadline(now().Add(uploadStep)) } // a broken connection shows at the read
			}
			return next(c)
		}
	}
}

// extend replaces the request's deadline by a later one and keeps its values; the
// caller's going away still ends it.
func extend(c echo.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), d)
	base, ok := c.Get(baseKey).(context.Context)
	if !ok {
		return ctx, cancel
	}
	stop := context.AfterFunc(base, cancel)
	return ctx, func() { stop(); cancel() }
}
