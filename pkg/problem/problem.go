// Package problem holds the one error type that the edge turns into an
// application/problem+json document (RFC 9457), with its closed list of codes.
//
// Domain code returns *Error for what a caller can understand and mend; any other
// error is internal and its text never leaves the process.
package problem

import (
	"errors"
	"fmt"
	"time"
)

// Code names one kind of problem. It is the last part of the document's type URI
// and never changes its meaning.
type Code string

// The closed list of codes; api/problems.md explains each.
const (
	Malformed               Code = "malformed"
	Unauthenticated         Code = "unauthenticated"
	SecondFactorRequired    Code = "second_factor_required"
	Forbidden               Code = "forbidden"
	PasswordChangeRequired  Code = "password_change_required"
	FactorEnrolmentRequired Code = "second_factor_enrolment_required"
	VerificationRequired    Code = "verification_required"
	NotFound                Code = "not_found"
	MethodNotAllowed        Code = "method_not_allowed"
	NotAcceptable           Code = "not_acceptable"
	RequestTimeout          Code = "request_timeout"
	AlreadyExists           Code = "already_exists"
	Conflict                Code = "conflict"
	IllegalTransition       Code = "illegal_transition"
	DeadlinePassed          Code = "deadline_passed"
	Stale                   Code = "stale"
	TooLarge                Code = "too_large"
	UnsupportedMedia        Code = "unsupported_media"
	Invalid                 Code = "invalid"
	KeyReused               Code = "key_reused"
	PreconditionRequired    Code = "precondition_required"
	RateLimited             Code = "rate_limited"
	Unavailable             Code = "unavailable"
	Internal                Code = "internal"
)

// Codes lists every code, for tests and documentation.
var Codes = []Code{
	Malformed, Unauthenticated, SecondFactorRequired, Forbidden, PasswordChangeRequired, FactorEnrolmentRequired, VerificationRequired, NotFound, MethodNotAllowed, NotAcceptable,
	RequestTimeout, AlreadyExists, Conflict, IllegalTransition, DeadlinePassed, Stale,
	TooLarge, UnsupportedMedia, Invalid, KeyReused, PreconditionRequired, RateLimited,
	Unavailable, Internal,
}

// Text is a sentence for people, in both languages of the product.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the text in the language ("zh" or "en").
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// Field is one fault in the input.
type Field struct {
	Pointer string // JSON pointer (RFC 6901), or the name of a query parameter
	Code    string // stable, for programs: "required", "date_in_future", …
	Text    Text   // for people
	Rule    string // the rule behind it, for example "条例 art. 33"; may be empty
}

// Error is a refusal that the caller can understand.
type Error struct {
	Code       Code
	Detail     Text
	Rule       string // legal source of the refusal; may be empty
	Fields     []Field
	RetryAfter time.Duration
	cause      error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s", e.Code, e.Detail.EN)
	for _, f := range e.Fields {
		s += fmt.Sprintf("; %s: %s", f.Pointer, f.Text.EN)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns what caused the problem; it is logged and never shown.
func (e *Error) Unwrap() error { return e.cause }

// Because attaches the cause and returns e.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Under attaches the legal rule and returns e.
func (e *Error) Under(rule string) *Error {
	e.Rule = rule
	return e
}

// New returns a problem of this code with its detail in both languages.
func New(code Code, zh, en string) *Error {
	return &Error{Code: code, Detail: Text{ZH: zh, EN: en}}
}

// InvalidFields returns an Invalid problem that names each faulty field.
func InvalidFields(fields ...Field) *Error {
	return &Error{
		Code:   Invalid,
		Detail: Text{ZH: "请求中有字段不符合要求。", EN: "Some fields of the request are not valid."},
		Fields: fields,
	}
}

// At describes one faulty field.
func At(pointer, code, zh, en string) Field {
	return Field{Pointer: pointer, Code: code, Text: Text{ZH: zh, EN: en}}
}

// CodeOf returns the problem's code, or Internal for any other error.
func CodeOf(err error) Code {
	var p *Error
	if errors.As(err, &p) {
		return p.Code
	}
	return Internal
}
