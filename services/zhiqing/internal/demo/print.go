package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"zhiqing.dev/pkg/statute/report"
)

// Print writes the official tables of the year with their checks.
func (r Report) Print(out io.Writer, year int) error {
	w := &printer{out: out}
	w.line("\n%d年政府信息公开工作年度报告", year)
	w.line("\n三、收到和处理政府信息公开申请情况")
	w.row("", labels(report.Columns())...)
	for _, row := range report.FormatFor(year).Rows() {
		cells := make([]string, 0, len(report.Columns()))
		for _, col := range report.Columns() {
			cells = append(cells, number(r.Table3[string(row)][string(col)]))
		}
		w.row(row.FullLabel(), cells...)
	}
	w.line("\n四、政府信息公开行政复议、行政诉讼情况")
	w.row("", labels(report.Outcomes())...)
	for _, block := range report.Blocks() {
		cells := make([]string, 0, len(report.Outcomes()))
		for _, col := range report.Outcomes() {
			cells = append(cells, number(r.Table4[string(block)][string(col)]))
		}
		w.row(block.Label(), cells...)
	}
	w.line("\n校验")
	for _, c := range r.Checks {
		mark := "✓"
		if !c.OK {
			mark = "✗"
		}
		w.line("  %s %-4s %s", mark, c.ID, c.Detail)
	}
	return w.err
}

// Failed are the checks that do not hold.
func (r Report) Failed() []Check {
	var out []Check
	for _, c := range r.Checks {
		if !c.OK {
			out = append(out, c)
		}
	}
	return out
}

// printer keeps the first error.
type printer struct {
	out io.Writer
	err error
}

const labelWidth, cellWidth = 46, 13

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *printer) row(label string, cells ...string) {
	var b strings.Builder
	b.WriteString(runewidth.FillRight(runewidth.Truncate(label, labelWidth, "…"), labelWidth))
	for _, c := range cells {
		b.WriteString(runewidth.FillLeft(c, cellWidth))
	}
	p.line("%s", b.String())
}

func labels[T interface{ Label() string }](codes []T) []string {
	out := make([]string, 0, len(codes))
	for _, c := range codes {
		out = append(out, c.Label())
	}
	return out
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
