package ledger

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is how the characters of a CSV file are written.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "utf-8"
	GB18030 Encoding = "gb18030" // GBK and GB2312 are parts of it
	UTF16   Encoding = "utf-16"  // what spreadsheets call Unicode text
)

var utf8BOM = []byte("\xef\xbb\xbf")

// detector finds the encoding from the pieces of a file as they come. Until a
// character beyond ASCII has come, every guess is right.
type detector struct {
	found Encoding
	begun bool
	tail  []byte // an unfinished character at the end of the last piece
}

func (d *detector) feed(piece []byte) {
	if !d.begun && len(piece) >= 2 {
		d.begun = true
		if piece[0] == 0xff && piece[1] == 0xfe || piece[0] == 0xfe && piece[1] == 0xff {
			d.found = UTF16
		}
		if bytes.HasPrefix(piece, utf8BOM) {
			d.found = UTF8
		}
	}
	if d.found != "" {
		return
	}
	all := piece
	if len(d.tail) > 0 {
		all = append(append([]byte(nil), d.tail...), piece...)
		d.tail = nil
	}
	if ascii(all) {
		return
	}
	whole := unfinished(all)
	if whole == 0 || ascii(all[:whole]) {
		d.tail = append([]byte(nil), all[whole:]...)
		if len(d.tail) < utf8.UTFMax {
			return
		}
	}
	d.found = GB18030
	if utf8.Valid(all[:whole]) {
		d.found = UTF8
	}
}

// encoding is what was found, UTF8 for a file of nothing but ASCII.
func (d *detector) encoding() Encoding {
	switch {
	case d.found != "":
		return d.found
	case len(d.tail) > 0:
		return GB18030 // the file ends within what could only begin as UTF-8
	}
	return UTF8
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unfinished is the length of b without a UTF-8 character that its end cuts off.
func unfinished(b []byte) int {
	for i := 1; i <= min(utf8.UTFMax-1, len(b)); i++ {
		c := b[len(b)-i]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
				return len(b) - i
			}
			break
		}
	}
	return len(b)
}

// reader decodes a file to UTF-8 without a mark at its beginning. What is no
// character becomes U+FFFD.
func (e Encoding) reader(r io.Reader) io.Reader {
	switch e {
	case GB18030:
		return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	case UTF16:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	default:
		return transform.NewReader(r, unicode.UTF8BOM.NewDecoder())
	}
}

// separators are tried in this order; the one that stands most often in the first
// lines separates the values.
var separators = [...]byte{',', '\t', ';'}

func separatorOf(head string) byte {
	best, most := separators[0], 0
	for _, s := range separators {
		if n := bytes.Count([]byte(head), []byte{s}); n > most {
			best, most = s, n
		}
	}
	return best
}
