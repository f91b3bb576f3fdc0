package ledger

import (
	"encoding/csv"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/httpkit"

	"zhiqing.dev/pkg/spreadsheet"
)

// mend writes the rejected rows of one kind as a CSV file with the reason in its
// own column. Mended, the file can be imported as it is: the columns that were
// added are known, and what keeps formulas from running is taken off again.
func (l *Ledgers) mend(c echo.Context) error {
	if err := httpkit.Query(c, "kind"); err != nil {
		return err
	}
	k, err := httpkit.Choice(c, "kind", Cases, Proceedings)
	if err != nil {
		return err
	}
	m, err := l.get(c)
	if err != nil {
		return err
	}
	if k == "" {
		k = Cases
		if m.Counts[Cases].Rejected == 0 && m.Counts[Proceedings].Rejected > 0 {
			k = Proceedings
		}
	}
	lang := httpkit.Lang(c)
	name := "rejected-" + string(k) + "-" + m.ID[:min(8, len(m.ID))] + ".csv"
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Response().WriteHeader(http.StatusOK)
	w := newSheetWriter(c.Response(), k, lang)
	err = l.eachRejected(c.Request().Context(), m.ID, k, w.rows)
	if err == nil {
		err = w.end()
	}
	if err != nil {
		httpkit.CutOff(c)
	}
	return err
}

// sheetWriter writes rejected rows.
type sheetWriter struct {
	csv  *csv.Writer
	lang string
	err  error
}

func newSheetWriter(out io.Writer, k Kind, lang string) *sheetWriter {
	w := &sheetWriter{csv: csv.NewWriter(out), lang: lang}
	w.csv.UseCRLF = true
	// Spreadsheets take a CSV file for UTF-8 only with this mark.
	if _, w.err = out.Write(utf8BOM); w.err != nil {
		return w
	}
	heads := []string{"工作表", "行号"}
	if lang == "en" {
		heads = []string{"sheet", "line"}
	}
	for _, c := range columnsOf[k] {
		if lang == "en" {
			heads = append(heads, c.key)
			continue
		}
		heads = append(heads, c.label.ZH)
	}
	if lang == "en" {
		heads = append(heads, "reason")
	} else {
		heads = append(heads, "原因")
	}
	w.err = w.csv.Write(heads)
	return w
}

func (w *sheetWriter) rows(batch Rejected) error {
	for _, r := range batch.Rows {
		if w.err != nil {
			return w.err
		}
		cells := []string{spreadsheet.Inert(r.Sheet), strconv.Itoa(r.Line)}
		for _, cell := range r.Cells {
			cells = append(cells, spreadsheet.Inert(cell))
		}
		var reasons []string
		for _, f := range viewFaults(batch.Kind, r.Faults, w.lang) {
			if f.ColumnLabel != "" {
				f.Reason = f.ColumnLabel + "：" + f.Reason
			}
			reasons = append(reasons, f.Reason)
		}
		w.err = w.csv.Write(append(cells, spreadsheet.Inert(strings.Join(reasons, " "))))
	}
	w.csv.Flush()
	return w.csv.Error()
}

func (w *sheetWriter) end() error {
	if w.err == nil {
		w.csv.Flush()
		w.err = w.csv.Error()
	}
	return w.err
}
