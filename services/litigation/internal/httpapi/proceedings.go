package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
	"zhiqing.dev/services/litigation/internal/workbook"
)

// receiveBody enters a review, lawsuit or complaint.
type receiveBody struct {
	Kind       domain.Kind      `json:"kind" validate:"required,oneof=review suit_direct suit_after_review complaint"`
	Role       domain.Role      `json:"role" validate:"omitempty,oneof=respondent defendant co_defendant review_organ third_party"`
	CaseID     string           `json:"case_id" validate:"max=64,line"`
	RegisterNo string           `json:"register_no" validate:"max=64,line"`
	CaseNo     string           `json:"case_no" validate:"max=100,line"`
	Organ      string           `json:"organ_or_court" validate:"required,notblank,max=100,line"`
	Cause      string           `json:"cause" validate:"max=200,line"`
	ReceivedOn civil.Date       `json:"received_on"`
	Procedure  domain.Procedure `json:"procedure" validate:"omitempty,oneof=ordinary simplified"`
	// AfterReview is the review that a suit followed; the newest of the case when absent.
	AfterReview string       `json:"after_review" validate:"max=64,line"`
	Persons     []personBody `json:"persons" validate:"max=50,dive"`
}

func (a *API) receive(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[receiveBody](c)
	if err != nil {
		return err
	}
	ctx, key := c.Request().Context(), httpkit.Command(c)
	p := &domain.Proceeding{
		ID: key.ID("proceeding"), Office: staff.Office, Kind: body.Kind, Role: body.Role, CaseNo: body.CaseNo,
		Organ: body.Organ, Cause: body.Cause, ReceivedOn: body.ReceivedOn, Procedure: body.Procedure,
		EnteredAt: a.Clock.Now(), EnteredBy: staff.ID, Persons: personsOf(body.Persons),
	}
	p.Fill(today)
	fact, err := a.attackedCase(ctx, staff.Office, body)
	if err != nil {
		return err
	}
	if err := p.Check(today, fact); err != nil {
		return err
	}
	if err := a.linkReview(ctx, p, body.AfterReview); err != nil {
		return err
	}
	p.Raise(contract.ProceedingReceived)
	doc, _, err := a.Proceedings.Repo.Insert(ctx, p.ID, p, key.Options()...)
	if errors.Is(err, docstore.ErrUnique) {
		return problem.New(problem.AlreadyExists,
			"该机关（法院）的这一案号已经登记。", "This case number of this organ or court is already entered.").Because(err)
	}
	if err != nil {
		return err
	}
	if fact != nil { // the case may have been restricted since it was read
		if fact, err = a.Facts.Get(docstore.SeeAll(ctx), staff.Office, p.CaseID); err == nil {
			err = a.Proceedings.FollowCase(ctx, fact)
		}
		if err != nil {
			return err
		}
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/proceedings/"+doc.ID)
	return a.answer(c, http.StatusCreated, doc)
}

// attackedCase finds the case that the proceeding is about; nil when none is named.
func (a *API) attackedCase(ctx context.Context, office string, body receiveBody) (*domain.CaseFact, error) {
	var fact *domain.CaseFact
	var err error
	pointer := "/case_id"
	switch {
	case body.CaseID != "":
		fact, err = a.Facts.Get(ctx, office, body.CaseID)
	case body.RegisterNo != "":
		pointer = "/register_no"
		fact, err = a.Facts.ByRegisterNo(ctx, office, body.RegisterNo)
	default:
		return nil, nil //nolint:nilnil // a proceeding about an old matter names no case
	}
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, problem.InvalidFields(problem.At(pointer, "unknown_case",
			"本机关没有这件申请。", "The office has no such application.")).Because(err)
	}
	if err == nil && body.CaseID != "" && body.RegisterNo != "" && fact.RegisterNo != body.RegisterNo {
		return nil, problem.InvalidFields(problem.At("/register_no", "other_case",
			"登记编号与所指的申请不符。", "The register number is not that of the case."))
	}
	return fact, err
}

