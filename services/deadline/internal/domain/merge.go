package domain

import (
	"maps"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/clock"
)

// TakeCase merges the facts of a case and reports whether they were news.
func (s *Sheet) TakeCase(version int64, f contract.CaseFacts) bool {
	if s.Case != nil && s.Case.Version >= version {
		return false
	}
	s.identify(OfCase, f.CaseID, f.Office)
	s.CaseID, s.RegisterNo, s.Assignee, s.RestrictedTo = f.CaseID, f.RegisterNo, f.Assignee, f.RestrictedTo
	s.Case = &CaseSource{Version: version, Status: f.Status, Clock: f.Clock, FinishedOn: f.FinishedOn}
	return true
}

// TakeNotice merges the facts of one fee notice on the case.
func (s *Sheet) TakeNotice(version int64, f contract.NoticeFacts) bool {
	if have, ok := s.Notices[f.NoticeID]; ok && have.Version >= version {
		return false
	}
	s.identify(OfCase, f.CaseID, f.Office)
	if s.Notices == nil {
		s.Notices = make(map[string]NoticeSource)
	}
	s.Notices[f.NoticeID] = NoticeSource{Version: version, NoticeFacts: f}
	return true
}

// TakeOrder merges what a proceeding orders to be done again in the case. A
// proceeding without an order is kept as well, so that an older fact that comes
// later cannot bring a withdrawn order back.
func (s *Sheet) TakeOrder(version int64, f contract.ProceedingFacts) bool {
	if have, ok := s.Orders[f.ProceedingID]; ok && have.Version >= version {
		return false
	}
	s.identify(OfCase, f.CaseID, f.Office)
	if s.Orders == nil {
		s.Orders = make(map[string]OrderSource)
	}
	s.Orders[f.ProceedingID] = OrderSource{Version: version, Order: f.Order}
	return true
}

// TakeProceeding merges the facts of the proceeding that the sheet is about.
func (s *Sheet) TakeProceeding(version int64, f contract.ProceedingFacts) bool {
	if s.Proceeding != nil && s.Proceeding.Version >= version {
		return false
	}
	s.identify(OfProceeding, f.ProceedingID, f.Office)
	s.CaseID = f.CaseID
	s.Proceeding = &ProceedingSource{Version: version, ProceedingFacts: f}
	if f.Handler != "" {
		s.Assignee = f.Handler
	}
	return true
}

// FollowCase gives the sheet of a proceeding what it has from its case: the register
// number, and the officer, unless the proceeding has a handler of its own. It reports
// whether that was news.
func (s *Sheet) FollowCase(of *Sheet) bool {
	if of.Case == nil || s.Proceeding == nil || s.CaseID != of.ID || s.Office != of.Office || s.CaseVersion >= of.Case.Version {
		return false
	}
	s.CaseVersion, s.RegisterNo = of.Case.Version, of.RegisterNo
	s.RestrictedTo = of.RestrictedTo
	if s.Proceeding.Handler == "" {
		s.Assignee = of.Assignee
	}
	return true
}

func (s *Sheet) identify(of Of, id, office string) {
	s.Of, s.ID, s.Office = of, id, office
	if of == OfCase {
		s.CaseID = id
	}
}

// CaseFacts are the merged facts of the case, ready to be computed.
func (s *Sheet) CaseFacts() clock.Facts {
	f := s.Case.Clock
	if f.ClosedOn == 0 && s.Case.Status == contract.StatusClosed {
		f.ClosedOn = s.Case.FinishedOn
	}
	if n, ok := s.notice(); ok {
		f.Fee = &clock.Fee{NoticedOn: n.NoticedOn, NoticeReceivedOn: n.NoticeReceivedOn, PaidOn: n.PaidOn}
		if f.LapsedOn == 0 {
			f.LapsedOn = n.LapsedOn
		}
	}
	f.Order = s.order(f.Order)
	return f
}

// notice is the fee notice that counts: the newest that was not cancelled.
func (s *Sheet) notice() (contract.NoticeFacts, bool) {
	var found contract.NoticeFacts
	for _, id := range slices.Sorted(maps.Keys(s.Notices)) {
		n := s.Notices[id].NoticeFacts
		if n.State != contract.NoticeCancelled && n.NoticedOn >= found.NoticedOn {
			found = n
		}
	}
	return found, found.NoticeID != ""
}

// order is the order that counts: the last to take effect, whoever told of it.
func (s *Sheet) order(told *clock.Order) *clock.Order {
	var found *clock.Order
	take := func(o clock.Order) {
		switch {
		case found == nil || o.EffectiveOn > found.EffectiveOn:
			found = &o
		case o.EffectiveOn == found.EffectiveOn:
			if found.PeriodWD == 0 {
				found.PeriodWD = o.PeriodWD
			}
			found.PerformedOn = firstDay(found.PerformedOn, o.PerformedOn)
		}
	}
	if told != nil {
		take(*told)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Orders)) {
		if o := s.Orders[id].Order; o != nil {
			take(clock.Order{EffectiveOn: o.EffectiveOn, PeriodWD: o.PeriodWD, PerformedOn: o.DoneOn})
		}
	}
	return found
}

// firstDay is the earlier of two days that may be absent.
func firstDay(a, b civil.Date) civil.Date {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}
