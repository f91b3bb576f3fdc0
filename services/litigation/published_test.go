package litigation_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/engine/servicetest"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/statute/report"
)

// asPrinted is a published report with every word that its file has.
func asPrinted(t testing.TB, p published) obj {
	t.Helper()
	raw, err := json.Marshal(p)
	require.NoError(t, err)
	body := obj{}
	require.NoError(t, json.Unmarshal(raw, &body))
	delete(body, "Says")
	body["notes"], body["agency"], body["format"] = "as in the file", p.Level, "2021〔30〕"
	return body
}

func staffOf(office string) identity.Staff {
	return identity.Staff{ID: "s-" + office, Office: office, Name: "法", Roles: []identity.Role{identity.Legal, identity.Head}}
}

func TestPublished_everyConsistentReportIsKeptAndComesBack(t *testing.T) {
	t.Parallel()
	in := start(t)
	for _, p := range publishedReports(t) {
		who := staffOf(p.ID)
		path := fmt.Sprintf("/v1/reports/annual/%d/published", p.Year)
		r := in.post(who, path, asPrinted(t, p), "Idempotency-Key: once")
		if !p.Says.Consistent {
			// Refused, by the right check and cell.
			require.Equal(t, 422, r.Status, r)
			for i, f := range p.Says.Failures {
				require.Equal(t, "/table4/"+f.Where+"/total", r.Text("errors", i, "pointer"), r)
				require.Equal(t, "V4", r.Text("errors", i, "code"))
			}
			require.Equal(t, 404, in.get(who, path).Status)
			body := asPrinted(t, p)
			body["accept_inconsistent"] = true
			require.Equal(t, "/reason", in.post(who, path, body).Text("errors", 0, "pointer"))
			body["reason"] = "原件如此"
			r = in.post(who, path, body)
			require.Equal(t, 201, r.Status, r)
			require.Equal(t, false, r.At("ok"))
			continue
		}
		require.Equal(t, 201, r.Status, r)
		require.Equal(t, true, r.At("ok"), r)
		again := in.post(who, path, asPrinted(t, p), "Idempotency-Key: once")
		require.Equal(t, r.At("imported_at"), again.At("imported_at"))
		require.EqualValues(t, 0, again.At("replaced"))
		requirePrinted(t, p, in.get(who, path))
		// The form that we write is read back cell by cell, blanks apart from zero.
		book := in.get(who, path, asXLSX)
		require.Equal(t, 200, book.Status)
		r = in.post(who, path+"?scope=own", string(book.Body), "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		require.Equal(t, 201, r.Status, r)
		require.EqualValues(t, 1, r.At("replaced"))
		requirePrinted(t, p, r)
		// What it carries out comes into the next year, in every column.
		if p.Year >= 2026 {
			continue
		}
		next := in.get(who, fmt.Sprintf("/v1/reports/annual/%d", p.Year+1))
		requireChecks(t, next)
		for _, c := range report.Columns() {
			out, stated := p.Table3.Cell(report.CarriedOut, c)
			if c == report.Total && !stated {
				continue
			}
			require.EqualValues(t, out, num(next, "table3", "carried_in", string(c)), "%s %s", p.ID, c)
			require.EqualValues(t, out, num(next, "table3", "carried_out", string(c)), "%s %s", p.ID, c)
		}
	}
}

func requirePrinted(t testing.TB, p published, r servicetest.Reply) {
	t.Helper()
	require.Contains(t, []int{200, 201}, r.Status, r)
	for row, columns := range p.Table3 {
		for c, want := range columns {
			got := r.At("table3", string(row), string(c))
			if want == nil {
				require.Nil(t, got, "%s %s %s is blank", p.ID, row, c)
				continue
			}
			require.EqualValues(t, *want, got, "%s %s %s", p.ID, row, c)
		}
	}
	for b, columns := range p.Table4 {
		for o, want := range columns {
			got := r.At("table4", string(b), string(o))
			if want == nil {
				require.Nil(t, got, "%s %s %s is blank", p.ID, b, o)
				continue
			}
			require.EqualValues(t, *want, got, "%s %s %s", p.ID, b, o)
		}
	}
}

func TestPublished_consecutiveYearsAreHeldToEachOther(t *testing.T) {
	t.Parallel()
	in := start(t)
	byID := map[string]published{}
	for _, p := range publishedReports(t) {
		byID[p.ID] = p
	}
	who := staffOf("suqian")
	require.Equal(t, 201, in.post(who, "/v1/reports/annual/2023/published", asPrinted(t, byID["suqian-city-2023"])).Status)
	wrong := asPrinted(t, byID["suqian-city-2023"])
	wrong["year"] = 2024
	r := in.post(who, "/v1/reports/annual/2024/published", wrong)
	require.Equal(t, 422, r.Status, r)
	require.Equal(t, "V5", r.Text("errors", 0, "code"))
	require.Equal(t, "/table3/carried_in/natural_person", r.Text("errors", 0, "pointer"))
	r = in.post(who, "/v1/reports/annual/2024/published", asPrinted(t, byID["suqian-city-2024"]))
	require.Equal(t, 201, r.Status, r)

	// The register catches up: what was carried out is entered, one case after another.
	year := in.get(who, "/v1/reports/annual/2025")
	requireChecks(t, year)
	unregistered := num(year, "unregistered", "natural_person")
	require.Positive(t, unregistered)
	c := theCase("late", "natural_person", "2024-12-20", "2025-01-10", "K2", "granted")
	c.Office = "suqian"
	in.tell(1, c)
	in.Eventually(func() bool {
		year = in.get(who, "/v1/reports/annual/2025")
		return num(year, "table3", "granted", "total") == 1
	}, "the case")
	requireChecks(t, year)
	require.EqualValues(t, unregistered-1, num(year, "unregistered", "natural_person"))
	out, _ := byID["suqian-city-2024"].Table3.Cell(report.CarriedOut, report.NaturalPerson)
	require.EqualValues(t, out, num(year, "table3", "carried_in", "natural_person"))
	require.EqualValues(t, out-1, num(year, "table3", "carried_out", "natural_person"))
	// The published year shows where the register still differs.
	year = in.get(who, "/v1/reports/annual/2024")
	require.NotEmpty(t, year.At("published", "differences"))
}

func TestPublished_refusesWhatIsNoReport(t *testing.T) {
	t.Parallel()
	in := start(t)
	for body, want := range map[string]struct {
		status  int
		pointer string
	}{
		`[]`: {400, ""},
		`{"table3":{"granted":{"commercial":1.5}}}`: {400, ""},
		`{}`:                                   {422, "/table3"},
		`{"year":2023,"table4":{"review":{}}}`: {422, "/year"},
		`{"scope":"mine","table4":{"review":{}}}`:                             {422, "/scope"},
		`{"table3":{"bogus":{}}}`:                                             {422, "/table3/bogus"},
		`{"table2":{"bogus":{}},"table4":{"review":{"upheld":1}}}`:            {422, "/table2/bogus"},
		`{"table4":{"review":{"upheld":1,"total":2}}}`:                        {422, "/table4/review/total"},
		`{"table3":{"new_received":{"research":2},"granted":{"research":1}}}`: {422, "/table3/carried_out/research"},
		`{"table3":{"new_received":{"research":2,"commercial":1,"total":9}}}`: {422, "/table3/new_received/total"},
	} {
		r := in.post(legal, "/v1/reports/annual/2024/published", body)
		require.Equal(t, want.status, r.Status, "%s: %s", body, r)
		if want.pointer != "" {
			require.Equal(t, want.pointer, r.Text("errors", 0, "pointer"), r)
		}
	}
	xlsx := "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	require.Equal(t, 400, in.post(legal, "/v1/reports/annual/2024/published", "no workbook", xlsx).Status)
	require.Equal(t, 403, in.post(finance, "/v1/reports/annual/2024/published", `{}`).Status)
	require.Equal(t, 404, in.get(legal, "/v1/reports/annual/2024/published").Status)
}

func TestCheck_readsTheTextAndTheStockOfRules(t *testing.T) {
	t.Parallel()
	in := start(t)
	for _, p := range publishedReports(t) {
		if p.ID != "shanghai-general-office-2019" {
			continue
		}
		r := in.post(legal, "/v1/reports/annual/check", obj{
			"year": p.Year, "scope": "own", "table3": p.Table3, "table4": p.Table4,
			"text":          "全年新收政府信息公开申请859件，上年结转18件。予以公开及部分公开258件，无法提供２６５件。行政复议7件，行政诉讼9件，均获维持。",
			"table2":        obj{"rules": obj{"made": 2, "repealed": 1, "in_force": 12}, "normative_documents": obj{"made": 50, "repealed": 227, "in_force": 421}},
			"before_table2": obj{"rules": obj{"in_force": 11}, "normative_documents": obj{"in_force": 597}},
		})
		require.Equal(t, 200, r.Status, r)
		var failed []string
		checks, _ := r.At("checks").([]any)
		for i := range checks {
			if r.At("checks", i, "ok") == false {
				failed = append(failed, r.Text("checks", i, "id")+" "+r.Text("checks", i, "item"))
			}
		}
		require.ElementsMatch(t, []string{"V6 予以公开及部分公开", "V6 无法提供", "V6 均获维持", "V7 normative_documents"}, failed, r)
	}
}
