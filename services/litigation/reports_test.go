package litigation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/contract"
	"zhiqing.dev/pkg/statute/report"
)

// published is one report of published-tables.json.
type published struct {
	ID     string        `json:"id"`
	Year   int           `json:"year"`
	Level  string        `json:"level"`
	Table3 report.Table3 `json:"table3"`
	Table4 report.Table4 `json:"table4"`
	Says   struct {
		Consistent bool `json:"internally_consistent"`
		Failures   []struct {
			Check string `json:"check"`
			Where string `json:"where"`
		} `json:"failures"`
	} `json:"consistency"`
}

func publishedReports(t testing.TB) []published {
	t.Helper()
	raw, err := os.ReadFile("testdata/published-tables.json")
	require.NoError(t, err)
	var file struct {
		Reports []published `json:"reports"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.GreaterOrEqual(t, len(file.Reports), 6)
	return file.Reports
}

func TestCheck_judgesEveryPublishedReport(t *testing.T) {
	t.Parallel()
	in := start(t)
	byID := map[string]published{}
	for _, p := range publishedReports(t) {
		byID[p.ID] = p
		r := in.post(legal, "/v1/reports/annual/check", obj{"year": p.Year, "scope": "aggregate", "table3": p.Table3, "table4": p.Table4})
		require.Equal(t, 200, r.Status, r)
		require.Equal(t, p.Says.Consistent, r.At("ok"), "%s: %s", p.ID, r)
		var failed []string
		checks, _ := r.At("checks").([]any)
		for i := range checks {
			if r.At("checks", i, "ok") == false {
				failed = append(failed, r.Text("checks", i, "block"))
			}
		}
		var want []string
		for _, f := range p.Says.Failures {
			want = append(want, f.Where)
		}
		require.ElementsMatch(t, want, failed, p.ID)
	}
	// Two years of one city: what went out of the first came into the second.
	first, second := byID["suqian-city-2023"], byID["suqian-city-2024"]
	r := in.post(legal, "/v1/reports/annual/check", obj{"year": 2024, "scope": "aggregate", "table3": second.Table3, "before": first.Table3})
	require.Equal(t, true, r.At("ok"), r)
	r = in.post(legal, "/v1/reports/annual/check", obj{"year": 2024, "scope": "aggregate", "table3": second.Table3, "before": second.Table3}, "Accept-Language: en")
	require.Equal(t, false, r.At("ok"))
	require.Contains(t, string(r.Body), "total: 125 went out, 121 came in")
	// An old layout is read and named as such.
	hongze := byID["hongze-district-2023"]
	r = in.post(legal, "/v1/reports/annual/check", obj{"year": 2023, "table3": hongze.Table3})
	require.Equal(t, "2019", r.Text("format"))
	require.Equal(t, "2021", r.Text("format_expected"))
	require.Equal(t, false, r.At("ok")) // V10: whose figures?
}

func TestCheck_namesTheStrangeCell(t *testing.T) {
	t.Parallel()
	in := start(t)
	for body, pointer := range map[string]string{
		`{"year":2024,"table3":{"bogus":{}}}`:                                "/table3/bogus",
		`{"year":2024,"table3":{"granted":{"bogus":1}}}`:                     "/table3/granted/bogus",
		`{"year":2024,"table3":{"granted":{"commercial":-1}}}`:               "/table3/granted/commercial",
		`{"year":2024,"table4":{"review":{"upheld":1e3}}}`:                   "/table4/review/upheld",
		`{"year":2024,"table4":{"bogus":{"upheld":1}}}`:                      "/table4/bogus",
		`{"year":2024,"units":[{"granted":{"x":1}}],"table4":{"review":{}}}`: "/units/0/granted/x",
		`{"year":2024}`: "/table3",
		`{"table3":{}}`: "/year",
	} {
		r := in.post(legal, "/v1/reports/annual/check", body)
		require.Equal(t, 422, r.Status, "%s: %s", body, r)
		require.Equal(t, pointer, r.Text("errors", 0, "pointer"), body)
	}
	require.Equal(t, 400, in.post(legal, "/v1/reports/annual/check", `{`).Status)
}

func TestWorkbook_looksLikeTheOfficialForm(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(1,
		theCase("a", "natural_person", "2025-11-20", "2026-01-08", "K2", "granted"),
		theCase("b", "commercial", "2026-02-20", "2026-03-08", "K3", "deny_4_third_party"),
		theCase("c", "other_org", "2026-02-21", "", "", ""),
	)
	in.annual(2026, 2)
	id := in.receive(obj{"kind": "suit_direct", "organ_or_court": "法院", "received_on": "2026-02-02"}).Text("id")
	in.step(id, obj{"step": "result", "on": "2026-05-20", "result": "withdrawn"})
	r := in.get(legal, "/v1/reports/annual/2026", "Accept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	require.Equal(t, 200, r.Status)
	require.Contains(t, r.Header.Get("Content-Disposition"), "attachment")
	f, err := excelize.OpenReader(bytes.NewReader(r.Body))
	require.NoError(t, err)
	require.Equal(t, []string{"收到和处理申请情况", "行政复议、行政诉讼情况", "信息处理费"}, f.GetSheetList())
	s3, s4 := f.GetSheetList()[0], f.GetSheetList()[1]
	cell := func(sheet, at string) string {
		v, err := f.GetCellValue(sheet, at)
		require.NoError(t, err)
		formula, err := f.GetCellFormula(sheet, at)
		require.NoError(t, err)
		require.Empty(t, formula)
		return v
	}
	require.Equal(t, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", cell(s3, "A3"))
	for at, want := range map[string]string{
		"D3": "申请人情况", "D4": "自然人", "E4": "法人或其他组织", "E5": "商业企业", "F5": "科研机构", "G5": "社会公益组织",
		"H5": "法律服务机构", "I5": "其他", "J4": "总计",
	} {
		require.Equal(t, want, cell(s3, at), at)
	}
	// Every row of the form with its label and its seven figures, as the JSON says.
	js := in.get(legal, "/v1/reports/annual/2026")
	for i, row := range report.Format2021.Rows() {
		n := 6 + i
		label := cell(s3, fmt.Sprintf("C%d", n))
		if strings.Contains(row.FullLabel(), "/") {
			require.Equal(t, row.Label(), label)
		} else {
			require.Contains(t, []string{cell(s3, fmt.Sprintf("A%d", n)), cell(s3, fmt.Sprintf("B%d", n))}, row.Label())
		}
		for k, c := range report.Columns() {
			require.Equal(t, fmt.Sprint(js.At("table3", string(row), string(c))), cell(s3, fmt.Sprintf("%c%d", 'D'+k, n)), "%s %s", row, c)
		}
	}
	merged, err := f.GetMergeCells(s3)
	require.NoError(t, err)
	spans := map[string]string{}
	for _, m := range merged {
		spans[m.GetStartAxis()+":"+m.GetEndAxis()] = m.GetCellValue()
	}
	for span, want := range map[string]string{
		"A3:C5": "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "D3:J3": "申请人情况", "E4:I4": "法人或其他组织",
		"A6:C6": "一、本年新收政府信息公开申请数量", "A8:A29": "三、本年度办理结果", "B8:C8": "（一）予以公开",
		"B10:B17": "（三）不予公开", "B18:B20": "（四）无法提供", "B21:B25": "（五）不予处理", "B26:B28": "（六）其他处理",
		"B29:C29": "（七）总计", "A30:C30": "四、结转下年度继续办理",
	} {
		require.Equal(t, want, spans[span], span)
	}
	require.Equal(t, "行政诉讼", cell(s4, "F3"))
	require.Equal(t, "复议后起诉", cell(s4, "K4"))
	require.Equal(t, "1", cell(s4, "H6")) // 未经复议直接起诉·其他结果
	require.Equal(t, "1", cell(s4, "J6"))
	require.Contains(t, cell(s4, "A7"), "含上年度结转")
	require.Contains(t, cell(s3, "A2"), "本机关")

	in.tell(1, theCase("old", "natural_person", "2020-05-06", "2020-06-03", "K16", "other_3_other"))
	in.annual(2020, 1)
	r = in.get(legal, "/v1/reports/annual/2020", "Accept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	f, err = excelize.OpenReader(bytes.NewReader(r.Body))
	require.NoError(t, err)
	require.Equal(t, "（六）其他处理", cell(s3, "B26"))
	require.Equal(t, "1", cell(s3, "J26"))
}

func TestDrillDown_pagesHoldWhatTheCellSays(t *testing.T) {
	t.Parallel()
	in := start(t)
	kinds := report.Applicants()
	var cases []contract.CaseFacts
	for i := range 60 {
		received, finished, row := "2025-12-30", "", ""
		switch i % 4 {
		case 0:
			finished, row = "2026-02-03", string(report.Format2021.Results()[i%22%len(report.Format2021.Results())])
		case 1:
			received, finished, row = "2026-03-03", "2026-04-03", "granted"
		case 2:
			received = "2026-05-06"
		}
		cases = append(cases, theCase(fmt.Sprintf("c%02d", i), string(kinds[i%6]), received, finished, "K2", row))
	}
	in.tell(1, cases...)
	in.annual(2026, 30)
	in.annual(2025, 30)
	for _, year := range []int{2025, 2026} {
		r := in.get(legal, fmt.Sprintf("/v1/reports/annual/%d", year))
		requireChecks(t, r)
		for _, row := range report.Format2021.Rows() {
			for _, c := range report.Columns() {
				want, _ := r.At("table3", string(row), string(c)).(float64)
				seen := map[string]bool{}
				cursor := ""
				for {
					p := in.get(legal, fmt.Sprintf("/v1/reports/annual/%d/cases?row=%s&column=%s&limit=4&cursor=%s", year, row, c, cursor))
					require.Equal(t, 200, p.Status, p)
					items, _ := p.At("items").([]any)
					for i := range items {
						id := p.Text("items", i, "case_id")
						require.False(t, seen[id], "twice: %s", id)
						seen[id] = true
						if c != report.Total {
							require.Equal(t, string(c), p.Text("items", i, "column"))
						}
					}
					if cursor = p.Text("next_cursor"); cursor == "" {
						break
					}
				}
				require.Len(t, seen, int(want), "%d %s %s", year, row, c)
			}
		}
	}
}

func TestFreeze_showsLaterCorrectionsAsDifferences(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.tell(3, theCase("a", "natural_person", "2025-03-02", "2025-03-20", "K2", "granted"), theCase("b", "commercial", "2025-12-30", "", "", ""))
	in.annual(2025, 2)
	early := in.post(head, "/v1/reports/annual/2026/freeze", obj{"signed_by": "张三"})
	require.Equal(t, 409, early.Status)
	require.Equal(t, 422, in.post(head, "/v1/reports/annual/2025/freeze", obj{"signed_by": " "}).Status)
	r := in.post(head, "/v1/reports/annual/2025/freeze", obj{"signed_by": "张三"}, "Idempotency-Key: f1")
	require.Equal(t, 201, r.Status, r)
	require.Equal(t, "张三", r.Text("signed", "name"))
	require.Equal(t, 201, in.post(head, "/v1/reports/annual/2025/freeze", obj{"signed_by": "张三"}, "Idempotency-Key: f1").Status)
	require.Equal(t, 409, in.post(head, "/v1/reports/annual/2025/freeze", obj{"signed_by": "李四"}).Status)
	require.Nil(t, r.At("differences"))

	// A correction: case b was of another applicant all along. The whole case moves.
	in.tell(4, theCase("b", "research", "2025-12-30", "", "", ""))
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/annual/2025")
		d, _ := r.At("differences").([]any)
		return len(d) == 4
	}, "four cells differ")
	require.Equal(t, "new_received", r.Text("differences", 0, "row"))
	next := in.get(legal, "/v1/reports/annual/2026")
	var v5 []string
	checks, _ := next.At("checks").([]any)
	for i := range checks {
		if next.At("checks", i, "ok") == false {
			require.Equal(t, "V5", next.Text("checks", i, "id"))
			v5 = append(v5, next.Text("checks", i, "column"))
		}
	}
	require.ElementsMatch(t, []string{"commercial", "research"}, v5) // against what was signed
}

func TestSettings_moveContestedResultsAndSumUpUnits(t *testing.T) {
	t.Parallel()
	in := start(t)
	id := in.receive(obj{"kind": "review", "organ_or_court": "区政府", "received_on": "2026-01-05"}).Text("id")
	r := in.step(id, obj{"step": "result", "on": "2026-02-20", "result": "application_dismissed"})
	require.Equal(t, "other", r.Text("outcome"))
	got := in.get(legal, "/v1/reports/settings")
	require.Equal(t, 200, got.Status)
	require.Equal(t, "handled", got.Text("t4_scope"))
	require.Equal(t, 422, in.Call("PUT", "/v1/reports/settings", obj{"outcomes": obj{"maintained": "other"}}, in.As(head)).Status)
	require.Equal(t, 422, in.Call("PUT", "/v1/reports/settings", obj{"reports_to": "demo"}, in.As(head)).Status)
	require.Equal(t, 403, in.Call("PUT", "/v1/reports/settings", obj{}, in.As(legal)).Status)
	put := in.Call("PUT", "/v1/reports/settings", obj{"outcomes": obj{"application_dismissed": "upheld"}, "report_up_wd": 3}, in.As(head))
	require.Equal(t, 200, put.Status, put)
	require.Equal(t, 412, in.Call("PUT", "/v1/reports/settings", obj{}, in.As(head), `If-Match: "7"`).Status)
	r = in.get(legal, "/v1/proceedings/"+id)
	require.Equal(t, "upheld", r.Text("outcome"))
	require.EqualValues(t, 1, in.get(legal, "/v1/reports/annual/2026").At("table4", "review", "upheld"))

	// Another office names this one as its authority: it may sum up, not look inside.
	c := theCase("x", "natural_person", "2026-03-02", "2026-03-20", "K2", "granted")
	c.Office = "other"
	in.tell(1, c, theCase("y", "natural_person", "2026-03-02", "", "", ""))
	in.annual(2026, 1)
	sum := in.get(legal, "/v1/reports/annual/2026?scope=aggregate")
	require.EqualValues(t, 1, sum.At("table3", "new_received", "total"))
	require.Equal(t, 200, in.Call("PUT", "/v1/reports/settings", obj{"reports_to": "demo"}, in.As(foreign)).Status)
	in.Eventually(func() bool {
		sum = in.get(legal, "/v1/reports/annual/2026?scope=aggregate")
		return sum.At("table3", "new_received", "total") == 2.0
	}, "the unit's case in the aggregate")
	requireChecks(t, sum)
	require.Equal(t, "aggregate", sum.Text("scope"))
	require.Equal(t, "other", sum.Text("units", 1))
	require.EqualValues(t, 1, in.get(legal, "/v1/reports/annual/2026").At("table3", "new_received", "total"))
}

func TestSummary_balancesAndCompares(t *testing.T) {
	t.Parallel()
	in := start(t)
	due := func(id, on string) {
		in.publish(contract.DeadlineChanged, "demo", id, 1, contract.DeadlineFacts{Office: "demo", CaseID: id, ReplyDue: day(on), State: "running"})
	}
	ext := theCase("e", "natural_person", "2026-01-05", "2026-02-27", "K3p", "partial")
	ext.Clock.ExtensionWD = 20
	in.tell(1,
		theCase("a", "natural_person", "2025-12-20", "2026-01-10", "K2", "granted"),
		theCase("b", "commercial", "2026-01-06", "2026-03-25", "K4", "unable_1_not_held"),
		theCase("c", "commercial", "2026-03-31", "2026-04-01", "K16", "other_3_other"),
		theCase("d", "commercial", "2026-05-06", "", "", ""),
		theCase("l1", "research", "2025-01-06", "2025-01-20", "K2", "granted"),
		theCase("l2", "research", "2025-03-31", "2025-04-07", "K2", "granted"),
		ext,
	)
	due("a", "2026-01-20")
	due("b", "2026-02-05")
	due("e", "2026-03-05")
	due("d", "2026-06-04")
	in.annual(2026, 4)
	in.annual(2025, 3)
	id := in.receive(obj{"kind": "review", "case_id": "b", "organ_or_court": "区政府", "received_on": "2026-03-26"}).Text("id")
	r := in.get(legal, "/v1/reports/summary?period=2026-Q1")
	in.Eventually(func() bool {
		r = in.get(legal, "/v1/reports/summary?period=2026-Q1")
		var on string
		for i := range 20 {
			if r.Text("indicators", i, "id") == "on_time_rate" {
				on = r.Text("indicators", i, "value")
			}
		}
		return on == "66.67%" && r.At("due", "replies_overdue") == 1.0 // a and e of a, b, e
	}, "deadlines have arrived")
	flow := func(i int) []any {
		return []any{r.At("applications", "flow", i, "this"), r.At("applications", "flow", i, "year_to_date"), r.At("applications", "flow", i, "last_year")}
	}
	require.Equal(t, []any{1.0, 1.0, 0.0}, flow(0)) // open before: a; nothing in 2025
	require.Equal(t, []any{3.0, 3.0, 2.0}, flow(1)) // new: b, c, e; l1, l2
	require.Equal(t, []any{3.0, 3.0, 1.0}, flow(2)) // finished: a, b, e; l1
	require.Equal(t, []any{1.0, 1.0, 1.0}, flow(3)) // open after: c; l2
	require.Equal(t, "+50.00%", r.Text("applications", "flow", 1, "change"))
	require.Equal(t, "—", r.Text("applications", "flow", 0, "change"))
	require.Equal(t, true, r.At("applications", "balanced"))
	require.Equal(t, "2026-01-01", r.Text("year_to_date", "from"))
	require.Equal(t, "2025-Q1", r.Text("last_year", "name"))
	require.Equal(t, id, r.Text("due", "proceedings_overdue", 0))
	require.EqualValues(t, 1, r.At("due", "unreported"))
	requireChecks(t, r)
	require.NotEmpty(t, r.Text("no_loss"))

	in.step(id, obj{"step": "result", "on": "2026-04-20", "served_on": "2026-04-21", "result": "revoked", "corrected_ground": "procedure"})
	r = in.get(legal, "/v1/reports/summary?from=2026-04-15&to=2026-05-20")
	require.Equal(t, 200, r.Status, r)
	require.Equal(t, id, r.Text("lost", 0, "id"))
	require.Equal(t, "违反法定程序", r.Text("lost", 0, "corrected_ground_label"))
	require.Empty(t, r.Text("no_loss"))
	require.EqualValues(t, 1, r.At("proceedings", "review", "flow", 0, "this"))
	require.EqualValues(t, 0, r.At("proceedings", "review", "flow", 3, "this"))
	require.EqualValues(t, 1, r.At("proceedings", "review", "outcomes", 1, "this"))
	require.NotContains(t, string(r.Body), "applicant")

	book := in.get(legal, "/v1/reports/summary?from=2026-04-15&to=2026-05-20", "Accept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	require.Equal(t, 200, book.Status)
	f, err := excelize.OpenReader(bytes.NewReader(book.Body))
	require.NoError(t, err)
	for _, c := range []struct{ sheet, at, want string }{
		{"总结", "B4", "期初未结"},
		{"总结", "C4", fmt.Sprint(r.At("applications", "flow", 0, "this"))},
		{"纠正案件", "G4", "违反法定程序"},
		{"指标", "A4", "公开率"},
		{"指标", "B4", r.Text("indicators", 0, "value")},
	} {
		v, err := f.GetCellValue(c.sheet, c.at)
		require.NoError(t, err)
		require.Equal(t, c.want, v, c.at)
	}

	// Any range that is not made of whole months adds up to the same.
	whole := in.get(legal, "/v1/reports/summary?from=2026-01-01&to=2026-04-30")
	parts := 0.0
	for _, q := range []string{"from=2026-01-01&to=2026-01-09", "from=2026-01-10&to=2026-03-24", "from=2026-03-25&to=2026-04-30"} {
		p := in.get(legal, "/v1/reports/summary?"+q)
		require.Equal(t, true, p.At("applications", "balanced"), p)
		n, _ := p.At("applications", "flow", 2, "this").(float64)
		parts += n
	}
	require.Equal(t, whole.At("applications", "flow", 2, "this"), parts)
	for _, p := range []string{"2026", "2026-H1", "2026-06", "2025-Q4", "2024-02"} {
		r := in.get(legal, "/v1/reports/summary?period="+p, "Accept-Language: en")
		require.Equal(t, 200, r.Status, r)
		require.Equal(t, true, r.At("applications", "balanced"))
	}
}
