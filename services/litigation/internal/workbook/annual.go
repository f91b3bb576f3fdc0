// Package workbook writes the tables as the official form: merged heads, the
// official labels and the corner note. Every text is written as text, so that no
// cell can become a formula.
package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/reporting"
)

// MediaType is that of an Office Open XML workbook.
const MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// The titles of the tables and the names of their sheets. A table is known by its
// title: offices number their sections differently.
const (
	Title3 = "三、收到和处理政府信息公开申请情况"
	Title4 = "四、政府信息公开行政复议、行政诉讼情况"
	Title6 = "六、收取信息处理费情况"
	Sheet3 = "收到和处理申请情况"
	Sheet4 = "行政复议、行政诉讼情况"
	Sheet6 = "信息处理费"
	// CornerNote is what the form says in the corner of table three.
	CornerNote = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
)

// Annual writes the workbook of a year's report.
func Annual(a *reporting.Annual) ([]byte, error) {
	sheets := []string{Sheet3, Sheet4, Sheet6}
	if a.Printed {
		sheets = sheets[:2]
	}
	b, err := newBook(sheets...)
	if err != nil {
		return nil, err
	}
	defer b.f.Close() //nolint:errcheck // nothing was opened from disk
	b.table3(a)
	b.table4(a)
	if !a.Printed {
		b.fees(a)
	}
	if b.err != nil {
		return nil, fmt.Errorf("workbook of %d: %w", a.Year, b.err)
	}
	out, err := b.f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("workbook of %d: %w", a.Year, err)
	}
	return out.Bytes(), nil
}

// book collects the first error, so that the layout below reads as a layout.
type book struct {
	f                         *excelize.File
	sheet                     string
	title, head, label, value int // styles
	note                      int
	err                       error
}

func newBook(sheets ...string) (*book, error) {
	b := &book{f: excelize.NewFile()}
	for i, name := range sheets {
		if i == 0 {
			b.try(b.f.SetSheetName(b.f.GetSheetName(0), name))
			continue
		}
		_, err := b.f.NewSheet(name)
		b.try(err)
	}
	border := []excelize.Border{
		{Type: "left", Color: "000000", Style: 1},
		{Type: "right", Color: "000000", Style: 1},
		{Type: "top", Color: "000000", Style: 1},
		{Type: "bottom", Color: "000000", Style: 1},
	}
	font := func(size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: "宋体", Size: size, Bold: bold}
	}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true}
	b.title = b.style(&excelize.Style{Font: font(14, true), Alignment: centre})
	b.note = b.style(&excelize.Style{Font: font(9, false), Alignment: left})
	b.head = b.style(&excelize.Style{Font: font(10, false), Alignment: centre, Border: border})
	b.label = b.style(&excelize.Style{Font: font(10, false), Alignment: left, Border: border})
	b.value = b.style(&excelize.Style{Font: font(10, false), Alignment: centre, Border: border, NumFmt: 1})
	return b, b.err
}

func (b *book) try(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

func (b *book) style(s *excelize.Style) int {
	id, err := b.f.NewStyle(s)
	b.try(err)
	return id
}

// text writes a text into a range of cells, merged when it is more than one.
func (b *book) text(from, to, s string, style int) {
	b.try(b.f.SetCellStr(b.sheet, from, s))
	b.try(b.f.SetCellStyle(b.sheet, from, to, style))
	if from != to {
		b.try(b.f.MergeCell(b.sheet, from, to))
	}
}

// figure writes a figure, or leaves a blank cell blank.
func (b *book) figure(cell string, n *int64) {
	if n == nil {
		b.try(b.f.SetCellStyle(b.sheet, cell, cell, b.value))
		return
	}
	b.number(cell, *n)
}

func (b *book) number(cell string, n int64) {
	b.try(b.f.SetCellInt(b.sheet, cell, n))
	b.try(b.f.SetCellStyle(b.sheet, cell, cell, b.value))
}

func (b *book) width(from, to string, w float64) { b.try(b.f.SetColWidth(b.sheet, from, to, w)) }
func (b *book) height(row int, h float64)        { b.try(b.f.SetRowHeight(b.sheet, row, h)) }

func (b *book) page(last string, landscape bool) {
	size, orientation, fit := 9, "portrait", 1
	if landscape {
		orientation = "landscape"
	}
	yes := true
	b.try(b.f.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{
		Size: &size, Orientation: &orientation, FitToWidth: &fit, FitToHeight: &fit,
	}))
	b.try(b.f.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &yes}))
	b.try(b.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Area", RefersTo: "'" + b.sheet + "'!$A$1:" + last, Scope: b.sheet,
	}))
}

func at(column string, row int) string { return fmt.Sprintf("%s%d", column, row) }

// columns of table three in the sheet, in printed order.
var columns3 = []string{"D", "E", "F", "G", "H", "I", "J"}

// FirstRow3 is the sheet row of the first data row of table three.
const FirstRow3 = 6

