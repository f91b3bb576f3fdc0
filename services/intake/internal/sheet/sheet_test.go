package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

var nasty = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", " =1", "'=1", "＝1", "政府信息,\"引号\"\n第二行", "", "2026-000001"}

func TestCSV_opensAsUTF8AndRunsNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := New(&out, CSV, "案件", []string{"编号"})
	require.NoError(t, err)
	for _, cell := range nasty {
		require.NoError(t, w.Row([]string{cell, "x"}))
	}
	require.NoError(t, w.Close())
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	require.True(t, marked)
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(nasty)+1)
	for i, cell := range nasty {
		got := rows[i+1][0]
		require.Contains(t, "'"+strings.ReplaceAll(cell, "\r", ""), got) // the reader drops carriage returns
		require.False(t, got != "" && strings.ContainsAny(got[:1], "=+-@\t\r"), "%q", got)
	}
}

func TestXLSX_goesOnInTheNextSheet(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := newXLSX(&out, "案件", []string{"编号", "事项"}, 3)
	require.NoError(t, err)
	for i := range 7 {
		require.NoError(t, w.Row([]string{fmt.Sprintf("2026-%06d", i), "=1+1"}))
	}
	require.NoError(t, w.Row([]string{"x", strings.Repeat("长", maxCell+5)}))
	require.NoError(t, w.Close())
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	require.Equal(t, []string{"案件", "案件 (2)", "案件 (3)"}, f.GetSheetList())
	rows, err := f.GetRows("案件 (2)")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"编号", "事项"}, {"2026-000003", "'=1+1"}, {"2026-000004", "'=1+1"}, {"2026-000005", "'=1+1"}}, rows)
	last, err := f.GetRows("案件 (3)")
	require.NoError(t, err)
	require.Len(t, []rune(last[2][1]), maxCell)
	formula, err := f.GetCellFormula("案件", "B2")
	require.NoError(t, err)
	require.Empty(t, formula)
}
