package clock

import (
	"strconv"
	"strings"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/calendar"
)

// ink is what one computation writes with. A case has some sixty sentences; they
// share one text and one sheet of lines, because an allocation for each would be
// most of what a computation costs.
type ink struct {
	b     strings.Builder
	start int // of the sentence being written
	sheet []Line
}

// A sentence in both languages takes some 110 bytes.
const bytesPerLine = 112

func newInk(lines int) *ink {
	i := &ink{sheet: make([]Line, 0, lines)}
	i.b.Grow(lines * bytesPerLine)
	return i
}

// reserve takes lines off the sheet for an explanation that is written while others
// are.
func (i *ink) reserve(lines int) []Line {
	i.sheet = i.sheet[:lines]
	return i.sheet[:0:lines]
}

// narrator begins an explanation on the sheet. Only one is written at a time.
func (i *ink) narrator(cal *calendar.Calendar) narrator {
	return narrator{cal: cal, ink: i, lines: i.sheet[len(i.sheet):]}
}

// told ends the explanation and takes its lines off the sheet.
func (n *narrator) told() []Line {
	if i := n.ink; cap(n.lines) <= cap(i.sheet)-len(i.sheet) { // else the sheet was full
		i.sheet = i.sheet[:len(i.sheet)+len(n.lines)]
	}
	return n.lines[:len(n.lines):len(n.lines)]
}

// end returns the sentence; what is written next is another.
func (i *ink) end() string {
	s := i.b.String()[i.start:]
	i.start = i.b.Len()
	return s
}

// day writes a date.
func (i *ink) day(d civil.Date) *ink {
	var buf [12]byte
	i.b.Write(d.AppendTo(buf[:0]))
	return i
}

// span writes a day, or a run of days with the word between them.
func (i *ink) span(from, to civil.Date, until string) *ink {
	i.day(from)
	if to != 0 && to != from {
		i.b.WriteString(until)
		i.day(to)
	}
	return i
}

func (i *ink) say(words string) *ink {
	i.b.WriteString(words)
	return i
}

func (i *ink) number(n int) *ink {
	var buf [20]byte
	i.b.Write(strconv.AppendInt(buf[:0], int64(n), 10))
	return i
}
