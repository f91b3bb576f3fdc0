// Package sheet writes tables that spreadsheets open, row by row: no table is ever
// held in memory.
package sheet

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/spreadsheet"
)

// The media types of the formats.
const (
	CSV  = "text/csv"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Writer writes one table. Cells are made inert.
type Writer interface {
	// Row writes the next row.
	Row(cells []string) error
	// Close ends the table; without it the file is not whole.
	Close() error
}

// New begins a table with its headings, in CSV or XLSX.
func New(out io.Writer, mediaType, title string, heads []string) (Writer, error) {
	if mediaType == XLSX {
		return newXLSX(out, title, heads, MaxRows)
	}
	return newCSV(out, heads)
}

type csvWriter struct{ w *csv.Writer }

func newCSV(out io.Writer, heads []string) (Writer, error) {
	// Spreadsheets take a CSV file for UTF-8 only with this mark.
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return nil, err
	}
	w := &csvWriter{csv.NewWriter(out)}
	w.w.UseCRLF = true
	return w, w.Row(heads)
}

func (w *csvWriter) Row(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = spreadsheet.Inert(cell)
	}
	return w.w.Write(safe)
}

func (w *csvWriter) Close() error {
	w.w.Flush()
	return w.w.Error()
}

const (
	// MaxRows is how many rows one sheet of a workbook takes; more go on in the next.
	MaxRows = 1_000_000
	// maxCell is how many characters a cell takes.
	maxCell = 32_767
)

// xlsxWriter keeps the rows in a temporary file until the end: the parts of a
// workbook are written one after the other.
type xlsxWriter struct {
	out   io.Writer
	file  *excelize.File
	sheet *excelize.StreamWriter
	title string
	heads []string
	limit int // rows of a sheet, headings apart
	rows  int // in this sheet
	count int // of sheets
}

func newXLSX(out io.Writer, title string, heads []string, limit int) (*xlsxWriter, error) {
	w := &xlsxWriter{out: out, file: excelize.NewFile(), title: title, heads: heads, limit: limit}
	// The archive goes straight to the reader instead of through a buffer.
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(out) })
	if err := w.file.SetSheetName("Sheet1", title); err != nil {
		return nil, err
	}
	return w, w.open(title)
}

func (w *xlsxWriter) open(name string) (err error) {
	if w.sheet, err = w.file.NewStreamWriter(name); err != nil {
		return err
	}
	w.count++
	w.rows = 0
	cells := make([]any, len(w.heads))
	for i, head := range w.heads {
		cells[i] = head
	}
	return w.sheet.SetRow("A1", cells)
}

func (w *xlsxWriter) Row(cells []string) error {
	if w.rows == w.limit {
		if err := w.sheet.Flush(); err != nil {
			return err
		}
		name := fmt.Sprintf("%s (%d)", w.title, w.count+1)
		if _, err := w.file.NewSheet(name); err != nil {
			return err
		}
		if err := w.open(name); err != nil {
			return err
		}
	}
	w.rows++
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = clip(spreadsheet.Inert(cell))
	}
	return w.sheet.SetRow(fmt.Sprintf("A%d", w.rows+1), row)
}

// clip keeps a cell within what a workbook can hold.
func clip(s string) string {
	if len(s) <= maxCell || utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}

func (w *xlsxWriter) Close() error {
	defer w.file.Close() //nolint:errcheck // removes the temporary files
	if err := w.sheet.Flush(); err != nil {
		return err
	}
	return w.file.Write(w.out)
}
