package report_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/statute/report"
)

type published struct {
	Columns []struct{ Key, Label string } `json:"columns"`
	Rows    []struct{ Key, Label string } `json:"rows"`
	Table4  struct {
		Blocks  []struct{ Key, Label string } `json:"blocks"`
		Columns []struct{ Key, Label string } `json:"columns"`
	} `json:"table4"`
	Reports []struct {
		ID          string        `json:"id"`
		Year        int           `json:"year"`
		Table3      report.Table3 `json:"table3"`
		Table4      report.Table4 `json:"table4"`
		Consistency struct {
			Consistent bool `json:"internally_consistent"`
			Failures   []struct {
				Check string       `json:"check"`
				Where report.Block `json:"where"`
			} `json:"failures"`
			NotAssessable []string `json:"not_assessable"`
		} `json:"consistency"`
	} `json:"reports"`
	CrossYear []struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"cross_year_checks"`
}

func load(t testing.TB) (p published) {
	t.Helper()
	raw, err := os.ReadFile("testdata/published-tables.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &p))
	require.Len(t, p.Reports, 6)
	return p
}

// The keys and labels of the program are those under which tables are exchanged.
func TestKeysAndLabelsAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, r := range p.Rows {
		row := report.Row(r.Key)
		require.True(t, row.Valid(), r.Key)
		label, _, _ := strings.Cut(r.Label, " [")
		require.True(t, strings.HasSuffix(label, row.Label()), "%s: %s", r.Key, row.Label())
		found, ok := report.RowByLabel(label)
		require.True(t, ok, label)
		require.Equal(t, row, found, label)
	}
	require.Len(t, p.Rows, 26)
	for i, c := range p.Columns {
		require.Equal(t, report.Columns()[i], report.Column(c.Key))
		require.Equal(t, c.Label, report.Column(c.Key).Label())
	}
	for i, b := range p.Table4.Blocks {
		require.Equal(t, report.Blocks()[i], report.Block(b.Key))
		require.True(t, strings.HasSuffix(b.Label, report.Block(b.Key).Label()))
	}
	for i, o := range p.Table4.Columns {
		require.Equal(t, report.Outcomes()[i], report.Outcome(o.Key))
		require.Equal(t, o.Label, report.Outcome(o.Key).Label())
	}
}

// Six real reports: the consistent ones pass, the known bad one fails in the
// very cells that were printed wrong.
func TestPublishedReports(t *testing.T) {
	t.Parallel()
	for _, r := range load(t).Reports {
		require.Len(t, r.Table3, len(r.Table3.Format().Rows()), r.ID)
		checks := append(report.CheckTable3(r.Table3), report.CheckTable4(r.Table4)...)
		failures := report.Failures(checks)
		require.Equal(t, r.Consistency.Consistent, len(failures) == 0, "%s: %v", r.ID, failures)
		require.Len(t, failures, len(r.Consistency.Failures), r.ID)
		for i, f := range r.Consistency.Failures {
			require.Equal(t, report.V4, failures[i].ID)
			require.Equal(t, f.Where, failures[i].Block)
		}
		blank := 0
		for _, c := range checks {
			blank += c.Blank
			require.NotEmpty(t, c.Detail)
			require.NotEmpty(t, c.DetailEN)
		}
		require.Equal(t, len(r.Consistency.NotAssessable), blank, "%s: %v", r.ID, r.Consistency.NotAssessable)
	}
}

func TestWhatGoesOutComesIn(t *testing.T) {
	t.Parallel()
	p := load(t)
	byID := map[string]report.Table3{}
	for _, r := range p.Reports {
		byID[r.ID] = r.Table3
	}
	require.Len(t, p.CrossYear, 2)
	for _, c := range p.CrossYear {
		require.Empty(t, report.Failures(report.CheckYears(byID[c.From], byID[c.To])), "%s to %s", c.From, c.To)
	}
	failures := report.Failures(report.CheckYears(byID["suqian-city-2023"], byID["huaian-city-2024"]))
	require.Len(t, failures, 3)
	require.Equal(t, report.V5, failures[0].ID)
	require.Equal(t, report.NaturalPerson, failures[0].Column)
}

// 宿迁洋河新区 2025: the total balances while two columns do not, because one
// application changed its applicant between intake and closing.
func TestAnIdentityIsCheckedInEveryColumn(t *testing.T) {
	t.Parallel()
	c := report.Counts{}
	c.Count(report.NewReceived, report.NaturalPerson, 60)
	c.Count(report.NewReceived, report.OtherOrg, 2)
	c.Count(report.Granted, report.NaturalPerson, 61)
	c.Count(report.Granted, report.OtherOrg, 1)
	failures := report.Failures(report.CheckTable3(c.Table(report.Format2021)))
	require.Len(t, failures, 2)
	require.Equal(t, report.Column("natural_person"), failures[0].Column)
	require.Equal(t, report.Column("other_org"), failures[1].Column)
	require.Equal(t, report.V3, failures[0].ID)
	require.Equal(t, "自然人：60+0≠61+0", failures[0].Detail)
}

func TestEveryWrongCellIsFound(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, r := range p.Reports {
		if r.ID != "huaian-city-2024" {
			continue
		}
		for row, columns := range r.Table3 {
			for column, cell := range columns {
				*cell++
				require.NotEmpty(t, report.Failures(report.CheckTable3(r.Table3)), "%s %s", row, column)
				*cell--
			}
		}
		for block, outcomes := range r.Table4 {
			for outcome, cell := range outcomes {
				*cell++
				failed := report.Failures(report.CheckTable4(r.Table4))
				require.Len(t, failed, 1, "%s %s", block, outcome)
				require.Equal(t, block, failed[0].Block)
				*cell--
			}
		}
		require.Empty(t, report.Failures(report.CheckTable3(r.Table3)))
	}
}

func TestIndicatorsOfRealReports(t *testing.T) {
	t.Parallel()
	for _, r := range load(t).Reports {
		if r.ID != "huaian-city-2024" {
			continue
		}
		for want, got := range map[string]report.Indicator{
			"59.54%": report.DisclosureRate(r.Table3),
			"57.60%": report.DisclosureRateOfHandled(r.Table3),
			"3.27%":  report.CarryOverRate(r.Table3),
			"18.23%": report.CorrectedShare(r.Table4, report.Review),
			"20.38%": report.CorrectedOfConcluded(r.Table4, report.Review),
			"47.06%": report.CorrectedOfJudged(r.Table4, report.Review),
			"32.00%": report.CorrectedOfFiled(r.Table4, report.Review, 200),
		} {
			require.Equal(t, want, got.Value, got.ID)
			require.NotEmpty(t, got.NumeratorOf)
			require.NotEmpty(t, got.DenominatorOf)
		}
	}
}
