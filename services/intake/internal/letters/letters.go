// Package letters writes the letters of a case (文书): every notice that a step
// needs, with its dates, reasons and remedies, as a document that the office goes
// on editing before it prints and seals it.
//
// A letter is made from the file whenever it is asked for and stored nowhere, so
// it never differs from what the file says. Letters are in Chinese, the language
// of the procedure (国家通用语言文字法 art. 9).
package letters

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docx"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/services/intake/internal/domain"
)

// Office is what a letter says of its sender.
type Office struct {
	Name string
	// Address, Phone and Postcode are where the recipient finds it; empty ones are
	// left for the officer to fill in.
	Address, Phone, Postcode string
	// ReviewBody and Court are named in the sentence on remedies.
	ReviewBody, Court string
}

// Code tells what a letter is.
type Code string

// The letters.
const (
	Receipt           Code = "receipt"
	CorrectionNotice  Code = "correction_notice"
	Consultation      Code = "consultation"
	DisclosureNotice  Code = "disclosure_notice"
	ExtensionNotice   Code = "extension_notice"
	FeeNotice         Code = "fee_notice"
	ReasonsRequest    Code = "reasons_request"
	DeferralNotice    Code = "deferral_notice"
	SplitNotice       Code = "split_notice"
	DecisionLetter    Code = "decision"
	EarlierDecision   Code = "earlier_decision"
	ClosingNotice     Code = "closing"
	ReopeningNotice   Code = "reopening_notice"
	ServiceReceipt    Code = "service_receipt"
	SearchOrder       Code = "search_order"
	ReviewSheet       Code = "review_sheet"
	DeliberationSheet Code = "deliberation_record"
)

// Labels name the letters.
var Labels = domain.Labels{
	string(Receipt):           {ZH: "登记回执", EN: "receipt of registration"},
	string(CorrectionNotice):  {ZH: "补正告知书", EN: "correction notice"},
	string(Consultation):      {ZH: "征求意见书", EN: "consultation letter"},
	string(DisclosureNotice):  {ZH: "公开第三方信息告知书", EN: "notice of disclosure to a third party"},
	string(ExtensionNotice):   {ZH: "延期答复告知书", EN: "notice of extension"},
	string(FeeNotice):         {ZH: "收费告知书", EN: "fee notice"},
	string(ReasonsRequest):    {ZH: "说明理由通知书", EN: "request for reasons"},
	string(DeferralNotice):    {ZH: "延迟答复告知书", EN: "notice of a deferred reply"},
	string(SplitNotice):       {ZH: "分件办理告知书", EN: "notice of a split"},
	string(DecisionLetter):    {ZH: "政府信息公开申请告知书", EN: "reply"},
	string(EarlierDecision):   {ZH: "原政府信息公开申请告知书", EN: "earlier reply"},
	string(ClosingNotice):     {ZH: "办结告知书", EN: "closing notice"},
	string(ReopeningNotice):   {ZH: "重新办理告知书", EN: "notice of reopening"},
	string(ServiceReceipt):    {ZH: "送达回证", EN: "proof of service"},
	string(SearchOrder):       {ZH: "检索协查单", EN: "search order"},
	string(ReviewSheet):       {ZH: "公开审查表", EN: "review sheet"},
	string(DeliberationSheet): {ZH: "会商研判记录", EN: "record of a deliberation"},
}

// Letter is one letter of a case.
type Letter struct {
	// ID names it within its case: its code, with a number where there can be
	// several.
	ID   string
	Code Code
	N    int
	// On is the day that the letter bears.
	On civil.Date
	To string
	// Draft marks a letter whose step is not complete: not approved, not signed.
	Draft bool
	// Told reports that the applicant has been told what the letter says, and may
	// see it.
	Told bool

	write func(*sheet)
}

// File is a case with what its letters need beside it.
type File struct {
	Case     *domain.Case
	Office   Office
	Calendar *calendar.Calendar
	Today    civil.Date
}

// List is every letter that the case has by now, in the order of its steps.
func (f File) List() []Letter {
	var all []Letter
	add := func(l Letter) {
		l.ID = string(l.Code)
		if l.N > 0 {
			l.ID += "-" + strconv.Itoa(l.N)
		}
		if l.To == "" {
			l.To = f.Case.Applicant.Name
		}
		all = append(all, l)
	}
	f.received(add)
	f.asked(add)
	f.consulted(add)
	f.prepared(add)
	f.replied(add)
	return all
}

// Find returns one letter of the case.
func (f File) Find(id string) (Letter, error) {
	for _, l := range f.List() {
		if l.ID == id {
			return l, nil
		}
	}
	return Letter{}, problem.New(problem.NotFound, "本案没有这份文书。", "The case has no such letter.")
}

// Document writes the letter out.
func (f File) Document(l Letter) *docx.Document {
	s := &sheet{File: f, d: docx.New().Describe(docx.Meta{
		Title: Labels.In(string(l.Code), "zh"), Author: f.Office.Name, Subject: f.Case.RegisterNo(),
	})}
	l.write(s)
	if l.Draft {
		s.d.Line("（拟稿，未经签发不得送达）").Align(docx.Center).After(1)
	}
	return s.d
}
