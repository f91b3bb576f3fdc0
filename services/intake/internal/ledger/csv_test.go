package ledger

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"zhiqing.dev/pkg/spreadsheet"
)

func readAll(t testing.TB, text string, comma byte) (rows []Row) {
	t.Helper()
	c := newCSV(strings.NewReader(text), comma)
	for {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		require.NoError(t, err)
		rows = append(rows, r)
	}
}

func TestCSV_rowsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	rows := readAll(t, "a,b,c\r\n\r\n\"x,1\", \"say \"\"hi\"\"\",\"two\nlines\"\nbare \"quote\" here,\"tail\" after,\nlast", ',')
	require.Equal(t, []Row{
		{Line: 1, Cells: []string{"a", "b", "c"}},
		{Line: 3, Cells: []string{"x,1", `say "hi"`, "two\nlines"}},
		{Line: 5, Cells: []string{`bare "quote" here`, "tail after", ""}},
		{Line: 6, Cells: []string{"last"}},
	}, rows)
	require.Equal(t, []string{"a,b", "c"}, readAll(t, "a,b\tc", '\t')[0].Cells)
}

func TestCSV_anOpenQuoteSpoilsItsOwnLineOnly(t *testing.T) {
	t.Parallel()
	text := "h\n1,\"never closed\n" + strings.Repeat("good,row\n", 500)
	rows := readAll(t, text, ',')
	require.Len(t, rows, 502)
	require.Equal(t, Row{Line: 2, Cells: []string{`1,"never closed`}, Broken: brokenQuote}, rows[1])
	require.Equal(t, Row{Line: 3, Cells: []string{"good", "row"}}, rows[2])
	require.Equal(t, 502, rows[501].Line)

	rows = readAll(t, "a\n"+strings.Repeat("x", maxRow+1)+"\nb", ',')
	require.Equal(t, brokenLong, rows[1].Broken)
	require.Equal(t, Row{Line: 3, Cells: []string{"b"}}, rows[2])
	require.Len(t, readAll(t, strings.Repeat(",", 1000), ',')[0].Cells, maxCells)
}

// FuzzCSV holds the reader to its bounds on any input, and to the standard
// library's reader on every input that the latter takes.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"", "a,b\n1,2\n", "\"a\"\"b\",\"c\nd\"\r\n", "\"open\nx,\"y\n", "x\"y,\"z\nx\"y,\"z\n", "\r\n\r,\n", " \"a\",b", "登记编号,申请人\n1,\"张\n三\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows := readAll(t, text, ',')
		line := 0
		for _, r := range rows {
			require.Greater(t, r.Line, line)
			require.NotEmpty(t, r.Cells)
			require.LessOrEqual(t, len(r.Cells), maxCells)
			line = r.Line
		}
		require.LessOrEqual(t, line, strings.Count(text, "\n")+1)

		std := csv.NewReader(strings.NewReader(text))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil || len(text) > maxRow || strings.Count(text, "\n") >= maxRowLines || strings.Count(text, ",") >= maxCells {
			return
		}
		require.Len(t, rows, len(want), "%q", text)
		for i := range want {
			require.Equal(t, want[i], rows[i].Cells, "%q", text)
		}
	})
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "登记编号,申请人\n1,张三\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	require.NoError(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	for _, c := range []struct {
		file string
		want Encoding
	}{{text, UTF8}, {"\ufeff" + text, UTF8}, {gb, GB18030}, {utf16, UTF16}, {"abc", UTF8}} {
		for _, size := range []int{1, 2, 3, 5, 7, 1000} { // however the pieces fall
			if c.want == UTF16 && size == 1 {
				continue // pieces are half a megabyte; the mark is never cut
			}
			var d detector
			for b := []byte(c.file); len(b) > 0; {
				n := min(size, len(b))
				d.feed(b[:n])
				b = b[n:]
			}
			require.Equal(t, c.want, d.encoding(), "%d %q", size, c.file)
		}
		read, err := io.ReadAll(c.want.reader(strings.NewReader(c.file)))
		require.NoError(t, err)
		require.Contains(t, []string{text, "abc"}, string(read))
	}
	var d detector
	d.feed([]byte("ascii only,"))
	d.feed([]byte(gb))
	require.Equal(t, GB18030, d.encoding())
	read, err := io.ReadAll(UTF8.reader(bytes.NewReader([]byte("ok \xff\xfe"))))
	require.NoError(t, err)
	require.True(t, unreadable(string(read)))
	require.EqualValues(t, ';', separatorOf("a;b;c,d\n"))
	require.EqualValues(t, '\t', separatorOf("a\tb\tc,d\n"))
}

func TestText_formulasAreInertAndComeBack(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"=1+1", "+1", "-1", "@x", "＝1", "'=1", "''+1", "plain", "-", "O'Neill", "'quoted'"} {
		out := spreadsheet.Inert(s)
		require.False(t, spreadsheet.StartsFormula(out), s)
		require.Equal(t, s, clean(out), s)
	}
	require.Equal(t, "x y", oneLine(" \ufeffx \n\t y\u3000"))
	require.Equal(t, "a\nb", clean("a\r\nb\x00"))
}

func FuzzInert(f *testing.F) {
	for _, seed := range []string{"=1", "'=1", " =1", "\t=1", "x", "'", "''"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(strings.ToValidUTF8(s, "?")) // what a file is decoded to is valid
		out := spreadsheet.Inert(s)
		require.False(t, spreadsheet.StartsFormula(strings.TrimLeft(out, " \t\r\n")), "%q", s)
		require.Equal(t, s, clean(out), "%q", s)
		require.Equal(t, s, clean(s), "clean twice is clean once")
	})
}
