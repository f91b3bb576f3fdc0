package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"zhiqing.dev/pkg/civil"
	"zhiqing.dev/pkg/docstore"
	"zhiqing.dev/pkg/httpkit"
	"zhiqing.dev/pkg/identity"
	"zhiqing.dev/pkg/problem"
	"zhiqing.dev/pkg/statute/report"
	"zhiqing.dev/services/litigation/internal/domain"
	"zhiqing.dev/services/litigation/internal/store"
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
	scope, err := scopeOf(c)
	if err != nil {
		return err
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
	return sendFile(c, workbook.MediaType, fmt.Sprintf("政府信息公开工作年度报告统计表-%d.xlsx", year), book)
}

// caseView is one application behind a cell of table three. It names nobody.
type caseView struct {
	Office     string        `json:"office,omitempty"` // of an aggregate
	CaseID     string        `json:"case_id"`
	RegisterNo string        `json:"register_no,omitempty"`
	Column     report.Column `json:"column"`
	ReceivedOn civil.Date    `json:"received_on"`
	FinishedOn civil.Date    `json:"finished_on,omitzero"`
	Row        report.Row    `json:"row,omitempty"`
	RowLabel   string        `json:"row_label,omitempty"`
	Decision   string        `json:"decision_kind,omitempty"`
	Restricted bool          `json:"restricted,omitempty"` // kept to named people: without id and number
}

// scopeOf reads whose figures are asked for; the office's own when nothing is said.
func scopeOf(c echo.Context) (report.Whose, error) {
	scope, err := httpkit.Choice(c, "scope", report.Own, report.Aggregate)
	if scope == "" {
		scope = report.Own
	}
	return scope, err
}

// cell drills down from a cell to what stands in it: its pages hold exactly as many
// cases as the cell says.
func (a *API) cell(c echo.Context) error {
	staff, today, err := a.caller(c)
	if err != nil {
		return err
	}
	if err := httpkit.Query(c, "row", "block", "column", "scope", "limit", "cursor"); err != nil {
		return err
	}
	year, err := a.year(c, today)
	if err != nil {
		return err
	}
	scope, err := scopeOf(c)
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
	offices, err := a.Reports.Offices(c.Request().Context(), staff.Office, scope)
	if err != nil {
		return err
	}
	if block != "" {
		return a.cell4(c, store.Cell4{Offices: offices, Year: year, Block: block}, scope)
	}
	return a.cell3(c, offices, store.Cell{Year: year, Row: row}, scope)
}

func (a *API) cell3(c echo.Context, offices []store.Settings, cell store.Cell, scope report.Whose) error {
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	if cell.Column, err = httpkit.Choice(c, "column", report.Columns()...); err != nil {
		return err
	}
	if cell.Column == "" {
		cell.Column = report.Total
	}
	for _, o := range offices {
		cell.Offices = append(cell.Offices, o.Office)
	}
	as, err := form(c)
	if err != nil {
		return err
	}
	find := func(limit int, cursor string) ([]docstore.Doc[domain.CaseFact], string, error) {
		return a.Facts.Cell(c.Request().Context(), cell, limit, cursor)
	}
	if as != echo.MIMEApplicationJSON {
		docs, next, err := gather(cursor, find)
		if err != nil {
			return err
		}
		l := workbook.List{
			Title: fmt.Sprintf("%d年度 %s · %s", cell.Year, cell.Row.FullLabel(), cell.Column.Label()),
			Note:  "政府信息公开申请明细",
			Heads: []string{"机关代码", "登记编号", "申请人类型", "收到日期", "办结日期", "办理结果", "决定类型"},
		}
		for _, d := range docs {
			v := caseViewOf(c.Request().Context(), d.Value, scope)
			l.Rows = append(l.Rows, []string{
				d.Value.Office, v.RegisterNo, v.Column.Label(), v.ReceivedOn.String(), v.FinishedOn.String(), v.RowLabel, v.Decision,
			})
		}
		return sendList(c, as, fmt.Sprintf("%d-%s-%s", cell.Year, cell.Row, cell.Column), l, next)
	}
	docs, next, err := find(limit, cursor)
	if err != nil {
		return err
	}
	out := httpkit.List[caseView]{Items: make([]caseView, 0, len(docs)), NextCursor: next}
	for _, d := range docs {
		out.Items = append(out.Items, caseViewOf(c.Request().Context(), d.Value, scope))
	}
	return c.JSON(http.StatusOK, out)
}

