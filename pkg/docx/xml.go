package docx

import (
	"encoding/xml"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// builder puts markup together. Texts are escaped, and rid of what XML cannot
// hold.
type builder struct{ strings.Builder }

func (b *builder) raw(parts ...string) *builder {
	for _, p := range parts {
		_, _ = b.WriteString(p) // a Builder takes everything
	}
	return b
}

func (b *builder) text(s string) *builder {
	_ = xml.EscapeText(&b.Builder, []byte(clean(s))) // a Builder takes everything
	return b
}

// clean drops control characters and what is no text; tabs become spaces.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r == '\ufffe', r == '\uffff':
			return -1
		}
		return r
	}, s)
}

// lines are the lines of a text.
func lines(s string) []string {
	return strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
}

// twips are twentieths of a point.
func twips(mm int) string { return strconv.Itoa((mm*14400 + 127) / 254) }

func (p *Paragraph) xml(b *builder) {
	b.raw(`<w:p><w:pPr><w:pStyle w:val="`, string(p.style), `"/>`)
	if p.keepNext {
		b.raw(`<w:keepNext/>`)
	}
	if p.gapLines > 0 {
		b.raw(`<w:spacing w:before="`, strconv.Itoa(p.gapLines*560), `"/>`)
	}
	if p.rightCh > 0 {
		b.raw(`<w:ind w:right="`, strconv.Itoa(p.rightCh*320), `"/>`)
	}
	if p.align != "" {
		b.raw(`<w:jc w:val="`, string(p.align), `"/>`)
	}
	b.raw(`</w:pPr>`)
	for _, r := range p.runs {
		r.xml(b)
	}
	b.raw(`</w:p>`)
}

func (r run) xml(b *builder) {
	b.raw(`<w:r>`)
	if r.bold {
		b.raw(`<w:rPr><w:b/></w:rPr>`)
	}
	for i, line := range lines(r.text) {
		if i > 0 {
			b.raw(`<w:br/>`)
		}
		b.raw(`<w:t xml:space="preserve">`).text(line).raw(`</w:t>`)
	}
	b.raw(`</w:r>`)
}

type pageBreak struct{}

func (pageBreak) xml(b *builder) { b.raw(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`) }

func (t *Table) xml(b *builder) {
	b.raw(`<w:tbl><w:tblPr><w:tblStyle w:val="Ruled"/><w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/>`,
		`<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, mm := range t.widths {
		b.raw(`<w:gridCol w:w="`, twips(mm), `"/>`)
	}
	b.raw(`</w:tblGrid>`)
	for i, places := range t.grid() {
		b.raw(`<w:tr><w:trPr><w:cantSplit/>`)
		if t.rows[i].head {
			b.raw(`<w:tblHeader/>`)
		}
		b.raw(`</w:trPr>`)
		col := 0
		for _, p := range places {
			width := 0
			for _, mm := range t.widths[col : col+p.across] {
				width += mm
			}
			col += p.across
			p.xml(b, width, t.rows[i].head)
		}
		b.raw(`</w:tr>`)
	}
	// A table must be followed by a paragraph; this one takes little room.
	b.raw(`</w:tbl><w:p><w:pPr><w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>`)
}

func (p place) xml(b *builder, mm int, head bool) {
	b.raw(`<w:tc><w:tcPr><w:tcW w:w="`, twips(mm), `" w:type="dxa"/>`)
	if p.across > 1 {
		b.raw(`<w:gridSpan w:val="`, strconv.Itoa(p.across), `"/>`)
	}
	switch {
	case p.starts:
		b.raw(`<w:vMerge w:val="restart"/>`)
	case p.covered:
		b.raw(`<w:vMerge/>`)
	}
	b.raw(`<w:vAlign w:val="center"/></w:tcPr>`)
	text := Paragraph{style: styleCell, align: p.cell.Align, runs: []run{{text: p.cell.Text, bold: p.cell.Bold}}}
	if head {
		text.style = styleHead
	}
	text.xml(b)
	b.raw(`</w:tc>`)
}
