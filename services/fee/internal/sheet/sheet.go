// Package sheet writes a list of the fee service as somebody takes it along: as CSV or
// as a workbook.
package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/spreadsheet"
)

// The media types of the files.
const (
	CSVType  = "text/csv"
	XLSXType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// List is headings and rows. A cell is a text or a number.
type List struct {
	Title string
	Note  string // whose figures, of which day
	Heads []string
	Rows  [][]any
}

// CSV writes the list for a spreadsheet program: UTF-8 with a mark, and no text that
// such a program would take for a formula.
func (l List) CSV() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	if err := w.Write(l.Heads); err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, err)
	}
	for _, row := range l.Rows {
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = fmt.Sprint(v)
			if text, isText := v.(string); isText {
				line[i] = spreadsheet.Inert(text)
			}
		}
		if err := w.Write(line); err != nil {
			return nil, fmt.Errorf("list %s: %w", l.Title, err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// XLSX writes the list as a workbook of one sheet, with a title, a note, headings that
// stay in sight and a filter.
func (l List) XLSX() (file []byte, err error) {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // nothing was opened from disk
	const name = "清单"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, err)
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, err)
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, err)
	}
	steps := []func() error{
		func() error { return w.SetColWidth(1, max(len(l.Heads), 1), 18) },
		func() error {
			return w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"})
		},
		func() error { return w.SetRow("A1", []any{excelize.Cell{StyleID: bold, Value: l.Title}}) },
		func() error { return w.SetRow("A2", []any{l.Note}) },
		func() error {
			heads := make([]any, len(l.Heads))
			for i, h := range l.Heads {
				heads[i] = excelize.Cell{StyleID: bold, Value: h}
			}
			return w.SetRow("A3", heads)
		},
		func() error {
			for i, row := range l.Rows {
				if err := w.SetRow(fmt.Sprintf("A%d", 4+i), row); err != nil {
					return err
				}
			}
			return nil
		},
		w.Flush,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("list %s: %w", l.Title, err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Title, err)
	}
	return out.Bytes(), nil
}
