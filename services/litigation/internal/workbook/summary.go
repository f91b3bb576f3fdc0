package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/reporting"
)

// The sheets of a summary.
const (
	SheetFigures    = "总结"
	SheetLost       = "纠正案件"
	SheetIndicators = "指标"
	SheetDue        = "逾期和即将到期"
)

// Summary writes the workbook of a periodic summary: the figures beside the year to
// date and the year before, the lost cases, and the indicators with both sides of
// their division.
func Summary(s *reporting.Summary) ([]byte, error) {
	b, err := newBook(SheetFigures, SheetLost, SheetIndicators, SheetDue)
	if err != nil {
		return nil, err
	}
	defer b.f.Close() //nolint:errcheck // nothing was opened from disk
	b.figures(s)
	b.lost(s)
	b.indicators(s)
	b.due(s)
	if b.err != nil {
		return nil, fmt.Errorf("workbook of %s: %w", s.Period.Name, b.err)
	}
	out, err := b.f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("workbook of %s: %w", s.Period.Name, err)
	}
	return out.Bytes(), nil
}

func (b *book) heads(row int, labels ...string) {
	for i, h := range labels {
		c := at(b.column(i), row)
		b.text(c, c, h, b.head)
	}
}

// column is the name of the i-th column, from 0.
func (b *book) column(i int) string {
	name, err := excelize.ColumnNumberToName(i + 1)
	b.try(err)
	return name
}

// top writes the title and says whose figures these are and when they were drawn up.
func (b *book) top(last, title string, s *reporting.Summary) {
	b.text("A1", last+"1", title, b.title)
	b.text("A2", last+"2", fmt.Sprintf("%s（%s 至 %s）　机关：%s　统计范围：%s　制表日期：%s",
		s.Period.Name, s.Period.From, s.Period.To, s.OfficeName, whose(s), s.AsOf), b.note)
	b.height(1, 28)
}

func whose(s *reporting.Summary) string {
	if s.Scope == report.Aggregate {
		return fmt.Sprintf("汇总（%d个报送单位）", len(s.Units))
	}
	return "本机关"
}

func (b *book) figures(s *reporting.Summary) {
	b.sheet = SheetFigures
	b.top("F", "政府信息公开依申请工作定期总结", s)
	b.heads(3, "类别", "项目", "本期", "本年累计", "上年同期", "同比")
	row := 4
	put := func(group string, lines []reporting.Line) {
		for _, l := range lines {
			name := group
			if l.Group != "" {
				name = l.Group
			}
			b.text(at("A", row), at("A", row), name, b.label)
			b.text(at("B", row), at("B", row), l.Label, b.label)
			b.number(at("C", row), l.This)
			b.number(at("D", row), l.YearToDate)
			b.number(at("E", row), l.LastYear)
			b.text(at("F", row), at("F", row), l.Change, b.head)
			row++
		}
	}
	put(s.Applications.Label, s.Applications.Flow)
	put("办理结果", s.Results)
	for _, k := range s.Kinds() {
		section := s.Proceedings[k]
		put(section.Label, section.Flow)
		put(section.Label, section.Outcomes)
	}
	b.width("A", "A", 26)
	b.width("B", "B", 50)
	b.width("C", "F", 11)
	b.page(fmt.Sprintf("$F$%d", row-1), false)
}

func (b *book) lost(s *reporting.Summary) {
	b.sheet = SheetLost
	b.top("H", "结果纠正的行政复议、行政诉讼案件", s)
	b.heads(3, "类型", "案号", "机关或者法院", "案由", "结果", "结果日期", "纠错理由", "整改")
	row := 4
	for _, l := range s.Lost {
		rectified := "—"
		if !l.RectifiedOn.IsZero() {
			rectified = l.RectifiedOn.String() + " " + l.Rectification
		}
		for i, v := range []string{l.KindLabel, l.CaseNo, l.Organ, l.Cause, l.ResultLabel, l.ConcludedOn.String(), l.GroundLabel, rectified} {
			c := at(string(rune('A'+i)), row)
			b.text(c, c, v, b.label)
		}
		row++
	}
	b.width("A", "H", 18)
	b.page(fmt.Sprintf("$H$%d", row), true)
}

func (b *book) indicators(s *reporting.Summary) {
	b.sheet = SheetIndicators
	b.top("F", "指标及其计算口径", s)
	b.heads(3, "指标", "值", "分子", "分子口径", "分母", "分母口径")
	for i, x := range s.Indicators {
		row := 4 + i
		b.text(at("A", row), at("A", row), x.Name, b.label)
		b.text(at("B", row), at("B", row), x.Value, b.head)
		b.number(at("C", row), x.Numerator)
		b.text(at("D", row), at("D", row), x.NumeratorOf, b.label)
		b.number(at("E", row), x.Denominator)
		b.text(at("F", row), at("F", row), x.DenominatorOf, b.label)
	}
	b.width("A", "A", 40)
	b.width("B", "C", 10)
	b.width("D", "D", 24)
	b.width("E", "E", 10)
	b.width("F", "F", 24)
	b.page(fmt.Sprintf("$F$%d", 3+len(s.Indicators)), true)
}

// due lists one by one what is late and what is soon due.
func (b *book) due(s *reporting.Summary) {
	b.sheet = SheetDue
	b.top("F", "逾期和即将到期事项", s)
	b.heads(3, "状态", "单位", "登记编号", "案号", "事项", "期限")
	row := 4
	for _, part := range []struct {
		state string
		items []reporting.DueItem
	}{{"逾期", s.Due.Overdue}, {"即将到期", s.Due.Soon}} {
		for _, i := range part.items {
			for k, v := range []string{part.state, i.Office, i.RegisterNo, i.CaseNo, i.What, i.DueOn.String()} {
				c := at(b.column(k), row)
				b.text(c, c, v, b.label)
			}
			row++
		}
	}
	b.width("A", "D", 16)
	b.width("E", "E", 40)
	b.width("F", "F", 14)
	b.page(fmt.Sprintf("$F$%d", row), true)
}
