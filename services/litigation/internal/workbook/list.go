package workbook

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/spreadsheet"
)

// MediaTypeCSV is that of comma-separated values.
const MediaTypeCSV = "text/csv"

// List is any list of the service as somebody takes it along: headings and rows of
// texts.
type List struct {
	Title string
	Note  string // whose figures, of which day
	Heads []string
	Rows  [][]string
}

// CSV writes the list for a spreadsheet program: UTF-8 with a mark, and no cell that
// such a program would take for a formula.
func (l List) CSV() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	for _, row := range append([][]string{l.Heads}, l.Rows...) {
		safe := make([]string, len(row))
		for i, v := range row {
			safe[i] = spreadsheet.Inert(v)
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("list %s: %w", l.Title, err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// XLSX writes the list as a workbook of one sheet.
func (l List) XLSX() ([]byte, error) {
	b, err := newBook("清单")
	if err != nil {
		return nil, err
	}
	defer b.f.Close() //nolint:errcheck // nothing was opened from disk
	b.sheet = "清单"
	last := b.column(len(l.Heads) - 1)
	b.text("A1", last+"1", l.Title, b.title)
	b.text("A2", last+"2", l.Note, b.note)
	b.heads(3, l.Heads...)
	for i, row := range l.Rows {
		for k, v := range row {
			c := at(b.column(k), 4+i)
			b.text(c, c, v, b.label)
		}
	}
	b.height(1, 28)
	b.width("A", last, 18)
	b.page(fmt.Sprintf("$%s$%d", last, 3+len(l.Rows)), true)
	pages := 0 // as many as it takes
	b.try(b.f.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{FitToHeight: &pages}))
	if b.err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, b.err)
	}
	out, err := b.f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, err)
	}
	return out.Bytes(), nil
}
