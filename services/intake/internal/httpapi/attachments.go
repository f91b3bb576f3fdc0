package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/filetype"
)

// attachmentView is a file as lists show it.
type attachmentView struct {
	N            int        `json:"n"`
	Purpose      string     `json:"purpose"`
	PurposeLabel string     `json:"purpose_label"`
	Name         string     `json:"name"`
	MediaType    string     `json:"media_type"`
	TypeLabel    string     `json:"type_label"`
	Size         int64      `json:"size"`
	SHA256       string     `json:"sha256"`
	AddedOn      civil.Date `json:"added_on"`
	Note         string     `json:"note,omitempty"`
	// Available tells whether the content is handed out to whoever asks.
	Available bool           `json:"available"`
	By        *domain.Person `json:"by,omitempty"` // for the office only
	// Withdrawn: it was added by mistake and is no part of the case any more; for the
	// office only.
	Withdrawn *domain.AttachmentEnd `json:"withdrawn,omitempty"`
}

func attachment(a domain.Attachment, lang string) attachmentView {
	v := attachmentView{
		N: a.N, Purpose: a.Purpose, PurposeLabel: domain.Purposes.In(a.Purpose, lang), Name: a.Name,
		MediaType: a.Media, TypeLabel: a.Media, Size: a.Size, SHA256: a.SHA256, AddedOn: a.AddedOn, Note: a.Note,
		Available: true,
	}
	if t, ok := filetype.OfMedia(a.Media); ok {
		v.TypeLabel = t.Label.In(lang)
	}
	return v
}

// attachmentsOf are the files as their office sees them.
func attachmentsOf(files []domain.Attachment, lang string) []attachmentView {
	out := make([]attachmentView, 0, len(files))
	for _, a := range files {
		v := attachment(a, lang)
		v.By, v.Withdrawn = &a.By, a.Withdrawn
		out = append(out, v)
	}
	return out
}

// documentsOf are the files of a case as its applicant sees them.
func documentsOf(k *domain.Case, files []domain.Attachment, lang string) []attachmentView {
	out := []attachmentView{}
	for _, a := range files {
		if k.ShownToApplicant(a) {
			v := attachment(a, lang)
			v.Available = k.HandedToApplicant(a)
			if a.By.Kind != domain.ByApplicant {
				v.Note = "" // the office's own
			}
			out = append(out, v)
		}
	}
	return out
}

// The names of the file fields, by who sends them: each is a purpose, and file is
// the usual one.
func purposesOf(usual string, allowed func(string) bool) map[string]string {
	out := map[string]string{"file": usual}
	for p := range domain.Purposes {
		if allowed(p) {
			out[p] = p
		}
	}
	return out
}

// readFiling reads an application with its files: the part application comes first
// and is checked before any file is taken.
func readFiling[B any](h *handlers, c echo.Context, purposes map[string]string, check func(B) error) (body B, u *upload, rule formRule, err error) {
	given := false
	rule = formRule{
		purposes: purposes, texts: map[string]int{"application": maxForm},
		onText: func(_, value string) error {
			given = true
			if err := httpkit.Decode([]byte(value), &body); err != nil {
				return err
			}
			return check(body)
		},
	}
	u, err = h.readForm(c, rule)
	if err == nil && !given {
		u.close()
		err = problem.InvalidFields(problem.At("/application", "required",
			"请在文件之前以 application 字段提交申请内容（JSON）。", "Send the application (JSON) in the field application, before the files."))
	}
	return body, u, rule, err
}

// overUpload covers the parts of an upload with the command's key. The texts of the
// form count as they were understood, whatever their layout.
func overUpload(key httpkit.Key, body any, u *upload) (httpkit.Key, error) {
	document, err := json.Marshal(body)
	if err != nil {
		return key, fmt.Errorf("encode form: %w", err)
	}
	return key.Over(u.fingerprint(string(document))...), nil
}

