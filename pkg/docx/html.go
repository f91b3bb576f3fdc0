package docx

import (
	"fmt"
	"io"
	"strconv"
)

// WriteHTML writes the same document as one page that prints alike and needs
// nothing from elsewhere: no script, no outside style.
func (d *Document) WriteHTML(w io.Writer) error {
	b := &builder{}
	b.raw(`<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>`)
	b.text(d.meta.Title).raw(`</title><style>`, sheet, `</style></head><body><main>`)
	for _, k := range d.blocks {
		k.html(b)
	}
	b.raw("</main></body></html>\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// sheet sets the page as the .docx has it.
const sheet = `@page{size:A4;margin:37mm 26mm 35mm 28mm}` +
	`body{margin:0;background:#fff;color:#000;font:16pt/28pt "Times New Roman",FangSong,仿宋,STFangsong,"Noto Serif CJK SC",serif}` +
	`main{max-width:156mm;margin:2rem auto;padding:0 1rem}` +
	`h1{font:22pt/35pt "方正小标宋简体",SimSun,宋体,"Noto Serif CJK SC",serif;text-align:center;margin:0 0 28pt}` +
	`h2,h3,h4{font-size:16pt;line-height:28pt;margin:0;text-indent:2em;font-weight:normal}` +
	`h2{font-family:SimHei,黑体,"Noto Sans CJK SC",sans-serif}h3{font-family:KaiTi,楷体,serif}h4{font-weight:bold}` +
	`p{margin:0;min-height:28pt;text-align:justify}p.i{text-indent:2em}` +
	`table{border-collapse:collapse;width:100%;margin:.5em 0}td,th{border:1px solid #000;padding:2pt 4pt;font-size:12pt;line-height:20pt}` +
	`th{font-family:SimHei,黑体,"Noto Sans CJK SC",sans-serif;font-weight:normal}.b{break-before:page}` +
	`@media print{main{max-width:none;margin:0;padding:0}}`

func (p *Paragraph) html(b *builder) {
	tag := "p"
	switch {
	case p.style == styleTitle:
		tag = "h1"
	case p.level > 0:
		tag = "h" + strconv.Itoa(p.level+1)
	}
	b.raw("<", tag)
	if p.style == styleBody {
		b.raw(` class="i"`)
	}
	if css := p.css(); css != "" {
		b.raw(` style="`, css, `"`)
	}
	b.raw(">")
	for _, r := range p.runs {
		r.html(b)
	}
	b.raw("</", tag, ">")
}

func (p *Paragraph) css() string {
	css := cssAlign(p.align)
	if p.gapLines > 0 {
		css += "margin-top:" + strconv.Itoa(p.gapLines*28) + "pt;"
	}
	if p.rightCh > 0 {
		css += "padding-right:" + strconv.Itoa(p.rightCh) + "em;"
	}
	return css
}

func cssAlign(a Align) string {
	switch a {
	case "":
		return ""
	case Both:
		return "text-align:justify;"
	default:
		return "text-align:" + string(a) + ";"
	}
}

func (r run) html(b *builder) {
	if r.bold {
		b.raw("<strong>")
	}
	for i, line := range lines(r.text) {
		if i > 0 {
			b.raw("<br>")
		}
		b.text(line)
	}
	if r.bold {
		b.raw("</strong>")
	}
}

func (pageBreak) html(b *builder) { b.raw(`<div class="b"></div>`) }

func (t *Table) html(b *builder) {
	total := 0
	for _, mm := range t.widths {
		total += mm
	}
	b.raw("<table><colgroup>")
	for _, mm := range t.widths {
		b.raw(`<col style="width:`, strconv.Itoa(mm*100/max(total, 1)), `%">`)
	}
	b.raw("</colgroup>")
	for i, places := range t.grid() {
		b.raw("<tr>")
		for _, p := range places {
			if !p.covered {
				p.html(b, t.rows[i].head)
			}
		}
		b.raw("</tr>")
	}
	b.raw("</table>")
}

func (p place) html(b *builder, head bool) {
	tag := "td"
	if head {
		tag = "th"
	}
	b.raw("<", tag)
	if p.across > 1 {
		b.raw(` colspan="`, strconv.Itoa(p.across), `"`)
	}
	if p.cell.Down > 1 {
		b.raw(` rowspan="`, strconv.Itoa(p.cell.Down), `"`)
	}
	if css := cssAlign(p.cell.Align); css != "" {
		b.raw(` style="`, css, `"`)
	}
	b.raw(">")
	run{text: p.cell.Text, bold: p.cell.Bold}.html(b)
	b.raw("</", tag, ">")
}
