package docx

import (
	"archive/zip"
	"fmt"
	"io"
	"time"
)

// written is the time in every entry of the archive, so that the same content
// makes the same file.
var written = time.Date(2019, 5, 15, 0, 0, 0, 0, time.UTC)

// MediaType is the media type of the file.
const MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// WriteTo writes the .docx file.
func (d *Document) WriteTo(w io.Writer) (int64, error) {
	counted := &counter{w: w}
	z := zip.NewWriter(counted)
	body := &builder{}
	body.raw(documentStart)
	for _, b := range d.blocks {
		b.xml(body)
	}
	body.raw(documentEnd)
	core := &builder{}
	core.raw(coreStart)
	core.raw("<dc:title>").text(d.meta.Title).raw("</dc:title><dc:subject>").text(d.meta.Subject)
	core.raw("</dc:subject><dc:creator>").text(d.meta.Author).raw("</dc:creator></cp:coreProperties>")
	for _, part := range [...]struct{ name, content string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", core.String()},
		{"word/document.xml", body.String()},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", styles},
		{"word/fontTable.xml", fontTable},
		{"word/settings.xml", settings},
		{"word/footer1.xml", footer("right")},
		{"word/footer2.xml", footer("left")},
	} {
		entry, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: written})
		if err == nil {
			_, err = io.WriteString(entry, part.content)
		}
		if err != nil {
			return counted.n, fmt.Errorf("write %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return counted.n, fmt.Errorf("close document: %w", err)
	}
	return counted.n, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err //nolint:wrapcheck // a writer hands on what its writer says
}
