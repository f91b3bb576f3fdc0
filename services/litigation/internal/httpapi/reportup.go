package httpapi

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/litigation/internal/circular"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/workbook"
)

// recordView is the report-up record (诉讼案件信息报备) of one proceeding. It leaves
// the office: persons are masked.
type recordView struct {
	ID         string      `json:"id"`
	Respondent string      `json:"respondent"`
	Kind       domain.Kind `json:"kind"`
	KindLabel  string      `json:"kind_label"`
	Instance   string      `json:"instance"`
	CaseNo     string      `json:"case_no,omitempty"`
	RegisterNo string      `json:"register_no,omitempty"`
	DecisionNo string      `json:"decision_no,omitempty"`
	RowLabel   string      `json:"row_label,omitempty"`
	Organ      string      `json:"organ_or_court"`
	Cause      string      `json:"cause"`
	// Claimants and Agents are masked (张某).
	Claimants string `json:"claimants,omitempty"`
	Agents    string `json:"agents,omitempty"`

	ReceivedOn   civil.Date `json:"received_on"`
	AnswerDue    civil.Date `json:"answer_due,omitzero"`
	AnsweredOn   civil.Date `json:"answered_on,omitzero"`
	HearingOn    civil.Date `json:"hearing_on,omitzero"`
	HeadAppeared *bool      `json:"head_appeared,omitempty"`

	Result          string     `json:"result,omitempty"`
	ResultLabel     string     `json:"result_label,omitempty"`
	DocumentNo      string     `json:"document_no,omitempty"`
	ConcludedOn     civil.Date `json:"concluded_on,omitzero"`
	ServedOn        civil.Date `json:"served_on,omitzero"`
	EffectiveOn     civil.Date `json:"effective_on,omitzero"`
	CorrectedGround string     `json:"corrected_ground,omitempty"`
	GroundLabel     string     `json:"corrected_ground_label,omitempty"`
	LossAnalysis    string     `json:"loss_analysis,omitempty"`
	OrderDue        civil.Date `json:"order_due,omitzero"`
	RectifiedOn     civil.Date `json:"rectified_on,omitzero"`
	NewDecisionNo   string     `json:"new_decision_no,omitempty"`
	Status          string     `json:"status"`
	StatusLabel     string     `json:"status_label"`

	Duties []dutyView `json:"duties"`
}

// dutyView is one thing to report up.
type dutyView struct {
	reportUpView
	Overdue bool `json:"overdue"`
}

// reportUp lists the report-up records: those with something that was not reported
// yet, the longest waiting first, or all that were received in a period.
func (a *API) reportUp(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "state", "from", "to", "limit", "cursor"); err != nil {
		return err
	}
	state, err := httpkit.Choice(c, "state", "open", "all")
	if err != nil {
		return err
	}
	from, err := httpkit.Date(c, "from")
	if err != nil {
		return err
	}
	to, err := httpkit.Date(c, "to")
	if err != nil {
		return err
	}
	if state != "all" && (!from.IsZero() || !to.IsZero()) {
		return problem.InvalidFields(problem.At("state", "not_together",
			"按收到日期查询时请用 state=all。", "A period of receipt goes with state=all."))
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType, workbook.MediaTypeCSV, docx.MediaType)
	if err != nil {
		return err
	}
	v, err := a.viewer(c, staff)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	name, err := a.Offices.Name(ctx, staff.Office)
	if err != nil {
		return err
	}
	find := func(limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
		return a.Proceedings.Records(ctx, staff.Office, state != "all", from, to, limit, cursor)
	}
	if as == echo.MIMEApplicationJSON {
		docs, next, err := find(limit, cursor)
		if err != nil {
			return err
		}
		out := httpkit.List[recordView]{Items: make([]recordView, 0, len(docs)), NextCursor: next}
		for _, d := range docs {
			out.Items = append(out.Items, v.record(d.Value, name))
		}
		return c.JSON(http.StatusOK, out)
	}
	docs, next, err := gather(cursor, find)
	if err != nil {
		return err
	}
	records := make([]recordView, 0, len(docs))
	for _, d := range docs {
		records = append(records, v.record(d.Value, name))
	}
	if as == docx.MediaType {
		return sendRecords(c, records, name, today, next)
	}
	return sendList(c, as, "诉讼案件信息报备-"+today.String(), recordList(records, name, today, state != "all"), next)
}

