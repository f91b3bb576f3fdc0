package httpkit_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/httpkit"
)

func TestCutOff_aFileThatFailedIsNotWhole(t *testing.T) {
	t.Parallel()
	e := httpkit.New(httpkit.Options{Name: "test"})
	for path, fails := range map[string]bool{"/whole": false, "/failed": true} {
		e.GET(path, func(c echo.Context) error {
			c.Response().WriteHeader(http.StatusOK)
			for range 1000 {
				if _, err := io.WriteString(c.Response(), "一行\n"); err != nil {
					return err
				}
			}
			if !fails {
				return nil
			}
			httpkit.CutOff(c)
			return errors.New("the store went away")
		})
	}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	read := func(path string) error {
		res, err := http.Get(srv.URL + path)
		if err != nil {
			return err
		}
		_, err = io.ReadAll(res.Body)
		return errors.Join(err, res.Body.Close())
	}
	require.NoError(t, read("/whole"))
	require.Error(t, read("/failed"))
}
