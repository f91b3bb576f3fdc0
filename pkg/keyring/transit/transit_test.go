package transit_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/keyring"
	"zhiqing.dev/pkg/keyring/transit"
)

// server answers as the Transit engine does: a named key that stays inside, and a policy
// that lets one token use it. The real one is no package that CI could install; deploy/kms
// says how to try against it.
func server(t *testing.T, mount, key, token string) *httptest.Server {
	t.Helper()
	var secret [32]byte
	_, err := rand.Read(secret[:])
	require.NoError(t, err)
	block, err := aes.NewCipher(secret[:])
	require.NoError(t, err)
	aead, err := cipher.NewGCM(block)
	require.NoError(t, err)
	refuse := func(w http.ResponseWriter, status int, why string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{why}})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/{mount}/{operation}/{key}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vault-Token") != token || r.PathValue("mount") != mount || r.PathValue("key") != key {
			refuse(w, http.StatusForbidden, "permission denied")
			return
		}
		var in struct {
			Plaintext  []byte `json:"plaintext"`
			Ciphertext string `json:"ciphertext"`
			Associated []byte `json:"associated_data"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		data := map[string]any{}
		switch r.PathValue("operation") {
		case "encrypt":
			nonce := make([]byte, aead.NonceSize())
			_, _ = rand.Read(nonce)
			data["ciphertext"] = "vault:v1:" + base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, in.Plaintext, in.Associated))
		case "decrypt":
			box, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Ciphertext, "vault:v1:"))
			if err != nil || len(box) < aead.NonceSize() {
				refuse(w, http.StatusBadRequest, "invalid ciphertext")
				return
			}
			plain, err := aead.Open(nil, box[:aead.NonceSize()], box[aead.NonceSize():], in.Associated)
			if err != nil {
				refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
				return
			}
			data["plaintext"] = base64.StdEncoding.EncodeToString(plain)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func wrapper(t *testing.T, o transit.Options) *transit.Wrapper {
	t.Helper()
	w, err := transit.New(o)
	require.NoError(t, err)
	return w
}

func TestWrapper_wrapsForOnePlace(t *testing.T) {
	t.Parallel()
	s := server(t, "kms", "zhiqing", "right")
	w := wrapper(t, transit.Options{Mount: "kms", Key: "zhiqing", Addr: s.URL, Token: "right"})
	require.Equal(t, "transit:kms/zhiqing", w.Name())
	root := [keyring.RootSize]byte{1, 2, 3}
	wrapped, err := w.Wrap(t.Context(), "intake/2", root)
	require.NoError(t, err)
	got, err := w.Unwrap(t.Context(), "intake/2", wrapped)
	require.NoError(t, err)
	require.Equal(t, root, got)
	_, err = w.Unwrap(t.Context(), "fee/2", wrapped)
	require.ErrorIs(t, err, keyring.ErrUnwrap, "another place")
	_, err = w.Unwrap(t.Context(), "intake/2", "vault:v1:AAAA")
	require.ErrorIs(t, err, keyring.ErrUnwrap)
}

func TestWrapper_saysWhoWasNotLetIn(t *testing.T) {
	t.Parallel()
	s := server(t, "transit", "zhiqing", "right")
	w := wrapper(t, transit.Options{Key: "zhiqing", Addr: s.URL, Token: "a-wrong-token"})
	_, err := w.Wrap(t.Context(), "intake/2", [keyring.RootSize]byte{})
	require.ErrorContains(t, err, "permission denied")
	require.NotErrorIs(t, err, keyring.ErrUnwrap)
	require.NotContains(t, err.Error(), "a-wrong-token")
	s.Close()
	_, err = w.Unwrap(t.Context(), "intake/2", "vault:v1:AAAA")
	require.Error(t, err)
	require.NotErrorIs(t, err, keyring.ErrUnwrap, "away is not wrong")
}

// The file of an agent is read for every call.
func TestWrapper_takesTheTokenOfNow(t *testing.T) {
	t.Parallel()
	s := server(t, "transit", "zhiqing", "second")
	file := filepath.Join(t.TempDir(), "token")
	w := wrapper(t, transit.Options{Key: "zhiqing", Addr: s.URL, TokenFile: file})
	_, err := w.Wrap(t.Context(), "p", [keyring.RootSize]byte{})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(file, []byte("first\n"), 0o600))
	_, err = w.Wrap(t.Context(), "p", [keyring.RootSize]byte{})
	require.ErrorContains(t, err, "permission denied")
	require.NoError(t, os.WriteFile(file, []byte("second\n"), 0o600))
	_, err = w.Wrap(t.Context(), "p", [keyring.RootSize]byte{})
	require.NoError(t, err)
}

func TestNew_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, o := range []transit.Options{
		{Key: "k", Token: "t"},
		{Key: "k", Token: "t", Addr: "kms:8200"},
		{Key: "k", Token: "t", Addr: "ftp://kms"},
		{Key: "k", Addr: "https://kms:8200"},
		{Key: "k", Token: "t", Addr: "https://kms:8200", CACert: "missing.pem"},
	} {
		_, err := transit.New(o)
		require.Error(t, err, o)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"transit:zhiqing", "transit:kms/zhiqing", "transit:", "transit:a/b/c", "transit:../sys/seal", "vault:x", "transit:a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mount, key, err := transit.Parse(s)
		if err != nil {
			return
		}
		require.NotContains(t, mount+key, "/")
		require.NotContains(t, mount+key, ".")
		again, k, err := transit.Parse("transit:" + mount + "/" + key)
		require.NoError(t, err)
		require.Equal(t, mount, again)
		require.Equal(t, key, k)
	})
}
