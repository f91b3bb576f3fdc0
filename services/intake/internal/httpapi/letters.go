package httpapi

import (
	"bytes"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/letters"
)

// mountLetters adds the letters of a case, for its office and for its applicant.
func (h *handlers) mountLetters(v1 *echo.Group) {
	read := httpkit.May(identity.ReadCases)
	v1.GET("/cases/:id/letters", h.listLetters, read)
	v1.GET("/cases/:id/letters/:letter", h.showLetter, read)
	v1.GET("/applications/:receipt/letters", h.listOwnLetters)
	v1.GET("/applications/:receipt/letters/:letter", h.showOwnLetter)
}

// letterView is a letter in a list.
type letterView struct {
	ID    string       `json:"id"`
	Code  letters.Code `json:"code"`
	Label string       `json:"label"`
	N     int          `json:"n,omitempty"`
	On    civil.Date   `json:"on,omitzero"`
	To    string       `json:"to"`
	Draft bool         `json:"draft"`
	// Told reports that the applicant may see it.
	Told bool   `json:"told"`
	HTML string `json:"html"`
	Docx string `json:"docx"`
}

// letterFile is a case as its letters need it.
func letterFile(at app.Scene, c *domain.Case) letters.File {
	o := at.Office
	return letters.File{
		Case: c, Calendar: at.Env.Calendar, Today: at.Env.Today,
		Office: letters.Office{
			Name: o.Name, Address: o.Address, Phone: o.Phone, Postcode: o.Postcode, ReviewBody: o.ReviewBody, Court: o.Court,
		},
	}
}

// staffLetters is the case of a staff request with its letters.
func (h *handlers) staffLetters(c echo.Context) (letters.File, error) {
	s, err := httpkit.Caller(c)
	if err != nil {
		return letters.File{}, err
	}
	doc, err := h.desk.Get(c.Request().Context(), s.Office, c.Param("id"))
	if err != nil {
		return letters.File{}, err
	}
	return h.lettersOf(c, doc)
}

// ownLetters is the case of an applicant's request with its letters.
func (h *handlers) ownLetters(c echo.Context) (letters.File, error) {
	doc, err := h.open(c)
	if err != nil {
		return letters.File{}, err
	}
	return h.lettersOf(c, doc)
}

func (h *handlers) lettersOf(c echo.Context, doc app.Doc) (letters.File, error) {
	at, err := h.desk.Scene(c.Request().Context(), doc.Value.Office, domain.Actor{})
	if err != nil {
		return letters.File{}, err
	}
	return letterFile(at, doc.Value), nil
}

func (h *handlers) listLetters(c echo.Context) error {
	f, err := h.staffLetters(c)
	if err != nil {
		return err
	}
	return answerLetters(c, f, false)
}

func (h *handlers) listOwnLetters(c echo.Context) error {
	f, err := h.ownLetters(c)
	if err != nil {
		return err
	}
	return answerLetters(c, f, true)
}

func answerLetters(c echo.Context, f letters.File, told bool) error {
	if err := httpkit.Query(c); err != nil {
		return err
	}
	list := httpkit.List[letterView]{Items: []letterView{}}
	for _, l := range f.List() {
		if told && !l.Told {
			continue
		}
		at := c.Request().URL.Path + "/" + l.ID
		list.Items = append(list.Items, letterView{
			ID: l.ID, Code: l.Code, Label: letters.Labels.In(string(l.Code), httpkit.Lang(c)), N: l.N, On: l.On, To: l.To,
			Draft: l.Draft, Told: l.Told, HTML: at + "?format=html", Docx: at + "?format=docx",
		})
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, list)
}

func (h *handlers) showLetter(c echo.Context) error {
	f, err := h.staffLetters(c)
	if err != nil {
		return err
	}
	return answerLetter(c, f, false)
}

func (h *handlers) showOwnLetter(c echo.Context) error {
	f, err := h.ownLetters(c)
	if err != nil {
		return err
	}
	return answerLetter(c, f, true)
}

// answerLetter writes one letter as a page or as an editable document. An
// applicant finds only what has been told to applicants.
func answerLetter(c echo.Context, f letters.File, told bool) error {
	if err := httpkit.Query(c, "format"); err != nil {
		return err
	}
	l, err := f.Find(c.Param("letter"))
	if err != nil {
		return err
	}
	if told && !l.Told {
		return problem.New(problem.NotFound, "本案没有这份文书。", "The case has no such letter.")
	}
	format, err := httpkit.Choice(c, "format", "html", "docx")
	if err != nil {
		return err
	}
	media := docx.MediaType
	switch format {
	case "docx":
	case "html":
		media = echo.MIMETextHTML
	default:
		if media, err = httpkit.Negotiate(c, echo.MIMETextHTML, docx.MediaType); err != nil {
			return err
		}
	}
	head := c.Response().Header()
	head.Set("Cache-Control", "no-store")
	var b bytes.Buffer
	if media == docx.MediaType {
		if _, err := f.Document(l).WriteTo(&b); err != nil {
			return err
		}
		name := f.Case.RegisterNo() + letters.Labels.In(string(l.Code), "zh") + ".docx"
		head.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		return c.Blob(http.StatusOK, media, b.Bytes())
	}
	if err := f.Document(l).WriteHTML(&b); err != nil {
		return err
	}
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	return c.HTMLBlob(http.StatusOK, b.Bytes())
}
