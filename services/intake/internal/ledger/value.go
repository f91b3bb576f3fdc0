package ledger

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/intake/internal/domain"
)

// blanks are what people write into a cell that has nothing to say.
var blanks = []string{"-", "--", "—", "——", "/", "\\", "无", "n/a", "none"}

// filled is the value of a cell, empty for what only says that there is nothing.
func filled(s string) string {
	s = oneLine(s)
	if slices.Contains(blanks, strings.ToLower(s)) {
		return ""
	}
	return s
}

var (
	wholeFloat = regexp.MustCompile(`^[0-9]{1,15}\.0$`)
	scientific = regexp.MustCompile(`^[0-9]\.[0-9]{1,16}E\+?[0-9]{1,2}$`)
)

// numeral undoes how some programs write whole numbers into workbooks: 12.0 and
// 2.0260012E7.
func numeral(s string) string {
	if wholeFloat.MatchString(s) {
		return strings.TrimSuffix(s, ".0")
	}
	if scientific.MatchString(s) {
		if r, ok := new(big.Rat).SetString(s); ok && r.IsInt() {
			return r.Num().String()
		}
	}
	return s
}

// days from 1900 to 1904 in spreadsheet serials.
const days1904 = 1462

// date reads a date as people and spreadsheets write it; zero for an empty cell.
func date(s string, since1904 bool) (civil.Date, bool) {
	s = numeral(filled(s))
	if s == "" {
		return 0, true
	}
	if since1904 {
		whole, fraction, _ := strings.Cut(s, ".")
		if n, err := strconv.Atoi(whole); err == nil && len(whole) <= 6 && !strings.Contains(fraction, ".") {
			s = strconv.Itoa(n + days1904)
		}
	}
	d, err := civil.ParseLoose(s)
	return d, err == nil
}

// yuan reads an amount in whole yuan; zero for an empty cell.
func yuan(s string) (int64, bool) {
	s = strings.ToLower(width.Fold.String(filled(s)))
	s = strings.NewReplacer(",", "", " ", "", "¥", "", "￥", "", "rmb", "", "人民币", "", "元", "", "整", "").Replace(s)
	if s == "" || s == "免收" || s == "未收费" || s == "免费" {
		return 0, true
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	if dotted && strings.Trim(fraction, "0") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	return n, err == nil && n >= 0
}

// bareWord strips what varies between words that mean the same.
func bareWord(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '　', '(', ')', '-', '_', '—', '、', ',', '。', ':', '"', '\'', '“', '”':
			return -1
		}
		return r
	}, s)
}

// words finds codes by their labels and by the other words that ledgers have for
// them.
func words(labels domain.Labels, also map[string]string) map[string]string {
	m := map[string]string{}
	for code, label := range labels {
		m[bareWord(code)], m[bareWord(label.ZH)], m[bareWord(label.EN)] = code, code, code
	}
	for word, code := range also {
		m[bareWord(word)] = code
	}
	return m
}

var channelWords = words(domain.Channels, map[string]string{
	"当面": "in_person", "现场": "in_person", "现场提交": "in_person", "当面申请": "in_person", "现场申请": "in_person", "窗口": "in_person", "窗口申请": "in_person", "当场": "in_person",
	"挂号信": "registered_mail", "挂号": "registered_mail", "特快专递": "registered_mail", "快递": "registered_mail", "邮政快递": "registered_mail", "邮政特快专递": "registered_mail", "ems": "registered_mail", "邮政ems": "registered_mail",
	"平信": "ordinary_mail", "普通信函": "ordinary_mail", "平邮": "ordinary_mail",
	"网上": "online", "网络": "online", "互联网": "online", "在线": "online", "线上": "online", "网上申请": "online", "网络申请": "online", "网站": "online", "平台": "online", "在线申请": "online", "网络平台": "online", "政府网站": "online", "网上平台": "online",
	"邮箱": "email", "电子邮箱": "email", "email": "email", "电邮": "email",
	"传真申请": "fax", "口头": "oral",
})

// mailWords name the post without saying whether it was signed for. The row has
// its day of receipt, so that nothing hangs on it.
var mailWords = []string{"信函", "邮寄", "邮政", "信件", "书信", "信函申请", "邮寄申请", "邮政寄送", "邮寄信函"}

