package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// claim is a way in which the text of a report states a figure of its tables.
type claim struct {
	item    string
	pattern *regexp.Regexp
	rows    []Row   // of table three, in the column of totals
	blocks  []Block // or of table four
	note    string
}

// between is what may stand between the name of a figure and the figure: no other
// figure and no end of the sentence.
const between = `[^0-9。；;，,、]{0,16}?([0-9][0-9,]*)\s*件`

func say(item, words string, rows ...Row) claim {
	return claim{item: item, pattern: regexp.MustCompile(words + between), rows: rows}
}

func (g Group) rows() (rows []Row) {
	for _, t := range rowTexts {
		if t.group == g {
			rows = append(rows, t.row)
		}
	}
	return rows
}

// claims are looked for in this order; a stretch of text is judged once. 受理 is
// none of them: some reports mean what was newly received by it, others add what
// was carried in (annual-report C16).
var claims = []claim{
	say("予以公开及部分公开", `(?:予以公开|同意公开|公开)(?:及|和|与|或|或者|、)(?:予以)?部分公开`, Granted, Partial),
	say("部分公开", `部分公开`, Partial),
	say("不予公开", `不予公开`, GroupDeny.rows()...),
	say("无法提供", `无法提供`, GroupUnable.rows()...),
	say("不予处理", `不予处理`, GroupNoProc.rows()...),
	say("其他处理", `其他处理`, GroupOther.rows()...),
	say("予以公开", `予以公开`, Granted),
	say("本年新收", `新收`, NewReceived),
	say("上年结转", `上(?:一)?年度?结转`, CarriedIn),
	say("结转下年度", `结转(?:至|到)?下(?:一)?年度?`, CarriedOut),
	{
		item: "按月备案的复议案件", pattern: regexp.MustCompile(`备案[^0-9。；;]{0,16}?复议(?:案件)?` + between), blocks: []Block{Review},
		note: "备案与表四统计口径不同，请注明口径",
	},
	{
		item: "按月备案的诉讼案件", pattern: regexp.MustCompile(`备案[^。；;]{0,40}?诉讼(?:案件)?` + between), blocks: []Block{SuitDirect, SuitAfterReview},
		note: "备案与表四统计口径不同，请注明口径",
	},
	{item: "行政复议", pattern: regexp.MustCompile(`行政复议(?:案件)?` + between), blocks: []Block{Review}},
	{item: "行政诉讼", pattern: regexp.MustCompile(`行政诉讼(?:案件)?` + between), blocks: []Block{SuitDirect, SuitAfterReview}},
}

var (
	allUpheld = regexp.MustCompile(`均(?:获|被|予以)?维持|全部(?:获|被)?维持|全部胜诉|均胜诉`)
	noLoss    = regexp.MustCompile(`零败诉|无败诉|零纠错|无纠错|被纠错\s*0\s*件`)
)

// CheckText runs V6: the figures that the text of a report quotes are those of its
// tables, and it does not call pending cases won. Figures that the tables leave
// blank are not judged.
func CheckText(text string, t3 Table3, t4 Table4) []Check {
	v := verdict{id: V6, zh: "文字表述的数字与表格相符", en: "figures in the text are those of the tables"}
	text = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, text)
	left := []byte(text)
	for _, c := range claims {
		for _, m := range c.pattern.FindAllSubmatchIndex(left, -1) {
			said, err := strconv.ParseInt(strings.ReplaceAll(string(left[m[2]:m[3]]), ",", ""), 10, 64)
			if err != nil {
				continue
			}
			quote := text[m[0]:m[1]]
			for i := m[0]; i < m[1]; i++ {
				left[i] = '.' // judged
			}
			v.judge(c, quote, said, t3, t4)
		}
	}
	v.judgeWords(text, t4)
	return v.checks()
}

func (v *verdict) judge(c claim, quote string, said int64, t3 Table3, t4 Table4) {
	have, known := c.of(t3, t4)
	switch {
	case !known:
		v.blank++
		return
	case have == said:
		v.done++
		return
	}
	fail := Check{
		Item:     c.item,
		Detail:   "文字“" + quote + "”，表格中" + c.item + "为" + figure(have),
		DetailEN: "the text says " + figure(said) + " for " + c.item + ", the table " + figure(have),
	}
	if c.note != "" {
		fail.Detail += "（" + c.note + "）"
	}
	if len(c.rows) == 1 {
		fail.Row, fail.Column = c.rows[0], Total
	}
	if len(c.blocks) == 1 {
		fail.Block = c.blocks[0]
	}
	v.fail(fail)
}

// of is the figure of the tables that the claim is about.
func (c claim) of(t3 Table3, t4 Table4) (n int64, known bool) {
	for _, r := range c.rows {
		if total, stated := t3.Cell(r, Total); stated {
			n, known = n+total, true
			continue
		}
		sum, stated := t3.sum(r) // a blank total beside figures: the row says it
		n, known = n+sum, known || stated
	}
	for _, b := range c.blocks {
		for _, o := range [...]Outcome{Upheld, Corrected, Other, Pending} {
			cell, stated := t4.Cell(b, o)
			n, known = n+cell, known || stated
		}
	}
	return n, known
}

func (v *verdict) judgeWords(text string, t4 Table4) {
	pending, corrected, other := int64(0), int64(0), int64(0)
	for _, b := range Blocks() {
		pending += t4.figure(b, Pending)
		corrected += t4.figure(b, Corrected)
		other += t4.figure(b, Other)
	}
	if len(t4) == 0 {
		return
	}
	if m := allUpheld.FindString(text); m != "" {
		if pending+corrected+other == 0 {
			v.done++
		} else {
			v.fail(Check{
				Item: m, Detail: "文字称“" + m + "”，而表四尚有未审结" + figure(pending) + "件、纠正" + figure(corrected) + "件、其他结果" + figure(other) + "件",
				DetailEN: "the text calls every case upheld; " + figure(pending) + " are pending, " + figure(corrected) + " corrected, " + figure(other) + " ended otherwise",
			})
		}
	}
	if m := noLoss.FindString(text); m != "" {
		named := pending == 0 || slices.ContainsFunc([]string{"尚未审结", "未审结", "未结"}, func(w string) bool { return strings.Contains(text, w) })
		switch {
		case corrected > 0:
			v.fail(Check{
				Item: m, Detail: "文字称“" + m + "”，而表四结果纠正" + figure(corrected) + "件",
				DetailEN: "the text says that nothing was lost; " + figure(corrected) + " were corrected",
			})
		case !named:
			v.fail(Check{
				Item: m, Detail: "文字称“" + m + "”，未说明尚有" + figure(pending) + "件未审结",
				DetailEN: "the text says that nothing was lost and does not name " + figure(pending) + " pending cases",
			})
		default:
			v.done++
		}
	}
}
