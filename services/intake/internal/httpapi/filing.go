package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/audit"
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
)

type contactsBody struct {
	Phone   string `json:"phone"`
	Email   string `json:"email"`
	Address string `json:"address"`
}

type agentBody struct {
	Name      string `json:"name"`
	IDType    string `json:"id_type"`
	IDNumber  string `json:"id_number"`
	Phone     string `json:"phone"`
	Authority string `json:"authority"`
}

type coApplicantBody struct {
	Name     string `json:"name"`
	IDType   string `json:"id_type"`
	IDNumber string `json:"id_number"`
}

type applicantBody struct {
	Kind            domain.ApplicantKind `json:"kind"`
	Name            string               `json:"name"`
	IDType          string               `json:"id_type"`
	IDNumber        string               `json:"id_number"`
	Contact         contactsBody         `json:"contact"`
	Agent           *agentBody           `json:"agent"`
	NeedsAssistance bool                 `json:"needs_assistance"`
	CoApplicants    []coApplicantBody    `json:"co_applicants"`
}

type contentBody struct {
	Description    string `json:"description"`
	Title          string `json:"title"`
	DocumentNumber string `json:"document_number"`
}

type deliveryBody struct {
	Format string `json:"format"`
	Route  string `json:"route"`
}

// application is the applicant's form (条例 art. 29).
type application struct {
	Applicant applicantBody `json:"applicant"`
	Content   contentBody   `json:"content"`
	Delivery  deliveryBody  `json:"delivery"`
}

func (a application) filing() domain.Filing {
	p := a.Applicant
	f := domain.Filing{
		Applicant: domain.Applicant{
			Kind: p.Kind, Name: p.Name, IDType: p.IDType, IDNumber: p.IDNumber,
			Contact: domain.Contacts(p.Contact), NeedsAssistance: p.NeedsAssistance,
		},
		Content: domain.Content(a.Content), Delivery: domain.Delivery(a.Delivery),
	}
	if p.Agent != nil {
		agent := domain.Agent(*p.Agent)
		f.Applicant.Agent = &agent
	}
	for _, co := range p.CoApplicants {
		f.Applicant.CoApplicants = append(f.Applicant.CoApplicants, domain.CoApplicant(co))
	}
	return f
}

type onlineBody struct {
	Office string `json:"office"`
	application
}

// filed is what the applicant keeps. It holds only what never changes, so that
// a repeat is answered the same, whatever has happened since.
type filed struct {
	Receipt     string              `json:"receipt"`
	QueryCode   string              `json:"query_code"`
	Office      string              `json:"office"`
	Status      contract.CaseStatus `json:"status"`
	StatusLabel string              `json:"status_label"`
	ArrivedOn   civil.Date          `json:"arrived_on"`
	Attachments []attachmentView    `json:"attachments,omitempty"`
}

// takeFiling files an application that came as JSON, or as a form with files. batch
// names the files that came with it.
func takeFiling[B any](h *handlers, c echo.Context, by domain.Actor, purposes map[string]string, filing func(B) domain.Filing) (doc app.Doc, batch string, err error) {
	ctx := c.Request().Context()
	if !isForm(c) {
		body, err := httpkit.Bind[B](c)
		if err != nil {
			return app.Doc{}, "", err
		}
		key := httpkit.Command(c)
		doc, err = h.desk.File(ctx, key.ID("case"), filing(body), by, key.Options()...)
		return doc, "", err
	}
	delete(purposes, "application") // the application itself, not a file
	body, u, rule, err := readFiling(h, c, purposes, func(b B) error {
		f := filing(b)
		_, err := h.desk.CheckFiling(ctx, &f, by)
		return err
	})
	if err != nil {
		return app.Doc{}, "", err
	}
	defer u.close()
	key, err := overUpload(httpkit.Command(c), body, u)
	if err != nil {
		return app.Doc{}, "", err
	}
	f := filing(body)
	batch = key.ID("attachments")
	if f.Files, err = h.keepFiles(ctx, f.Office, batch, rule, u); err != nil {
		return app.Doc{}, "", err
	}
	doc, err = h.desk.File(ctx, key.ID("case"), f, by, key.Options()...)
	return doc, batch, err
}

