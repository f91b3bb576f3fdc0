package staffing

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

// signIn is the body of POST /v1/session.
type signIn struct {
	Username string `json:"username" validate:"required,max=40"`
	Password string `json:"password" validate:"required,max=128"`
	// SecondFactor is a one-time or recovery code, for accounts that need one.
	SecondFactor string `json:"second_factor,omitempty" validate:"omitempty,max=40"`
	// Office, when given, must be the one the staff member belongs to.
	Office string `json:"office,omitempty" validate:"omitempty,max=40"`

	proved bool // whoever asks is signed in, and only shows the password again
}

// session is what a sign-in is answered.
type session struct {
	AccessToken string    `json:"access_token"`
	TokenType   string    `json:"token_type"`
	ExpiresAt   time.Time `json:"expires_at"`
	// Limit says what must be done before anything else may be; absent: nothing.
	Limit identity.Limit `json:"limit,omitempty"`
	whoami
}

// whoami tells a staff member who they are.
type whoami struct {
	Staff  staffView  `json:"staff"`
	Office officeView `json:"office"`
}

func (s *Staffing) postSession(c echo.Context) error {
	in, err := httpkit.Bind[signIn](c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	checked, err := s.signIn(ctx, in, c.RealIP())
	s.audit(c, in.Username)
	var token string
	var expires time.Time
	if err == nil {
		token, expires, checked, err = s.enter(ctx, c, checked)
	}
	if err != nil {
		s.signIns.WithLabelValues(string(problem.CodeOf(httpkit.Translate(err)))).Inc()
		return err
	}
	s.signIns.WithLabelValues("ok").Inc()
	return s.answerSession(c, token, expires, checked)
}

// getSession answers for as long as the token stands and the account is active.
func (s *Staffing) getSession(c echo.Context) error {
	caller, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	doc, err := s.accounts.Get(ctx, caller.ID)
	if errors.Is(err, docstore.ErrNotFound) || err == nil && !doc.Value.Active {
		return inactive()
	}
	if err != nil {
		return err
	}
	if err := s.seen(ctx, caller); err != nil {
		return err
	}
	me, err := s.whoami(ctx, doc.ID, doc.Value)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, me)
}

func (s *Staffing) whoami(ctx context.Context, id string, a *Account) (whoami, error) {
	o, err := s.Office(ctx, a.Office)
	if err != nil {
		return whoami{}, err
	}
	return whoami{Staff: viewStaff(id, a), Office: viewOffice(o)}, nil
}

// signIn checks a password. An unknown username, a wrong password, another office
// and an account that is not active take the same time and get the same answer.
func (s *Staffing) signIn(ctx context.Context, in signIn, client string) (doc docstore.Doc[Account], err error) {
	username := strings.ToLower(strings.TrimSpace(in.Username))
	done, err := s.throttle.turn(ctx, username)
	if err != nil {
		return doc, err
	}
	defer done()
	now := s.now()
	var known bool
	doc, known, err = s.byUsername(ctx, username)
	if err != nil {
		return doc, err
	}
	if err := s.checkSource(ctx, client, username); err != nil {
		return doc, err
	}
	hash, wait := "", s.throttle.lockedFor(username, now)
	if known {
		hash, wait = doc.Value.Hash, doc.Value.LockedUntil.Sub(now)
	}
	if wait > 0 {
		p := locked()
		p.RetryAfter = wait
		return doc, p
	}
	right, err := s.passwords.Verify(hash, in.Password)
	if err != nil {
		return doc, err
	}
	if right && (!doc.Value.Active || in.Office != "" && in.Office != doc.Value.Office) {
		return doc, refused()
	}
	if right && !in.proved {
		o, err := s.Office(ctx, doc.Value.Office)
		if err != nil {
			return doc, err
		}
		if o.Policies.LocalSignInOff {
			return doc, refused()
		}
	}
	refusal := error(nil)
	switch {
	case !right:
		refusal = refused()
	case !in.proved:
		refusal = s.second(ctx, doc, in.SecondFactor)
	}
	if refusal != nil {
		if problem.CodeOf(refusal) == problem.SecondFactorRequired && in.SecondFactor == "" {
			return doc, refusal // only half of what is needed was given: no guess
		}
		if err := errors.Join(s.failed(ctx, doc, known, username, now), s.failedSource(ctx, client, username)); err != nil {
			return doc, err
		}
		return doc, refusal
	}
	return s.succeeded(ctx, doc, in.Password)
}

func refused() error {
	return problem.New(problem.Unauthenticated, "用户名或密码不正确。", "The username or the password is not right.")
}

func (s *Staffing) byUsername(ctx context.Context, username string) (docstore.Doc[Account], bool, error) {
	docs, _, err := s.accounts.Find(ctx, docstore.Query{Index: byUsername, Eq: []any{username}, Limit: 1})
	if err != nil || len(docs) == 0 {
		return docstore.Doc[Account]{}, false, err
	}
	return docs[0], true, nil
}

func (s *Staffing) failed(ctx context.Context, doc docstore.Doc[Account], known bool, username string, now time.Time) error {
	if !known {
		s.throttle.fail(username, now)
		return nil
	}
	_, err := s.accounts.Update(ctx, doc.ID, func(a *Account) error {
		a.Failures++
		if d := lockAfter(a.Failures); d > 0 {
			a.LockedUntil = now.Add(d)
		}
		return nil
	})
	return err
}

// succeeded forgets the failures, and hashes the password anew when its cost is no
// longer the one in use.
func (s *Staffing) succeeded(ctx context.Context, doc docstore.Doc[Account], password string) (docstore.Doc[Account], error) {
	hash := doc.Value.Hash
	if s.passwords.Outdated(hash) {
		var err error
		if hash, err = s.passwords.Hash(password); err != nil {
			return doc, err
		}
	} else if doc.Value.Failures == 0 {
		return doc, nil
	}
	return s.accounts.Update(ctx, doc.ID, func(a *Account) error {
		a.Failures, a.LockedUntil = 0, time.Time{}
		if a.Hash == doc.Value.Hash {
			a.Hash = hash
		}
		return nil
	})
}

// acting returns the staff member who calls.
func acting(c echo.Context) (identity.Staff, context.Context, error) {
	s, err := httpkit.Caller(c)
	return s, c.Request().Context(), err
}
