package secret_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/secret"
)

const keyText = "emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U="

func key(t *testing.T) secret.Master {
	t.Helper()
	m, err := secret.FromBase64(keyText)
	require.NoError(t, err)
	return m
}

func TestFromBase64(t *testing.T) {
	t.Parallel()
	for _, s := range []string{keyText, strings.TrimRight(keyText, "="), " " + keyText + "\n"} {
		m, err := secret.FromBase64(s)
		require.NoError(t, err)
		require.Equal(t, key(t), m)
	}
	for _, s := range []string{"", "abc", keyText[:40], keyText + keyText, base64.StdEncoding.EncodeToString(make([]byte, 32))} {
		_, err := secret.FromBase64(s)
		require.ErrorIs(t, err, secret.ErrBadKey, s)
	}
}

func TestLoadOrCreate_makesOneKeyForAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "key")
	keys := make([]secret.Master, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			m, err := secret.LoadOrCreate(path)
			if err == nil {
				keys[i] = m
			}
		})
	}
	wg.Wait()
	for _, m := range keys {
		require.True(t, m.Valid())
		require.Equal(t, keys[0], m)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "no half-written key stays")
}

func TestLoad_refusesWhatOthersMayRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(keyText), 0o600))
	m, err := secret.Load(path)
	require.NoError(t, err)
	require.Equal(t, key(t), m)
	require.NoError(t, os.Chmod(path, 0o640)) //nolint:gosec // that is what is tested
	_, err = secret.LoadOrCreate(path)
	require.ErrorContains(t, err, "chmod 600")
	_, err = secret.Load(path + "-missing")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, os.WriteFile(path, []byte("not a key"), 0o600))
	_, err = secret.LoadOrCreate(path)
	require.ErrorIs(t, err, secret.ErrBadKey)
}

func TestMaster_isNeverPrinted(t *testing.T) {
	t.Parallel()
	m := key(t)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", m, "in", struct{ K secret.Master }{m})
	for _, s := range []string{fmt.Sprint(m), fmt.Sprintf("%+v %#v %x", m, m, m), log.String()} {
		require.NotContains(t, s, "zhiqing-test")
		require.NotContains(t, s, fmt.Sprintf("%x", "zhiqing-test"))
		require.NotContains(t, s, keyText[:20])
	}
}

func TestDerive_differsByPurpose(t *testing.T) {
	t.Parallel()
	m := key(t)
	require.Equal(t, m.Derive("a"), m.Derive("a"))
	require.NotEqual(t, m.Derive("a"), m.Derive("b"))
	require.Equal(t, m.Digest("id", "310118"), m.Digest("id", "310118"))
	require.NotEqual(t, m.Digest("id", "310118"), m.Digest("other", "310118"))
	require.Regexp(t, `^[a-z2-7]{52}$`, m.Digest("id", "310118"))
}

func TestQueryCode(t *testing.T) {
	t.Parallel()
	m := key(t)
	code := m.QueryCode("R-1", 1)
	require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}$`, code)
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.ReplaceAll(code, "-", " "), strings.NewReplacer("0", "o", "1", "l").Replace(code)} {
		require.True(t, m.CheckQueryCode("R-1", 1, typed), typed)
	}
	for _, typed := range []string{"", code[:23], code + "0", m.QueryCode("R-1", 2), m.QueryCode("R-2", 1), m.SetupCode()} {
		require.False(t, m.CheckQueryCode("R-1", 1, typed), typed)
	}
	require.True(t, m.CheckSetupCode(m.SetupCode()))
	require.False(t, m.CheckSetupCode(""))
}