// addFiles reads files that are added to a case and keeps them with it.
func (h *handlers) addFiles(c echo.Context, id string, k *domain.Case, by domain.Actor, rule formRule, opts ...docstore.Option) (app.Doc, string, error) {
	if !isForm(c) {
		return app.Doc{}, "", problem.New(problem.UnsupportedMedia,
			"请以 multipart/form-data 上传材料。", "Send files as multipart/form-data.")
	}
	rule.texts, rule.needsFile = map[string]int{"note": maxText}, true
	u, err := h.readForm(c, rule)
	if err != nil {
		return app.Doc{}, "", err
	}
	defer u.close()
	key, err := overUpload(httpkit.Command(c), nil, u)
	if err != nil {
		return app.Doc{}, "", err
	}
	batch, ctx := key.ID("attachments"), c.Request().Context()
	files, err := h.keepFiles(ctx, k.Office, batch, rule, u)
	if err != nil {
		return app.Doc{}, "", err
	}
	doc, err := h.desk.Do(ctx, k.Office, id, by, func(c *domain.Case, env domain.Env) error {
		return c.Attach(files, env)
	}, append(opts, key.Options()...)...)
	return doc, batch, err
}

// attach adds files to a case of the office.
func (h *handlers) attach(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	found, err := h.desk.Get(c.Request().Context(), s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	var opts []docstore.Option
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	rule := formRule{purposes: purposesOf(domain.ForWork, func(string) bool { return true })}
	doc, batch, err := h.addFiles(c, found.ID, found.Value, actor(s), rule, opts...)
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(http.StatusCreated, httpkit.List[attachmentView]{Items: attachmentsOf(doc.Value.AttachedBy(batch), httpkit.Lang(c))})
}

// listAttachments lists the files of a case of the office.
func (h *handlers) listAttachments(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Get(c.Request().Context(), s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, httpkit.List[attachmentView]{Items: attachmentsOf(doc.Value.Attachments, httpkit.Lang(c))})
}

// downloadAttachment hands a file of the office's case out.
func (h *handlers) downloadAttachment(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	doc, err := h.desk.Get(c.Request().Context(), s.Office, c.Param("id"))
	if err != nil {
		return err
	}
	a, err := numbered(doc.Value, c.Param("n"))
	if err != nil {
		return err
	}
	return h.send(c, doc.Value.Office, a)
}

type attachmentEndBody struct {
	WithdrawnOn civil.Date `json:"withdrawn_on"`
	Reason      string     `json:"reason"`
}

// withdrawAttachment takes out a file that was added by mistake.
func (h *handlers) withdrawAttachment(c echo.Context) error {
	body, err := httpkit.Bind[attachmentEndBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		n = 0
	}
	doc, err := h.desk.Do(c.Request().Context(), r.office, r.id, r.actor, func(k *domain.Case, env domain.Env) error {
		return k.WithdrawAttachment(n, domain.AttachmentEnd{On: body.WithdrawnOn, Reason: body.Reason}, env)
	}, r.opts...)
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}

func numbered(k *domain.Case, n string) (domain.Attachment, error) {
	i, err := strconv.Atoi(n)
	if err != nil {
		i = 0
	}
	return k.Attachment(i)
}

// addDocuments takes files from the applicant: for the correction or the reasons
// that are being waited for, otherwise to the application.
func (h *handlers) addDocuments(c echo.Context) error {
	found, err := h.open(c)
	if err != nil {
		return err
	}
	usual := domain.ForApplication
	switch k := found.Value; {
	case k.AwaitedCorrection() != nil:
		usual = domain.ForCorrection
	case k.AwaitedReasons() != nil:
		usual = domain.ForReasons
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	doc, batch, err := h.addFiles(c, found.ID, found.Value, domain.Actor{Kind: domain.ByApplicant},
		formRule{purposes: purposesOf(usual, domain.FromApplicant)})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, httpkit.List[attachmentView]{Items: documentsOf(doc.Value, doc.Value.AttachedBy(batch), httpkit.Lang(c))})
}

// listDocuments lists the files that the applicant sees.
func (h *handlers) listDocuments(c echo.Context) error {
	doc, err := h.open(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, httpkit.List[attachmentView]{Items: documentsOf(doc.Value, doc.Value.Attachments, httpkit.Lang(c))})
}

// downloadDocument hands a file out to the applicant.
func (h *handlers) downloadDocument(c echo.Context) error {
	doc, err := h.open(c)
	if err != nil {
		return err
	}
	a, err := numbered(doc.Value, c.Param("n"))
	switch {
	case err != nil:
		return err
	case !doc.Value.ShownToApplicant(a):
		return problem.New(problem.NotFound, "没有这个附件。", "There is no such attachment.")
	case !doc.Value.HandedToApplicant(a):
		return problem.New(problem.Forbidden, "身份证明和授权委托书不在网上提供下载。",
			"Proof of identity and of authority is not handed out online.")
	}
	return h.send(c, doc.Value.Office, a)
}
