package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/filetype"
)

// The limits of one request with files; the API description states them too.
const (
	maxFiles   = 10
	maxFile    = 20 << 20
	maxUpload  = 60 << 20
	maxText    = 64 << 10              // of one text field of a form
	maxForm    = 1 << 20               // of the application in it
	maxRequest = maxUpload + 2*maxForm // with what a form puts around its parts
	uploadTime = 5 * time.Minute
	// uploadTurns is how many requests with files are read at a time: their files
	// lie in the folder for temporary files until all of them were looked at.
	uploadTurns = 16
)

// downloadTime is how long a file may take to go out.
const downloadTime = 5 * time.Minute

// largeForms gives requests with files the room and the time that they need; all
// others keep the limits of every request.
func largeForms() echo.MiddlewareFunc {
	large := httpkit.Large(maxRequest, uploadTime)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		forms := large(next)
		return func(c echo.Context) error {
			if isForm(c) {
				return forms(c)
			}
			return next(c)
		}
	}
}

// upload is a form with files, read to its end.
type upload struct {
	texts map[string]string
	files []*staged
}

// close gives the temporary files back.
func (u *upload) close() {
	for _, f := range u.files {
		_ = f.content.Close() // it was unlinked when it was made; nothing can be lost
	}
}

// staged is a file that came in and was looked at. It lies in a temporary file
// without a name, so that nothing of it stays whatever happens.
type staged struct {
	field   string
	name    string
	kind    filetype.Type
	blob    blobstore.Blob // SHA256 and Size of the content
	content *os.File
}

// isForm reports whether the request brings a form with files.
func isForm(c echo.Context) bool {
	mt, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	return err == nil && mt == echo.MIMEMultipartForm
}

// formRule says what a form may hold.
type formRule struct {
	// purposes are the names of file fields; each is what its files are for.
	purposes map[string]string
	// texts are the names of text fields, which come before the files. onText is
	// called with each when it has been read.
	texts  map[string]int // by name: the most bytes
	onText func(name, value string) error
	// needsFile refuses a form without any file.
	needsFile bool
}

// readForm reads a form. The caller closes what it returns.
func (h *handlers) readForm(c echo.Context, rule formRule) (_ *upload, err error) {
	ctx, r := c.Request().Context(), c.Request()
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, problem.New(problem.Unavailable, "正在接收其他材料，请稍后再试。", "Other files are being received; try again later.").Because(ctx.Err())
	}
	if r.Header.Get("Content-Encoding") != "" {
		return nil, problem.New(problem.UnsupportedMedia, "不接受压缩的请求内容。", "Compressed bodies are not taken.")
	}
	_, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || params["boundary"] == "" {
		return nil, problem.New(problem.UnsupportedMedia,
			"请以 multipart/form-data 上传材料。", "Send files as multipart/form-data.")
	}
	u := &upload{texts: map[string]string{}}
	defer func() {
		if err != nil {
			u.close()
		}
	}()
	parts, total := multipart.NewReader(r.Body, params["boundary"]), int64(0)
	for {
		p, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			if rule.needsFile && len(u.files) == 0 {
				return nil, problem.InvalidFields(problem.At("/file", "required", "请选择文件。", "There is no file."))
			}
			return u, nil
		case err != nil:
			return nil, brokenForm(err)
		}
		if _, isText := rule.texts[p.FormName()]; isText || p.FileName() == "" {
			err = u.text(p, rule)
		} else {
			err = u.file(ctx, p, rule, &total)
		}
		if err != nil {
			return nil, err
		}
	}
}

// text reads a text field.
func (u *upload) text(p *multipart.Part, rule formRule) error {
	name := p.FormName()
	at := "/" + clipName(name)
	most, known := rule.texts[name]
	if _, isFile := rule.purposes[name]; isFile && !known {
		// What a browser sends for a file field in which nothing was chosen.
		if n, err := io.Copy(io.Discard, io.LimitReader(p, 1)); err != nil || n == 0 {
			return brokenForm(err)
		}
		return problem.InvalidFields(problem.At(at, "file_wanted", "该字段应当是文件。", "This field takes a file."))
	}
	if !known {
		return problem.InvalidFields(problem.At(at, "unknown_field", "表单中没有这个字段。", "The form has no such field."))
	}
	if _, twice := u.texts[name]; twice {
		return problem.InvalidFields(problem.At(at, "twice", "该字段只能出现一次。", "This field comes once."))
	}
	if len(u.files) > 0 {
		return problem.InvalidFields(problem.At(at, "order", "该字段应当在文件之前。", "This field comes before the files."))
	}
	b, err := io.ReadAll(io.LimitReader(p, int64(most)+1))
	switch {
	case err != nil:
		return brokenForm(err)
	case len(b) > most:
		return problem.InvalidFields(problem.At(at, "too_long", "文字过长。", "The text is too long."))
	case !utf8.Valid(b):
		return problem.InvalidFields(problem.At(at, "not_utf8", "应为UTF-8编码。", "It must be UTF-8."))
	}
	u.texts[name] = string(b)
	if rule.onText == nil {
		return nil
	}
	return rule.onText(name, string(b))
}

