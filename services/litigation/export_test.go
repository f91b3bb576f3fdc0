package litigation_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/statute/report"
)

const (
	asXLSX = "Accept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	asCSV  = "Accept: text/csv"
)

// rowsOf reads an exported list back.
func rowsOf(t testing.TB, r servicetest.Reply) [][]string {
	t.Helper()
	require.Equal(t, 200, r.Status, r)
	require.Contains(t, r.Header.Get("Content-Disposition"), "attachment")
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv") {
		require.True(t, bytes.HasPrefix(r.Body, []byte("\ufeff")))
		rows, err := csv.NewReader(bytes.NewReader(r.Body[3:])).ReadAll()
		require.NoError(t, err)
		return rows
	}
	f, err := excelize.OpenReader(bytes.NewReader(r.Body))
	require.NoError(t, err)
	rows, err := f.GetRows(f.GetSheetList()[0])
	require.NoError(t, err)
	return rows[2:] // under the title and the note
}

func TestExport_aListIsTheSameAsAFile(t *testing.T) {
	t.Parallel()
	in := start(t)
	for i := range 230 { // more than a page
		in.receive(obj{"kind": "review", "organ_or_court": "=区政府", "case_no": fmt.Sprintf("复%d号", i), "received_on": "2026-02-02"})
	}
	for _, as := range []string{asXLSX, asCSV} {
		rows := rowsOf(t, in.get(legal, "/v1/proceedings?kind=review", as))
		require.Len(t, rows, 231)
		require.Equal(t, "案号", rows[0][3])
		require.Contains(t, rows[1][4], "=区政府")
		cell := rowsOf(t, in.get(legal, "/v1/reports/annual/2026/cases?block=review", as))
		require.Len(t, cell, 231)
	}
	require.Equal(t, "'=区政府", rowsOf(t, in.get(legal, "/v1/proceedings", asCSV))[1][4], "no formula")
	require.Equal(t, 406, in.get(legal, "/v1/proceedings", "Accept: application/pdf").Status)
}

func TestAggregate_drillsDownToTheCasesOfItsUnits(t *testing.T) {
	t.Parallel()
	in := start(t)
	require.Equal(t, 200, in.Call("PUT", "/v1/reports/settings", obj{"reports_to": "demo"}, in.As(foreign)).Status)
	var cases []contract.CaseFacts
	for i := range 14 {
		c := theCase(fmt.Sprintf("c%02d", i), string(report.Applicants()[i%6]), "2025-12-30", "2026-02-03", "K2", "granted")
		if i%2 == 0 {
			c.Office = "other"
		}
		if i%5 == 0 {
			c.FinishedOn, c.ReportRow, c.Decision = 0, "", nil
			c.Status = contract.StatusInProgress
		}
		cases = append(cases, c)
	}
	in.tell(1, cases...)
	in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-02-02"})
	require.Equal(t, 201, in.post(foreign, "/v1/proceedings", obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-02-03"}).Status)
	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2026?scope=aggregate")
		return r.At("table3", "carried_in", "total") == 14.0
	}, "every case in the aggregate")
	requireChecks(t, r)
	for _, row := range report.Format2021.Rows() {
		for _, c := range report.Columns() {
			want, _ := r.At("table3", string(row), string(c)).(float64)
			seen := map[string]bool{}
			for cursor, more := "", true; more; more = cursor != "" {
				p := in.get(legal, fmt.Sprintf("/v1/reports/annual/2026/cases?scope=aggregate&row=%s&column=%s&limit=3&cursor=%s", row, c, cursor))
				require.Equal(t, 200, p.Status, p)
				items, _ := p.At("items").([]any)
				for i := range items {
					seen[p.Text("items", i, "office")+p.Text("items", i, "case_id")] = true
				}
				cursor = p.Text("next_cursor")
			}
			require.Len(t, seen, int(want), "%s %s", row, c)
		}
	}
	p := in.get(legal, "/v1/reports/annual/2026/cases?scope=aggregate&block=review&column=pending")
	require.EqualValues(t, 2, r.At("table4", "review", "pending"))
	require.Equal(t, "demo", p.Text("items", 0, "office"))
	require.Equal(t, "other", p.Text("items", 1, "office"))
	rows := rowsOf(t, in.get(legal, "/v1/reports/annual/2026/cases?scope=aggregate&row=carried_in", asCSV))
	require.Len(t, rows, 15)
	// Its own figures stay its own, and a unit sees no sister.
	require.EqualValues(t, 7, in.get(legal, "/v1/reports/annual/2026").At("table3", "carried_in", "total"))
	require.EqualValues(t, 7, in.get(foreign, "/v1/reports/annual/2026?scope=aggregate").At("table3", "carried_in", "total"))
}

