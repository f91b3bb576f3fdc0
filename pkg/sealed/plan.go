package sealed

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Plan says which strings of a type's JSON are sealed. It is made once for a type.
type Plan struct{ root *node }

type node struct {
	all     bool             // every string from here on
	members map[string]*node // nil: none below
	any     *node            // of a map: what each of its members is
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// PlanOf compiles the plan of a type; nil when nothing of it is sealed.
func PlanOf(t reflect.Type) *Plan {
	n := compile(t, map[reflect.Type]*node{})
	if !n.seals(map[*node]bool{}) {
		return nil
	}
	n.prune(map[*node]bool{})
	return &Plan{root: n}
}

// prune takes out what holds nothing sealed, so that a walk goes past it.
func (n *node) prune(seen map[*node]bool) {
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	if !n.any.seals(map[*node]bool{}) {
		n.any = nil
	}
	n.any.prune(seen)
	for name, m := range n.members {
		if !m.seals(map[*node]bool{}) {
			delete(n.members, name)
			continue
		}
		m.prune(seen)
	}
}

func compile(t reflect.Type, known map[reflect.Type]*node) *node {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	if n := known[t]; n != nil {
		return n
	}
	n := &node{}
	known[t] = n
	switch {
	case t.Kind() == reflect.Map:
		n.any = compile(t.Elem(), known)
	case t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(marshaler):
		n.members = map[string]*node{}
		n.take(t, known)
	}
	return n
}

// take adds the fields of a struct, and of those that are embedded in it.
func (n *node) take(t reflect.Type, known map[reflect.Type]*node) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if f.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			n.take(inner, known)
			continue
		}
		if !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if f.Tag.Get("seal") == "personal" {
			n.members[name] = &node{all: true}
		} else {
			n.members[name] = compile(f.Type, known)
		}
	}
}

func (n *node) seals(seen map[*node]bool) bool {
	if n == nil || seen[n] {
		return false
	}
	seen[n] = true
	for _, m := range n.members {
		if m.seals(seen) {
			return true
		}
	}
	return n.all || n.any.seals(seen)
}

func (n *node) member(name string) *node {
	switch {
	case n == nil || n.all:
		return n
	case n.any != nil:
		return n.any
	default:
		return n.members[name]
	}
}

var errJSON = errors.New("malformed JSON")

// Rewrite returns the JSON with every string of the plan put through fn, which gets
// the names that lead to it. Empty strings stay.
func (p *Plan) Rewrite(body []byte, fn func(place, s string) (string, error)) ([]byte, error) {
	w := &rewriter{src: body, out: make([]byte, 0, len(body)+len(body)/2), fn: fn}
	if err := w.value(p.root, ""); err != nil {
		return nil, err
	}
	return append(w.out, w.src[w.copied:]...), nil
}

// rewriter walks valid JSON and copies what it does not change in one piece.
type rewriter struct {
	src    []byte
	at     int
	copied int
	out    []byte
	fn     func(place, s string) (string, error)
}

func (w *rewriter) space() {
	for w.at < len(w.src) && (w.src[w.at] == ' ' || w.src[w.at] == '\n' || w.src[w.at] == '\t' || w.src[w.at] == '\r') {
		w.at++
	}
}

func (w *rewriter) value(n *node, place string) error {
	if n == nil {
		return w.past()
	}
	w.space()
	if w.at >= len(w.src) {
		return errJSON
	}
	switch w.src[w.at] {
	case '{':
		return w.object(func(name string) error {
			inner := n.member(name)
			if inner == nil {
				return w.past()
			}
			return w.value(inner, place+"/"+name)
		})
	case '[':
		return w.members(']', func() error { return w.value(n, place) })
	case '"':
		return w.change(n, place)
	}
	return w.past()
}

// object hands the name of each member to fn, which goes behind its value.
func (w *rewriter) object(fn func(name string) error) error {
	return w.members('}', func() error {
		name, err := w.text()
		if err != nil {
			return err
		}
		w.space()
		if w.at >= len(w.src) || w.src[w.at] != ':' {
			return errJSON
		}
		w.at++
		return fn(name)
	})
}

// past goes behind the value that begins here.
func (w *rewriter) past() error {
	w.space()
	for depth := 0; w.at < len(w.src); {
		switch w.src[w.at] {
		case '"':
			if err := w.skip(); err != nil {
				return err
			}
		case '{', '[':
			depth++
			w.at++
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return errJSON
			}
			w.at++
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return errJSON
			}
			w.at++
			continue
		default: // a number or a word
			for w.at < len(w.src) && !strings.ContainsRune(",:]} \n\t\r", rune(w.src[w.at])) {
				w.at++
			}
		}
		if depth == 0 {
			return nil
		}
	}
	return errJSON
}

func (w *rewriter) members(end byte, one func() error) error {
	w.at++
	for {
		w.space()
		switch {
		case w.at >= len(w.src):
			return errJSON
		case w.src[w.at] == end:
			w.at++
			return nil
		case w.src[w.at] == ',':
			w.at++
			w.space()
		}
		from := w.at
		if err := one(); err != nil {
			return err
		}
		if w.at == from {
			return errJSON
		}
	}
}

// skip goes behind the string that begins here.
func (w *rewriter) skip() error {
	if w.at >= len(w.src) || w.src[w.at] != '"' {
		return errJSON
	}
	for w.at++; w.at < len(w.src); {
		quote := bytes.IndexByte(w.src[w.at:], '"')
		if quote < 0 {
			break
		}
		escape := bytes.IndexByte(w.src[w.at:w.at+quote], '\\')
		if escape < 0 {
			w.at += quote + 1
			return nil
		}
		w.at += escape + 2
	}
	return errJSON
}

func (w *rewriter) text() (string, error) {
	from := w.at
	if err := w.skip(); err != nil {
		return "", err
	}
	raw := w.src[from:w.at]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

func (w *rewriter) change(n *node, place string) error {
	from := w.at
	if n == nil || !n.all {
		return w.skip()
	}
	s, err := w.text()
	if err != nil || s == "" {
		return err
	}
	changed, err := w.fn(place, s)
	if err != nil || changed == s {
		return err
	}
	w.out = append(w.out, w.src[w.copied:from]...)
	w.copied = w.at
	if strings.IndexFunc(changed, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == utf8.RuneError }) < 0 {
		w.out = append(append(append(w.out, '"'), changed...), '"')
		return nil
	}
	quoted, err := json.Marshal(changed)
	w.out = append(w.out, quoted...)
	return err
}
