package letters

import (
	"strings"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/services/intake/internal/domain"
)

// replied adds the reply, what closed the case in its place, and the proofs of
// service.
func (f File) replied(add func(Letter)) {
	c := f.Case
	for i := range c.Earlier {
		d := &c.Earlier[i]
		if !closing(d.Kind) {
			add(Letter{Code: EarlierDecision, N: i + 1, On: d.SignedOn, Told: !d.MadeOn.IsZero(), write: func(s *sheet) {
				s.decision(&d.Draft, d.No, d.SignedOn)
			}})
		}
	}
	switch {
	case c.Decision != nil && !closing(c.Decision.Kind):
		d := c.Decision
		add(Letter{Code: DecisionLetter, On: d.SignedOn, Told: !d.MadeOn.IsZero(), write: func(s *sheet) { s.decision(&d.Draft, d.No, d.SignedOn) }})
		if len(d.Attempts) == 0 {
			add(Letter{Code: ServiceReceipt, On: d.SignedOn, Draft: true, write: func(s *sheet) { s.proof(d, &domain.Attempt{}) }})
		}
		for i := range d.Attempts {
			a := &d.Attempts[i]
			add(Letter{Code: ServiceReceipt, N: a.N, On: a.SentOn, write: func(s *sheet) { s.proof(d, a) }})
		}
	case c.Draft != nil:
		d := c.Draft
		add(Letter{Code: DecisionLetter, On: d.DecidedOn, Draft: true, write: func(s *sheet) { s.decision(d, "", 0) }})
	}
	if e := c.Ending; e != nil && e.Code != domain.EndedServed && e.Code != domain.EndedSplit && c.Number != nil {
		add(Letter{Code: ClosingNotice, On: e.On, Told: true, write: (*sheet).closing})
	}
}

// closing reports whether a decision of this kind ends a case without a reply.
func closing(k decision.Kind) bool {
	return k == decision.NotCorrected || k == decision.FeeUnpaid || k == decision.OtherClosing
}

// contentOrder is the order in which a reply says things.
var contentOrder = []string{
	decision.ContentReasons, decision.ContentInformation, decision.ContentAccessTime, decision.ContentAccessRoute,
	decision.ContentDisclosedPart, decision.ContentSearch, decision.ContentCompetent, decision.ContentEarlierReply,
	decision.ContentProcedure, decision.ContentRightChannel, decision.ContentObtain,
}

// contentLead is what stands before a content of a reply.
var contentLead = map[string]string{
	decision.ContentReasons: "理由：", decision.ContentInformation: "公开的内容：", decision.ContentAccessTime: "获取的方式、途径和时间：",
	decision.ContentAccessRoute: "获取的方式、途径：", decision.ContentDisclosedPart: "公开的部分：", decision.ContentSearch: "检索情况：",
	decision.ContentCompetent: "负责公开该政府信息的行政机关：", decision.ContentEarlierReply: "此前的答复：",
	decision.ContentProcedure: "办理途径：", decision.ContentRightChannel: "相应渠道：", decision.ContentObtain: "获取途径：",
}

// decision is the reply: what the agency found, on which article, why, and how it
// can be challenged.
func (s *sheet) decision(d *domain.Draft, no string, on civil.Date) {
	if no == "" {
		no = "〔文号〕"
	}
	s.open("政府信息公开申请告知书\n（"+decision.Title(d.Kind)+"）", no, s.toApplicant())
	s.say("%s登记编号：%s。", s.acknowledge(), s.Case.RegisterNo())
	if n := len(s.Case.Corrections); n > 0 && !s.Case.Corrections[n-1].ReceivedOn.IsZero() {
		s.say("本机关于%s收到您补正的申请。", date(s.Case.Corrections[n-1].ReceivedOn))
	}
	s.say("经审查，根据%s的规定，现答复如下：", decision.Citation(d.Kind, d.Ground))
	s.say("%s", decision.Finding(d.Kind, d.Ground))
	for _, code := range contentOrder {
		if text := strings.TrimSpace(d.Contents[code]); text != "" {
			s.say("%s%s", contentLead[code], sentence(text))
		}
	}
	s.withheld(d)
	if w := decision.Wording(d.Kind, decision.Places{ReviewBody: s.Office.ReviewBody, Court: s.Office.Court}); w != "" {
		s.say("%s", w)
	}
	s.contact()
	s.sign(on)
	if d.Kind == decision.Disclosed || d.Kind == decision.PartlyDisclosed {
		s.d.Paragraph("附件：" + blank).After(1)
	}
}