func caseViewOf(ctx context.Context, f *domain.CaseFact, scope report.Whose) caseView {
	v := caseView{
		CaseID: f.CaseID, RegisterNo: f.RegisterNo, Column: f.Column, ReceivedOn: f.ReceivedOn,
		FinishedOn: f.FinishedOn, Row: f.Row, RowLabel: f.Row.FullLabel(),
	}
	if scope == report.Aggregate {
		v.Office = f.Office
	}
	if len(f.Decisions) > 0 {
		v.Decision = f.Decisions[0].Kind
	}
	if identity.Barred(ctx, f.RestrictedTo) { // it counts; which case it is, only the named know
		v.CaseID, v.RegisterNo, v.Restricted = "", "", true
	}
	return v
}

func (a *API) cell4(c echo.Context, cell store.Cell4, scope report.Whose) error {
	staff, _, err := a.caller(c)
	if err != nil {
		return err
	}
	limit, cursor, err := httpkit.PageOf(c)
	if err != nil {
		return err
	}
	if cell.Column, err = httpkit.Choice(c, "column", report.Outcomes()...); err != nil {
		return err
	}
	if cell.Column == "" {
		cell.Column = report.OutcomeTotal
	}
	find := func(limit int, cursor string) ([]docstore.Doc[domain.Proceeding], string, error) {
		return a.Proceedings.Cell4(c.Request().Context(), cell, limit, cursor)
	}
	v, err := a.viewer(c, staff)
	if err != nil {
		return err
	}
	v.aggregate = scope == report.Aggregate
	return a.sendProceedings(c, v, fmt.Sprintf("%d年度 %s · %s", cell.Year, cell.Block.Label(), cell.Column.Label()), limit, cursor, find)
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
	if err := httpkit.Query(c, "scope"); err != nil {
		return err
	}
	scope, err := scopeOf(c)
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
	now, err := a.Reports.Annual(ctx, staff.Office, year, scope)
	if err != nil {
		return err
	}
	if _, err := a.Reports.Sign(ctx, now, staff.ID, body.SignedBy, a.Clock.Now(), key.Options()...); err != nil {
		return err
	}
	out, err := a.Reports.Annual(ctx, staff.Office, year, scope)
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
	// Table2 and BeforeTable2 are section two of both years, for V7.
	Table2       report.Table2 `json:"table2"`
	BeforeTable2 report.Table2 `json:"before_table2"`
	// Text is the report's text, for V6.
	Text string `json:"text" validate:"max=200000"`
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
	if len(body.Table3) == 0 && len(body.Table4) == 0 && len(body.Table2) == 0 {
		faults = append(faults, problem.At("/table3", "required", "请至少提供表三或者表四。", "Give table three or table four at least."))
	}
	faults = append(faults, strange3("/table3", body.Table3)...)
	faults = append(faults, strange3("/before", body.Before)...)
	for i, u := range body.Units {
		faults = append(faults, strange3(fmt.Sprintf("/units/%d", i), u)...)
	}
	faults = append(faults, strange2("/table2", body.Table2)...)
	faults = append(faults, strange2("/before_table2", body.BeforeTable2)...)
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
	if body.Table2 != nil && body.BeforeTable2 != nil {
		out.Checks = append(out.Checks, report.CheckStock(body.BeforeTable2, body.Table2)...)
	}
	if body.Text != "" {
		out.Checks = append(out.Checks, report.CheckText(body.Text, body.Table3, body.Table4)...)
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

func strange2(at string, t report.Table2) (faults []problem.Field) {
	for row, s := range t {
		where := at + "/" + pointerEscape.Replace(string(row))
		if !row.Valid() {
			faults = append(faults, problem.At(where, "unknown_row", "表二没有这一行。", "Section two has no such row."))
			continue
		}
		for name, n := range map[string]*int64{"made": s.Made, "repealed": s.Repealed, "in_force": s.InForce} {
			faults = append(faults, strangeCell(where+"/"+name, true, n)...)
		}
	}
	return faults
}

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
