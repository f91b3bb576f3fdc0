// Package pages holds the pages that people use: filing, tracking and the
// calculators for applicants, the workbench for officers, the legal pages. They
// are plain HTML, CSS and ES modules that speak to the same API as everybody else.
//
// Each page is rendered once per language when the process starts. Scripts and
// styles live under a path that names their content, so browsers may keep them
// for ever; the pages themselves are asked for again each time.
package pages

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// The page names are also their paths; home is "/".
var names = []string{"home", "apply", "track", "calculator", "desk", "legal"}

// contentPolicy lets a page load only what this server serves, and turns every
// assignment of a string to a markup sink (innerHTML) into an error.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// languageCookie remembers the language that a reader chose by the switch.
const languageCookie = "zhiqing_lang"

// Mount serves the pages and their assets on e: /, /apply, /track, /calculator,
// /desk, /legal and /assets/. It fails only when an embedded page does not render.
func Mount(e *echo.Echo) error {
	s, err := build()
	if err != nil {
		return fmt.Errorf("render the pages: %w", err)
	}
	for _, name := range names {
		path := "/" + strings.TrimPrefix(name, "home")
		e.GET(path, s.page(name))
		e.HEAD(path, s.page(name))
	}
	e.GET("/assets/:version/*", s.asset)
	e.HEAD("/assets/:version/*", s.asset)
	return nil
}

// page answers with the page in the reader's language; ?lang= chooses it for good.
func (s *site) page(name string) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Referrer-Policy", "same-origin")
		if lang := c.QueryParam("lang"); s.languages[lang] {
			c.SetCookie(&http.Cookie{ //nolint:gosec // holds a language only, and plain HTTP inside an office must do
				Name: languageCookie, Value: lang, Path: "/", HttpOnly: true,
				Secure: c.Scheme() == "https", MaxAge: int((365 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode,
			})
			h.Set("Cache-Control", "no-store")
			return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
		}
		h.Add("Vary", "Accept-Language, Cookie")
		h.Set("Cache-Control", "no-cache")
		return s.pages[name][s.language(c.Request())].serve(c)
	}
}

// asset answers with a script, style, picture or text table. Under a version that
// is not this process's own (another replica's, during an upgrade) it must not be kept.
func (s *site) asset(c echo.Context) error {
	f, ok := s.assets[c.Param("*")]
	if !ok {
		return echo.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if c.Param("version") == s.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return f.serve(c)
}