func (b *book) table3(a *reporting.Annual) {
	b.sheet = Sheet3
	b.text("A1", "J1", Title3, b.title)
	b.text("A2", "J2", heading(a), b.note)
	b.text("A3", "C5", CornerNote, b.head)
	b.text("D3", "J3", "申请人情况", b.head)
	b.text("D4", "D5", report.NaturalPerson.Label(), b.head)
	b.text("E4", "I4", "法人或其他组织", b.head)
	for i, c := range []report.Column{report.Commercial, report.Research, report.PublicWelfare, report.LegalService, report.OtherOrg} {
		b.text(at(columns3[i+1], 5), at(columns3[i+1], 5), c.Label(), b.head)
	}
	b.text("J4", "J5", report.Total.Label(), b.head)
	rows := layout(a).Rows()
	b.labels3(rows)
	for i, row := range rows {
		r := FirstRow3 + i
		for k, c := range report.Columns() {
			b.figure(at(columns3[k], r), a.Table3[row][c])
		}
		b.height(r, 30)
	}
	b.height(1, 28)
	b.height(5, 45)
	b.width("A", "A", 12)
	b.width("B", "B", 16)
	b.width("C", "C", 46)
	b.width("D", "J", 10)
	b.page(fmt.Sprintf("$J$%d", FirstRow3+len(rows)-1), false)
}

// layout is the format of the year; a printed report keeps the one that it has.
func layout(a *reporting.Annual) report.Format {
	if a.Printed {
		if f := a.Table3.Format(); f.ID == report.Format2019.ID {
			return f
		}
	}
	return report.FormatFor(a.Year)
}

// labels3 writes the labels: a head stands once beside all the rows of its group.
func (b *book) labels3(rows []report.Row) {
	first, last := 0, 0
	for i, row := range rows {
		r := FirstRow3 + i
		switch {
		case row == report.NewReceived || row == report.CarriedIn || row == report.CarriedOut:
			b.text(at("A", r), at("C", r), row.Label(), b.label)
			continue
		case first == 0:
			first = r
		}
		last = r
		head, _, grouped := strings.Cut(row.FullLabel(), "/")
		if !grouped {
			b.text(at("B", r), at("C", r), row.Label(), b.label)
			continue
		}
		if before, _, _ := strings.Cut(rows[i-1].FullLabel(), "/"); before != head {
			end := r
			for k := i + 1; k < len(rows) && strings.HasPrefix(rows[k].FullLabel(), head+"/"); k++ {
				end++
			}
			b.text(at("B", r), at("B", end), head, b.label)
		}
		b.text(at("C", r), at("C", r), row.Label(), b.label)
	}
	b.text(at("A", first), at("A", last), "三、本年度办理结果", b.label)
}

// heading says whose figures these are (check V10).
func heading(a *reporting.Annual) string {
	whose := "本机关"
	if a.Scope == report.Aggregate {
		whose = "汇总"
		if len(a.Units) > 0 {
			whose = fmt.Sprintf("汇总（%d个报送单位）", len(a.Units))
		}
	}
	line := fmt.Sprintf("%d年度　单位：件　统计范围：%s　机关代码：%s　格式：%s", a.Year, whose, a.Office, layout(a).Instrument)
	if a.Printed {
		return line + "　（已公布的报告，空白为原表未填）"
	}
	if n := a.Unregistered.Total(); n > 0 {
		line += fmt.Sprintf("　（结转含未录入登记的%d件）", n)
	}
	return line
}

// FirstRow4 is the sheet row of the figures of table four.
const FirstRow4 = 6

func (b *book) table4(a *reporting.Annual) {
	b.sheet = Sheet4
	b.text("A1", "O1", Title4, b.title)
	b.text("A2", "O2", heading(a), b.note)
	b.text("A3", "E4", report.Review.Label(), b.head)
	b.text("F3", "O3", "行政诉讼", b.head)
	b.text("F4", "J4", report.SuitDirect.Label(), b.head)
	b.text("K4", "O4", report.SuitAfterReview.Label(), b.head)
	i := 0
	for _, block := range report.Blocks() {
		for _, o := range report.Outcomes() {
			name, err := excelize.ColumnNumberToName(i + 1)
			b.try(err)
			b.text(at(name, 5), at(name, 5), o.Label(), b.head)
			b.figure(at(name, FirstRow4), a.Table4[block][o])
			i++
		}
	}
	if a.T4Scope == report.Handled {
		b.text("A7", "O7", "注：行政复议、行政诉讼数量含上年度结转数量。", b.note)
	}
	b.height(1, 28)
	b.height(5, 30)
	b.width("A", "O", 8)
	b.page("$O$7", true)
}

func (b *book) fees(a *reporting.Annual) {
	b.sheet = Sheet6
	b.text("A1", "C1", Title6, b.title)
	b.text("A2", "C2", heading(a), b.note)
	for i, h := range []string{"事项", "件（笔）数", "金额（元）"} {
		b.text(at(columnsFees[i], 3), at(columnsFees[i], 3), h, b.head)
	}
	for i, line := range []struct {
		label       string
		count, yuan int64
	}{
		{"发出收费通知", a.Fees.Noticed.Count, a.Fees.Noticed.Yuan},
		{"收到缴费", a.Fees.Collected.Count, a.Fees.Collected.Yuan},
		{"导入台账所载收费", a.Fees.Imported.Count, a.Fees.Imported.Yuan},
		{"逾期未缴", a.Fees.Lapsed.Count, a.Fees.Lapsed.Yuan},
		{"退费", a.Fees.Refunded.Count, a.Fees.Refunded.Yuan},
		{"实际收取（缴费加导入减退费）", a.Fees.Cases, a.Fees.NetYuan},
	} {
		r := 4 + i
		b.text(at("A", r), at("A", r), line.label, b.label)
		b.number(at("B", r), line.count)
		b.number(at("C", r), line.yuan)
	}
	b.height(1, 28)
	b.width("A", "A", 34)
	b.width("B", "C", 14)
	b.page("$C$9", false)
}

var columnsFees = []string{"A", "B", "C"}
