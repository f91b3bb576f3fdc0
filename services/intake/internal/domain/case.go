package domain

import (
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/clock"
)

// Case is one application with everything that was done on it. It is one
// document: each step is one write together with the events it raised.
type Case struct {
	docstore.Raised `json:"-"`

	ID      string `json:"id"`
	Office  string `json:"office"`
	Receipt string `json:"receipt"` // what the applicant knows the case by; unguessable

	Channel   Channel   `json:"channel"`
	Applicant Applicant `json:"applicant"`
	// Digests identify the applicant's principal and the co-applicants without
	// naming them; the fee counts by them.
	Digests  []string  `json:"digests,omitempty"`
	Content  Content   `json:"content"`
	Delivery Delivery  `json:"delivery"`
	FiledBy  Person    `json:"filed_by"`
	FiledAt  time.Time `json:"filed_at"`
	// Evidence shows the receipt as art. 31 asks for it on this channel.
	ArrivalEvidence *Evidence `json:"arrival_evidence,omitempty"`
	Evidence        *Evidence `json:"evidence,omitempty"`
	// Unreachable is set when the case was registered without a confirmed receipt.
	Unreachable *Unreachable `json:"unreachable,omitempty"`

	Number       *Number    `json:"number,omitempty"` // 登记编号; nil before registration
	RegisteredOn civil.Date `json:"registered_on,omitzero"`
	Assignee     string     `json:"assignee,omitempty"`
	AssigneeName string     `json:"assignee_name,omitempty" seal:"personal"`
	Items        int        `json:"items"`

	// Clock holds the dated facts from which every due date follows.
	Clock clock.Facts `json:"clock"`
	Fees  []Fee       `json:"fees,omitempty"`
	Due   Due         `json:"due"`
	Queue Queue       `json:"queue"`

	Assignments   []Assignment   `json:"assignments,omitempty"`
	Corrections   []Correction   `json:"corrections,omitempty"`
	Consultations []Consultation `json:"consultations,omitempty"`
	Extensions    []Extension    `json:"extensions,omitempty"`
	Excess        *Excess        `json:"excess,omitempty"`
	Searches      []Search       `json:"searches,omitempty"`
	Contacts      []Contact      `json:"contacts,omitempty"`
	Deliberations []Deliberation `json:"deliberations,omitempty"`
	Reviews       []Review       `json:"reviews,omitempty"`
	// ReviewsUsed is how many of the reviews a draft has used up or a restart has
	// overtaken: a changed draft is reviewed again (M8).
	ReviewsUsed int        `json:"reviews_used,omitempty"`
	Draft       *Draft     `json:"draft,omitempty"`
	Returned    []Draft    `json:"returned,omitempty"` // drafts that the head sent back, or that a restart overtook
	Decision    *Decision  `json:"decision,omitempty"` // signed and in force
	Earlier     []Decision `json:"earlier,omitempty"`  // overtaken by an order, oldest first

	Attachments []Attachment `json:"attachments,omitempty"`
	// LessonsSeen: who looked at which corrected or lost case before deciding (M16).
	LessonsSeen []LessonSeen `json:"lessons_seen,omitempty"`
	// Suspects are the cases of the same applicant that asked for much the same when
	// this one came in; Judgements, what people decided they are.
	Suspects   []string    `json:"suspects,omitempty"`
	Judgements []Judgement `json:"judgements,omitempty"`
	// Reissues are the query codes that took the place of the first.
	Reissues []CodeReissue `json:"code_reissues,omitempty"`

	// Restriction keeps the case to named people; nil when the whole office may know of it.
	Restriction *Restriction `json:"restriction,omitempty"`

	Links      []Link      `json:"links,omitempty"`
	ParentID   string      `json:"parent_id,omitempty"`
	PartNo     int         `json:"part_no,omitempty"`
	Split      *Split      `json:"split,omitempty"`
	MergedInto string      `json:"merged_into,omitempty"`
	Reopenings []Reopening `json:"reopenings,omitempty"`

	Ending *Ending `json:"ending,omitempty"` // nil while open
	// FinishedOn places the case in a report year; ReportRow is its one row. Both
	// are set together, or neither.
	FinishedOn civil.Date `json:"finished_on,omitzero"`
	ReportRow  string     `json:"report_row,omitempty"`

	History []Step `json:"history"`
	// Applied holds, for each document of another service, the highest version
	// whose facts this case has taken in.
	Applied map[string]int64 `json:"applied,omitempty"`

	// Imported marks a case that a ledger brought; Ledger says from where, and
	// FeeYuan is the fee that its row states.
	Imported bool        `json:"imported,omitempty"`
	Ledger   *LedgerMark `json:"ledger,omitempty"`
	FeeYuan  int64       `json:"fee_yuan,omitempty"`
}

