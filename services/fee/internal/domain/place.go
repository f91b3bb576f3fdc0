package domain

import (
	"fmt"
	"hash/fnv"
	"strings"

	"zhiqing.dev/pkg/civil"
)

// Place is where a case stands in the order in which a month's items are numbered: by
// the day on which it counts, then by register number, then by id. Compared as text. Numbers
// within the register number count by their value, so that 2026-9 comes before
// 2026-10; a case without one comes last of its day.
func Place(day civil.Date, registerNo, caseID string) string {
	var b strings.Builder
	b.WriteString(day.String())
	b.WriteByte(' ')
	if registerNo == "" {
		b.WriteByte('~')
	}
	for registerNo != "" {
		number, rest := leadingDigits(registerNo)
		if number == "" {
			b.WriteByte(registerNo[0])
			registerNo = registerNo[1:]
			continue
		}
		fmt.Fprintf(&b, "%03d%s", len(number), number)
		registerNo = rest
	}
	return strings.ToValidUTF8(b.String(), "?") + " " + caseID
}

// leadingDigits takes a number from the front, without leading zeros but never empty
// when there is one.
func leadingDigits(s string) (number, rest string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	number, rest = s[:end], s[end:]
	for len(number) > 1 && number[0] == '0' {
		number = number[1:]
	}
	return number, rest
}

// shards is into how many parts a window's cases are divided, so that counting one
// part anew after a change costs little however many cases an applicant has.
const shards = 64

// ShardOf is the part in which a case is counted.
func ShardOf(caseID string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(caseID))
	return fmt.Sprintf("%02x", h.Sum32()%shards)
}
