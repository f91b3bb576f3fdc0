package contract_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"zhiqing.dev/pkg/civil"
)

// field is what a reader relies on at one place of the facts.
type field struct {
	Type     string   `json:"type"` // string, date, integer, boolean, array, object
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

// schemaNode is the part of JSON Schema that the event schemas use.
type schemaNode struct {
	Ref        string                 `json:"$ref"`
	ID         string                 `json:"$id"`
	Dialect    string                 `json:"$schema"`
	Type       any                    `json:"type"`
	Format     string                 `json:"format"`
	Enum       []string               `json:"enum"`
	Required   []string               `json:"required"`
	Properties map[string]*schemaNode `json:"properties"`
	Items      *schemaNode            `json:"items"`
	Defs       map[string]*schemaNode `json:"$defs"`
	EventTypes []string               `json:"x-event-types"`
	Examples   []json.RawMessage      `json:"examples"`
	Additional *bool                  `json:"additionalProperties"`
}

// fields lists every place of the schema by its path, for example
// "clock.consultations[].sent_on".
func (n *schemaNode) fields() (map[string]field, error) {
	out := map[string]field{}
	err := n.walk(n, "", false, out)
	delete(out, "")
	return out, err
}

func (n *schemaNode) walk(root *schemaNode, path string, required bool, out map[string]field) error {
	for n.Ref != "" {
		def, ok := root.Defs[strings.TrimPrefix(n.Ref, "#/$defs/")]
		if !ok {
			return fmt.Errorf("%s: no definition %s", path, n.Ref)
		}
		n = def
	}
	typ, err := n.typeName()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	out[path] = field{Type: typ, Required: required, Enum: n.Enum}
	for name, p := range n.Properties {
		if err := p.walk(root, strings.TrimPrefix(path+"."+name, "."), slices.Contains(n.Required, name), out); err != nil {
			return err
		}
	}
	for _, name := range n.Required {
		if n.Properties[name] == nil {
			return fmt.Errorf("%s: %s is required and not described", path, name)
		}
	}
	if n.Items != nil {
		return n.Items.walk(root, path+"[]", false, out)
	}
	return nil
}

func (n *schemaNode) typeName() (string, error) {
	switch t := n.Type.(type) {
	case string:
		if t == "string" && n.Format == "date" {
			return "date", nil
		}
		return t, nil
	case []any: // [t, null]: an empty Go slice is written as null
		if len(t) == 2 && t[1] == "null" {
			return fmt.Sprint(t[0]), nil
		}
	}
	return "", fmt.Errorf("type %v", n.Type)
}

var (
	instantType = reflect.TypeFor[time.Time]()
	dateType    = reflect.TypeFor[civil.Date]()
	textType    = reflect.TypeFor[encoding.TextMarshaler]()
)

// goFields lists the places of a Go type as encoding/json writes it.
func goFields(t reflect.Type, path string, required bool, out map[string]field) error {
	if t.Kind() == reflect.Pointer {
		return goFields(t.Elem(), path, required, out)
	}
	f := field{Required: required}
	switch {
	case t == dateType:
		f.Type = "date"
	case t.Implements(textType), t.Kind() == reflect.String:
		f.Type = "string"
	case t.Kind() == reflect.Bool:
		f.Type = "boolean"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		f.Type = "integer"
	case t.Kind() == reflect.Slice:
		f.Type = "array"
		if err := goFields(t.Elem(), path+"[]", false, out); err != nil {
			return err
		}
	case t.Kind() == reflect.Struct:
		f.Type = "object"
		for i := range t.NumField() {
			sf := t.Field(i)
			name, opts, _ := strings.Cut(sf.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				return fmt.Errorf("%s.%s has no JSON name", t, sf.Name)
			}
			if err := goFields(sf.Type, strings.TrimPrefix(path+"."+name, "."), !strings.Contains(opts, "omit"), out); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("%s: a %s has no place in facts", path, t)
	}
	if path != "" {
		out[path] = f
	}
	return nil
}

// fill sets every place of a value to something that is not empty. Texts with a
// closed list of values take the first.
func fill(v reflect.Value, path string, known map[string]field) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path, known)
	case v.Type() == dateType:
		v.SetInt(int64(civil.MustParse("2026-11-23")))
	case v.Type() == instantType:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)))
	case v.Kind() == reflect.String:
		v.SetString("x")
		if e := known[path].Enum; len(e) > 0 {
			v.SetString(e[0])
		}
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), path+"[]", known)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fill(v.Field(i), strings.TrimPrefix(path+"."+name, "."), known)
		}
	}
}
