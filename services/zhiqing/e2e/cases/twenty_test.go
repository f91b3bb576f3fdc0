package cases_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// commands are the steps that the twenty cases take.
var commands = []string{
	"/v1/applications", "/v1/cases", "/v1/cases/bulk/assignment", "/v1/cases/bulk/extension", "/v1/cases/bulk/extension/approval",
	"/cases/registration", "/cases/assignment", "/cases/contacts", "/cases/deliberations", "/cases/correction-notice", "/cases/correction",
	"/cases/abandonment", "/cases/split", "/cases/merge", "/cases/duplicates", "/cases/links", "/cases/consultations",
	"/cases/consultations/n/answer", "/cases/extension", "/cases/extension/approval", "/cases/reasons-request", "/cases/reasons",
	"/cases/reasons/assessment", "/cases/searches", "/cases/searches/n/report", "/cases/review", "/cases/decision",
	"/cases/decision/approval", "/cases/service", "/cases/withdrawal", "/cases/closure", "/cases/reopening", "/cases/applicant-kind",
	"/v1/fees/findings", "/v1/fees/notices",
}

// rows is the year's table three as the twenty cases make it, counted by hand.
var rows = map[string]float64{
	"granted": 6, "partial": 1, "deny_6_process": 1, "deny_8_admin_query": 1, "unable_1_not_held": 2, "unable_2_needs_creation": 1,
	"unable_3_unclear_after_correction": 1, "noproc_1_petition": 1, "noproc_2_duplicate": 1, "noproc_3_publication": 1,
	"noproc_4_massive_repeated": 1, "noproc_5_confirm_reissue": 1, "other_1_not_corrected": 0, "other_2_fee_unpaid": 1, "other_3_other": 3,
	"results_total": 22, "new_received": 22, "carried_in": 0, "carried_out": 0,
}

func TestTwentyCases(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	replies(d)
	refusals(d)
	closings(d)
	for _, c := range commands {
		require.True(t, d.touched[c], "no case takes the step %s", c)
	}

	before := readSide(d)
	for row, n := range rows {
		got, _ := before[report].At("table3", row, "total").(float64)
		require.InDelta(t, n, got, 0, row)
	}
	seqs := map[string]bool{}
	for _, id := range d.cases {
		if no := d.get("/v1/cases/"+id, d.officer).Text("register_no"); no != "" {
			require.False(t, seqs[no], no)
			seqs[no] = true
		}
	}
	require.True(t, seqs["2026-000001"])
	require.Len(t, seqs, 23, "22 rows and the application that was split")
	rebuilt(d, dir, before)
}

const report = "/v1/reports/annual/2026"

// readSide is what the other services make of the cases.
func readSide(d *desk) map[string]reply {
	out := map[string]reply{}
	d.Eventually(func() bool {
		r := d.Call("GET", report, nil, d.legal)
		total, _ := r.At("table3", "results_total", "total").(float64)
		out[report] = r
		return r.Status == 200 && total == rows["results_total"]
	}, "the report counts every case", rows["results_total"])
	for _, id := range d.cases {
		path := "/v1/deadlines/" + id
		want := d.get("/v1/cases/"+id, d.officer)
		d.Eventually(func() bool {
			r := d.Call("GET", path, nil, d.officer)
			out[path] = r
			return r.Status == 200 && r.Text("state") != "running" && r.Text("state") != "waiting"
		}, path, want.Text("status"))
	}
	return out
}

// rebuilt throws the deadlines and the rows of the report away, has every service
// state its facts again, and wants the same back.
func rebuilt(d *desk, dir string, before map[string]reply) {
	d.t.Helper()
	d.Stop()
	for _, name := range []string{"service2", "service4"} { // deadline and litigation
		files, err := filepath.Glob(filepath.Join(dir, name+".db*"))
		require.NoError(d.t, err)
		for _, f := range files {
			require.NoError(d.t, os.Remove(f))
		}
	}
	d.Instance = start(d.t, dir)
	_, err := d.Host.Restate(d.t.Context())
	require.NoError(d.t, err)
	after := readSide(d)
	for path, was := range before {
		if path == report {
			require.Equal(d.t, was.At("table3"), after[path].At("table3"))
			continue
		}
		for _, member := range []string{"state", "reply_due", "met_on", "clocks", "explanation"} {
			require.Equal(d.t, was.At(member), after[path].At(member), "%s %s", path, member)
		}
	}
}
