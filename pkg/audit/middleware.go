package audit

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// patience bounds how long an answer waits for the record.
const patience = 5 * time.Second

const contextKey = "audit.request"

// queryCode is the header that an applicant proves a receipt with.
const queryCode = "X-Query-Code"

// Middleware records the requests that trailOf names a trail for, whatever their
// handlers do. It belongs behind authentication.
func Middleware(trailOf func(echo.Context) *Trail, log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			t := trailOf(c)
			if t == nil {
				return next(c)
			}
			r := begin(t, c, log)
			if r.refused != nil {
				return r.refused
			}
			c.Response().Writer = &gate{ResponseWriter: c.Response().Writer, request: r}
			return next(c)
		}
	}
}

// About tells the record which office and documents a request is about, where the
// address does not: the account that somebody tries to sign in to, the application
// of a receipt. It has no effect on requests that are not recorded.
func About(c echo.Context, office string, ids ...string) {
	if r, ok := c.Get(contextKey).(*request); ok {
		if office != "" {
			r.office = office
		}
		r.entry.Subject = append(r.entry.Subject, ids...)
	}
}

// request is one request while it is recorded.
type request struct {
	trail   *Trail
	c       echo.Context
	log     *slog.Logger
	office  string
	entry   Entry
	command bool
	quiet   bool    // recorded only when it is refused
	ticket  *Ticket // of what began
	refused error
}

func begin(t *Trail, c echo.Context, log *slog.Logger) *request {
	in := c.Request()
	r := &request{trail: t, c: c, log: log, office: Installation, entry: Entry{
		Request: httpkit.RequestID(c), Kind: Anyone, Method: in.Method, Route: c.Path(), From: c.RealIP(),
		Subject: ids(c),
	}}
	r.command = in.Method != http.MethodGet && in.Method != http.MethodHead && !strings.HasSuffix(c.Path(), "/calculate")
	if s, ok := identity.From(in.Context()); ok {
		r.office, r.entry.Kind, r.entry.Actor = s.Office, Staff, s.ID
		for _, role := range s.Roles {
			r.entry.Roles = append(r.entry.Roles, string(role))
		}
	} else if in.Header.Get(queryCode) != "" {
		r.entry.Kind = Applicant
	} else {
		r.quiet = !r.command
	}
	c.Set(contextKey, r)
	if r.command {
		began := r.entry
		began.Phase = Began
		var err error
		if r.ticket, err = t.Append(r.office, began, true); err != nil {
			r.refused = unavailable().Because(err)
		}
	}
	return r
}

// ids are the values in the address, as far as they can be ids.
func ids(c echo.Context) []string {
	var out []string
	for _, v := range c.ParamValues() {
		if plain(v) {
			out = append(out, v)
		}
	}
	return out
}

// plain reports whether a value can be an id; anything else in an address may be a
// person's name and is left out.
func plain(v string) bool {
	if v == "" || len(v) > 64 {
		return false
	}
	for _, r := range v {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}

func unavailable() *problem.Error {
	p := problem.New(problem.Unavailable, "操作记录暂时无法保存，请稍后重试。", "The record of what is done cannot be kept now; try again later.")
	p.RetryAfter = 2 * time.Second
	return p
}

// settle records the outcome, before the first byte of the answer leaves.
func (r *request) settle(status int) error {
	e := r.entry
	e.Status, e.Purpose, e.Phase = status, httpkit.Purpose(r.c), Viewed
	if r.command {
		e.Phase = Ended
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.c.Request().Context()), patience)
		defer cancel()
		if err := r.ticket.Wait(ctx); err != nil {
			return err
		}
		if made := r.c.Response().Header().Get(echo.HeaderLocation); made != "" {
			if id := made[strings.LastIndexByte(made, '/')+1:]; plain(id) {
				e.Subject = append(e.Subject, id)
			}
		}
	} else if r.quiet && status != http.StatusUnauthorized && status != http.StatusForbidden {
		return nil
	}
	_, err := r.trail.Append(r.office, e, false)
	return err
}

// gate lets an answer out once it is on record; otherwise the caller is told that it
// is not, and gets nothing of it.
type gate struct {
	http.ResponseWriter
	request *request
	settled bool
	shut    bool
}

// WriteHeader settles the record first.
func (g *gate) WriteHeader(status int) {
	if g.settled || status < http.StatusOK {
		if !g.shut {
			g.ResponseWriter.WriteHeader(status)
		}
		return
	}
	g.settled = true
	err := g.request.settle(status)
	if err == nil {
		g.ResponseWriter.WriteHeader(status)
		return
	}
	g.shut = true
	r := g.request
	r.log.Error("an answer was withheld because it could not be recorded", "route", r.entry.Route, "request_id", r.entry.Request, "error", err)
	r.c.Response().Status = http.StatusServiceUnavailable
	g.refuse()
}

// refuse answers that the record cannot be kept, in place of the handler's answer.
func (g *gate) refuse() {
	h := g.Header()
	for _, name := range []string{echo.HeaderContentLength, echo.HeaderContentEncoding, echo.HeaderContentDisposition, echo.HeaderLocation, "ETag"} {
		h.Del(name)
	}
	p := unavailable()
	body, err := json.Marshal(map[string]any{
		"type": "urn:zhiqing:problem:" + string(p.Code), "code": p.Code, "status": http.StatusServiceUnavailable,
		"title": p.Detail.In(httpkit.Lang(g.request.c)), "instance": g.request.entry.Request,
	})
	h.Set(echo.HeaderContentType, "application/problem+json")
	h.Set(echo.HeaderRetryAfter, "2")
	g.ResponseWriter.WriteHeader(http.StatusServiceUnavailable)
	if err == nil {
		_, _ = g.ResponseWriter.Write(body) // the caller may be gone
	}
}

// Write swallows an answer that is not let out.
func (g *gate) Write(b []byte) (int, error) {
	if !g.settled {
		g.WriteHeader(http.StatusOK)
	}
	if g.shut {
		return len(b), nil
	}
	return g.ResponseWriter.Write(b)
}

// Flush settles the record before anything leaves.
func (g *gate) Flush() {
	if !g.settled {
		g.WriteHeader(http.StatusOK)
	}
	if err := http.NewResponseController(g.ResponseWriter).Flush(); err != nil {
		g.request.log.Debug("flush", "error", err)
	}
}

// Unwrap lets deadlines of the connection be set.
func (g *gate) Unwrap() http.ResponseWriter { return g.ResponseWriter }
