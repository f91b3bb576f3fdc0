package ledger

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rawWorkbook is a workbook of one sheet and shared strings as somebody may have
// written or damaged them.
func rawWorkbook(t testing.TB, sheet, strings string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet},
		{"xl/sharedStrings.xml", strings},
	} {
		p, err := w.Create(part[0])
		require.NoError(t, err)
		_, err = p.Write([]byte(part[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

const mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

func TestWorkbook_otherProgramsWriteThemToo(t *testing.T) {
	t.Parallel()
	b, err := openXLSX(rawWorkbook(t,
		`<worksheet `+mainNS+`><sheetData><row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="inlineStr"><is><t>直接</t></is></c></row>`+
			`<row r="5"><c r="A5"><v>2.0250002E7</v></c><c r="B5" t="d"><v>2026-01-05T00:00:00</v></c><c r="C5" t="str"><f>A1</f><v>算出来的</v></c></row></sheetData></worksheet>`,
		`<sst `+mainNS+`><si><r><t>分</t></r><r><t>段</t></r></si></sst>`))
	require.NoError(t, err)
	var rows []Row
	require.NoError(t, b.each("S", func(r Row) error { rows = append(rows, r); return nil }))
	require.Equal(t, []Row{
		{Line: 3, Cells: []string{"", "分段", "直接"}},
		{Line: 5, Cells: []string{"2.0250002E7", "2026-01-05T00:00:00", "算出来的"}},
	}, rows)
	require.NoError(t, b.close())
}

// FuzzWorkbook damages the parts of a workbook: whatever is in them, reading ends
// in rows or in an error, and lines only grow.
func FuzzWorkbook(f *testing.F) {
	f.Add(`<worksheet `+mainNS+`><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`, `<sst `+mainNS+`><si><t>登记编号</t></si></sst>`)
	f.Add(`<worksheet><sheetData><row r="2"><c r="ZZZ1" t="s"><v>9</v></c></row><row r="1"><c/></row>`, ``)
	f.Add(`<worksheet><sheetData><row r="-1"><c r="A-1" s="99" t="x"><v>1e309</v></c></row></sheetData>`, `<sst><si>`)
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		if strings.Count(sheet, "r=") > 50 {
			return // a row number may stand for a million empty rows
		}
		b, err := openXLSX(rawWorkbook(t, sheet, texts))
		if err != nil {
			require.ErrorIs(t, err, errWorkbook)
			return
		}
		defer b.close() //nolint:errcheck // read only
		line := 0
		err = b.each("S", func(r Row) error {
			require.Greater(t, r.Line, line)
			line = r.Line
			return nil
		})
		if err != nil {
			require.ErrorIs(t, err, errWorkbook)
		}
		_, _, err = plan(b)
		require.Error(t, err)
		require.False(t, errors.Is(err, errEnough))
	})
}
