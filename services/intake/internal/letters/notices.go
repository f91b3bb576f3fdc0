package letters

import (
	"strconv"
	"strings"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/services/intake/internal/domain"
)

// received adds the receipt and the notice of a split.
func (f File) received(add func(Letter)) {
	c := f.Case
	if c.Number != nil && !c.ReceivedOn().IsZero() {
		add(Letter{Code: Receipt, On: c.RegisteredOn, Told: true, write: (*sheet).receipt})
	}
	if c.Ending != nil && c.Ending.Code == domain.EndedSplit {
		add(Letter{Code: SplitNotice, On: c.Split.SplitOn, Told: true, write: (*sheet).split})
	}
}

// replyWD are the working days for a reply (条例 art. 33).
const replyWD = 20

func (s *sheet) receipt() {
	c := s.Case
	s.open("政府信息公开申请登记回执", "", s.toApplicant())
	s.say("您提交的政府信息公开申请，本机关已经登记，现将有关事项告知如下：")
	until := s.Calendar.AddWorkdays(c.ReceivedOn(), replyWD)
	due := "自收到申请之日起20个工作日内，即" + date(until) + "前" + s.provisional(until)
	s.facts(
		[2]string{"登记编号", c.RegisterNo()},
		[2]string{"受理号", c.Receipt + "（凭受理号和查询码查询办理情况）"},
		[2]string{"申请人", s.toApplicant()},
		[2]string{"申请内容", s.asked()},
		[2]string{"提交方式", domain.Channels.In(string(c.Channel), "zh")},
		[2]string{"提交日期", date(c.ArrivedOn())},
		[2]string{"收到申请日期", date(c.ReceivedOn())},
		[2]string{"信息形式", domain.DeliveryFormats.In(c.Delivery.Format, "zh")},
		[2]string{"获取途径", domain.DeliveryRoutes.In(c.Delivery.Route, "zh")},
		[2]string{"答复期限", due},
	)
	s.say("依照%s第三十三条的规定，需要延长答复期限的，经本机关政府信息公开工作机构负责人同意并告知您，延长的期限最长不超过20个工作日；征求第三方和其他机关意见所需时间不计算在前述期限内。", regulations)
	s.contact()
	s.sign(c.RegisteredOn)
}

func (s *sheet) split() {
	c := s.Case
	s.open("政府信息公开申请分件办理告知书", "", s.toApplicant())
	s.say("%s", s.acknowledge())
	s.say("该申请包含多项内容。为便于办理和答复，本机关将其分为下列%d件分别登记、分别答复，各件的登记编号见各自的登记回执，答复期限均自%s起计算。", len(c.Split.Parts), date(c.ReceivedOn()))
	t := s.d.Table(16, 140).Head(docx.Cells("序号", "申请内容")...)
	for i, p := range c.Split.Parts {
		t.Row(docx.Cell{Text: strconv.Itoa(i + 1), Align: docx.Center}, docx.Cell{Text: p.Description})
	}
	s.contact()
	s.sign(c.Split.SplitOn)
}

// asked adds what was asked of the applicant, and what the applicant was told of
// the period.
func (f File) asked(add func(Letter)) {
	c := f.Case
	for i := range c.Corrections {
		k := &c.Corrections[i]
		add(Letter{Code: CorrectionNotice, N: i + 1, On: k.NoticedOn, Told: true, write: func(s *sheet) { s.correction(k) }})
	}
	for i := range c.Extensions {
		if e := &c.Extensions[i]; e.Approved || !e.Decided {
			on := e.NotifiedOn
			if on.IsZero() {
				on = e.RequestedOn
			}
			add(Letter{Code: ExtensionNotice, N: i + 1, On: on, Draft: !e.Approved, Told: e.Approved, write: func(s *sheet) { s.extension(e) }})
		}
	}
	for i := range c.Fees {
		if n := &c.Fees[i]; n.State != contract.NoticeCancelled {
			add(Letter{Code: FeeNotice, N: i + 1, On: n.NoticedOn, Told: true, write: func(s *sheet) { s.fee(n) }})
		}
	}
	if x := c.Excess; x != nil {
		add(Letter{Code: ReasonsRequest, On: x.AskedOn, Told: true, write: func(s *sheet) { s.reasons(x) }})
		if !x.DeferredUntil.IsZero() {
			add(Letter{Code: DeferralNotice, On: x.AssessedOn, Told: true, write: func(s *sheet) { s.deferral(x) }})
		}
	}
	for i := range c.Reopenings {
		r := &c.Reopenings[i]
		add(Letter{Code: ReopeningNotice, N: i + 1, On: r.ReopenedOn, Told: true, write: func(s *sheet) { s.reopening(r) }})
	}
}

