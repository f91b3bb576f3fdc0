package filetype_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhiqing.dev/services/intake/internal/filetype"
)

// packed is a zip file with these members.
func packed(t testing.TB, method uint16, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		require.NoError(t, err)
		_, err = f.Write([]byte(members[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// compound is a compound file whose directory holds these names.
func compound(names ...string) []byte {
	const sector = 512
	b := make([]byte, 3*sector) // header, allocation table, directory
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(b[30:], 9)
	binary.LittleEndian.PutUint32(b[48:], 1) // the directory's first sector
	for i := range 109 {
		binary.LittleEndian.PutUint32(b[76+4*i:], 0xffffffff)
	}
	binary.LittleEndian.PutUint32(b[76:], 0) // the table's sector
	for i := range sector / 4 {
		binary.LittleEndian.PutUint32(b[sector+4*i:], 0xfffffffe)
	}
	for i, name := range names {
		entry := b[2*sector+128*i:]
		units := utf16.Encode([]rune(name))
		for k, u := range units {
			binary.LittleEndian.PutUint16(entry[2*k:], u)
		}
		binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(units)+2))
		entry[66] = 2
	}
	return b
}

func sniff(b []byte) (filetype.Type, error) {
	return filetype.Sniff(bytes.NewReader(b), int64(len(b)))
}

func workbook(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	require.NoError(t, f.Close())
	return b.Bytes()
}

func gbk(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	require.NoError(t, err)
	return b
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"

func TestWhatIsTaken(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("青溪镇农村户厕改造补助资金发放明细。\n", 3000)
	for name, c := range map[string]struct {
		content []byte
		want    filetype.Type
	}{
		"PDF":          {[]byte("%PDF-1.7\n%âãÏÓ\n"), filetype.PDF},
		"PDF with BOM": {[]byte("\xef\xbb\xbf\n%PDF-1.4"), filetype.PDF},
		"PNG":          {[]byte(png), filetype.PNG},
		"JPEG":         {[]byte("\xff\xd8\xff\xe0\x00\x10JFIF"), filetype.JPEG},
		"GIF":          {[]byte("GIF89a\x01\x00"), filetype.GIF},
		"WebP":         {[]byte("RIFF\x10\x00\x00\x00WEBPVP8 "), filetype.WebP},
		"BMP":          {[]byte("BM\x10\x00\x00\x00\x00\x00\x00\x00\x36"), filetype.BMP},
		"TIFF":         {[]byte("II*\x00\x08\x00\x00\x00"), filetype.TIFF},
		"HEIC":         {[]byte("\x00\x00\x00\x18ftypheic\x00\x00"), filetype.HEIC},
		"a real XLSX":  {workbook(t), filetype.XLSX},
		"DOCX":         {packed(t, zip.Deflate, "[Content_Types].xml", "<x/>", "word/document.xml", "<x/>"), filetype.DOCX},
		"PPTX":         {packed(t, zip.Deflate, "[Content_Types].xml", "<x/>", "ppt/presentation.xml", "<x/>"), filetype.PPTX},
		"ODT":          {packed(t, zip.Store, "mimetype", filetype.ODT.Media, "content.xml", "<x/>"), filetype.ODT},
		"ODS":          {packed(t, zip.Store, "mimetype", filetype.ODS.Media), filetype.ODS},
		"OFD":          {packed(t, zip.Deflate, "OFD.xml", "<x/>"), filetype.OFD},
		"DOC":          {compound("Root Entry", "WordDocument"), filetype.DOC},
		"XLS":          {compound("Root Entry", "Workbook"), filetype.XLS},
		"PPT":          {compound("Root Entry", "PowerPoint Document"), filetype.PPT},
		"text":         {[]byte("申请公开补助清单\r\n"), filetype.Text},
		"long text":    {[]byte("x" + long), filetype.Text},
		"old text":     {gbk(t, "申请公开补助清单\r\n"), filetype.TextGBK},
		"long old":     {gbk(t, "x"+long), filetype.TextGBK},
		"HTML is text": {[]byte("<html><script>alert(1)</script></html>"), filetype.Text},
	} {
		got, err := sniff(c.content)
		require.NoError(t, err, name)
		require.Equal(t, c.want.Media, got.Media, name)
		again, ok := filetype.OfMedia(got.Media)
		require.True(t, ok, name)
		require.Equal(t, got.Label, again.Label)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	bomb := packed(t, zip.Deflate, "[Content_Types].xml", "<x/>", "word/document.xml", strings.Repeat("\x00", 9<<20))
	require.Less(t, len(bomb), 1<<20)
	lying := packed(t, zip.Store, "[Content_Types].xml", "<x/>", "word/document.xml", "<x/>")
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[at+20:], 1<<30) // more than the file has
	many := packed(t, zip.Store, "[Content_Types].xml", "<x/>")
	binary.LittleEndian.PutUint16(many[bytes.LastIndex(many, []byte("PK\x05\x06"))+10:], 10_001)
	locked := packed(t, zip.Store, "[Content_Types].xml", "<x/>", "word/document.xml", "<x/>")
	locked[bytes.LastIndex(locked, []byte("PK\x01\x02"))+8] |= 1
	endless := compound("Root Entry", "WordDocument")
	binary.LittleEndian.PutUint32(endless[512+4:], 1) // the directory follows itself
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing":             {nil, filetype.ErrEmpty},
		"a program":           {[]byte("MZ\x90\x00\x03\x00\x00\x00"), filetype.ErrUnknown},
		"an ELF program":      {[]byte("\x7fELF\x02\x01\x01\x00"), filetype.ErrUnknown},
		"a plain archive":     {packed(t, zip.Deflate, "a.txt", "x"), filetype.ErrUnknown},
		"a JAR":               {packed(t, zip.Deflate, "META-INF/MANIFEST.MF", "x"), filetype.ErrUnknown},
		"RAR":                 {[]byte("Rar!\x1a\x07\x01\x00"), filetype.ErrUnknown},
		"a script of bytes":   {[]byte("#!/bin/sh\n\x00"), filetype.ErrUnknown},
		"half a character":    {[]byte("申请\xe7"), filetype.ErrUnknown},
		"macros":              {packed(t, zip.Deflate, "[Content_Types].xml", "<x/>", "word/document.xml", "x", "word/vbaProject.bin", "x"), filetype.ErrMacros},
		"old macros":          {compound("Root Entry", "WordDocument", "Macros"), filetype.ErrMacros},
		"password":            {compound("Root Entry", "EncryptedPackage"), filetype.ErrEncrypted},
		"locked members":      {locked, filetype.ErrEncrypted},
		"another old format":  {compound("Root Entry", "__nameid_version1.0"), filetype.ErrUnknown},
		"endless directory":   {endless, filetype.ErrDamaged},
		"cut compound":        {compound("Root Entry")[:600], filetype.ErrDamaged},
		"cut archive":         {workbook(t)[:2000], filetype.ErrDamaged},
		"zip bomb":            {bomb, filetype.ErrBomb},
		"lying sizes":         {lying, filetype.ErrBomb},
		"ten thousand parts":  {many, filetype.ErrBomb},
		"an unknown mimetype": {packed(t, zip.Store, "mimetype", "application/epub+zip"), filetype.ErrUnknown},
	} {
		_, err := sniff(c.content)
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestNamesPromiseWhatTheContentHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ      filetype.Type
		in, want string
	}{
		{filetype.PDF, "身份证.pdf", "身份证.pdf"},
		{filetype.PDF, "身份证.PDF", "身份证.PDF"},
		{filetype.PNG, "身份证.pdf", "身份证.pdf.png"},
		{filetype.JPEG, "照片.jpeg", "照片.jpeg"},
		{filetype.Text, "page.html", "page.html.txt"},
		{filetype.Text, "说明", "说明.txt"},
		{filetype.DOC, "附件...", "附件.doc"},
	} {
		require.Equal(t, c.want, c.typ.Named(c.in))
	}
}

// Whatever comes, the answer is a type or a refusal, quickly and without panic.
func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.7"))
	f.Add([]byte(png))
	f.Add(workbook(f))
	f.Add(compound("Root Entry", "WordDocument"))
	f.Add(packed(f, zip.Store, "mimetype", filetype.ODT.Media))
	f.Add([]byte("PK\x03\x04PK\x05\x06"))
	f.Add(gbk(f, "申请公开补助清单"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := sniff(b)
		if err == nil {
			if _, known := filetype.OfMedia(got.Media); !known {
				t.Fatalf("an unknown type %q", got.Media)
			}
		}
	})
}
