package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/docx"
)

func sample() *docx.Document {
	d := docx.New().Describe(docx.Meta{Title: "通报 <一>", Author: "徐泾镇人民政府", Subject: "季度"})
	d.Title("关于2026年第三季度依申请公开工作情况的通报")
	d.Line("各村（居）、各部门：")
	d.Heading(1, "一、总体情况")
	d.Heading(2, "（一）数量")
	d.Heading(3, "1.新收")
	d.Paragraph("本季度新收 & 办结 <12> 件。\n其中 7 件\x00予以公开。").AddBold("按期率100%").Add("。")
	d.Table(36, 40, 40, 40).
		Head(docx.Cell{Text: "类型", Down: 2}, docx.Cell{Text: "件数", Across: 3}).
		Head(docx.Cells("本期", "上期", "去年同期")...).
		Row(docx.Cell{Text: "合计", Bold: true}, docx.Cell{Text: "12", Align: docx.Right}).
		Texts("甲", "1", "2", "3")
	d.Line("徐泾镇人民政府").Align(docx.Right).Inset(4).After(2).KeepNext()
	d.PageBreak()
	d.Line("附件").Bold()
	return d
}

// parts unpacks a document and reads every part as XML.
func parts(t *testing.T, d *docx.Document) map[string]string {
	t.Helper()
	var file bytes.Buffer
	n, err := d.WriteTo(&file)
	require.NoError(t, err)
	require.EqualValues(t, file.Len(), n)
	z, err := zip.NewReader(bytes.NewReader(file.Bytes()), n)
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		out[f.Name] = string(content)
		dec := xml.NewDecoder(bytes.NewReader(content))
		for {
			if _, err = dec.Token(); err != nil {
				break
			}
		}
		require.ErrorIs(t, err, io.EOF, "%s is well-formed", f.Name)
	}
	return out
}

func TestADocumentHoldsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	body := parts(t, sample())["word/document.xml"]
	require.Contains(t, body, "本季度新收 &amp; 办结 &lt;12&gt; 件。")
	require.Contains(t, body, "其中 7 件予以公开。", "characters that XML cannot hold are dropped")
	require.Contains(t, body, `<w:b/></w:rPr><w:t xml:space="preserve">按期率100%`)
	require.Contains(t, parts(t, sample())["docProps/core.xml"], "<dc:title>通报 &lt;一&gt;</dc:title>")
	for _, part := range []string{"[Content_Types].xml", "_rels/.rels", "word/styles.xml", "word/fontTable.xml"} {
		require.NotEmpty(t, parts(t, sample())[part])
	}
}

// Word refuses tables whose rows do not cover every column.
func TestEveryRowCoversEveryColumn(t *testing.T) {
	t.Parallel()
	body := parts(t, sample())["word/document.xml"]
	rows := strings.Split(body, "<w:tr>")[1:]
	require.Len(t, rows, 4)
	for i, want := range []int{2, 4, 4, 4} {
		require.Equal(t, want, strings.Count(rows[i], "<w:tc>"), "row %d", i)
	}
	require.Contains(t, rows[0], `<w:gridSpan w:val="3"/>`)
	require.Contains(t, rows[0], `<w:vMerge w:val="restart"/>`)
	require.Contains(t, rows[1], `<w:vMerge/>`)
}

func TestTheSameContentIsTheSameFile(t *testing.T) {
	t.Parallel()
	var one, two bytes.Buffer
	_, err := sample().WriteTo(&one)
	require.NoError(t, err)
	_, err = sample().WriteTo(&two)
	require.NoError(t, err)
	require.Equal(t, one.Bytes(), two.Bytes())
}

func TestThePageShowsTheSame(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	require.NoError(t, sample().WriteHTML(&page))
	for _, want := range []string{
		"<title>通报 &lt;一&gt;</title>", "<h2>一、总体情况</h2>", "&lt;12&gt; 件。<br>其中", "<strong>按期率100%</strong>",
		`<th rowspan="2">类型</th><th colspan="3">件数</th>`, `<td style="text-align:right;">12</td>`,
	} {
		require.Contains(t, page.String(), want)
	}
	require.NotContains(t, page.String(), "\x00")
}

type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("no room")
	}
	return len(p), nil
}

func TestAFullDiskIsReported(t *testing.T) {
	t.Parallel()
	_, err := sample().WriteTo(&full{room: 100})
	require.Error(t, err)
	require.Error(t, sample().WriteHTML(&full{room: 10}))
}
