package domain

import (
	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/decision"
	"zhiqing.dev/pkg/statute/report"
)

// LedgerCase is one application as a row of an office's ledger (台账) tells it.
type LedgerCase struct {
	RegisterNo    string
	ApplicantKind ApplicantKind
	ApplicantName string
	Description   string
	Channel       Channel // empty: the ledger does not say
	ReceivedOn    civil.Date
	Assignee      string     // staff id; empty when nobody of the office bears the name
	AssigneeName  string     // as the ledger has it
	Result        report.Row // empty: still open
	DecidedOn     civil.Date
	ServedOn      civil.Date
	FeeYuan       int64
}

// LedgerMark says from where an imported case came.
type LedgerMark struct {
	ImportID string `json:"import_id"`
	Sheet    string `json:"sheet,omitempty"`
	Line     int    `json:"line"`
	// Print is a digest of what the row said, so that the same row is known again
	// after work has gone on with the case.
	Print string `json:"print"`
}

// FinishedOn is the day that places the row in a report year: service, or the
// reply where service is not told. Zero while open.
func (r LedgerCase) FinishedOn() civil.Date {
	if r.Result == "" {
		return 0
	}
	if !r.ServedOn.IsZero() {
		return r.ServedOn
	}
	return r.DecidedOn
}

// earliestLedgerDay is before any rule on open government information; an older
// date is a typing error.
var earliestLedgerDay = civil.MustParse("1990-01-01")

// maxLedgerFee is more than any information processing fee.
const maxLedgerFee = 10_000_000

// Check reports everything that keeps the row from being a case, by the names of
// its columns as pointers. It is the whole validation of a row.
func (r LedgerCase) Check(today civil.Date) []problem.Field {
	var bad faults
	bad.required("/register_no", r.RegisterNo, "请填写登记编号。", "The register number is missing.", "条例 art. 45")
	bad.text("/register_no", r.RegisterNo, RegisterNoLimit)
	if r.ApplicantKind == "" {
		bad.required("/applicant_kind", "", "请填写申请人类型。", "The applicant's kind is missing.", "")
	} else {
		bad.oneOf("/applicant_kind", string(r.ApplicantKind), ApplicantKinds.has(string(r.ApplicantKind)))
	}
	bad.required("/applicant_name", r.ApplicantName, "请填写申请人。", "The applicant's name is missing.", art29)
	bad.text("/applicant_name", r.ApplicantName, NameLimit)
	bad.required("/description", r.Description, "请填写申请内容。", "What was asked for is missing.", art29)
	bad.text("/description", r.Description, textLimit)
	if r.Channel != "" {
		bad.oneOf("/channel", string(r.Channel), Channels.has(string(r.Channel)))
	}
	bad.text("/assignee", r.AssigneeName, NameLimit)
	if r.FeeYuan < 0 || r.FeeYuan > maxLedgerFee {
		bad.add("/fee_yuan", "out_of_range", "收费金额不合常理。", "The fee is implausible.", "")
	}
	r.checkDates(&bad, today)
	return bad.fields
}

func (r LedgerCase) checkDates(bad *faults, today civil.Date) {
	if r.ReceivedOn.IsZero() {
		bad.required("/received_on", "", "请填写收到日期。", "The day of receipt is missing.", art31)
	} else {
		ledgerDay(bad, "/received_on", r.ReceivedOn, today)
	}
	switch {
	case r.Result == "" && (!r.DecidedOn.IsZero() || !r.ServedOn.IsZero()):
		bad.add("/result", "required", "有答复或者送达日期，应填写办理结果。", "A row with a day of reply or service needs its result.", "")
	case r.Result != "" && !r.Result.IsResult():
		bad.oneOf("/result", string(r.Result), false)
	case r.Result != "" && r.DecidedOn.IsZero() && r.ServedOn.IsZero():
		bad.add("/decided_on", "required", "有办理结果，应填写答复日期。", "A result needs the day of the reply.", "")
	}
	for _, d := range [...]struct {
		at string
		on civil.Date
	}{{"/decided_on", r.DecidedOn}, {"/served_on", r.ServedOn}} {
		if !d.on.IsZero() && ledgerDay(bad, d.at, d.on, today) && d.on < r.ReceivedOn {
			bad.add(d.at, "before_receipt", "日期早于收到日期（"+r.ReceivedOn.String()+"）。", "The date lies before the day of receipt ("+r.ReceivedOn.String()+").", "")
		}
	}
	if !r.ServedOn.IsZero() && r.ServedOn < r.DecidedOn {
		bad.add("/served_on", "before_decision", "送达日期早于答复日期。", "Service lies before the reply.", "")
	}
}

// ledgerDay refuses a date that cannot be, and tells whether it can.
func ledgerDay(bad *faults, at string, d, today civil.Date) bool {
	switch {
	case d > today:
		bad.add(at, "date_in_future", "日期不能晚于今天。", "The date lies in the future.", "")
	case d < earliestLedgerDay:
		bad.add(at, "date_too_early", "日期过早，不合常理。", "The date lies too far back to be right.", "")
	default:
		return true
	}
	return false
}

