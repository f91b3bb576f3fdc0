package httpkit

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// serializer writes JSON answers. A reader who takes no JSON gets 406; a command
// was carried out already, so its answer is written whatever was asked for.
type serializer struct{}

func (serializer) Serialize(c echo.Context, v any, indent string) error {
	if m := c.Request().Method; (m == http.MethodGet || m == http.MethodHead) && !accepts(c, echo.MIMEApplicationJSON) {
		c.Response().Header().Del(echo.HeaderContentType)
		return fromStatus(http.StatusNotAcceptable)
	}
	enc := json.NewEncoder(c.Response())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}

func (serializer) Deserialize(echo.Context, any) error { return errUseBind }

// Negotiate picks what to answer with: of the offered media types the one that the
// caller's Accept likes best, the first when it says nothing. NotAcceptable.
func Negotiate(c echo.Context, offers ...string) (string, error) {
	best, bestQ := "", 0.0
	ranges := parseAccept(c.Request().Header.Values(echo.HeaderAccept))
	for _, offer := range offers {
		if q := quality(ranges, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	if best == "" {
		return "", fromStatus(http.StatusNotAcceptable).Because(fmt.Errorf("offered %v", offers))
	}
	return best, nil
}

func accepts(c echo.Context, offer string) bool {
	return quality(parseAccept(c.Request().Header.Values(echo.HeaderAccept)), offer) > 0
}

type mediaRange struct {
	typ, sub string
	q        float64
}

func parseAccept(values []string) []mediaRange {
	var ranges []mediaRange
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if len(ranges) == 32 {
			break
		}
		mt, params, err := mime.ParseMediaType(part)
		typ, sub, ok := strings.Cut(mt, "/")
		if err != nil || !ok {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil || q < 0 || q > 1 {
				q = 0
			}
		}
		ranges = append(ranges, mediaRange{typ, sub, q})
	}
	return ranges
}

// quality is what the most specific range says; 1 when nothing is asked for.
func quality(ranges []mediaRange, offer string) float64 {
	if len(ranges) == 0 {
		return 1
	}
	typ, sub, _ := strings.Cut(offer, "/")
	q, rank := 0.0, -1
	for _, r := range ranges {
		matched := -1
		switch {
		case r.typ == typ && r.sub == sub:
			matched = 2
		case r.typ == typ && r.sub == "*":
			matched = 1
		case r.typ == "*" && r.sub == "*":
			matched = 0
		}
		if matched > rank {
			q, rank = r.q, matched
		}
	}
	return q
}