// fileOnline takes an application from an applicant.
func (h *handlers) fileOnline(c echo.Context) error {
	by := domain.Actor{Kind: domain.ByApplicant}
	doc, batch, err := takeFiling(h, c, by, purposesOf(domain.ForApplication, domain.ComesWithFiling), func(b onlineBody) domain.Filing {
		f := b.filing()
		f.Office, f.Channel = b.Office, domain.Online
		return f
	})
	if err != nil {
		return err
	}
	v := doc.Value
	audit.About(c, v.Office, v.Receipt, doc.ID)
	return c.JSON(http.StatusCreated, filed{
		Receipt: v.Receipt, QueryCode: h.desk.FirstCode(v.Receipt), Office: v.Office,
		Status:      contract.StatusSubmitted,
		StatusLabel: domain.Statuses.In(string(contract.StatusSubmitted), httpkit.Lang(c)),
		ArrivedOn:   v.ArrivedOn(),
		Attachments: documentsOf(v, v.AttachedBy(batch), httpkit.Lang(c)),
	})
}

type enterBody struct {
	Channel   domain.Channel   `json:"channel"`
	ArrivedOn civil.Date       `json:"arrived_on"`
	Evidence  *domain.Evidence `json:"evidence"`
	application
}

type enteredView struct {
	caseView
	QueryCode string `json:"query_code"` // for the receipt that the applicant is handed
}

// enter takes an application that came over the counter, by post, fax, e-mail
// or word of mouth.
func (h *handlers) enter(c echo.Context) error {
	s, err := httpkit.Caller(c)
	if err != nil {
		return err
	}
	purposes := purposesOf(domain.ForApplication, func(p string) bool {
		return domain.ComesWithFiling(p) || p == domain.ForArrival || p == domain.ForWork
	})
	doc, _, err := takeFiling(h, c, actor(s), purposes, func(b enterBody) domain.Filing {
		f := b.filing()
		f.Office, f.Channel, f.ArrivedOn, f.Evidence = s.Office, b.Channel, b.ArrivedOn, b.Evidence
		return f
	})
	if err != nil {
		return err
	}
	at, err := h.desk.Scene(c.Request().Context(), s.Office, domain.Actor{})
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/cases/"+doc.ID)
	same, err := h.desk.Duplicates(c.Request().Context(), doc.Value, at.Env.Policy.DuplicateDays)
	if err != nil {
		return err
	}
	v := file(at, doc, httpkit.Lang(c))
	v.ProbableDuplicates = duplicates(same, at.Env.Today, httpkit.Lang(c))
	return c.JSON(http.StatusCreated, enteredView{caseView: v, QueryCode: h.desk.FirstCode(doc.Value.Receipt)})
}

type registrationBody struct {
	ReceivedOn civil.Date      `json:"received_on"`
	Evidence   domain.Evidence `json:"evidence"`
	// Unreachable enters the case without starting the reply period.
	Unreachable bool       `json:"unreachable"`
	TriedOn     civil.Date `json:"tried_on"`
	Note        string     `json:"note"`
}

func (b registrationBody) check() error {
	switch {
	case b.Unreachable && !b.ReceivedOn.IsZero():
		return problem.InvalidFields(problem.At("/received_on", "exclusive",
			"未能联系到申请人的，收到日期待恢复联系后确定。", "The day of receipt is settled when contact is restored."))
	case !b.Unreachable && (!b.TriedOn.IsZero() || b.Note != ""):
		return problem.InvalidFields(problem.At("/unreachable", "required",
			"tried_on 和 note 仅用于未能联系到申请人的情形。", "tried_on and note go with unreachable only."))
	}
	return nil
}

// register confirms the receipt and gives the number.
func (h *handlers) register(c echo.Context) error {
	body, err := httpkit.Bind[registrationBody](c)
	if err != nil {
		return err
	}
	r, err := staffRequest(c)
	if err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	ctx := c.Request().Context()
	var doc app.Doc
	if body.Unreachable {
		doc, err = h.desk.EnterUnconfirmed(ctx, r.office, r.id, r.actor, domain.Unreachable{TriedOn: body.TriedOn, Note: body.Note}, r.opts...)
	} else {
		doc, err = h.desk.Register(ctx, r.office, r.id, r.actor, domain.Registration{ReceivedOn: body.ReceivedOn, Evidence: body.Evidence}, r.opts...)
	}
	if err != nil {
		return err
	}
	return h.answer(c, http.StatusOK, doc)
}
