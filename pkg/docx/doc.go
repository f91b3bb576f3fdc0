// Package docx writes office documents (.docx, ECMA-376) that people go on
// editing in Word, WPS or LibreOffice: letters, notices, circulars.
//
// The page follows GB/T 9704-2012 党政机关公文格式: A4, margins 37, 35, 28 and
// 26 mm, title in 小标宋 size 2, text in 仿宋 size 3 with 28 pt between lines,
// headings in 黑体 and 楷体, page numbers outside at the foot. Fonts are named,
// not embedded; another name stands beside each for machines without it.
//
// The same content always makes the same bytes. A Document is not safe for
// concurrent use.
package docx

// Document is a document in the making. The zero value is not ready; use New.
type Document struct {
	blocks []block
	meta   Meta
}

// block is what stands between two others on the page.
type block interface {
	xml(*builder)
	html(*builder)
}

// Meta is what the file's properties say.
type Meta struct {
	Title   string
	Author  string // the office
	Subject string
}

// New returns an empty document.
func New() *Document { return &Document{} }

// Describe sets the properties of the file.
func (d *Document) Describe(m Meta) *Document {
	d.meta = m
	return d
}

// Title adds the centred title of the whole document.
func (d *Document) Title(text string) *Paragraph {
	return d.add(&Paragraph{style: styleTitle, runs: []run{{text: text}}})
}

// Heading adds a heading of level 1 (一、 in 黑体) to 3.
func (d *Document) Heading(level int, text string) *Paragraph {
	return d.add(&Paragraph{style: headingStyle(level), level: min(max(level, 1), 3), runs: []run{{text: text}}})
}

// Paragraph adds a paragraph of text, justified and with its first line indented
// by two characters. A line feed in the text breaks the line.
func (d *Document) Paragraph(text string) *Paragraph {
	return d.add(&Paragraph{style: styleBody, runs: []run{{text: text}}})
}

// Line adds a line without indent, as the address of a letter or a note has it.
func (d *Document) Line(text string) *Paragraph {
	return d.add(&Paragraph{style: styleLine, runs: []run{{text: text}}})
}

// Table adds a table with ruled lines whose columns are so many millimetres wide.
// 156 mm fill the line.
func (d *Document) Table(widthsMM ...int) *Table {
	t := &Table{widths: widthsMM}
	d.blocks = append(d.blocks, t)
	return t
}

// PageBreak begins a new page.
func (d *Document) PageBreak() { d.blocks = append(d.blocks, pageBreak{}) }

// Append adds all that another document holds.
func (d *Document) Append(o *Document) { d.blocks = append(d.blocks, o.blocks...) }

func (d *Document) add(p *Paragraph) *Paragraph {
	d.blocks = append(d.blocks, p)
	return p
}