// linkReview ties a suit after review to the review it followed.
func (a *API) linkReview(ctx context.Context, p *domain.Proceeding, id string) error {
	if p.Kind != domain.SuitAfterReview {
		if id != "" {
			return problem.InvalidFields(problem.At("/after_review", "not_here",
				"只有复议后起诉才关联复议案件。", "Only a suit after review follows a review."))
		}
		return nil
	}
	if id != "" {
		doc, err := a.Proceedings.Get(ctx, p.Office, id)
		switch {
		case errors.Is(err, docstore.ErrNotFound), err == nil && doc.Value.Kind != domain.Review:
			return problem.InvalidFields(problem.At("/after_review", "unknown_review",
				"本机关没有这件行政复议。", "The office has no such review."))
		case err != nil:
			return err
		case doc.Value.CaseID != p.CaseID:
			return problem.InvalidFields(problem.At("/after_review", "other_case",
				"该复议针对的是另一件申请。", "That review is about another application."))
		}
		p.AfterReview = id
		return nil
	}
	if p.CaseID == "" {
		return nil
	}
	docs, err := a.Proceedings.OfCase(ctx, p.Office, p.CaseID)
	for _, d := range docs {
		if d.Value.Kind == domain.Review && d.Value.ReceivedOn <= p.ReceivedOn {
			p.AfterReview = d.ID
		}
	}
	return err
}

func (a *API) list(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "kind", "outcome", "case_id", "pending", "unreported", "limit", "cursor"); err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	f := store.Filter{CaseID: c.QueryParam("case_id")}
	if f.Kind, err = httpkit.Choice(c, "kind", domain.Kinds...); err != nil {
		return err
	}
	if f.Outcome, err = httpkit.Choice(c, "outcome", report.Upheld, report.Corrected, report.Other); err != nil {
		return err
	}
	pending, err := httpkit.Choice(c, "pending", "true")
	if err != nil {
		return err
	}
	unreported, err := httpkit.Choice(c, "unreported", "true")
	if err != nil {
		return err
	}
	if pending != "" && f.Outcome != "" {
		return problem.InvalidFields(problem.At("pending", "contradiction",
			"未审结的案件没有结果。", "What is pending has no outcome."))
	}
	if pending != "" {
		f.Outcome = report.Pending
	}
	f.Unreported = unreported != ""
	if !f.Serves() {
		return problem.InvalidFields(problem.At("kind", "not_together",
			"unreported 与 case_id 不能与其他筛选条件同时使用。", "unreported and case_id do not go with other filters."))
	}
	v, err := a.viewer(c, staff)
	if err != nil {
		return err
	}
	return a.sendProceedings(c, v, "行政复议、行政诉讼和投诉举报", limit, cursor, func(limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
		return a.Proceedings.List(c.Request().Context(), staff.Office, f, limit, cursor)
	})
}

// sendProceedings answers with one page of proceedings, or with all of them as a
// file.
func (a *API) sendProceedings(
	c echo.Context, v *viewer, title string, limit int, cursor string,
	find func(limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error),
) error {
	as, err := form(c)
	if err != nil {
		return err
	}
	if as != echo.MIMEApplicationJSON {
		docs, next, err := gather(cursor, find)
		if err != nil {
			return err
		}
		l := workbook.List{Title: title, Note: "制表日期：" + v.today.String(), Heads: proceedingHeads}
		for _, d := range docs {
			l.Rows = append(l.Rows, proceedingRow(d.Value.Office, v.brief(d.Value)))
		}
		return sendList(c, as, title, l, next)
	}
	docs, next, err := find(limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[proceedingView]{Items: make([]proceedingView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, v.brief(d.Value))
	}
	return c.JSON(http.StatusOK, out)
}

var proceedingHeads = []string{
	"机关代码", "案件类型", "地位", "案号", "机关（法院）", "案由", "申请人（原告）", "关联登记编号", "收到日期", "状态", "审级", "结果", "表四栏目", "结果日期", "生效日期", "下一期限", "计入表四",
}

func proceedingRow(office string, p proceedingView) []string {
	instance, counted := "一审（复议）", "是"
	if p.Instance == "second" {
		instance = "二审"
	}
	if !p.Counted {
		counted = "否"
	}
	return []string{
		office, p.KindLabel, p.RoleLabel, p.CaseNo, p.Organ, p.Cause, p.claimants(), p.RegisterNo, p.ReceivedOn.String(), p.StatusLabel, instance,
		p.ResultLabel, p.OutcomeLabel, p.ConcludedOn.String(), p.EffectiveOn.String(), p.NextDue.String(), counted,
	}
}

func (a *API) show(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c); err != nil {
		return err
	}
	doc, err := a.Proceedings.Get(c.Request().Context(), staff.Office, c.Param("id"))
	if err != nil {
		return err
	}
	return a.answer(c, http.StatusOK, doc)
}

