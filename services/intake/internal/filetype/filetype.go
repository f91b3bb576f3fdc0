// Package filetype tells what a file is from its content, whatever its name and
// the sender say, and refuses what an office should not open. It reads a file in
// place, a little at a time; it never unpacks anything.
package filetype

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"zhiqing.dev/pkg/problem"
)

// Type is a kind of file that the office takes.
type Type struct {
	Media string       // media type under which the file is handed out again
	Label problem.Text // for people
	// Extensions are the endings of names that fit, the usual one first.
	Extensions []string
}

// Refusals. Test with errors.Is.
var (
	// ErrEmpty: there is nothing in the file.
	ErrEmpty = errors.New("empty file")
	// ErrUnknown: not one of the kinds that are taken.
	ErrUnknown = errors.New("unknown kind of file")
	// ErrDamaged: it begins as a known kind, but does not hold together.
	ErrDamaged = errors.New("damaged file")
	// ErrMacros: an office file with programs in it.
	ErrMacros = errors.New("file with macros")
	// ErrEncrypted: an office file that needs a password.
	ErrEncrypted = errors.New("encrypted file")
	// ErrBomb: a packed file that would unpack to far more than a document needs.
	ErrBomb = errors.New("packed file out of all proportion")
)

func kind(media, zh, en string, extensions ...string) Type {
	return Type{Media: media, Label: problem.Text{ZH: zh, EN: en}, Extensions: extensions}
}

// The kinds.
var (
	PDF  = kind("application/pdf", "PDF文件", "PDF", "pdf")
	OFD  = kind("application/ofd", "OFD版式文件", "OFD", "ofd") // GB/T 33190
	PNG  = kind("image/png", "PNG图片", "PNG image", "png")
	JPEG = kind("image/jpeg", "JPEG图片", "JPEG image", "jpg", "jpeg", "jpe", "jfif")
	GIF  = kind("image/gif", "GIF图片", "GIF image", "gif")
	WebP = kind("image/webp", "WebP图片", "WebP image", "webp")
	BMP  = kind("image/bmp", "BMP图片", "BMP image", "bmp")
	TIFF = kind("image/tiff", "TIFF图片", "TIFF image", "tif", "tiff")
	HEIC = kind("image/heic", "HEIC图片", "HEIC image", "heic", "heif")

	DOCX = kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word文档", "Word document", "docx")
	XLSX = kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel工作簿", "Excel workbook", "xlsx")
	PPTX = kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint演示文稿", "PowerPoint presentation", "pptx")
	DOC  = kind("application/msword", "Word文档（旧版）", "Word document (old)", "doc", "wps")
	XLS  = kind("application/vnd.ms-excel", "Excel工作簿（旧版）", "Excel workbook (old)", "xls", "et")
	PPT  = kind("application/vnd.ms-powerpoint", "PowerPoint演示文稿（旧版）", "PowerPoint presentation (old)", "ppt", "dps")
	ODT  = kind("application/vnd.oasis.opendocument.text", "ODF文本", "ODF text", "odt")
	ODS  = kind("application/vnd.oasis.opendocument.spreadsheet", "ODF电子表格", "ODF spreadsheet", "ods")
	ODP  = kind("application/vnd.oasis.opendocument.presentation", "ODF演示文稿", "ODF presentation", "odp")

	Text    = kind("text/plain; charset=utf-8", "纯文本", "plain text", "txt", "csv", "md", "log", "tsv")
	TextGBK = kind("text/plain; charset=gb18030", "纯文本（GB18030）", "plain text (GB18030)", "txt", "csv", "md", "log", "tsv")
)

// All lists every kind.
func All() []Type {
	return []Type{PDF, OFD, PNG, JPEG, GIF, WebP, BMP, TIFF, HEIC, DOCX, XLSX, PPTX, DOC, XLS, PPT, ODT, ODS, ODP, Text, TextGBK}
}

// OfMedia returns the kind of this media type.
func OfMedia(media string) (Type, bool) {
	for _, t := range All() {
		if t.Media == media {
			return t, true
		}
	}
	return Type{}, false
}

// headSize is how much of a file is looked at first.
const headSize = 4096

// Sniff tells what a file of this size is. Errors of r come back as they are.
func Sniff(r io.ReaderAt, size int64) (Type, error) {
	if size <= 0 {
		return Type{}, ErrEmpty
	}
	head := make([]byte, min(size, headSize))
	if err := readAt(r, head, 0); err != nil {
		return Type{}, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(r, size)
	case bytes.HasPrefix(head, []byte(oleMagic)):
		return sniffOLE(r, size, head)
	}
	if t, ok := signed(head); ok {
		return t, nil
	}
	return sniffText(r, size)
}

// signed recognises the kinds that begin with a signature of their own.
func signed(head []byte) (Type, bool) {
	starts := func(at int, sign string) bool {
		return len(head) >= at+len(sign) && string(head[at:at+len(sign)]) == sign
	}
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"), []byte("%PDF-")):
		return PDF, true
	case starts(0, "\x89PNG\r\n\x1a\n") && starts(12, "IHDR"):
		return PNG, true
	case starts(0, "\xff\xd8\xff"):
		return JPEG, true
	case starts(0, "GIF87a"), starts(0, "GIF89a"):
		return GIF, true
	case starts(0, "RIFF") && starts(8, "WEBP"):
		return WebP, true
	case starts(0, "II*\x00"), starts(0, "MM\x00*"):
		return TIFF, true
	case starts(0, "BM") && starts(6, "\x00\x00\x00\x00"):
		return BMP, true
	case starts(4, "ftyp") && (starts(8, "hei") || starts(8, "hev") || starts(8, "mif1") || starts(8, "msf1")):
		return HEIC, true
	}
	return Type{}, false
}

// Named gives a file's name the ending of what it is: a name never promises
// something else than the content holds.
func (t Type) Named(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot >= 0 {
		for _, e := range t.Extensions {
			if strings.EqualFold(name[dot+1:], e) {
				return name
			}
		}
	}
	return strings.TrimRight(name, ". ") + "." + t.Extensions[0]
}

// readAt fills b, or says why it cannot.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ends at byte %d", ErrDamaged, at+int64(n))
	}
	return fmt.Errorf("look into the file: %w", err)
}
