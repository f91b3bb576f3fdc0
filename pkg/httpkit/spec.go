package httpkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"
	"go.yaml.in/yaml/v3"
)

// ServeSpec serves an OpenAPI document at /openapi/<name>.yaml and .json.
func ServeSpec(e *echo.Echo, name string, text []byte) {
	asJSON := sync.OnceValues(func() ([]byte, error) {
		var v any
		if err := yaml.Unmarshal(text, &v); err != nil {
			return nil, fmt.Errorf("OpenAPI document %s: %w", name, err)
		}
		b, err := json.Marshal(stringKeys(v))
		if err != nil {
			return nil, fmt.Errorf("OpenAPI document %s: %w", name, err)
		}
		return b, nil
	})
	e.GET("/openapi/"+name+".yaml", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", text)
	})
	e.GET("/openapi/"+name+".json", func(c echo.Context) error {
		b, err := asJSON()
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b)
	})
}

// ServeProblems serves the page that explains the problem codes, as text.
func ServeProblems(e *echo.Echo, page []byte) {
	e.GET("/problems", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "text/markdown; charset=utf-8", page)
	})
}

// stringKeys makes the maps of YAML, whose keys may be numbers (status codes), maps
// that JSON can hold.
func stringKeys(v any) any {
	switch v := v.(type) {
	case map[any]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[fmt.Sprint(k)] = stringKeys(e)
		}
		return m
	case map[string]any:
		for k, e := range v {
			v[k] = stringKeys(e)
		}
	case []any:
		for i, e := range v {
			v[i] = stringKeys(e)
		}
	}
	return v
}
