package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
)

// ErrRead says that a file is no workbook that can be read.
var ErrRead = errors.New("the workbook cannot be read")

// Limits of a workbook that is brought in.
const (
	maxUnpacked = 64 << 20
	maxSheets   = 30
	maxRows     = 400
	maxColumns  = 60
	maxFigure   = 1_000_000_000_000
)

// Tables are the statutory tables of a workbook; nil where it has none.
type Tables struct {
	Table3 report.Table3
	Table4 report.Table4
}

// Read finds the tables in a workbook, whatever the names of its sheets and the
// numbers of its sections: a table is known by the labels of its rows and columns.
// An empty cell is blank. Faults name the cells that hold no figure. ErrRead.
func Read(content []byte) (t Tables, faults []problem.Field, err error) {
	defer func() { // a damaged file must not end the process
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v", ErrRead, p)
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		return t, nil, fmt.Errorf("%w: %w", ErrRead, err)
	}
	defer f.Close() //nolint:errcheck // nothing was opened from disk
	sheets := f.GetSheetList()
	for _, name := range sheets[:min(len(sheets), maxSheets)] {
		g, err := readGrid(f, name)
		if err != nil {
			return t, nil, fmt.Errorf("%w: sheet %s: %w", ErrRead, name, err)
		}
		if t.Table3 == nil {
			var bad []problem.Field
			t.Table3, bad = g.table3()
			faults = append(faults, bad...)
		}
		if t.Table4 == nil {
			var bad []problem.Field
			t.Table4, bad = g.table4()
			faults = append(faults, bad...)
		}
	}
	return t, faults, nil
}

// grid is a sheet with the texts of merged cells in every cell that they cover.
type grid struct {
	sheet string
	cells [][]string
	// first says that a cell is the first of its merged range, or of none: a figure
	// stands there once.
	covered map[[2]int]bool
}

func readGrid(f *excelize.File, sheet string) (*grid, error) {
	g := &grid{sheet: sheet, covered: map[[2]int]bool{}}
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // in memory
	for rows.Next() && len(g.cells) < maxRows {
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		line := make([]string, maxColumns)
		copy(line, cells)
		for i := range line {
			line[i] = strings.TrimSpace(line[i])
		}
		g.cells = append(g.cells, line)
	}
	merged, err := f.GetMergeCells(sheet)
	if err != nil {
		return nil, err
	}
	for _, m := range merged {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil {
			continue
		}
		for r := r1; r <= min(r2, len(g.cells)); r++ {
			for c := c1; c <= min(c2, maxColumns); c++ {
				if r != r1 || c != c1 {
					g.cells[r-1][c-1] = g.cells[r1-1][c1-1]
					g.covered[[2]int{r - 1, c - 1}] = true
				}
			}
		}
	}
	return g, rows.Error()
}

// table3 finds the row of the applicants' columns and reads the rows below it.
func (g *grid) table3() (report.Table3, []problem.Field) {
	head, columns := g.columns3()
	if len(columns) == 0 {
		return nil, nil
	}
	left := maxColumns
	for at := range columns {
		left = min(left, at)
	}
	t := report.Table3{}
	var faults []problem.Field
	group := ""
	for r := head + 1; r < len(g.cells); r++ {
		row, path, ok := g.row3(r, left, group)
		if !ok {
			if path != "" && g.blank(r, columns) {
				group = path // a heading on a line of its own
			}
			continue
		}
		if t[row] != nil { // the labels of another table below
			continue
		}
		t[row] = map[report.Column]*int64{}
		for at, c := range columns {
			n, fault := g.figure(r, at)
			if fault != nil {
				faults = append(faults, *fault)
			}
			t[row][c] = n
		}
	}
	if t[report.NewReceived] == nil && t[report.Granted] == nil {
		return nil, nil
	}
	return t, faults
}

// columns3 is the last row of the heads, which names the applicants.
func (g *grid) columns3() (head int, columns map[int]report.Column) {
	for r := range g.cells {
		found := map[int]report.Column{}
		taken := map[report.Column]bool{}
		for at, text := range g.cells[r] {
			c, ok := report.ColumnByLabel(text)
			if plain(text) == "总计" || plain(text) == "合计" {
				c, ok = report.Total, true
			}
			if ok && !taken[c] {
				found[at], taken[c] = c, true
			}
		}
		if taken[report.NaturalPerson] && taken[report.Total] && taken[report.Commercial] {
			return r, found
		}
	}
	return 0, nil
}

// row3 is the row that the labels left of the figures name. Without one, path is
// their text.
func (g *grid) row3(r, left int, group string) (row report.Row, path string, ok bool) {
	var labels []string
	for _, text := range g.cells[r][:left] {
		if text != "" && (len(labels) == 0 || labels[len(labels)-1] != text) {
			labels = append(labels, text)
		}
	}
	if len(labels) == 0 {
		return "", "", false
	}
	own := labels[len(labels)-1]
	for _, try := range []string{strings.Join(labels, "/"), group + "/" + own, own} {
		if row, ok := report.RowByLabel(try); ok {
			return row, "", true
		}
	}
	return "", own, false
}

func (g *grid) blank(r int, columns map[int]report.Column) bool {
	for at := range columns {
		if n, fault := g.figure(r, at); n != nil || fault != nil {
			return false
		}
	}
	return true
}

// table4 finds the row that names the outcomes three times and reads the figures
// below it.
func (g *grid) table4() (report.Table4, []problem.Field) {
	for r := range g.cells {
		var at []int
		for c, text := range g.cells[r] {
			if _, ok := outcomeOf(text); ok {
				at = append(at, c)
			}
		}
		if len(at) != 15 || r+1 >= len(g.cells) {
			continue
		}
		line := r + 1
		for line+1 < len(g.cells) && strings.Join(g.cells[line], "") == strings.Join(g.cells[r], "") {
			line++ // heads that reach over several rows
		}
		t := report.Table4{}
		var faults []problem.Field
		for i, c := range at {
			block := report.Blocks()[i/5]
			if t[block] == nil {
				t[block] = map[report.Outcome]*int64{}
			}
			n, fault := g.figure(line, c)
			if fault != nil {
				faults = append(faults, *fault)
			}
			o, _ := outcomeOf(g.cells[r][c])
			t[block][o] = n
		}
		return t, faults
	}
	return nil, nil
}

func outcomeOf(label string) (report.Outcome, bool) {
	label = plain(label)
	i := slices.IndexFunc(report.Outcomes(), func(o report.Outcome) bool { return o.Label() == label })
	if i < 0 {
		return "", false
	}
	return report.Outcomes()[i], true
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '　' {
			return -1
		}
		return r
	}, s)
}

// figure reads a cell: empty and a dash are blank.
func (g *grid) figure(r, c int) (*int64, *problem.Field) {
	text := plain(g.cells[r][c])
	if text == "" || g.covered[[2]int{r, c}] || strings.Trim(text, "-—–－/／") == "" {
		return nil, nil
	}
	digits := strings.NewReplacer(",", "", "，", "").Replace(strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, text))
	digits = strings.TrimSuffix(digits, ".0")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > maxFigure {
		name, _ := excelize.CoordinatesToCellName(c+1, r+1) //nolint:errcheck // the cell was read
		if len(text) > 40 {
			text = text[:40]
		}
		f := problem.At(g.sheet+"!"+name, "no_figure", "单元格“"+strings.ToValidUTF8(text, "")+"”不是不小于零的整数。", "The cell is no whole number of at least zero.")
		return nil, &f
	}
	return &n, nil
}
