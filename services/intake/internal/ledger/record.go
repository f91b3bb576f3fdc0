package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/services/intake/internal/domain"
)

// Fault is one thing that keeps a row out.
type Fault struct {
	Column string       `json:"column,omitempty"` // key; empty for the row as a whole
	Code   string       `json:"code"`
	Text   problem.Text `json:"text"`
}

func fault(column, code, zh, en string) Fault {
	return Fault{Column: column, Code: code, Text: problem.Text{ZH: zh, EN: en}}
}

// record is a row whose cells stand in the order of the kind's columns.
type record struct {
	line   int
	cells  []string
	broken bool // could not be read; the first cell is its line
	bad    []Fault
}

// arrange puts the cells of a row in the order of the columns.
func (s Sheet) arrange(r Row) record {
	rec := record{line: r.Line, cells: make([]string, len(s.Places))}
	if r.Broken == "" && length(r.Cells) > maxRow {
		r.Broken, r.Cells = brokenLong, []string{cutBytes(r.Cells[0], 200)}
	}
	if r.Broken != "" {
		rec.broken, rec.cells[0] = true, r.Cells[0]
	}
	for i, at := range s.Places {
		if !rec.broken && at >= 0 && at < len(r.Cells) {
			rec.cells[i] = clean(r.Cells[at])
		}
	}
	switch r.Broken {
	case brokenQuote:
		rec.bad = append(rec.bad, fault("", brokenQuote, "引号没有成对，无法读取该行。", "A quotation mark is never closed; the row cannot be read."))
	case brokenLong:
		rec.bad = append(rec.bad, fault("", brokenLong, "该行过长。", "The row is too long."))
	}
	for i, c := range columnsOf[s.Kind] {
		if unreadable(rec.cells[i]) {
			rec.bad = append(rec.bad, fault(c.key, "unreadable_text", "文字编码有误，含有无法识别的字符。", "The text holds characters that cannot be decoded."))
		}
	}
	return rec
}

func length(cells []string) (n int) {
	for _, c := range cells {
		n += len(c)
	}
	return n
}

// size is about how many bytes the record takes in a document, where some
// characters take six.
func (r record) size() (n int) {
	for _, cell := range r.cells {
		n += len(cell)
		for i := range len(cell) {
			switch c := cell[i]; {
			case c < ' ', c == '<', c == '>', c == '&', c == '"', c == '\\':
				n += 5
			}
		}
	}
	return n
}

// identity is what no two rows of an import may have in common; empty when the
// row does not say.
func (r record) identity(k Kind) string {
	if r.broken {
		return ""
	}
	if k == Cases {
		return domain.CanonicalRegisterNo(numeral(filled(r.cells[atRegisterNo])))
	}
	kind, _ := proceedingKind(r.cells[atKind])
	return proceedingIdentity(kind, numeral(filled(r.cells[atCaseNo])), numeral(filled(r.cells[atAbout])), r.cells[atFiledOn])
}

// proceedingIdentity tells proceedings apart: by 案号, or by what is known without
// one.
func proceedingIdentity(kind, caseNo, about, filedOn string) string {
	switch {
	case caseNo != "":
		return kind + "\x00" + domain.CanonicalRegisterNo(caseNo)
	case about != "":
		if d, ok := date(filedOn, false); ok {
			filedOn = d.String()
		}
		return kind + "\x00\x00" + domain.CanonicalRegisterNo(about) + "\x00" + filedOn
	}
	return ""
}

// reader turns records into rows of the domain.
type reader struct {
	today     civil.Date
	since1904 bool
	// staff finds staff ids by names and user names, lower case; several with one
	// name are in it as "".
	staff map[string]string
}

