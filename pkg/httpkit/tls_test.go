package httpkit_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/httpkit"
)

// certify writes a certificate of its own with this serial number.
func certify(t *testing.T, c httpkit.Certificate, serial int64, written time.Time) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		c.CertFile: {Type: "CERTIFICATE", Bytes: der}, c.KeyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		require.NoError(t, os.WriteFile(name, pem.EncodeToMemory(block), 0o600))
		require.NoError(t, os.Chtimes(name, written, written))
	}
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert
}

// A server with a certificate answers over TLS only, takes a renewed certificate
// without a restart, and keeps the one in use when the files are broken.
func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := httpkit.Certificate{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}
	_, err := files.Config()
	require.Error(t, err, "a server without its certificate does not start")
	written := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	certify(t, files, 1, written)
	config, err := files.Config()
	require.NoError(t, err)
	addr, _ := serve(t, newEdge(t).Echo, func(s *http.Server) { s.TLSConfig = config })
	call := func(versions uint16) (*http.Response, error) {
		client := &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true, MaxVersion: versions}, //nolint:gosec // its own certificate; an old version is what is tried
		}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+addr+"/livez", nil)
		require.NoError(t, err)
		res, err := client.Do(req)
		if err == nil {
			require.NoError(t, res.Body.Close())
		}
		return res, err
	}
	serial := func() int64 {
		res, err := call(0)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.NotEmpty(t, res.Header.Get("Strict-Transport-Security"))
		return res.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	require.Equal(t, int64(1), serial())
	certify(t, files, 2, written.Add(time.Hour))
	require.Equal(t, int64(2), serial())
	require.NoError(t, os.WriteFile(files.CertFile, []byte("half a file"), 0o600))
	require.Equal(t, int64(2), serial())
	_, err = call(tls.VersionTLS11)
	require.Error(t, err, "an old version is refused")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/livez", nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusBadRequest, res.StatusCode)
	}
	require.Error(t, httpkit.Certificate{CertFile: "x"}.Check())
	require.NoError(t, files.Check())
}
