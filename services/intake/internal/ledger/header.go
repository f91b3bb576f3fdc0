package ledger

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Sheet is one sheet of a file as its heading row tells it.
type Sheet struct {
	Name   string `json:"name,omitempty"` // empty for a CSV file
	Kind   Kind   `json:"kind"`
	Header int    `json:"header"` // line of the heading row
	// Places says for each column of the kind where the file has it, -1 for nowhere.
	Places []int `json:"places"`
}

// headerWithin is how many filled rows may stand before the heading row: a title,
// a note, an empty line.
const headerWithin = 10

// candidate is a row read as a heading row of one kind.
type candidate struct {
	kind    Kind
	places  []int
	unknown []string // headings that no column has
	twice   []string // keys that two headings claim
	found   int
}

// missing are the keys of required columns that the row does not have.
func (c candidate) missing() []string {
	var keys []string
	for i, col := range columnsOf[c.kind] {
		if col.required && c.places[i] < 0 {
			keys = append(keys, col.key)
		}
	}
	if c.kind == Proceedings && c.places[atCaseNo] < 0 && c.places[atAbout] < 0 {
		keys = append(keys, columnsOf[Proceedings][atCaseNo].key)
	}
	return keys
}

// matchHeader reads a row as a heading row, of the kind that it fits better.
func matchHeader(cells []string) candidate {
	cases, proceedings := matchKind(Cases, cells), matchKind(Proceedings, cells)
	if better(proceedings, cases) {
		return proceedings
	}
	return cases
}

// better prefers the kind of which clearly more is there, then the one of which
// less is missing.
func better(a, b candidate) bool {
	am, bm := len(a.missing()), len(b.missing())
	if more := a.found - b.found; more >= 2 || more <= -2 || am == bm {
		return more > 0
	}
	return am < bm
}

func matchKind(k Kind, cells []string) candidate {
	cols := columnsOf[k]
	c := candidate{kind: k, places: make([]int, len(cols))}
	for i := range c.places {
		c.places[i] = -1
	}
	exact := make([]bool, len(cols))
	for at, cell := range cells {
		heading := bareHeading(cell)
		if heading == "" {
			continue
		}
		i, official := find(k, heading)
		switch {
		case i < 0 && !slices.Contains(ours, heading):
			c.unknown = append(c.unknown, strings.TrimSpace(cell))
		case i < 0:
		case c.places[i] < 0:
			c.places[i], exact[i] = at, official
			c.found++
		case official && !exact[i]: // 登记编号 wins over 关联登记编号's other name
			c.unknown = append(c.unknown, strings.TrimSpace(cells[c.places[i]]))
			c.places[i], exact[i] = at, true
		case exact[i] && !official:
			c.unknown = append(c.unknown, strings.TrimSpace(cell))
		default:
			c.twice = append(c.twice, cols[i].key)
		}
	}
	return c
}

// find is the column of a bare heading, and whether the heading is its official
// one; -1 for none.
func find(k Kind, heading string) (i int, official bool) {
	i, ok := headings[k][heading]
	if !ok {
		return -1, false
	}
	c := columnsOf[k][i]
	return i, heading == bareHeading(c.key) || heading == bareHeading(c.label.ZH) || heading == bareHeading(c.label.EN)
}

// headings finds a column by each of its bare headings.
var headings = func() map[Kind]map[string]int {
	all := map[Kind]map[string]int{}
	for k, cols := range columnsOf {
		m := map[string]int{}
		for i, c := range cols {
			for _, h := range append([]string{c.key, c.label.ZH, c.label.EN}, c.also...) {
				if _, taken := m[bareHeading(h)]; !taken {
					m[bareHeading(h)] = i
				}
			}
		}
		all[k] = m
	}
	return all
}()

// longestHeading bounds what is looked at as a heading, in bytes.
const longestHeading = 200

// bareHeading strips what varies between headings that mean the same: width, case,
// spaces and line breaks, marks for required columns, and a note in brackets at
// the end such as （必填） or （元）.
func bareHeading(s string) string {
	if len(s) > longestHeading {
		return ""
	}
	s = strings.ToLower(width.Fold.String(s))
	s = strings.Map(func(r rune) rune {
		switch r {
		case '*', '_', '-', '.', ':', '"', '\'', '、', '“', '”', '\ufeff', '\u200b', '/':
			return -1
		case '（', '【', '[', '〔':
			return '('
		case '）', '】', ']', '〕':
			return ')'
		}
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	for strings.HasSuffix(s, ")") {
		open := strings.LastIndexByte(s, '(')
		if open <= 0 {
			break
		}
		s = s[:open]
	}
	return s
}
