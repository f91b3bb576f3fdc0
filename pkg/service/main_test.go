package service_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/service"
)

var update = flag.Bool("update", false, "write the golden help anew")

var errNoServer = errors.New("no server here")

const key = "emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U="

// run starts the program with a storage engine that is never there, and returns
// what it was asked to open.
func run(env []string, args ...string) (status int, stdout, stderr, opened string) {
	var out, complaints bytes.Buffer
	engines := service.Engines{Mongo: func(_ context.Context, uri, database string) (docstore.Store, error) {
		opened = uri + " " + database
		return nil, errNoServer
	}}
	constructor := func(context.Context, service.Deps) (*service.Service, error) { return &service.Service{}, nil }
	status = service.Main("fee", constructor, engines, args, env, &out, &complaints)
	return status, out.String(), complaints.String(), opened
}

func TestMain_help(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"--help", "-h"} {
		status, stdout, stderr, _ := run(nil, arg)
		require.Zero(t, status)
		require.Empty(t, stderr)
		file := filepath.Join("testdata", "help.txt")
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(stdout), 0o600))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), stdout)
	}
}

func TestMain_refusesWhatItCannotFollow(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"flag":           {nil, []string{"--lisen", "x"}, "lisen"},
		"command":        {nil, []string{"sreve"}, "unknown command"},
		"rest":           {nil, []string{"serve", "now"}, "unknown command"},
		"dead letters":   {[]string{"ZHIQING_KEY=" + key}, []string{"restate", "all"}, "unknown command"},
		"number":         {nil, []string{"--rate-limit", "many"}, "--rate-limit"},
		"negative":       {[]string{"ZHIQING_RATE_LIMIT=-1"}, nil, "ZHIQING_RATE_LIMIT"},
		"bytes":          {[]string{"ZHIQING_BODY_LIMIT=3"}, nil, "ZHIQING_BODY_LIMIT"},
		"time":           {nil, []string{"--drain-delay=5"}, "--drain-delay"},
		"network":        {nil, []string{"--trusted-proxies", "10.0.0.1"}, "10.0.0.1"},
		"log level":      {[]string{"ZHIQING_LOG_LEVEL=loud"}, nil, "loud"},
		"secret by flag": {nil, []string{"--key", key}, "key"},
	} {
		status, stdout, stderr, opened := run(tc.env, tc.args...)
		require.Equal(t, 2, status, name)
		require.Contains(t, stderr, tc.want, name)
		require.Empty(t, stdout+opened, name)
	}
}

func TestMain_needsTheMasterKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte(key), 0o600))
	for want, env := range map[string][]string{
		"no master key": nil,
		"not both":      {"ZHIQING_KEY=" + key, "ZHIQING_KEY_FILE=" + file},
		"32 bytes":      {"ZHIQING_KEY=c2hvcnQ="},
		"no such file":  {"ZHIQING_KEY_FILE=" + file + "-missing"},
	} {
		status, _, stderr, opened := run(env, "restate")
		require.Equal(t, 1, status)
		require.Contains(t, stderr, want)
		require.NotContains(t, stderr, key)
		require.Empty(t, opened)
	}
	status, _, stderr, opened := run([]string{"ZHIQING_KEY_FILE=" + file}, "restate")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, errNoServer.Error())
	require.Equal(t, "mongodb://127.0.0.1:27017 zhiqing_fee", opened)
}

func TestMain_flagWinsOverEnvironment(t *testing.T) {
	t.Parallel()
	env := []string{"ZHIQING_KEY=" + key, "MONGODB_URI=mongodb://other", "MONGODB_URI=mongodb://env", "ZHIQING_LOG_LEVEL=loud"}
	_, _, _, opened := run(env, "--log-level", "error", "restate")
	require.Equal(t, "mongodb://env zhiqing_fee", opened)
	_, _, _, opened = run(env, "--log-level", "error", "--mongodb-uri=mongodb://flag", "dead-letters")
	require.Equal(t, "mongodb://flag zhiqing_fee", opened)
}
