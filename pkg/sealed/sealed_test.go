package sealed_test

import (
	"bytes"
	"encoding/json"
	"io"
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

func TestStream_comesBackOnlyAsItWasSealed(t *testing.T) {
	t.Parallel()
	m, err := secret.FromBase64(key)
	require.NoError(t, err)
	for _, with := range []sealed.Algorithm{sealed.AES256GCM, sealed.SM4GCM} {
		r := sealed.NewRing(sealed.Derived{Master: m}, m, with)
		for _, size := range []int{0, 1, 41, 42, 43, 16 << 10, 16<<10 + 1, 100_000} {
			plain := bytes.Repeat([]byte("身份证复印件"), size/18+1)[:size]
			sealing, err := r.SealStream(t.Context(), "demo", r.Salt("demo", "digest"), bytes.NewReader(plain))
			require.NoError(t, err)
			stored, err := io.ReadAll(sealing)
			require.NoError(t, err)
			require.NotContains(t, string(stored), "身份证")
			open := func(office string, b []byte) ([]byte, error) {
				opening, err := r.OpenStream(t.Context(), office, bytes.NewReader(b))
				require.NoError(t, err)
				return io.ReadAll(opening)
			}
			got, err := open("demo", stored)
			require.NoError(t, err)
			require.True(t, bytes.Equal(plain, got), "%d bytes", size)
			_, err = open("other", stored)
			require.ErrorIs(t, err, sealed.ErrKey)
			_, err = open("demo", stored[:len(stored)-1])
			require.ErrorIs(t, err, sealed.ErrKey, "cut off")
			for _, at := range []int{12, 41, 42, len(stored) - 1} {
				changed := bytes.Clone(stored)
				changed[at] ^= 1
				_, err = open("demo", changed)
				require.ErrorIs(t, err, sealed.ErrKey, "byte %d of %d", at, size)
			}
		}
		for _, before := range []string{"", "a", "%PDF-1.7 from before there was a key, long enough to have a head"} {
			opening, err := r.OpenStream(t.Context(), "demo", strings.NewReader(before))
			require.NoError(t, err)
			got, err := io.ReadAll(opening)
			require.NoError(t, err)
			require.Equal(t, before, string(got))
		}
	}
}

func FuzzStream_Open(f *testing.F) {
	m, err := secret.FromBase64(key)
	require.NoError(f, err)
	r := sealed.NewRing(sealed.Derived{Master: m}, m, "")
	for _, s := range []string{"", "zqb1.", "zqb1.a\x00\x00\x00\x01" + strings.Repeat("x", 60), "zqb1.s\xff\xff\xff\xff" + strings.Repeat("x", 60)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		opening, err := r.OpenStream(t.Context(), "demo", bytes.NewReader(b))
		if err != nil {
			return
		}
		got, err := io.ReadAll(opening)
		if err == nil && !bytes.HasPrefix(b, []byte("zqb1.")) {
			require.True(t, bytes.Equal(b, got))
		}
	})
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
