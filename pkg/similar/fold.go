package similar

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// gap stands where the text had punctuation or white space.
const gap = '|'

// fold brings a text to the form in which it is read: compatibility forms alike (full
// width, circled numbers), lower case, numbers in Arabic digits, one gap for any run of
// punctuation and white space. The brackets of document numbers stay, all alike.
func fold(s string) string {
	var b strings.Builder
	last := gap
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r == '〔' || r == '[' || r == '【' || r == '(':
			r = '('
		case r == '〕' || r == ']' || r == '】' || r == ')':
			r = ')'
		case r == '-' || r == '~' || r == '—' || r == '–':
			r = '-'
		case r == '〇' || r == '○':
			r = '〇' // the circle that people type for zero is a symbol to Unicode
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			r = unicode.ToLower(r)
		default:
			r = gap
		}
		if r == gap && last == gap {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return arabic(strings.Trim(b.String(), string(gap)))
}

const numerals = "〇零一二三四五六七八九十百两"

var (
	// yearWords is a year written in words: 二〇二四年.
	yearWords = regexp.MustCompile(`[一二][〇零一二三四五六七八九]{3}年`)
	// shortYear is a year without its century, before a word that makes it one.
	shortYear = regexp.MustCompile(`(^|[^0-9])([0-3][0-9])年(度|[0-9]{1,2}月|底|初|以来|至)`)
	// counted is a number in words before something that is counted or numbered.
	counted     = regexp.MustCompile(`[` + numerals + `]{1,5}(年|月|日|号|期|批|村民小组|小组|组|栋|幢|季度|标段|地块|届|次|条|单元|队)`)
	ordinalSign = regexp.MustCompile(`第([0-9])`)
	ordinal     = regexp.MustCompile(`第[` + numerals + `]{1,5}`)
)

// arabic writes numbers in digits where they are numbers beyond doubt: in years, dates
// and ordinals, and before what is numbered.
func arabic(s string) string {
	s = yearWords.ReplaceAllStringFunc(s, digits)
	s = ordinal.ReplaceAllStringFunc(s, func(m string) string { return "第" + valued(strings.TrimPrefix(m, "第")) })
	s = counted.ReplaceAllStringFunc(s, func(m string) string {
		end := strings.LastIndexAny(m, numerals)
		for i := range m {
			if i > end {
				return valued(m[:i]) + m[i:]
			}
		}
		return m
	})
	s = shortYear.ReplaceAllString(s, "${1}20${2}年${3}")
	return ordinalSign.ReplaceAllString(s, "${1}")
}

// digits writes each numeral of a text as its digit.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if d := digitOf(r); d >= 0 {
			return rune('0' + d)
		}
		return r
	}, s)
}

func digitOf(r rune) int {
	switch r {
	case '〇', '零':
		return 0
	case '两':
		return 2
	}
	for i, n := range []rune("一二三四五六七八九") {
		if r == n {
			return i + 1
		}
	}
	return -1
}

// valued writes a number in words in digits: 十二 is 12, 一百零三 is 103; digit words
// in a row (一二三) are read one by one.
func valued(s string) string {
	if !strings.ContainsAny(s, "十百") {
		return digits(s)
	}
	total, digit := 0, 0
	for _, r := range s {
		switch r {
		case '百':
			total, digit = total+max(digit, 1)*100, 0
		case '十':
			total, digit = total+max(digit, 1)*10, 0
		default:
			digit = max(digitOf(r), 0)
		}
	}
	return strconv.Itoa(total + digit)
}
