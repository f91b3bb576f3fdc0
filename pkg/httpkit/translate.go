package httpkit

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute"
)

// Translate turns what lower layers return into a problem: faults in facts, the
// errors of docstore, ended contexts and echo's own errors. A problem stays as it
// is, and any other error comes back unchanged: at the edge that means an internal
// error. Handlers need not call it; the error handler does.
func Translate(err error) error {
	if err == nil {
		return nil
	}
	if p := (*problem.Error)(nil); errors.As(err, &p) {
		return p
	}
	if p := fromFacts(err); p != nil {
		return p.Because(err)
	}
	if p := fromStore(err); p != nil {
		return p.Because(err)
	}
	if p := fromTransport(err); p != nil {
		return p.Because(err)
	}
	return err
}

func fromFacts(err error) *problem.Error {
	var many statute.FieldErrors
	var one *statute.FieldError
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = statute.FieldErrors{one}
	default:
		return nil
	}
	fields := make([]problem.Field, 0, len(many))
	for _, f := range many {
		fields = append(fields, problem.Field{
			Pointer: f.Field, Code: f.Code, Rule: f.Rule, Text: problem.Text{ZH: f.ZH, EN: f.EN},
		})
	}
	return problem.InvalidFields(fields...)
}

func fromStore(err error) *problem.Error {
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return problem.New(problem.NotFound, "没有找到所请求的内容。", "There is nothing here under this name.")
	case errors.Is(err, docstore.ErrKeyReused):
		return problem.New(problem.KeyReused,
			"该幂等键（Idempotency-Key）已用于另一个内容不同的请求。", "This Idempotency-Key was already used for a different request.")
	case errors.Is(err, docstore.ErrStale):
		return problem.New(problem.Stale, "您读取之后内容已被他人修改，请重新读取后再试。", "It was changed since you read it; read it again first.")
	case errors.Is(err, docstore.ErrExists), errors.Is(err, docstore.ErrUnique):
		return problem.New(problem.AlreadyExists, "相同的内容已经存在。", "The same already exists.")
	case errors.Is(err, docstore.ErrConflict):
		return problem.New(problem.Conflict, "多人同时修改，请稍后重试。", "Too many changes at the same time; try again.")
	case errors.Is(err, docstore.ErrUnavailable), errors.Is(err, blobstore.ErrUnavailable):
		return unavailable()
	case errors.Is(err, docstore.ErrBadCursor):
		return problem.InvalidFields(problem.At("cursor", "bad_cursor",
			"翻页游标无效；请从第一页重新开始。", "This cursor was not handed out by this list; begin with the first page."))
	}
	return nil
}

func unavailable() *problem.Error {
	p := problem.New(problem.Unavailable, "服务暂时不可用，请稍后用同一幂等键重试。", "Not available right now; try again later with the same Idempotency-Key.")
	p.RetryAfter = 5 * time.Second
	return p
}

func fromTransport(err error) *problem.Error {
	var he *echo.HTTPError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, identity.ErrBadToken):
		return unauthenticated()
	case errors.As(err, &tooLarge):
		return tooLargeBody(tooLarge.Limit)
	case errors.Is(err, context.DeadlineExceeded):
		return unavailable()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.Canceled):
		return problem.New(problem.RequestTimeout, "未能在规定时间内收到完整的请求。", "The whole request did not arrive in time.")
	case errors.As(err, &he):
		return fromStatus(he.Code)
	}
	return nil
}

// fromStatus takes echo's errors by their status only: their texts name Go types.
func fromStatus(status int) *problem.Error {
	switch status {
	case http.StatusBadRequest:
		return problem.New(problem.Malformed, "无法理解该请求。", "The request cannot be understood.")
	case http.StatusUnauthorized:
		return unauthenticated()
	case http.StatusForbidden:
		return problem.New(problem.Forbidden, "您无权进行此操作。", "You may not do this.")
	case http.StatusNotFound:
		return problem.New(problem.NotFound, "没有这个地址。", "There is no such address.")
	case http.StatusMethodNotAllowed:
		return problem.New(problem.MethodNotAllowed, "该地址不支持这种请求方法。", "This address does not take this method.")
	case http.StatusNotAcceptable:
		return problem.New(problem.NotAcceptable, "无法提供所要求的格式。", "None of the formats you accept can be given.")
	case http.StatusRequestTimeout:
		return problem.New(problem.RequestTimeout, "未能在规定时间内收到完整的请求。", "The whole request did not arrive in time.")
	case http.StatusRequestEntityTooLarge:
		return problem.New(problem.TooLarge, "请求内容超过大小限制。", "The request is larger than allowed.")
	case http.StatusUnsupportedMediaType:
		return problem.New(problem.UnsupportedMedia, "不支持的内容类型。", "This content type is not taken here.")
	case http.StatusTooManyRequests:
		return problem.New(problem.RateLimited, "请求过于频繁，请稍后再试。", "Too many requests; try again later.")
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return unavailable()
	}
	if status >= 400 && status < 500 {
		return problem.New(problem.Malformed, "无法理解该请求。", "The request cannot be understood.")
	}
	return nil
}

func unauthenticated() *problem.Error {
	return problem.New(problem.Unauthenticated, "请先登录。", "Sign in first.")
}
