package filetype

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// sniffText accepts what is text from its first byte to its last, in UTF-8 or in
// GB18030, which old programs in Chinese offices write.
func sniffText(r io.ReaderAt, size int64) (Type, error) {
	ok, err := isText(io.NewSectionReader(r, 0, size), utf8Chunk)
	if err != nil || ok {
		return Text, err
	}
	ok, err = isText(io.NewSectionReader(r, 0, size), gbChunk())
	if err != nil || ok {
		return TextGBK, err
	}
	return Type{}, ErrUnknown
}

// chunk looks at the next bytes of a text, the last ones when end is set, and says
// how many it has understood; ok is false when they are no text.
type chunk func(b []byte, end bool) (understood int, ok bool)

func isText(r io.Reader, look chunk) (bool, error) {
	buf := make([]byte, 0, 64<<10)
	for {
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return false, err
		}
		done, ok := look(buf, end)
		switch {
		case !ok || end && done < len(buf), !end && done == 0:
			return false, nil
		case end:
			return true, nil
		}
		buf = append(buf[:0], buf[done:]...)
	}
}

// printable tells letters from the control characters that no text has.
func printable(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7f
	})
}

func utf8Chunk(b []byte, end bool) (int, bool) {
	n := len(b)
	if !end { // the last character may be cut
		for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
			if at := len(b) - back; utf8.RuneStart(b[at]) {
				if !utf8.FullRune(b[at:]) {
					n = at
				}
				break
			}
		}
	}
	return n, utf8.Valid(b[:n]) && printable(b[:n])
}

func gbChunk() chunk {
	var out []byte
	return func(b []byte, end bool) (int, bool) {
		out = slices.Grow(out[:0], 2*len(b)+utf8.UTFMax)[:2*len(b)+utf8.UTFMax] // 2 bytes become 3
		d := simplifiedchinese.GB18030.NewDecoder()
		written, read, err := d.Transform(out, b, end)
		if err != nil && !errors.Is(err, transform.ErrShortSrc) {
			return 0, false
		}
		decoded := out[:written]
		return read, printable(decoded) && !bytes.ContainsRune(decoded, utf8.RuneError)
	}
}
