package ledger_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhiqing.dev/pkg/engine/servicetest"
)

// ledgerHead is the heading row of applications as the format names it.
const ledgerHead = "登记编号,申请人类型,申请人,申请内容,申请渠道,收到日期,经办人,办理结果,答复日期,送达日期,收费金额\n"

// importFile sends a file as a raw body and waits until the import has ended.
func (d *desk) importFile(content, query string, headers ...string) servicetest.Reply {
	d.t.Helper()
	r := d.Call("POST", "/v1/imports"+query, content, append([]string{d.officer, "Content-Type: text/csv"}, headers...)...)
	require.Equal(d.t, http.StatusAccepted, r.Status, "%s", r)
	return d.ended(r.Text("id"))
}

func (d *desk) ended(id string) (r servicetest.Reply) {
	d.t.Helper()
	require.NotEmpty(d.t, id)
	d.Eventually(func() bool {
		r = d.get("/v1/imports/" + id)
		return r.Text("state") == "done" || r.Text("state") == "failed"
	}, "import", id)
	return r
}

func counts(r servicetest.Reply) [4]any {
	return [4]any{r.At("counts", "total"), r.At("counts", "imported"), r.At("counts", "unchanged"), r.At("counts", "rejected")}
}

func n4(total, imported, unchanged, rejected int) [4]any {
	return [4]any{float64(total), float64(imported), float64(unchanged), float64(rejected)}
}

func TestImportALedger(t *testing.T) {
	t.Parallel()
	d := open(t)
	file := ledgerHead +
		"徐依申〔2025〕第12号,自然人,张三,某地块征收补偿标准,当面,2025-03-03,李经办,予以公开,2025年3月20日,2025/3/21,0\n" +
		"徐依申〔2025〕第13号,商业企业,上海某公司,某项目会议纪要,EMS,2025/3/4,外单位,6.属于四类过程性信息,2025.4.1,,30\n" +
		"徐依申〔2026〕第7号,法律服务机构,某律师事务所,\"某路\n改造方案\",网上,2026-06-01,李经办,,,,\n"
	r := d.importFile(file, "")
	require.Equal(t, "done", r.Text("state"), r)
	require.Equal(t, n4(3, 3, 0, 0), counts(r), r)
	require.Equal(t, "unknown_assignee", r.Text("warnings", 0, "code"), r)

	open := d.get("/v1/cases?queue=unit")
	require.Len(t, open.At("items"), 1, open)
	require.Equal(t, "徐依申〔2026〕第7号", open.Text("items", 0, "register_no"))
	require.Equal(t, "2026-06-30", open.Text("items", 0, "reply_due"), open)
	require.Equal(t, d.officerID, open.Text("items", 0, "assignee"))

	found := d.get("/v1/cases?q=会议纪要")
	denied := d.get("/v1/cases/" + found.Text("items", 0, "id"))
	require.Equal(t, "closed", denied.Text("status"), denied)
	require.Equal(t, "K3", denied.Text("decision", "kind"))
	require.Equal(t, "X16b", denied.Text("decision", "ground"))
	require.Equal(t, "deny_6_process", denied.Text("report_row"))
	require.Equal(t, "2025-04-01", denied.Text("finished_on"))

	// The next own number of the year follows the imported one.
	d.registered("新的申请", "2026-06-08")
	next := d.get("/v1/cases?q=新的申请")
	require.Equal(t, "2026-000008", next.Text("items", 0, "register_no"), next)

	again := d.importFile(file, "")
	require.Equal(t, n4(3, 0, 3, 0), counts(again), again)
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(file)
	require.NoError(t, err)
	again = d.importFile(gb, "")
	require.Equal(t, "gb18030", again.Text("encoding"))
	require.Equal(t, n4(3, 0, 3, 0), counts(again), again)

	changed := d.importFile(strings.Replace(file, "2025/3/4", "2025/3/5", 1), "")
	require.Equal(t, n4(3, 0, 2, 1), counts(changed), changed)
	require.Equal(t, "conflict", changed.Text("rejected", 0, "faults", 0, "code"))
	require.EqualValues(t, 3, changed.At("rejected", 0, "line"))
}

func TestImportDryRun(t *testing.T) {
	t.Parallel()
	d := open(t)
	file := ledgerHead + "2025-1,自然人,张三,内容,,2025-03-03,,予以公开,2025-3-20,,\n2025-2,外星人,张三,内容,,2025-03-03,,,,,\n"
	r := d.importFile(file, "?dry_run=true")
	require.Equal(t, n4(2, 1, 0, 1), counts(r), r)
	require.Equal(t, true, r.At("dry_run"))
	require.Empty(t, d.get("/v1/cases").At("items"))
	require.Equal(t, n4(2, 1, 0, 1), counts(d.importFile(file, "")))
	require.Equal(t, n4(2, 0, 1, 1), counts(d.importFile(file, "?dry_run=true")))
	require.Len(t, d.get("/v1/imports").At("items"), 3)
}

