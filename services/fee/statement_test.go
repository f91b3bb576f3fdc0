package fee_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"zhiqing.dev/pkg/civil"
)

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func TestWhatIf_triesOutARealMonth(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months() // twelve items: 200 yuan
	try := func(body map[string]any) map[string]any {
		r := k.Call("POST", "/v1/fees/what-if", body, k.As(officer))
		require.Equal(t, 200, r.Status, r)
		var v map[string]any
		r.Into(&v)
		return v
	}
	same := try(map[string]any{"case_id": "c12"})
	require.EqualValues(t, 0, same["difference_yuan"])
	require.Equal(t, map[string]any{"items": 12.0, "cases": 12.0, "total_yuan": 200.0}, same["before"])

	split := try(map[string]any{"case_id": "c12", "changes": []any{map[string]any{"case_id": "c12", "items": 5}}})
	require.EqualValues(t, 400, split["difference_yuan"], "F(16) - F(12)")
	gone := try(map[string]any{"applicant": "zhang", "month": "2026-06", "changes": []any{map[string]any{"case_id": "c01", "items": 0}}})
	require.EqualValues(t, -100, gone["difference_yuan"], "all others move up")
	require.Nil(t, gone["cases"].([]any)[0].(map[string]any)["after"])
	paged := try(map[string]any{"case_id": "c12", "changes": []any{map[string]any{"case_id": "c12", "pages": 68}}})
	require.EqualValues(t, 280, paged["difference_yuan"], "380 instead of 100, never both")
	more := try(map[string]any{"case_id": "c12", "add": []any{map[string]any{"items": 20, "received_on": "2026-06-01"}}})
	require.EqualValues(t, 2200, more["difference_yuan"], "F(32) - F(12), wherever it stands in the month")
	require.Nil(t, more["cases"].([]any)[0].(map[string]any)["before"], "it comes first")
	require.EqualValues(t, 12, k.usage("zhang", "2026-06").At("items"), "nothing is stored")

	for name, body := range map[string]map[string]any{
		"another month":  {"case_id": "c12", "add": []any{map[string]any{"items": 1, "received_on": "2026-07-01"}}},
		"unknown case":   {"case_id": "c12", "changes": []any{map[string]any{"case_id": "nobody", "items": 1}}},
		"twice":          {"case_id": "c12", "changes": []any{map[string]any{"case_id": "c12", "items": 1}, map[string]any{"case_id": "c12", "items": 2}}},
		"nothing to add": {"case_id": "c12", "add": []any{map[string]any{}}},
		"negative":       {"case_id": "c12", "changes": []any{map[string]any{"case_id": "c12", "items": -1}}},
		"nobody":         {"month": "2026-06"},
		"bad month":      {"applicant": "zhang", "month": "2026-6"},
	} {
		require.Equal(t, 422, k.Call("POST", "/v1/fees/what-if", body, k.As(officer)).Status, name)
	}
	require.Equal(t, 404, k.Call("POST", "/v1/fees/what-if", map[string]any{"case_id": "c12"}, k.As(foreign)).Status)
}

func TestStatement_leadsToItsCasesAndListsCanBeTakenAlong(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.months()
	k.excess("c12")
	wrong := k.issue(map[string]any{"case_id": "c12", "method": "per_page", "pages": 68}).Text("id")
	require.Equal(t, 200, k.Call("POST", "/v1/fees/notices/"+wrong+"/cancellation", map[string]any{"reason": "应按件"}, k.As(officer)).Status)
	right := k.issue(map[string]any{"case_id": "c12", "method": "per_item"}).Text("id")
	require.Equal(t, 200, k.Call("POST", "/v1/fees/notices/"+right+"/payment", map[string]any{"amount_yuan": 100, "receipt_no": "=1+1"}, k.As(finance)).Status)
	waived := k.issue(map[string]any{"case_id": "c11", "method": "per_item"}).Text("id")
	require.Equal(t, 200, k.Call("POST", "/v1/fees/notices/"+waived+"/cancellation", map[string]any{"reason": "低保对象", "waived": true}, k.As(officer)).Status)
	old := caseOf("old", "wang", "2026-02-03", 1)
	old.Imported, old.FeeYuan, old.FinishedOn = true, 380, civil.MustParse("2026-03-02")
	k.tell(1, old)
	k.counted("wang", "2026-02", 1)

	st := k.Call("GET", "/v1/fees/statement/2026", nil, k.As(auditor))
	sum := func(cases, notices, yuan float64) map[string]any {
		return map[string]any{"cases": cases, "notices": notices, "yuan": yuan}
	}
	require.Equal(t, sum(2, 3, 580), st.At("noticed"), "two cases, three notices: 380, 100 and 100")
	require.Equal(t, sum(1, 1, 100), st.At("collected"))
	require.Equal(t, sum(1, 1, 380), st.At("cancelled"))
	require.Equal(t, sum(1, 1, 100), st.At("waived"))
	require.Equal(t, sum(0, 0, 0), st.At("lapsed"))
	require.EqualValues(t, 380, st.At("imported", "yuan"))
	require.EqualValues(t, 480, st.At("net_yuan"))
	traced := k.Call("GET", "/v1/fees/statement/2026?figure=imported", nil, k.As(auditor))
	require.Equal(t, "old", traced.Text("items", 0, "case_id"))
	require.Equal(t, "c11", k.Call("GET", "/v1/fees/statement/2026?figure=waived", nil, k.As(auditor)).Text("items", 0, "case_id"))

	file := k.Call("GET", "/v1/fees/statement/2026", nil, k.As(auditor), "Accept: text/csv")
	require.Equal(t, 200, file.Status)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(file.Body), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+3+1+1+1+1, "every notice and case behind every figure")
	require.Equal(t, "'=1+1", rows[4][6], "no cell is a formula")
	for path, want := range map[string]int{
		"/v1/fees/notices": 3, "/v1/fees/findings": 1, "/v1/fees/usage?month=2026-06": 1, "/v1/fees/usage?case_id=c12": 12,
		"/v1/fees/identities/merges": 0, "/v1/fees/webhooks/payments": 0, "/v1/fees/statement/2026?figure=collected": 1,
	} {
		r := k.Call("GET", path, nil, k.As(officer), "Accept: "+xlsx)
		require.Equal(t, 200, r.Status, path)
		book, err := excelize.OpenReader(bytes.NewReader(r.Body))
		require.NoError(t, err, path)
		cells, err := book.GetRows("清单")
		require.NoError(t, err, path)
		require.Len(t, cells, 3+want, path)
		require.NoError(t, book.Close())
	}
	require.Equal(t, 406, k.Call("GET", "/v1/fees/notices", nil, k.As(officer), "Accept: image/png").Status)
}
