// Package bundle puts together the evidence bundle of a case (证据材料): the file as a
// page to read and as data, every letter, every attachment, and the extract of the audit
// trail. An agency answers a suit with the evidence on which it acted (行政诉讼法 art. 34,
// 67) and a review likewise (行政复议法 art. 48).
package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"zhiqing.dev/pkg/blobstore"
	"zhiqing.dev/pkg/evidence"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/letters"
)

// Bundle is what goes into a bundle.
type Bundle struct {
	About   evidence.About
	Letters letters.File // the case with its office and its letters
	Env     domain.Env
	JSON    []byte // the whole file as the interface shows it
	Blobs   blobstore.Store
	Audit   Audit
}

// The files of a bundle beside letters and attachments.
const (
	pageName        = "index.html"
	caseName        = "case.json"
	auditName       = "audit.jsonl"
	checkpointsName = "audit-checkpoints.jsonl"
	readmeName      = "README.txt"
)

// WriteTo writes the bundle. After an error the archive is not whole.
func (b Bundle) WriteTo(ctx context.Context, w *evidence.Writer) error {
	page, err := b.page()
	if err != nil {
		return err
	}
	if err := errors.Join(w.Add(readmeName, []byte(readme)), w.Add(pageName, page), w.Add(caseName, b.JSON)); err != nil {
		return err
	}
	for _, l := range b.Letters.List() {
		var html bytes.Buffer
		if err := b.Letters.Document(l).WriteHTML(&html); err != nil {
			return fmt.Errorf("letter %s: %w", l.ID, err)
		}
		if err := w.Add("letters/"+l.ID+".html", html.Bytes()); err != nil {
			return err
		}
	}
	if err := lines(w, auditName, b.Audit.Entries); err != nil {
		return err
	}
	if err := lines(w, checkpointsName, b.Audit.Checkpoints); err != nil {
		return err
	}
	for _, a := range b.Letters.Case.Attachments {
		if err := b.attachment(ctx, w, a); err != nil {
			return fmt.Errorf("attachment %d: %w", a.N, err)
		}
	}
	_, err = w.Close()
	return err
}

func (b Bundle) attachment(ctx context.Context, w *evidence.Writer, a domain.Attachment) error {
	content, err := b.Blobs.Open(ctx, b.About.Office, a.Blob)
	if err != nil {
		return err
	}
	to, err := w.Create(attachmentPath(a), true)
	if err == nil {
		_, err = io.Copy(to, content)
	}
	return errors.Join(err, content.Close())
}

// attachmentPath is where a file lies; its number keeps equal names apart.
func attachmentPath(a domain.Attachment) string {
	name := strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(a.Name, "_"))
	return path.Join("attachments", fmt.Sprintf("%03d-%s", a.N, name))
}

// lines writes values as JSON, one a line.
func lines[T any](w *evidence.Writer, name string, values []T) error {
	to, err := w.Create(name, false)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(to)
	for _, v := range values {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

const readme = `证据材料 / Evidence bundle

index.html               案卷全文，可打印 / the whole file, to read and print
case.json                案卷数据 / the same as data
letters/                 各份文书 / every letter
attachments/             附件原件 / every file as it was received
audit.jsonl              系统操作记录摘录 / extract of the audit trail
audit-checkpoints.jsonl  操作记录的签名校验点 / its signed checkpoints
manifest.json            各文件的 SHA-256 摘要 / digests of all files
manifest.sig             对 manifest.json 的签名（Ed25519） / signature of the manifest

核验 / To verify, without any network:
  zhiqing evidence verify <file.zip> --key <public key>
机关的公钥由 zhiqing evidence key 给出。 / The office's public key is printed by: zhiqing evidence key
`