// readCase reads a record as an application. Every fault is named once a column.
func (rd reader) readCase(rec record) (row domain.LedgerCase, faults []Fault, notes []Warning) {
	if rec.broken {
		return row, rec.bad, nil
	}
	f := reading{faults: rec.bad}
	var ok bool
	row.RegisterNo = numeral(filled(rec.cells[atRegisterNo]))
	row.ApplicantName = oneLine(rec.cells[atApplicantName])
	row.Description = rec.cells[atDescription]
	if row.ApplicantKind, ok = applicantKind(rec.cells[atApplicantKind]); !ok {
		f.add("applicant_kind", "unknown_code", "没有申请人类型“"+short(rec.cells[atApplicantKind])+"”。", "There is no applicant kind \""+short(rec.cells[atApplicantKind])+"\".")
	}
	var assumed bool
	if row.Channel, assumed, ok = channel(rec.cells[atChannel]); !ok {
		f.add("channel", "unknown_code", "没有申请渠道“"+short(rec.cells[atChannel])+"”。", "There is no channel \""+short(rec.cells[atChannel])+"\".")
	} else if assumed {
		notes = append(notes, warn("channel_assumed", "", oneLine(rec.cells[atChannel]), "未注明是否需要签收，按平常信函导入。", "The ledger does not say whether it was signed for; it was taken as an ordinary letter."))
	}
	if row.Result, ok = result(rec.cells[atResult]); !ok {
		f.add("result", "unknown_code", "办理结果“"+short(rec.cells[atResult])+"”不是年度报告表三的一行，或者可能是其中的几行。", "The result \""+short(rec.cells[atResult])+"\" is no row of table three, or could be several.")
	}
	row.ReceivedOn = f.date("received_on", rec.cells[atReceivedOn], rd.since1904)
	row.DecidedOn = f.date("decided_on", rec.cells[atDecidedOn], rd.since1904)
	row.ServedOn = f.date("served_on", rec.cells[atServedOn], rd.since1904)
	if row.FeeYuan, ok = yuan(rec.cells[atFeeYuan]); !ok {
		f.add("fee_yuan", "not_whole_yuan", "收费金额应为整数元。", "The fee is a whole number of yuan.")
	}
	if row.AssigneeName = filled(rec.cells[atAssignee]); row.AssigneeName != "" {
		id, known := rd.staff[strings.ToLower(row.AssigneeName)]
		switch {
		case id != "":
			row.Assignee = id
		case known:
			notes = append(notes, warn("ambiguous_assignee", "", row.AssigneeName, "本机关有多名同名人员，未指定经办人。", "Several of the office's staff have this name; the case is with nobody."))
		default:
			notes = append(notes, warn("unknown_assignee", "", row.AssigneeName, "本机关没有这位工作人员，只保留姓名。", "The office has no such staff member; only the name is kept."))
		}
	}
	f.check(row.Check(rd.today))
	return row, f.faults, notes
}

// readProceeding reads a record as a review, lawsuit or complaint.
func (rd reader) readProceeding(rec record) (row domain.LedgerProceeding, faults []Fault) {
	if rec.broken {
		return row, rec.bad
	}
	f := reading{faults: rec.bad}
	var ok bool
	if row.Kind, ok = proceedingKind(rec.cells[atKind]); !ok {
		f.add("kind", "unknown_code", "没有案件类型“"+short(rec.cells[atKind])+"”；诉讼应注明未经复议直接起诉或者复议后起诉。", "There is no kind \""+short(rec.cells[atKind])+"\"; a lawsuit is suit_direct or suit_after_review.")
	}
	row.CaseNo, row.RegisterNo = numeral(filled(rec.cells[atCaseNo])), numeral(filled(rec.cells[atAbout]))
	if row.Outcome, row.Result, ok = outcome(rec.cells[atOutcome], row.Kind); !ok {
		f.add("outcome", "unknown_code", "没有结果“"+short(rec.cells[atOutcome])+"”。", "There is no outcome \""+short(rec.cells[atOutcome])+"\".")
	}
	row.ReceivedOn = f.date("received_on", rec.cells[atFiledOn], rd.since1904)
	row.DecidedOn = f.date("decided_on", rec.cells[atConcludedOn], rd.since1904)
	f.check(row.Check(rd.today))
	return row, f.faults
}

// reading collects the faults of one row.
type reading struct{ faults []Fault }

func (f *reading) add(column, code, zh, en string) {
	if !f.has(column) {
		f.faults = append(f.faults, fault(column, code, zh, en))
	}
}

func (f *reading) has(column string) bool {
	return slices.ContainsFunc(f.faults, func(x Fault) bool { return x.Column == column })
}

func (f *reading) date(column, cell string, since1904 bool) civil.Date {
	d, ok := date(cell, since1904)
	if !ok {
		f.add(column, "bad_date", "“"+short(cell)+"”不是按年、月、日写的日期。", "\""+short(cell)+"\" is no date written year, month, day.")
	}
	return d
}

// check adds what the domain finds wrong in columns that could be read.
func (f *reading) check(found []problem.Field) {
	for _, p := range found {
		f.add(strings.TrimPrefix(p.Pointer, "/"), p.Code, p.Text.ZH, p.Text.EN)
	}
}

// short shows a value back without filling the page.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// printOf is a digest of what a row says, whatever its spelling.
func printOf(row any) string {
	b, err := json.Marshal(row)
	if err != nil { // a struct of texts, dates and numbers always encodes
		return ""
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}
