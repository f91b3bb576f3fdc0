// Package circular writes what an office sends round as documents that people go on
// editing: the periodic circular (通报) and the report-up records. No applicant is
// named in them.
package circular

import (
	"bytes"
	"fmt"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docx"
)

// Record is one report-up record.
type Record struct {
	Title  string
	Lines  [][2]string
	Duties [][4]string // what, due, reported, receipt
}

// Records writes report-up records, one after another.
func Records(office string, today civil.Date, records []Record) ([]byte, error) {
	d := docx.New().Describe(docx.Meta{Title: "诉讼案件信息报备", Author: office})
	d.Title("诉讼案件信息报备")
	d.Line("报备单位：" + office + "　　制表日期：" + day(today))
	if len(records) == 0 {
		d.Paragraph("本期没有需要报备的行政复议、行政诉讼案件。")
	}
	for _, r := range records {
		d.Heading(2, r.Title)
		t := d.Table(46, 110)
		for _, line := range r.Lines {
			if line[1] != "" {
				t.Texts(line[0], line[1])
			}
		}
		if len(r.Duties) == 0 {
			continue
		}
		d.Line("报备事项").KeepNext()
		t = d.Table(54, 34, 34, 34).Head(docx.Cells("事项", "期限", "报备日期", "回执编号")...)
		for _, duty := range r.Duties {
			t.Texts(duty[0], duty[1], dash(duty[2]), dash(duty[3]))
		}
	}
	return write(d)
}

func write(d *docx.Document) ([]byte, error) {
	var b bytes.Buffer
	if _, err := d.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	return b.Bytes(), nil
}

// day is a date as a document has it.
func day(d civil.Date) string {
	y, m, n := d.YMD()
	return fmt.Sprintf("%d年%d月%d日", y, m, n)
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
