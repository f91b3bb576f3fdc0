package letters

import (
	"strconv"
	"strings"

	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/services/intake/internal/domain"
)

// prepared adds the papers of the office's own work: they leave it only with the
// file.
func (f File) prepared(add func(Letter)) {
	c := f.Case
	for i := range c.Searches {
		k := &c.Searches[i]
		add(Letter{Code: SearchOrder, N: k.N, On: k.AskedOn, To: k.Unit, write: func(s *sheet) { s.search(k) }})
	}
	for i := range c.Deliberations {
		k := &c.Deliberations[i]
		add(Letter{Code: DeliberationSheet, N: i + 1, On: k.HeldOn, To: f.Office.Name, write: func(s *sheet) { s.deliberation(k) }})
	}
	for i := range c.Reviews {
		k := &c.Reviews[i]
		add(Letter{Code: ReviewSheet, N: k.N, On: k.ReviewedOn, To: f.Office.Name, write: func(s *sheet) { s.review(k) }})
	}
}

func (s *sheet) search(k *domain.Search) {
	s.open("政府信息检索协查单", "", k.Unit)
	due := "尽快"
	if !k.DueOn.IsZero() {
		due = "于" + date(k.DueOn) + "前"
	}
	s.d.Paragraph("请协助检索下列政府信息，并" + due + "反馈。未检索到的，请写明检索的范围和方式；该记录是答复申请人的依据（" + regulations + "第三十六条第（四）项）。")
	s.facts(
		[2]string{"检索内容", k.Scope},
		[2]string{"交办人、日期", k.AskedBy.Name + "　" + date(k.AskedOn)},
		[2]string{"检索结果", domain.SearchResults.In(k.Result, "zh")},
		[2]string{"检索范围", strings.Join(k.Places, "\n")},
		[2]string{"检索方式", k.Method},
		[2]string{"检索到的信息", k.Found},
		[2]string{"检索人", k.Searcher},
		[2]string{"反馈日期", date(k.ReportedOn)},
	)
	s.sign(k.AskedOn)
}

func (s *sheet) deliberation(k *domain.Deliberation) {
	s.open("政府信息公开申请会商研判记录", "", "")
	t := s.d.Table(42, 114)
	line := func(label, text string) {
		t.Row(docx.Cell{Text: label, Align: docx.Center}, docx.Cell{Text: text})
	}
	line("申请内容", s.asked())
	line("会商日期", date(k.HeldOn))
	line("研判事项", k.Question)
	line("参加人员", strings.Join(k.Participants, "、"))
	for _, o := range k.Opinions {
		line("意见（"+o.Who+"）", o.Opinion)
	}
	line("结论", k.Conclusion)
	line("记录人", k.By.Name)
}

func (s *sheet) review(k *domain.Review) {
	s.open("政府信息公开审查表", "", "")
	s.d.Line("申请内容：" + s.asked())
	t := s.d.Table(36, 26, 34, 60).Head(docx.Cells("审查事项", "结果", "审查人", "意见")...)
	for _, x := range k.Checks {
		t.Texts(domain.Aspects.In(x.Aspect, "zh"), domain.CheckResults.In(x.Result, "zh"), x.Reviewer, x.Note)
	}
	t.Row(docx.Cell{Text: "审查结论", Align: docx.Center}, docx.Cell{Text: k.Conclusion, Across: 3})
	t.Row(docx.Cell{Text: "审查日期", Align: docx.Center}, docx.Cell{Text: date(k.ReviewedOn) + "（第" + strconv.Itoa(k.N) + "次审查）", Across: 3})
	t.Row(docx.Cell{Text: "负责人签发", Align: docx.Center}, docx.Cell{Text: s.signature(k.N), Across: 3})
}

// signature is who signed the decision that rests on the review, if anybody has.
func (s *sheet) signature(review int) string {
	if d := s.Case.Decision; d != nil && d.ReviewN == review {
		return d.SignedBy.Name + "　" + date(d.SignedOn)
	}
	return "\n" + date(0)
}

// proof is the proof of service (送达回证) of one attempt; the day that counts
// depends on the route (国办公开办函〔2016〕235号).
func (s *sheet) proof(d *domain.Decision, a *domain.Attempt) {
	c := s.Case
	s.open("送达回证", "", "")
	route := "□直接送达　□委托送达　□邮寄送达　□电子邮件　□网上送达　□传真"
	if a.Route != "" {
		route = domain.ServiceRoutes.In(a.Route, "zh")
	}
	counts := "直接送达、委托送达以签收之日，邮寄送达以交邮之日，电子方式以发出并到达对方系统之日为准"
	if !d.MadeOn.IsZero() && a.FailedOn.IsZero() {
		counts = date(d.MadeOn)
	}
	address := c.Applicant.Contact.Address
	switch a.Route {
	case "email":
		address = c.Applicant.Contact.Email
	case "fax":
		address = c.Applicant.Contact.Phone
	}
	failed := ""
	if !a.FailedOn.IsZero() {
		failed = date(a.FailedOn) + "　" + a.FailReason
	}
	s.facts(
		[2]string{"受送达人", s.toApplicant()},
		[2]string{"送达文书", "政府信息公开申请告知书　" + orBlank(d.No)},
		[2]string{"送达方式", route},
		[2]string{"送达地址", address},
		[2]string{"发出日期", date(a.SentOn)},
		[2]string{"邮件号、承运单位", strings.TrimSpace(a.TrackingNo + "　" + a.Carrier)},
		[2]string{"收到日期", date(a.DeliveredOn)},
		[2]string{"收件人签名或者盖章", "\n" + a.Signer},
		[2]string{"作出答复之日", counts},
		[2]string{"未送达原因", failed},
		[2]string{"送达凭证", a.Proof},
		[2]string{"送达人", a.By.Name},
	)
}
