package domain

import (
	"time"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
)

// LedgerProceeding is one review, lawsuit or complaint as a row of the ledger
// tells it.
type LedgerProceeding struct {
	Kind       string // review suit_direct suit_after_review complaint
	CaseNo     string
	RegisterNo string
	ReceivedOn civil.Date
	Outcome    report.Outcome // empty: pending
	Result     string         // result code; empty when only the column is told
	DecidedOn  civil.Date
}

// ProceedingKinds names the kinds of proceedings.
var ProceedingKinds = Labels{
	string(report.Review):          {ZH: "行政复议", EN: "review"},
	string(report.SuitDirect):      {ZH: "未经复议直接起诉", EN: "lawsuit without review"},
	string(report.SuitAfterReview): {ZH: "复议后起诉", EN: "lawsuit after review"},
	"complaint":                    {ZH: "投诉举报", EN: "complaint"},
}

// caseNoLimit bounds a 案号 in characters.
const caseNoLimit = 100

// Check reports everything that keeps the row from being a proceeding.
func (p LedgerProceeding) Check(today civil.Date) []problem.Field {
	var bad faults
	if p.Kind == "" {
		bad.required("/kind", "", "请填写案件类型。", "The kind of proceeding is missing.", "")
	} else {
		bad.oneOf("/kind", p.Kind, ProceedingKinds.has(p.Kind))
	}
	if p.CaseNo == "" && p.RegisterNo == "" {
		bad.add("/case_no", "required", "案号和关联登记编号至少填写一项。", "Give the case number or the register number it is about.", "")
	}
	bad.text("/case_no", p.CaseNo, caseNoLimit)
	bad.text("/register_no", p.RegisterNo, RegisterNoLimit)
	if p.ReceivedOn.IsZero() {
		bad.required("/received_on", "", "请填写收到日期。", "The day of receipt is missing.", "")
	} else {
		ledgerDay(&bad, "/received_on", p.ReceivedOn, today)
	}
	switch {
	case p.Outcome == "" && !p.DecidedOn.IsZero():
		bad.add("/outcome", "required", "有结果日期，应填写结果。", "A row with a day of the result needs the result.", "")
	case p.Outcome != "" && !p.Outcome.Concludes():
		bad.oneOf("/outcome", string(p.Outcome), false)
	case p.Outcome != "" && p.DecidedOn.IsZero():
		bad.add("/decided_on", "required", "有结果，应填写结果日期。", "A result needs its day.", "")
	case p.Outcome != "" && ledgerDay(&bad, "/decided_on", p.DecidedOn, today) && p.DecidedOn < p.ReceivedOn:
		bad.add("/decided_on", "before_receipt", "结果日期早于收到日期。", "The result lies before the day of receipt.", "")
	}
	return bad.fields
}

// Attack reports whether the proceeding can be about the case.
func (p LedgerProceeding) Attack(c *Case) []problem.Field {
	var bad faults
	if p.ReceivedOn < c.ReceivedOn() {
		bad.add("/received_on", "before_application",
			"早于所关联申请的收到日期（"+c.ReceivedOn().String()+"）。",
			"It lies before the application was received ("+c.ReceivedOn().String()+").", "")
	}
	return bad.fields
}

// ImportedProceeding is a row of the ledger about a review or lawsuit, as it is
// kept beside the cases and told to the litigation service.
type ImportedProceeding struct {
	docstore.Raised `json:"-"`

	ID         string                  `json:"id"`
	Office     string                  `json:"office"`
	Kind       string                  `json:"kind"`
	CaseNo     string                  `json:"case_no,omitempty"`
	RegisterNo string                  `json:"register_no,omitempty"`
	CaseID     string                  `json:"case_id,omitempty"`
	ReceivedOn civil.Date              `json:"received_on"`
	Outcome    string                  `json:"outcome,omitempty"`
	Result     string                  `json:"result,omitempty"`
	DecidedOn  civil.Date              `json:"decided_on,omitzero"`
	Attacked   *contract.DecisionFacts `json:"attacked,omitempty"`
	Ledger     LedgerMark              `json:"ledger"`
	ImportedAt time.Time               `json:"imported_at"`
	ImportedBy Person                  `json:"imported_by"`
}

// Facts are what the litigation service is told.
func (p *ImportedProceeding) Facts() contract.ImportedProceedingFacts {
	return contract.ImportedProceedingFacts{
		Office: p.Office, SourceID: p.ID, Kind: p.Kind, CaseNo: p.CaseNo, RegisterNo: p.RegisterNo, CaseID: p.CaseID,
		ReceivedOn: p.ReceivedOn, Outcome: p.Outcome, Result: p.Result, DecidedOn: p.DecidedOn, Attacked: p.Attacked,
	}
}

// Link ties the proceeding to the case of its register number.
func (p *ImportedProceeding) Link(c *Case) {
	p.CaseID, p.Attacked = c.ID, c.DecisionOn(p.ReceivedOn)
}
