package ledger

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"zhiqing.dev/pkg/spreadsheet"
)

// clean takes off what spreadsheets leave around a value: spaces, invisible
// marks, and the apostrophe that keeps a value from being a formula.
func clean(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\ufeff' || r == '\u200b' || r == '\u2060':
			return -1
		case r == '\r':
			return -1
		case r != '\n' && r != '\t' && unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	s = strings.TrimFunc(s, unicode.IsSpace)
	if s != "" && s[0] == '\'' && spreadsheet.StartsFormula(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

// plain reports whether clean would return the text as it is, for the many cells
// that need nothing.
func plain(s string) bool {
	if s == "" {
		return true
	}
	if s[0] <= ' ' || s[0] == '\'' || s[len(s)-1] <= ' ' {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f || s[i] == 0xc2 || s[i] == 0xe2 || s[i] == 0xe3 || s[i] == 0xef {
			return false
		}
	}
	return true
}

// oneLine is clean for values that have no lines.
func oneLine(s string) string {
	s = clean(s)
	if strings.ContainsAny(s, "\n\t") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// unreadable reports whether decoding has lost something.
func unreadable(s string) bool { return strings.ContainsRune(s, utf8.RuneError) }
