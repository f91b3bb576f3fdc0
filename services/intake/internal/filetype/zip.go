package filetype

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Bounds of packed office files. A document of the largest size that is taken
// stays far below them.
const (
	maxEntries    = 10_000
	maxDirectory  = 4 << 20
	maxUnpacked   = 512 << 20
	maxRatio      = 200     // unpacked to packed, beyond smallUnpacked
	smallUnpacked = 8 << 20 // what nobody minds, however well it packs
)

// member is an entry of a zip file's directory.
type member struct {
	name             string
	method           uint16
	encrypted        bool
	packed, unpacked uint64
	offset           uint64
}

// sniffZip tells the office formats that are zip files apart. Only the directory
// is read: nothing is unpacked here, so no file can make this use memory.
func sniffZip(r io.ReaderAt, size int64) (Type, error) {
	members, err := directory(r, size)
	if err != nil {
		return Type{}, err
	}
	if err := proportion(members, size); err != nil {
		return Type{}, err
	}
	has := map[string]*member{}
	for i := range members {
		m := &members[i]
		name := strings.ToLower(strings.ReplaceAll(m.name, "\\", "/"))
		has[name] = m
		if m.encrypted {
			return Type{}, ErrEncrypted
		}
		if strings.HasSuffix(name, "vbaproject.bin") || strings.HasPrefix(name, "basic/") {
			return Type{}, ErrMacros
		}
	}
	if m := has["mimetype"]; m != nil {
		return sniffODF(r, m)
	}
	if has["ofd.xml"] != nil {
		return OFD, nil
	}
	if has["[content_types].xml"] == nil {
		return Type{}, ErrUnknown
	}
	switch {
	case has["word/document.xml"] != nil:
		return DOCX, nil
	case has["xl/workbook.xml"] != nil:
		return XLSX, nil
	case has["ppt/presentation.xml"] != nil:
		return PPTX, nil
	}
	return Type{}, ErrUnknown
}

// proportion refuses files that would unpack to far more than a document needs,
// and those whose entries share their bytes to the same end.
func proportion(members []member, size int64) error {
	var packed, unpacked uint64
	for _, m := range members {
		if m.packed > uint64(size) || m.unpacked > maxUnpacked { //nolint:gosec // size is not negative
			return ErrBomb
		}
		packed += m.packed
		unpacked += m.unpacked
	}
	switch {
	case packed > uint64(size), unpacked > maxUnpacked: //nolint:gosec // size is not negative
		return ErrBomb
	case unpacked > smallUnpacked && unpacked/max(packed, 1) > maxRatio:
		return ErrBomb
	}
	return nil
}

const (
	endSize    = 22
	headerSize = 46
	localSize  = 30
	maxComment = 1<<16 - 1
)

// directory reads the central directory. Archives beyond 4 GB or in several parts
// are no documents.
func directory(r io.ReaderAt, size int64) ([]member, error) {
	if size < endSize {
		return nil, ErrDamaged
	}
	tail := make([]byte, min(size, endSize+maxComment))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endSize {
		return nil, fmt.Errorf("%w: the archive has no end", ErrDamaged)
	}
	end := tail[at:]
	count := int(binary.LittleEndian.Uint16(end[10:]))
	length, offset := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	switch {
	case count > maxEntries, length > maxDirectory:
		return nil, ErrBomb
	case offset+length > size-int64(len(end)), count == 0:
		return nil, fmt.Errorf("%w: the archive's directory lies outside", ErrDamaged)
	}
	raw := make([]byte, length)
	if err := readAt(r, raw, offset); err != nil {
		return nil, err
	}
	members := make([]member, 0, count)
	for range count {
		m, rest, err := header(raw)
		if err != nil {
			return nil, err
		}
		members, raw = append(members, m), rest
	}
	if len(raw) != 0 {
		return nil, fmt.Errorf("%w: the archive's directory is longer than it says", ErrDamaged)
	}
	return members, nil
}

// header reads one entry of the directory and returns what follows it.
func header(b []byte) (member, []byte, error) {
	if len(b) < headerSize || string(b[:4]) != "PK\x01\x02" {
		return member{}, nil, fmt.Errorf("%w: the archive's directory ends early", ErrDamaged)
	}
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(b[at:])) }
	total := headerSize + u16(28) + u16(30) + u16(32)
	if len(b) < total {
		return member{}, nil, fmt.Errorf("%w: the archive's directory ends early", ErrDamaged)
	}
	return member{
		name: string(b[headerSize : headerSize+u16(28)]), method: uint16(u16(10)), encrypted: u16(8)&1 != 0, //nolint:gosec // 16 bits
		packed: u32(20), unpacked: u32(24), offset: u32(42),
	}, b[total:], nil
}

// sniffODF reads the entry that names an ODF file's type: stored as it is.
func sniffODF(r io.ReaderAt, m *member) (Type, error) {
	if m.method != 0 || m.packed != m.unpacked || m.unpacked > 200 {
		return Type{}, ErrUnknown
	}
	local := make([]byte, localSize)
	if err := readAt(r, local, int64(m.offset)); err != nil { //nolint:gosec // 32 bits
		return Type{}, err
	}
	if string(local[:4]) != "PK\x03\x04" {
		return Type{}, ErrDamaged
	}
	at := int64(m.offset) + localSize + int64(binary.LittleEndian.Uint16(local[26:])) + int64(binary.LittleEndian.Uint16(local[28:])) //nolint:gosec // 32 bits
	media := make([]byte, m.unpacked)
	if err := readAt(r, media, at); err != nil {
		return Type{}, err
	}
	for _, t := range []Type{ODT, ODS, ODP} {
		if strings.TrimSpace(string(media)) == t.Media {
			return t, nil
		}
	}
	return Type{}, ErrUnknown
}
