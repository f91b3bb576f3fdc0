package docx

// Align is where the lines of a paragraph stand.
type Align string

// The alignments. Both is flush left and right, as Chinese text is set.
const (
	Left   Align = "left"
	Center Align = "center"
	Right  Align = "right"
	Both   Align = "both"
)

// style is one of the named styles of the file, which its reader can change in
// one place.
type style string

const (
	styleBody     style = "Body"
	styleLine     style = "Line"
	styleTitle    style = "Title"
	styleHeading1 style = "Heading1"
	styleHeading2 style = "Heading2"
	styleHeading3 style = "Heading3"
	styleCell     style = "Cell"
	styleHead     style = "CellHead"
)

func headingStyle(level int) style {
	switch {
	case level <= 1:
		return styleHeading1
	case level == 2:
		return styleHeading2
	default:
		return styleHeading3
	}
}

// run is text in one hand.
type run struct {
	text string
	bold bool
}

// Paragraph is a paragraph of the document; its methods change it and return it.
type Paragraph struct {
	style    style
	level    int // of a heading; 0 for text
	align    Align
	runs     []run
	gapLines int // empty lines before
	rightCh  int // characters kept free at the right
	keepNext bool
}

// Align sets where the lines stand.
func (p *Paragraph) Align(a Align) *Paragraph {
	p.align = a
	return p
}

// Bold sets all of the text so far in bold.
func (p *Paragraph) Bold() *Paragraph {
	for i := range p.runs {
		p.runs[i].bold = true
	}
	return p
}

// Add continues the paragraph in the ordinary hand.
func (p *Paragraph) Add(text string) *Paragraph {
	p.runs = append(p.runs, run{text: text})
	return p
}

// AddBold continues the paragraph in bold.
func (p *Paragraph) AddBold(text string) *Paragraph {
	p.runs = append(p.runs, run{text: text, bold: true})
	return p
}

// After leaves so many empty lines before the paragraph.
func (p *Paragraph) After(lines int) *Paragraph {
	p.gapLines = lines
	return p
}

// Inset keeps so many characters free at the right, as the signature of a letter
// (落款) has it.
func (p *Paragraph) Inset(characters int) *Paragraph {
	p.rightCh = characters
	return p
}

// KeepNext keeps the paragraph on one page with the next.
func (p *Paragraph) KeepNext() *Paragraph {
	p.keepNext = true
	return p
}
