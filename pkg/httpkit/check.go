package httpkit

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
)

// faults collects what is wrong, up to a number that a person would read.
type faults struct{ list []problem.Field }

const maxFaults = 50

func (f *faults) add(pointer, code, zh, en string) {
	if len(f.list) < maxFaults {
		f.list = append(f.list, problem.At(pointer, code, zh, en))
	}
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
	civilDate       = reflect.TypeFor[civil.Date]()
	jsonNumber      = reflect.TypeFor[json.Number]()
)

// check compares a value with the Go type that shall hold it. A null is as good as
// a member that is not there.
func check(n node, t reflect.Type, at string, f *faults) {
	if n.kind == isNull && at != "" {
		return
	}
	for t.Kind() == reflect.Pointer && !t.Implements(jsonUnmarshaler) {
		t = t.Elem()
	}
	switch {
	case t == rawMessage:
		return
	case t == civilDate:
		checkDate(n, at, f)
	case reflect.PointerTo(t).Implements(jsonUnmarshaler), reflect.PointerTo(t).Implements(textUnmarshaler):
		checkOwn(n, t, at, f)
	default:
		checkKind(n, t, at, f)
	}
}

func checkKind(n node, t reflect.Type, at string, f *faults) {
	switch t.Kind() { //nolint:exhaustive // what JSON cannot be decoded into is refused by encoding/json
	case reflect.Struct:
		if want(n, isObject, at, f) {
			checkObject(n, t, at, f)
		}
	case reflect.Map:
		if want(n, isObject, at, f) {
			for _, m := range n.members {
				check(m.value, t.Elem(), below(at, m.name), f)
			}
		}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			want(n, isString, at, f)
			return
		}
		if want(n, isArray, at, f) {
			for i, v := range n.items {
				check(v, t.Elem(), item(at, i), f)
			}
		}
	case reflect.String:
		if t == jsonNumber {
			want(n, isNumber, at, f)
			return
		}
		want(n, isString, at, f)
	case reflect.Bool:
		want(n, isBool, at, f)
	case reflect.Float32, reflect.Float64:
		want(n, isNumber, at, f)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if want(n, isNumber, at, f) {
			checkInteger(n, t, at, f)
		}
	}
}

func want(n node, k kindOf, at string, f *faults) bool {
	if n.kind == k {
		return true
	}
	expected, got := k.name(), n.kind.name()
	f.add(at, "wrong_type",
		fmt.Sprintf("应为%s，收到的是%s。", expected.ZH, got.ZH), fmt.Sprintf("This must be %s, not %s.", expected.EN, got.EN))
	return false
}

func checkInteger(n node, t reflect.Type, at string, f *faults) {
	var err error
	if t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64 {
		_, err = strconv.ParseUint(n.text, 10, t.Bits())
	} else {
		_, err = strconv.ParseInt(n.text, 10, t.Bits())
	}
	if err != nil {
		f.add(at, "wrong_type", "应为范围内的整数。", "This must be a whole number within range.")
	}
}

func checkDate(n node, at string, f *faults) {
	if !want(n, isString, at, f) {
		return
	}
	if _, err := civil.Parse(n.text); err != nil {
		f.add(at, "bad_date", "日期应写作 2026-11-23，且确有其日。", "A date is written 2026-11-23 and must exist.")
	}
}

// checkOwn asks a type that reads its own JSON.
func checkOwn(n node, t reflect.Type, at string, f *faults) {
	if err := json.Unmarshal(n.raw, reflect.New(t).Interface()); err != nil {
		f.add(at, "bad_format", "该字段的写法不符合要求。", "This field is not written as it must be.")
	}
}

func checkObject(n node, t reflect.Type, at string, f *faults) {
	known := fieldsOf(t)
	seen := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		pointer := below(at, m.name)
		ft, ok := known[m.name]
		switch {
		case !ok:
			f.add(pointer, "unknown_field", "没有这个字段。", "There is no such field.")
		case seen[m.name]:
			f.add(pointer, "repeated", "该字段重复出现。", "This field stands twice.")
		default:
			check(m.value, ft, pointer, f)
		}
		seen[m.name] = true
	}
}

var fieldCache sync.Map // reflect.Type → map[string]reflect.Type

// fieldsOf maps the JSON names of a struct to the types of its fields, with those
// of embedded structs.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if m, ok := fieldCache.Load(t); ok {
		return m.(map[string]reflect.Type) //nolint:forcetypeassert // only this function stores
	}
	m := map[string]reflect.Type{}
	for _, sf := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" || !sf.IsExported() {
			continue
		}
		if sf.Anonymous && name == "" {
			continue // its fields are visible themselves
		}
		if name == "" {
			name = sf.Name
		}
		if _, shadowed := m[name]; !shadowed || len(sf.Index) == 1 {
			m[name] = sf.Type
		}
	}
	fieldCache.Store(t, m)
	return m
}
