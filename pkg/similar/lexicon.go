package similar

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed lexicon.txt
var lexiconText string

// class says what a known word is.
type class byte

const (
	stop   class = 's'
	matter class = 'm'
	paper  class = 'p'
	same   class = 'w'
	plain  class = 'g'
)

// word is an entry of the lexicon: what the words of its line stand for.
type word struct {
	class class
	name  string
}

// lexicon finds known words, the longest first.
type lexicon struct {
	words   map[string]word
	longest int // in characters
}

var known = mustLexicon(lexiconText)

// mustLexicon reads the embedded text; that it can be read is tested.
func mustLexicon(text string) lexicon {
	l, err := readLexicon(text)
	if err != nil {
		return lexicon{words: map[string]word{}}
	}
	return l
}

func readLexicon(text string) (lexicon, error) {
	l := lexicon{words: map[string]word{}}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		kind, rest, _ := strings.Cut(line, " ")
		w := word{}
		switch kind {
		case "stop":
			w.class = stop
		case "matter":
			w.class = matter
		case "paper":
			w.class = paper
		case "same":
			w.class = same
		case "plain":
			w.class = plain
		default:
			return l, fmt.Errorf("lexicon line %d: unknown kind %q", i+1, kind)
		}
		switch w.class {
		case stop:
		case plain:
		default:
			var ok bool
			if w.name, rest, ok = strings.Cut(rest, ":"); !ok {
				return l, fmt.Errorf("lexicon line %d: no name", i+1)
			}
		}
		for _, s := range strings.Fields(rest) {
			s = fold(s)
			if have, ok := l.words[s]; ok && have != w {
				if w.class == plain {
					continue // a finer meaning is known
				}
				return l, fmt.Errorf("lexicon line %d: %s is known already", i+1, s)
			}
			l.words[s] = w
			l.longest = max(l.longest, len([]rune(s)))
		}
	}
	return l, nil
}

// at finds the longest known word that begins at this character.
func (l lexicon) at(runes []rune) (w word, n int) {
	for n = min(l.longest, len(runes)); n > 0; n-- {
		if w, ok := l.words[string(runes[:n])]; ok {
			return w, n
		}
	}
	return word{}, 0
}
