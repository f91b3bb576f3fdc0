package httpkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhiqing.dev/pkg/problem"
)

// maxDepth bounds how deep a body may nest.
const maxDepth = 32

// node is one value of a JSON text, with what encoding/json forgets: the order of
// members and those that stand twice.
type node struct {
	kind    kindOf
	raw     []byte // the value as it was sent
	text    string // of a string or number
	members []member
	items   []node
}

type member struct {
	name  string
	value node
}

type kindOf int

const (
	isNull kindOf = iota
	isBool
	isNumber
	isString
	isArray
	isObject
)

// parse reads exactly one JSON value. Malformed.
func parse(body []byte) (node, error) {
	if !utf8.Valid(body) {
		return node{}, malformed("请求内容不是有效的 UTF-8。", "The body is not valid UTF-8.")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	p := parser{dec: dec, body: body}
	root, err := p.value(0)
	if err != nil {
		return node{}, p.syntax(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return node{}, malformed("JSON 之后还有多余的内容。", "There is something after the JSON value.")
	}
	return root, nil
}

type parser struct {
	dec  *json.Decoder
	body []byte
}

func (p parser) syntax(err error) error {
	var pe *problem.Error
	if errors.As(err, &pe) {
		return pe
	}
	line, column := p.position(p.dec.InputOffset())
	var se *json.SyntaxError
	if errors.As(err, &se) {
		line, column = p.position(se.Offset)
	}
	return malformed(fmt.Sprintf("不是有效的 JSON（第 %d 行第 %d 列附近）。", line, column),
		fmt.Sprintf("This is not valid JSON (near line %d, column %d).", line, column)).Because(err)
}

func (p parser) position(offset int64) (line, column int) {
	before := p.body[:min(max(offset, 0), int64(len(p.body)))]
	line = bytes.Count(before, []byte("\n")) + 1
	column = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return line, max(column, 1)
}

func (p parser) value(depth int) (node, error) {
	if depth > maxDepth {
		return node{}, malformed(fmt.Sprintf("JSON 嵌套超过 %d 层。", maxDepth), fmt.Sprintf("The JSON nests deeper than %d.", maxDepth))
	}
	start := p.dec.InputOffset()
	tok, err := p.dec.Token()
	if err != nil {
		return node{}, err
	}
	var n node
	switch t := tok.(type) {
	case nil:
		n = node{kind: isNull}
	case bool:
		n = node{kind: isBool}
	case json.Number:
		n = node{kind: isNumber, text: t.String()}
	case string:
		n = node{kind: isString, text: t}
	case json.Delim:
		if t == '{' {
			n, err = p.object(depth)
		} else {
			n, err = p.array(depth)
		}
	}
	n.raw = bytes.TrimLeft(p.body[start:p.dec.InputOffset()], " \t\r\n,:")
	return n, err
}

func (p parser) object(depth int) (node, error) {
	n := node{kind: isObject}
	for p.dec.More() {
		tok, err := p.dec.Token()
		if err != nil {
			return n, err
		}
		name, _ := tok.(string) // the decoder takes nothing else here
		v, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.members = append(n.members, member{name, v})
	}
	_, err := p.dec.Token()
	return n, err
}

func (p parser) array(depth int) (node, error) {
	n := node{kind: isArray}
	for p.dec.More() {
		v, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, v)
	}
	_, err := p.dec.Token()
	return n, err
}

func (k kindOf) name() problem.Text {
	return [...]problem.Text{
		{ZH: "null", EN: "null"},
		{ZH: "布尔值", EN: "a boolean"},
		{ZH: "数字", EN: "a number"},
		{ZH: "字符串", EN: "a string"},
		{ZH: "数组", EN: "an array"},
		{ZH: "对象", EN: "an object"},
	}[k]
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// below is the JSON pointer (RFC 6901) of a member.
func below(pointer, name string) string { return pointer + "/" + pointerEscape.Replace(cut(name)) }

// item is the JSON pointer of an array's item.
func item(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }
