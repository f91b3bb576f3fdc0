package circular

import (
	"fmt"
	"strconv"
	"strings"

	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/reporting"
)

// Summary writes a periodic summary in the form of a circular (通报), for somebody to
// go on writing.
func Summary(s *reporting.Summary) ([]byte, error) {
	office := s.OfficeName
	if office == "" {
		office = s.Office
	}
	d := docx.New().Describe(docx.Meta{Title: "政府信息公开依申请工作情况的通报", Author: office, Subject: s.Period.Name})
	d.Title("关于" + Period(s.Period) + "政府信息公开\n依申请工作情况的通报")
	d.Paragraph(fmt.Sprintf("现将%s（%s至%s）%s政府信息公开依申请工作以及相关行政复议、行政诉讼情况通报如下。统计截至%s。",
		Period(s.Period), day(s.Period.From), day(s.Period.To), whose(s, office), day(s.AsOf)))
	applications(d, s)
	disputes(d, s)
	lost(d, s)
	indicators(d, s)
	hints(d, s)
	d.Line(office).Align(docx.Right).After(2).Inset(4)
	d.Line(day(s.AsOf)).Align(docx.Right).Inset(4)
	return write(d)
}

func whose(s *reporting.Summary, office string) string {
	if s.Scope == report.Aggregate {
		return fmt.Sprintf("%s及所属共%d个单位", office, len(s.Units))
	}
	return office
}

// Period is a period in the words of a document: 2026年第三季度.
func Period(p reporting.Span) string {
	year, rest, found := strings.Cut(p.Name, "-")
	if strings.Contains(p.Name, "..") || len(year) != 4 {
		return day(p.From) + "至" + day(p.To)
	}
	if !found {
		return year + "年"
	}
	words := map[string]string{
		"H1": "上半年", "H2": "下半年", "Q1": "第一季度", "Q2": "第二季度", "Q3": "第三季度", "Q4": "第四季度",
	}
	if w := words[rest]; w != "" {
		return year + "年" + w
	}
	return year + "年" + strings.TrimLeft(rest, "0") + "月"
}

func applications(d *docx.Document, s *reporting.Summary) {
	d.Heading(1, "一、申请收到和办理情况")
	d.Paragraph(flowText("政府信息公开申请", "办结", s.Applications))
	lines(d, s.Applications.Flow)
	var results []reporting.Line
	for _, l := range s.Results {
		if l.This+l.YearToDate+l.LastYear > 0 {
			results = append(results, l)
		}
	}
	if len(results) > 0 {
		d.Heading(2, "（一）办理结果")
		lines(d, results)
	}
}

// flowText says how the figures move. Each figure stands as it was counted.
func flowText(what, done string, s reporting.Section) string {
	f := s.Flow
	text := fmt.Sprintf("期初未结%s%d件，本期新收%d件，%s%d件，期末未结%d件", what, f[0].This, f[1].This, done, f[2].This, f[3].This)
	if f[1].Change != "—" {
		text += "；新收同比" + f[1].Change
	}
	return text + "。"
}

func lines(d *docx.Document, ls []reporting.Line) {
	t := d.Table(68, 22, 22, 22, 22).Head(docx.Cells("项目", "本期", "本年累计", "上年同期", "同比")...)
	for _, l := range ls {
		label := l.Label
		if l.Group != "" && l.Group != l.Label {
			label = l.Group + "：" + l.Label
		}
		t.Texts(label, n(l.This), n(l.YearToDate), n(l.LastYear), l.Change)
	}
}

func n(v int64) string { return strconv.FormatInt(v, 10) }

func disputes(d *docx.Document, s *reporting.Summary) {
	d.Heading(1, "二、行政复议、行政诉讼情况")
	for _, k := range s.Kinds() {
		section := s.Proceedings[k]
		d.Heading(2, section.Label)
		d.Paragraph(flowText("案件", "审结", *section))
		lines(d, append(append([]reporting.Line(nil), section.Flow...), section.Outcomes...))
	}
	if s.NoLoss != "" {
		d.Paragraph(s.NoLoss + "。")
	}
}

func lost(d *docx.Document, s *reporting.Summary) {
	if len(s.Lost) == 0 {
		return
	}
	d.Heading(1, "三、结果纠正案件")
	for i, l := range s.Lost {
		d.Heading(3, fmt.Sprintf("%d．%s：%s", i+1, l.KindLabel, dash(l.CaseNo)))
		text := fmt.Sprintf("案由：%s。%s于%s作出结果：%s。", l.Cause, l.Organ, day(l.ConcludedOn), dash(l.ResultLabel))
		if l.Office != "" {
			text = "单位：" + l.Office + "。" + text
		}
		if l.GroundLabel != "" {
			text += "纠错理由：" + l.GroundLabel + "。"
		}
		if l.Lesson != "" {
			text += "原因分析：" + strings.TrimRight(l.Lesson, "。") + "。"
		}
		if l.RectifiedOn.IsZero() {
			text += "整改：尚未登记。"
		} else {
			text += strings.TrimRight("整改：已于"+day(l.RectifiedOn)+"完成。"+l.Rectification, "。") + "。"
		}
		d.Paragraph(text)
	}
	if s.LostMore {
		d.Paragraph("其余案件见系统清单。")
	}
}

func indicators(d *docx.Document, s *reporting.Summary) {
	d.Heading(1, heading(s, "指标"))
	t := d.Table(46, 20, 30, 30, 30).Head(docx.Cells("指标", "数值", "分子/分母", "分子口径", "分母口径")...)
	for _, i := range s.Indicators {
		t.Texts(i.Name, i.Value, fmt.Sprintf("%d/%d", i.Numerator, i.Denominator), i.NumeratorOf, i.DenominatorOf)
	}
}

// heading numbers the sections after the lost cases, which may be absent.
func heading(s *reporting.Summary, title string) string {
	numbers := []string{"三", "四", "五"}
	i := 0
	if title != "指标" {
		i = 1
	}
	if len(s.Lost) > 0 {
		i++
	}
	return numbers[i] + "、" + title
}

func hints(d *docx.Document, s *reporting.Summary) {
	d.Heading(1, heading(s, "提示"))
	d.Paragraph(fmt.Sprintf("截至%s，逾期未答复申请%d件，即将到期%d件；行政复议、行政诉讼逾期事项%d件，即将到期%d件；未报备案件%d件。",
		day(s.AsOf), s.Due.RepliesOverdue, s.Due.RepliesDueSoon, len(s.Due.ProceedingsOverdue), len(s.Due.ProceedingsDueSoon), s.Due.Unreported))
	due(d, "（一）逾期事项", s.Due.Overdue)
	due(d, "（二）即将到期事项", s.Due.Soon)
	if len(s.Units) == 0 {
		return
	}
	d.Heading(2, "（三）各单位情况")
	t := d.Table(56, 34, 33, 33).Head(docx.Cells("单位", "未报备", "结果纠正", "逾期")...)
	for _, u := range s.Units {
		t.Texts(u.Office, n(u.Unreported), strconv.Itoa(u.Lost), n(u.Overdue))
	}
}

func due(d *docx.Document, title string, items []reporting.DueItem) {
	if len(items) == 0 {
		return
	}
	d.Heading(2, title)
	t := d.Table(56, 66, 34).Head(docx.Cells("登记编号、案号", "事项", "期限")...)
	for _, i := range items {
		no := i.RegisterNo
		if i.CaseNo != "" {
			no = i.CaseNo
		}
		if i.Office != "" {
			no = i.Office + " " + no
		}
		t.Texts(dash(no), i.What, i.DueOn.String())
	}
}
