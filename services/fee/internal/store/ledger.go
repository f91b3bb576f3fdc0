package store

import (
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/services/fee/internal/domain"
)

// The indexes of cases. All begin with the office. An applicant's ledger is a range of
// them: a case is entered for each person whose items it counts for.
const (
	CasesByYear  = "by_fee_year"  // office, year: imported cases with a fee, by the year in which they finished
	CasesInMonth = "in_month"     // office, ledger, class, items, place: what counts in a month, and what before a place
	CasesByDay   = "by_day"       // office, ledger, day, place: a window's cases in the order of their items
	CasesInShard = "in_shard"     // office, shard, class, items: one part of a window
	CasesByLoad  = "by_load"      // office, month, class, items: what everybody asked
	CasesCounted = "counted_by"   // office, count_by: which reading they were counted by
	CasesOf      = "by_applicant" // office, applicant: also those that do not count
)

// LedgerName names an applicant's window in the indexes.
func LedgerName(person string, w domain.Window) string { return person + "/" + string(w) }

// ShardName names one part of it.
func ShardName(person string, w domain.Window, shard string) string {
	return LedgerName(person, w) + "#" + shard
}

func texts(name string) docstore.Field {
	return docstore.Field{Name: name, Kind: docstore.String, Multi: true}
}

func cases() docstore.Spec[domain.Case] {
	return docstore.Spec[domain.Case]{
		Name: "cases",
		Indexes: []docstore.Entry[domain.Case]{
			entry(CasesByYear, func(c *domain.Case) docstore.Key {
				day := c.FinishedOn
				if c.FeeYuan <= 0 || day == 0 {
					return nil
				}
				return docstore.Key{c.Office, int64(day.Year())}
			}, text("office"), number("year")),
			entry(CasesInMonth, func(c *domain.Case) docstore.Key {
				keys := c.CountedIn()
				if len(keys) == 0 {
					return nil
				}
				names := make([]string, 0, len(keys))
				for _, k := range keys {
					names = append(names, LedgerName(k.Applicant, domain.Window(k.Month)))
				}
				return docstore.Key{c.Office, names, string(c.Class()), int64(c.Items), c.Place()}
			}, text("office"), texts("ledger"), text("class"), number("items"), text("place")),
			entry(CasesByDay, func(c *domain.Case) docstore.Key {
				names := windowNames(c, LedgerName)
				if len(names) == 0 {
					return nil
				}
				return docstore.Key{c.Office, names, int64(c.CountedOn()), c.Place()}
			}, text("office"), texts("ledger"), number("day"), text("place")),
			entry(CasesInShard, func(c *domain.Case) docstore.Key {
				shard := domain.ShardOf(c.ID)
				names := windowNames(c, func(p string, w domain.Window) string { return ShardName(p, w, shard) })
				if len(names) == 0 {
					return nil
				}
				return docstore.Key{c.Office, names, string(c.Class()), int64(c.Items)}
			}, text("office"), texts("shard"), text("class"), number("items")),
			entry(CasesByLoad, func(c *domain.Case) docstore.Key {
				if len(c.CountedIn()) == 0 {
					return nil
				}
				return docstore.Key{c.Office, domain.MonthOf(c.CountedOn()), string(c.Class()), int64(c.Items)}
			}, text("office"), text("month"), text("class"), number("items")),
			entry(CasesCounted, func(c *domain.Case) docstore.Key {
				return docstore.Key{c.Office, domain.CountDate(c.CountBy)}
			}, text("office"), text("count_by")),
			entry(CasesOf, func(c *domain.Case) docstore.Key {
				if len(c.Applicants) == 0 {
					return nil
				}
				return docstore.Key{c.Office, c.Applicants}
			}, text("office"), texts("applicant")),
		},
	}
}

// windowNames names every window of every person in which the case counts.
func windowNames(c *domain.Case, name func(string, domain.Window) string) []string {
	var names []string
	for _, k := range c.CountedIn() {
		for _, w := range domain.Windows(k.Month) {
			names = append(names, name(k.Applicant, w))
		}
	}
	return names
}

// TalliesBy is the index that lists a window's applicants by how much they asked, under
// a policy: which cases count is the office's reading.
func TalliesBy(p domain.Policy) string {
	for _, r := range readings {
		if r.policy.CountWithdrawn == p.CountWithdrawn && r.policy.CountWhenPerPage == p.CountWhenPerPage {
			return r.index
		}
	}
	return readings[0].index
}

var readings = []struct {
	index  string
	policy domain.Policy
}{
	{"by_window", domain.Policy{CountWhenPerPage: true}},
	{"by_window_withdrawn", domain.Policy{CountWhenPerPage: true, CountWithdrawn: true}},
	{"by_window_unpaged", domain.Policy{}},
	{"by_window_withdrawn_unpaged", domain.Policy{CountWithdrawn: true}},
}

func tallies() docstore.Spec[domain.Tally] {
	spec := docstore.Spec[domain.Tally]{Name: "tallies"}
	for _, r := range readings {
		spec.Indexes = append(spec.Indexes, entry(r.index, func(t *domain.Tally) docstore.Key {
			n, _ := t.Total(r.policy)
			if n == 0 {
				return nil
			}
			return docstore.Key{t.Office, string(t.Window), int64(n)}
		}, text("office"), text("window"), number("items")))
	}
	return spec
}

// The indexes of merges of identities.
const (
	MergesOf       = "by_applicant" // office, applicant
	MergesByTime   = "by_time"      // office, time
	MergesSettling = "settling"     // time: those whose cases are not all counted anew yet, of every office
)

func merges() docstore.Spec[domain.Merge] {
	return docstore.Spec[domain.Merge]{
		Name: "merges",
		Indexes: []docstore.Entry[domain.Merge]{
			entry(MergesOf, func(m *domain.Merge) docstore.Key {
				return docstore.Key{m.Office, m.Applicants}
			}, text("office"), texts("applicant")),
			entry(MergesByTime, func(m *domain.Merge) docstore.Key {
				return docstore.Key{m.Office, m.MergedAt.UnixMilli()}
			}, text("office"), number("merged_at")),
			entry(MergesSettling, func(m *domain.Merge) docstore.Key {
				if !m.Settling {
					return nil
				}
				return docstore.Key{m.MergedAt.UnixMilli()}
			}, number("merged_at")),
		},
	}
}

// PoliciesRecounting lists the offices whose cases are not all counted by the settled day
// yet, of every office.
const PoliciesRecounting = "recounting" // office

func policies() docstore.Spec[domain.OfficePolicy] {
	return docstore.Spec[domain.OfficePolicy]{
		Name: "policies",
		Indexes: []docstore.Entry[domain.OfficePolicy]{
			entry(PoliciesRecounting, func(o *domain.OfficePolicy) docstore.Key {
				if !o.Recounting {
					return nil
				}
				return docstore.Key{o.Office}
			}, text("office")),
		},
	}
}
