package letters

import (
	"strings"

	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/statute/clock"
	"zhiqing.dev/services/intake/internal/domain"
)

// consulted adds the letters to others: they never name the applicant.
func (f File) consulted(add func(Letter)) {
	c := f.Case
	for i := range c.Consultations {
		k := &c.Consultations[i]
		add(Letter{Code: Consultation, N: k.N, On: k.SentOn, To: k.Consultee, write: func(s *sheet) { s.consultation(k) }})
	}
	o, signed := override(c)
	if o == nil {
		return
	}
	for i := range c.Consultations {
		if k := &c.Consultations[i]; k.Kind == clock.ThirdParty {
			add(Letter{Code: DisclosureNotice, N: k.N, On: o.ToldOn, To: k.Consultee, Draft: !signed, write: func(s *sheet) { s.disclosure(k, o) }})
		}
	}
}

// override is the public interest that the decision or its draft rests on.
func override(c *domain.Case) (o *domain.Override, signed bool) {
	switch {
	case c.Decision != nil:
		return c.Decision.Override, true
	case c.Draft != nil:
		return c.Draft.Override, false
	}
	return nil, false
}

func (s *sheet) consultation(k *domain.Consultation) {
	s.open("政府信息公开征求意见书", "", k.Consultee)
	s.d.Paragraph("本机关收到政府信息公开申请，申请公开：" + quoted(s.asked()) + "。")
	if k.Question != "" {
		s.d.Paragraph("征求意见的事项：" + sentence(k.Question))
	}
	limit := "自收到本征求意见书之日起15个工作日内"
	if !k.ConsulteeReceivedOn.IsZero() && !k.AnswerBy.IsZero() {
		limit += "（即" + date(k.AnswerBy) + "前）"
	}
	switch k.Kind {
	case clock.ThirdParty:
		s.d.Paragraph("该信息涉及您（贵单位）。根据" + regulations + "第十五条、第三十二条的规定，现书面征求您（贵单位）的意见，请" + limit +
			"向本机关提出书面意见；不同意公开的，请说明理由。")
		s.d.Paragraph("逾期未提出意见的，由本机关依照条例的规定决定是否公开。不同意公开且有合理理由的，本机关不予公开；" +
			"本机关认为不公开可能对公共利益造成重大影响的，可以决定予以公开，并将决定公开的政府信息内容和理由书面告知您（贵单位）。")
	case clock.JointAgency:
		s.d.Paragraph("该信息由本机关牵头、与贵单位共同制作。根据" + regulations + "第三十四条的规定，现征求贵单位的意见，请" + limit +
			"提出意见；逾期未提出意见的，视为同意公开。")
	case clock.OtherAgency:
		s.d.Paragraph("根据" + regulations + "第十一条、第三十三条第三款的规定，现征求贵单位的意见，请" + limit + "书面反馈。")
	}
	s.contact()
	s.sign(k.SentOn)
	s.d.PageBreak()
	s.reply(k)
}

// reply is the form on which the consultee answers.
func (s *sheet) reply(k *domain.Consultation) {
	s.d.Title("征求意见回执")
	s.d.Line("登记编号：" + s.Case.RegisterNo()).Align(docx.Right)
	answer := func(code string) string {
		if k.Answer == code {
			return "☑ "
		}
		return "□ "
	}
	choices := []string{"consent", "partial", "object", "no_opinion"}
	for i, code := range choices {
		choices[i] = answer(code) + domain.Answers.In(code, "zh")
	}
	s.facts(
		[2]string{"被征求意见方", k.Consultee},
		[2]string{"所涉信息", s.asked()},
		[2]string{"意见", strings.Join(choices, "\n")},
		[2]string{"理由", k.Reasons + "\n\n"},
		[2]string{"签名或者盖章", "\n\n" + date(k.AnsweredOn)},
	)
	s.d.Line("请将本回执寄送：" + s.Office.Name + "，" + orBlank(s.Office.Address) + "。")
}

func (s *sheet) disclosure(k *domain.Consultation, o *domain.Override) {
	s.open("公开第三方信息告知书", "", k.Consultee)
	s.d.Paragraph("本机关曾于" + date(k.SentOn) + "就公开涉及您（贵单位）的政府信息书面征求您（贵单位）的意见。")
	s.d.Paragraph("经审查，本机关认为不公开可能对公共利益造成重大影响，根据" + regulations + "第十五条、第三十二条的规定，决定予以公开。现将决定公开的内容和理由告知如下：")
	s.d.Paragraph("一、公开的内容：" + sentence(o.What))
	s.d.Paragraph("二、理由：" + sentence(o.Why))
	s.d.Paragraph(thirdPartyRemedy(s.Office))
	s.contact()
	s.sign(o.ToldOn)
}

// thirdPartyRemedy is how a third party may challenge a disclosure: it is no
// refusal to disclose, so review does not come first (行政复议法 art. 23).
func thirdPartyRemedy(o Office) string {
	body, court := o.ReviewBody, o.Court
	if body == "" {
		body = "上一级人民政府"
	}
	if court == "" {
		court = "有管辖权的人民法院"
	}
	return "如对该决定不服，可以自收到本告知书之日起60日内向" + body + "申请行政复议，或者自收到本告知书之日起6个月内向" + court + "提起行政诉讼。"
}