// withheld lists the parts that are not given, each with its ground (条例 art. 37).
func (s *sheet) withheld(d *domain.Draft) {
	if len(d.Withheld) == 0 {
		return
	}
	s.say("不予公开的部分、依据和理由：")
	t := s.d.Table(42, 60, 54).Head(docx.Cells("不予公开的部分", "依据", "理由")...)
	for _, w := range d.Withheld {
		ground, _ := decision.GroundOf(decision.Ground(w.Ground))
		reason := w.Reason
		if reason == "" {
			reason = d.Contents[decision.ContentReasons]
		}
		t.Texts(w.Part, ground.Label+"（"+article(ground.Article)+"）", reason)
	}
}

// article is the citation of a ground in a table: 条例 art. 16(2) as 条例第16条第2款.
func article(rule string) string {
	a := strings.TrimPrefix(rule, "条例 art. ")
	number, clause, found := strings.Cut(a, "(")
	text := "条例第" + number + "条"
	if clause = strings.TrimSuffix(clause, ")"); found {
		if number == "36" {
			return text + "第（" + clause + "）项"
		}
		text += "第" + clause + "款"
	}
	return text
}

// closing is the notice of a case that ended without a reply.
func (s *sheet) closing() {
	c := s.Case
	kind, title := decision.OtherClosing, "政府信息公开申请办结告知书"
	switch c.Ending.Code {
	case domain.EndedAbandoned:
		kind, title = decision.NotCorrected, "政府信息公开申请不再处理告知书"
	case domain.EndedUnpaid:
		kind, title = decision.FeeUnpaid, "政府信息公开申请不再处理告知书"
	default:
	}
	s.open(title, "", s.toApplicant())
	s.say("%s", s.acknowledge())
	switch c.Ending.Code {
	case domain.EndedAbandoned:
		k := c.Corrections[len(c.Corrections)-1]
		s.say("该申请内容不明确，本机关于%s向您发出补正告知书，请您在%s前补正。本机关至今未收到您的补正材料。", date(k.NoticedOn), date(k.CorrectBy))
		s.say("根据%s的规定，%s", decision.Citation(kind, ""), decision.Finding(kind, ""))
	case domain.EndedUnpaid:
		s.say("本机关已就该申请向您发出信息处理费收费告知书。根据%s的规定，%s", decision.Citation(kind, ""), decision.Finding(kind, ""))
	case domain.EndedWithdrawn:
		s.say("您于%s撤回该申请。本机关终止办理该政府信息公开申请。", date(c.Ending.On))
	case domain.EndedMerged:
		s.say("该申请与您提交的另一件政府信息公开申请内容相同，本机关予以并案办理，答复以并入的申请为准，该件不再另行答复。")
	default:
		s.say("该政府信息公开申请已于%s办结。", date(c.Ending.On))
	}
	if c.Ending.Note != "" {
		s.say("说明：%s", sentence(c.Ending.Note))
	}
	if w := decision.Wording(kind, decision.Places{ReviewBody: s.Office.ReviewBody, Court: s.Office.Court}); w != "" {
		s.say("%s", strings.ReplaceAll(w, "本答复", "本告知书"))
	}
	s.contact()
	s.sign(c.Ending.On)
}