// file takes a file in and looks at it.
func (u *upload) file(ctx context.Context, p *multipart.Part, rule formRule, total *int64) error {
	at := "/files/" + strconv.Itoa(len(u.files))
	if _, known := rule.purposes[p.FormName()]; !known {
		return problem.InvalidFields(problem.At("/"+clipName(p.FormName()), "unknown_field", "表单中没有这个字段。", "The form has no such field."))
	}
	if len(u.files) == maxFiles {
		return problem.InvalidFields(problem.At("/files", "too_many",
			fmt.Sprintf("一次最多上传%d个文件。", maxFiles), fmt.Sprintf("At most %d files at a time.", maxFiles)))
	}
	if enc := p.Header.Get("Content-Transfer-Encoding"); enc != "" && !strings.EqualFold(enc, "binary") && !strings.EqualFold(enc, "8bit") {
		return problem.InvalidFields(problem.At(at, "encoded", "文件不应另行编码。", "The file must not be encoded."))
	}
	f, err := stage(ctx, p, min(maxFile, maxUpload-*total))
	if err != nil {
		return err
	}
	f.field = p.FormName()
	u.files = append(u.files, f)
	*total += f.blob.Size
	if f.kind, err = filetype.Sniff(f.content, f.blob.Size); err != nil {
		return refusedFile(at, err)
	}
	f.name = f.kind.Named(fileName(p.FileName()))
	return nil
}

// stage copies a part into a temporary file.
func stage(ctx context.Context, p io.Reader, most int64) (_ *staged, err error) {
	file, err := os.CreateTemp("", "zhiqing-upload-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	if err := os.Remove(file.Name()); err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	meter := blobstore.NewMeter(io.LimitReader(p, most+1))
	from := &partReader{ctx: ctx, r: meter}
	if _, err := io.Copy(file, from); err != nil {
		if from.err != nil {
			return nil, brokenForm(from.err)
		}
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	if meter.Blob().Size > most {
		return nil, problem.New(problem.TooLarge,
			fmt.Sprintf("每个文件不超过%d MiB，一次上传合计不超过%d MiB。", maxFile>>20, maxUpload>>20),
			fmt.Sprintf("A file has at most %d MiB, all of one request together %d MiB.", maxFile>>20, maxUpload>>20))
	}
	return &staged{blob: meter.Blob(), content: file}, nil
}

// partReader remembers how reading failed, to tell it from a full disk.
type partReader struct {
	ctx context.Context //nolint:containedctx // a reader lives within one call
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (p *partReader) Read(b []byte) (int, error) {
	if p.err = p.ctx.Err(); p.err != nil {
		return 0, p.err
	}
	n, err := p.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		p.err = err
	}
	return n, err //nolint:wrapcheck // a reader hands io.EOF on as it is
}

// brokenForm is a body that ends too early or is no form. A problem that the
// reader itself has raised stays what it is.
func brokenForm(err error) error {
	var p *problem.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return err
	}
	return problem.New(problem.Malformed, "上传的内容不完整。", "The upload is not complete.").Because(err)
}

// refusedFile says why a file is not taken.
func refusedFile(at string, err error) error {
	for _, r := range []struct {
		is           error
		code, zh, en string
	}{
		{filetype.ErrEmpty, "empty", "文件是空的。", "The file is empty."},
		{filetype.ErrMacros, "macros", "文件含有宏，请去除后再上传。", "The file holds macros; save it without them."},
		{filetype.ErrEncrypted, "encrypted", "文件已加密，请取消密码后再上传。", "The file is encrypted; save it without a password."},
		{filetype.ErrBomb, "out_of_proportion", "文件解压后过大，不能接收。", "The file would unpack to far too much."},
		{filetype.ErrDamaged, "damaged", "文件已损坏，不能打开。", "The file is damaged."},
		{
			filetype.ErrUnknown, "unsupported_type", "不能接收这种文件；可以上传PDF、OFD、图片、办公文档和纯文本。",
			"This kind of file is not taken; send PDF, OFD, images, office documents or plain text.",
		},
	} {
		if errors.Is(err, r.is) {
			return problem.InvalidFields(problem.At(at, r.code, r.zh, r.en)).Because(err)
		}
	}
	return err
}

// keepFiles makes the files durable and describes them to the case. Only then may
// the case be written that refers to them.
func (h *handlers) keepFiles(ctx context.Context, office, batch string, rule formRule, u *upload) ([]domain.Attachment, error) {
	out := make([]domain.Attachment, 0, len(u.files))
	for _, f := range u.files {
		kept, err := h.desk.Blobs.Put(ctx, office, io.NewSectionReader(f.content, 0, f.blob.Size))
		if err != nil {
			return nil, err
		}
		if kept.SHA256 != f.blob.SHA256 || kept.Size != f.blob.Size {
			return nil, fmt.Errorf("keep file: %w", blobstore.ErrDamaged)
		}
		out = append(out, domain.Attachment{
			Purpose: rule.purposes[f.field], Name: f.name, Media: f.kind.Media,
			Size: kept.Size, SHA256: kept.SHA256, Blob: kept.ID, Batch: batch, Note: u.texts["note"],
		})
	}
	return out, nil
}

// fingerprint is what an Idempotency-Key stands for beside the address: every text
// and every file.
func (u *upload) fingerprint(document string) []string {
	parts := []string{document, u.texts["note"]}
	for _, f := range u.files {
		parts = append(parts, f.field, f.name, f.blob.SHA256)
	}
	return parts
}

// fileName is a name as the office keeps it: without folders, without characters
// that a screen hides or turns around, and not too long.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\\", "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || strings.ContainsRune(`<>:"|?*`, r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimLeft(strings.TrimSpace(s), ". /")
	if s == "" {
		return "附件"
	}
	r := []rune(s)
	if len(r) > domain.FileNameLimit {
		ending := []rune(path.Ext(s))
		if len(ending) > 12 {
			ending = nil
		}
		r = append(r[:domain.FileNameLimit-len(ending)], ending...)
	}
	return string(r)
}

