package domain

import (
	"cmp"
	"errors"
	"reflect"
	"strconv"

	"zhiqing.dev/pkg/statute/calendar"
	"zhiqing.dev/pkg/statute/clock"
)

// Compute derives the clocks from the merged facts, lays the next alarm, and
// reports whether what other services are told has changed.
func (s *Sheet) Compute(cal *calendar.Calendar, p Policy) (changed bool) {
	if s.Case == nil && s.Proceeding == nil {
		return false // a notice or an order came before its case
	}
	before, was := s.DeadlineFacts(), s.Computed
	var r clock.Result
	var err error
	if s.Of == OfProceeding {
		r, err = s.proceedingClocks(cal)
	} else {
		r, err = clock.Compute(cal, s.CaseFacts(), p.Clock)
	}
	var faults clock.FactErrors
	switch {
	case err == nil:
		s.Faults = nil
		s.Result, s.Computed = r, true
	case errors.As(err, &faults):
		s.Faults = faults
	default:
		s.Faults = []*clock.FactError{{Code: "not_computable", ZH: "无法计算期限", EN: err.Error()}}
	}
	s.LayAlarm(cal, p)
	if !s.Computed {
		return false
	}
	after := s.DeadlineFacts()
	after.CalendarVersion = before.CalendarVersion
	if was && reflect.DeepEqual(before, after) {
		return false
	}
	s.CalendarVersion = CalendarVersion(cal)
	return true
}

// ComputeFor computes again after a calendar change and notes which open clocks it
// has moved or made firm.
func (s *Sheet) ComputeFor(cal *calendar.Calendar, p Policy, change string) (moved []Move, changed bool) {
	before := s.Result.Clocks
	changed = s.Compute(cal, p)
	moved = moves(before, s.Result.Clocks, change)
	s.Moves = append(s.Moves, moved...)
	if n := len(s.Moves) - movesKept; n > 0 {
		s.Moves = append([]Move(nil), s.Moves[n:]...)
	}
	return moved, changed
}

// Preview says which open clocks a calendar would move, and changes nothing.
func (s *Sheet) Preview(cal *calendar.Calendar, p Policy, change string) []Move {
	trial := Sheet{
		Of: s.Of, ID: s.ID, Office: s.Office, CaseID: s.CaseID,
		Case: s.Case, Notices: s.Notices, Orders: s.Orders, Proceeding: s.Proceeding,
		Computed: s.Computed, Result: s.Result,
	}
	trial.Compute(cal, p)
	return moves(s.Result.Clocks, trial.Result.Clocks, change)
}

func moves(before, after []clock.Clock, change string) []Move {
	var list []Move
	for i := range after {
		a := &after[i]
		if a.State != clock.Running {
			continue
		}
		for j := range before {
			b := &before[j]
			if b.ID != a.ID || (b.DueOn == a.DueOn && b.Provisional == a.Provisional) {
				continue
			}
			list = append(list, Move{
				Change: change, ClockID: a.ID, Kind: a.Kind, Before: b.DueOn, After: a.DueOn,
				ProvisionalBefore: b.Provisional, ProvisionalAfter: a.Provisional,
			})
		}
	}
	return list
}

// proceedingClocks turns the periods that a proceeding has started into clocks.
func (s *Sheet) proceedingClocks(cal *calendar.Calendar) (clock.Result, error) {
	f := s.Proceeding.ProceedingFacts
	var r clock.Result
	var faults clock.FactErrors
	count := map[string]int{}
	add := func(c clock.Clock) {
		count[c.ID]++
		if n := count[c.ID]; n > 1 {
			c.ID += "-" + strconv.Itoa(n)
		}
		c.Advisory = c.Advisory || chances[c.Kind]
		r.Clocks = append(r.Clocks, c)
	}
	for i, p := range f.Periods {
		period, ok := clock.PeriodOf(clock.Kind(p.Kind))
		if !ok || p.StartOn == 0 {
			faults = append(faults, &clock.FactError{
				Field: "/periods/" + strconv.Itoa(i), Code: "unknown_period",
				ZH: "期限种类或起算日不明", EN: "the kind of the period or its first day is not known",
			})
			continue
		}
		add(clock.Due(cal, p.StartOn, period).Done(p.MetOn))
	}
	if f.Order != nil && f.CaseID == "" {
		period, _ := clock.PeriodOf(clock.KindPerformance)
		period.Length = cmp.Or(f.Order.PeriodWD, period.Length)
		add(clock.Due(cal, f.Order.EffectiveOn, period).Done(f.Order.DoneOn))
	}
	if len(faults) > 0 {
		return clock.Result{}, faults
	}
	switch next, running := r.Next(); {
	case running:
		r.State, r.Provisional, r.Explanation = clock.Running, next.Provisional, next.Explanation
	case f.Outcome != "":
		r.State = clock.Closed
	default:
		r.State = clock.Met
	}
	return r, nil
}
