package sealed_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/sealed"
	"zhiqing.dev/pkg/secret"
)

type person struct {
	Name   string            `json:"name" seal:"personal"`
	Kind   string            `json:"kind"`
	Phones []string          `json:"phones,omitempty" seal:"personal"`
	Notes  map[string]string `json:"notes,omitempty" seal:"personal"`
	Next   *person           `json:"next,omitempty"`
}

type file struct {
	Office  string            `json:"office"`
	People  []person          `json:"people"`
	ByRole  map[string]person `json:"by_role,omitempty"`
	Pages   int               `json:"pages"`
	Nothing *string           `json:"nothing"`
}

func fields(t testing.TB, key string, with sealed.Algorithm) *sealed.Fields {
	t.Helper()
	m, err := secret.FromBase64(key)
	require.NoError(t, err)
	return sealed.Of(sealed.NewRing(sealed.Derived{Master: m}, m, with), sealed.PlanOf(reflect.TypeFor[file]()), "files")
}

const (
	key   = "emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2U="
	other = "emhpcWluZy10ZXN0LWtleS16aGlxaW5nLXRlc3Qta2Y="
)

func sample() file {
	return file{
		Office: "demo", Pages: -3,
		People: []person{{
			Name: "李\"秀英\\", Kind: "natural", Phones: []string{"13800000001", ""},
			Next: &person{Name: "<王>"}, Notes: map[string]string{"a\"b": "青溪镇"},
		}},
		ByRole: map[string]person{"agent": {Name: "赵敏", Kind: "x"}},
	}
}

func TestFields_comeBackAndTellNothing(t *testing.T) {
	t.Parallel()
	for _, with := range []sealed.Algorithm{sealed.AES256GCM, sealed.SM4GCM} {
		f := fields(t, key, with)
		plain, err := json.MarshalIndent(sample(), "", "  ")
		require.NoError(t, err)
		stored, err := f.Seal(t.Context(), "1", plain)
		require.NoError(t, err)
		for _, word := range []string{"秀英", "王", "13800000001", "青溪镇", "赵敏"} {
			require.NotContains(t, string(stored), word)
		}
		require.Contains(t, string(stored), "natural")
		opened, err := f.Open(t.Context(), "1", stored)
		require.NoError(t, err)
		require.JSONEq(t, string(plain), string(opened))
		// What is plain, from before, is read as it is.
		opened, err = f.Open(t.Context(), "1", plain)
		require.NoError(t, err)
		require.Equal(t, plain, opened)
		// The other algorithm is told from the value.
		opened, err = fields(t, key, sealed.AES256GCM).Open(t.Context(), "1", stored)
		require.NoError(t, err)
		require.JSONEq(t, string(plain), string(opened))
	}
}

func TestFields_openNowhereElse(t *testing.T) {
	t.Parallel()
	f := fields(t, key, "")
	plain, err := json.Marshal(sample())
	require.NoError(t, err)
	stored, err := f.Seal(t.Context(), "1", plain)
	require.NoError(t, err)
	for name, try := range map[string]func() error{
		"another document": func() error { _, err := f.Open(t.Context(), "2", stored); return err },
		"another office": func() error {
			_, err := f.Open(t.Context(), "1", []byte(strings.Replace(string(stored), `"demo"`, `"other"`, 1)))
			return err
		},
		"another field": func() error {
			_, err := f.Open(t.Context(), "1", []byte(strings.Replace(string(stored), `"phones":[`, `"notes":[`, 1)))
			return err
		},
		"another key": func() error { _, err := fields(t, other, "").Open(t.Context(), "1", stored); return err },
	} {
		require.ErrorIs(t, try(), sealed.ErrKey, name)
	}
}

func TestPlanOf_nothingSealed(t *testing.T) {
	t.Parallel()
	require.Nil(t, sealed.PlanOf(reflect.TypeFor[struct{ A []string }]()))
}

func FuzzFields_Open(f *testing.F) {
	fs := fields(f, key, "")
	for _, s := range []string{
		"", "zq1.", "zq1.a1.", "zq1.a1.AAAA", "zq1.s1." + strings.Repeat("A", 60), "zq1.a9." + strings.Repeat("A", 60),
		"zq1.a01." + strings.Repeat("A", 60), "zq1.x1." + strings.Repeat("A", 60), "张伟",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		body, err := json.Marshal(file{Office: "demo", People: []person{{Name: s}}})
		require.NoError(t, err)
		stored, err := fs.Seal(t.Context(), "1", body)
		require.NoError(t, err)
		opened, err := fs.Open(t.Context(), "1", stored)
		require.NoError(t, err)
		require.JSONEq(t, string(body), string(opened))
		if _, err := fs.Open(t.Context(), "1", body); err != nil { // never a panic; only text of this very form is refused
			require.True(t, strings.HasPrefix(s, "zq1."), s)
		}
	})
}
