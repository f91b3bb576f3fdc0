package domain

import (
	"cmp"
	"fmt"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/tariff"
)

// Change is what one case would be in a month that is tried out, or a case that would
// come to it.
type Change struct {
	CaseID     string     // empty for a case that would come
	ReceivedOn civil.Date // of such a case
	Items      int        // 0: it would not count
	Pages      int        // not 0: it would be charged per page
}

// Tried is one case of a month that was tried out: as it is, and as it would be.
type Tried struct {
	CaseID     string
	RegisterNo string
	ReceivedOn civil.Date
	Before     *Charged // nil for a case that would come
	After      *Charged // nil for one that would not count
}

// Charged are the items of a case in the month and what they cost.
type Charged struct {
	Items   int           `json:"items"`
	From    int           `json:"from"` // 0 when it does not count as items
	To      int           `json:"to"`
	Method  tariff.Method `json:"method"`
	Pages   int           `json:"pages,omitempty"`
	FeeYuan int64         `json:"fee_yuan"`
}

// TryOut applies the changes to a month. Nothing is decided by it: what is owed follows
// from notices alone. Invalid.
func TryOut(month []Counted, changes []Change, p Policy) ([]Tried, error) {
	type entry struct {
		Tried
		change *Change
		place  string
	}
	var faults []problem.Field
	entries := make([]entry, 0, len(month)+len(changes))
	at := map[string]int{}
	for _, m := range month {
		at[m.CaseID] = len(entries)
		day := m.CountedOn
		if day == 0 {
			day = m.ReceivedOn
		}
		entries = append(entries, entry{
			Tried: Tried{CaseID: m.CaseID, RegisterNo: m.RegisterNo, ReceivedOn: m.ReceivedOn, Before: chargedOf(m.From-1, m.Items)},
			place: Place(day, m.RegisterNo, m.CaseID),
		})
	}
	for i := range changes {
		c := &changes[i]
		if c.CaseID == "" {
			entries = append(entries, entry{
				Tried: Tried{ReceivedOn: c.ReceivedOn}, change: c, place: Place(c.ReceivedOn, "", fmt.Sprintf("~%06d", i)),
			})
			continue
		}
		k, ok := at[c.CaseID]
		switch {
		case !ok:
			faults = append(faults, problem.At(fmt.Sprintf("/changes/%d/case_id", i), "not_in_month",
				"该案件当月没有计入。", "This case does not count in the month."))
		case entries[k].change != nil:
			faults = append(faults, problem.At(fmt.Sprintf("/changes/%d/case_id", i), "repeated",
				"该案件已在前面改动。", "This case stands in the list already."))
		default:
			entries[k].change = c
		}
	}
	if len(faults) > 0 {
		return nil, problem.InvalidFields(faults...)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.place, b.place) })
	tried, n := make([]Tried, 0, len(entries)), 0
	for _, e := range entries {
		items, pages := 0, 0
		if e.Before != nil {
			items = e.Before.Items
		}
		if e.change != nil {
			items, pages = e.change.Items, e.change.Pages
		}
		if pages > 0 && !p.CountWhenPerPage || items == 0 {
			if pages > 0 {
				e.After = &Charged{Items: items, Method: tariff.PerPage, Pages: pages, FeeYuan: tariff.PageTotal(pages)}
			}
			tried = append(tried, e.Tried)
			continue
		}
		e.After = chargedOf(n, items)
		n += items
		if pages > 0 {
			e.After.Method, e.After.Pages, e.After.FeeYuan = tariff.PerPage, pages, tariff.PageTotal(pages)
		}
		tried = append(tried, e.Tried)
	}
	return tried, nil
}

func chargedOf(before, items int) *Charged {
	return &Charged{
		Items: items, From: before + 1, To: before + items, Method: tariff.PerItem,
		FeeYuan: tariff.MonthTotal(before+items) - tariff.MonthTotal(before),
	}
}