// channel reads how an application came; assumed says that the word left it open.
func channel(s string) (code domain.Channel, assumed, ok bool) {
	word := bareWord(filled(s))
	if word == "" {
		return "", false, true
	}
	if slices.Contains(mailWords, word) {
		return domain.OrdinaryMail, true, true
	}
	found, ok := channelWords[word]
	return domain.Channel(found), false, ok
}

var kindWords = words(domain.ApplicantKinds, map[string]string{"其他法人或其他组织": "other_org", "其他法人和组织": "other_org"})

// applicantKind reads the applicant's column of the report.
func applicantKind(s string) (domain.ApplicantKind, bool) {
	s = oneLine(s)
	if s == "" {
		return "", true
	}
	for _, word := range [...]string{s, s[afterLast(s):]} {
		if c, ok := report.ColumnByLabel(word); ok && c != report.Total {
			return domain.ApplicantKind(c), true
		}
		if code, ok := kindWords[bareWord(word)]; ok {
			return domain.ApplicantKind(code), true
		}
	}
	return domain.ApplicantKind(s), false
}

// afterLast is where the last part of a path such as 法人或其他组织-商业企业 begins.
func afterLast(s string) int {
	for _, sep := range [...]string{"/", "／", "-", "—", "－", ":", "：", "·", ">"} {
		if i := strings.LastIndex(s, sep); i >= 0 {
			return i + len(sep)
		}
	}
	return 0
}

// openWords say that a case is still open.
var openWords = []string{
	"办理中", "在办", "正在办理", "尚未办结", "未办结", "未答复", "待答复", "尚未答复", "待办", "处理中", "未办理", "open", "pending",
}

// result reads the row of the report; empty while the case is open.
func result(s string) (report.Row, bool) {
	s = filled(s)
	if s == "" || slices.Contains(openWords, bareWord(s)) {
		return "", true
	}
	row, ok := report.RowByLabel(s)
	if ok && row == report.CarriedOut {
		return "", true // 结转下年度继续办理
	}
	return row, ok && row.IsResult()
}

var proceedingWords = words(domain.ProceedingKinds, map[string]string{
	"复议": "review", "行政复议案件": "review",
	"直接起诉": "suit_direct", "未经复议起诉": "suit_direct", "行政诉讼未经复议直接起诉": "suit_direct", "行政诉讼/未经复议直接起诉": "suit_direct", "行政诉讼直接起诉": "suit_direct", "未经复议直接诉讼": "suit_direct",
	"经复议起诉": "suit_after_review", "复议后诉讼": "suit_after_review", "行政诉讼复议后起诉": "suit_after_review", "行政诉讼/复议后起诉": "suit_after_review", "经复议后起诉": "suit_after_review", "经复议诉讼": "suit_after_review",
	"投诉": "complaint", "举报": "complaint",
})

// proceedingKind reads what sort of proceeding it is. A bare 行政诉讼 is not
// enough: the report has two columns for it.
func proceedingKind(s string) (string, bool) {
	word := bareWord(oneLine(s))
	if word == "" {
		return "", true
	}
	code, ok := proceedingWords[word]
	return code, ok
}

var outcomeWords = map[string]report.Outcome{
	"upheld": report.Upheld, "结果维持": report.Upheld, "corrected": report.Corrected, "结果纠正": report.Corrected, "纠正": report.Corrected, "被纠正": report.Corrected,
	"other": report.Other, "其他结果": report.Other, "其他": report.Other,
}

var pendingWords = []string{"尚未审结", "未审结", "审理中", "pending", "在审", "未结", "待审", "正在审理", "尚未办结"}

// outcome reads the column of table four, and the exact result when the ledger
// says it; empty while the proceeding is pending.
func outcome(s, kind string) (column report.Outcome, code string, ok bool) {
	s = filled(s)
	word := bareWord(s)
	if word == "" || slices.Contains(pendingWords, word) {
		return "", "", true
	}
	forum := report.Court
	if kind == string(report.Review) {
		forum = report.ReviewBody
	}
	if kind != "complaint" {
		for _, text := range [...]string{s, word} {
			if r, found := report.ResultOf(forum, text); found {
				return r.Outcome, r.Code, true
			}
		}
	}
	column, ok = outcomeWords[word]
	if !ok && word == "维持" {
		return report.Upheld, "", true
	}
	return column, "", ok
}