// record fills the record of a proceeding from its steps.
func (v *viewer) record(p *domain.Proceeding, respondent string) recordView {
	b, s := v.brief(p), p.Stand()
	r := recordView{
		ID: p.ID, Respondent: respondent, Kind: p.Kind, KindLabel: b.KindLabel, Instance: b.Instance, CaseNo: p.CaseNo,
		RegisterNo: p.RegisterNo, Organ: p.Organ, Cause: p.Cause, ReceivedOn: p.ReceivedOn, Result: b.Result, ResultLabel: b.ResultLabel,
		ConcludedOn: b.ConcludedOn, EffectiveOn: b.EffectiveOn, Status: string(b.Status), StatusLabel: b.StatusLabel, Duties: []dutyView{},
	}
	if p.Attacked != nil {
		r.DecisionNo, r.RowLabel = p.Attacked.No, p.Attacked.Row.FullLabel()
	}
	r.Claimants = p.MaskedNames(domain.Claimant)
	r.Agents = p.MaskedNames(domain.ClaimantAgent, domain.OfficeAgent)
	r.AnswerDue = p.AnswerDue(v.cal)
	if s.Answered != nil {
		r.AnsweredOn = s.Answered.On
	}
	if h := p.Hearing(); h != nil {
		r.HearingOn, r.HeadAppeared = h.On, h.HeadAppeared
	}
	if s.Result != nil {
		r.DocumentNo, r.ServedOn = s.Result.DocumentNo, s.Result.ServedOn
		r.CorrectedGround, r.GroundLabel = s.Result.CorrectedGround, domain.GroundLabel(s.Result.CorrectedGround)
		r.LossAnalysis = s.Result.Lesson
	}
	if b.Order != nil {
		r.OrderDue = b.Order.DueOn
	}
	if s.Rectified != nil {
		r.RectifiedOn, r.NewDecisionNo = s.Rectified.On, s.Rectified.DecisionNo
	}
	for _, d := range b.ReportUp {
		r.Duties = append(r.Duties, dutyView{d, d.ReportedOn.IsZero() && d.DueOn < v.today})
	}
	return r
}

// recordLines are the record in the words of its form.
func recordLines(r recordView) [][2]string {
	instance, head := "一审（复议）", ""
	if r.Instance == "second" {
		instance = "二审"
	}
	if r.HeadAppeared != nil {
		head = map[bool]string{true: "是", false: "否"}[*r.HeadAppeared]
	}
	return [][2]string{
		{"被申请人（被告）", r.Respondent},
		{"申请人（原告）", r.Claimants},
		{"代理人", r.Agents},
		{"案件类型", r.KindLabel},
		{"审级", instance},
		{"案号", r.CaseNo},
		{"复议机关、法院", r.Organ},
		{"案由", r.Cause},
		{"关联登记编号", r.RegisterNo},
		{"被诉决定文号", r.DecisionNo},
		{"决定类型", r.RowLabel},
		{"收到日期", r.ReceivedOn.String()},
		{"答复（答辩）期限", r.AnswerDue.String()},
		{"答复（答辩）日期", r.AnsweredOn.String()},
		{"开庭、听证日期", r.HearingOn.String()},
		{"负责人出庭", head},
		{"审理结果", r.ResultLabel},
		{"结果文号", r.DocumentNo},
		{"结果日期", r.ConcludedOn.String()},
		{"送达日期", r.ServedOn.String()},
		{"生效日期", r.EffectiveOn.String()},
		{"纠错理由", r.GroundLabel},
		{"原因分析", r.LossAnalysis},
		{"重新答复期限", r.OrderDue.String()},
		{"整改日期", r.RectifiedOn.String()},
		{"新决定文号", r.NewDecisionNo},
		{"状态", r.StatusLabel},
	}
}

func recordList(records []recordView, office string, today civil.Date, open bool) workbook.List {
	l := workbook.List{Title: "诉讼案件信息报备", Note: "机关：" + office + "　制表日期：" + today.String()}
	if open {
		l.Title = "诉讼案件信息未报备清单"
	}
	for _, line := range recordLines(recordView{}) {
		l.Heads = append(l.Heads, line[0])
	}
	l.Heads = append(l.Heads, "报备事项", "发生日期", "报备期限", "报备日期", "回执编号", "是否逾期")
	for _, r := range records {
		var cells []string
		for _, line := range recordLines(r) {
			cells = append(cells, line[1])
		}
		for _, d := range r.Duties {
			if open && !d.ReportedOn.IsZero() {
				continue
			}
			l.Rows = append(l.Rows, append(append([]string(nil), cells...),
				d.Label, d.OpenedOn.String(), d.DueOn.String(), d.ReportedOn.String(), d.ReceiptNo, map[bool]string{true: "逾期", false: ""}[d.Overdue]))
		}
	}
	return l
}

// maxRecords bounds the records of one document; a longer list is a workbook.
const maxRecords = 500

func sendRecords(c echo.Context, records []recordView, office string, today civil.Date, next string) error {
	if len(records) > maxRecords || next != "" {
		return problem.InvalidFields(problem.At("state", "too_many",
			"记录超过"+strconv.Itoa(maxRecords)+"件，请缩小期间或者导出表格。", "More records than a document holds; narrow the period or take the workbook."))
	}
	forms := make([]circular.Record, 0, len(records))
	for i, r := range records {
		f := circular.Record{Title: fmt.Sprintf("%d．%s %s", i+1, r.KindLabel, r.CaseNo), Lines: recordLines(r)}
		for _, d := range r.Duties {
			f.Duties = append(f.Duties, [4]string{d.Label, d.DueOn.String(), d.ReportedOn.String(), d.ReceiptNo})
		}
		forms = append(forms, f)
	}
	file, err := circular.Records(office, today, forms)
	if err != nil {
		return err
	}
	return sendFile(c, docx.MediaType, "诉讼案件信息报备-"+today.String()+".docx", file)
}
