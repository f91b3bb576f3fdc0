package ledger_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"zhiqing.dev/pkg/identity"
)

type body = map[string]any

// Imported cases are cases like any other: their deadlines run, the fee counts
// them, the report leads to them, and work goes on with the open ones.
func TestImportedCasesAreCases(t *testing.T) {
	t.Parallel()
	p := open(t)
	file := "登记编号,申请人类型,申请人,申请内容,申请渠道,收到日期,经办人,办理结果,答复日期,送达日期,收费金额\n" +
		"2026-000003,自然人,张三,内容一,网上,2026-06-02,,,,,\n" +
		"2026-000004,自然人,张三,内容二,,2026-06-03,,不存在,2026-06-05,2026-06-08,100\n" +
		"2026-000005,自然人,李四,内容三,,2026-05-06,,,,,\n"
	require.Equal(t, [4]int{3, 3, 0, 0}, counts(p.bring(file, csvType)))
	require.Equal(t, [4]int{2, 2, 0, 0}, counts(p.bring("kind,case_no,register_no,received_on,outcome,decided_on\n"+
		"review,青府复〔2026〕9号,2026-000004,2026-06-09,,\nsuit_direct,（2026）沪1号,2026-000004,2026-06-09,撤销,2026-06-10\n", csvType)))

	found := p.get("/v1/cases?q=内容一")
	id := found.Text("items", 0, "id")
	p.Eventually(func() bool {
		return p.Call("GET", "/v1/deadlines/"+id, nil, p.head).Text("reply_due") == "2026-07-01"
	}, "the deadline runs")
	late := p.get("/v1/cases?queue=overdue")
	require.Len(t, late.At("items"), 1, late)
	require.Equal(t, "2026-000005", late.Text("items", 0, "register_no"))

	p.Eventually(func() bool {
		r := p.Call("GET", "/v1/fees/usage?case_id="+id+"&month=2026-06", nil, p.head)
		return r.Status == http.StatusOK && number(r, "items") == 2
	}, "the fee counts both of the applicant's cases of the month")

	p.Eventually(func() bool {
		r := p.get("/v1/reports/annual/2026")
		return number(r, "table3", "unable_1_not_held", "natural_person") == 1 && number(r, "table3", "carried_out", "total") == 2 &&
			number(r, "table4", "review", "pending") == 1 && number(r, "table4", "suit_direct", "corrected") == 1
	}, "the report has them")
	cell := p.get("/v1/reports/annual/2026/cases?row=unable_1_not_held&column=natural_person")
	require.Equal(t, "2026-000004", cell.Text("items", 0, "register_no"), cell)
	p.Eventually(func() bool {
		items, _ := p.get("/v1/lessons?kind=K4").At("items").([]any)
		return len(items) == 1
	}, "the lost suit is a lesson about the decision that it attacked")

	// Work goes on with an open one, to its service.
	at := "/v1/cases/" + id
	legal := p.As(identity.Staff{ID: "legal", Office: "xujing", Name: "钱法制", Roles: []identity.Role{identity.Legal}})
	do := func(path string, b body, as string) {
		t.Helper()
		r := p.Call("POST", at+path, b, as)
		require.Less(t, r.Status, 300, r)
	}
	checks := []body{}
	for _, aspect := range []string{"secrecy", "privacy", "trade_secret", "aggregation", "third_party", "form"} {
		checks = append(checks, body{"aspect": aspect, "result": "pass", "reviewer": "钱法制"})
	}
	do("/review", body{"reviewed_on": "2026-06-09", "checks": checks}, legal)
	do("/decision", body{"kind": "K2", "contents": body{"information": "见附件"}, "decided_on": "2026-06-09"}, p.head)
	do("/decision/approval", body{"signed_on": "2026-06-09", "no": "答1号"}, p.head)
	do("/service", body{"route": "direct", "sent_on": "2026-06-10", "signer": "本人"}, p.head)
	p.Eventually(func() bool {
		r := p.get("/v1/reports/annual/2026")
		return number(r, "table3", "granted", "natural_person") == 1 && number(r, "table3", "carried_out", "total") == 1
	}, "the report follows")
	// The ledger it came from still changes nothing.
	require.Equal(t, [4]int{3, 0, 3, 0}, counts(p.bring(file, csvType)))
}