// stepBody is one step; each has its own fields.
type stepBody struct {
	Step            domain.StepKind  `json:"step" validate:"required,oneof=acceptance answer hearing result appeal effective rectification reported-up"`
	On              civil.Date       `json:"on"`
	ServedOn        civil.Date       `json:"served_on"`
	Note            string           `json:"note" validate:"max=1000,plain"`
	Procedure       domain.Procedure `json:"procedure" validate:"omitempty,oneof=ordinary simplified"`
	HeadAppeared    *bool            `json:"head_appeared"`
	By              domain.Party     `json:"by" validate:"omitempty,oneof=applicant office other"`
	Result          string           `json:"result" validate:"max=40,line"`
	Form            domain.Form      `json:"form" validate:"omitempty,oneof=judgment ruling"`
	DocumentNo      string           `json:"document_no" validate:"max=100,line"`
	CorrectedGround string           `json:"corrected_ground" validate:"max=40,line"`
	Lesson          string           `json:"lesson" validate:"max=2000,plain"`
	Order           *orderBody       `json:"order"`
	DecisionNo      string           `json:"decision_no" validate:"max=100,line"`
	Trigger         domain.Trigger   `json:"trigger" validate:"omitempty,oneof=receipt result appeal effective rectification loss_report"`
	ReceiptNo       string           `json:"receipt_no" validate:"max=100,line"`
}

// orderBody is what a result orders the office to do again.
type orderBody struct {
	PeriodWD int `json:"period_wd" validate:"min=0,max=250"`
}

func (a *API) step(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[stepBody](c)
	if err != nil {
		return err
	}
	rev, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	ctx, key := c.Request().Context(), httpkit.Command(c)
	settings, _, err := a.Settings.Of(ctx, staff.Office)
	if err != nil {
		return err
	}
	st := domain.Step{
		Step: body.Step, On: body.On, ServedOn: body.ServedOn, Note: body.Note, Procedure: body.Procedure,
		HeadAppeared: body.HeadAppeared, By: body.By, Result: body.Result, Form: body.Form, DocumentNo: body.DocumentNo,
		CorrectedGround: body.CorrectedGround, Lesson: body.Lesson, DecisionNo: body.DecisionNo,
		Trigger: body.Trigger, ReceiptNo: body.ReceiptNo, RecordedAt: a.Clock.Now(), RecordedBy: staff.ID,
	}
	if body.Order != nil {
		st.OrderWD = body.Order.PeriodWD
		if st.OrderWD == 0 {
			if st.OrderWD, err = a.Offices.OrderWD(ctx, staff.Office); err != nil {
				return err
			}
		}
	}
	opts := key.Options()
	if rev != 0 {
		opts = append(opts, docstore.IfRev(rev))
	}
	return a.revise(c, staff, func(p *domain.Proceeding) error {
		return p.Take(st, today, domain.Outcomes(settings.Outcomes))
	}, opts...)
}

// revise applies a command to a proceeding of the caller's office and answers with what
// stands then.
func (a *API) revise(c echo.Context, staff identity.Staff, command func(*domain.Proceeding) error, opts ...docstore.Option) error {
	doc, err := a.Proceedings.Repo.Update(c.Request().Context(), c.Param("id"), func(p *domain.Proceeding) error {
		if p.Office != staff.Office {
			return docstore.ErrNotFound
		}
		return command(p)
	}, opts...)
	if err != nil {
		return err
	}
	if doc.Value.Office != staff.Office { // the key was used before, for another office's
		return docstore.ErrNotFound
	}
	return a.answer(c, http.StatusOK, doc)
}

type retractBody struct {
	Reason string `json:"reason" validate:"required,notblank,max=500,plain"`
}

// retract takes back a step that was entered by mistake.
func (a *API) retract(c echo.Context) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[retractBody](c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil {
		return docstore.ErrNotFound
	}
	r := domain.Retraction{Reason: body.Reason, At: a.Clock.Now(), By: staff.ID}
	return a.revise(c, staff, func(p *domain.Proceeding) error { return p.Retract(n, r) }, httpkit.Command(c).Options()...)
}

// answer writes the whole proceeding.
func (a *API) answer(c echo.Context, status int, doc docstore.Doc[domain.Proceeding]) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	v, err := a.viewer(c, staff)
	if err != nil {
		return err
	}
	view, err := v.full(c.Request().Context(), doc.Value)
	if err != nil {
		return err
	}
	view.Persons = personsView(doc.Value, staff.May(identity.HandleDisputes))
	httpkit.ETag(c, doc.Rev)
	return c.JSON(status, view)
}

func (a *API) viewer(c echo.Context, staff identity.Staff) (*viewer, error) {
	settings, _, err := a.Settings.Of(c.Request().Context(), staff.Office)
	if err != nil {
		return nil, err
	}
	return &viewer{api: a, cal: a.Calendar(), today: civil.FromTime(a.Clock.Now(), a.Zone), settings: settings}, nil
}
