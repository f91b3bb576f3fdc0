package httpkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/problem"
)

const readKey = "httpkit.read"

var errUseBind = errors.New("handlers read their input with httpkit.Bind")

// binder keeps echo's lenient binder from being used by mistake.
type binder struct{}

func (binder) Bind(any, echo.Context) error { return errUseBind }

// Bind reads the request's JSON body into a T and validates it. The body is one
// JSON object in UTF-8, whose every member T knows and has the type T says; all
// faults come back together, each by its JSON pointer. An empty body counts as {}.
//
// Problems: UnsupportedMedia, TooLarge, Malformed (no JSON at all), Invalid.
func Bind[T any](c echo.Context) (T, error) {
	var v T
	body, err := jsonBody(c)
	if err != nil {
		return v, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	if err := Decode(body, &v); err != nil {
		return *new(T), err
	}
	return v, nil
}

// Decode is Bind for JSON that came another way, for example in one part of an
// upload. into is a pointer.
func Decode(body []byte, into any) error {
	root, err := parse(body)
	if err != nil {
		return err
	}
	var faults faults
	check(root, reflect.TypeOf(into).Elem(), "", &faults)
	if len(faults.list) > 0 {
		return problem.InvalidFields(faults.list...)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return malformed("JSON 内容不符合要求。", "The JSON does not have the expected form.").Because(err)
	}
	return validate(into)
}

// read is what was read of a request's body.
type read struct {
	body []byte
	err  error
}

// jsonBody reads the body once and keeps it, so that Command and Bind see the same.
func jsonBody(c echo.Context) ([]byte, error) {
	if r, ok := c.Get(readKey).(read); ok {
		return r.body, r.err
	}
	req := c.Request()
	if req.Body == nil || req.Body == http.NoBody || req.ContentLength == 0 {
		return nil, nil
	}
	if err := checkContentType(req.Header); err != nil {
		return nil, err // not kept: the body is untouched, and another reader may take it
	}
	body, err := io.ReadAll(req.Body)
	r := read{body: body, err: bodyError(err)}
	c.Set(readKey, r)
	return r.body, r.err
}

func checkContentType(h http.Header) error {
	mt, params, err := mime.ParseMediaType(h.Get(echo.HeaderContentType))
	isJSON := mt == echo.MIMEApplicationJSON || strings.HasPrefix(mt, "application/") && strings.HasSuffix(mt, "+json")
	charset := strings.ToLower(params["charset"])
	if err != nil || !isJSON || (charset != "" && charset != "utf-8") {
		return problem.New(problem.UnsupportedMedia,
			"请求内容应为 UTF-8 编码的 JSON（Content-Type: application/json）。", "The body must be JSON in UTF-8 (Content-Type: application/json).")
	}
	if h.Get("Content-Encoding") != "" {
		return problem.New(problem.UnsupportedMedia, "不接受压缩的请求内容。", "Compressed bodies are not taken.")
	}
	return nil
}

// bodyError makes a broken or slow transfer the caller's problem.
func bodyError(err error) error {
	var p *problem.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	}
	if t := Translate(err); t != err { //nolint:errorlint // was it translated at all?
		return t
	}
	return malformed("请求内容不完整。", "The body is incomplete.").Because(fmt.Errorf("read body: %w", err))
}

func malformed(zh, en string) *problem.Error { return problem.New(problem.Malformed, zh, en) }
