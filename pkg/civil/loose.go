package civil

import (
	"fmt"
	"strings"
)

// ParseLoose reads the dates that people and spreadsheets write into ledgers
// (台账): 2026-1-5, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, any of them
// followed by a time of day, in half or full width, and spreadsheet serial
// numbers such as 46027. The order is always year, month, day: a spelling that
// could be read two ways (5/1/2026, 26-1-5) is refused, not guessed.
func ParseLoose(s string) (Date, error) {
	text := strings.TrimSpace(narrow(s))
	if text == "" {
		return 0, fmt.Errorf("%w: empty", ErrInvalid)
	}
	if len(text) > 64 {
		return 0, fmt.Errorf("%w: %.40q…", ErrInvalid, text)
	}
	if d, ok, err := serialOrCompact(text); ok {
		return d, err
	}
	if d, ok, err := separated(text); ok {
		return d, err
	}
	return 0, fmt.Errorf("%w: %.40q", ErrInvalid, s)
}

// The serials that a ledger can sensibly hold, 1950-01-01 to 2199-12-31. A
// bare 2026 in a date column is a year that somebody typed, not 1905-07-18.
const (
	minSerial = 18264
	maxSerial = 109574
)

// excelEpoch is day 0 of spreadsheet serials after their phantom 1900-02-29.
var excelEpoch = of(1899, 12, 30)

func serialOrCompact(text string) (d Date, ok bool, err error) {
	whole, fraction, dotted := strings.Cut(text, ".")
	n, isNumber := digits(whole)
	if !isNumber {
		return 0, false, nil
	}
	if dotted {
		if strings.Contains(fraction, ".") {
			return 0, false, nil // 2026.1.5
		}
		if _, isNumber := digits(fraction[:min(len(fraction), 9)]); !isNumber || strings.Trim(fraction, "0123456789") != "" {
			return 0, false, nil
		}
	}
	if len(whole) == 8 && !dotted {
		d, err := Of(n/10000, n/100%100, n%100)
		return d, true, err
	}
	if n < minSerial || n > maxSerial {
		return 0, true, fmt.Errorf("%w: %.40q is no plausible spreadsheet date", ErrInvalid, text)
	}
	return excelEpoch + Date(n), true, nil
}

func separated(text string) (d Date, ok bool, err error) {
	year, rest, sep, ok := number(text, "-/.年")
	if !ok || len(text) < 4 || year < 1000 {
		return 0, false, nil
	}
	second := sep
	if sep == "年" {
		second = "月"
	}
	month, rest, _, ok := number(strings.TrimLeft(rest, " "), second)
	if !ok || month > 12 {
		return 0, false, nil
	}
	rest = strings.TrimLeft(rest, " ")
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	day, ok := digits(rest[:end])
	if !ok || end > 2 {
		return 0, false, nil
	}
	tail := rest[end:]
	if sep == "年" {
		unit := strings.TrimLeft(tail, " ")
		for _, day := range []string{"日", "号"} {
			if after, found := strings.CutPrefix(unit, day); found {
				tail = after
				if tail != "" && tail[0] != 'T' {
					tail = " " + tail // 2026年1月5日17:20
				}
				break
			}
		}
	}
	if !isTimeOfDay(tail) {
		return 0, false, nil
	}
	d, err = Of(year, month, day)
	return d, true, err
}

// number takes digits up to one of the separators.
func number(s, separators string) (n int, rest, sep string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	n, ok = digits(s[:i])
	if !ok || i > 4 {
		return 0, "", "", false
	}
	s = strings.TrimLeft(s[i:], " ")
	for _, r := range separators {
		if after, found := strings.CutPrefix(s, string(r)); found {
			return n, after, string(r), true
		}
	}
	return 0, "", "", false
}

// isTimeOfDay accepts what exports append to a date: a clock time without a
// zone. A zoned instant is not a civil date and is refused.
func isTimeOfDay(tail string) bool {
	if tail == "" {
		return true
	}
	if tail[0] != ' ' && tail[0] != 'T' {
		return false
	}
	tail = strings.TrimSpace(tail[1:])
	if tail == "" {
		return true
	}
	parts := strings.Split(tail, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	limits := [3]int{23, 59, 59}
	for i, part := range parts {
		if i == 2 {
			part, _, _ = strings.Cut(part, ".")
		}
		n, ok := digits(part)
		if !ok || len(part) > 2 || n > limits[i] {
			return false
		}
	}
	return true
}

// narrow turns full-width digits and punctuation (２０２６－１－５) into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　' || r == '\u00a0' || r == '\t':
			return ' '
		}
		return r
	}, s)
}
