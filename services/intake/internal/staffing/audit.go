package staffing

import (
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/audit"
)

// audit tells the record whose account a sign-in was for, by its id: a username is a
// person's name. One that nobody has stays in the installation's own chain.
func (s *Staffing) audit(c echo.Context, username string) {
	doc, known, err := s.byUsername(c.Request().Context(), strings.ToLower(strings.TrimSpace(username)))
	if err == nil && known {
		audit.About(c, doc.Value.Office, doc.ID)
	}
}
