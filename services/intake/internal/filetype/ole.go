package filetype

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// oleMagic begins a compound file (MS-CFB): the office formats before 2007, and
// today's when they are locked with a password.
const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

const (
	oleHeader   = 512
	oleEntry    = 128
	oleNoSector = 0xfffffffa // and above: not a sector
	// oleDirectory bounds how many sectors of the directory are read.
	oleDirectory = 256
)

// compound reads the directory of a compound file.
type compound struct {
	r      io.ReaderAt
	size   int64
	sector int64
	fat    []uint32 // sectors that hold the allocation table, from the header
}

// sniffOLE tells the formats apart by the streams that they hold.
func sniffOLE(r io.ReaderAt, size int64, head []byte) (Type, error) {
	if len(head) < oleHeader {
		return Type{}, fmt.Errorf("%w: the header is cut", ErrDamaged)
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return Type{}, fmt.Errorf("%w: sectors of 2^%d bytes", ErrDamaged, shift)
	}
	c := compound{r: r, size: size, sector: 1 << shift}
	for i := range 109 {
		if s := binary.LittleEndian.Uint32(head[76+4*i:]); s < oleNoSector {
			c.fat = append(c.fat, s)
		}
	}
	names, err := c.names(binary.LittleEndian.Uint32(head[48:]))
	if err != nil {
		return Type{}, err
	}
	switch {
	case names["encryptedpackage"], names["encryptioninfo"]:
		return Type{}, ErrEncrypted
	case names["_vba_project"], names["_vba_project_cur"], names["macros"], names["vba"]:
		return Type{}, ErrMacros
	case names["worddocument"]:
		return DOC, nil
	case names["workbook"], names["book"]:
		return XLS, nil
	case names["powerpoint document"]:
		return PPT, nil
	}
	return Type{}, ErrUnknown
}

// names are the names of all storages and streams, in small letters.
func (c *compound) names(first uint32) (map[string]bool, error) {
	names := map[string]bool{}
	buf := make([]byte, c.sector)
	n := 0
	for s := first; s < oleNoSector; n++ {
		if n == oleDirectory {
			return nil, fmt.Errorf("%w: the directory does not end", ErrDamaged)
		}
		if err := c.read(s, buf); err != nil {
			return nil, err
		}
		for e := range c.sector / oleEntry {
			if name := entryName(buf[e*oleEntry : (e+1)*oleEntry]); name != "" {
				names[name] = true
			}
		}
		var err error
		if s, err = c.next(s); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func (c *compound) read(sector uint32, into []byte) error {
	return readAt(c.r, into, (int64(sector)+1)*c.sector)
}

// next looks a sector's successor up in the allocation table.
func (c *compound) next(sector uint32) (uint32, error) {
	per := uint32(c.sector / 4) //nolint:gosec // 128 or 1024
	i := sector / per
	if int(i) >= len(c.fat) {
		return 0, fmt.Errorf("%w: sector %d is not in the table", ErrDamaged, sector)
	}
	var b [4]byte
	at := (int64(c.fat[i])+1)*c.sector + int64(sector%per)*4
	if err := readAt(c.r, b[:], at); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(b[:]), nil
}

func entryName(b []byte) string {
	length := int(binary.LittleEndian.Uint16(b[64:]))
	if b[66] == 0 || length < 2 || length > 64 || length%2 != 0 {
		return ""
	}
	units := make([]uint16, 0, 31)
	for i := 0; i < length-2; i += 2 {
		units = append(units, binary.LittleEndian.Uint16(b[i:]))
	}
	return strings.ToLower(string(utf16.Decode(units)))
}
