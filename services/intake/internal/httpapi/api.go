// Package httpapi is the case file over HTTP: it reads a request, hands the
// command to the desk and writes what came of it. It decides nothing.
package httpapi

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/services/intake/internal/app"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/throttle"
	"zhiqing.dev/services/intake/internal/verification"
)

type handlers struct {
	desk         *app.Desk
	throttle     *throttle.Throttle
	verification *verification.Desk
	log          *slog.Logger
	turns        chan struct{} // of uploads
	exports      chan struct{} // tables and bundles being written
	evidence     Evidence
}

// Mount adds the routes of applications and cases below /v1.
func Mount(v1 *echo.Group, desk *app.Desk, wrong *throttle.Throttle, verified *verification.Desk, proof Evidence, log *slog.Logger) {
	h := &handlers{
		desk: desk, throttle: wrong, verification: verified, log: log,
		turns: make(chan struct{}, uploadTurns), exports: make(chan struct{}, exportsAtOnce), evidence: proof,
	}
	h.mountPublic(v1.Group("/applications"))
	h.mountStaff(v1.Group("/cases"))
	h.mountSearches(v1.Group("/cases"))
	h.mountRestrictions(v1.Group("/cases"))
	h.mountGuide(v1.Group("/cases"))
	h.mountLetters(v1)
}

func (h *handlers) mountPublic(g *echo.Group) {
	large := largeForms()
	g.POST("", h.fileOnline, large)
	g.GET("/:receipt", h.showApplication)
	g.GET("/:receipt/attachments", h.listDocuments)
	g.POST("/:receipt/attachments", h.addDocuments, large)
	g.GET("/:receipt/attachments/:n", h.downloadDocument, httpkit.Large(0, downloadTime))
	g.POST("/:receipt/correction", h.correctOnline)
	g.POST("/:receipt/withdrawal", h.withdrawOnline)
	g.POST("/:receipt/reasons", h.reasonsOnline)
	g.POST("/:receipt/verification", h.sendVerification)
	g.POST("/:receipt/verification/confirmation", h.confirmVerification)
}

func (h *handlers) mountStaff(g *echo.Group) {
	read, handle := httpkit.May(identity.ReadCases), httpkit.May(identity.HandleCases)
	file, approve := httpkit.May(identity.FileCases), httpkit.May(identity.ApproveCases)
	confer := httpkit.May(identity.ReviewCases)

	large := largeForms()
	g.POST("", h.enter, file, large)
	g.GET("", h.list, read)
	g.GET("/workload", h.workload, read)
	assign := httpkit.May(identity.AssignCases)
	g.POST("/bulk/assignment", bulk(h, bulkAssignment), assign, httpkit.Large(64<<10, bulkTime))
	g.POST("/bulk/extension", bulk(h, bulkExtension), handle, httpkit.Large(64<<10, bulkTime))
	g.POST("/bulk/extension/approval", bulk(h, bulkApproval), approve, httpkit.Large(64<<10, bulkTime))
	g.GET("/:id", h.show, read)
	g.GET("/:id/evidence-bundle", h.bundle, httpkit.May(identity.ExportEvidence), httpkit.Large(0, downloadTime))
	g.GET("/:id/attachments", h.listAttachments, read)
	g.POST("/:id/attachments", h.attach, httpkit.May(identity.FileCases), large)
	g.GET("/:id/attachments/:n", h.downloadAttachment, read, httpkit.Large(0, downloadTime))
	g.POST("/:id/attachments/:n/withdrawal", h.withdrawAttachment, handle)
	g.POST("/:id/query-code", h.reissueCode, file)
	g.POST("/:id/registration", h.register, file)
	g.POST("/:id/assignment", h.assign, httpkit.May(identity.AssignCases))
	g.POST("/:id/contacts", command(h, contact), handle)
	g.POST("/:id/deliberations", command(h, deliberation), confer)
	g.POST("/:id/correction-notice", command(h, correctionNotice), handle)
	g.POST("/:id/correction", command(h, correction), handle)
	g.POST("/:id/abandonment", command(h, abandonment), handle)
	g.POST("/:id/split", h.split, handle)
	g.POST("/:id/merge", h.merge, handle)
	g.POST("/:id/links", h.link, handle)
	g.POST("/:id/duplicates", h.judge, handle)
	g.POST("/:id/consultations", command(h, consultation), handle)
	g.POST("/:id/consultations/:n/answer", h.answerConsultation, handle)
	g.POST("/:id/extension", command(h, extension), handle)
	g.POST("/:id/extension/approval", command(h, extensionApproval), approve)
	g.POST("/:id/reasons-request", h.askReasons, handle)
	g.POST("/:id/reasons", command(h, reasons), handle)
	g.POST("/:id/reasons/assessment", command(h, reasonsAssessment), handle)
	g.POST("/:id/review", command(h, review), confer)
	g.POST("/:id/decision", h.decide, handle)
	g.POST("/:id/decision/approval", h.approve, approve)
	g.GET("/:id/lessons", h.lessons, read)
	g.POST("/:id/lessons/seen", h.seeLessons, handle)
	g.POST("/:id/service", command(h, service), handle)
	g.POST("/:id/withdrawal", command(h, withdrawal), handle)
	g.POST("/:id/closure", command(h, closure), handle)
	g.POST("/:id/reopening", command(h, reopening), httpkit.May(identity.HandleDisputes))
	g.POST("/:id/applicant-kind", h.correctKind, approve)
}

// request is what every staff command needs of its request.
type request struct {
	office, id string
	actor      domain.Actor
	opts       []docstore.Option
}

// staffRequest reads who asks, about which case, as of which revision.
func staffRequest(c echo.Context) (request, error) {
	s, err := httpkit.Caller(c)
	if err != nil {
		return request{}, err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return request{}, err
	}
	r := request{office: s.Office, id: c.Param("id"), actor: actor(s), opts: httpkit.Command(c).Options()}
	if rev != 0 {
		r.opts = append(r.opts, docstore.IfRev(rev))
	}
	return r, nil
}

func actor(s identity.Staff) domain.Actor {
	a := domain.Actor{Kind: domain.ByStaff, ID: s.ID, Name: s.Name}
	for _, r := range s.Roles {
		a.Roles = append(a.Roles, string(r))
	}
	return a
}

// command is the handler of a step that touches only its own case: B is the
// body, and run makes the command of it.
func command[B any](h *handlers, run func(B) app.Command) echo.HandlerFunc {
	return func(c echo.Context) error {
		body, err := httpkit.Bind[B](c)
		if err != nil {
			return err
		}
		r, err := staffRequest(c)
		if err != nil {
			return err
		}
		doc, err := h.desk.Do(c.Request().Context(), r.office, r.id, r.actor, run(body), r.opts...)
		if err != nil {
			return err
		}
		return h.answer(c, http.StatusOK, doc)
	}
}

// answer writes the case file as it stands after a command, with its revision.
func (h *handlers) answer(c echo.Context, status int, doc app.Doc) error {
	at, err := h.desk.Scene(c.Request().Context(), doc.Value.Office, domain.Actor{})
	if err != nil {
		return err
	}
	httpkit.ETag(c, doc.Rev)
	return c.JSON(status, file(at, doc, httpkit.Lang(c)))
}
