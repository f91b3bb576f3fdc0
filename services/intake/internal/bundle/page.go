package bundle

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
	"zhiqing.dev/services/intake/internal/letters"
)

// page is the whole file to read and print: the sheets of the case, then every letter on
// pages of its own.
func (b Bundle) page() ([]byte, error) {
	c := b.Letters.Case
	d := docx.New().Describe(docx.Meta{Title: "政府信息公开申请案卷证据材料", Author: b.Letters.Office.Name, Subject: c.RegisterNo()})
	d.Line(b.Letters.Office.Name).Align(docx.Center).KeepNext()
	d.Title("政府信息公开申请案卷证据材料")
	d.Line("登记编号：" + c.RegisterNo() + "　制作时间：" + instant(b.About.MadeAt)).Align(docx.Right)
	b.application(d)
	b.history(d)
	b.deadlines(d)
	b.approvals(d)
	b.replies(d)
	b.files(d)
	b.trail(d)
	for _, l := range b.Letters.List() {
		d.PageBreak()
		d.Append(b.Letters.Document(l))
	}
	var out bytes.Buffer
	if err := d.WriteHTML(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// facts is a table of two columns; what is not known is left out.
func facts(d *docx.Document, pairs ...[2]string) {
	t := d.Table(40, 116)
	for _, p := range pairs {
		if strings.TrimSpace(p[1]) != "" {
			t.Row(docx.Cell{Text: p[0], Align: docx.Center}, docx.Cell{Text: p[1]})
		}
	}
}

func day(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func instant(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04:05") }

func (b Bundle) application(d *docx.Document) {
	c := b.Letters.Case
	d.Heading(1, "一、申请与登记")
	a := c.Applicant
	names := []string{a.Name}
	for _, co := range a.CoApplicants {
		names = append(names, co.Name)
	}
	agent := ""
	if a.Agent != nil {
		agent = a.Agent.Name
	}
	facts(d,
		[2]string{"登记编号", c.RegisterNo()},
		[2]string{"申请人", strings.Join(names, "、")},
		[2]string{"申请人类型", domain.ApplicantKinds.In(string(a.Kind), "zh")},
		[2]string{"代理人", agent},
		[2]string{"申请渠道", domain.Channels.In(string(c.Channel), "zh")},
		[2]string{"申请内容", c.Content.Description},
		[2]string{"所需信息文号", c.Content.DocumentNumber},
		[2]string{"到达日期", day(c.Clock.ArrivedOn)},
		[2]string{"到达凭证", proof(c.ArrivalEvidence)},
		[2]string{"收到日期", day(c.Clock.ReceivedOn)},
		[2]string{"收到凭证", proof(c.Evidence)},
		[2]string{"登记日期", day(c.RegisteredOn)},
		[2]string{"经办人", c.AssigneeName},
	)
}

func proof(e *domain.Evidence) string {
	if e == nil {
		return ""
	}
	var parts []string
	for _, p := range [][2]string{{"编号", e.Reference}, {"签收人", e.Signer}, {"确认对象", e.ConfirmedWith}, {"说明", e.Note}} {
		if p[1] != "" {
			parts = append(parts, p[0]+"："+p[1])
		}
	}
	return strings.Join(parts, "；")
}

func (b Bundle) history(d *docx.Document) {
	d.Heading(1, "二、办理过程")
	t := d.Table(12, 26, 42, 26, 50).Head(docx.Cells("序号", "日期", "步骤", "办理人", "说明（记录时间）")...)
	for _, s := range b.Letters.Case.History {
		by := s.By.Name
		if s.By.Kind == domain.ByApplicant {
			by = "申请人"
		}
		t.Texts(strconv.Itoa(s.N), day(s.On), domain.Steps.In(s.Code, "zh"), by, strings.TrimSpace(s.Note+"（"+instant(s.At)+"）"))
	}
}

// deadlines explains every date line by line, as the clocks compute it today.
func (b Bundle) deadlines(d *docx.Document) {
	d.Heading(1, "三、各项期限及其计算")
	r, err := b.Letters.Case.Clocks(b.Env)
	if err != nil {
		d.Paragraph("收到日期尚未确定，期限未起算。")
		return
	}
	for _, k := range r.Clocks {
		b.clock(d, k)
	}
}

func (b Bundle) clock(d *docx.Document, k clock.Clock) {
	head := k.Label
	if !k.DueOn.IsZero() {
		head += "：" + day(k.DueOn)
	}
	if k.Provisional {
		head += "（暂定，放假安排尚未公布）"
	}
	if !k.MetOn.IsZero() {
		head += "　完成于" + day(k.MetOn)
	}
	d.Heading(2, head)
	for _, l := range k.Explanation {
		text := l.Text
		if l.Rule != "" {
			text += "（" + l.Rule + "）"
		}
		if l.Notice != "" {
			text += "〔" + l.Notice + "〕"
		}
		d.Paragraph(text)
	}
}

func (b Bundle) approvals(d *docx.Document) {
	c := b.Letters.Case
	d.Heading(1, "四、审查与审批")
	if len(c.Reviews) == 0 && len(c.Extensions) == 0 && c.Decision == nil && len(c.Earlier) == 0 {
		d.Paragraph("无。")
		return
	}
	t := d.Table(40, 30, 34, 52).Head(docx.Cells("事项", "日期", "办理人", "意见")...)
	for _, r := range c.Reviews {
		for _, x := range r.Checks {
			t.Texts("第"+strconv.Itoa(r.N)+"次审查："+domain.Aspects.In(x.Aspect, "zh"), day(r.ReviewedOn), x.Reviewer,
				strings.TrimSpace(domain.CheckResults.In(x.Result, "zh")+"　"+x.Note))
		}
		t.Texts("第"+strconv.Itoa(r.N)+"次审查结论", day(r.ReviewedOn), r.By.Name, r.Conclusion)
	}
	for _, e := range c.Extensions {
		by, result := "", "待批"
		if e.DecidedBy != nil {
			by = e.DecidedBy.Name
		}
		switch {
		case e.Approved:
			result = "批准，于" + day(e.NotifiedOn) + "告知申请人"
		case e.Decided:
			result = "未批准"
		}
		t.Texts("延期答复", day(e.DecidedOn), by, strconv.Itoa(e.WorkingDays)+"个工作日："+e.Reason+"（"+result+"）")
	}
	for _, x := range b.decisions() {
		t.Texts("签发答复", day(x.SignedOn), x.SignedBy.Name, kind(x.Kind)+"　"+x.No)
	}
}

// decisions are all that were signed, those that an order overtook first.
func (b Bundle) decisions() []domain.Decision {
	c := b.Letters.Case
	all := append([]domain.Decision(nil), c.Earlier...)
	if c.Decision != nil {
		all = append(all, *c.Decision)
	}
	return all
}

func kind(k decision.Kind) string {
	if e, ok := decision.Of(k); ok {
		return e.Label
	}
	return string(k)
}

func (b Bundle) replies(d *docx.Document) {
	d.Heading(1, "五、答复与送达")
	all := b.decisions()
	if len(all) == 0 {
		d.Paragraph("尚未作出答复。")
	}
	for _, x := range all {
		facts(d,
			[2]string{"文号", x.No}, [2]string{"答复类型", kind(x.Kind)}, [2]string{"依据", x.Ground},
			[2]string{"决定日期", day(x.DecidedOn)}, [2]string{"签发", strings.TrimSpace(x.SignedBy.Name + "　" + day(x.SignedOn))},
			[2]string{"作出答复之日", day(x.MadeOn)}, [2]string{"送达日期", day(x.ServedOn)}, [2]string{"被撤销、变更之日", day(x.OvertakenOn)},
		)
		for _, a := range x.Attempts {
			facts(d,
				[2]string{"第" + strconv.Itoa(a.N) + "次送达", domain.ServiceRoutes.In(a.Route, "zh")},
				[2]string{"发出、交邮", day(a.SentOn)}, [2]string{"收到", day(a.DeliveredOn)}, [2]string{"签收人", a.Signer},
				[2]string{"邮件号、承运单位", strings.TrimSpace(a.TrackingNo + "　" + a.Carrier)}, [2]string{"凭证", a.Proof},
				[2]string{"未送达", strings.TrimSpace(day(a.FailedOn) + "　" + a.FailReason)}, [2]string{"送达人", a.By.Name},
			)
		}
	}
}

func (b Bundle) files(d *docx.Document) {
	d.Heading(1, "六、材料目录")
	t := d.Table(12, 50, 30, 64).Head(docx.Cells("序号", "文件", "用途", "SHA-256 摘要")...)
	for _, a := range b.Letters.Case.Attachments {
		t.Texts(strconv.Itoa(a.N), attachmentPath(a)+"（"+strconv.FormatInt(a.Size, 10)+"字节，"+day(a.AddedOn)+"）",
			purpose(a), a.SHA256)
	}
	for _, l := range b.Letters.List() {
		t.Texts("", "letters/"+l.ID+".html", letters.Labels.In(string(l.Code), "zh"), "见 manifest.json")
	}
}

func purpose(a domain.Attachment) string {
	text := domain.Purposes.In(a.Purpose, "zh")
	if a.Withdrawn != nil {
		text += "（" + day(a.Withdrawn.On) + "因误传撤下）"
	}
	return text
}

func (b Bundle) trail(d *docx.Document) {
	d.Heading(1, "七、系统操作记录摘录")
	if b.Audit.More {
		d.Paragraph("记录过多，只列最近的部分。")
	}
	t := d.Table(14, 44, 40, 58).Head(docx.Cells("编号", "时间（UTC）", "操作人", "操作与结果")...)
	for _, e := range b.Audit.Entries {
		result := ""
		if e.Status != 0 {
			result = " → " + strconv.Itoa(e.Status)
		}
		t.Texts(strconv.FormatInt(e.N, 10), e.At, strings.TrimSpace(string(e.Kind)+" "+e.Actor), e.Method+" "+e.Route+result)
	}
}
