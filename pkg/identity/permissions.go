package identity

import "slices"

// Action is something that only certain roles may do. Services name the action at
// each route (httpkit.May); this table is the only place that says who may.
type Action string

// The actions of all services.
const (
	ReadCases      Action = "read_cases"      // queue and case file
	FileCases      Action = "file_cases"      // enter and register applications
	HandleCases    Action = "handle_cases"    // corrections, consultations, drafts, service
	AssignCases    Action = "assign_cases"    // give a case to somebody
	ReviewCases    Action = "review_cases"    // 公开前审查、会商研判
	ApproveCases   Action = "approve_cases"   // extensions and decisions are signed
	RestrictCases  Action = "restrict_cases"  // settle who may know of a case
	ExportEvidence Action = "export_evidence" // the whole file of a case, for a court
	ImportCases    Action = "import_cases"    // old ledgers
	ReadDeadlines  Action = "read_deadlines"  // clocks
	EditCalendar   Action = "edit_calendar"   // publish a year's schedule
	ReadCalendar   Action = "read_calendar"   // look at schedules and their changes
	ReadFees       Action = "read_fees"       // usage, notices, statements
	HandleFees     Action = "handle_fees"     // findings and notices
	CollectFees    Action = "collect_fees"    // payments, refunds, lapses
	ReadDisputes   Action = "read_disputes"   // reviews, lawsuits and lessons
	HandleDisputes Action = "handle_disputes" // enter them and their steps
	ShareLessons   Action = "share_lessons"   // with the offices below an authority
	ReadReports    Action = "read_reports"    // summaries and the annual report
	ManageStaff    Action = "manage_staff"    // accounts of the own office
	ReadStaff      Action = "read_staff"      // colleagues' names and roles
	ManageOffice   Action = "manage_office"   // settings and policies of the own office
	ReadOffice     Action = "read_office"     // see them
	ReadAudit      Action = "read_audit"      // the trail
)

// table is the permission table. An auditor sees what others do and does nothing.
var table = map[Action][]Role{
	ReadCases:      {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	FileCases:      {Officer, UnitLead, Head},
	HandleCases:    {Officer, UnitLead, Head},
	AssignCases:    {Officer, UnitLead, Head},
	ReviewCases:    {Officer, UnitLead, Head, Legal},
	ApproveCases:   {Head},
	RestrictCases:  {Head, Admin},
	ExportEvidence: {Head, Legal},
	ImportCases:    {Officer, UnitLead, Head, Admin},
	ReadDeadlines:  {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	EditCalendar:   {Admin, Head},
	ReadCalendar:   {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	ReadFees:       {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	HandleFees:     {Officer, UnitLead, Head, Finance},
	CollectFees:    {Officer, UnitLead, Head, Finance},
	ReadDisputes:   {Officer, UnitLead, Head, Legal, Admin, Auditor},
	HandleDisputes: {Legal, Head, Officer, UnitLead},
	ShareLessons:   {Legal, Head},
	ReadReports:    {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	ManageStaff:    {Admin},
	ReadStaff:      {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	ManageOffice:   {Admin, Head},
	ReadOffice:     {Officer, UnitLead, Head, Legal, Finance, Admin, Auditor},
	ReadAudit:      {Auditor, Admin},
}

// Allowed returns the roles that may do this; none for an action that is not in
// the table.
func Allowed(a Action) []Role { return slices.Clone(table[a]) }

// Actions lists every action of the table, in alphabetical order.
func Actions() []Action {
	all := make([]Action, 0, len(table))
	for a := range table {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}

// labels name the actions in Chinese, for people who read the table.
var labels = map[Action]string{
	ReadCases: "查阅案卷和队列", FileCases: "录入、登记申请", HandleCases: "办理案件", AssignCases: "分派、移交", ReviewCases: "公开审查、会商研判",
	ApproveCases: "审批、签发", RestrictCases: "限定知悉范围", ExportEvidence: "导出证据材料", ImportCases: "导入台账", ReadDeadlines: "查阅期限", EditCalendar: "发布工作日历",
	ReadCalendar: "查阅工作日历及变更", ReadFees: "查阅收费", HandleFees: "认定、收费通知", CollectFees: "收缴、退费", ReadDisputes: "查阅复议诉讼",
	HandleDisputes: "办理复议诉讼", ShareLessons: "共享案例提示", ReadReports: "查阅报告", ManageStaff: "管理人员账号", ReadStaff: "查阅人员",
	ManageOffice: "管理机关设置", ReadOffice: "查阅机关设置", ReadAudit: "查阅操作记录",
}

// personal are the actions that a person takes: a signature, who may do what, and who may
// know of a case.
var personal = []Action{ApproveCases, ManageStaff, RestrictCases}

// Scope reports whether a service account may be given the action.
func (a Action) Scope() bool { return table[a] != nil && !slices.Contains(personal, a) }

// Label is the action's Chinese name.
func (a Action) Label() string { return labels[a] }
