package mongostore

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func TestBody_kinds(t *testing.T) {
	t.Parallel()
	raw, err := toBSON([]byte(`{"i":1,"min":-9223372036854775808,"f":1.5,"big":18446744073709551615,"whole":1.0,"zero":-0,
		"s":"字","n":null,"b":true,"a":[1,{"$date":"x"}],"o":{}}`))
	require.NoError(t, err)
	for name, want := range map[string]bson.Type{
		"i": bson.TypeInt64, "min": bson.TypeInt64, "f": bson.TypeDouble, "big": bson.TypeDecimal128, "whole": bson.TypeDecimal128,
		"zero": bson.TypeDouble, "s": bson.TypeString, "n": bson.TypeNull, "b": bson.TypeBoolean, "a": bson.TypeArray, "o": bson.TypeEmbeddedDocument,
	} {
		require.Equal(t, want, raw.Lookup(name).Type, name)
	}
	require.NoError(t, raw.Validate(), "the server would take it")
}

func TestBody_refused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `1`, `[]`, `"x"`, `null`, `{`, `{"a":1`, `{"a":1}{}`, `{"a":1} x`, `{"a":1e7000}`, `{"a\u0000b":1}`,
		`{"a":0.12345678901234567890123456789012345678901}`, strings.Repeat(`{"a":`, 200) + `1` + strings.Repeat(`}`, 200),
	} {
		_, err := toBSON([]byte(body))
		require.ErrorIs(t, err, errShape, body)
	}
}

// What a person or another program put there is read if JSON can show it.
func TestBody_writtenByOthers(t *testing.T) {
	t.Parallel()
	doc, err := bson.Marshal(bson.D{{Key: "n", Value: int32(7)}})
	require.NoError(t, err)
	text, err := toJSON(doc)
	require.NoError(t, err)
	require.JSONEq(t, `{"n":7}`, string(text))
	for _, v := range []any{bson.NewObjectID(), bson.DateTime(1), math.NaN(), math.Inf(1), bson.Regex{Pattern: "x"}} {
		doc, err := bson.Marshal(bson.D{{Key: "v", Value: v}})
		require.NoError(t, err)
		_, err = toJSON(doc)
		require.ErrorIs(t, err, errShape)
	}
	_, err = toJSON(bson.Raw("\x09\x00\x00\x00\x02a\x00\x00\x00"))
	require.ErrorIs(t, err, errShape)
}

// anyJSON draws a value as encoding/json decodes it.
func anyJSON() *rapid.Generator[any] {
	return rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.String().AsAny(), rapid.Uint64().AsAny(),
			rapid.Float64().AsAny(), rapid.SliceOfN(anyJSON(), 0, 3).AsAny(),
			rapid.MapOfN(rapid.StringMatching(`[$a-z.字]{0,4}`), anyJSON(), 0, 3).AsAny(),
		)
	})
}

// Whatever Go encodes comes back as the very same text.
func TestBody_roundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(map[string]any{"v": anyJSON().Draw(t, "v")})
		require.NoError(t, err)
		raw, err := toBSON(body)
		require.NoError(t, err)
		require.NoError(t, raw.Validate())
		back, err := toJSON(raw)
		require.NoError(t, err)
		require.Equal(t, string(body), string(back))
	})
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,"x",null,{"$date":-0.0}],"b":1e400,"c":12345678901234567890}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		raw, err := toBSON(body)
		if err != nil {
			return
		}
		require.NoError(t, raw.Validate())
		back, err := toJSON(raw)
		require.NoError(t, err)
		var was, is any
		decode := func(text []byte, into *any) {
			d := json.NewDecoder(strings.NewReader(string(text)))
			d.UseNumber()
			require.NoError(t, d.Decode(into))
		}
		decode(body, &was)
		decode(back, &is)
		require.True(t, sameValue(was, is), "%s became %s", body, back)
	})
}

func sameValue(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(a.String(), b.String())
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !sameValue(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k := range a {
			if !sameValue(a[k], b[k]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}
