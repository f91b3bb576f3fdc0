package httpkit_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/httpkit"
)

func TestParseOrigins(t *testing.T) {
	t.Parallel()
	got, err := httpkit.ParseOrigins(" https://portal.example, http://10.0.0.5:8080 ,")
	require.NoError(t, err)
	require.Equal(t, []string{"https://portal.example", "http://10.0.0.5:8080"}, got)
	for _, bad := range []string{"*", "https://*.example", "https://portal.example/", "portal.example", "null", "file:///x", "https://a.example?x"} {
		_, err := httpkit.ParseOrigins(bad)
		require.Error(t, err, bad)
	}
}

// Pages of other origins may call the interface only where the installation names them,
// and never with what a browser adds by itself.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	ask := func(e *edge, method, origin string) http.Header {
		req := httptest.NewRequestWithContext(t.Context(), method, "/v1/cases", nil)
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", http.MethodGet)
		req.Header.Set("Access-Control-Request-Headers", "authorization")
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, req)
		return rec.Header()
	}
	const portal = "https://portal.example"
	closed := newEdge(t)
	open := newEdge(t, func(o *httpkit.Options) { o.Origins = []string{portal} })
	for _, method := range []string{http.MethodOptions, http.MethodGet} {
		require.Empty(t, ask(closed, method, portal).Get("Access-Control-Allow-Origin"), "nobody unless told")
		require.Equal(t, portal, ask(open, method, portal).Get("Access-Control-Allow-Origin"))
		require.Empty(t, ask(open, method, portal).Get("Access-Control-Allow-Credentials"))
		for _, other := range []string{"https://portal.example.evil", "https://evil.example", "http://portal.example", "null"} {
			require.Empty(t, ask(open, method, other).Get("Access-Control-Allow-Origin"), other)
		}
	}
	require.Contains(t, ask(open, http.MethodOptions, portal).Get("Access-Control-Allow-Headers"), "Authorization")
}
