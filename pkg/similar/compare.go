package similar

import (
	"slices"
	"strings"
)

// Likeness is what two sketches have in common.
type Likeness struct {
	// Same: the same words in the same order, punctuation and asking aside.
	Same bool
	// Shared estimates how much of the wording of both is shared, 0 to 1 (Jaccard).
	Shared float64
	// Contained estimates how much of the shorter text stands in the longer.
	Contained float64
	// Differs are the kinds of things on which the two turn and differ.
	Differs []Kind
}

// Compare holds one sketch against another of the same office and method.
func Compare(a, b Sketch, sa, sb *Signature) Likeness {
	l := Likeness{Same: a.Exact == b.Exact, Differs: differs(a.Marks, b.Marks)}
	equal := 0
	for i := range sa {
		if sa[i] == sb[i] {
			equal++
		}
	}
	l.Shared = float64(equal) / slots
	if l.Same {
		l.Shared, l.Differs = 1, nil
	}
	if small := min(a.Size, b.Size); small > 0 {
		l.Contained = min(1, l.Shared/(1+l.Shared)*float64(a.Size+b.Size)/float64(small))
	}
	return l
}

// Similarity is one number for how alike two texts are, 0 to 1: what they share, or most
// of what the longer one takes over from the shorter, when that is long enough to be told
// from a template.
func (l Likeness) Similarity() float64 { return max(l.Shared, containedWeight*l.Contained) }

const containedWeight = 0.7

// exclusive kinds differ unless the things named are the same; for the others it is
// enough that one text names all that the other does.
var exclusive = map[Kind]bool{Year: true, Part: true, Document: true, Number: true}

// differs lists the kinds of things that both name, and name differently.
func differs(a, b []string) []Kind {
	var out []Kind
	for _, kind := range []Kind{Year, Part, Document, Number, Place, Matter, Paper} {
		for _, group := range groups(a, kind) {
			ga, gb := within(a, group), within(b, group)
			if len(gb) == 0 {
				continue
			}
			onlyA, onlyB := missing(ga, gb), missing(gb, ga)
			if onlyA && onlyB || exclusive[kind] && (onlyA || onlyB) {
				out = append(out, kind)
				break
			}
		}
	}
	return out
}

// groups lists the prefixes kind:group: that occur.
func groups(marks []string, kind Kind) []string {
	var out []string
	for _, m := range marks {
		if !strings.HasPrefix(m, string(kind)+":") {
			continue
		}
		if g := m[:strings.LastIndexByte(m, ':')+1]; !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

func within(marks []string, prefix string) []string {
	var out []string
	for _, m := range marks {
		if strings.HasPrefix(m, prefix) {
			out = append(out, m)
		}
	}
	return out
}

// missing reports whether a has something that b has not.
func missing(a, b []string) bool {
	return slices.ContainsFunc(a, func(m string) bool { return !slices.Contains(b, m) })
}

// DefaultThreshold is the similarity from which a request counts as a near-repeat unless
// an office decides otherwise. It was chosen on some of the labelled pairs and is held to
// others (see the test).
const DefaultThreshold = 0.60

// Verdict is what a likeness amounts to.
type Verdict string

// The verdicts.
const (
	Repeat     Verdict = "repeat"      // the same request
	NearRepeat Verdict = "near_repeat" // probably the same request in other words
	Variant    Verdict = "variant"     // alike, but it turns on something else
	Unlike     Verdict = "unlike"
)

// Verdict judges a likeness at a threshold.
func (l Likeness) Verdict(threshold float64) Verdict {
	switch {
	case l.Same:
		return Repeat
	case l.Similarity() < threshold:
		return Unlike
	case len(l.Differs) > 0:
		return Variant
	}
	return NearRepeat
}
