package ledger

import "zhiqing.dev/pkg/problem"

// Kind is what the rows of a sheet are.
type Kind string

// The kinds of sheets.
const (
	Cases       Kind = "cases"       // applications
	Proceedings Kind = "proceedings" // reviews, lawsuits and complaints
)

// column is one column of a ledger by its key, its official heading and the other
// headings that offices give it.
type column struct {
	key      string
	label    problem.Text
	required bool
	also     []string
}

// The places of the columns in a record of each kind.
const (
	atRegisterNo = iota
	atApplicantKind
	atApplicantName
	atDescription
	atChannel
	atReceivedOn
	atAssignee
	atResult
	atDecidedOn
	atServedOn
	atFeeYuan
)

const (
	atKind = iota
	atCaseNo
	atAbout // the register number of the application it is about
	atFiledOn
	atOutcome
	atConcludedOn
)

var columnsOf = map[Kind][]column{
	Cases: {
		{"register_no", problem.Text{ZH: "登记编号", EN: "register number"}, true, []string{
			"登记号", "登记编码", "受理编号", "申请编号", "依申请公开编号", "登记序号", "register number", "registration number", "registration no",
		}},
		{"applicant_kind", problem.Text{ZH: "申请人类型", EN: "applicant kind"}, true, []string{
			"申请人类别", "申请人性质", "申请人身份", "申请主体类型", "申请主体类别", "applicant type", "kind of applicant",
		}},
		{"applicant_name", problem.Text{ZH: "申请人", EN: "applicant"}, true, []string{
			"申请人姓名", "申请人名称", "申请人姓名或名称", "申请人姓名/名称", "姓名或名称", "申请人姓名名称", "name of applicant",
		}},
		{"description", problem.Text{ZH: "申请内容", EN: "description"}, true, []string{
			"申请事项", "申请公开内容", "申请公开的内容", "申请信息内容", "申请公开事项", "所需政府信息", "申请公开的政府信息", "内容描述", "所需信息内容描述", "content",
		}},
		{"channel", problem.Text{ZH: "申请渠道", EN: "channel"}, false, []string{"申请方式", "渠道", "收件渠道", "收件方式", "申请途径", "提交方式"}},
		{"received_on", problem.Text{ZH: "收到日期", EN: "received on"}, true, []string{
			"收到申请日期", "收到申请之日", "收到时间", "收到申请时间", "收件日期", "收件时间", "收到日", "received", "date received", "receipt date",
		}},
		{"assignee", problem.Text{ZH: "经办人", EN: "assignee"}, false, []string{"承办人", "办理人", "经办人员", "承办人员", "officer"}},
		{"result", problem.Text{ZH: "办理结果", EN: "result"}, false, []string{"答复结果", "处理结果", "答复类型", "办理情况", "办结结果", "答复情况"}},
		{"decided_on", problem.Text{ZH: "答复日期", EN: "decided on"}, false, []string{
			"答复时间", "作出答复日期", "办结日期", "办结时间", "答复作出日期", "decided", "decision date", "date decided",
		}},
		{"served_on", problem.Text{ZH: "送达日期", EN: "served on"}, false, []string{"送达时间", "答复送达日期", "served", "service date", "date served"}},
		{"fee_yuan", problem.Text{ZH: "收费金额", EN: "fee (yuan)"}, false, []string{"收费", "信息处理费", "收费金额元", "收取费用", "收费数额", "fee", "fee in yuan"}},
	},
	Proceedings: {
		{"kind", problem.Text{ZH: "案件类型", EN: "kind"}, true, []string{"案件类别", "类型", "案件种类", "case kind", "case type"}},
		{"case_no", problem.Text{ZH: "案号", EN: "case number"}, false, []string{"案件编号", "文号", "case number"}},
		{"register_no", problem.Text{ZH: "关联登记编号", EN: "register number"}, false, []string{
			"登记编号", "关联申请编号", "关联编号", "对应登记编号", "申请登记编号", "登记号", "register number", "related register no",
		}},
		{"received_on", problem.Text{ZH: "收到日期", EN: "received on"}, true, []string{
			"收案日期", "收到时间", "收到通知日期", "受理日期", "立案日期", "收到答复通知书日期", "收到应诉通知书日期", "received", "date received",
		}},
		{"outcome", problem.Text{ZH: "结果", EN: "outcome"}, false, []string{"审理结果", "案件结果", "处理结果", "裁判结果", "复议结果", "result"}},
		{"decided_on", problem.Text{ZH: "结果日期", EN: "decided on"}, false, []string{
			"审结日期", "结案日期", "裁判日期", "决定日期", "作出结果日期", "审结时间", "decided", "decision date", "concluded on",
		}},
	},
}

// ours are headings of files that this program wrote: they say nothing new.
var ours = []string{"工作表", "行号", "列", "原因", "sheet", "line", "column", "reason"}

// label is the heading of a column, for people.
func (k Kind) label(key string) problem.Text {
	for _, c := range columnsOf[k] {
		if c.key == key {
			return c.label
		}
	}
	return problem.Text{ZH: key, EN: key}
}

var kindLabels = map[Kind]problem.Text{
	Cases:       {ZH: "申请台账", EN: "applications"},
	Proceedings: {ZH: "复议诉讼台账", EN: "reviews and lawsuits"},
}
