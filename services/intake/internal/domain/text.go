package domain

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Normalize brings text to the form in which it is searched and compared: full
// and half width alike, case folded, runs of white space as one space.
func Normalize(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ")
}

// searched are the texts that a search looks into: what is asked for, its numbers,
// and who asks.
func (c *Case) searched() []string {
	texts := []string{
		c.Content.Title, c.Content.Description, c.Content.DocumentNumber, c.RegisterNo(), c.Applicant.Name,
	}
	for _, co := range c.Applicant.CoApplicants {
		texts = append(texts, co.Name)
	}
	return texts
}

// Contains reports whether the normalized text occurs in the case.
func (c *Case) Contains(normalized string) bool {
	for _, t := range c.searched() {
		if strings.Contains(Normalize(t), normalized) {
			return true
		}
	}
	return false
}

// Grams are the pairs of neighbouring characters of the searched texts, and the
// triples within their figures and Latin letters, each once: of pairs of figures there
// are so few that nearly every number has them all.
func (c *Case) Grams() []string { return grams(c.searched()...) }

// GramsOf are the pairs and triples that a text must have to contain the normalized
// query; none for a query of fewer than two characters.
func GramsOf(normalized string) []string { return grams(normalized) }

func grams(texts ...string) []string {
	var out []string
	seen := map[string]struct{}{}
	add := func(runes ...rune) {
		g := string(runes)
		if _, ok := seen[g]; !ok {
			seen[g] = struct{}{}
			out = append(out, g)
		}
	}
	for _, t := range texts {
		var before, prev rune
		for _, r := range Normalize(t) {
			if prev != 0 {
				add(prev, r)
			}
			if latin(before) && latin(prev) && latin(r) {
				add(before, prev, r)
			}
			before, prev = prev, r
		}
	}
	return out
}

func latin(r rune) bool { return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' }
