package intake_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (d *desk) exportedCSV(query string, headers ...string) [][]string {
	d.t.Helper()
	r := d.get("/v1/cases?"+query, append(headers, "Accept: text/csv")...)
	require.Equal(d.t, "text/csv; charset=utf-8", r.Header.Get("Content-Type"))
	text, marked := strings.CutPrefix(string(r.Body), "\ufeff")
	require.True(d.t, marked, "so that Excel takes it for UTF-8")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(d.t, err)
	return rows
}

// Every list can be had as a table: the whole of it, with the same conditions and in
// the same order.
func TestExport(t *testing.T) {
	t.Parallel()
	d := open(t)
	const n = 230 // more than one page
	ids := make([]string, n)
	together(8, func(w int) {
		for i := w; i < n; i += 8 {
			form := body{"channel": "in_person", "arrived_on": fmt.Sprintf("2026-06-%02d", i%9+1)}
			ids[i] = d.ok("/v1/cases", with(application(fmt.Sprintf("=HYPERLINK(\"x\")第%d件", i)), form), d.officer).Text("id")
		}
	})
	for _, id := range ids[:7] {
		d.ok("/v1/cases/"+id+"/registration", nil, d.officer)
	}
	rows := d.exportedCSV("queue=unit", d.officer)
	require.Len(t, rows, n+1)
	require.Equal(t, []string{"登记编号", "受理号", "状态"}, rows[0][:3])
	var receipts []string
	for cursor := ""; ; {
		page := d.get("/v1/cases?queue=unit&limit=100&cursor="+cursor, d.officer)
		items, _ := page.At("items").([]any)
		for i := range items {
			receipts = append(receipts, page.Text("items", i, "receipt"))
		}
		if cursor = page.Text("next_cursor"); cursor == "" {
			break
		}
	}
	for i, receipt := range receipts {
		require.Equal(t, receipt, rows[i+1][1], "in the order of the queue")
		require.True(t, strings.HasPrefix(rows[i+1][7], "'=HYPERLINK"), "no cell is a formula: %s", rows[i+1][7])
		require.Equal(t, "王**", rows[i+1][5], "names stay masked")
	}
	require.Len(t, d.exportedCSV("status=registered", d.officer), 7+1)
	english := d.exportedCSV("status=registered&received_to=2026-06-01", d.officer, "Accept-Language: en")
	require.Equal(t, []string{"register_no", "receipt", "status"}, english[0][:3])
	require.Len(t, english, 1+1)
	require.Equal(t, "registered", english[1][2])
	require.Len(t, d.exportedCSV("q="+url.QueryEscape("第17件"), d.officer), 1+1)
	require.Len(t, d.exportedCSV("queue=unit", d.stranger), 1)

	r := d.get("/v1/cases?queue=unit", d.officer, "Accept: "+xlsxType)
	require.Equal(t, xlsxType, r.Header.Get("Content-Type"))
	require.Contains(t, r.Header.Get("Content-Disposition"), ".xlsx")
	f, err := excelize.OpenReader(bytes.NewReader(r.Body))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	sheet, err := f.GetRows("案件")
	require.NoError(t, err)
	require.Len(t, sheet, n+1)
	require.Equal(t, receipts[n-1], sheet[n][1])

	require.Equal(t, http.StatusUnprocessableEntity, d.Call("GET", "/v1/cases?limit=5", nil, d.officer, "Accept: text/csv").Status)
	require.Equal(t, http.StatusNotAcceptable, d.Call("GET", "/v1/cases", nil, d.officer, "Accept: application/pdf").Status)
	require.Equal(t, http.StatusUnauthorized, d.Call("GET", "/v1/cases", nil, "Accept: text/csv").Status)
}

func TestRegisterNumbersBearTheOfficesPrefix(t *testing.T) {
	t.Parallel()
	d := open(t)
	at := "/v1/offices/" + office + "/policies"
	set := func(prefix string) int {
		return d.Call("PUT", at, body{"name": "徐泾镇人民政府", "register_prefix": prefix}, d.head).Status
	}
	no := func(id string) string { return d.get("/v1/cases/"+id, d.officer).Text("register_no") }
	require.Equal(t, "2026-000001", no(d.registered("x", "2026-06-01")), "none unless the office wants one")
	require.Equal(t, http.StatusOK, set("徐依申"))
	id := d.registered("y", "2026-06-01")
	require.Equal(t, "徐依申2026-000002", no(id), "the sequence goes on")
	require.Equal(t, []string{id}, d.listed("q="+url.QueryEscape("徐依申2026-000002"), d.officer))
	require.Equal(t, []string{id}, d.listed("q="+url.QueryEscape("000002"), d.officer))
	require.Equal(t, http.StatusUnprocessableEntity, set("徐2026"), "figures would run into the year")
	require.Equal(t, http.StatusOK, set(""))
	require.Equal(t, "2026-000003", no(d.registered("z", "2026-06-01")))
}
