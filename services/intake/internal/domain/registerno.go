package domain

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// RegisterNoLimit bounds a register number in characters.
const RegisterNoLimit = 64

// maxImportedSeq is the highest sequence that an imported number can claim. A
// longer run of figures is a date or a code, and must not send the office's own
// numbers into the millions.
const maxImportedSeq = 999_999

// CanonicalRegisterNo is the form in which register numbers are compared: width,
// case, spaces and the kind of brackets make no difference.
func CanonicalRegisterNo(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '[', '{', '〔', '【', '〈', '《':
			return '('
		case ']', '}', '〕', '】', '〉', '》':
			return ')'
		case '–', '—', '－', '‐', '−':
			return '-'
		}
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToLower(width.Fold.String(s)))
}

// ParseRegisterNo finds year and sequence in a number such as 2025-000012,
// 徐依申〔2025〕第12号 or XJ-2025/12. A number that has no other figures than a
// year and, apart from it, a sequence of at most six, can be counted on; of any
// other, ok is false.
func ParseRegisterNo(s string) (year, seq int, ok bool) {
	s = CanonicalRegisterNo(s)
	var runs []string
	var between string
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			if len(runs) == 1 {
				between += s[i : i+1]
			}
			i++
			continue
		}
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		runs = append(runs, s[i:j])
		i = j
	}
	if len(runs) != 2 || between == "" || len(runs[0]) != 4 || len(runs[1]) > 6 {
		return 0, 0, false
	}
	year, _ = strconv.Atoi(runs[0]) //nolint:errcheck // four figures
	seq, _ = strconv.Atoi(runs[1])  //nolint:errcheck // at most six figures
	if year < 1990 || year > 2199 || seq < 1 || seq > maxImportedSeq {
		return 0, 0, false
	}
	return year, seq, true
}