func TestBasis_aCaseCanEndByResultByEffectOrByInstance(t *testing.T) {
	t.Parallel()
	in := start(t)
	id := in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2024-11-04"}).Text("id")
	in.step(id, obj{"step": "result", "on": "2025-03-03", "served_on": "2025-03-05", "result": "revoked"})
	in.step(id, obj{"step": "appeal", "on": "2025-03-12", "by": "office"})
	in.step(id, obj{"step": "result", "on": "2026-01-20", "result": "claims_dismissed"})
	// 2024, 2025, 2026: upheld, corrected, pending
	for basis, want := range map[string][3][3]float64{
		"case_result":    {{0, 0, 1}, {0, 0, 1}, {1, 0, 0}},
		"case_effective": {{0, 0, 1}, {0, 0, 1}, {0, 0, 1}}, // not served yet
		"instance":       {{0, 0, 1}, {0, 1, 1}, {1, 0, 0}},
	} {
		r := in.Call("PUT", "/v1/reports/settings", obj{"t4_basis": basis}, in.As(head))
		require.Equal(t, 200, r.Status, r)
		for i, w := range want {
			r := in.get(legal, fmt.Sprintf("/v1/reports/annual/%d", 2024+i))
			requireChecks(t, r)
			require.Equal(t, basis, r.Text("t4_basis"))
			require.Equal(t, w, [3]float64{
				num(r, "table4", "suit_direct", "upheld"), num(r, "table4", "suit_direct", "corrected"), num(r, "table4", "suit_direct", "pending"),
			}, "%s %d", basis, 2024+i)
			cell := in.get(legal, fmt.Sprintf("/v1/reports/annual/%d/cases?block=suit_direct", 2024+i))
			items, _ := cell.At("items").([]any)
			require.Len(t, items, int(w[0]+w[1]+w[2]))
		}
		s := in.get(legal, "/v1/reports/summary?period=2025")
		require.Equal(t, true, s.At("proceedings", "suit_direct", "balanced"))
		requireChecks(t, s)
	}
	require.Equal(t, 422, in.Call("PUT", "/v1/reports/settings", obj{"t4_basis": "guess"}, in.As(head)).Status)
}

func num(r servicetest.Reply, path ...any) float64 {
	n, _ := r.At(path...).(float64)
	return n
}

func TestImport_takesTheOfficesOwnColumnForContestedResults(t *testing.T) {
	t.Parallel()
	in := start(t)
	require.Equal(t, 200, in.Call("PUT", "/v1/reports/settings", obj{"outcomes": obj{"application_dismissed": "upheld"}}, in.As(head)).Status)
	in.publish(contract.ImportedProceedingTaken, "demo", "imp-1", 1, contract.ImportedProceedingFacts{
		Office: "demo", SourceID: "imp-1", Kind: "review", CaseNo: "复1号", ReceivedOn: day("2026-01-05"),
		Outcome: "other", Result: "application_dismissed", DecidedOn: day("2026-02-05"),
	})
	in.publish(contract.ImportedProceedingTaken, "demo", "imp-2", 1, contract.ImportedProceedingFacts{
		Office: "demo", SourceID: "imp-2", Kind: "review", CaseNo: "复2号", ReceivedOn: day("2026-01-05"), Outcome: "other", DecidedOn: day("2026-02-05"),
	})
	var r servicetest.Reply
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2026")
		return num(r, "table4", "review", "total") == 2
	}, "both in table four")
	require.EqualValues(t, 1, num(r, "table4", "review", "upheld"))
	require.EqualValues(t, 1, num(r, "table4", "review", "other"), "a column without an exact result stays where the ledger has it")
}

func TestReviewFirst_aDirectSuitAgainstARefusalIsMarked(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(1,
		theCase("no", "natural_person", "2026-01-05", "2026-01-20", "K3", "deny_4_third_party"),
		theCase("part", "natural_person", "2026-01-05", "2026-01-20", "K3p", "partial"),
		theCase("none", "natural_person", "2026-01-05", "2026-01-20", "K4", "unable_1_not_held"),
	)
	in.annual(2026, 3)
	ids := map[string]string{}
	for _, c := range []string{"no", "part", "none"} {
		ids[c] = in.receive(obj{"kind": "suit_direct", "case_id": c, "organ_or_court": "法院", "received_on": "2026-02-02"}).Text("id")
	}
	marked := func(c string) any { return in.get(legal, "/v1/proceedings/"+ids[c]).At("review_first") }
	require.Equal(t, []any{true, true, nil}, []any{marked("no"), marked("part"), marked("none")})
	require.Equal(t, 200, in.Call("PUT", "/v1/reports/settings", obj{"partial_remedy": "REVIEW_OR_COURT"}, in.As(head)).Status)
	require.Equal(t, []any{true, nil, nil}, []any{marked("no"), marked("part"), marked("none")})
}

func TestFreeze_anAuthoritySignsItsSumApart(t *testing.T) {
	t.Parallel()
	in := start(t)
	require.Equal(t, 200, in.Call("PUT", "/v1/reports/settings", obj{"reports_to": "demo"}, in.As(foreign)).Status)
	unit := theCase("u", "natural_person", "2025-03-02", "2025-03-20", "K2", "granted")
	unit.Office = "other"
	in.tell(1, theCase("a", "natural_person", "2025-03-02", "2025-03-20", "K2", "granted"), unit)
	sum := "/v1/reports/annual/2025?scope=aggregate"
	in.Eventually(func() bool { return num(in.get(legal, sum), "table3", "granted", "total") == 2 }, "both cases")
	r := in.post(head, "/v1/reports/annual/2025/freeze?scope=aggregate", obj{"signed_by": "张三"})
	require.Equal(t, 201, r.Status, r)
	require.Equal(t, "张三", r.Text("signed", "name"))
	require.Nil(t, in.get(legal, "/v1/reports/annual/2025").At("signed"), "its own report is another")
	unit.ReportRow, unit.Decision.Row = "partial", "partial"
	in.tell(2, unit)
	in.Eventually(func() bool {
		d, _ := in.get(legal, sum).At("differences").([]any)
		return len(d) == 4
	}, "the unit's correction shows")
}
