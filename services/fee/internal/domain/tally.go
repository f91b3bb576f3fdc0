package domain

import (
	"cmp"
	"slices"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/statute/tariff"
)

// Class says why a case may or may not count: which readings of the office decide it.
type Class string

// The classes of counted cases.
const (
	Plain            Class = "plain"
	Withdrawn        Class = "withdrawn"          // rule book 7.27
	PerPage          Class = "per_page"           // charged per page: rule book 7.20
	WithdrawnPerPage Class = "withdrawn_per_page" // both
)

// Counts reports whether cases of the class count under this policy.
func (p Policy) Counts(c Class) bool {
	switch c {
	case Withdrawn:
		return p.CountWithdrawn
	case PerPage:
		return p.CountWhenPerPage
	case WithdrawnPerPage:
		return p.CountWithdrawn && p.CountWhenPerPage
	default:
		return true
	}
}

// Group is a number of cases of one class that count so many items each.
type Group struct {
	Class Class `json:"class"`
	Items int   `json:"items"`
	Cases int   `json:"cases"`
}

// Groups are what was counted of something.
type Groups []Group

// Total is how many items and cases count under this policy.
func (g Groups) Total(p Policy) (items, cases int) {
	for _, x := range g {
		if p.Counts(x.Class) {
			items, cases = items+x.Items*x.Cases, cases+x.Cases
		}
	}
	return items, cases
}

// Tally holds how much one applicant asked of one office in a window, counted in
// parts. It is a copy of what the cases themselves say, kept so that applicants can
// be listed by how much they ask for; a fee rests on the cases.
type Tally struct {
	Office    string `json:"office"`
	Applicant string `json:"applicant"`
	Window    Window `json:"window"`
	// Shards holds what was counted in each part that holds anything.
	Shards map[string]Groups `json:"shards"`
}

// TallyID is the id of the tally of an applicant and a window.
func TallyID(office, applicant string, w Window) string {
	return office + "/" + applicant + "/" + string(w)
}

// Put takes over what was counted in one part, and reports whether it was news.
func (t *Tally) Put(shard string, g Groups) bool {
	if slices.Equal(t.Shards[shard], g) {
		return false
	}
	if t.Shards == nil {
		t.Shards = map[string]Groups{}
	}
	t.Shards[shard] = g
	if len(g) == 0 {
		delete(t.Shards, shard)
	}
	return true
}

// Groups are all parts together.
func (t *Tally) Groups() Groups {
	var all Groups
	for _, g := range t.Shards {
		for _, x := range g {
			i := slices.IndexFunc(all, func(y Group) bool { return y.Class == x.Class && y.Items == x.Items })
			if i < 0 {
				all = append(all, x)
				continue
			}
			all[i].Cases += x.Cases
		}
	}
	slices.SortFunc(all, func(a, b Group) int { return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Items, b.Items)) })
	return all
}

// Total is how many items and cases count under this policy.
func (t *Tally) Total(p Policy) (items, cases int) { return t.Groups().Total(p) }

// Counted is one case with the running numbers of its items in the window.
type Counted struct {
	CaseID     string     `json:"case_id"`
	RegisterNo string     `json:"register_no,omitempty"`
	ParentID   string     `json:"parent_id,omitempty"`
	ReceivedOn civil.Date `json:"received_on"`
	CountedOn  civil.Date `json:"counted_on,omitzero"` // the day on which it counts (rule book 7.13)
	Items      int        `json:"items"`
	From       int        `json:"from"` // the number of its first item
	To         int        `json:"to"`
	Withdrawn  bool       `json:"withdrawn,omitempty"`
	PerPage    bool       `json:"per_page,omitempty"` // charged per page
}

// CountedAfter is the case with its running numbers when so many items come before it.
func (c *Case) CountedAfter(before int) Counted {
	class := c.Class()
	return Counted{
		CaseID: c.ID, RegisterNo: c.RegisterNo, ParentID: c.ParentID, ReceivedOn: c.Clock.ReceivedOn, CountedOn: c.CountedOn(), Items: c.Items,
		From: before + 1, To: before + c.Items,
		Withdrawn: class == Withdrawn || class == WithdrawnPerPage, PerPage: class == PerPage || class == WithdrawnPerPage,
	}
}

// FeeOf is the fee of the case's items by the item tariff: F(a+m) - F(a).
func (c Counted) FeeOf() (tariff.Quote, error) {
	return tariff.Calculate(tariff.Request{Method: tariff.PerItem, AlreadyCounted: c.From - 1, Items: c.Items})
}
