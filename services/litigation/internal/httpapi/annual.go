package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/workbook"
)

func (a *API) annual(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "scope"); err != nil {
		return err
	}
	year, err := a.year(c, today)
	if err != nil {
		return err
	}
	scope, err := httpkit.Choice(c, "scope", report.Own, report.Aggregate)
	if err != nil {
		return err
	}
	if scope == "" {
		scope = report.Own
	}
	as, err := httpkit.Negotiate(c, echo.MIMEApplicationJSON, workbook.MediaType)
	if err != nil {
		return err
	}
	out, err := a.Reports.Annual(c.Request().Context(), staff.Office, year, scope)
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	if as != workbook.MediaType {
		for i := range out.Checks {
			if httpkit.Lang(c) == httpkit.English {
				out.Checks[i].Detail = out.Checks[i].DetailEN
			}
		}
		return c.JSON(http.StatusOK, out)
	}
	book, err := workbook.Annual(out)
	if err != nil {
		return err
	}
	return sendWorkbook(c, fmt.Sprintf("政府信息公开工作年度报告统计表-%d.xlsx", year), book)
}

// caseView is one application behind a cell of table three. It names nobody.
type caseView struct {
	CaseID     string        `json:"case_id"`
	RegisterNo string        `json:"register_no,omitempty"`
	Column     report.Column `json:"column"`
	ReceivedOn civil.Date    `json:"received_on"`
	FinishedOn civil.Date    `json:"finished_on,omitzero"`
	Row        report.Row    `json:"row,omitempty"`
	RowLabel   string        `json:"row_label,omitempty"`
	Decision   string        `json:"decision_kind,omitempty"`
}