// clipName shortens a field's name before it is shown back.
func clipName(s string) string {
	r := []rune(strings.ToValidUTF8(s, ""))
	return string(r[:min(len(r), 40)])
}

// send hands a file of the case out. The browser is told to keep it, not to show
// it, and to believe the type. When the content turns out to be damaged, the
// transfer breaks off before its end.
func (h *handlers) send(c echo.Context, office string, a domain.Attachment) error {
	ctx := c.Request().Context()
	content, err := h.desk.Blobs.Open(ctx, office, a.Blob)
	if err != nil {
		return fmt.Errorf("attachment %d, blob %s: %w", a.N, a.Blob, err)
	}
	defer content.Close() //nolint:errcheck // read only
	first := make([]byte, 512)
	n, err := io.ReadFull(content, first)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("attachment %d, blob %s: %w", a.N, a.Blob, err)
	}
	head := c.Response().Header()
	head.Set(echo.HeaderContentType, a.Media)
	head.Set(echo.HeaderContentLength, strconv.FormatInt(a.Size, 10))
	head.Set(echo.HeaderContentDisposition, disposition(a.Name))
	head.Set(echo.HeaderXContentTypeOptions, "nosniff")
	head.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	head.Set("Cache-Control", "private, no-store")
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), io.MultiReader(bytes.NewReader(first[:n]), content))
	if err != nil && ctx.Err() == nil {
		h.log.ErrorContext(ctx, "attachment broke off", "error", err, "blob", a.Blob)
	}
	return nil
}

// disposition names the file for old programs in ASCII and for all others as it is
// (RFC 6266).
func disposition(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r > 0x7e || r < 0x20 || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	var b strings.Builder
	for i := range len(name) {
		if ch := name[i]; ch < 0x80 && (unicode.IsLetter(rune(ch)) || unicode.IsDigit(rune(ch)) || strings.IndexByte("!#$&+-.^_`|~", ch) >= 0) {
			b.WriteByte(ch)
		} else {
			fmt.Fprintf(&b, "%%%02X", ch)
		}
	}
	return `attachment; filename="` + ascii + `"; filename*=UTF-8''` + b.String()
}
