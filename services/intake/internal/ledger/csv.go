package ledger

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Row is one row of a file.
type Row struct {
	Line  int // of the file, 1 for the first; where the row begins
	Cells []string
	// Broken says why the row could not be read; its one cell is then the line as
	// it stands, for whoever mends it.
	Broken string
}

// The reasons in Row.Broken.
const (
	brokenQuote = "unclosed_quote"
	brokenLong  = "row_too_long"
)

// maxRow and maxRowLines bound one row of a CSV file, over all its lines.
const (
	maxRow      = 128 << 10
	maxRowLines = 200
)

// maxCells bounds how many cells of a row are kept; a ledger has eleven columns.
const maxCells = 256

// csvReader reads rows of separated values as people and programs write them: in
// RFC 4180, and with quotation marks in the middle of a value. A quotation mark
// that is never closed spoils its own line only, not the rest of the file.
type csvReader struct {
	in    *bufio.Reader
	comma byte
	line  int // the next line
	// ahead are lines that were read and given back.
	ahead []string
}

func newCSV(r io.Reader, comma byte) *csvReader {
	return &csvReader{in: bufio.NewReaderSize(r, 64<<10), comma: comma, line: 1}
}

// next returns the next row; io.EOF after the last. Lines without any character
// are passed over.
func (c *csvReader) next() (Row, error) {
	for {
		text, err := c.readLine()
		if err != nil {
			return Row{}, err
		}
		if text != "" {
			return c.row(text)
		}
	}
}

// row splits the line that begins a row, and reads on while a quotation mark is
// open.
func (c *csvReader) row(first string) (Row, error) {
	r := Row{Line: c.line - 1}
	if len(first) > maxRow {
		r.Broken, r.Cells = brokenLong, []string{cutBytes(first, 200)}
		return r, nil
	}
	lines, size := []string{first}, len(first)
	for open := leavesOpen(first, c.comma, false); open; {
		line, err := c.readLine()
		end := errors.Is(err, io.EOF)
		switch {
		case err == nil:
			lines, size = append(lines, line), size+len(line)
		case !end:
			return Row{}, err
		}
		if end || size > maxRow || len(lines) > maxRowLines {
			c.giveBack(lines[1:])
			r.Broken, r.Cells = brokenQuote, []string{first}
			return r, nil
		}
		open = leavesOpen(line, c.comma, true)
	}
	r.Cells = split(strings.Join(lines, "\n"), c.comma)
	return r, nil
}

// leavesOpen reports whether a quotation mark is open at the end of a line, when
// one was open, or not, at its beginning.
func leavesOpen(line string, comma byte, open bool) bool {
	for {
		if open {
			i := strings.IndexByte(line, '"')
			if i < 0 {
				return true
			}
			line = line[i+1:]
			if strings.HasPrefix(line, `"`) {
				line = line[1:]
				continue
			}
			open = false
		} else if value := strings.TrimLeft(line, " "); strings.HasPrefix(value, `"`) {
			line, open = value[1:], true
			continue
		}
		_, rest, more := strings.Cut(line, string(comma))
		if !more {
			return false
		}
		line = rest
	}
}

func (c *csvReader) giveBack(lines []string) {
	c.line -= len(lines)
	c.ahead = append(append([]string(nil), lines...), c.ahead...)
}

// readLine returns the next line without its end. A line beyond maxRow is cut.
func (c *csvReader) readLine() (string, error) {
	if len(c.ahead) > 0 {
		line := c.ahead[0]
		c.ahead = c.ahead[1:]
		c.line++
		return line, nil
	}
	var b strings.Builder
	for {
		part, err := c.in.ReadSlice('\n')
		if room := maxRow + 2 - b.Len(); len(part) > room {
			part = part[:room] // enough to see that it is too long
		}
		b.Write(part)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil:
		case errors.Is(err, io.EOF) && b.Len() > 0:
		default:
			return "", err
		}
		c.line++
		return strings.TrimSuffix(strings.TrimSuffix(b.String(), "\n"), "\r"), nil
	}
}

// split cuts a row at the separators outside quotation marks.
func split(text string, comma byte) []string {
	cells := make([]string, 0, 12)
	for more := true; more; {
		var cell string
		cell, text, more = nextCell(text, comma)
		if len(cells) < maxCells {
			cells = append(cells, cell)
		}
	}
	return cells
}

// nextCell takes one value off the text.
func nextCell(text string, comma byte) (cell, rest string, more bool) {
	quoted, isQuoted := strings.CutPrefix(strings.TrimLeft(text, " "), `"`)
	if !isQuoted {
		return strings.Cut(text, string(comma))
	}
	var b strings.Builder
	text = quoted
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			b.WriteString(text)
			return b.String(), "", false
		}
		b.WriteString(text[:i])
		text = text[i+1:]
		if strings.HasPrefix(text, `"`) {
			b.WriteByte('"')
			text = text[1:]
			continue
		}
		// What follows a closing mark before the separator belongs to the value.
		tail, after, more := strings.Cut(text, string(comma))
		if strings.TrimSpace(tail) != "" {
			b.WriteString(tail)
		}
		return b.String(), after, more
	}
}

func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
