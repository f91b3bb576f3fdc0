package httpkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/problem"
)

// errorHandler writes every failure as a problem document. An error that is no
// problem is logged with the request's id, and the caller sees only that id.
func errorHandler(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		p := toProblem(err)
		ctx := c.Request().Context()
		if p.Code == problem.Internal {
			log.ErrorContext(ctx, "internal error", "error", err, "route", route(c), "request_id", RequestID(c))
		} else if cause := p.Unwrap(); cause != nil && Status(p.Code) >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
			log.WarnContext(ctx, "request refused", "error", cause, "route", route(c), "request_id", RequestID(c))
		}
		if werr := write(c, p); werr != nil {
			log.DebugContext(ctx, "problem not written", "error", werr, "request_id", RequestID(c))
		}
	}
}

func toProblem(err error) *problem.Error {
	var p *problem.Error
	if errors.As(Translate(err), &p) {
		if _, known := kinds[p.Code]; known && p.Code != problem.Internal {
			return p
		}
	}
	return problem.New(problem.Internal,
		"服务器发生错误，问题已记录。", "Something went wrong on our side; it has been recorded.")
}

func write(c echo.Context, p *problem.Error) error {
	h := c.Response().Header()
	doc := document(p, Lang(c), RequestID(c))
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(p.RetryAfter)))
	}
	switch p.Code { //nolint:exhaustive // the others need no header
	case problem.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="zhiqing"`)
	case problem.TooLarge, problem.RequestTimeout:
		h.Set("Connection", "close") // the rest of the body is not read
	}
	h.Set("Content-Language", contentLanguage(c))
	h.Add("Vary", "Accept-Language")
	h.Del("ETag")
	if c.Request().Method == http.MethodHead {
		h.Set(echo.HeaderContentType, ProblemType)
		return c.NoContent(doc.Status)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return err
	}
	return c.Blob(doc.Status, ProblemType, buf.Bytes())
}

func seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }
