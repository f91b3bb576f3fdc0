package domain

import (
	"strconv"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/statute/clock"
)

// Of tells what a sheet is about.
type Of string

// A sheet is about a case or about a proceeding.
const (
	OfCase       Of = "case"
	OfProceeding Of = "proceeding"
)

// OfCalendar marks the alarms about a year whose notice is missing; no sheet is.
const OfCalendar Of = "calendar"

// Sheet holds the dated facts of one case or proceeding as the services that own
// them told them, and the clocks that follow. Each source is guarded by its own
// version, so facts may come in any order and any number of times.
type Sheet struct {
	docstore.Raised `json:"-"`

	Of     Of     `json:"of"`
	ID     string `json:"id"` // of the case or the proceeding
	Office string `json:"office"`
	// CaseID is the case that a proceeding is about; of a case, its own id.
	CaseID     string `json:"case_id,omitempty"`
	RegisterNo string `json:"register_no,omitempty"`
	Assignee   string `json:"assignee,omitempty"` // staff id of the 经办人
	// RestrictedTo are the staff ids of those who may know of the case; empty: everybody.
	RestrictedTo []string `json:"restricted_to,omitempty"`
	// CaseVersion is the version of the case that a proceeding has its register number
	// from, and its assignee unless it has a handler of its own.
	CaseVersion int64 `json:"case_version,omitempty"`

	Case       *CaseSource             `json:"case,omitempty"`
	Notices    map[string]NoticeSource `json:"notices,omitempty"` // by notice id
	Orders     map[string]OrderSource  `json:"orders,omitempty"`  // by proceeding id
	Proceeding *ProceedingSource       `json:"proceeding,omitempty"`

	// Computed is false until there are facts that a clock can start from.
	Computed bool         `json:"computed"`
	Result   clock.Result `json:"result"`
	// Faults say why the newest facts do not go together. Result is then the last
	// that could be computed.
	Faults []*clock.FactError `json:"faults,omitempty"`
	// CalendarVersion is the calendar that Result was computed with.
	CalendarVersion string `json:"calendar_version,omitempty"`

	// Moves are the due dates that a published or amended calendar has moved,
	// newest last.
	Moves []Move `json:"moves,omitempty"`

	// Marks are the alarms that were raised for clocks as they stand.
	Marks []Mark `json:"marks,omitempty"`
	// NextAlarmOn is the day on which the sweeper has to look at the sheet; zero
	// when no alarm is to come.
	NextAlarmOn civil.Date `json:"next_alarm_on,omitzero"`
}

// CaseSource is what intake told.
type CaseSource struct {
	Version    int64               `json:"version"`
	Status     contract.CaseStatus `json:"status"`
	Clock      clock.Facts         `json:"clock"`
	FinishedOn civil.Date          `json:"finished_on,omitzero"`
}

// NoticeSource is what fee told about one notice.
type NoticeSource struct {
	Version int64 `json:"version"`
	contract.NoticeFacts
}

// OrderSource is what litigation told about an order on the case.
type OrderSource struct {
	Version int64                `json:"version"`
	Order   *contract.OrderFacts `json:"order,omitempty"`
}

// ProceedingSource is what litigation told about a proceeding.
type ProceedingSource struct {
	Version int64 `json:"version"`
	contract.ProceedingFacts
}

// Move is a due date that a calendar change moved, or made firm.
type Move struct {
	Change            string     `json:"change"` // ChangeID of the calendar version
	ClockID           string     `json:"clock_id"`
	Kind              clock.Kind `json:"kind"`
	Before            civil.Date `json:"before"`
	After             civil.Date `json:"after"`
	ProvisionalBefore bool       `json:"provisional_before"`
	ProvisionalAfter  bool       `json:"provisional_after"`
}

// movesKept bounds Moves; the calendar's history keeps the totals.
const movesKept = 60

// ChangeID names a version of a year's calendar, for example "2027.1".
func ChangeID(year, version int) string {
	return strconv.Itoa(year) + "." + strconv.Itoa(version)
}

// Open reports whether the sheet still has clocks that a calendar change may move.
func (s *Sheet) Open() bool {
	return s.Computed && (s.Result.State == clock.Running || s.Result.State == clock.Waiting)
}

// DueOn is the date by which the sheet is sorted: the reply date while the reply
// period runs, the next date while it waits, the day of the reply once it is made.
func (s *Sheet) DueOn() civil.Date {
	switch s.Result.State {
	case clock.Running:
		if s.Of == OfCase {
			return s.Result.ReplyDue
		}
	case clock.Met:
		if c, ok := s.Deciding(); ok {
			return c.MetOn
		}
		return 0
	default:
	}
	if c, ok := s.Result.Next(); ok {
		return c.DueOn
	}
	return 0
}

// Deciding returns the clock that the reply date comes from.
func (s *Sheet) Deciding() (clock.Clock, bool) {
	if s.Of == OfProceeding {
		return s.Result.Next()
	}
	for _, kind := range []clock.Kind{clock.KindPerformance, clock.KindDeferredReply, clock.KindReply, clock.KindRecordCorrection} {
		if c, ok := s.Result.Find(kind); ok && c.State != clock.Superseded {
			return c, true
		}
	}
	return s.Result.Find(clock.KindReply)
}

// DeadlineFacts are what other services are told.
func (s *Sheet) DeadlineFacts() contract.DeadlineFacts {
	f := contract.DeadlineFacts{
		Office: s.Office, CaseID: s.CaseID, ReplyDue: s.Result.ReplyDue,
		State: string(s.Result.State), WaitingFor: s.Result.WaitingFor,
		Provisional: s.Result.Provisional, CalendarVersion: s.CalendarVersion,
	}
	if s.Of == OfProceeding {
		f.ProceedingID = s.ID
	}
	for i := range s.Result.Clocks {
		c := &s.Result.Clocks[i]
		f.Clocks = append(f.Clocks, contract.ClockFact{
			Kind: string(c.Kind), Label: c.Label, StartOn: c.StartOn, DueOn: c.DueOn,
			State: string(c.State), MetOn: c.MetOn, Provisional: c.Provisional,
		})
	}
	if !s.Computed {
		f.State = string(clock.Waiting) // for facts
	}
	if c, ok := s.Result.Find(clock.KindReply); ok {
		f.ShadowDue = c.ShadowDueOn
	}
	return f
}
