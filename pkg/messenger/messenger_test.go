package messenger_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/messenger"
	"zhiqing.dev/pkg/wallclock"
)

const secret = "a-secret-of-sixteen-and-more"

func TestWebhook_isSignedAndTellsNoSecrets(t *testing.T) {
	t.Parallel()
	var got messenger.Message
	status := http.StatusAccepted
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || messenger.Sign([]byte(secret), r.Header.Get(messenger.TimestampHeader), body) != r.Header.Get(messenger.SignatureHeader) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if json.Unmarshal(body, &got) != nil {
			status = http.StatusBadRequest
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	defer gateway.Close()
	w, err := messenger.NewWebhook(gateway.URL+"/sms", secret, wallclock.System{})
	require.NoError(t, err)
	m := messenger.Message{ID: "1", Office: "xujing", Channel: messenger.SMS, To: "13912345678", Text: "验证码 123456"}
	require.NoError(t, w.Send(t.Context(), m))
	require.Equal(t, m, got)

	for _, status = range []int{http.StatusFound, http.StatusInternalServerError} {
		err = w.Send(t.Context(), m)
		require.ErrorIs(t, err, messenger.ErrRefused)
		require.NotContains(t, err.Error(), "123456")
		require.NotContains(t, err.Error(), "139")
	}
	wrong, err := messenger.NewWebhook(gateway.URL, secret+"!", wallclock.System{})
	require.NoError(t, err)
	require.ErrorIs(t, wrong.Send(t.Context(), m), messenger.ErrRefused)
	gateway.Close()
	err = w.Send(t.Context(), m)
	require.ErrorIs(t, err, messenger.ErrRefused)
	require.NotContains(t, err.Error(), secret)
}

func TestNewWebhook_refuses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "sms", "ftp://gateway", "https://user:pass@gateway/", "://"} {
		_, err := messenger.NewWebhook(address, secret, wallclock.System{})
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), "pass@")
	}
	_, err := messenger.NewWebhook("https://gateway/", "short", wallclock.System{})
	require.Error(t, err)
}
