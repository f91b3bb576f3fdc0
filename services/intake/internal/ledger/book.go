package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/problem"
)

// Format is the form of a file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// book is a file whose rows can be read, sheet by sheet, as often as need be.
type book interface {
	// sheets lists the sheets that people see; a CSV file has one without a name.
	sheets() []string
	// each gives the rows of a sheet that are not empty, in order, and stops at the
	// error of fn.
	each(sheet string, fn func(Row) error) error
	close() error
}

// csvBook is a CSV file.
type csvBook struct {
	open      func() io.Reader
	encoding  Encoding
	separator byte
}

func (b *csvBook) sheets() []string { return []string{""} }

func (b *csvBook) close() error { return nil }

func (b *csvBook) each(_ string, fn func(Row) error) error {
	c := newCSV(b.encoding.reader(b.open()), b.separator)
	for {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read line %d: %w", c.line, err)
		}
		if r.Broken == "" && empty(r.Cells) {
			continue
		}
		if err := fn(r); err != nil {
			return err
		}
	}
}

// xlsxBook is a workbook.
type xlsxBook struct {
	file    *excelize.File
	visible []string
	hidden  []string
	// since1904 says that its dates count from 1904 instead of 1900.
	since1904 bool
}

const (
	// maxUnpacked bounds a workbook that is small only while it is packed.
	maxUnpacked = 1 << 30
	// inMemory is the largest part of a workbook that is unpacked in memory; larger
	// ones go through a temporary file, where the process has a place for one.
	inMemory = 8 << 20
)

// errWorkbook is the cause of what is wrong with a workbook itself.
var errWorkbook = errors.New("the workbook cannot be read")

func openXLSX(content []byte) (_ *xlsxBook, err error) {
	defer noPanic(&err)
	opts := excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked}
	if hasTempDir() {
		opts.UnzipXMLSizeLimit = inMemory
	}
	f, err := excelize.OpenReader(bytes.NewReader(content), opts)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errWorkbook, err)
	}
	b := &xlsxBook{file: f}
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		b.since1904 = *p.Date1904
	}
	for _, name := range f.GetSheetList() {
		if shown, err := f.GetSheetVisible(name); err == nil && !shown {
			b.hidden = append(b.hidden, name)
			continue
		}
		b.visible = append(b.visible, name)
	}
	return b, nil
}

// noPanic turns a panic of the workbook's reader into an error: a file that
// somebody has damaged must not end the process, again and again.
func noPanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: panic: %v", errWorkbook, p)
	}
}

func (b *xlsxBook) rows(sheet string) (rows *excelize.Rows, err error) {
	defer noPanic(&err)
	return b.file.Rows(sheet)
}

// next is the next row of a sheet; more is false after the last.
func next(rows *excelize.Rows) (cells []string, more bool, err error) {
	defer noPanic(&err)
	if !rows.Next() {
		return nil, false, rows.Error()
	}
	cells, err = rows.Columns()
	return cells, true, err
}

// hasTempDir reports whether temporary files can be made: a container may have a
// read-only root and no folder for them.
func hasTempDir() bool {
	f, err := os.CreateTemp("", "zhiqing-*")
	if err != nil {
		return false
	}
	return errors.Join(f.Close(), os.Remove(f.Name())) == nil
}

func (b *xlsxBook) sheets() []string { return b.visible }

func (b *xlsxBook) close() error { return b.file.Close() }

func (b *xlsxBook) each(sheet string, fn func(Row) error) (err error) {
	rows, err := b.rows(sheet)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", errWorkbook, sheet, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for line := 1; ; line++ {
		cells, more, err := next(rows)
		if err != nil {
			return fmt.Errorf("%w: sheet %q, row %d: %w", errWorkbook, sheet, line, err)
		}
		if !more {
			return nil
		}
		cells = cells[:min(len(cells), maxCells)]
		if empty(cells) {
			continue
		}
		if err := fn(Row{Line: line, Cells: cells}); err != nil {
			return err
		}
	}
}

func empty(cells []string) bool {
	for _, c := range cells {
		if clean(c) != "" {
			return false
		}
	}
	return true
}

// maxSheets bounds how many sheets of a workbook are looked at.
const maxSheets = 50

// errEnough ends a walk over rows that has seen what it needs.
var errEnough = errors.New("enough rows")