func (s *sheet) correction(k *domain.Correction) {
	content := s.Case.Content
	if k.Before != nil { // the letter speaks of the application as it stood
		content = *k.Before
	}
	was := *s.Case
	was.Content = content
	on := &sheet{File: File{Case: &was, Office: s.Office, Calendar: s.Calendar, Today: s.Today}, d: s.d}
	on.open("政府信息公开申请补正告知书", "", on.toApplicant())
	on.say("%s", on.acknowledge())
	on.say("经审查，该申请的内容不明确。根据%s第三十条的规定，请您对下列事项作出补正：", regulations)
	for i, item := range k.Items {
		on.say("%d．%s", i+1, sentence(item))
	}
	if k.Guidance != "" {
		on.say("补正指引：%s", sentence(k.Guidance))
	}
	on.say("请您自收到本告知书之日起%d个工作日内（即%s前）提交补正材料。答复期限自本机关收到补正的申请之日起计算；无正当理由逾期不补正的，视为放弃申请，本机关不再处理该政府信息公开申请。", k.PeriodWD, date(k.CorrectBy))
	on.contact()
	on.sign(k.NoticedOn)
}

func (s *sheet) extension(e *domain.Extension) {
	s.open("政府信息公开申请延期答复告知书", "", s.toApplicant())
	s.say("%s", s.acknowledge())
	after := e.DueAfter
	if after.IsZero() {
		after = s.Calendar.AddWorkdays(e.DueBefore, e.WorkingDays)
	}
	s.say("因%s，本机关无法在%s前作出答复。根据%s第三十三条第二款的规定，经本机关政府信息公开工作机构负责人同意，答复期限延长%d个工作日，本机关将于%s前作出答复%s。",
		trimmed(e.Reason), date(e.DueBefore), regulations, e.WorkingDays, date(after), s.provisional(after))
	s.contact()
	s.sign(e.NotifiedOn)
}

func (s *sheet) fee(n *domain.Fee) {
	s.open("政府信息公开信息处理费收费告知书", "", s.toApplicant())
	s.say("%s", s.acknowledge())
	s.say("您申请公开政府信息的数量、频次明显超过合理范围。根据%s第四十二条和《政府信息公开信息处理费管理办法》的规定，本机关决定就该申请收取信息处理费人民币%d元。", regulations, n.AmountYuan)
	by := ""
	if !n.PayBy.IsZero() {
		by = "（即" + date(n.PayBy) + "前）"
	}
	s.say("请您自收到本告知书次日起20个工作日内%s缴纳，缴款方式：%s。缴费后，本机关自缴费次日起重新计算答复期限；未按规定缴纳的，视为放弃申请，本机关不再处理该政府信息公开申请。", by, blank)
	s.contact()
	s.sign(n.NoticedOn)
}

func (s *sheet) reasons(x *domain.Excess) {
	s.open("政府信息公开申请说明理由通知书", "", s.toApplicant())
	s.say("%s", s.acknowledge())
	by := ""
	if !x.ReplyBy.IsZero() {
		by = "于" + date(x.ReplyBy) + "前"
	}
	s.say("%s根据%s第三十五条的规定，请您%s书面说明申请的理由。", sentence(x.Text), regulations, by)
	s.say("经审查理由不合理的，本机关不予处理；理由合理，但是无法在规定的期限内答复的，本机关可以确定延迟答复的合理期限并告知您。")
	s.contact()
	s.sign(x.AskedOn)
}

func (s *sheet) deferral(x *domain.Excess) {
	s.open("政府信息公开申请延迟答复告知书", "", s.toApplicant())
	s.say("%s", s.acknowledge())
	s.say("您说明的理由收悉。经审查：%s", sentence(x.Assessment))
	s.say("您的理由合理，但是本机关无法在规定的期限内答复。根据%s第三十五条的规定，本机关将于%s前作出答复。", regulations, date(x.DeferredUntil))
	s.contact()
	s.sign(x.AssessedOn)
}

func (s *sheet) reopening(r *domain.Reopening) {
	s.open("政府信息公开申请重新办理告知书", "", s.toApplicant())
	s.say("%s", s.acknowledge())
	order := orBlank(r.DocumentNo)
	if r.Authority != "" {
		order = r.Authority + order
	}
	s.say("根据%s，本机关对您的申请重新作出处理。该决定自%s起生效，本机关将自生效之日起%d个工作日内（即%s前）重新作出答复。",
		order, date(r.EffectiveOn), r.PeriodWD, date(s.Calendar.AddWorkdays(r.EffectiveOn, r.PeriodWD)))
	s.contact()
	s.sign(r.ReopenedOn)
}

// trimmed is a reason that goes on within a sentence.
func trimmed(s string) string { return strings.TrimRight(strings.TrimSpace(s), "。；，") }