func TestImportGivesBadRowsBack(t *testing.T) {
	t.Parallel()
	d := open(t)
	bad := []struct{ row, column, code string }{
		{",自然人,张三,内容,,2025-03-03,,,,,", "register_no", "required"},
		{"b-1,外星人,张三,内容,,2025-03-03,,,,,", "applicant_kind", "unknown_code"},
		{"b-2,,张三,内容,,2025-03-03,,,,,", "applicant_kind", "required"},
		{"b-3,自然人,,内容,,2025-03-03,,,,,", "applicant_name", "required"},
		{"b-4,自然人,张三,,,2025-03-03,,,,,", "description", "required"},
		{"b-5,自然人,张三,内容,飞鸽,2025-03-03,,,,,", "channel", "unknown_code"},
		{"b-6,自然人,张三,内容,,,,,,,", "received_on", "required"},
		{"b-7,自然人,张三,内容,,3/5/2025,,,,,", "received_on", "bad_date"},
		{"b-8,自然人,张三,内容,,2026-06-11,,,,,", "received_on", "date_in_future"},
		{"b-9,自然人,张三,内容,,2025-03-03,,不予公开,2025-03-20,,", "result", "unknown_code"},
		{"b-10,自然人,张三,内容,,2025-03-03,,予以公开,2025-03-02,,", "decided_on", "before_receipt"},
		{"b-11,自然人,张三,内容,,2025-03-03,,予以公开,,,", "decided_on", "required"},
		{"b-12,自然人,张三,内容,,2025-03-03,,,2025-03-20,,", "result", "required"},
		{"b-13,自然人,张三,内容,,2025-03-03,,予以公开,2025-03-20,2025-03-19,", "served_on", "before_decision"},
		{"b-14,自然人,张三,内容,,2025-03-03,,予以公开,2025-03-20,2026-12-01,", "served_on", "date_in_future"},
		{"b-15,自然人,张三,内容,,2025-03-03,,予以公开,2025-03-20,,3.50", "fee_yuan", "not_whole_yuan"},
		{"b-16,自然人,张三,内容,,2025-03-03,,本年新收,2025-03-20,,", "result", "unknown_code"},
		{"b-17,自然人,\"张三,内容,,2025-03-03,,,,,", "", "unclosed_quote"},
		{"good-1,自然人,张三,再来,,2025-03-03,,,,,", "register_no", "duplicate_in_file"},
		{"ＧＯＯＤ－１ ,自然人,张三,内容,,2025-03-03,,,,,", "register_no", "duplicate_in_file"},
		{"b-18," + "自然人,=cmd|' /C calc'!A0,内容,,昨天,,,,,", "received_on", "bad_date"},
		{"b-19,自然人," + strings.Repeat("长", 101) + ",内容,,2025-03-03,,,,,", "applicant_name", "too_long"},
	}
	file := ledgerHead + "good-1,自然人,张三,内容,,2025-03-03,,,,,\n"
	for _, b := range bad {
		file += b.row + "\n"
	}
	r := d.importFile(file, "", "Accept-Language: en")
	require.Equal(t, n4(len(bad)+1, 1, 0, len(bad)), counts(r), r)
	for i, b := range bad {
		require.EqualValues(t, i+3, r.At("rejected", i, "line"), b.row)
		column, _ := r.At("rejected", i, "faults", 0, "column").(string)
		require.Equal(t, b.column, column, b.row)
		require.Equal(t, b.code, r.Text("rejected", i, "faults", 0, "code"), b.row)
		require.NotEmpty(t, r.Text("rejected", i, "faults", 0, "reason"), b.row)
		require.Len(t, r.At("rejected", i, "faults"), 1, "%s: %v", b.row, r.At("rejected", i))
	}

	// The rows come back as a file; mended, it goes in as it is.
	mend := d.get(r.Text("rejected_url"))
	text := string(mend.Body)
	require.True(t, strings.HasPrefix(text, "\ufeff工作表,行号,登记编号,"), text)
	require.Contains(t, text, ",'=cmd|")
	require.Equal(t, len(bad)+1, strings.Count(text, "\r\n"))
	mended := d.importFile(strings.Replace(text, "外星人", "其他", 1), "")
	require.Equal(t, n4(len(bad), 1, 0, len(bad)-1), counts(mended), mended)
	require.Empty(t, mended.At("warnings"), mended)
}

