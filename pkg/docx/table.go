package docx

// Table is a ruled table. Rows are added from top to bottom.
type Table struct {
	widths []int // mm
	rows   []row
}

type row struct {
	head  bool
	cells []Cell
}

// Cell is one cell of a row.
type Cell struct {
	Text string
	// Align is where the text stands; Left if empty, Center in a head row.
	Align Align
	Bold  bool
	// Across is how many columns the cell takes, and Down how many rows; 0 and 1
	// are one. A cell that another one covers from above is left out of its row.
	Across, Down int
}

// Head adds a row that is repeated at the top of every page.
func (t *Table) Head(cells ...Cell) *Table {
	t.rows = append(t.rows, row{head: true, cells: cells})
	return t
}

// Row adds a row.
func (t *Table) Row(cells ...Cell) *Table {
	t.rows = append(t.rows, row{cells: cells})
	return t
}

// Texts adds a row of plain cells.
func (t *Table) Texts(texts ...string) *Table {
	cells := make([]Cell, len(texts))
	for i, s := range texts {
		cells[i] = Cell{Text: s}
	}
	return t.Row(cells...)
}

// Cells are texts as the cells of a head row.
func Cells(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, s := range texts {
		cells[i] = Cell{Text: s}
	}
	return cells
}

// place is a cell in the grid of the table: its own, or the covered part of the
// one above.
type place struct {
	cell    Cell
	across  int
	covered bool // continues the cell above
	starts  bool // is continued below
}

// grid lays the rows out, so that every row covers every column: what Word wants
// of merged cells.
func (t *Table) grid() [][]place {
	columns := len(t.widths)
	type held struct{ rows, across int }
	open := make([]held, columns)
	out := make([][]place, len(t.rows))
	for i, r := range t.rows {
		next := 0
		for col := 0; col < columns; {
			if open[col].rows > 0 {
				open[col].rows--
				out[i] = append(out[i], place{across: open[col].across, covered: true})
				col += open[col].across
				continue
			}
			var c Cell
			if next < len(r.cells) {
				c = r.cells[next]
			}
			next++
			across := min(max(c.Across, 1), columns-col)
			for k := 1; k < across; k++ { // never across a cell that comes down from above
				if open[col+k].rows > 0 {
					across = k
				}
			}
			if c.Down > 1 {
				open[col] = held{rows: c.Down - 1, across: across}
			}
			out[i] = append(out[i], place{cell: c, across: across, starts: c.Down > 1})
			col += across
		}
	}
	return out
}