// rowKinds is the decision that a row of the report stands for. The row does not
// tell K1 from K2, nor K4 from K5: the first of the usual readings is taken.
var rowKinds = map[report.Row]decision.Kind{
	report.Granted:                      decision.Disclosed,
	report.Partial:                      decision.PartlyDisclosed,
	report.DenyAdminQuery:               decision.SpecialAccess,
	report.UnableNotHeld:                decision.DoesNotExist,
	report.UnableNeedsCreation:          decision.NeedsProcessing,
	report.UnableUnclearAfterCorrection: decision.StillUnclear,
	report.NoProcPetition:               decision.Petition,
	report.NoProcDuplicate:              decision.Repeat,
	report.NoProcPublication:            decision.Publication,
	report.NoProcMassiveRepeated:        decision.Abusive,
	report.NoProcConfirmReissue:         decision.ConfirmReissue,
	report.OtherNotCorrected:            decision.NotCorrected,
	report.OtherFeeUnpaid:               decision.FeeUnpaid,
	report.OtherOther:                   decision.OtherClosing,
	report.OtherAll:                     decision.OtherClosing,
}

// KindOfRow is the decision kind that a row of table three stands for, with the
// ground where the row says it. False for a row that is no result.
func KindOfRow(row report.Row) (kind decision.Kind, ground string, ok bool) {
	if kind, ok := rowKinds[row]; ok {
		return kind, "", true
	}
	for _, g := range decision.Grounds() {
		if g.Row == row {
			return decision.Withheld, string(g.Ground), true
		}
	}
	return "", "", false
}

// Imported is what the importer adds to a row.
type Imported struct {
	ID      string // derived from office and register number
	Office  string
	Receipt string
	Digests []string // of LedgerCase.Applicant's identities
	// Number holds the register number as given; its sequence is 0 unless it is
	// free and can be counted on.
	Number Number
	Mark   LedgerMark
}

// Applicant is the applicant of the row.
func (r LedgerCase) Applicant() Applicant {
	return Applicant{Kind: r.ApplicantKind, Name: r.ApplicantName}
}

// Import makes the case of a ledger row. An open one stands in the queues with
// its due date; a finished one is closed with its one row of the report. What the
// ledger does not tell is left empty, never invented.
func Import(r LedgerCase, in Imported, env Env) (*Case, error) {
	if bad := r.Check(env.Today); len(bad) > 0 {
		return nil, problem.InvalidFields(bad...)
	}
	c := &Case{
		ID: in.ID, Office: in.Office, Receipt: in.Receipt, Channel: r.Channel, Applicant: r.Applicant(),
		Digests: in.Digests, Content: Content{Description: r.Description}, FiledBy: env.Actor.person(), FiledAt: env.Now,
		Number: &in.Number, RegisteredOn: r.ReceivedOn, Assignee: r.Assignee, AssigneeName: r.AssigneeName,
		Items: 1, Imported: true, Ledger: &in.Mark, FeeYuan: r.FeeYuan,
	}
	c.Clock.ArrivedOn, c.Clock.ReceivedOn, c.Clock.Channel = r.ReceivedOn, r.ReceivedOn, string(r.Channel)
	c.note(env, "registered", r.ReceivedOn, r.RegisterNo)
	if r.Result == "" {
		c.note(env, "imported", env.Today, "")
		c.Raise(contract.CaseRegistered)
		return c, c.settle(env)
	}
	c.finishImported(r, env)
	c.note(env, "imported", env.Today, "")
	c.Raise(contract.CaseClosed)
	return c, c.settle(env)
}

// finishImported closes the case as the ledger says it ended.
func (c *Case) finishImported(r LedgerCase, env Env) {
	kind, ground, _ := KindOfRow(r.Result)
	on, decided := r.FinishedOn(), r.DecidedOn
	if decided.IsZero() {
		decided = on
	}
	by := Person{Kind: BySystem}
	if r.AssigneeName != "" {
		by = Person{Kind: ByStaff, ID: r.Assignee, Name: r.AssigneeName}
	}
	c.Decision = &Decision{
		Draft:    Draft{Kind: kind, Ground: ground, Row: string(r.Result), DecidedOn: decided, By: by},
		SignedOn: decided, SignedBy: Person{Kind: BySystem}, MadeOn: on, ServedOn: r.ServedOn,
	}
	code := EndedServed
	switch kind {
	case decision.NotCorrected:
		code = EndedAbandoned
	case decision.FeeUnpaid:
		code = EndedUnpaid
	case decision.OtherClosing:
		code = EndedOther
	default:
	}
	if code == EndedServed {
		c.Clock.DecidedOn, c.Clock.ReplyMadeOn, c.Clock.ServedOn = decided, on, r.ServedOn
	}
	c.end(code, on, "", r.Result, env)
	c.note(env, "closed", on, "")
}

// DecisionOn is the decision that stood on a day: the newest that was signed by
// then. Nil when there was none.
func (c *Case) DecisionOn(day civil.Date) *contract.DecisionFacts {
	var found *contract.DecisionFacts
	for i := range c.Earlier {
		if d := c.Earlier[i].facts(); d.DecidedOn <= day {
			found = &d
		}
	}
	if c.Decision != nil && c.Decision.DecidedOn <= day {
		d := c.Decision.facts()
		found = &d
	}
	return found
}