// Number is the register number: gapless per office and year. An imported one
// keeps the text that the ledger gave; its Seq is 0 when the text does not tell
// one, or when another case already holds it.
type Number struct {
	Year int    `json:"year"`
	Seq  int    `json:"seq"`
	Text string `json:"text"`
}

// Step is one line of the history.
type Step struct {
	N    int        `json:"n"`
	Code string     `json:"code"`
	On   civil.Date `json:"on"` // the day on which it happened in law
	At   time.Time  `json:"at"` // when it was recorded
	By   Person     `json:"by"`
	Note string     `json:"note,omitempty" seal:"personal"`
}

// Ending tells how a case was closed.
type Ending struct {
	Code   EndingCode `json:"code"`
	On     civil.Date `json:"on"`
	Note   string     `json:"note,omitempty" seal:"personal"`
	By     Person     `json:"by"`
	Notice string     `json:"notice,omitempty" seal:"personal"` // what the applicant was told
}

// EndingCode is the way a case was closed.
type EndingCode string

// The ways.
const (
	EndedServed    EndingCode = "served"        // answered and served
	EndedAbandoned EndingCode = "not_corrected" // K13
	EndedUnpaid    EndingCode = "fee_unpaid"    // K14
	EndedWithdrawn EndingCode = "withdrawn"     // K16
	EndedMerged    EndingCode = "merged"        // K16
	EndedOther     EndingCode = "other"         // K16
	// EndedSplit: its parts take its place, in the register, the fee count and the
	// report; it is not itself a row (annual-report C1).
	EndedSplit EndingCode = "split"
)

// Due is the copy of what the deadline service computed, or what the same law
// says here until its word arrives.
type Due struct {
	ReplyDue        civil.Date `json:"reply_due,omitzero"`
	ShadowDue       civil.Date `json:"shadow_due,omitzero"`
	State           string     `json:"state,omitempty"`
	WaitingFor      string     `json:"waiting_for,omitempty"`
	Provisional     bool       `json:"provisional,omitempty"`
	CalendarVersion string     `json:"calendar_version,omitempty"`
}

// ReceivedOn is the day that counts as receipt (条例 art. 31).
func (c *Case) ReceivedOn() civil.Date { return c.Clock.ReceivedOn }

// ArrivedOn is the day the application reached the office.
func (c *Case) ArrivedOn() civil.Date { return c.Clock.ArrivedOn }

// RegisterNo is the register number, empty before registration.
func (c *Case) RegisterNo() string {
	if c.Number == nil {
		return ""
	}
	return c.Number.Text
}

// clockStart is the day from which the running reply period counts: receipt,
// corrected application or payment, whichever came last.
func (c *Case) clockStart() civil.Date {
	start := c.Clock.ReceivedOn
	for _, k := range c.Corrections {
		start = max(start, k.ReceivedOn)
	}
	for _, f := range c.Fees {
		start = max(start, f.PaidOn)
	}
	if c.Clock.Order != nil {
		start = max(start, c.Clock.Order.EffectiveOn)
	}
	return start
}

func (c *Case) note(env Env, code string, on civil.Date, note string) {
	c.History = append(c.History, Step{
		N: len(c.History) + 1, Code: code, On: on, At: env.Now, By: env.Actor.person(), Note: note,
	})
}

// Facts are what the other services are told of the case. They hold no
// personal data.
func (c *Case) Facts() contract.CaseFacts {
	f := contract.CaseFacts{
		Office: c.Office, CaseID: c.ID, RegisterNo: c.RegisterNo(),
		Status: c.Queue.Status, ApplicantKind: string(c.Applicant.Kind), Applicants: c.Digests,
		Channel: string(c.Channel), Items: c.Items, ParentID: c.ParentID, MergedInto: c.MergedInto,
		Assignee: c.Assignee, RestrictedTo: c.RestrictedTo(), Clock: c.Clock, FinishedOn: c.FinishedOn, ReportRow: c.ReportRow,
		Imported: c.Imported, FeeYuan: c.FeeYuan,
	}
	f.Clock.Fee = nil
	if c.Decision != nil {
		d := c.Decision.facts()
		f.Decision = &d
	}
	for i := range c.Earlier {
		f.Earlier = append(f.Earlier, c.Earlier[i].facts())
	}
	if n := len(c.Reopenings); n > 0 {
		f.ReopenedOn = c.Reopenings[n-1].ReopenedOn
	}
	return f
}
