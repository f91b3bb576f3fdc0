package report

import "strings"

// Group is a heading of table three. Groups carry no figures of their own: a
// subtotal may be shown on a screen but is not part of the statutory table.
type Group string

// The groups of results (三、本年度办理结果).
const (
	GroupGranted Group = "granted"
	GroupPartial Group = "partial"
	GroupDeny    Group = "deny"
	GroupUnable  Group = "unable"
	GroupNoProc  Group = "noproc"
	GroupOther   Group = "other"
)

type rowText struct {
	row   Row
	group Group
	head  string // the group's heading, "" where the row stands alone
	label string
	en    string
}

const (
	headDeny   = "（三）不予公开"
	headUnable = "（四）无法提供"
	headNoProc = "（五）不予处理"
	headOther  = "（六）其他处理"
)

// The official labels, character by character (国办公开办函〔2021〕30号).
var rowTexts = [...]rowText{
	{NewReceived, "", "", "一、本年新收政府信息公开申请数量", "received in the year"},
	{CarriedIn, "", "", "二、上年结转政府信息公开申请数量", "carried over from the year before"},
	{Granted, GroupGranted, "", "（一）予以公开", "disclosed"},
	{Partial, GroupPartial, "", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "partly disclosed"},
	{DenyStateSecret, GroupDeny, headDeny, "1.属于国家秘密", "state secret"},
	{DenyLawForbids, GroupDeny, headDeny, "2.其他法律行政法规禁止公开", "forbidden by law or administrative regulation"},
	{DenySafetyStability, GroupDeny, headDeny, "3.危及“三安全一稳定”", "endangers security or stability"},
	{DenyThirdParty, GroupDeny, headDeny, "4.保护第三方合法权益", "rights of a third party"},
	{DenyInternalAffairs, GroupDeny, headDeny, "5.属于三类内部事务信息", "internal affairs"},
	{DenyProcess, GroupDeny, headDeny, "6.属于四类过程性信息", "process information"},
	{DenyEnforcementFile, GroupDeny, headDeny, "7.属于行政执法案卷", "enforcement case file"},
	{DenyAdminQuery, GroupDeny, headDeny, "8.属于行政查询事项", "subject to its own query procedure"},
	{UnableNotHeld, GroupUnable, headUnable, "1.本机关不掌握相关政府信息", "not held"},
	{UnableNeedsCreation, GroupUnable, headUnable, "2.没有现成信息需要另行制作", "would have to be made"},
	{UnableUnclearAfterCorrection, GroupUnable, headUnable, "3.补正后申请内容仍不明确", "still unclear after correction"},
	{NoProcPetition, GroupNoProc, headNoProc, "1.信访举报投诉类申请", "petition, report or complaint"},
	{NoProcDuplicate, GroupNoProc, headNoProc, "2.重复申请", "repeated application"},
	{NoProcPublication, GroupNoProc, headNoProc, "3.要求提供公开出版物", "publication"},
	{NoProcMassiveRepeated, GroupNoProc, headNoProc, "4.无正当理由大量反复申请", "excessive without good reason"},
	{NoProcConfirmReissue, GroupNoProc, headNoProc, "5.要求行政机关确认或重新出具已获取信息", "asks to confirm or re-issue"},
	{OtherNotCorrected, GroupOther, headOther, "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "not corrected in time"},
	{OtherFeeUnpaid, GroupOther, headOther, "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "fee not paid in time"},
	{OtherOther, GroupOther, headOther, "3.其他", "other"},
	{OtherAll, GroupOther, "", "（六）其他处理", "other handling"},
	{ResultsTotal, "", "", "（七）总计", "results in total"},
	{CarriedOut, "", "", "四、结转下年度继续办理", "carried over to the next year"},
}

var rowTextOf = func() map[Row]rowText {
	m := make(map[Row]rowText, len(rowTexts))
	for _, t := range rowTexts {
		m[t.row] = t
	}
	return m
}()

// Label is the official label of the row.
func (r Row) Label() string { return rowTextOf[r].label }

// LabelEN is an English rendering; the statutory table is Chinese only.
func (r Row) LabelEN() string { return rowTextOf[r].en }

// FullLabel puts the heading of the group in front: （三）不予公开/1.属于国家秘密.
func (r Row) FullLabel() string {
	t := rowTextOf[r]
	if t.head == "" {
		return t.label
	}
	return t.head + "/" + t.label
}

// Group is the group of results that the row belongs to, "" for none.
func (r Row) Group() Group { return rowTextOf[r].group }

// Valid reports whether r is a row of any format.
func (r Row) Valid() bool { _, ok := rowTextOf[r]; return ok }

// IsResult reports whether a finished case can stand in the row.
func (r Row) IsResult() bool { return rowTextOf[r].group != "" }

var groupLabels = map[Group]string{
	GroupGranted: "（一）予以公开", GroupPartial: "（二）部分公开", GroupDeny: headDeny,
	GroupUnable: headUnable, GroupNoProc: headNoProc, GroupOther: headOther,
}

// Label is the heading of the group.
func (g Group) Label() string { return groupLabels[g] }

var columnLabels = map[Column]string{
	NaturalPerson: "自然人", Commercial: "商业企业", Research: "科研机构", PublicWelfare: "社会公益组织",
	LegalService: "法律服务机构", OtherOrg: "其他", Total: "总计",
}

// Label is the official heading of the column.
func (c Column) Label() string { return columnLabels[c] }

var blockLabels = map[Block]string{Review: "行政复议", SuitDirect: "未经复议直接起诉", SuitAfterReview: "复议后起诉"}

// Label is the official heading of the block.
func (b Block) Label() string { return blockLabels[b] }

var outcomeLabels = map[Outcome]string{
	Upheld: "结果维持", Corrected: "结果纠正", Other: "其他结果", Pending: "尚未审结", OutcomeTotal: "总计",
}

// Label is the official heading of the column of table four.
func (o Outcome) Label() string { return outcomeLabels[o] }

// spellings are the words that ledgers use beside the official labels. A word
// that fits several rows (不予公开, 其他) is left out: guessing would falsify
// the report.
var spellings = map[string]Row{
	"公开": Granted, "主动公开": Granted, "已主动公开": Granted, "依申请公开": Granted, "同意公开": Granted, "全部公开": Granted,
	"部分公开": Partial, "区分处理": Partial, "部分公开区分处理": Partial, "部分公开（区分处理）": Partial,
	"国家秘密": DenyStateSecret, "涉及国家秘密": DenyStateSecret,
	"法律行政法规禁止公开": DenyLawForbids, "法律法规禁止公开": DenyLawForbids, "其他法律行政止公开": DenyLawForbids, // as misprinted in a real report
	"三安全一稳定": DenySafetyStability, "危及三安全一稳定": DenySafetyStability,
	"第三方合法权益": DenyThirdParty, "商业秘密": DenyThirdParty, "个人隐私": DenyThirdParty, "商业秘密个人隐私": DenyThirdParty,
	"内部事务信息": DenyInternalAffairs, "内部事务": DenyInternalAffairs, "三类内部事务信息": DenyInternalAffairs, "属于内部事务信息": DenyInternalAffairs,
	"过程性信息": DenyProcess, "四类过程性信息": DenyProcess, "属于过程性信息": DenyProcess,
	"行政执法案卷": DenyEnforcementFile, "执法案卷": DenyEnforcementFile,
	"行政查询事项": DenyAdminQuery, "行政查询": DenyAdminQuery,
	"不掌握": UnableNotHeld, "本机关不掌握": UnableNotHeld, "不存在": UnableNotHeld, "信息不存在": UnableNotHeld, "政府信息不存在": UnableNotHeld,
	"不属于本机关": UnableNotHeld, "不属于本机关公开": UnableNotHeld, "非本机关职责": UnableNotHeld, "不属于本机关负责公开": UnableNotHeld,
	"需要另行制作": UnableNeedsCreation, "另行制作": UnableNeedsCreation, "需加工分析": UnableNeedsCreation, "没有现成信息": UnableNeedsCreation,
	"补正后仍不明确": UnableUnclearAfterCorrection, "补正后内容仍不明确": UnableUnclearAfterCorrection, "申请内容不明确": UnableUnclearAfterCorrection,
	"信访举报投诉": NoProcPetition, "信访": NoProcPetition, "投诉举报": NoProcPetition, "信访投诉举报": NoProcPetition, "信访投诉举报类申请": NoProcPetition,
	"重复": NoProcDuplicate, "公开出版物": NoProcPublication, "大量反复申请": NoProcMassiveRepeated, "无正当理由大量申请": NoProcMassiveRepeated,
	"确认或重新出具已获取信息": NoProcConfirmReissue, "要求确认或重新出具": NoProcConfirmReissue, "要求行政机关确认或者重新出具已获取信息": NoProcConfirmReissue,
	"逾期不补正": OtherNotCorrected, "逾期未补正": OtherNotCorrected, "无正当理由逾期不补正": OtherNotCorrected, "申请人无正当理由逾期不补正": OtherNotCorrected, "视为放弃申请": OtherNotCorrected,
	"逾期未缴费": OtherFeeUnpaid, "逾期不缴费": OtherFeeUnpaid, "逾期未缴纳费用": OtherFeeUnpaid, "申请人逾期未按收费通知要求缴纳费用": OtherFeeUnpaid,
	"撤回": OtherOther, "撤销申请": OtherOther, "申请人撤回": OtherOther, "主动撤回": OtherOther, "申请人主动撤回": OtherOther, "撤回申请": OtherOther, "其他处理其他": OtherOther, "其他处理（其他）": OtherOther,
	"本年新收": NewReceived, "上年结转": CarriedIn, "结转下年度": CarriedOut, "结转下年": CarriedOut,
}

// byLabel holds every accepted spelling in its bare form.
var byLabel = func() map[string]Row {
	m := make(map[string]Row, 4*len(rowTexts)+len(spellings))
	put := func(label string, r Row) {
		if _, taken := m[label]; !taken && label != "" {
			m[label] = r
		}
	}
	for _, t := range rowTexts {
		put(string(t.row), t.row)
		put(bare(t.label), t.row)
		put(bare(t.head)+"/"+bare(t.label), t.row)
		// Ledgers leave off what the table says in brackets or after the comma.
		put(bare(cutAt(t.label, "（区分")), t.row)
	}
	for label, r := range spellings {
		put(bare(label), r)
	}
	return m
}()

func cutAt(s, sep string) string {
	if i := strings.Index(s, sep); i > 0 {
		return s[:i]
	}
	return s
}

// RowByLabel finds a row by its key, its official label with or without the
// numbering and the heading of its group, or a usual spelling, in half or full
// width. It does not guess: an unknown word is for a person to mend.
func RowByLabel(label string) (Row, bool) {
	if len(label) > 300 {
		return "", false
	}
	if r := Row(strings.TrimSpace(label)); r.Valid() {
		return r, true
	}
	// A path names the group first: 三、本年度办理结果/（三）不予公开/1.属于国家秘密.
	parts := strings.FieldsFunc(label, func(r rune) bool { return r == '/' || r == '／' || r == '\\' || r == '>' || r == '→' })
	if len(parts) == 0 {
		return "", false
	}
	last := bare(parts[len(parts)-1])
	if last == "其他" && len(parts) == 1 && !strings.Contains(label, "3") && !strings.Contains(label, "３") {
		return "", false // a column, a result or a row: it could be any
	}
	if len(parts) > 1 {
		if r, ok := byLabel[bare(parts[len(parts)-2])+"/"+last]; ok {
			return r, true
		}
	}
	r, ok := byLabel[last]
	if ok && len(parts) > 1 {
		// The heading must not contradict the row.
		if g, known := groupByHead[bare(parts[len(parts)-2])]; known && r.Group() != g {
			return "", false
		}
	}
	return r, ok
}

var groupByHead = map[string]Group{
	bare(headDeny): GroupDeny, bare(headUnable): GroupUnable, bare(headNoProc): GroupNoProc, bare(headOther): GroupOther,
}

// bare strips what varies between tables that mean the same row: spaces,
// width, quotation marks, punctuation and the numbering in front.
func bare(label string) string {
	label = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r = r - '！' + '!'
		}
		switch r {
		case ' ', '\t', '\n', '\r', '　', '\u00a0', '\ufeff', '"', '\'', '“', '”', '‘', '’', '「', '」', ',', '。', ';', '·':
			return -1
		}
		return r
	}, label)
	return strings.ReplaceAll(unnumbered(label), "、", "")
}

