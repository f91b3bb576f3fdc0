package httpkit

import (
	"context"
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
)

var errRevoked = errors.New("the sign-in was revoked")

const badTokenKey = "httpkit.refused" //nolint:gosec // the name of a value, not a secret

// authenticate puts the staff member of a valid bearer token into the request's
// context. A token that is not valid is refused only where one is needed, so that
// an applicant with an old token in the browser is still served.
func authenticate(tokens *identity.Tokens, revoked func(context.Context, identity.Staff) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			token, ok := bearer(c.Request().Header.Get(echo.HeaderAuthorization))
			if !ok || tokens == nil {
				return next(c)
			}
			s, err := tokens.Verify(token)
			if err != nil {
				c.Set(badTokenKey, err)
				return next(c)
			}
			if revoked != nil && revoked(c.Request().Context(), s) {
				c.Set(badTokenKey, errRevoked)
				return next(c)
			}
			c.SetRequest(c.Request().WithContext(identity.With(c.Request().Context(), s)))
			return next(c)
		}
	}
}

func bearer(header string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header, " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// Staff lets only staff pass: 401 for everybody else, and 403 unless one of the
// roles is held (none named: any staff). The staff member is then
// identity.From(c.Request().Context()).
func Staff(roles ...identity.Role) echo.MiddlewareFunc {
	return staff(func(s identity.Staff) bool { return !s.Service && (len(roles) == 0 || s.Has(roles...)) })
}

// May lets only staff pass whose role allows the action by the permission table.
func May(a identity.Action) echo.MiddlewareFunc {
	check := staff(func(s identity.Staff) bool { return s.May(a) })
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		checked := check(next)
		return func(c echo.Context) error {
			c.Set(purposeKey, a)
			return checked(c)
		}
	}
}

const purposeKey = "httpkit.purpose"

// Purpose is the action under which a request was let in or refused; empty where
// none is asked for.
func Purpose(c echo.Context) string {
	a, _ := c.Get(purposeKey).(identity.Action)
	return string(a)
}

// SignedIn lets everybody pass who is signed in, even if the sign-in allows nothing
// yet but to complete it. It is for the routes that do so.
func SignedIn() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			s, err := present(c)
			if err != nil {
				return err
			}
			if s.Service {
				return problem.New(problem.Forbidden, "服务账号不能进行此操作。", "A service account cannot do this.")
			}
			return next(c)
		}
	}
}

// finished refuses a sign-in that is not complete.
func finished(s identity.Staff) error {
	if s.Limit == identity.NewPassword {
		return problem.New(problem.PasswordChangeRequired, "请先修改密码。", "Change your password first.")
	}
	if s.Limit == identity.NewFactor {
		return problem.New(problem.FactorEnrolmentRequired, "您的角色须启用第二重验证，请先登记。", "Your role needs a second factor; enrol one first.")
	}
	return nil
}

// present is who calls, or says that nobody does or that the sign-in has ended.
func present(c echo.Context) (identity.Staff, error) {
	s, ok := identity.From(c.Request().Context())
	if ok {
		return s, nil
	}
	if cause, bad := c.Get(badTokenKey).(error); bad {
		return s, problem.New(problem.Unauthenticated, "登录已失效，请重新登录。", "The sign-in is no longer valid; sign in again.").Because(cause)
	}
	return s, unauthenticated()
}

func staff(allowed func(identity.Staff) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			s, err := present(c)
			if err != nil {
				return err
			}
			if err := finished(s); err != nil {
				return err
			}
			if !allowed(s) {
				return problem.New(problem.Forbidden, "您的角色无权进行此操作。", "Your role does not allow this.")
			}
			return next(c)
		}
	}
}

// Caller is the staff member who calls. Behind Staff or May there always is one;
// elsewhere it returns an Unauthenticated problem when nobody is signed in.
func Caller(c echo.Context) (identity.Staff, error) {
	s, ok := identity.From(c.Request().Context())
	if !ok {
		return identity.Staff{}, unauthenticated()
	}
	return s, nil
}
