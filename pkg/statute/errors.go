// Package statute holds what the tables of the law share: an error that names
// the field, the reason and the rule, in both languages of the office.
//
// The packages below it are the law itself (政府信息公开条例, 信息处理费管理办法,
// 行政复议法, 行政诉讼法) as pure functions and tables. They read no clock, no
// file and no network: facts in, result and explanation out.
package statute

import "strings"

// FieldError says which field of the facts cannot stand, and why.
type FieldError struct {
	Field string `json:"field"` // JSON pointer into the facts, e.g. /consultations/0/answered_on
	Code  string `json:"code"`  // stable, e.g. answer_before_letter
	Rule  string `json:"rule,omitempty"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// Error is the English sentence with the field in front.
func (e *FieldError) Error() string {
	if e.Rule == "" {
		return e.Field + ": " + e.EN
	}
	return e.Field + ": " + e.EN + " (" + e.Rule + ")"
}

// FieldErrors is everything that is wrong, not only the first thing: a clerk
// mends a form once.
type FieldErrors []*FieldError

// Error joins the sentences.
func (e FieldErrors) Error() string {
	parts := make([]string, len(e))
	for i, one := range e {
		parts[i] = one.Error()
	}
	return strings.Join(parts, "; ")
}

// Unwrap lets errors.As find a single FieldError.
func (e FieldErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, one := range e {
		errs[i] = one
	}
	return errs
}

// Err is nil if nothing is wrong.
func (e FieldErrors) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// Has reports whether a code is among the errors.
func (e FieldErrors) Has(code string) bool {
	for _, one := range e {
		if one.Code == code {
			return true
		}
	}
	return false
}