// plan finds the heading row of each sheet and what its rows are. A sheet that is
// no ledger is left out with a warning; one that nearly is, but misses a column,
// is refused: problem.Invalid.
func plan(b book) ([]Sheet, []Warning, error) {
	var found []Sheet
	var warnings []Warning
	var faults []problem.Field
	names := b.sheets()
	if len(names) > maxSheets {
		return nil, nil, problem.InvalidFields(problem.At("/file", "too_many_sheets",
			fmt.Sprintf("工作表超过%d个。", maxSheets), fmt.Sprintf("There are more than %d sheets.", maxSheets)))
	}
	for _, name := range names {
		best, line, err := headerOf(b, name)
		if err != nil {
			return nil, nil, err
		}
		missing := best.missing()
		switch {
		case best.found >= nearly && (len(missing) > 0 || len(best.twice) > 0):
			faults = append(faults, headerFaults(name, best)...)
		case best.found < nearly:
			warnings = append(warnings, warn("ignored_sheet", name, name, "该工作表不是台账，未读取。", "This sheet is not a ledger and was left out."))
		default:
			found = append(found, Sheet{Name: name, Kind: best.kind, Header: line, Places: best.places})
			warnings = append(warnings, headerWarnings(name, best)...)
		}
	}
	if x, ok := b.(*xlsxBook); ok {
		for _, name := range x.hidden {
			warnings = append(warnings, warn("hidden_sheet", name, name, "隐藏的工作表未读取。", "A hidden sheet was left out."))
		}
	}
	if len(faults) > 0 {
		return nil, nil, problem.InvalidFields(faults...)
	}
	if len(found) == 0 {
		return nil, nil, problem.InvalidFields(problem.At("/file", "no_header",
			"没有找到台账的标题行。申请台账应有："+headingList(Cases)+"；复议诉讼台账应有："+headingList(Proceedings)+"。",
			"No heading row of a ledger was found. A ledger of applications needs register_no, applicant_kind, applicant_name, description and received_on; one of reviews and lawsuits kind, received_on and case_no or register_no."))
	}
	return found, warnings, nil
}

// nearly is how many headings make a row the heading row of a ledger.
const nearly = 3

// headerOf finds the best heading row among the first rows of a sheet.
func headerOf(b book, sheet string) (best candidate, line int, err error) {
	seen := 0
	err = b.each(sheet, func(r Row) error {
		c := matchHeader(r.Cells)
		if seen == 0 || len(c.missing()) < len(best.missing()) && c.found >= nearly || c.found > best.found {
			best, line = c, r.Line
		}
		if seen++; seen == headerWithin || len(best.missing()) == 0 && best.found >= nearly {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	if best.kind == "" {
		best = matchHeader(nil)
	}
	return best, line, err
}

func inSheet(name, zh, en string) (string, string) {
	if name == "" {
		return zh, en
	}
	return "工作表“" + name + "”：" + zh, "Sheet \"" + name + "\": " + en
}

func headerFaults(sheet string, c candidate) (faults []problem.Field) {
	for _, key := range c.missing() {
		zh, en := inSheet(sheet, "缺少必需的列“"+c.kind.label(key).ZH+"”（"+key+"）。", "The required column "+key+" ("+c.kind.label(key).ZH+") is missing.")
		faults = append(faults, problem.At("/file/"+key, "missing_column", zh, en))
	}
	for _, key := range c.twice {
		zh, en := inSheet(sheet, "列“"+c.kind.label(key).ZH+"”出现了不止一次。", "The column "+key+" stands there more than once.")
		faults = append(faults, problem.At("/file/"+key, "duplicate_column", zh, en))
	}
	return faults
}

func headerWarnings(sheet string, c candidate) (warnings []Warning) {
	for _, heading := range c.unknown {
		warnings = append(warnings, warn("ignored_column", sheet, heading, "该列不属于台账，未读取。", "This column is none of the ledger's and was left out."))
	}
	result := map[Kind]int{Cases: atResult, Proceedings: atOutcome}[c.kind]
	if c.places[result] < 0 {
		key := columnsOf[c.kind][result].key
		warnings = append(warnings, warn("no_result_column", sheet, key,
			"没有结果列，各行均按尚未办结（审结）导入。", "There is no column of results: every row is taken as still open."))
	}
	return warnings
}

func headingList(k Kind) (s string) {
	for _, c := range columnsOf[k] {
		if c.required {
			if s != "" {
				s += "、"
			}
			s += c.label.ZH
		}
	}
	if k == Proceedings {
		s += "，以及案号或者关联登记编号"
	}
	return s
}
