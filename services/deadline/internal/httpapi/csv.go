package httpapi

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/calendar"
)

// bindYear reads a year's notice as JSON, or as CSV with the number of the notice in
// ?notice= or in the first column's heading row.
func bindYear(c echo.Context, year int) (publishRequest, error) {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != "text/csv" {
		return httpkit.Bind[publishRequest](c)
	}
	return parseCSV(c.Request().Body, year)
}

const (
	maxRows   = 200 // no year arranges more days
	maxNotice = 300 // characters of a notice's name
)

// parseCSV reads a year's notice from a table with one arrangement a row: a day or a
// run of days (2026-02-15..2026-02-23, 2026-2-15 to 2026/2/23, 2026年2月15日), and off
// or worked (放假, 上班). A row "notice,<number>" (or 文号) names the notice. Invalid,
// with every bad row by its number.
func parseCSV(r io.Reader, year int) (publishRequest, error) {
	var req publishRequest
	var faults []problem.Field
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.TrimLeadingSpace = -1, true
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return req, problem.InvalidFields(problem.At("/rows/"+strconv.Itoa(syntax.Line), "bad_row",
				"该行不是有效的 CSV。", "This row is no valid CSV."))
		}
		if err != nil {
			return req, err
		}
		line, _ := rows.FieldPos(0)
		if line > maxRows {
			return req, problem.InvalidFields(problem.At("", "too_many_rows", "行数过多。", "There are too many rows."))
		}
		if fault, ok := req.takeRow(row, line); !ok {
			faults = append(faults, fault)
		}
	}
	if strings.TrimSpace(req.Notice) == "" {
		faults = append(faults, problem.At("/notice", "required",
			fmt.Sprintf("应有一行写明%d年放假通知的文号，例如：文号,国办发明电〔2025〕7号。", year),
			fmt.Sprintf("One row must name the notice of %d, for example: notice,国办发明电〔2025〕7号.", year)))
	}
	if len([]rune(req.Notice)) > maxNotice {
		faults = append(faults, problem.At("/notice", "too_long", "文号过长。", "The name of the notice is too long."))
	}
	if len(faults) > 0 {
		return req, problem.InvalidFields(faults...)
	}
	return req, nil
}

var offWords = map[string]bool{
	"off": true, "holiday": true, "rest": true, "放假": true, "休": true, "休息": true,
	"worked": false, "work": false, "上班": false, "班": false, "调休上班": false,
}

// headings open a table without saying anything.
var headings = map[string]bool{"date": true, "日期": true, "day": true}

func (req *publishRequest) takeRow(row []string, line int) (fault problem.Field, ok bool) {
	for i := range row {
		row[i] = strings.TrimSpace(strings.TrimPrefix(row[i], "\ufeff"))
	}
	bad := problem.At("/rows/"+strconv.Itoa(line), "bad_row",
		"应为“日期或起止日期,放假或上班”，例如：2026-02-15..2026-02-23,放假。",
		"A row is a day or a run of days, then off or worked, for example: 2026-02-15..2026-02-23,off.")
	first := strings.ToLower(row[0])
	switch {
	case len(row) == 1 && first == "", headings[first]:
		return fault, true
	case len(row) < 2:
		return bad, false
	case first == "notice" || first == "文号":
		req.Notice = row[1]
		return fault, true
	}
	off, known := offWords[strings.ToLower(row[1])]
	span, err := parseSpan(row[0])
	if !known || err != nil {
		return bad, false
	}
	if off {
		req.Off = append(req.Off, span)
		return fault, true
	}
	for d := span.From; d <= span.To && d-span.From < maxRows; d++ {
		req.Worked = append(req.Worked, d)
	}
	return fault, true
}

func parseSpan(s string) (calendar.Range, error) {
	for _, sep := range []string{"..", "至", "~", " to "} {
		if from, to, isRun := strings.Cut(s, sep); isRun {
			f, err := civil.ParseLoose(from)
			if err != nil {
				return calendar.Range{}, err
			}
			t, err := civil.ParseLoose(to)
			return calendar.Range{From: f, To: t}, err
		}
	}
	d, err := civil.ParseLoose(s)
	return calendar.Range{From: d, To: d}, err
}
