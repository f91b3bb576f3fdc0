package httpkit

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/problem"
)

// Bounds of ?limit=.
const (
	DefaultPage = 50
	MaxPage     = 200
	maxCursor   = 2048
)

// List is one page of a list.
type List[T any] struct {
	Items []T `json:"items"`
	// NextCursor continues the list; empty on the last page.
	NextCursor string `json:"next_cursor,omitempty"`
}

// PageOf reads ?limit= (1 to 200, 50 when absent) and ?cursor=. Invalid.
func PageOf(c echo.Context) (limit int, cursor string, err error) {
	limit = DefaultPage
	if s := c.QueryParam("limit"); s != "" {
		limit, err = strconv.Atoi(s)
		if err != nil || limit < 1 || limit > MaxPage {
			return 0, "", problem.InvalidFields(problem.At("limit", "out_of_range",
				"每页条数应为 1 至 200 之间的整数。", "limit is a whole number from 1 to 200."))
		}
	}
	cursor = c.QueryParam("cursor")
	if len(cursor) > maxCursor {
		return 0, "", problem.InvalidFields(problem.At("cursor", "bad_cursor", "翻页游标无效。", "The cursor is not valid."))
	}
	return limit, cursor, nil
}

// ETag sets the revision of what is answered.
func ETag(c echo.Context, rev int64) {
	c.Response().Header().Set("ETag", `"`+strconv.FormatInt(rev, 10)+`"`)
}

// IfMatch reads the revision that the caller has seen: 0 when absent or "*".
// Malformed.
func IfMatch(c echo.Context) (rev int64, err error) {
	s := strings.TrimSpace(c.Request().Header.Get("If-Match"))
	if s == "" || s == "*" {
		return 0, nil
	}
	digits, ok := strings.CutPrefix(strings.TrimPrefix(s, "W/"), `"`)
	digits, closed := strings.CutSuffix(digits, `"`)
	rev, err = strconv.ParseInt(digits, 10, 64)
	if !ok || !closed || err != nil || rev < 1 {
		p := problem.New(problem.Malformed, "If-Match 应为此前答复中的 ETag。", "If-Match takes the ETag of an earlier answer.")
		p.Fields = []problem.Field{problem.At("If-Match", "bad_etag", p.Detail.ZH, p.Detail.EN)}
		return 0, p
	}
	return rev, nil
}
