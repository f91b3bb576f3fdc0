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
	ReadCases:      {Officer, Head, Legal, Finance, Admin, Auditor},
	FileCases:      {Officer, Head},
	HandleCases:    {Officer, Head},
	AssignCases:    {Officer, Head},
	ReviewCases:    {Officer, Head, Legal},
	ApproveCases:   {Head},
	ExportEvidence: {Head, Legal},
	ImportCases:    {Officer, Head, Admin},
	ReadDeadlines:  {Officer, Head, Legal, Finance, Admin, Auditor},
	EditCalendar:   {Admin, Head},
	ReadCalendar:   {Officer, Head, Legal, Finance, Admin, Auditor},
	ReadFees:       {Officer, Head, Legal, Finance, Admin, Auditor},
	HandleFees:     {Officer, Head, Finance},
	CollectFees:    {Officer, Head, Finance},
	ReadDisputes:   {Officer, Head, Legal, Admin, Auditor},
	HandleDisputes: {Legal, Head, Officer},
	ShareLessons:   {Legal, Head},
	ReadReports:    {Officer, Head, Legal, Finance, Admin, Auditor},
	ManageStaff:    {Admin},
	ReadStaff:      {Officer, Head, Legal, Finance, Admin, Auditor},
	ManageOffice:   {Admin, Head},
	ReadOffice:     {Officer, Head, Legal, Finance, Admin, Auditor},
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
