package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/problem"
)

const (
	// maxCSV and maxXLSX bound a file. A workbook is packed, and read in memory.
	maxCSV  = 64 << 20
	maxXLSX = 32 << 20
	// maxBody leaves room for what a form puts around a file.
	maxBody = maxCSV + 64<<10
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// csvTypes are the media types under which programs send CSV files.
var csvTypes = map[string]bool{
	"text/csv": true, "application/csv": true, "text/plain": true, "text/tab-separated-values": true,
	"application/vnd.ms-excel": true, "application/octet-stream": true,
}

// upload opens the file in a request: the body itself, or the part named file.
func upload(r *http.Request) (content io.Reader, name string, err error) {
	mt, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	switch {
	case err != nil, r.Header.Get("Content-Encoding") != "":
		return nil, "", unsupported()
	case mt == "multipart/form-data":
		return filePart(multipart.NewReader(r.Body, params["boundary"]))
	case mt == xlsxType || csvTypes[mt]:
		_, disposition, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
		if err == nil {
			name = disposition["filename"]
		}
		return r.Body, name, nil
	}
	return nil, "", unsupported()
}

func unsupported() *problem.Error {
	return problem.New(problem.UnsupportedMedia,
		"请以 multipart/form-data 的 file 字段上传，或者直接发送 text/csv 或 XLSX 内容。",
		"Send the file as the field file of multipart/form-data, or as a body of type text/csv or XLSX.")
}

// filePart finds the file. Nothing else may come with it: what is not understood
// must not be passed over in silence.
func filePart(parts *multipart.Reader) (io.Reader, string, error) {
	p, err := parts.NextPart()
	switch {
	case errors.Is(err, io.EOF):
		return nil, "", problem.InvalidFields(problem.At("/file", "required", "请选择台账文件。", "There is no file."))
	case err != nil:
		return nil, "", broken(err)
	case p.FormName() != "file":
		return nil, "", problem.InvalidFields(problem.At("/"+short(p.FormName()), "unknown_field",
			"表单中只应有 file 字段；试导入请使用查询参数 dry_run。", "The form has the field file only; a dry run is asked for by the query parameter dry_run."))
	}
	return &lastPart{part: p, parts: parts}, p.FileName(), nil
}

// lastPart reads a part and makes sure at its end that no other follows.
type lastPart struct {
	part  *multipart.Part
	parts *multipart.Reader
}

func (l *lastPart) Read(b []byte) (int, error) {
	n, err := l.part.Read(b)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch _, more := l.parts.NextPart(); {
	case more == nil:
		return n, problem.InvalidFields(problem.At("/file", "one_file", "每次只能上传一个文件。", "One file at a time."))
	case !errors.Is(more, io.EOF):
		return n, broken(more)
	}
	return n, io.EOF
}

// broken is a body that ends too early or is no form. A problem that the reader
// itself has raised stays what it is.
func broken(err error) error {
	var p *problem.Error
	if errors.As(err, &p) {
		return p
	}
	return problem.New(problem.Malformed, "上传的内容不完整。", "The upload is not complete.").Because(err)
}

// taken is a file that was read and kept.
type taken struct {
	m        Import
	warnings []Warning
}

// take reads a file, makes sure that it is a ledger and keeps it.
func (l *Ledgers) take(ctx context.Context, office string, r io.Reader) (taken, error) {
	head := make([]byte, pieceSize)
	n, err := io.ReadFull(r, head)
	switch head = head[:n]; {
	case errors.Is(err, io.EOF):
		return taken{}, problem.InvalidFields(problem.At("/file", "empty", "文件是空的。", "The file is empty."))
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return taken{}, broken(err)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return l.takeXLSX(ctx, office, head, r)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return taken{}, problem.New(problem.UnsupportedMedia,
			"旧版 .xls 文件或者加密的工作簿不能读取，请另存为不加密的 .xlsx。",
			"An old .xls file or an encrypted workbook cannot be read; save it as a plain .xlsx.")
	}
	return l.takeCSV(ctx, office, head, r)
}

func (l *Ledgers) takeXLSX(ctx context.Context, office string, head []byte, r io.Reader) (taken, error) {
	rest, err := io.ReadAll(io.LimitReader(r, maxXLSX-int64(len(head))+1))
	if err != nil {
		return taken{}, broken(err)
	}
	content := append(head, rest...)
	if len(content) > maxXLSX {
		return taken{}, problem.New(problem.TooLarge,
			fmt.Sprintf("工作簿超过 %d MiB，请另存为 CSV 或者分成几个文件。", maxXLSX>>20),
			fmt.Sprintf("The workbook is larger than %d MiB; save it as CSV or divide it.", maxXLSX>>20))
	}
	b, err := openXLSX(content)
	if err != nil {
		return taken{}, problem.InvalidFields(problem.At("/file", "unreadable", "工作簿无法读取。", "The workbook cannot be read.")).Because(err)
	}
	defer b.close() //nolint:errcheck // read only
	sheets, warnings, err := plan(b)
	if errors.Is(err, errWorkbook) {
		err = problem.InvalidFields(problem.At("/file", "unreadable", "工作簿无法读取。", "The workbook cannot be read.")).Because(err)
	}
	if err != nil {
		return taken{}, err
	}
	t := taken{warnings: warnings, m: Import{Format: XLSX, Sheets: inOrder(sheets)}}
	sum := sha256.New()
	for part := range chunks(content) {
		sum.Write(part)
		if err := l.keepPiece(ctx, office, &t.m, part); err != nil {
			return taken{}, err
		}
	}
	t.m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

func chunks(b []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			n := min(len(b), pieceSize)
			if !yield(b[:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// takeCSV keeps a CSV file piece by piece; its first piece shows whether it is a
// ledger at all.
func (l *Ledgers) takeCSV(ctx context.Context, office string, head []byte, r io.Reader) (taken, error) {
	var d detector
	d.feed(head)
	decoded, err := io.ReadAll(d.encoding().reader(bytes.NewReader(head)))
	if err != nil {
		return taken{}, broken(err)
	}
	separator := separatorOf(cutBytes(string(decoded), 8<<10))
	b := &csvBook{open: func() io.Reader { return bytes.NewReader(head) }, encoding: d.encoding(), separator: separator}
	sheets, warnings, err := plan(b)
	if err != nil {
		return taken{}, err
	}
	t := taken{warnings: warnings, m: Import{Format: CSV, Separator: string(separator), Sheets: sheets}}
	sum := sha256.New()
	piece := head
	for {
		sum.Write(piece)
		if err := l.keepPiece(ctx, office, &t.m, piece); err != nil {
			return taken{}, err
		}
		if len(piece) < pieceSize {
			break
		}
		piece = make([]byte, pieceSize)
		n, err := io.ReadFull(r, piece)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return taken{}, broken(err)
		}
		if piece = piece[:n]; n == 0 {
			break
		}
		d.feed(piece)
	}
	t.m.SHA256, t.m.Encoding = hex.EncodeToString(sum.Sum(nil)), d.encoding()
	return t, nil
}

func (l *Ledgers) keepPiece(ctx context.Context, office string, m *Import, content []byte) error {
	id, err := l.keep(ctx, office, content)
	if err != nil {
		return err
	}
	m.Pieces, m.Size = append(m.Pieces, id), m.Size+int64(len(content))
	return nil
}

// fileName is the name of a file without the folders that some programs send.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(s, "\\", "/"))
	if s == "." || s == "/" {
		return ""
	}
	return cutBytes(oneLine(strings.ToValidUTF8(s, "")), 200)
}
