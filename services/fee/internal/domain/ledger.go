package domain

import (
	"cmp"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/tariff"
)

// Ledger counts what one applicant asked of one office in one calendar month
// (同一申请人一个自然月内累计, 办法 art. 4).
type Ledger struct {
	Office    string           `json:"office"`
	Applicant string           `json:"applicant"`
	Month     string           `json:"month"`
	Entries   map[string]Entry `json:"entries"` // by case id
}

// Entry is one case in a ledger, as of a version of its facts. An entry that no
// longer counts stays as Gone, so that older facts cannot bring it back.
type Entry struct {
	Version    int64      `json:"version"`
	Items      int        `json:"items"`
	ReceivedOn civil.Date `json:"received_on"`
	RegisterNo string     `json:"register_no,omitempty"`
	ParentID   string     `json:"parent_id,omitempty"`
	Withdrawn  bool       `json:"withdrawn,omitempty"`
	Gone       bool       `json:"gone,omitempty"`
}

// Put takes the entry of a case over unless a newer one stands.
func (l *Ledger) Put(office string, k LedgerKey, caseID string, e Entry) {
	l.Office, l.Applicant, l.Month = office, k.Applicant, k.Month
	if have, ok := l.Entries[caseID]; ok && have.Version >= e.Version {
		return
	}
	if l.Entries == nil {
		l.Entries = make(map[string]Entry)
	}
	l.Entries[caseID] = e
}

// Counted is one case with the running numbers of its items in the month.
type Counted struct {
	CaseID     string     `json:"case_id"`
	RegisterNo string     `json:"register_no,omitempty"`
	ParentID   string     `json:"parent_id,omitempty"`
	ReceivedOn civil.Date `json:"received_on"`
	Items      int        `json:"items"`
	From       int        `json:"from"` // the number of its first item
	To         int        `json:"to"`
	Withdrawn  bool       `json:"withdrawn,omitempty"`
}

// Counted lists the cases that count, in the order in which their items are numbered:
// by the day of receipt, then by registration.
func (l *Ledger) Counted(p Policy) []Counted {
	list := make([]Counted, 0, len(l.Entries))
	for id, e := range l.Entries {
		if e.Gone || e.Items <= 0 || (e.Withdrawn && !p.CountWithdrawn) {
			continue
		}
		list = append(list, Counted{
			CaseID: id, RegisterNo: e.RegisterNo, ParentID: e.ParentID, ReceivedOn: e.ReceivedOn, Items: e.Items, Withdrawn: e.Withdrawn,
		})
	}
	slices.SortFunc(list, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(a.ReceivedOn, b.ReceivedOn), compareNumbers(a.RegisterNo, b.RegisterNo), cmp.Compare(a.CaseID, b.CaseID))
	})
	n := 0
	for i := range list {
		list[i].From = n + 1
		n += list[i].Items
		list[i].To = n
	}
	return list
}

// Total is how many items count in the month.
func (l *Ledger) Total(p Policy) int {
	n := 0
	for _, e := range l.Entries {
		if !e.Gone && e.Items > 0 && (!e.Withdrawn || p.CountWithdrawn) {
			n += e.Items
		}
	}
	return n
}

// Position finds a case among those that count, and those before it.
func (l *Ledger) Position(p Policy, caseID string) (at Counted, before []Counted, ok bool) {
	list := l.Counted(p)
	for i := range list {
		if list[i].CaseID == caseID {
			return list[i], list[:i], true
		}
	}
	return Counted{}, nil, false
}

// FeeOf is the fee of the case's items by the item tariff: F(a+m) - F(a).
func (c Counted) FeeOf() (tariff.Quote, error) {
	return tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: c.From - 1, Items: c.Items})
}

// compareNumbers orders register numbers: runs of digits by their value, the rest as
// text, so that 2026-9 comes before 2026-10. A case without a number comes last.
func compareNumbers(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(b, a)
	}
	for a != "" && b != "" {
		na, restA := leadingDigits(a)
		nb, restB := leadingDigits(b)
		if na != "" && nb != "" {
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = restA, restB
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// leadingDigits takes a number from the front, without leading zeros but never empty
// when there is one.
func leadingDigits(s string) (number, rest string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	number, rest = s[:end], s[end:]
	for len(number) > 1 && number[0] == '0' {
		number = number[1:]
	}
	return number, rest
}
