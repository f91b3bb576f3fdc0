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

// Grams are the pairs of neighbouring characters of the searched texts, each
// once.
func (c *Case) Grams() []string { return grams(c.searched()...) }

// GramsOf are the pairs that a text must have to contain the normalized query;
// none for a query of fewer than two characters.
func GramsOf(normalized string) []string { return grams(normalized) }

func grams(texts ...string) []string {
	var out []string
	seen := map[string]struct{}{}
	for _, t := range texts {
		var prev rune
		for _, r := range Normalize(t) {
			if prev != 0 {
				g := string([]rune{prev, r})
				if _, ok := seen[g]; !ok {
					seen[g] = struct{}{}
					out = append(out, g)
				}
			}
			prev = r
		}
	}
	return out
}
