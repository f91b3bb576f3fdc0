package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhiqing.dev/pkg/statute/report"
)

// drawTables makes the tables of some year that hold every identity.
func drawTables(t *rapid.T, format report.Format) (report.Table3, report.Table4) {
	counts := report.Counts{}
	figure := rapid.Int64Range(0, 40)
	for _, c := range report.Applicants() {
		all := int64(0)
		for _, r := range append(format.Results(), report.CarriedOut) {
			n := figure.Draw(t, "n")
			counts.Count(r, c, n)
			all += n
		}
		in := rapid.Int64Range(0, all).Draw(t, "carried in")
		counts.Count(report.CarriedIn, c, in)
		counts.Count(report.NewReceived, c, all-in)
	}
	cells := map[report.Block]map[report.Outcome]int64{}
	for _, b := range report.Blocks() {
		cells[b] = map[report.Outcome]int64{}
		for _, o := range report.Outcomes() {
			if o != report.OutcomeTotal {
				cells[b][o] = figure.Draw(t, "n4")
			}
		}
	}
	return counts.Table(format), report.Table4FromCounts(cells)
}

// One wrong cell in a right report is found, by the checks that it breaks and where
// it stands; blank cells in place of zeros change no verdict.
func TestChecks_findOneWrongCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom([]report.Format{report.Format2019, report.Format2021}).Draw(t, "format")
		t3, t4 := drawTables(t, format)
		for _, columns := range t3 {
			for c, n := range columns {
				if c != report.Total && *n == 0 && rapid.Bool().Draw(t, "blank") {
					columns[c] = nil
				}
			}
		}
		require.Empty(t, report.Failures(append(report.CheckTable3(t3), report.CheckTable4(t4)...)))

		by := rapid.Int64Range(1, 9).Draw(t, "by")
		if rapid.Bool().Draw(t, "table four") {
			b, o := rapid.SampledFrom(report.Blocks()).Draw(t, "block"), rapid.SampledFrom(report.Outcomes()).Draw(t, "outcome")
			n := *t4[b][o] + by
			t4[b][o] = &n
			failed := report.Failures(report.CheckTable4(t4))
			require.Len(t, failed, 1)
			require.Equal(t, report.V4, failed[0].ID)
			require.Equal(t, b, failed[0].Block)
			return
		}
		row, c := rapid.SampledFrom(format.Rows()).Draw(t, "row"), rapid.SampledFrom(report.Columns()).Draw(t, "column")
		was, _ := t3.Cell(row, c)
		n := was + by
		t3[row][c] = &n
		got := map[string]bool{}
		for _, f := range report.Failures(report.CheckTable3(t3)) {
			got[f.ID] = true
			if f.ID == report.V1 {
				require.Equal(t, row, f.Row)
			} else {
				require.Equal(t, c, f.Column)
			}
		}
		want := map[string]bool{report.V1: true}
		switch {
		case row == report.ResultsTotal:
			want[report.V2], want[report.V3] = true, true
		case row.IsResult():
			want[report.V2] = true
		default:
			want[report.V3] = true
		}
		require.Equal(t, want, got, "%s %s", row, c)
	})
}

// A report that gives totals only cannot be added up, and is not called wrong.
func TestChecks_totalsAloneAreNotJudged(t *testing.T) {
	t.Parallel()
	five := int64(5)
	t3 := report.Table3{}
	for _, r := range []report.Row{report.NewReceived, report.Granted, report.ResultsTotal} {
		t3[r] = map[report.Column]*int64{report.Total: &five}
	}
	require.Empty(t, report.Failures(report.CheckTable3(t3)))
	require.Empty(t, report.Failures(report.CheckTable4(report.Table4{report.Review: {report.OutcomeTotal: &five}})))
}

// A blank row of the old layout beside the three of the new one is no old layout.
func TestFormat_isThatOfTheRowsThatSaySomething(t *testing.T) {
	t.Parallel()
	one := int64(1)
	t3 := report.Table3{report.OtherAll: {report.Total: nil}, report.OtherOther: {report.NaturalPerson: &one, report.Total: &one}}
	require.Equal(t, report.Format2021.ID, t3.Format().ID)
	delete(t3, report.OtherOther)
	require.Equal(t, report.Format2019.ID, t3.Format().ID)
}