// cell drills down from a cell to what stands in it: its pages hold exactly as many
// cases as the cell says.
func (a *API) cell(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "row", "block", "column", "limit", "cursor"); err != nil {
		return err
	}
	year, err := a.year(c, today)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	row, err := httpkit.Choice(c, "row", report.FormatFor(year).Rows()...)
	if err != nil {
		return err
	}
	block, err := httpkit.Choice(c, "block", report.Blocks()...)
	if err != nil {
		return err
	}
	if (row == "") == (block == "") {
		return problem.InvalidFields(problem.At("row", "required",
			"请指定表三的 row 或者表四的 block，只能二选一。", "Name a row of table three or a block of table four, one of them."))
	}
	if block != "" {
		return a.cell4(c, staff.Office, year, block, limit, cursor)
	}
	column, err := httpkit.Choice(c, "column", report.Columns()...)
	if err != nil {
		return err
	}
	if column == "" {
		column = report.Total
	}
	docs, next, err := a.Facts.Cell(c.Request().Context(), staff.Office, year, row, column, limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[caseView]{Items: make([]caseView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		f := d.Value
		v := caseView{
			CaseID: f.CaseID, RegisterNo: f.RegisterNo, Column: f.Column, ReceivedOn: f.ReceivedOn,
			FinishedOn: f.FinishedOn, Row: f.Row, RowLabel: f.Row.FullLabel(),
		}
		if len(f.Decisions) > 0 {
			v.Decision = f.Decisions[0].Kind
		}
		out.Items = append(out.Items, v)
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) cell4(c echo.Context, office string, year int, block report.Block, limit int, cursor string) error {
	column, err := httpkit.Choice(c, "column", report.Outcomes()...)
	if err != nil {
		return err
	}
	if column == "" {
		column = report.OutcomeTotal
	}
	ctx := c.Request().Context()
	settings, _, err := a.Settings.Of(ctx, office)
	if err != nil {
		return err
	}
	docs, next, err := a.Proceedings.Cell4(ctx, office, year, settings.T4Scope, block, column, limit, cursor)
	if err != nil {
		return err
	}
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	v, err := a.viewer(c, staff)
	if err != nil {
		return err
	}
	out := httpkit.List[proceedingView]{Items: make([]proceedingView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, v.brief(d.Value))
	}
	return c.JSON(http.StatusOK, out)
}

type freezeBody struct {
	SignedBy string `json:"signed_by" validate:"required,notblank,max=50,line"`
}

// freeze keeps the report of a past year as it is signed.
func (a *API) freeze(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	year, err := a.year(c, today)
	if err != nil {
		return err
	}
	body, err := httpkit.Bind[freezeBody](c)
	if err != nil {
		return err
	}
	if year >= today.Year() {
		return problem.New(problem.IllegalTransition, "报告年度尚未结束，不能定稿。",
			"The year is not over; its report cannot be signed yet.").Under("条例 art. 49")
	}
	ctx, key := c.Request().Context(), httpkit.Command(c)
	now, err := a.Reports.Annual(ctx, staff.Office, year, report.Own)
	if err != nil {
		return err
	}
	if _, err := a.Reports.Sign(ctx, now, staff.ID, body.SignedBy, a.Clock.Now(), key.Options()...); err != nil {
		return err
	}
	out, err := a.Reports.Annual(ctx, staff.Office, year, report.Own)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, out)
}

// checkBody is a report that was made elsewhere. A null cell is blank, which is not
// zero.
type checkBody struct {
	Year   int           `json:"year" validate:"required,min=2008,max=2200"`
	Scope  report.Whose  `json:"scope" validate:"omitempty,oneof=own aggregate"`
	Table3 report.Table3 `json:"table3"`
	Table4 report.Table4 `json:"table4"`
	// Before is table three of the year before, for V5.
	Before report.Table3 `json:"before"`
	// Units are the reporting units' tables, for V9.
	Units []report.Table3 `json:"units" validate:"max=500"`
}

type checkView struct {
	OK             bool           `json:"ok"`
	Format         string         `json:"format"`
	FormatExpected string         `json:"format_expected"`
	Checks         []report.Check `json:"checks"`
}

// check verifies a report that was made elsewhere. Nothing is stored.
func (a *API) check(c echo.Context) error {
	body, err := httpkit.Bind[checkBody](c)
	if err != nil {
		return err
	}
	var faults []problem.Field
	if len(body.Table3) == 0 && len(body.Table4) == 0 {
		faults = append(faults, problem.At("/table3", "required", "请至少提供表三或者表四。", "Give table three or table four at least."))
	}
	faults = append(faults, strange3("/table3", body.Table3)...)
	faults = append(faults, strange3("/before", body.Before)...)
	for i, u := range body.Units {
		faults = append(faults, strange3(fmt.Sprintf("/units/%d", i), u)...)
	}
	faults = append(faults, strange4(body.Table4)...)
	if len(faults) > 0 {
		return problem.InvalidFields(faults[:min(len(faults), 50)]...)
	}
	out := checkView{FormatExpected: report.FormatFor(body.Year).ID, Checks: []report.Check{}}
	if body.Table3 != nil {
		out.Format = body.Table3.Format().ID
		out.Checks = append(out.Checks, report.CheckTable3(body.Table3)...)
	}
	if body.Table4 != nil {
		out.Checks = append(out.Checks, report.CheckTable4(body.Table4)...)
	}
	if body.Table3 != nil && body.Before != nil {
		out.Checks = append(out.Checks, report.CheckYears(body.Before, body.Table3)...)
	}
	if body.Table3 != nil && body.Units != nil {
		out.Checks = append(out.Checks, report.CheckAggregate(body.Table3, body.Units...)...)
	}
	out.Checks = append(out.Checks, report.CheckScope(body.Scope)...)
	out.OK = len(report.Failures(out.Checks)) == 0
	if httpkit.Lang(c) == httpkit.English {
		for i := range out.Checks {
			out.Checks[i].Detail = out.Checks[i].DetailEN
		}
	}
	return c.JSON(http.StatusOK, out)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// maxFigure bounds what a cell can hold, so that no sum runs over.
const maxFigure = 1_000_000_000_000

func strange3(at string, t report.Table3) (faults []problem.Field) {
	for row, columns := range t {
		where := at + "/" + pointerEscape.Replace(string(row))
		if !row.Valid() {
			faults = append(faults, problem.At(where, "unknown_row", "表三没有这一行。", "Table three has no such row."))
			continue
		}
		for column, n := range columns {
			known := column.Valid() || column == report.Total
			faults = append(faults, strangeCell(where+"/"+pointerEscape.Replace(string(column)), known, n)...)
		}
	}
	return faults
}

func strange4(t report.Table4) (faults []problem.Field) {
	for block, columns := range t {
		where := "/table4/" + pointerEscape.Replace(string(block))
		if !block.Valid() {
			faults = append(faults, problem.At(where, "unknown_block", "表四没有这一栏。", "Table four has no such block."))
			continue
		}
		for column, n := range columns {
			faults = append(faults, strangeCell(where+"/"+pointerEscape.Replace(string(column)), slices.Contains(report.Outcomes(), column), n)...)
		}
	}
	return faults
}

func strangeCell(at string, known bool, n *int64) []problem.Field {
	switch {
	case !known:
		return []problem.Field{problem.At(at, "unknown_column", "没有这一列。", "There is no such column.")}
	case n != nil && (*n < 0 || *n > maxFigure):
		return []problem.Field{problem.At(at, "out_of_range", "应为不小于零的整数。", "A figure is a whole number of at least zero.")}
	}
	return nil
}
