package contract_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"zhiqing.dev/api"
	"zhiqing.dev/pkg/contract"
)

const idRoot = "https://zhiqing.dev/api/events/"

// schemas reads every schema below api/events, by path.
func schemas(t *testing.T) map[string]*schemaNode {
	t.Helper()
	out := map[string]*schemaNode{}
	require.NoError(t, fs.WalkDir(api.Events(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".json" {
			return err
		}
		raw, err := fs.ReadFile(api.Events(), p)
		if err != nil {
			return err
		}
		n := new(schemaNode)
		out[p] = n
		return json.Unmarshal(raw, n)
	}))
	require.NotEmpty(t, out)
	return out
}

// compiled is the schema as a validator that also checks formats.
func compiled(t *testing.T, p string) *jsonschema.Schema {
	t.Helper()
	raw, err := fs.ReadFile(api.Events(), p)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource(idRoot+p, doc))
	s, err := c.Compile(idRoot + p)
	require.NoError(t, err)
	return s
}

func validate(s *jsonschema.Schema, raw []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// dataOf returns an empty value of the facts that a schema describes.
func dataOf(t *testing.T, p string, n *schemaNode) any {
	t.Helper()
	require.NotEmpty(t, n.EventTypes, p)
	v, ok := contract.New(n.EventTypes[0])
	require.True(t, ok, "%s: %s is not registered", p, n.EventTypes[0])
	return v
}

func TestRegistry_isEverySchemaAndEveryConstant(t *testing.T) {
	t.Parallel()
	var declared []string
	for p, n := range schemas(t) {
		require.Equal(t, idRoot+p, n.ID)
		require.Equal(t, "https://json-schema.org/draft/2020-12/schema", n.Dialect, p)
		for _, typ := range n.EventTypes {
			require.Equal(t, p, contract.SchemaPath(typ), typ)
			require.IsType(t, dataOf(t, p, n), mustNew(t, typ), typ)
		}
		declared = append(declared, n.EventTypes...)
	}
	slices.Sort(declared)
	require.Equal(t, declared, contract.EventTypes(), "x-event-types of the schemas and the registry")
	require.Equal(t, constants(t), contract.EventTypes(), "constants of the package and the registry")

	_, ok := contract.New("intake.case.v1.vanished")
	require.False(t, ok)
	require.Empty(t, contract.SchemaPath("intake.case.v1.vanished"))
}

func mustNew(t *testing.T, typ string) any {
	t.Helper()
	v, ok := contract.New(typ)
	require.True(t, ok, typ)
	return v
}

// constants collects the event types that the package's source declares.
func constants(t *testing.T) []string {
	t.Helper()
	eventType := regexp.MustCompile(`^[a-z]+\.[a-z_]+\.v[1-9][0-9]*\.[a-z_]+$`)
	var found []string
	files, err := parser.ParseDir(token.NewFileSet(), ".", func(i fs.FileInfo) bool { //nolint:staticcheck // no build tags here
		return !strings.HasSuffix(i.Name(), "_test.go")
	}, 0)
	require.NoError(t, err)
	ast.Inspect(files["contract"], func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && eventType.MatchString(s) {
				found = append(found, s)
			}
		}
		return true
	})
	slices.Sort(found)
	return found
}

func TestSchema_describesTheGoTypeFieldByField(t *testing.T) {
	t.Parallel()
	for p, n := range schemas(t) {
		described, err := n.fields()
		require.NoError(t, err, p)
		for k, f := range described {
			f.Enum = nil
			described[k] = f
		}
		written := map[string]field{}
		require.NoError(t, goFields(reflect.TypeOf(dataOf(t, p, n)), "", false, written), p)
		require.Equal(t, written, described, p)
		require.Nil(t, n.Additional, "%s: readers must accept fields of newer producers", p)
	}
}

func TestSchema_examplesAreTheGoType(t *testing.T) {
	t.Parallel()
	for p, n := range schemas(t) {
		s := compiled(t, p)
		require.NotEmpty(t, n.Examples, p)
		for i, ex := range n.Examples {
			require.NoError(t, validate(s, ex), "%s example %d", p, i)
			v := dataOf(t, p, n)
			d := json.NewDecoder(bytes.NewReader(ex))
			d.DisallowUnknownFields()
			require.NoError(t, d.Decode(v), "%s example %d", p, i)
			again, err := json.Marshal(v)
			require.NoError(t, err)
			require.JSONEq(t, string(ex), string(again), "%s example %d", p, i)
		}
	}
}

func TestSchema_acceptsTheGoTypeFilledThroughout(t *testing.T) {
	t.Parallel()
	for p, n := range schemas(t) {
		known, err := n.fields()
		require.NoError(t, err, p)
		v := dataOf(t, p, n)
		fill(reflect.ValueOf(v).Elem(), "", known)
		raw, err := json.Marshal(v)
		require.NoError(t, err)
		s := compiled(t, p)
		require.NoError(t, validate(s, raw), p)

		var open map[string]any
		require.NoError(t, json.Unmarshal(raw, &open))
		open["added_by_a_newer_producer"] = map[string]any{"x": 1}
		raw, err = json.Marshal(open)
		require.NoError(t, err)
		require.NoError(t, validate(s, raw), p)
		require.NoError(t, json.Unmarshal(raw, dataOf(t, p, n)), p)
	}
}

func TestSchema_refusesWhatIsNotSo(t *testing.T) {
	t.Parallel()
	s := compiled(t, "intake/v1/case.json")
	const good = `{"office":"demo","case_id":"c","status":"submitted","applicant_kind":"commercial","channel":"fax","items":1,"clock":{"received_on":"2026-01-05"}}`
	require.NoError(t, validate(s, []byte(good)))
	for _, bad := range [][2]string{
		{`"office":"demo",`, ``},
		{`"submitted"`, `"lost"`},
		{`"2026-01-05"`, `"2026-02-30"`},
		{`"2026-01-05"`, `null`},
		{`"items":1`, `"items":1.5`},
		{`"items":1`, `"items":"1"`},
	} {
		require.Error(t, validate(s, []byte(strings.Replace(good, bad[0], bad[1], 1))), bad)
	}
}
