package pages_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/services/zhiqing/internal/pages"
)

var paths = []string{"/", "/apply", "/track", "/calculator", "/desk", "/legal"}

func mount(t *testing.T) http.Handler {
	t.Helper()
	e := echo.New()
	require.NoError(t, pages.Mount(e))
	return e
}

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	return ask(t, h, http.MethodGet, path, header...)
}

func ask(t *testing.T, h http.Handler, method, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(b)
}

func TestEveryPage_isServedUnderAStrictPolicy(t *testing.T) {
	t.Parallel()
	h := mount(t)
	for _, path := range paths {
		for lang, name := range map[string]string{"zh-CN": "知情", "en": "Zhiqing"} {
			res := get(t, h, path, "Accept-Language", lang)
			require.Equal(t, http.StatusOK, res.StatusCode, path)
			require.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
			require.Equal(t, "no-cache", res.Header.Get("Cache-Control"))
			require.Equal(t, []string{"Accept-Language, Cookie", "Accept-Encoding"}, res.Header.Values("Vary"))
			policy := res.Header.Get("Content-Security-Policy")
			require.Contains(t, policy, "default-src 'none'")
			require.Contains(t, policy, "script-src 'self'")
			require.Contains(t, policy, "require-trusted-types-for 'script'")
			require.NotContains(t, policy, "unsafe")
			html := body(t, res)
			require.Contains(t, html, `<html lang="`+lang)
			require.Contains(t, html, name)
		}
	}
}

func TestPage_isNotSentAgainWhileItIsTheSame(t *testing.T) {
	t.Parallel()
	h := mount(t)
	tag := get(t, h, "/calculator").Header.Get("Etag")
	require.NotEmpty(t, tag)
	res := get(t, h, "/calculator", "If-None-Match", tag)
	require.Equal(t, http.StatusNotModified, res.StatusCode)
	require.Empty(t, body(t, res))
	require.Equal(t, http.StatusOK, get(t, h, "/calculator", "If-None-Match", tag, "Accept-Language", "en").StatusCode,
		"another language is another document")
	head := ask(t, h, http.MethodHead, "/calculator")
	require.Equal(t, tag, head.Header.Get("Etag"))
}

func TestPage_isCompressedOnlyForThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	h := mount(t)
	plain := get(t, h, "/")
	require.Empty(t, plain.Header.Get("Content-Encoding"))
	require.Empty(t, get(t, h, "/", "Accept-Encoding", "br, gzip;q=0").Header.Get("Content-Encoding"))
	zipped := get(t, h, "/", "Accept-Encoding", "br, gzip;q=0.5")
	require.Equal(t, "gzip", zipped.Header.Get("Content-Encoding"))
	require.NotEqual(t, plain.Header.Get("Etag"), zipped.Header.Get("Etag"))
	r, err := gzip.NewReader(zipped.Body)
	require.NoError(t, err)
	unzipped, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, body(t, plain), string(unzipped))
}

func TestLanguage_followsTheSwitchThenTheBrowser(t *testing.T) {
	t.Parallel()
	h := mount(t)
	for _, tt := range []struct{ accept, cookie, want string }{
		{"", "", "zh-CN"},
		{"fr-FR, fr;q=0.9", "", "zh-CN"},
		{"en-GB,en;q=0.9,zh;q=0.8", "", "en"},
		{"fr, EN;q=0.5", "", "en"},
		{"zh-TW, en", "", "zh-CN"},
		{"en", "zh", "zh-CN"},
		{"zh", "en", "en"},
		{"en", "xx", "en"},
	} {
		header := []string{"Accept-Language", tt.accept}
		if tt.cookie != "" {
			header = append(header, "Cookie", "zhiqing_lang="+tt.cookie)
		}
		require.Contains(t, body(t, get(t, h, "/calculator", header...)), `<html lang="`+tt.want+`"`, "%+v", tt)
	}
}

func TestLanguageSwitch_isRememberedAndLeadsBackToThePage(t *testing.T) {
	t.Parallel()
	res := get(t, mount(t), "/calculator?lang=en")
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	require.Equal(t, "/calculator", res.Header.Get("Location"))
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	require.Len(t, res.Cookies(), 1)
	c := res.Cookies()[0]
	require.Equal(t, "en", c.Value)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.Positive(t, c.MaxAge)
	require.Equal(t, http.StatusOK, get(t, mount(t), "/calculator?lang=fr").StatusCode, "an unknown language changes nothing")
}

var reference = regexp.MustCompile(`(?:src|href)="(/[^"]*)"`)

func TestEveryReference_leadsSomewhere(t *testing.T) {
	t.Parallel()
	h := mount(t)
	for _, path := range paths {
		for _, m := range reference.FindAllStringSubmatch(body(t, get(t, h, path)), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if strings.HasPrefix(target, "/openapi/") {
				require.Regexp(t, `^/openapi/(intake|deadline|fee|litigation|staffing)\.yaml$`, target)
				continue
			}
			res := get(t, h, target)
			require.Equal(t, http.StatusOK, res.StatusCode, "%s refers to %s", path, target)
			if strings.HasPrefix(target, "/assets/") {
				require.Equal(t, "public, max-age=31536000, immutable", res.Header.Get("Cache-Control"))
				require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
			}
		}
	}
}

func TestAssetOfAnotherVersion_isServedButNotKept(t *testing.T) {
	t.Parallel()
	h := mount(t)
	res := get(t, h, "/assets/older/css/base.css")
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", res.Header.Get("Content-Type"))
	require.Equal(t, http.StatusNotFound, get(t, h, "/assets/older/css/none.css").StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, h, "/assets/older/../pages.go").StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, h, "/assets/older/").StatusCode)
}
