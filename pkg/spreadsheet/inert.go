// Package spreadsheet knows what spreadsheet programs do to texts that people typed:
// a cell that begins like a formula is run by whoever opens the file.
package spreadsheet

import (
	"strings"
	"unicode/utf8"
)

// StartsFormula reports whether a spreadsheet would take the text for a formula.
func StartsFormula(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return true
	}
	return false
}

// Inert is the text as it may stand in a file that a spreadsheet opens: what would
// be a formula, now or when blanks before it are dropped, gets an apostrophe.
func Inert(s string) string {
	if StartsFormula(strings.TrimLeft(s, "'\t\r\n ")) || strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") {
		return "'" + s
	}
	return s
}
