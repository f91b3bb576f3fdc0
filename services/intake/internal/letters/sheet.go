package letters

import (
	"fmt"
	"strings"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/services/intake/internal/domain"
)

// sheet is a letter in the making.
type sheet struct {
	File
	d *docx.Document
}

// regulations is how a letter cites the Regulations the first time.
const regulations = "《中华人民共和国政府信息公开条例》"

// blank is left where the officer fills in what the file does not know.
const blank = "〔　　　　〕"

// date writes a day as letters do; a day that is not known is left blank.
func date(d civil.Date) string {
	if d.IsZero() {
		return "　　年　　月　　日"
	}
	y, m, day := d.YMD()
	return fmt.Sprintf("%d年%d月%d日", y, m, day)
}

func orBlank(s string) string {
	if strings.TrimSpace(s) == "" {
		return blank
	}
	return s
}

// you is how the letter speaks to the applicant.
func (s *sheet) you() string {
	if s.Case.Applicant.Kind == domain.NaturalPerson {
		return "您"
	}
	return "你单位"
}

// addressed speaks to the applicant as the law's sentences speak to a person.
func (s *sheet) addressed(text string) string { return strings.ReplaceAll(text, "您", s.you()) }

// open writes title, number and addressee.
func (s *sheet) open(title, no, to string) {
	s.d.Line(s.Office.Name).Align(docx.Center).KeepNext()
	s.d.Title(title)
	if no == "" && s.Case.RegisterNo() != "" {
		no = "登记编号：" + s.Case.RegisterNo()
	}
	if no != "" {
		s.d.Line(no).Align(docx.Right)
	}
	if to != "" {
		s.d.Line(to + "：")
	}
}

// toApplicant is the addressee with the co-applicants.
func (s *sheet) toApplicant() string {
	a := s.Case.Applicant
	names := []string{a.Name}
	for _, co := range a.CoApplicants {
		names = append(names, co.Name)
	}
	to := strings.Join(names, "、")
	if a.Agent != nil {
		to += "（代理人：" + a.Agent.Name + "）"
	}
	return to
}

func (s *sheet) say(format string, values ...any) {
	s.d.Paragraph(s.addressed(fmt.Sprintf(format, values...)))
}

// acknowledge is the first sentence of every letter to the applicant.
func (s *sheet) acknowledge() string {
	return "本机关于" + date(s.Case.ReceivedOn()) + "收到您提交的政府信息公开申请，申请公开：" + quoted(s.asked()) + "。"
}

// asked is what is asked for, as one line.
func (s *sheet) asked() string {
	c := s.Case.Content
	text := strings.Join(strings.Fields(c.Description), " ")
	if c.DocumentNumber != "" && !strings.Contains(text, c.DocumentNumber) {
		text += "（" + c.DocumentNumber + "）"
	}
	return text
}

func quoted(s string) string { return "“" + strings.TrimRight(s, "。") + "”" }

// sentence ends a text with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？") {
		return s
	}
	return s + "。"
}

// contact tells where the office is found.
func (s *sheet) contact() {
	o := s.Office
	s.say("联系电话：%s　　联系地址：%s　　邮政编码：%s", orBlank(o.Phone), orBlank(o.Address), orBlank(o.Postcode))
}

// sign writes who sends the letter and when; the seal goes over it.
func (s *sheet) sign(on civil.Date) {
	s.d.Line(s.Office.Name).Align(docx.Right).Inset(2).After(1).KeepNext()
	s.d.Line(date(on)).Align(docx.Right).Inset(2).KeepNext()
	s.d.Line("（印章）").Align(docx.Right).Inset(4)
}

// facts is a table of two columns.
func (s *sheet) facts(pairs ...[2]string) {
	t := s.d.Table(42, 114)
	for _, p := range pairs {
		t.Row(docx.Cell{Text: p[0], Align: docx.Center}, docx.Cell{Text: p[1]})
	}
}

// provisional warns that a date rests on a year whose holidays are not published.
func (s *sheet) provisional(due civil.Date) string {
	if s.Calendar.ProvisionalBetween(s.Case.ReceivedOn(), due) {
		return "（下一年度节假日安排尚未公布，该日期为暂定，公布后以重新计算的日期为准）"
	}
	return ""
}