// unnumbered takes off 1. (1) 一、 （一） and the like, twice if need be.
func unnumbered(s string) string {
	for range 2 {
		t := strings.TrimLeft(s, "()")
		i := strings.IndexFunc(t, func(r rune) bool { return !strings.ContainsRune("0123456789一二三四五六七八九十", r) })
		if i <= 0 {
			return s
		}
		rest := t[i:]
		for _, mark := range [...]string{")", ".", "、", ":"} {
			if after, found := strings.CutPrefix(rest, mark); found {
				rest = after
				break
			}
		}
		if len(rest) == len(t)-i && t[0] > '9' {
			return s // 三安全一稳定 begins with a figure that numbers nothing
		}
		s = rest
	}
	return s
}

// ColumnByLabel finds an applicant's column by its key or label.
func ColumnByLabel(label string) (Column, bool) {
	trimmed := strings.TrimSpace(label)
	if c := Column(trimmed); c.Valid() {
		return c, true
	}
	c, ok := columnSpellings[bare(label)]
	return c, ok
}

var columnSpellings = map[string]Column{
	"自然人": NaturalPerson, "个人": NaturalPerson, "公民": NaturalPerson,
	"商业企业": Commercial, "企业": Commercial, "公司": Commercial,
	"科研机构": Research, "社会公益组织": PublicWelfare, "公益组织": PublicWelfare,
	"法律服务机构": LegalService, "律师事务所": LegalService,
	"其他": OtherOrg, "其他组织": OtherOrg, "法人或其他组织其他": OtherOrg, "法人或其他组织/其他": OtherOrg, "其他法人或组织": OtherOrg,
}