func TestImportRefusesWhatIsNoLedger(t *testing.T) {
	t.Parallel()
	d := open(t)
	post := func(content string, headers ...string) servicetest.Reply {
		return d.Call("POST", "/v1/imports", content, append([]string{d.officer, "Content-Type: text/csv"}, headers...)...)
	}
	r := post("登记编号,申请人类型,申请人,收到日期\n1,自然人,张三,2025-03-03\n")
	require.Equal(t, 422, r.Status, r)
	require.Equal(t, "missing_column", r.Text("errors", 0, "code"))
	require.Equal(t, "/file/description", r.Text("errors", 0, "pointer"))
	require.Contains(t, r.Text("errors", 0, "detail"), "申请内容")
	require.Equal(t, "duplicate_column", post("登记编号,登记编号,申请人类型,申请人,申请内容,收到日期\n").Text("errors", 0, "code"))
	require.Equal(t, "no_header", post("1,2,3\n").Text("errors", 0, "code"))
	require.Equal(t, "empty", post("").Text("errors", 0, "code"))
	require.Equal(t, 415, post("\xd0\xcf\x11\xe0\xa1\xb1").Status)
	require.Equal(t, 422, post("PK\x03\x04nonsense").Status)
	require.Equal(t, 415, post("{}", "Content-Type: application/json").Status)
	require.Equal(t, 422, d.Call("POST", "/v1/imports?dryrun=true", ledgerHead, d.officer, "Content-Type: text/csv").Status)
	require.Equal(t, 403, d.Call("POST", "/v1/imports", ledgerHead, d.auditor, "Content-Type: text/csv").Status)
	require.Equal(t, 401, d.Call("POST", "/v1/imports", ledgerHead, "Content-Type: text/csv").Status)
	done := d.importFile(ledgerHead, "")
	require.Equal(t, n4(0, 0, 0, 0), counts(done))
	require.Equal(t, 404, d.Call("GET", "/v1/imports/"+done.Text("id"), nil, d.stranger).Status)
	require.Equal(t, 404, d.Call("GET", "/v1/imports/"+done.Text("id")+"/rejected", nil, d.stranger).Status)
}

func TestImportAForm(t *testing.T) {
	t.Parallel()
	d := open(t)
	form := func(fields ...[2]string) (string, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for _, f := range fields {
			if f[0] == "file" {
				p, err := w.CreateFormFile("file", `C:\台账\`+"2025年.csv")
				require.NoError(t, err)
				_, err = p.Write([]byte(f[1]))
				require.NoError(t, err)
				continue
			}
			require.NoError(t, w.WriteField(f[0], f[1]))
		}
		require.NoError(t, w.Close())
		return b.String(), "Content-Type: " + w.FormDataContentType()
	}
	file := ledgerHead + "f-1,自然人,张三,内容,,2025-03-03,,,,,\n"
	body, ct := form([2]string{"file", file})
	r := d.Call("POST", "/v1/imports", body, ct, d.officer, "Idempotency-Key: k-form")
	require.Equal(t, 202, r.Status, r)
	require.Equal(t, "2025年.csv", r.Text("file_name"))
	again := d.Call("POST", "/v1/imports", body, ct, d.officer, "Idempotency-Key: k-form")
	require.Equal(t, r.Text("id"), again.Text("id"))
	require.Equal(t, n4(1, 1, 0, 0), counts(d.ended(r.Text("id"))))
	other, ct2 := form([2]string{"file", file + "f-2,自然人,张三,内容,,2025-03-03,,,,,\n"})
	require.Equal(t, "key_reused", d.Call("POST", "/v1/imports", other, ct2, d.officer, "Idempotency-Key: k-form").Text("code"))
	for _, fields := range [][][2]string{{}, {{"dry_run", "true"}}, {{"file", file}, {"dry_run", "true"}}, {{"file", file}, {"file", file}}} {
		body, ct := form(fields...)
		require.Equal(t, 422, d.Call("POST", "/v1/imports", body, ct, d.officer).Status, fields)
	}
}

func TestImportAndRegisterSideBySide(t *testing.T) {
	t.Parallel()
	d := open(t)
	own := d.registered("先登记的", "2026-06-02")
	no := d.get("/v1/cases/" + own).Text("register_no")
	require.Equal(t, "2026-000001", no)
	file := ledgerHead
	for i := range 40 {
		file += fmt.Sprintf("2026-%06d,自然人,某人,内容%d,,2026-03-03,,,,,\n", i+1, i)
	}
	file += "2026年第3号,自然人,某人,另一套编号,,2026-03-03,,,,,\n"
	r := d.importFile(file, "")
	require.Equal(t, n4(41, 40, 0, 1), counts(r), r)
	require.Equal(t, "register_no_taken", r.Text("rejected", 0, "faults", 0, "code"))
	next := d.registered("后登记的", "2026-06-03")
	require.Equal(t, "2026-000041", d.get("/v1/cases/"+next).Text("register_no"))
}
