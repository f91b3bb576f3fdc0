package staffing

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// sessionView is a sign-in as its owner and the administrator see it.
type sessionView struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	From       string    `json:"from"`
	Agent      string    `json:"agent"`
	Current    bool      `json:"current"`
}

// deleteSession signs out.
func (s *Staffing) deleteSession(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	if err := s.endOne(ctx, caller.ID, caller.Session); err != nil && !errors.Is(err, docstore.ErrNotFound) {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// postRenewal gives the session a fresh token, so that work is not interrupted.
func (s *Staffing) postRenewal(c echo.Context) error {
	caller, ctx, err := acting(c)
	if err != nil {
		return err
	}
	token, expires, doc, err := s.renew(ctx, caller)
	if err != nil {
		return err
	}
	return s.answerSession(c, token, expires, doc)
}

func (s *Staffing) answerSession(c echo.Context, token string, expires time.Time, doc docstore.Doc[Account]) error {
	me, err := s.whoami(c.Request().Context(), doc.ID, doc.Value)
	if err != nil {
		return err
	}
	limit, err := s.limit(c.Request().Context(), doc.Value)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, session{Limit: limit, AccessToken: token, TokenType: "Bearer", ExpiresAt: expires, whoami: me})
}

func (s *Staffing) getSessions(c echo.Context) error {
	caller, doc, err := s.sessionsOf(c)
	if err != nil {
		return err
	}
	list := httpkit.List[sessionView]{Items: []sessionView{}}
	held, err := s.access.Get(c.Request().Context(), doc.ID)
	if errors.Is(err, docstore.ErrNotFound) {
		return c.JSON(http.StatusOK, list)
	}
	if err != nil {
		return err
	}
	now := s.now()
	for i := len(held.Value.Sessions) - 1; i >= 0; i-- {
		if x := held.Value.Sessions[i]; x.open(now) {
			list.Items = append(list.Items, sessionView{
				ID: x.ID, CreatedAt: x.CreatedAt, LastSeenAt: x.SeenAt, ExpiresAt: x.Until, From: x.From, Agent: x.Agent,
				Current: x.ID == caller.Session,
			})
		}
	}
	return c.JSON(http.StatusOK, list)
}

func (s *Staffing) deleteSessions(c echo.Context) error {
	_, doc, err := s.sessionsOf(c)
	if err != nil {
		return err
	}
	if err := s.endAll(c.Request().Context(), doc.ID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Staffing) deleteOneSession(c echo.Context) error {
	_, doc, err := s.sessionsOf(c)
	if err != nil {
		return err
	}
	if err := s.endOne(c.Request().Context(), doc.ID, c.Param("session")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// sessionsOf is the account whose sessions are asked about: one's own, or for the
// administrator any of the office.
func (s *Staffing) sessionsOf(c echo.Context) (caller identity.Staff, doc docstore.Doc[Account], err error) {
	var ctx context.Context
	if caller, ctx, err = acting(c); err != nil {
		return caller, doc, err
	}
	if doc, err = s.ownOffice(ctx, caller, c.Param("id")); err != nil {
		return caller, doc, err
	}
	if doc.ID != caller.ID && !caller.May(identity.ManageStaff) {
		return caller, doc, problem.New(problem.Forbidden, "只能查看和结束自己的登录；管理员可以结束他人的登录。", "You see and end your own sign-ins; an administrator also those of others.")
	}
	return caller, doc, nil
}
