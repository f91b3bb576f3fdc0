package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// file is one answer, ready to be sent: its bytes, the same compressed, and tags
// that tell the two apart.
type file struct {
	contentType string
	plain       []byte
	zipped      []byte // nil when compression gains nothing
	tag         string
}

func newFile(contentType string, content []byte) (file, error) {
	sum := sha256.Sum256(content)
	f := file{contentType: contentType, plain: content, tag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return file{}, fmt.Errorf("compress: %w", err)
	}
	if _, err := w.Write(content); err != nil {
		return file{}, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return file{}, fmt.Errorf("compress: %w", err)
	}
	if b.Len() < len(content)*9/10 {
		f.zipped = b.Bytes()
	}
	return f, nil
}

// serve sends the file, compressed for those who take it, or 304 to those who have it.
func (f file) serve(c echo.Context) error {
	h := c.Response().Header()
	h.Add("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	body, tag := f.plain, `"`+f.tag+`"`
	if f.zipped != nil && acceptsGzip(c.Request()) {
		body, tag = f.zipped, `"`+f.tag+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Etag", tag)
	if c.Request().Header.Get("If-None-Match") == tag {
		h.Del("Content-Encoding")
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, f.contentType, body)
}

// acceptsGzip reports whether the caller listed gzip without refusing it (q=0).
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
		}
	}
	return false
}
